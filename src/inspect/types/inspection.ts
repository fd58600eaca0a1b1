// An inspection as it runs and as it is kept; its report.
import type { Attempt } from './attempt.ts'
import type { Check, Result } from './check.ts'
import type { Draw, DrawnSet, Exemption, LeftOut, SeedFrom, SeedSide, StratumDrawn } from './draw.ts'
import type { Plan } from './plan.ts'
import type { SampleRates, SampleShowing } from './showing.ts'
import type { ReportMore } from './report.ts'
import type { RuleSet } from './rules.ts'
import type { AfterReview, Score } from './score.ts'

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
  /** As the rule set asks; absent where it asks for none. */
  readonly scores?: Score
  /** Absent while no person has spoken. */
  readonly afterReview?: AfterReview
}

/** report.json. */
export interface Report extends ReportMore {
  readonly inspection: {
    readonly id: string
    readonly area: string
    readonly startedAt: string
    readonly finishedAt: string
    readonly seed: string
    readonly population: { readonly size: number; readonly sha256: string }
    readonly algorithm: string
    /** `sha256` of the content (rules/digest.ts); absent in reports of earlier versions. */
    readonly ruleSet: { readonly name: string; readonly version: number; readonly sha256?: string }
    readonly strata: readonly StratumDrawn[]
    readonly software: string
    readonly seedFrom?: SeedFrom
    readonly plan?: Plan
    /** Of each check, by its number less one, the strata (indexes from 0) that it counts in. */
    readonly drawnIn?: readonly (readonly number[])[]
    readonly leftOut?: LeftOut
    /** Exemptions that left cameras of this area out, each with how many. */
    readonly exempted?: readonly Exempted[]
    readonly halves?: readonly [SeedSide, SeedSide]
    readonly redrawReason?: string
    /** The inspection whose sample this one looks at again. */
    readonly sampleOf?: string
    /** Every set that was drawn of this area within a day of this one, this one among them, oldest first. */
    readonly draws?: readonly DrawnSet[]
    /** What the samples can show, before anything was looked at. */
    readonly showing?: readonly SampleShowing[]
  }
  readonly rules: RuleSet
  readonly checks: readonly Check[]
  readonly summary: InspectionSummary
  /** Rates of the whole, weighted by the strata: the only ones to be quoted of a district whose strata were not drawn in proportion. */
  readonly weighted?: readonly SampleRates[]
}

/** An exemption that was in force, and the cameras of the area that it left out (the list of them is left-out.tsv). */
export interface Exempted {
  readonly exemption: Exemption
  readonly cameras: number
  /** The first of them by code. */
  readonly some: readonly { readonly id: string; readonly name: string; readonly class: string }[]
}

/** `interrupted`: left by a version that could not go on with what a restart had cut; it can be resumed now. */
export type InspectionState = 'running' | 'paused' | 'done' | 'cancelled' | 'interrupted'

/** `msLeft`: estimated from what was done so far; absent while that is too little, and while it is paused. */
export interface InspectionProgress {
  readonly total: number
  readonly done: number
  readonly running: number
  readonly waiting: number
  readonly msLeft?: number
}

/** Why it paused by itself: a full disk, say. By `code`, a stable one. */
export interface PauseReason {
  readonly code: string
  readonly detail: string
}

/** Verdicts of the checks that are done. */
export interface InspectionCounts {
  readonly done: number
  readonly pass: number
  readonly fail: number
  readonly review: number
}

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
  /** Absent in inspections of before: strata of classes, for record and image. */
  readonly plan?: Plan
  /** Exemptions as they stood when the population was frozen; changed afterwards, they still say here what they said. */
  readonly exempted?: readonly Exempted[]
  /** Both halves of a two-party seed. */
  readonly halves?: readonly [SeedSide, SeedSide]
  /** Why it was drawn although there was another set of that area on that day. */
  readonly redrawReason?: string
  /** The inspection whose sample this one looks at again. */
  readonly sampleOf?: string
  /** Every set that was drawn of this area within a day of this one, oldest first; set where an inspection is asked for by itself. */
  readonly draws?: readonly DrawnSet[]
  /** Name and version of the program that made it; absent when the store does not keep it. */
  readonly software?: string
  /** When it went on after a pause or after the service had ended, oldest first. */
  readonly resumedAtMs?: readonly number[]
  readonly pausedBecause?: PauseReason
  /** While it runs or is paused. */
  readonly progress?: InspectionProgress
  /** Instead of `checks`, in lists. */
  readonly counts?: InspectionCounts
}

/** A person's word on one check, which stands beside the machine's verdict. `appeal`: given as the decision on it, and which. */
export interface Review {
  readonly inspection: string
  readonly n: number
  readonly result: Result
  readonly appeal?: number
  readonly decision?: 'granted' | 'rejected'
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
  /** How far it is; its state, and why where it paused by itself. */
  | { readonly type: 'progress'; readonly inspection: string; readonly state: InspectionState; readonly pausedBecause?: PauseReason; readonly progress: InspectionProgress }
  | { readonly type: 'finished'; readonly inspection: string; readonly state: InspectionState }
