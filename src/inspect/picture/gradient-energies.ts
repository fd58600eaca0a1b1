// Gradient energy of a picture at eleven scales, in blocks: what blur and noise are told from (blur-fit.ts).
// A pyramid of small integer kernels: [1 2 1]/4 along rows and columns adds a variance of d²/2 px², a mean of 2×2 pixels d²/4 px² and
// doubles the spacing d of what is kept. A binomial kernel is a Gaussian to within a percent. The three finest scales are looked at in
// chosen blocks only: they cost the most and flat blocks say nothing.
import type { Planes } from './planes.ts'

export interface Scale {
  /** Variance in px² of all smoothing that lies before the gradient: kernels, and the central difference itself, d²/3. */
  readonly variance: number
  /** Gradient energy along one axis, (levels/px)², that white noise of variance 1 leaves at this scale. */
  readonly noiseGain: number
}

/** Pixels of the finest grid per step of each level of the pyramid. */
const spacing = [1, 2, 4, 8] as const
/** Which steps of each level give an energy: level 0 after 0, 1 and 2 smoothings; level 1 likewise; 2 likewise; 3 after 0 and 1. */
const steps = [3, 3, 3, 2] as const

const smoothing = [1, 2, 1]

/** What an impulse becomes: the exact gains, computed once from the kernels themselves. */
export const scales: readonly Scale[] = describeScales()

function describeScales(): readonly Scale[] {
  const found: Scale[] = []
  // One dimension is enough: all kernels are separable. `kernel` smooths, at the finest spacing.
  let kernel = [1]
  let variance = 0
  const convolve = (a: readonly number[], b: readonly number[]): number[] => {
    const out = new Array<number>(a.length + b.length - 1).fill(0)
    a.forEach((p, i) => b.forEach((q, j) => (out[i + j]! += p * q)))
    return out
  }
  const spread = (taps: readonly number[], by: number): number[] => taps.flatMap((tap, i) => (i === 0 ? [tap] : [...new Array<number>(by - 1).fill(0), tap]))
  const energy = (taps: readonly number[]): number => taps.reduce((sum, tap) => sum + tap * tap, 0)
  for (const [level, d] of spacing.entries()) {
    // Halving starts from what was not smoothed: the two finest levels are smoothed in chosen blocks only.
    if (level === 1) [kernel, variance] = [[0.5, 0.5], 0.25]
    if (level === 2) [kernel, variance] = [[0.25, 0.25, 0.25, 0.25], 1.25]
    for (let step = 0; step < steps[level]!; step++) {
      if (step > 0) {
        kernel = convolve(kernel, spread(smoothing.map((tap) => tap / 4), d))
        variance += (d * d) / 2
      }
      const gradient = convolve(kernel, spread([-1 / (2 * d), 0, 1 / (2 * d)], d))
      found.push({ variance: variance + (d * d) / 3, noiseGain: energy(gradient) * energy(kernel) })
    }
    if (level < 2) continue
    kernel = convolve(kernel, spread([0.5, 0.5], d))
    variance += (d * d) / 4
  }
  return found
}

/** Blocks of the grid: `side` pixels square, `across` × `down` of them; what is left over at the right and bottom is not looked at. */
export interface Grid {
  readonly side: number
  readonly across: number
  readonly down: number
}

export interface Pyramid {
  readonly grid: Grid
  /** Mean gradient energy of each block, both axes, at the scale that blocks are chosen by. */
  readonly coarse: Float64Array
  /** Adds the means of one block, one for each of `scales`. */
  readonly addEnergies: (block: number, sums: Energies) => void
}

/** Of gradients, one for each of `scales`. */
export interface Energies {
  /** Mean squares of what gradients have along rows and along columns. */
  readonly x: Float64Array
  readonly y: Float64Array
  /** Means of the fourth powers, in which the steepest edges stand out. */
  readonly fourthX: Float64Array
  readonly fourthY: Float64Array
}

export const noEnergies = (size = scales.length): Energies => {
  const [x, y, fourthX, fourthY] = Array.from({ length: 4 }, () => new Float64Array(size))
  return { x: x!, y: y!, fourthX: fourthX!, fourthY: fourthY! }
}

