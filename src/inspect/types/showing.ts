// What a sample can show of the whole: bounds before anything was looked at, and rates weighted by the strata afterwards.

export interface Showing {
  readonly title: { readonly zh: string; readonly en: string }
  readonly population: number
  readonly drawn: number
  /** If none of those drawn is bad: how many of the population may be, 95 % sure; exact for the list. */
  readonly mostBad: number
  /** The same as a share of a large population (Clopper-Pearson, one-sided 95 %): 20 without a fault still allow 13.9 %. */
  readonly largeShare: number
  /** Chance to see at least one bad one when so many (a tenth of the population, one at least) are; and in a large population. */
  readonly tenth: number
  readonly chance: number
  readonly largeChance: number
}

export interface SampleShowing {
  /** Of the plan's samples, from 1. */
  readonly nth: number
  readonly strata: readonly Showing[]
  /** As if drawn from all of them alike; where they were not drawn in proportion it is no statement on the whole. */
  readonly whole: Showing
  readonly isProportional: boolean
}

export interface WeightedStratum {
  readonly population: number
  /** Of which an outcome is known, and of how many it holds. */
  readonly checked: number
  readonly holds: number
}

export interface WeightedRate {
  /** Σ share × rate; null where a stratum was not looked at. */
  readonly rate: number | null
  /** Σ share × bound: at least 95 % sure, whatever the strata are like. */
  readonly interval95: readonly [number, number]
  readonly population: number
  readonly strata: readonly (WeightedStratum & { readonly weight: number; readonly interval: readonly [number, number] })[]
  /** False: all strata gave the same share, so that the plain rate is the weighted one. */
  readonly isNeeded: boolean
}

/** Rates of the whole by one sample; those of kinds that it was not drawn for are absent. */
export interface SampleRates {
  readonly nth: number
  readonly recordComplete?: WeightedRate
  readonly picturePresent?: WeightedRate
  readonly passed: WeightedRate
  readonly failed: WeightedRate
}
