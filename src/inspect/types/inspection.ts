// An inspection as it runs and as it is kept; its report.
import type { Attempt } from './attempt.ts'
import type { Check, Result } from './check.ts'
import type { Draw, StratumDrawn } from './draw.ts'
import type { RuleSet } from './rules.ts'

/** A rate never travels without its numerator, denominator and the name of the denominator; the interval is exact (Clopper-Pearson). */
export interface Rate {
  readonly numerator: number
  readonly denominator: number
  readonly of: { readonly zh: string; readonly en: string }
  readonly rate: number | null
  readonly interval95: readonly [number, number] | null
}

export interface InspectionSummary {
  readonly recordComplete: Rate
  readonly responded: Rate
  readonly picturePresent: Rate
  readonly clear: Rate
  readonly passed: Rate
  readonly failed: Rate
  readonly review: Rate
}

/** report.json. */
export interface Report {
  readonly inspection: {
    readonly id: string
    readonly area: string
    readonly startedAt: string
    readonly finishedAt: string
    readonly seed: string
    readonly population: { readonly size: number; readonly sha256: string }
    readonly algorithm: string
    readonly ruleSet: { readonly name: string; readonly version: number }
    readonly strata: readonly StratumDrawn[]
    readonly software: string
  }
  readonly rules: RuleSet
  readonly checks: readonly Check[]
  readonly summary: InspectionSummary
}

export type InspectionState = 'running' | 'done' | 'cancelled' | 'interrupted'

export interface Inspection {
  readonly id: string
  readonly area: string
  readonly startedAtMs: number
  readonly finishedAtMs?: number
  readonly state: InspectionState
  readonly createdBy: string
  readonly draw: Draw
  readonly rules: RuleSet
  readonly checks: readonly Check[]
  readonly total: number
  /** Name and version of the program that made it; absent when the store does not keep it. */
  readonly software?: string
}

export interface Review {
  readonly inspection: string
  readonly n: number
  readonly result: Result
  readonly reason: string
  readonly by: string
  readonly atMs: number
}

/** Progress of a running inspection, as the API's event stream sends it. */
export type InspectionEvent =
  | { readonly type: 'started'; readonly inspection: string; readonly total: number }
  | { readonly type: 'check-started'; readonly inspection: string; readonly n: number; readonly camera: string; readonly name: string }
  | { readonly type: 'attempt'; readonly inspection: string; readonly n: number; readonly attempt: Attempt }
  | { readonly type: 'check-done'; readonly inspection: string; readonly n: number; readonly check: Check }
  | { readonly type: 'finished'; readonly inspection: string; readonly state: InspectionState }
