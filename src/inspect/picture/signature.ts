// What is left of a picture to compare a later one with: mean level and fineness of detail on a small grid. Nobody can be recognised on 32 × 18 points.
import type { Area, Planes } from './planes.ts'

const [across, down] = [32, 18]
const cells = across * down
/** Detail of a cell that OSD or letterbox cover for the most part. */
const unknown = 255
/** Detail: mean amount of the difference of neighbours, levels, in steps of 1/8. */
const detailUnit = 8

/** base64 of a byte per cell for its level, then one for its detail beyond what noise of this deviation makes. */
export function signature({ width, height, luma }: Planes, area: Area, mask: Uint8Array, noise: number): string {
  const ofNoise = 2 * (2 / Math.sqrt(Math.PI)) * noise
  const bytes = Buffer.alloc(2 * cells)
  for (let row = 0; row < down; row++) {
    for (let column = 0; column < across; column++) {
      let [n, seen, sum, steps] = [0, 0, 0, 0]
      const [top, bottom] = [Math.floor((height * row) / down), Math.floor((height * (row + 1)) / down)]
      const [left, right] = [Math.floor((width * column) / across), Math.floor((width * (column + 1)) / across)]
      for (let y = top; y < Math.min(bottom, height - 1); y += 2) {
        for (let x = left; x < Math.min(right, width - 1); x += 2) {
          const i = y * width + x
          n++
          if (mask[i] !== 0 || y < area.top || y >= area.bottom || x < area.left || x >= area.right) continue
          const level = luma[i]!
          seen++
          sum += level
          steps += Math.abs(luma[i + 1]! - level) + Math.abs(luma[i + width]! - level)
        }
      }
      const at = row * across + column
      bytes[at] = seen === 0 ? 0 : Math.round(sum / seen)
      bytes[cells + at] = seen * 2 < n || seen === 0 ? unknown : Math.min(unknown - 1, Math.round(Math.sqrt(Math.max(0, (steps / seen) ** 2 - ofNoise ** 2)) * detailUnit))
    }
  }
  return bytes.toString('base64')
}

export interface Likeness {
  /** 1: the same place; about 0: another. The better of two: slopes of light run the same way; detail lies where it lay. */
  readonly scene: number
  /** Part of what showed detail that shows none now, beside what the rest lost. */
  readonly occluded: number
}

/** Detail, in levels, of a cell that something can be missed in. */
const strong = 2.5
/** A cell is covered when it kept less than this part of what the better cells kept. */
const covered = 0.25

/** Undefined where either is no signature, or too little can be compared. */
export function compareSignatures(now: string, before: string): Likeness | undefined {
  const [a, b] = [Buffer.from(now, 'base64'), Buffer.from(before, 'base64')]
  if (a.length !== 2 * cells || b.length !== 2 * cells) return undefined
  const known = [...Array(cells).keys()].filter((at) => a[cells + at] !== unknown && b[cells + at] !== unknown)
  if (known.length < cells / 3) return undefined
  const had = known.filter((at) => b[cells + at]! >= strong * detailUnit)
  const kept = had.map((at) => a[cells + at]! / b[cells + at]!).toSorted((p, q) => p - q)
  const usual = Math.min(1, kept[Math.floor(kept.length * 0.85)] ?? 1)
  const occluded = had.length < cells / 10 ? 0 : kept.filter((share) => share < covered * usual).length / had.length
  return { scene: Math.max(slopes(a, b, new Set(known)), details(a, b, known)), occluded }
}

/** Cosine between the slopes of the two level grids: another light changes their lengths, not their directions. */
function slopes(a: Buffer, b: Buffer, known: ReadonlySet<number>): number {
  let [both, lengthA, lengthB] = [0, 0, 0]
  for (let row = 1; row < down - 1; row++) {
    for (let column = 1; column < across - 1; column++) {
      const at = row * across + column
      if (![at, at - 1, at + 1, at - across, at + across].every((each) => known.has(each))) continue
      const slope = (grid: Buffer): readonly [number, number] => [grid[at + 1]! - grid[at - 1]!, grid[at + across]! - grid[at - across]!]
      const [ax, ay] = slope(a)
      const [bx, by] = slope(b)
      // By the root of their lengths, so that one lamp does not outvote a street.
      const [wa, wb] = [Math.hypot(ax, ay) ** -0.5, Math.hypot(bx, by) ** -0.5]
      if (!Number.isFinite(wa) || !Number.isFinite(wb)) continue
      both += (ax * bx + ay * by) * wa * wb
      lengthA += (ax * ax + ay * ay) * wa * wa
      lengthB += (bx * bx + by * by) * wb * wb
    }
  }
  return lengthA === 0 || lengthB === 0 ? 0 : both / Math.sqrt(lengthA * lengthB)
}

/** Correlation of where there is detail, by its logarithm. */
function details(a: Buffer, b: Buffer, known: readonly number[]): number {
  const log = (grid: Buffer): readonly number[] => known.map((at) => Math.log(4 + grid[cells + at]!))
  const [p, q] = [log(a), log(b)]
  const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length
  const [mp, mq] = [mean(p), mean(q)]
  let [pq, pp, qq] = [0, 0, 0]
  for (let k = 0; k < p.length; k++) {
    const [x, y] = [p[k]! - mp, q[k]! - mq]
    pq += x * y
    pp += x * x
    qq += y * y
  }
  return pp === 0 || qq === 0 ? 0 : pq / Math.sqrt(pp * qq)
}
