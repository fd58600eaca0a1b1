// Blur from a spectrum of gradient energies. A scene whose energy falls with the scale t as t^-2p (a step: p = 1/2; grass, gravel: up to 2)
// falls as (σ² + t²)^-p behind an optic that blurs by σ, and white noise of variance n adds n·g(t), g known from the kernels:
//   E(t) = c·(σ² + t²)^-p + n·g(t)
// σ and p are looked for on a grid, c and n are solved for at each point (weighted least squares, n ≥ 0), and the answer is the mean of σ over
// what is likely. Three or more scales tell blur from texture, which two cannot; why and how well: docs/sharpness.md.
import { scales } from './gradient-energies.ts'

/** Relative error of an energy: what the model is off by on sharp photographs. */
const error = 0.06
/** What photographs show between edges and texture; a weak pull, for spectra that leave it open. */
const exponent = { mean: 0.7, deviation: 0.15 }

const sigmas: readonly number[] = [0, ...Array.from({ length: 28 }, (_, i) => 0.3 * 40 ** (i / 27))]
const exponents: readonly number[] = Array.from({ length: 10 }, (_, i) => 0.35 + 0.1 * i)

/** (σ² + t²)^-p for each point of the grid, one row each. */
const shapes: readonly Float64Array[] = sigmas.flatMap((sigma) => exponents.map((p) => Float64Array.from(scales, ({ variance }) => (sigma * sigma + variance) ** -p)))
const pulls: readonly number[] = exponents.map((p) => ((p - exponent.mean) / exponent.deviation) ** 2)

export interface BlurFit {
  /** Standard deviation of the blur in the picture's own pixels, 0 to 12. */
  readonly sigma: number
  /** How far the spectrum leaves σ open: its standard deviation, in px. */
  readonly spread: number
}

/** `energies`: one for each of `scales`, (levels/px)², all above 0. */
export function fitBlur(energies: Float64Array): BlurFit {
  const count = energies.length
  const noise = scales.map(({ noiseGain }, k) => noiseGain / energies[k]!)
  let [noiseNoise, noiseOne] = [0, 0]
  for (const g of noise) [noiseNoise, noiseOne] = [noiseNoise + g * g, noiseOne + g]
  const costs = new Float64Array(shapes.length)
  let least = Infinity
  for (const [at, shape] of shapes.entries()) {
    let [ff, fg, fOne] = [0, 0, 0]
    for (let k = 0; k < count; k++) {
      const f = shape[k]! / energies[k]!
      ff += f * f
      fg += f * noise[k]!
      fOne += f
    }
    const determinant = ff * noiseNoise - fg * fg
    let c = (fOne * noiseNoise - noiseOne * fg) / determinant
    let n = (noiseOne * ff - fOne * fg) / determinant
    if (!(n >= 0)) [c, n] = [fOne / ff, 0]
    if (c < 0) c = 0
    let cost = pulls[at % exponents.length]!
    for (let k = 0; k < count; k++) cost += ((c * shape[k]! / energies[k]! + n * noise[k]! - 1) / error) ** 2
    costs[at] = cost
    if (cost < least) least = cost
  }
  let [weights, sum, squares] = [0, 0, 0]
  for (const [at, cost] of costs.entries()) {
    const weight = Math.exp((least - cost) / 2)
    const sigma = sigmas[Math.floor(at / exponents.length)]!
    weights += weight
    sum += weight * sigma
    squares += weight * sigma * sigma
  }
  const sigma = sum / weights
  return { sigma, spread: Math.sqrt(Math.max(0, squares / weights - sigma * sigma)) }
}
