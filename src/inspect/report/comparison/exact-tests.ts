// Exact tests of whether two counts differ by more than chance. Fisher 1922 for two samples; the sign test for cameras that were looked at twice.

/**
 * Two-sided p of a 2 × 2 table: `a` of `n` against `b` of `m`. The sum of all tables with the same margins that are no likelier than this one.
 * Throws RangeError for counts that cannot be.
 */
export function fisher(a: number, n: number, b: number, m: number): number {
  if (![a, n, b, m].every((count) => Number.isInteger(count) && count >= 0) || a > n || b > m) throw new RangeError(`${a} of ${n} against ${b} of ${m} is no table`)
  const hits = a + b
  const lnTable = (x: number): number => lnChoose(n, x) + lnChoose(m, hits - x)
  const lnAll = lnChoose(n + m, hits)
  const seen = lnTable(a)
  let p = 0
  for (let x = Math.max(0, hits - m); x <= Math.min(n, hits); x++) {
    const here = lnTable(x)
    // Tables as likely as this one count, though their logarithms differ in the last digits.
    if (here <= seen + 1e-7) p += Math.exp(here - lnAll)
  }
  return Math.min(1, p)
}

/** Two-sided p of `up` against `down` changes, either as likely as the other (the exact form of McNemar's test). Null when nothing changed. */
export function signTest(up: number, down: number): number | null {
  const changes = up + down
  if (changes === 0) return null
  let tail = 0
  for (let x = 0; x <= Math.min(up, down); x++) tail += Math.exp(lnChoose(changes, x) - changes * Math.LN2)
  return Math.min(1, 2 * tail)
}

/**
 * 95 % interval of the later share less the earlier: `a` of `n`, then `b` of `m`. Hybrid of two score intervals (Newcombe 1998, Statistics in
 * Medicine 17:873, method 10), to four decimals; it keeps within -1 and 1, and about its confidence also for samples of five.
 */
export function differenceInterval(a: number, n: number, b: number, m: number): readonly [number, number] {
  const [was, is] = [a / n, b / m]
  const [[wasLow, wasHigh], [isLow, isHigh]] = [wilson(a, n), wilson(b, m)]
  const change = is - was
  const four = (value: number): number => Math.round(value * 10_000) / 10_000
  return [four(change - Math.hypot(is - isLow, wasHigh - was)), four(change + Math.hypot(isHigh - is, was - wasLow))]
}

/** Score interval of a share. Wilson 1927. */
function wilson(hits: number, n: number): readonly [number, number] {
  const z = 1.959963984540054
  const share = hits / n
  const middle = share + (z * z) / (2 * n)
  const half = z * Math.sqrt((share * (1 - share)) / n + (z * z) / (4 * n * n))
  return [(middle - half) / (1 + (z * z) / n), (middle + half) / (1 + (z * z) / n)]
}

const lnChoose = (n: number, k: number): number => lnFactorial(n) - lnFactorial(k) - lnFactorial(n - k)

/** ln n!: summed up to 255, beyond by Stirling's series, whose first left-out term is below 1e-15 there. */
function lnFactorial(n: number): number {
  if (n < small.length) return small[n] ?? 0
  const x = n + 1
  return (x - 0.5) * Math.log(x) - x + 0.5 * Math.log(2 * Math.PI) + 1 / (12 * x) - 1 / (360 * x ** 3) + 1 / (1260 * x ** 5)
}
const small: readonly number[] = Array.from({ length: 256 }).reduce<number[]>((sums, _, n) => [...sums, n === 0 ? 0 : (sums[n - 1] ?? 0) + Math.log(n)], [])
