// What a rate found in a sample says of the whole: exact binomial bounds. Clopper and Pearson 1934; the incomplete beta function by its
// continued fraction (Abramowitz and Stegun 26.5.8), evaluated as Lentz did.

/** Exact two-sided interval of a proportion: `successes` of `trials`. Throws RangeError where they cannot be. */
export function clopperPearson(successes: number, trials: number, confidence = 0.95): readonly [number, number] {
  check(successes, trials)
  const tail = (1 - confidence) / 2
  return [successes === 0 ? 0 : betaQuantile(tail, successes, trials - successes + 1), successes === trials ? 1 : betaQuantile(1 - tail, successes + 1, trials - successes)]
}

/** Exact one-sided upper bound: "found `successes` of `trials`, so at most this share, with this confidence". */
export function upperBound(successes: number, trials: number, confidence = 0.95): number {
  check(successes, trials)
  return successes === trials ? 1 : betaQuantile(confidence, successes + 1, trials - successes)
}

/** Chance that a sample of `trials` shows at least one case of something that `share` of the whole has (sampling with replacement; a finite population is a little better). */
export const chanceToCatch = (share: number, trials: number): number => 1 - (1 - share) ** trials

function check(successes: number, trials: number): void {
  if (!Number.isInteger(successes) || !Number.isInteger(trials) || trials < 1 || successes < 0 || successes > trials) throw new RangeError(`${successes} of ${trials} is no proportion`)
}

/** x with I_x(a, b) = p, by bisection to the last bit that matters. */
function betaQuantile(p: number, a: number, b: number): number {
  let low = 0
  let high = 1
  for (let step = 0; step < 60; step++) {
    const middle = (low + high) / 2
    if (regularisedBeta(middle, a, b) < p) low = middle
    else high = middle
  }
  return (low + high) / 2
}

/** I_x(a, b). */
function regularisedBeta(x: number, a: number, b: number): number {
  if (x <= 0) return 0
  if (x >= 1) return 1
  // The fraction converges quickly on one side of the mean only; the other side is its mirror image.
  if (x > (a + 1) / (a + b + 2)) return 1 - regularisedBeta(1 - x, b, a)
  const front = Math.exp(lnGamma(a + b) - lnGamma(a) - lnGamma(b) + a * Math.log(x) + b * Math.log1p(-x)) / a
  const tiny = 1e-300
  let c = 1
  let d = 1 / (1 - ((a + b) * x) / (a + 1) || tiny)
  let fraction = d
  for (let m = 1; m <= 10_000; m++) {
    const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m))
    const odd = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1))
    let change = 1
    for (const term of [even, odd]) {
      d = 1 / (1 + term * d || tiny)
      c = 1 + term / c || tiny
      change = c * d
      fraction *= change
    }
    if (Math.abs(change - 1) < 1e-15) break
  }
  return front * fraction
}

/** ln Γ(x) for x > 0, Lanczos with g = 7 and nine terms: relative error below 1e-14. */
function lnGamma(x: number): number {
  const coefficients = [676.5203681218851, -1259.1392167224028, 771.3234287776531, -176.6150291621406, 12.507343278686905, -0.13857109526572012, 9.984369578019572e-6, 1.5056327351493116e-7]
  const shifted = x - 1
  const t = shifted + 7.5
  const series = coefficients.reduce((total, coefficient, index) => total + coefficient / (shifted + index + 1), 0.9999999999998099)
  return 0.5 * Math.log(2 * Math.PI) + (shifted + 0.5) * Math.log(t) - t + Math.log(series)
}
