// What inspect needs of others, declared by the one that needs it: a decoder, a store, a way to a camera, an eye for signalling.
import type { MediaTransport, VideoCodec, WireEvent } from '../media/index.ts'
import type { Baseline, Check, DeviceAnswer, Inspection, InspectionState, LeftOutMember, PauseReason, Picture, PopulationMember, Result, Review, RuleSet } from './types.ts'

export type DecodeOutcome = { readonly ok: true; readonly picture: Picture; readonly decodeMs: number } | { readonly ok: false; readonly reason: 'undecodable' | 'decoder-lost'; readonly detail: string }

/** One decoding session: the pictures of one attempt in order. */
export interface DecodeSession {
  /** `keyframe`: NAL units of one keyframe access unit with its parameter sets, without start codes. `withJpeg`: true when absent. */
  readonly push: (keyframe: { readonly codec: VideoCodec; readonly nalUnits: readonly Buffer[] }, wish?: { readonly withJpeg?: boolean }) => Promise<DecodeOutcome>
  /** The picture alone, measured by nobody. */
  readonly jpeg: (keyframe: { readonly codec: VideoCodec; readonly nalUnits: readonly Buffer[] }) => Promise<{ readonly ok: true; readonly jpeg: Buffer } | Extract<DecodeOutcome, { ok: false }>>
  readonly close: () => void
}

/** Child processes that decode and measure; a dead child costs the sessions it held, and is replaced. */
export interface Decoder {
  readonly open: (rules: Pick<RuleSet, 'absence' | 'sharpness'>) => DecodeSession
  readonly close: () => Promise<void>
}

/** Which inspections a list has; what is absent leaves none out. */
export interface InspectionWish {
  /** As a prefix. */
  readonly area?: string
  readonly state?: InspectionState
  readonly by?: string
  /** `classes`: draws by class, which have no plan of a name. */
  readonly plan?: string
  readonly rules?: { readonly name: string; readonly version: number }
  /** Those that began before this one. */
  readonly before?: string
}

/** Rows of inspections and checks; a person's review stands beside a verdict, which is never overwritten. */
export interface InspectionStore {
  readonly saveInspection: (inspection: Inspection, population: readonly PopulationMember[], leftOut?: readonly LeftOutMember[]) => Promise<void>
  readonly saveCheck: (inspection: string, check: Check) => Promise<void>
  readonly finish: (inspection: string, state: InspectionState, atMs: number) => Promise<void>
  readonly inspection: (id: string) => Promise<Inspection | undefined>
  /** With counts instead of checks. */
  readonly outline: (id: string) => Promise<Inspection | undefined>
  /** As `outline`, and without the members of its draw: what a patrol of ten thousand cameras says in few bytes. */
  readonly head: (id: string) => Promise<Inspection | undefined>
  /** One that is done. */
  readonly check: (inspection: string, n: number) => Promise<Check | undefined>
  /** What was drawn, in that order, with what is done of it. */
  readonly checkPage: (inspection: string, wish: CheckWish) => Promise<CheckPage>
  /** As it was drawn from. */
  readonly population: (id: string) => Promise<readonly PopulationMember[]>
  /** Who of the area was not drawn from, and why. */
  readonly leftOut?: (id: string) => Promise<readonly LeftOutMember[]>
  /** Newest first, with counts instead of checks. */
  readonly inspections: (limit: number, wish?: InspectionWish) => Promise<readonly Inspection[]>
  readonly saveReview: (review: Review) => Promise<void>
  readonly reviews: (inspection: string) => Promise<readonly Review[]>
  /** It runs or is paused; each resumption is kept. One that had an end has none any more. */
  readonly setState: (inspection: string, state: 'running' | 'paused', news?: { readonly resumedAtMs?: number; readonly pausedBecause?: PauseReason }) => Promise<void>
  /** Those that a process before this one left running or paused, without their checks. */
  readonly unfinished: () => Promise<readonly Inspection[]>
  /** Numbers of the checks that are done. */
  readonly doneChecks: (inspection: string) => Promise<readonly number[]>
}

/** Which of what was drawn: all that is said must hold. */
export interface CheckWish {
  /** The number of the last one of the page before. */
  readonly after?: number
  readonly limit: number
  readonly isDone?: boolean
  /** The machine's, and the one that stands once persons have spoken. */
  readonly result?: Result
  readonly standing?: Result
  readonly reason?: string
  /** Its place among the strata, from 0. */
  readonly stratum?: number
  readonly class?: string
  /** Part of its code, name or owner. */
  readonly text?: string
}

export interface DrawnCheck {
  readonly n: number
  readonly camera: PopulationMember
  /** The strata that it was drawn in; absent of draws of before. */
  readonly drawnIn?: readonly number[]
  readonly check?: Check
}

/** `next`: the last number of this page, where another follows; `total`: that fit, on all pages. */
export interface CheckPage {
  readonly items: readonly DrawnCheck[]
  readonly next?: number
  readonly total: number
}

/** What is kept of each camera's last good pictures, one for each hour of the day. */
export interface BaselineStore {
  readonly baselines: (camera: string) => Promise<readonly Baseline[]>
  /** In the place of an earlier one of its hour. */
  readonly saveBaseline: (camera: string, baseline: Baseline) => Promise<void>
}

/** What a camera's stream comes through on its way to us: what registers, and a recorder behind it. */
export interface Carrier {
  readonly id: string
  readonly kind: 'device' | 'recorder' | 'platform'
}

/** Joins one camera's stream for a check. Declared here, fitted by main over the relay and the invite session. */
export interface Tap {
  /**
   * `onWire` hears every byte from the INVITE on. `onEnd`: the stream ended by itself. Where others have the stream, the device is asked for one more
   * of its own; if it has given none after `besideMs`, the running one is joined.
   */
  readonly join: (camera: string, onWire: (event: WireEvent) => void, onEnd: (reason: string) => void, options?: { readonly besideMs?: number }) => TapSession
  /** What carries the camera, outermost first: each has its limit. Empty where nothing is known to. */
  readonly carriersOf: (camera: string) => Promise<readonly Carrier[]>
  /** Asks the device behind the camera what it says of itself; `onAnswer` once for each question, failed ones too. Absent: nobody can be asked. */
  readonly askDevice?: (camera: string, onAnswer: (answer: DeviceAnswer) => void) => Promise<void>
}

export interface TapSession {
  /** Others have the stream; this one is asked for beside it. */
  readonly isBeside?: boolean
  /** Settles when the join is decided, as the relay's `joined`. */
  readonly joined: Promise<{ readonly ok: true; readonly isCold: boolean } | { readonly ok: false; readonly reason: string; readonly sipStatus?: number; readonly hop?: string; readonly detail: string }>
  readonly leave: () => Promise<void>
}

/** What a message of SIP or RTSP says to a timeline. inspect knows neither: main lends the parsers of sip and media. */
export interface SignalFacts {
  /** Absent: SIP. */
  readonly protocol?: 'rtsp'
  /** Empty for a response of RTSP: it answers the request of its number. */
  readonly method: string
  /** RTSP: the number of a request, or of the one that is answered. */
  readonly cseq?: number
  /** Absent for a request. */
  readonly status?: number
  readonly reason?: string
  /** The hop that answered: User-Agent or Server header, else the sender's address. */
  readonly agent?: string
  /** The media port and transport that an SDP body names, if there is one. */
  readonly media?: { readonly port: number; readonly transport: MediaTransport }
  /** What RTP is to carry, by `y=` of an SDP body; 0 leaves it open. */
  readonly ssrc?: number
}
export type ReadSignal = (bytes: Buffer) => SignalFacts | undefined
