// The second blur figure: a weighted sum of what blur-features.ts says, in logarithms of pixels. The weights were fitted by ridge regression on
// photographs whose blur is known (scripts/bench/sharpness/fit.ts; docs/sharpness.md says on which, and how well it does on others).
import { blurFeatures } from './blur-features.ts'
import { weights } from './blur-weights.ts'
import type { Energies } from './gradient-energies.ts'

/** In the picture's own px; beyond these nothing was fitted. */
const [least, most] = [0.1, 12]
/** A feature counts up to so many deviations from its mean: a picture unlike any that was fitted to is not led further astray by each. */
export const furthest = 3

/** Standard deviation of the blur in the picture's own pixels. A sharp picture reads about half a pixel: a pixel has a width. */
export function regressBlur(regions: readonly Energies[], noise: number): number {
  const { means, deviations, factors, intercept } = weights
  const sum = blurFeatures(regions, noise).reduce((total, feature, k) => total + Math.max(-furthest, Math.min(furthest, (feature - means[k]!) / deviations[k]!)) * factors[k]!, intercept)
  return Math.min(most, Math.max(least, Math.exp(sum)))
}
