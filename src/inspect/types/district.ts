// What the inspections of an area showed over a time: rates by inspection, by class, by owner, and who failed again.
import type { Inspection, Rate } from './inspection.ts'
import type { Check, ReasonCode } from './check.ts'

/** An inspection without its checks and its sample. */
export type InspectionHead = Omit<Inspection, 'checks'>

/** What reports read of the store: an inspection at a time, its checks a few at a time. */
export interface ReportStore {
  /** Newest first. `area`: as a prefix, or exactly that one. `state`: any, where it is absent. */
  readonly heads: (query: { readonly area: string; readonly isExact?: boolean; readonly fromMs: number; readonly toMs: number; readonly state?: Inspection['state']; readonly limit: number }) => Promise<readonly InspectionHead[]>
  /** In the order of their numbers, those after `after`. */
  readonly checks: (inspection: string, after: number, limit: number) => Promise<readonly Check[]>
}

export interface DistrictInspection {
  readonly id: string
  readonly area: string
  readonly startedAt: string
  readonly plan: { readonly zh: string; readonly en: string } | null
  readonly ruleSet: { readonly name: string; readonly version: number }
  readonly population: number
  readonly checks: number
  readonly recordComplete: Rate
  readonly picturePresent: Rate
  readonly passed: Rate
  readonly failed: Rate
  /** Before persons spoke, and of how many checks they did. */
  readonly machine: { readonly passed: Rate; readonly failed: Rate }
  readonly reviewed: number
}

/** Rates over checks, not over cameras: one that was checked twice counts twice. Results are those that stand. */
export interface DistrictGroup {
  readonly key: string
  readonly cameras: number
  readonly passed: Rate
  readonly failed: Rate
}

export interface Repeated {
  readonly id: string
  readonly name: string
  readonly owner: string
  readonly class: string
  readonly checked: number
  readonly failed: number
  /** The last of them. */
  readonly failures: readonly { readonly inspection: string; readonly at: string; readonly reasons: readonly ReasonCode[] }[]
}

export interface DistrictSummary {
  readonly area: string
  readonly areaName?: string
  /** Only checks of cameras of this class; absent: of all. */
  readonly class?: string
  /** Days in Beijing, both included. */
  readonly from: string
  readonly to: string
  readonly madeAt: string
  /** Oldest first. */
  readonly inspections: readonly DistrictInspection[]
  /** There were more than are read for one summary: the oldest are left out. */
  readonly isCut: boolean
  readonly checks: number
  readonly cameras: number
  readonly byClass: readonly DistrictGroup[]
  /** The worst first: by the lower bound of the interval of those that failed, so that one check does not head the list. */
  readonly byOwner: readonly DistrictGroup[]
  readonly owners: number
  /** Failed in two inspections or more, the most often failed first. */
  readonly repeated: readonly Repeated[]
  readonly repeatedTotal: number
}
