// The nouns of an inspection: rule set, population, draw, check, attempt, observation, verdict, report.
import type { StreamTransport, VideoCodec, WireEvent } from '../media/index.ts'

export type * from './needs.ts'

/** Thresholds with a name and a version; never changed in place, printed in every report. Times in milliseconds after the INVITE left, of a camera pulled by RTSP the first DESCRIBE. */
export interface RuleSet {
  readonly name: string
  readonly version: number
  readonly title: { readonly zh: string; readonly en: string }
  readonly strata: readonly { readonly class: string; readonly count: number }[]
  /** At most this many; a further one is made only after one that was not `ok`, and all are kept. */
  readonly attempts: number
  /** Pause between the BYE of one attempt and the INVITE of the next. */
  readonly betweenAttemptsMs: number
  readonly timeouts: { readonly answerMs: number; readonly firstPacketMs: number; readonly firstKeyframeMs: number }
  /** Pictures taken per attempt: keyframes at least `spacingMs` apart; the attempt gives up waiting for them after `windowMs` from the first. */
  readonly sampling: { readonly pictures: number; readonly spacingMs: number; readonly windowMs: number }
  /** A first picture later than this is handed to a person. */
  readonly response: { readonly slowMs: number }
  readonly absence: {
    readonly blackMean: number
    readonly blackP99: number
    readonly whiteMean: number
    readonly oneColourStd: number
    /** Mean absolute luma difference between keyframes, outside the OSD, below which they are the same picture. */
    readonly frozenDifference: number
  }
  readonly sharpness: { readonly clearBelowPx: number; readonly unclearFromPx: number; readonly minBlocks: number; readonly minHeight: number }
  /** Checks at once, in all and per device. */
  readonly concurrency: { readonly total: number; readonly perDevice: number }
}

export type AttemptOutcome = 'ok' | 'not-registered' | 'offline' | 'refused' | 'no-answer' | 'no-media' | 'wrong-container' | 'no-keyframe' | 'undecodable' | 'lost-midway'
export type Absence = 'black' | 'white' | 'one-colour' | 'colour-bars' | 'no-signal-text' | 'snow' | 'grey-green' | 'frozen'
export type Band = 'clear' | 'doubtful' | 'unclear' | 'undetermined'
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

/** What one decoded keyframe measures; computed in the decoder's child process by pure functions of inspect/picture. */
export interface PictureMeasure {
  readonly width: number
  readonly height: number
  /** Luma 0-255 over the whole picture less letterbox. */
  readonly mean: number
  readonly std: number
  readonly p01: number
  readonly p99: number
  /** Share of pixels that the OSD mask covers. */
  readonly osdShare: number
  /** Absence patterns a single picture shows (frozen needs two). */
  readonly absence?: Exclude<Absence, 'frozen'>
  /** Mean absolute luma difference from the previous picture of the same session outside the OSD; absent for the first. */
  readonly difference?: number
  /** Blur in pixels at 1080p height; absent when fewer blocks than needed carry an edge. */
  readonly blurPx?: number
  readonly blocks: number
  readonly noise: number
}

/** A decoded keyframe. */
export interface Picture {
  readonly measure: PictureMeasure
  readonly jpeg: Buffer
}

/** Facts that are not on the wire, kept in the recording beside it. */
export type Note =
  | { readonly type: 'check'; readonly inspection: string; readonly n: number; readonly camera: PopulationMember; readonly rules: RuleSet; readonly software: string }
  /** Begins an attempt; said again with the same number when the stream turns out to be running already (not cold). */
  | { readonly type: 'attempt'; readonly attempt: number; readonly isCold: boolean }
  /** The registrar's or relay's word where the wire is silent: no binding, device offline, no port. */
  | { readonly type: 'failed'; readonly attempt: number; readonly reason: string; readonly detail: string }
  /** `picture` counts the sampled keyframes of the attempt from 1. A lost decoder is not on the wire, so the replay takes its word from here. */
  | { readonly type: 'decoded'; readonly attempt: number; readonly picture: number; readonly decodeMs: number; readonly ok: boolean; readonly reason?: 'undecodable' | 'decoder-lost'; readonly detail?: string }
  /** The recording's bound was reached: media after this is neither kept nor judged. */
  | { readonly type: 'full'; readonly attempt: number; readonly limitBytes: number }
  | { readonly type: 'lag'; readonly attempt: number; readonly maxMs: number }
  | { readonly type: 'attempt-end'; readonly attempt: number; readonly why: 'sampled' | 'timeout' | 'failed' | 'ended' }