/** The scale by which blocks are chosen: coarse enough that noise does not choose, fine enough that blur leaves something. */
export const choosing = 7

interface Level {
  readonly width: number
  readonly height: number
  /** Level values × `unit`. */
  readonly values: Uint8Array | Uint16Array
  readonly unit: number
}

/** `side` of a block must be a multiple of 4 and at least 16. */
export function pyramid({ width, height, luma }: Pick<Planes, 'width' | 'height' | 'luma'>, side: number): Pyramid {
  const grid: Grid = { side, across: Math.floor(width / side), down: Math.floor(height / side) }
  const half = halved({ width, height, values: luma, unit: 1 })
  const quarter = halved(half)
  const quarter1 = smoothed(quarter)
  const quarter2 = smoothed(quarter1)
  const eighth = decimated(quarter2)
  const eighth1 = smoothed(eighth)
  const coarse = new Float64Array(grid.across * grid.down)
  const sums = noEnergies(1)
  for (let block = 0; block < coarse.length; block++) {
    for (const values of Object.values(sums)) values.fill(0)
    addBlockEnergy(quarter1, 4, grid, block, sums, 0)
    coarse[block] = sums.x[0]! + sums.y[0]!
  }
  const fine = createPatch(side)
  const finer = createPatch(side / 2)
  return {
    grid,
    coarse,
    addEnergies: (block, sums) => {
      fine({ width, height, values: luma, unit: 1 }, 1, grid, block, sums, 0)
      finer(half, 2, grid, block, sums, 3)
      addBlockEnergy(quarter, 4, grid, block, sums, 6)
      addBlockEnergy(quarter1, 4, grid, block, sums, 7)
      addBlockEnergy(quarter2, 4, grid, block, sums, 8)
      addBlockEnergy(eighth, 8, grid, block, sums, 9)
      addBlockEnergy(eighth1, 8, grid, block, sums, 10)
    },
  }
}

/** Sums of 2×2 values: four times the unit. */
function halved({ width, height, values: from, unit }: Level): Level {
  const [w, h] = [width >> 1, height >> 1]
  const values = new Uint16Array(w * h)
  for (let y = 0, i = 0; y < h; y++) {
    for (let p = 2 * y * width, q = p + width, end = i + w; i < end; i++, p += 2, q += 2) values[i] = from[p]! + from[p + 1]! + from[q]! + from[q + 1]!
  }
  return { width: w, height: h, values, unit: unit * 4 }
}

/** Means of 2×2 values, in the same unit. */
function decimated({ width, height, values, unit }: Level): Level {
  const [w, h] = [width >> 1, height >> 1]
  const out = new Uint16Array(w * h)
  for (let y = 0, i = 0; y < h; y++) {
    for (let p = 2 * y * width, q = p + width, end = i + w; i < end; i++, p += 2, q += 2) out[i] = (values[p]! + values[p + 1]! + values[q]! + values[q + 1]! + 2) >> 2
  }
  return { width: w, height: h, values: out, unit }
}

/** [1 2 1]/4 along rows and columns, in the same unit (16 of it make a level of luma: rounding is 1/32 level at most). */
function smoothed({ width, height, values, unit }: Level): Level {
  const size = values.length
  const rows = new Uint16Array(size)
  for (let i = 1; i < size - 1; i++) rows[i] = values[i - 1]! + 2 * values[i]! + values[i + 1]!
  const out = new Uint16Array(size)
  for (let i = width; i < size - width; i++) out[i] = (rows[i - width]! + 2 * rows[i]! + rows[i + width]! + 8) >> 4
  // The border repeats what lies next to it.
  for (let y = 1; y < height - 1; y++) {
    out[y * width] = out[y * width + 1]!
    out[(y + 1) * width - 1] = out[(y + 1) * width - 2]!
  }
  out.copyWithin(0, width, 2 * width)
  out.copyWithin(size - width, size - 2 * width, size - width)
  return { width, height, values: out, unit }
}

