// What a report says beside draw, checks and rates: who, where, in what state, and how it stands to an earlier inspection.
import type { Result } from './check.ts'
import type { Rate, InspectionState, Review } from './inspection.ts'
import type { HistoryEntry } from './review.ts'

/** Absent in reports of earlier versions. */
export interface ReportMore {
  readonly state?: InspectionState
  /** Account that started it. */
  readonly createdBy?: string
  /** How many checks there are to be: fewer done than this is an inspection that was not finished. */
  readonly total?: number
  readonly areaName?: string
  readonly reviews?: readonly Review[]
  /** Of each check on which something came after its verdict: all of it, oldest first. */
  readonly histories?: readonly CheckHistory[]
  /** Of the installation that signs its evidence. */
  readonly installation?: { readonly fingerprint: string }
  readonly comparison?: Comparison
}

export interface CheckHistory {
  readonly n: number
  readonly entries: readonly HistoryEntry[]
}

/** One rate in two inspections, of results by those that stand after review. `p`: exact, two-sided (Fisher): how often chance alone gives a difference at least as rare, were both drawn from the same. Null where one has nothing to divide by. */
export interface ComparedRate {
  readonly name: string
  readonly earlier: Rate
  readonly later: Rate
  readonly difference: number | null
  /** Of the difference: hybrid of two score intervals (Newcombe 1998, method 10), 95 %. */
  readonly interval95?: readonly [number, number] | null
  readonly p: number | null
  /** As the machine had it, before persons spoke; absent where they changed nothing. */
  readonly machine?: { readonly earlier: Rate; readonly later: Rate }
}

/** A camera that both inspections looked at, with the results that stand: a person's where there is one, else the machine's. */
export interface ComparedCamera {
  readonly id: string
  readonly name: string
  readonly owner: string
  readonly earlier: Result
  readonly later: Result
  readonly change: 'improved' | 'worsened' | 'same'
}

export interface Comparison {
  readonly earlier: ComparedInspection
  readonly later: ComparedInspection
  /** What makes the two differ beside the cameras themselves. */
  readonly cautions: readonly ('other-plan' | 'other-rules' | 'other-strata' | 'not-finished' | 'other-area')[]
  readonly rates: readonly ComparedRate[]
  /** The cameras of both, those that worsened first; at most as many as `maxCompared` of the comparison. */
  readonly cameras: readonly ComparedCamera[]
  readonly inBoth: number
  readonly improved: number
  readonly worsened: number
  /** Exact sign test over the cameras of both that changed between pass and fail; null when none did. */
  readonly pairedP: number | null
  /** Both looked at every camera of their population: what differs, differs. */
  readonly isWhole: boolean
}

export interface ComparedInspection {
  readonly id: string
  readonly area: string
  readonly startedAt: string
  readonly plan: string
  readonly ruleSet: { readonly name: string; readonly version: number }
  readonly checks: number
  readonly population: number
  /** Checks on which a person has spoken. */
  readonly reviewed?: number
}
