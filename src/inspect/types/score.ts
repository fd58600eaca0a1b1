// A score as a report prints it: each rate with what was divided by what, and what could not be found out.
import type { Rate } from './inspection.ts'
import type { CountName } from './rules.ts'

export interface Count {
  readonly name: CountName
  readonly title: { readonly zh: string; readonly en: string }
  readonly count: number
}

export interface ScoredItem {
  readonly code: string
  readonly title: { readonly zh: string; readonly en: string }
  readonly weight: number
  readonly numerator: Count
  /** Those of which it could be found out whether they are the numerator: what is divided by. */
  readonly denominator: Count
  /** They are the denominator too, but it could not be found out whether they are the numerator: neither good nor bad, left out and shown. */
  readonly undiagnosed: number
  /** It could not be found out whether they are the denominator at all. */
  readonly unsettled: number
  /** Half up to four decimals; null where nothing is divided by. */
  readonly rate: number | null
  /** Of 100; null where nothing could be found out. Where it is certain that no camera is the denominator, none can be the numerator: 0. */
  readonly points: number | null
}

export interface Score {
  readonly title: { readonly zh: string; readonly en: string }
  readonly formula: { readonly zh: string; readonly en: string }
  readonly items: readonly ScoredItem[]
  /** Sum of the points, half up to four decimals; null when one item has none. */
  readonly value: number | null
}

/** The rates once what persons said is in them; the machine's own stand beside, unchanged. */
export interface AfterReview {
  /** Checks on which a person has spoken. */
  readonly reviewed: number
  readonly passed: Rate
  readonly failed: Rate
  readonly review: Rate
  readonly scores?: Score
}
