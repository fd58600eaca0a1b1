// Rates with their intervals, and how well a figure parts two groups.

/** Wilson's interval of 95 % for k of n. */
export function wilson(k: number, n: number): { readonly rate: number; readonly low: number; readonly high: number } {
  if (n === 0) return { rate: 0, low: 0, high: 1 }
  const z = 1.959964
  const p = k / n
  const scale = 1 + (z * z) / n
  const middle = (p + (z * z) / (2 * n)) / scale
  const half = (z * Math.sqrt((p * (1 - p)) / n + (z * z) / (4 * n * n))) / scale
  return { rate: p, low: Math.max(0, middle - half), high: Math.min(1, middle + half) }
}

/** The chance that a value of `high` is above one of `low`, ties counted half: the area under the curve of all thresholds. */
export function auc(low: readonly number[], high: readonly number[]): number {
  const sorted = [...low].sort((a, b) => a - b)
  const below = (value: number, orEqual: boolean): number => {
    let [from, to] = [0, sorted.length]
    while (from < to) {
      const middle = (from + to) >> 1
      const at = sorted[middle]!
      if (at < value || (orEqual && at === value)) from = middle + 1
      else to = middle
    }
    return from
  }
  let sum = 0
  for (const value of high) sum += (below(value, false) + below(value, true)) / 2
  return sum / (low.length * high.length)
}

export const median = (values: readonly number[]): number => {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted.length === 0 ? NaN : (sorted[(sorted.length - 1) >> 1]! + sorted[sorted.length >> 1]!) / 2
}
