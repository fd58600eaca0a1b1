// What the second blur figure is computed from: how fast gradients grow weaker from scale to scale, region by region.
// Energy falls with the scale as variance^-p; p near 0 between two scales says that blur has taken what the finer one would show. For each region, axis and
// pair of scales there are two such exponents: of the mean square of the gradients, which all texture makes, and of the ratio of their fourth powers to
// their squares, which the steepest edges make alone: these bear witness of a sharp edge where the rest is soft. An exponent counts by what part of the finer
// scale's energy is not noise. Over the regions a high percentile is taken: what is near or in haze may be soft. The two axes are ordered by how
// blurred they are, so that a camera that moved is told from one out of focus whichever way it moved.
import { scales, type Energies } from './gradient-energies.ts'
import { percentile } from './percentile.ts'

/** Scales whose energies are held against each other, finer first. */
const pairs = [[0, 2], [1, 4], [2, 5], [4, 7], [5, 8], [7, 9], [8, 10]] as const
/** By these sums of its exponents an axis is called the more blurred one. */
const ordering = [0, 1, 1, 1, 0.5, 0, 0] as const
/** What photographs show between edges and texture: where noise hides an exponent, this is put in its place. */
const usual = 0.7
/** Over the regions: nearly the sharpest, and how far sharpness reaches. */
const shares = { ofEnergies: [0.9, 0.6], ofPeaks: [0.9] } as const
/** What is left of an energy, at least, when noise is taken off; below the second it is rounding. */
const [leastPart, leastEnergy] = [0.02, 1e-6]

/** The fourth power of Gaussian noise is three times the square of its variance. */
const kurtosis = 3

/** In the order of blur-weights.ts. `regions`: means over the blocks that are looked at, one for each region; at least one. `noise`: standard deviation in levels. */
export function blurFeatures(regions: readonly Energies[], noise: number): readonly number[] {
  const energies = exponents(regions.map(({ x, y }) => [x, y]), noise * noise)
  const peaks = exponents(regions.map(({ x, y, fourthX, fourthY }) => [ratio(fourthX, x), ratio(fourthY, y)]), noise * noise * kurtosis)
  const order = blurredFirst(energies)
  return [...summary(energies, order, shares.ofEnergies), ...summary(peaks, order, shares.ofPeaks), Math.log(1 + noise)]
}

const ratio = (fourth: Float64Array, square: Float64Array): Float64Array => fourth.map((value, k) => value / Math.max(leastEnergy, square[k]!))

/** By region, axis and pair. */
interface Exponent {
  /** Above what is usual, weighted. */
  readonly excess: number
  /** 0: all noise; 1: none. */
  readonly weight: number
}

type Exponents = readonly (readonly (readonly Exponent[])[])[]

/** `variance`: what noise leaves, times the gain of each scale. */
function exponents(regions: readonly (readonly Float64Array[])[], variance: number): Exponents {
  const noiseAt = (k: number): number => variance * scales[k]!.noiseGain
  return regions.map((axes) =>
    axes.map((energies) => {
      const left = energies.map((energy, k) => Math.max(energy - noiseAt(k), leastPart * energy) + leastEnergy)
      return pairs.map(([fine, coarse]) => {
        const weight = left[fine]! / (left[fine]! + noiseAt(fine) + leastEnergy)
        const exponent = Math.log(left[fine]! / left[coarse]!) / Math.log(scales[coarse]!.variance / scales[fine]!.variance)
        return { excess: weight * (exponent - usual), weight }
      })
    }),
  )
}

/** The axes, 0 along rows and 1 along columns, the more blurred one first. */
function blurredFirst(regions: Exponents): readonly number[] {
  const [x, y] = [0, 1].map((axis) => over(regions.map((axes) => axes[axis]!.reduce((sum, { excess }, pair) => sum + excess * ordering[pair]!, 0)), 0.9))
  return x! <= y! ? [0, 1] : [1, 0]
}

function summary(regions: Exponents, order: readonly number[], percentiles: readonly number[]): readonly number[] {
  const of = (axis: number, pair: number, figure: keyof Exponent): readonly number[] => regions.map((axes) => axes[axis]![pair]![figure])
  return [
    ...percentiles.flatMap((share) => order.flatMap((axis) => pairs.map((_, pair) => over(of(axis, pair, 'excess'), share)))),
    ...order.map((axis) => pairs.reduce((sum, _, pair) => sum + over(of(axis, pair, 'weight'), 0.5), 0) / pairs.length),
  ]
}

const over = (values: readonly number[], share: number): number => percentile(values.toSorted((a, b) => a - b), share)
