// Ridge regression, and how it does on scenes that it was not fitted to.
import { furthest } from '../../../src/inspect/picture/blur-regression.ts'

export interface Sample {
  readonly scene: string
  readonly features: readonly number[]
  /** What is to be told: the logarithm of the blur in the picture's own px. */
  readonly target: number
  readonly weight: number
}

export interface Weights {
  readonly means: readonly number[]
  readonly deviations: readonly number[]
  readonly factors: readonly number[]
  readonly intercept: number
}

/** Least squares with a penalty on factors of features of deviation 1; the intercept bears none. */
export function fit(samples: readonly Sample[], penalty: number): Weights {
  const count = samples[0]?.features.length ?? 0
  const total = samples.reduce((sum, { weight }) => sum + weight, 0)
  const mean = (of: (sample: Sample) => number): number => samples.reduce((sum, sample) => sum + sample.weight * of(sample), 0) / total
  const columns = Array.from({ length: count }, (_, k) => k)
  const means = columns.map((k) => mean(({ features }) => features[k]!))
  const deviations = columns.map((k) => Math.sqrt(mean(({ features }) => (features[k]! - means[k]!) ** 2)) + 1e-6)
  const intercept = mean(({ target }) => target)
  const matrix = columns.map(() => new Float64Array(count + 1))
  for (const { features, target, weight } of samples) {
    const row = columns.map((k) => held((features[k]! - means[k]!) / deviations[k]!))
    for (const i of columns) {
      const [into, each] = [matrix[i]!, weight * row[i]!]
      for (let j = i; j < count; j++) into[j]! += each * row[j]!
      into[count]! += each * (target - intercept)
    }
  }
  for (const i of columns) {
    for (let j = 0; j < i; j++) matrix[i]![j] = matrix[j]![i]!
    matrix[i]![i]! += penalty
  }
  return { means, deviations, factors: solve(matrix), intercept }
}

const held = (value: number): number => Math.max(-furthest, Math.min(furthest, value))

/** Gauss and Jordan with pivots; each row holds its right side last. */
function solve(matrix: readonly Float64Array[]): readonly number[] {
  const rows = [...matrix]
  const size = rows.length
  for (let k = 0; k < size; k++) {
    let pivot = k
    for (let i = k + 1; i < size; i++) if (Math.abs(rows[i]![k]!) > Math.abs(rows[pivot]![k]!)) pivot = i
    ;[rows[k], rows[pivot]] = [rows[pivot]!, rows[k]!]
    for (let i = 0; i < size; i++) {
      if (i === k) continue
      const by = rows[i]![k]! / rows[k]![k]!
      if (by !== 0) for (let j = k; j <= size; j++) rows[i]![j]! -= by * rows[k]![j]!
    }
  }
  return rows.map((row, k) => row[size]! / row[k]!)
}

export const predict = ({ means, deviations, factors, intercept }: Weights, features: readonly number[]): number => features.reduce((sum, feature, k) => sum + held((feature - means[k]!) / deviations[k]!) * factors[k]!, intercept)

/** For each sample what is said by weights fitted without its scene. */
export function leaveOneSceneOut(samples: readonly Sample[], penalty: number): readonly number[] {
  const without = new Map([...new Set(samples.map(({ scene }) => scene))].map((scene) => [scene, fit(samples.filter((sample) => sample.scene !== scene), penalty)]))
  return samples.map((sample) => predict(without.get(sample.scene)!, sample.features))
}
