// A rate of the whole from strata that were not drawn in proportion: each stratum counts with its share of the population. Pure.
import type { Check, Inspection, SampleRates, StratumDrawn, WeightedRate, WeightedStratum } from '../types.ts'
import { leastBad, mostBad } from './finite.ts'

/**
 * Each stratum's exact interval (hypergeometric, two-sided) at a confidence of 1 - 0.05 / strata, so that all of them hold together with at least
 * 95 % (Bonferroni 1936), weighted and added. Wider than an approximation, and true also where nothing or everything was bad. A stratum that was
 * checked wholly has no width; one that was not checked has all of it.
 */
export function weightedRate(strata: readonly WeightedStratum[]): WeightedRate {
  const present = strata.filter(({ population }) => population > 0)
  const total = present.reduce((sum, { population }) => sum + population, 0)
  const uncertain = present.filter(({ population, checked }) => checked < population).length
  const confidence = 1 - 0.05 / Math.max(1, uncertain)
  const parts = present.map((stratum) => ({ ...stratum, weight: stratum.population / total, interval: boundsOf(stratum, confidence) }))
  const sum = (of: (part: (typeof parts)[number]) => number): number => parts.reduce((all, part) => all + part.weight * of(part), 0)
  const isWhole = parts.length > 0 && parts.every(({ checked }) => checked > 0)
  return {
    rate: isWhole ? fourDecimals(sum(({ holds, checked }) => holds / checked)) : null,
    interval95: [fourDecimals(sum(({ interval }) => interval[0])), fourDecimals(sum(({ interval }) => interval[1]))],
    population: total,
    strata: parts,
    isNeeded: parts.some(({ checked, population }) => checked * (parts[0]?.population ?? 0) !== (parts[0]?.checked ?? 0) * population),
  }
}

/** Half of what may go wrong is left to each side. */
function boundsOf({ population, checked, holds }: WeightedStratum, confidence: number): readonly [number, number] {
  if (checked === 0) return [0, 1]
  const oneSided = 1 - (1 - confidence) / 2
  return [leastBad(holds, population, checked, oneSided) / population, mostBad(holds, population, checked, oneSided) / population]
}

const fourDecimals = (value: number): number => Math.round(value * 10_000) / 10_000

export interface Counted {
  /** Strata (indexes from 0) that the check counts in. */
  readonly drawnIn: readonly number[]
  /** Undefined: nothing is known of it, as of a check that could not be made. */
  readonly holds: boolean | undefined
}

/** The weighted rate of one sample (`nth` from 1): other samples are draws of their own. */
export function weightedRateOf(strata: readonly StratumDrawn[], checks: readonly Counted[], nth = 1): WeightedRate {
  return weightedRate(
    strata.flatMap(({ population, nth: of = 1 }, at) => {
      if (of !== nth) return []
      const known = checks.filter(({ drawnIn, holds }) => drawnIn.includes(at) && holds !== undefined)
      return [{ population, checked: known.length, holds: known.filter(({ holds }) => holds).length }]
    }),
  )
}

/** The rates of report.json, weighted, by sample. A check that could not be made says nothing of a picture; verdicts that wait for a person hold neither way. */
export function sampleRates({ draw: { strata, drawnIn } }: Pick<Inspection, 'draw'>, checks: readonly Check[]): readonly SampleRates[] {
  if (!drawnIn) return []
  const counted = (holds: (check: Check) => boolean | undefined): readonly Counted[] => checks.map((check) => ({ drawnIn: drawnIn[check.n - 1] ?? [], holds: holds(check) }))
  return [...new Set(strata.map(({ nth = 1 }) => nth))].map((nth) => {
    const kinds = new Set(strata.flatMap((stratum) => ((stratum.nth ?? 1) === nth ? (stratum.kinds ?? []) : [])))
    const of = (holds: (check: Check) => boolean | undefined): WeightedRate => weightedRateOf(strata, counted(holds), nth)
    return {
      nth,
      ...(kinds.has('record') && { recordComplete: of((check) => check.record.result === 'pass') }),
      ...(kinds.has('image') && { picturePresent: of((check) => (check.attempts.some(({ isOurFault }) => !isOurFault) ? check.picture?.present === true : undefined)) }),
      passed: of((check) => check.verdict.result === 'pass'),
      failed: of((check) => check.verdict.result === 'fail'),
    }
  })
}