/** Adds the mean gradient energies of a level inside a block, in (levels per finest pixel)²; positions nearer than two steps to the border are left out. */
function addBlockEnergy({ width, height, values, unit }: Level, d: number, { side, across }: Grid, block: number, sums: Energies, at: number): void {
  const [left, top] = [((block % across) * side) / d, (Math.floor(block / across) * side) / d]
  const [x0, x1] = [Math.max(2, Math.ceil(left)), Math.min(width - 2, Math.ceil(left + side / d))]
  const [y0, y1] = [Math.max(2, Math.ceil(top)), Math.min(height - 2, Math.ceil(top + side / d))]
  let [sumX, sumY, fourthX, fourthY] = [0, 0, 0, 0]
  for (let y = y0; y < y1; y++) {
    for (let i = y * width + x0, end = y * width + x1; i < end; i++) {
      const gx = values[i + 1]! - values[i - 1]!
      const gy = values[i + width]! - values[i - width]!
      const ex = gx * gx
      const ey = gy * gy
      sumX += ex
      sumY += ey
      fourthX += ex * ex
      fourthY += ey * ey
    }
  }
  addMeans(sums, at, [sumX, sumY, fourthX, fourthY], Math.max(1, (x1 - x0) * (y1 - y0)), (2 * d * unit) ** 2)
}

function addMeans(sums: Energies, at: number, [x, y, fourthX, fourthY]: readonly [number, number, number, number], count: number, unit: number): void {
  const scale = 1 / count / unit
  sums.x[at]! += x * scale
  sums.y[at]! += y * scale
  sums.fourthX[at]! += (fourthX * scale) / unit
  sums.fourthY[at]! += (fourthY * scale) / unit
}

/** Three scales of one block, unsmoothed and after one and two smoothings, at every second value in both directions where d is 1. */
function createPatch(side: number): (level: Level, d: number, grid: Grid, block: number, sums: Energies, at: number) => void {
  const margin = 3
  const span = side + 2 * margin
  const raw = new Uint16Array(span * span)
  const rows = new Uint32Array(span * span)
  const once = new Uint16Array(span * span)
  const twice = new Uint32Array(span * span)
  const smooth = (from: Uint16Array, to: Uint16Array | Uint32Array): void => {
    for (let i = 1; i < from.length - 1; i++) rows[i] = from[i - 1]! + 2 * from[i]! + from[i + 1]!
    for (let i = span; i < from.length - span; i++) to[i] = rows[i - span]! + 2 * rows[i]! + rows[i + span]!
  }
  return ({ width, height, values, unit }, d, { across }, block, sums, at) => {
    const step = d === 1 ? 2 : 1
    // Blocks at the border are looked at a little further in.
    const left = Math.min(Math.max((block % across) * side - margin, 0), width - span)
    const top = Math.min(Math.max(Math.floor(block / across) * side - margin, 0), height - span)
    for (let y = 0; y < span; y++) {
      const from = (top + y) * width + left
      for (let x = 0, i = y * span; x < span; x++, i++) raw[i] = values[from + x]!
    }
    const add = (patch: Uint16Array | Uint32Array, patchUnit: number, scale: number): void => {
      let [sumX, sumY, fourthX, fourthY] = [0, 0, 0, 0]
      for (let y = margin; y < margin + side; y += step) {
        for (let i = y * span + margin, end = i + side; i < end; i += step) {
          const gx = patch[i + 1]! - patch[i - 1]!
          const gy = patch[i + span]! - patch[i - span]!
          const ex = gx * gx
          const ey = gy * gy
          sumX += ex
          sumY += ey
          fourthX += ex * ex
          fourthY += ey * ey
        }
      }
      addMeans(sums, scale, [sumX, sumY, fourthX, fourthY], Math.ceil(side / step) ** 2, (2 * d * patchUnit) ** 2)
    }
    add(raw, unit, at)
    smooth(raw, once)
    add(once, unit * 16, at + 1)
    smooth(once, twice)
    add(twice, unit * 256, at + 2)
  }
}
