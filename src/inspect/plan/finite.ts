// What a sample from a finite list shows, exactly: cameras are drawn without replacement, so the number of bad ones among them is hypergeometric.
// Feller, An Introduction to Probability Theory and Its Applications I, II.6.

/** Chance that `drawn` of `population`, of which `bad` are bad, show at most `found` bad ones. */
export function chanceOfAtMost(found: number, population: number, bad: number, drawn: number): number {
  let sum = 0
  for (let k = Math.max(0, drawn - (population - bad)); k <= Math.min(found, bad, drawn); k++) sum += Math.exp(lnChoose(bad, k) + lnChoose(population - bad, drawn - k) - lnChoose(population, drawn))
  return Math.min(1, sum)
}

/** The most bad ones that the whole may have although `drawn` of it showed `found`: more would show more with the given confidence. */
export function mostBad(found: number, population: number, drawn: number, confidence = 0.95): number {
  let low = found
  let high = population - (drawn - found)
  // The chance falls as there are more bad ones: the last number that it allows, by halving.
  while (low < high) {
    const middle = Math.ceil((low + high) / 2)
    if (chanceOfAtMost(found, population, middle, drawn) > 1 - confidence) low = middle
    else high = middle - 1
  }
  return low
}

/** The fewest, likewise. */
export const leastBad = (found: number, population: number, drawn: number, confidence = 0.95): number => population - mostBad(drawn - found, population, drawn, confidence)

/** ln of the binomial coefficient. */
function lnChoose(n: number, k: number): number {
  if (k < 0 || k > n) return -Infinity
  return lnFactorial(n) - lnFactorial(k) - lnFactorial(n - k)
}

/** ln n!, summed for small numbers, Stirling's series for large ones: relative error below 1e-13. */
function lnFactorial(n: number): number {
  if (n < 256) {
    let sum = 0
    for (let k = 2; k <= n; k++) sum += Math.log(k)
    return sum
  }
  return n * Math.log(n) - n + 0.5 * Math.log(2 * Math.PI * n) + 1 / (12 * n) - 1 / (360 * n ** 3)
}
