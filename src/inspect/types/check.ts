// One check of one camera, and its verdict.
import type { Attempt, AttemptOutcome, StreamObservation } from './attempt.ts'
import type { DeviceFigures } from './device.ts'
import type { PopulationMember } from './draw.ts'
import type { Figure } from './figure.ts'
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
  | 'too-dark'
  | 'too-bright'
  | 'low-contrast'
  | 'colour-cast'
  | 'noisy'
  | 'striped'
  | 'blocky'
  | 'occluded'
  | 'scene-changed'
  | 'softer-than-before'
  | 'resolution-differs'
  | 'interrupted-stream'
  | 'low-frame-rate'
  | 'packet-loss'
  | 'jitter'
  | 'picture-froze'
  | 'stream-restarted'
  | 'rare-keyframes'
  | 'short-look'
  | 'clock-off'
  | 'osd-incomplete'
  | 'not-checked'
  | 'record-incomplete'
  | 'record-doubtful'

export interface Verdict {
  readonly result: Result
  readonly reasons: readonly ReasonCode[]
  /** What was found and, by the rule set, is only noted; absent where nothing is. */
  readonly notes?: readonly ReasonCode[]
}

export interface Evidence {
  /** Path relative to the report. */
  readonly file: string
  readonly sha256: string
  /** `keyframe`: a sampled keyframe as it was sent, Annex B, with its parameter sets. */
  readonly kind: 'recording' | 'keyframe' | 'picture' | 'verdict'
  /** Bytes; absent of evidence that is older than the word. */
  readonly size?: number
  /** The file is no longer kept: since when (ISO 8601) and by which rule. Its hash stays. */
  readonly removedAt?: string
  readonly removedWhy?: string
}

/** The attempt whose figures are judged, and these. Nothing here fails a camera. */
export interface RunningVerdict {
  readonly attempt: number
  readonly figures: readonly Figure[]
}

export interface DeviceVerdict {
  readonly said: DeviceFigures
  readonly figures: readonly Figure[]
}

/** What of this service's own kept a check from being carried out, and how often it was tried. */
export interface Broken {
  /** A stable code of ours, or the operating system's (EISDIR); `internal` for any other. */
  readonly code: string
  readonly detail: string
  readonly tries: number
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
  /** Of a running-state check: each figure beside its bound. */
  readonly running?: RunningVerdict
  /** What the device said of itself, and each figure beside its bound. */
  readonly device?: DeviceVerdict
  /** Further check of this camera, by its number (types/review.ts); absent of the first. */
  readonly recheck?: number
  /** The installation that made it, where it has a name. */
  readonly node?: string
  /** So many times the check had been begun before, and was cut by the service's end. */
  readonly cutBefore?: number
  /** It could not be carried out: nothing of its attempts is judged. */
  readonly broken?: Broken
  readonly verdict: Verdict
  readonly evidence: readonly Evidence[]
}
