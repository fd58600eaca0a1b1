// Two test-like pictures that are no scene: colour bars of a generator and the snow of an analogue input without a signal.
import type { Area, Planes } from './planes.ts'

/** Pixels between the columns and rows that are looked at. */
const stride = 4
/** Every so many of the rows are looked at first. */
const glance = 12
/** A pixel that leaves its column's middle level by more is not of a plateau. */
const tolerance = 10
/** Columns side by side that differ by more, in luma or colour, are of two plateaus. */
const jump = 6

/**
 * Vertical plateaus, rows alike: in the upper part of the picture (test pictures often have other rows below) nearly every pixel has
 * its column's level, and the columns make 5 to 12 wide steps of luma or colour.
 */
export function isColourBars(planes: Planes, area: Area, mask: Uint8Array): boolean {
  const tall = area.bottom - area.top
  const rows: number[] = []
  for (let y = area.top + Math.round(tall * 0.05); y < area.top + tall * 0.6; y += stride) rows.push(y)
  // Nearly every scene is out at the first glance.
  return isPlateaus(planes, area, mask, rows.filter((_, index) => index % glance === 0)) && isPlateaus(planes, area, mask, rows)
}

function isPlateaus(planes: Planes, area: Area, mask: Uint8Array, rows: readonly number[]): boolean {
  const { width, luma, cb, cr } = planes
  const halfWidth = (width + 1) >> 1
  const columns: (readonly [number, number, number])[] = []
  let [alike, seen] = [0, 0]
  for (let x = area.left + stride; x < area.right - stride; x += stride) {
    const visible = rows.filter((y) => mask[y * width + x] === 0)
    if (visible.length < rows.length / 3) continue
    const levels = visible.map((y) => luma[y * width + x]!)
    const middle = median(levels)
    for (const level of levels) if (Math.abs(level - middle) <= tolerance) alike++
    seen += levels.length
    const chroma = (plane: Uint8Array): number => median(visible.map((y) => plane[(y >> 1) * halfWidth + (x >> 1)]!))
    columns.push([middle, chroma(cb), chroma(cr)])
  }
  if (columns.length < 40 || alike < seen * 0.97) return false
  const plateaus = lengthsOfPlateaus(columns).filter((length) => length >= columns.length * 0.04)
  const covered = plateaus.reduce((sum, length) => sum + length, 0)
  return plateaus.length >= 5 && plateaus.length <= 12 && covered >= columns.length * 0.85
}

const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1] ?? 0

/** Runs of columns between jumps, as far as they are level: a slope is one long run and no plateau. */
function lengthsOfPlateaus(columns: readonly (readonly [number, number, number])[]): readonly number[] {
  const isNear = (p: readonly number[] | undefined, q: readonly number[] | undefined, most: number): boolean => p !== undefined && q !== undefined && p.every((level, k) => Math.abs(level - q[k]!) <= most)
  const lengths: number[] = []
  let first = 0
  for (let i = 1; i <= columns.length; i++) {
    if (isNear(columns[i - 1], columns[i], jump)) continue
    if (isNear(columns[first], columns[i - 1], tolerance)) lengths.push(i - first)
    first = i
  }
  return lengths
}

/**
 * Nothing but noise: pixels vary strongly, neighbours hardly alike, and blocks of 16×16 all of about the same level; in a scene
 * most of the variance is between such blocks.
 */
export function isSnow({ width, luma }: Planes, area: Area, mask: Uint8Array): boolean {
  const size = 16
  let [n, sum, squares, steps] = [0, 0, 0, 0]
  const means: number[] = []
  for (let top = area.top; top + size <= area.bottom; top += size) {
    for (let left = area.left; left + size < area.right; left += size) {
      let [m, s] = [0, 0]
      for (let y = top; y < top + size; y += 2) {
        for (let i = y * width + left, end = i + size; i < end; i += 2) {
          if (mask[i] !== 0) continue
          const level = luma[i]!
          const step = luma[i + 1]! - level
          s += level
          m++
          squares += level * level
          steps += step * step
        }
      }
      n += m
      sum += s
      if (m >= 32) means.push(s / m)
    }
  }
  if (means.length < 16) return false
  const variance = squares / n - (sum / n) ** 2
  const middle = means.reduce((total, x) => total + x, 0) / means.length
  const between = means.reduce((total, x) => total + (x - middle) ** 2, 0) / means.length
  const correlation = 1 - steps / n / (2 * variance)
  return variance > 20 ** 2 && correlation < 0.6 && between < variance * 0.08
}
