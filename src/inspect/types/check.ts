// One check of one camera, and its verdict.
import type { Attempt, AttemptOutcome, StreamObservation } from './attempt.ts'
import type { PopulationMember } from './draw.ts'
import type { Absence, PictureVerdict } from './picture.ts'
import type { CheckKind } from './plan.ts'

export type Result = 'pass' | 'fail' | 'review'

/** Closed list of reasons a verdict may name; the report has a sentence for each in both languages. */
export type ReasonCode =
  | Exclude<AttemptOutcome, 'ok'>
  | Absence
  | 'first-attempt-failed'
  | 'later-attempt-failed'
  | 'attempts-disagree'
  | 'slow-response'
  | 'unclear'
  | 'doubtful-sharpness'
  | 'undetermined-sharpness'
  | 'too-few-pictures'
  | 'joined-running'
  | 'record-incomplete'
  | 'record-doubtful'

export interface Verdict {
  readonly result: Result
  readonly reasons: readonly ReasonCode[]
}

export interface Evidence {
  /** Path relative to the report. */
  readonly file: string
  readonly sha256: string
  readonly kind: 'recording' | 'picture' | 'verdict'
}

export interface Check {
  readonly n: number
  readonly camera: PopulationMember
  /** What it was drawn for; absent: record and image. */
  readonly kinds?: readonly CheckKind[]
  readonly record: { readonly result: 'pass' | 'fail'; readonly findings: PopulationMember['findings'] }
  readonly attempts: readonly Attempt[]
  /** First picture of the first attempt that was `ok` and cold. */
  readonly responseMs?: number
  readonly stream?: StreamObservation
  readonly picture?: PictureVerdict
  readonly verdict: Verdict
  readonly evidence: readonly Evidence[]
}
