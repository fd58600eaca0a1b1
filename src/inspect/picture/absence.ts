// Does a picture show no scene at all (有无图像)? Patterns that one picture shows by itself; a frozen one needs two: freeze.ts.
import type { Absence, RuleSet } from '../types.ts'
import type { Brightness } from './brightness.ts'
import { isColourBars, isSnow } from './patterns.ts'
import type { Area, Planes } from './planes.ts'

export type AbsencePattern = Exclude<Absence, 'frozen'>

/** Grain, in levels, that an unlit night has and a covered or dead sensor's picture has not. */
const livingNoise = 1.5
/** Spread of levels that an unlit scene keeps when the encoder took its grain away, and a covered lens has not. */
const livingStd = 1.5
/** Chroma that varies less is one colour. */
const chromaStd = 4
/** Rows at the bottom that a failed decoder left, as a share of the height. */
const failedRows = 0.2

/** The pattern, if there is one. `mask` marks OSD and letterbox, which never count; `scene` is the brightness outside them. */
export function absence(planes: Planes, area: Area, mask: Uint8Array, scene: Brightness, noise: number, rules: RuleSet['absence']): AbsencePattern | undefined {
  if (isColourBars(planes, area, mask)) return 'colour-bars'
  if (isDecoderFailure(planes, area)) return 'grey-green'
  const isFlat = scene.std < rules.oneColourStd && chromaSpread(planes, area, mask) < chromaStd
  if (isFlat && noise < livingNoise && hasTextInTheMiddle(planes, area, mask)) return 'no-signal-text'
  const isDim = scene.mean < rules.blackMean && scene.p99 < rules.blackP99
  if (isDim && noise < livingNoise && scene.std < livingStd) return 'black'
  if (scene.mean > rules.whiteMean) return 'white'
  if (isFlat && noise < livingNoise && !isDim) return 'one-colour'
  if (isSnow(planes, area, mask)) return 'snow'
  return undefined
}

/** Root of the larger variance of the two chroma planes outside the mask. */
function chromaSpread({ width, cb, cr }: Planes, area: Area, mask: Uint8Array): number {
  const halfWidth = (width + 1) >> 1
  let [n, u, uu, v, vv] = [0, 0, 0, 0, 0]
  for (let y = area.top; y < area.bottom; y += 4) {
    for (let x = area.left; x < area.right; x += 4) {
      if (mask[y * width + x] !== 0) continue
      const i = (y >> 1) * halfWidth + (x >> 1)
      const [b, r] = [cb[i]!, cr[i]!]
      n++
      u += b
      uu += b * b
      v += r
      vv += r * r
    }
  }
  return n === 0 ? 0 : Math.sqrt(Math.max(0, uu / n - (u / n) ** 2, vv / n - (v / n) ** 2))
}

/** Text that the mask found in the middle of the picture, where no camera writes its name or its clock. */
function hasTextInTheMiddle({ width }: Planes, area: Area, mask: Uint8Array): boolean {
  const [tall, wide] = [area.bottom - area.top, area.right - area.left]
  let covered = 0
  for (let y = Math.round(area.top + tall * 0.3); y < area.top + tall * 0.7; y++) {
    for (let x = Math.round(area.left + wide * 0.2); x < area.left + wide * 0.8; x++) covered += mask[y * width + x]!
  }
  return covered > tall * wide * 0.002
}

/**
 * Rows at the bottom that no camera makes but a decoder without its data does: grey of missing references (Y, U, V all 128 before
 * the range was expanded), the green of zeroed memory, or one row repeated.
 */
function isDecoderFailure({ width, height, luma, cb, cr }: Planes, area: Area): boolean {
  const halfWidth = (width + 1) >> 1
  const isRow = (y: number, levels: readonly number[], chroma: readonly number[]): boolean => {
    let hits = 0
    for (let x = 0; x < width; x += 2) {
      const c = (y >> 1) * halfWidth + (x >> 1)
      if (levels.includes(luma[y * width + x]!) && chroma.includes(cb[c]!) && chroma.includes(cr[c]!)) hits++
    }
    return hits * 2 >= width * 0.97
  }
  const rowsFrom = (isFailed: (y: number) => boolean): number => {
    let y = area.bottom - 1
    while (y > area.top && isFailed(y)) y--
    return area.bottom - 1 - y
  }
  const enough = height * failedRows
  return (
    rowsFrom((y) => isRow(y, [128, 130], [128])) >= enough || rowsFrom((y) => isRow(y, [0], [0])) >= enough || rowsFrom((y) => isRepeated(luma, width, y)) >= enough
  )
}

/** The row equals the one above it to the last bit, and is not one level throughout. */
function isRepeated(luma: Uint8Array, width: number, y: number): boolean {
  const start = y * width
  let [low, high] = [255, 0]
  for (let i = start; i < start + width; i++) {
    const level = luma[i]!
    if (level !== luma[i - width]) return false
    if (level < low) low = level
    if (level > high) high = level
  }
  return high - low > 24
}