/** A recording is a sequence of these: the live check and the replay see the same one. */
export type RecordedEvent = { readonly kind: 'wire'; readonly wire: WireEvent } | { readonly kind: 'note'; readonly atUs: number; readonly note: Note }

/** A camera as frozen into the population: what the four record checks and the draw need, no personal data. */
export interface PopulationMember {
  readonly id: string
  readonly name: string
  readonly class: string
  readonly area: string
  readonly owner: string
  readonly policeUnit: string
  readonly networking: string
  readonly functionType: string
  readonly longitude: string
  readonly latitude: string
  readonly builtBy: string
  readonly findings: readonly { readonly field: string; readonly rule: string; readonly severity: 'error' | 'warning' | 'info'; readonly message: { readonly zh: string; readonly en: string } }[]
}

export interface AttemptTimes {
  /** 200 OK (RTSP: to PLAY), first RTP packet, first keyframe complete, first picture decoded: ms after the INVITE, or first DESCRIBE, left, to 0.1 ms. */
  readonly ok?: number
  readonly firstPacket?: number
  readonly firstKeyframe?: number
  readonly firstPicture?: number
}

export interface StreamObservation {
  readonly codec?: VideoCodec
  readonly width?: number
  readonly height?: number
  readonly fps?: number
  readonly kbps?: number
  readonly lossRate: number
  readonly jitterMs: number
  readonly packets: number
  readonly transport: StreamTransport
  readonly container: 'ps' | 'elementary' | 'unknown' | 'other'
}

export interface Attempt {
  readonly n: number
  readonly isCold: boolean
  readonly outcome: AttemptOutcome
  /** The inspecting service itself failed (no free port, a decoder that died): says nothing of the camera, and never fails it. */
  readonly isOurFault?: boolean
  /** Of SIP or RTSP, whose statuses count alike. */
  readonly sipStatus?: number
  readonly hop?: string
  readonly detail?: string
  readonly times: AttemptTimes
  readonly stream?: StreamObservation
  readonly pictures: readonly PictureMeasure[]
  /** Largest delay of the inspecting process's own event loop during the attempt. */
  readonly loopLagMs: number
}

export interface PictureVerdict {
  readonly present: boolean
  readonly absence?: Absence
  readonly frozen: boolean
  readonly sharpness: { readonly blurPx?: number; readonly band: Band }
  readonly brightness?: number
  readonly samples: number
}

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
  readonly record: { readonly result: 'pass' | 'fail'; readonly findings: PopulationMember['findings'] }
  readonly attempts: readonly Attempt[]
  /** First picture of the first attempt that was `ok` and cold. */
  readonly responseMs?: number
  readonly stream?: StreamObservation
  readonly picture?: PictureVerdict
  readonly verdict: Verdict
  readonly evidence: readonly Evidence[]
}

/** A rate never travels without its numerator, denominator and the name of the denominator; the interval is exact (Clopper-Pearson). */
export interface Rate {
  readonly numerator: number
  readonly denominator: number
  readonly of: { readonly zh: string; readonly en: string }
  readonly rate: number | null
  readonly interval95: readonly [number, number] | null
}

export interface StratumDrawn {
  readonly class: string
  readonly population: number
  readonly asked: number
  readonly drawn: number
}

export interface Draw {
  readonly algorithm: 'sha256-order-1'
  readonly seed: string
  readonly population: { readonly size: number; readonly sha256: string }
  readonly strata: readonly StratumDrawn[]
  readonly members: readonly PopulationMember[]
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
