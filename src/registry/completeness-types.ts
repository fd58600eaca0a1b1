// Figures of an area: every rate as numerator and denominator. Drafts and retired records are in none of them.
import type { Finding, Presence } from './types.ts'

export interface Completeness {
  /** Declared, unretired records. */
  readonly records: number
  /** Those of them without a finding of severity error of their own rules. */
  readonly complete: number
  /** Fields that the classes of these records must have. */
  readonly mandatory: number
  /** Those of them that are there and without an error. */
  readonly filled: number
}

export type CompletenessBy = 'class' | 'owner' | 'builtBy' | 'division'

export interface CompletenessFilter {
  readonly area: string
  readonly class?: string
  readonly owner?: string
  readonly builtBy?: string
}

export interface CompletenessGroups {
  readonly total: Completeness
  /** By value, greatest denominator first; '' is where the record does not say. `more` groups were left out. */
  readonly groups: readonly (Completeness & { readonly value: string })[]
  readonly more: number
}

export interface CompletenessDay extends Completeness {
  /** YYYY-MM-DD, Beijing time. Days on which nothing ran are not there. */
  readonly day: string
}

export interface CameraCount {
  readonly class: string
  readonly presence: Presence
  readonly isComplete: boolean
  readonly isDraft: boolean
  readonly n: number
}

export interface Counts {
  readonly cameras: readonly CameraCount[]
  /** Findings that are neither fixed nor waived. */
  readonly findings: readonly { readonly severity: Finding['severity']; readonly n: number }[]
}

export interface CompletenessStore {
  readonly counts: (area: string) => Promise<Counts>
  readonly completeness: (filter: CompletenessFilter, by: CompletenessBy, limit: number) => Promise<CompletenessGroups>
  /** From the day `from` on. */
  readonly completenessDays: (filter: CompletenessFilter, from: string) => Promise<readonly CompletenessDay[]>
  /** Writes what the figures are now as those of a day, once; returns whether it was the first time. */
  readonly writeCompletenessDay: (day: string, atMs: number) => Promise<boolean>
  readonly hasCompletenessDay: (day: string) => Promise<boolean>
}

/** Figures of areas for the console and the report. */
export interface Figures {
  readonly counts: (area: string) => Promise<Counts>
  readonly completeness: (filter: CompletenessFilter, by: CompletenessBy, limit: number) => Promise<CompletenessGroups>
  /** The figure of each day from `from` (YYYY-MM-DD) on, those without a run left out. */
  readonly completenessHistory: (filter: CompletenessFilter, from: string) => Promise<readonly CompletenessDay[]>
  /** Writes today's figure where there is none yet; returns whether it did. */
  readonly keepDay: () => Promise<boolean>
  readonly hasToday: () => Promise<boolean>
}
