// The picture at three Gaussian scales, σ = 1, 2 and 2.5 px, by small integer kernels: what the sharpness estimator looks at.
// A binomial kernel is a Gaussian to within a percent and variances of kernels in a row add up. The two coarse scales are kept at
// every second pixel only (they are smooth), where a difference of neighbours spans four pixels instead of two. That widens a
// scale by (2² - 1²)/3 = 1 px², so their kernels have 1 px² less: variance 3 and 5 stand for the scales 2 and 2.5.

export interface Scales {
  /** Luma × 256 at σ = 1 px, width × height. Nearer than `border` pixels to the edge the values are not to be used. */
  readonly a: Uint16Array
  /** Luma × 256 at σ = 2 px and 2.5 px at the even pixels: halfWidth × halfHeight. */
  readonly b: Uint16Array
  readonly c: Uint16Array
  readonly halfWidth: number
  readonly halfHeight: number
}

export const border = 12

export function scales(luma: Uint8Array, width: number, height: number): Scales {
  const a = fine(luma, width)
  const halfWidth = width >> 1
  const halfHeight = height >> 1
  const even = new Uint16Array(halfWidth * halfHeight)
  for (let y = 0, i = 0; y < halfHeight; y++) {
    for (let from = 2 * y * width, end = i + halfWidth; i < end; i++, from += 2) even[i] = a[from]!
  }
  const b = coarser(even, halfWidth)
  return { a, b, c: coarser(b, halfWidth), halfWidth, halfHeight }
}

/** [1 4 6 4 1] along rows, then columns: variance 1 px², gain 256. Rows run into each other only inside the border. */
function fine(luma: Uint8Array, width: number): Uint16Array {
  const size = luma.length
  const rows = new Uint16Array(size)
  for (let i = 2; i < size - 2; i++) rows[i] = luma[i - 2]! + luma[i + 2]! + 4 * (luma[i - 1]! + luma[i + 1]!) + 6 * luma[i]!
  const out = new Uint16Array(size)
  const two = 2 * width
  for (let i = two; i < size - two; i++) out[i] = rows[i - two]! + rows[i + two]! + 4 * (rows[i - width]! + rows[i + width]!) + 6 * rows[i]!
  return out
}

/** [1 2 1]/4 along rows, then columns of every second pixel: adds a variance of 2 px² of the whole picture. */
function coarser(from: Uint16Array, width: number): Uint16Array {
  const size = from.length
  const rows = new Uint16Array(size)
  for (let i = 1; i < size - 1; i++) rows[i] = (from[i - 1]! + from[i + 1]! + 2 * from[i]! + 2) >> 2
  const out = new Uint16Array(size)
  for (let i = width; i < size - width; i++) out[i] = (rows[i - width]! + rows[i + width]! + 2 * rows[i]! + 2) >> 2
  return out
}

/**
 * Gradient energy, both directions together, that is taken off for noise of variance 1: 2·(1/(√(8π)·t²))², the integral for a Gaussian of
 * σ = t. It is 77 % and 13 % more than these kernels let through; the exact gains were tried and leave blurred night
 * pictures too sharp (docs/sharpness.md).
 */
const noiseAt = (t: number): number => 2 / (8 * Math.PI * t ** 4)
export const noiseEnergy = { a: noiseAt(1), b: noiseAt(2), c: noiseAt(2.5) } as const
