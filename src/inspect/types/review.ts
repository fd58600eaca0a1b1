// What comes after a verdict, each thing beside the others and none in the place of another: appeals, further checks, opinions of other nodes,
// judging again by other rules.
import type { Check, Result, Verdict } from './check.ts'
import type { Review } from './inspection.ts'
import type { RuleSet } from './rules.ts'

/** A file that came with an appeal, in the inspection's folder. */
export interface AppealFile {
  readonly id: string
  /** As its sender called it. */
  readonly name: string
  readonly contentType: string
  /** Path relative to the inspection's folder. */
  readonly file: string
  readonly size: number
  readonly sha256: string
  readonly by: string
  readonly atMs: number
}

/** Whoever keeps the record says why a verdict is wrong; somebody else decides. */
export interface Appeal {
  readonly id: number
  readonly inspection: string
  readonly n: number
  readonly text: string
  readonly by: string
  readonly atMs: number
  readonly files: readonly AppealFile[]
  /** A review that answers it. */
  readonly decision?: Review
}

export type RecheckState = 'due' | 'running' | 'done' | 'failed' | 'cancelled'

/** A further check of a camera of the sample. It counts in no rate; who decides sees it. */
export interface Recheck {
  readonly id: number
  readonly inspection: string
  readonly n: number
  readonly why: 'automatic' | 'asked'
  /** Empty of an automatic one. */
  readonly by: string
  readonly reason: string
  readonly askedAtMs: number
  readonly dueAtMs: number
  readonly state: RecheckState
  readonly begunAtMs?: number
  readonly doneAtMs?: number
  /** Why it failed, or began late. */
  readonly detail?: string
  readonly check?: Check
}

export type OpinionState = 'awaiting' | 'verified' | 'differs' | 'unreadable'

/** What an opinion came as: the evidence package of one check, as the other installation signed it. */
export interface OpinionPackage {
  /** SHA-256 of the public key (SubjectPublicKeyInfo, DER), hex. */
  readonly fingerprint: string
  readonly manifestSha256: string
  /** As the other installation numbers them. */
  readonly inspection: string
  readonly n: number
  readonly madeAt: string
  readonly madeBy: string
  readonly software: string
}

/** By the operator's list as it is now. `revoked`: it was on it. */
export interface KeyStanding {
  readonly state: 'trusted' | 'unknown' | 'revoked'
  /** Whose it is, as the operator has written. */
  readonly name?: string
}

/** A key of another installation, that the operator has compared. Taken from the list again with a reason, never deleted. */
export interface SigningKey {
  readonly id: number
  readonly fingerprint: string
  readonly name: string
  /** How it was compared: over the telephone, on the printed report. */
  readonly note: string
  readonly by: string
  readonly atMs: number
  readonly revoked?: { readonly atMs: number; readonly by: string; readonly reason: string }
}

/** The check of another installation, and what its recording gives when it is computed here. */
export interface Opinion {
  readonly id: number
  readonly inspection: string
  readonly n: number
  readonly node: string
  readonly by: string
  readonly atMs: number
  readonly check: Check
  readonly recordingSha256: string
  readonly file?: string
  readonly state: OpinionState
  readonly verifiedAtMs?: number
  readonly computed?: Verdict
  readonly differences: readonly string[]
  readonly remarks: readonly string[]
  /** Absent of one that was sent as verdict and recording, which nobody signed. */
  readonly signed?: OpinionPackage
  /** Of the key that signed. */
  readonly key?: KeyStanding
}

export type RejudgedState = 'judged' | 'recording-gone' | 'recording-changed' | 'unreadable'

/** One check by other rules, beside the verdict that stands. */
export interface Rejudged {
  readonly n: number
  readonly camera: string
  readonly state: RejudgedState
  readonly before: Verdict
  readonly after?: Verdict
  readonly differences: readonly string[]
  /** Another program, or why it could not be judged. */
  readonly remarks: readonly string[]
}

export type RejudgementState = 'queued' | 'running' | 'done' | 'cancelled' | 'interrupted'

export interface Rejudgement {
  readonly id: string
  readonly inspection: string
  readonly rules: RuleSet
  readonly rulesSha256: string
  readonly by: string
  readonly atMs: number
  readonly state: RejudgementState
  readonly finishedAtMs?: number
  readonly software: string
  readonly total: number
  readonly results: readonly Rejudged[]
}

/** What happened to one check, oldest first. */
export type HistoryEntry = { readonly atMs: number; readonly by: string } & (
  | { readonly type: 'verdict'; readonly verdict: Verdict; readonly node?: string }
  | { readonly type: 'recheck-asked'; readonly recheck: number; readonly why: Recheck['why']; readonly reason: string; readonly dueAtMs: number }
  | { readonly type: 'recheck-done'; readonly recheck: number; readonly state: RecheckState; readonly verdict?: Verdict; readonly detail?: string }
  | { readonly type: 'appeal'; readonly appeal: number; readonly text: string }
  | { readonly type: 'appeal-file'; readonly appeal: number; readonly file: AppealFile }
  | { readonly type: 'review'; readonly result: Result; readonly reason: string; readonly appeal?: number; readonly decision?: 'granted' | 'rejected' }
  | { readonly type: 'opinion'; readonly opinion: number; readonly node: string; readonly verdict: Verdict; readonly signed?: OpinionPackage; readonly key?: KeyStanding }
  | { readonly type: 'opinion-verified'; readonly opinion: number; readonly node: string; readonly state: OpinionState; readonly verdict?: Verdict; readonly differences: readonly string[] }
  | { readonly type: 'rejudged'; readonly rejudgement: string; readonly rules: { readonly name: string; readonly version: number }; readonly state: RejudgedState; readonly verdict?: Verdict }
)
