// What is not the scene: letterbox bars, and the text that the camera writes over the picture (OSD). Text is the sharpest thing in
// a picture and its clock runs over a frozen one: neither sharpness nor freeze may look at it.
import type { Area, Planes } from './planes.ts'

const cellWidth = 16
const cellHeight = 8
/** Text and what the encoder's ringing makes of its neighbourhood. */
const textMargin = 8
/** A stroke is bright, or dark on bright paper, and leaves its surroundings by at least a step within two pixels. */
const bright = 185
const dark = 60
const paper = 150
const steep = 75

/** 1 for each pixel that text or a letterbox covers, 0 for the scene. */
export function mask(planes: Planes, area: Area): Uint8Array {
  const { width, height } = planes
  const out = textLines(planes)
  for (let y = 0; y < height; y++) {
    const isOutside = y < area.top || y >= area.bottom
    if (isOutside) out.fill(1, y * width, (y + 1) * width)
    else {
      out.fill(1, y * width, y * width + area.left)
      out.fill(1, y * width + area.right, (y + 1) * width)
    }
  }
  return out
}

/** Marks boxes around lines of text: rows of cells, side by side, that many short strokes cross. */
function textLines(planes: Planes): Uint8Array {
  const { width, height } = planes
  const across = Math.ceil(width / cellWidth)
  const down = Math.ceil(height / cellHeight)
  const cells = strokeCells(planes, across, down)
  const lines = joinRows(cells, across, down)
  const marks = new Uint8Array(width * height)
  for (const line of lines) {
    const tall = (line.bottom - line.top) * cellHeight
    // Text is a line or two, foliage against the sky is taller.
    if (tall > Math.max(height / 7, 5 * cellHeight)) continue
    const left = Math.max(0, (line.left - 1) * cellWidth - textMargin)
    const right = Math.min(width, (line.right + 1) * cellWidth + textMargin)
    for (let y = Math.max(0, (line.top - 1) * cellHeight - textMargin), end = Math.min(height, (line.bottom + 1) * cellHeight + textMargin); y < end; y++) marks.fill(1, y * width + left, y * width + right)
  }
  return marks
}

/** 1 for cells in which at least half of the rows meet a stroke; every second row is looked at. */
function strokeCells({ width, height, luma }: Planes, across: number, down: number): Uint8Array {
  const widest = Math.max(6, Math.round(height / 100)) + 2
  const counts = new Uint8Array(across * down)
  for (let y = 0; y < height; y += 2) {
    const row = Math.floor(y / cellHeight) * across
    const start = y * width
    let rose = -100
    let fell = -100
    for (let x = 1; x < width - 1; x++) {
      const step = luma[start + x + 1]! - luma[start + x - 1]!
      if (step < steep && step > -steep) continue
      const from = step > 0 ? fell : rose
      if (x - from <= widest && x - from > 1) {
        const middle = luma[start + ((x + from) >> 1)]!
        const cell = row + Math.floor(x / cellWidth)
        if (step > 0 ? middle <= dark && luma[start + x + 1]! >= paper && luma[start + from - 1]! >= paper : middle >= bright) counts[cell] = Math.min(255, counts[cell]! + 2)
      }
      if (step > 0) rose = x
      else fell = x
    }
  }
  return counts.map((n) => (n >= cellHeight / 2 ? 1 : 0))
}

interface Box {
  readonly left: number
  readonly top: number
  readonly right: number
  readonly bottom: number
}

/** Runs of at least three cells with gaps of at most two; runs of neighbouring rows that overlap make one box. */
function joinRows(cells: Uint8Array, across: number, down: number): readonly Box[] {
  const open: Box[] = []
  const done: Box[] = []
  for (let y = 0; y < down; y++) {
    const runs: Box[] = []
    let first = -1
    let last = -1
    let filled = 0
    const finish = (): void => {
      if (filled >= 3 && filled * 5 >= (last - first + 1) * 3) runs.push({ left: first, right: last + 1, top: y, bottom: y + 1 })
    }
    for (let x = 0; x < across; x++) {
      if (cells[y * across + x] === 0) continue
      if (first >= 0 && x - last > 3) {
        finish()
        first = -1
      }
      if (first < 0) [first, filled] = [x, 0]
      last = x
      filled++
    }
    if (first >= 0) finish()
    for (const run of runs) {
      let joined = run
      for (let i = open.length - 1; i >= 0; i--) {
        const box = open[i]!
        if (box.left >= joined.right || box.right <= joined.left) continue
        open.splice(i, 1)
        joined = { left: Math.min(box.left, joined.left), right: Math.max(box.right, joined.right), top: Math.min(box.top, joined.top), bottom: y + 1 }
      }
      open.push(joined)
    }
    for (let i = open.length - 1; i >= 0; i--) if (open[i]!.bottom < y) done.push(...open.splice(i, 1))
  }
  return [...done, ...open]
}

/** The picture without black bars that lie on both opposite sides; the whole picture where there are none, or nothing else. */
export function letterbox({ width, height, luma }: Planes): Area {
  const isBlack = (from: number, step: number, count: number): boolean => {
    for (let k = 0, i = from; k < count; k++, i += step) if (luma[i]! > 20) return false
    return true
  }
  const depth = (limit: number, isBarAt: (k: number) => boolean): number => {
    let k = 0
    while (k < limit && isBarAt(k)) k++
    return k === limit ? 0 : k
  }
  const top = depth(height * 0.3, (k) => isBlack(k * width, 1, width))
  const bottom = depth(height * 0.3, (k) => isBlack((height - 1 - k) * width, 1, width))
  const left = depth(width * 0.3, (k) => isBlack(k, width, height))
  const right = depth(width * 0.3, (k) => isBlack(width - 1 - k, width, height))
  const areBars = (p: number, q: number, side: number): boolean => Math.min(p, q) >= side * 0.02 && Math.abs(p - q) <= side * 0.02
  const [hasRows, hasColumns] = [areBars(top, bottom, height), areBars(left, right, width)]
  return { left: hasColumns ? left : 0, right: hasColumns ? width - right : width, top: hasRows ? top : 0, bottom: hasRows ? height - bottom : height }
}
