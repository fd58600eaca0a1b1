// Findings with a life: found by rules, dealt with by people, never deleted.
import type { Finding } from './types.ts'

/**
 * Who finds it: the record's own rules, the rules over many records of an area, what catalogs list and report, who is there, an inspection.
 * One source speaks of a camera at one go: what it no longer finds is fixed.
 */
export type FindingSource = 'record' | 'area' | 'catalog' | 'presence' | 'inspection'

/**
 * open: found, and nobody has said anything. accepted: a person agrees that it is to be put right. waived: it stays as it is, for a reason; the
 * waiver ends when the values behind it change. fixed: its rule no longer finds it; only rules say so.
 */
export type FindingState = 'open' | 'accepted' | 'waived' | 'fixed'

export interface KeptFinding extends Finding {
  readonly n: number
  readonly cameraId: string
  /** The camera's, and moves with it. */
  readonly area: string
  readonly source: FindingSource
  readonly state: FindingState
  /** The account that is to see to it. */
  readonly owner?: string
  readonly dueAtMs?: number
  /** Why it is accepted or waived. */
  readonly reason?: string
  readonly firstAtMs: number
  /** When its rule last found it, to within an hour. */
  readonly lastAtMs: number
  readonly stateAtMs: number
  /** The account that set the state; absent where a rule did. */
  readonly stateBy?: string
}

export interface ListedFinding extends KeptFinding {
  readonly cameraName: string
}

export interface FindingChange {
  readonly what: 'state' | 'owner' | 'due' | 'comment'
  readonly from?: string
  readonly to?: string
  /** What the person says; of a rule's own changes `no-longer-found`, `found-again` or `values-changed`. */
  readonly reason: string
  readonly atMs: number
  /** The account; '' where a rule decided. */
  readonly by: string
}

/** All that one source finds of one camera now. */
export interface Found {
  readonly cameraId: string
  readonly source: FindingSource
  readonly findings: readonly Finding[]
}

/** What keeping findings did. */
export interface FindingSteps {
  readonly opened: number
  readonly reopened: number
  readonly fixed: number
  readonly standing: number
}

export interface FindingFilter {
  readonly area?: string
  readonly rule?: string
  readonly severity?: Finding['severity']
  readonly state?: FindingState
  /** True: open or accepted. */
  readonly standing?: boolean
  readonly source?: FindingSource
  /** '' finds those that nobody has. */
  readonly owner?: string
  /** Open or accepted, and due before this time. */
  readonly dueBeforeMs?: number
  readonly camera?: string
}

export interface FindingQuery extends FindingFilter {
  readonly cursor?: string
  readonly limit: number
}

export interface FindingCount {
  readonly rule: string
  readonly severity: Finding['severity']
  readonly state: FindingState
  readonly n: number
}

export interface FindingPage {
  readonly items: readonly ListedFinding[]
  readonly next?: string
  readonly total: number
  /** Of all that the filter finds. */
  readonly counts: readonly FindingCount[]
}

/** What a person sets; null takes away. A reason goes with accepted and waived. */
export interface FindingEdit {
  readonly state?: Exclude<FindingState, 'fixed'>
  readonly reason?: string
  readonly owner?: string | null
  readonly dueAtMs?: number | null
  readonly comment?: string
}

export interface BulkOutcome {
  readonly matched: number
  readonly changed: number
  readonly unchanged: number
  /** Fixed ones keep their state: there is nothing left to accept or to waive. */
  readonly fixed: number
}

export interface FindingStore {
  /** In one transaction. */
  readonly keepFindings: (found: readonly Found[], atMs: number) => Promise<FindingSteps>
  readonly findings: (query: FindingQuery) => Promise<FindingPage>
  readonly finding: (n: number) => Promise<KeptFinding | undefined>
  readonly findingsOf: (cameraId: string) => Promise<readonly KeptFinding[]>
  readonly findingChanges: (n: number) => Promise<readonly FindingChange[]>
  /** In one transaction. Those that `which` names, and of these only within `area`; none when there are more than `atMost`: then `matched` says how many. */
  readonly editFindings: (which: readonly number[] | FindingFilter, area: string, edit: FindingEdit, by: string, atMs: number, atMost: number) => Promise<BulkOutcome>
  /** Cameras of an area, in order of ids after `after`, of which a source has findings that are not fixed. */
  readonly camerasFound: (source: FindingSource, area: string, after: string, limit: number) => Promise<readonly string[]>
}

/** What the console and the API do with findings. */
export interface Findings {
  readonly findings: (query: FindingQuery) => Promise<FindingPage>
  readonly finding: (n: number) => Promise<KeptFinding | undefined>
  readonly findingsOf: (cameraId: string) => Promise<readonly KeptFinding[]>
  readonly findingChanges: (n: number) => Promise<readonly FindingChange[]>
  /** Throws AppError 'not-found', and 'request.invalid' where a reason is missing or nothing can be set. */
  readonly editFinding: (n: number, edit: FindingEdit, by: string) => Promise<KeptFinding>
  /** Within `area` only. Throws AppError 'conflict' when more than maxBulk match: nothing is written then. */
  readonly editFindings: (which: readonly number[] | FindingFilter, area: string, edit: FindingEdit, by: string) => Promise<BulkOutcome>
}
