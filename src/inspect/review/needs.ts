// What reviewing needs of others: rows that are added, and a way to the camera for a further check.
import type { Check, CheckKind, Opinion, PopulationMember, Recheck, Rejudged, Rejudgement, Review, Appeal, AppealFile, RuleSet } from '../types.ts'

/** Nothing here is ever overwritten but the state of what is under way. */
export interface ReviewStore {
  /** When each check was first kept. */
  readonly judgedAt: (inspection: string) => Promise<ReadonlyMap<number, number>>
  readonly saveAppeal: (appeal: Omit<Appeal, 'id' | 'files' | 'decision'>) => Promise<number>
  readonly saveAppealFile: (appeal: number, file: AppealFile) => Promise<void>
  /** In the order they came, with files and decisions. */
  readonly appeals: (inspection: string) => Promise<readonly Appeal[]>
  /** The decision on an appeal. Throws AppError `conflict` where it has one. */
  readonly decide: (review: Review & { readonly appeal: number }) => Promise<void>
  readonly saveRecheck: (recheck: Omit<Recheck, 'id'>) => Promise<number>
  readonly changeRecheck: (id: number, change: Partial<Pick<Recheck, 'state' | 'begunAtMs' | 'doneAtMs' | 'detail' | 'check'>>) => Promise<void>
  readonly rechecks: (inspection: string) => Promise<readonly Recheck[]>
  /** Due or running, of all inspections, in order of their time. */
  readonly openRechecks: () => Promise<readonly Recheck[]>
  readonly saveOpinion: (opinion: Omit<Opinion, 'id'>) => Promise<number>
  readonly changeOpinion: (id: number, change: Partial<Pick<Opinion, 'state' | 'file' | 'verifiedAtMs' | 'computed' | 'differences' | 'remarks'>>) => Promise<void>
  readonly opinions: (inspection: string) => Promise<readonly Opinion[]>
  readonly saveRejudgement: (rejudgement: Rejudgement) => Promise<void>
  readonly rejudgement: (id: string) => Promise<Rejudgement | undefined>
  /** Newest first, without their results. */
  readonly rejudgements: (inspection: string) => Promise<readonly Rejudgement[]>
  /** What judging again said of one check, oldest first. */
  readonly rejudgedOf: (inspection: string, n: number) => Promise<readonly { readonly rejudgement: Omit<Rejudgement, 'results'>; readonly result: Rejudged }[]>
  /** What a stopped process left under way is `interrupted`. */
  readonly interruptRejudgements: (atMs: number) => Promise<number>
}

/** Runs one check now, under the limits of what else runs. Undefined: it was cancelled. Rejects when it broke. */
export type CheckAgain = (job: { readonly inspection: string; readonly n: number; readonly recheck: number; readonly camera: PopulationMember; readonly kinds: readonly CheckKind[]; readonly rules: RuleSet }) => {
  readonly done: Promise<Check | undefined>
  readonly cancel: () => void
}
