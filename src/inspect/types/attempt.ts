// One attempt at a camera: what went over the wire, and what came of it.
import type { StreamTransport, VideoCodec } from '../../media/index.ts'
import type { PictureMeasure } from './picture.ts'

export type AttemptOutcome = 'ok' | 'not-registered' | 'offline' | 'refused' | 'no-answer' | 'no-media' | 'wrong-container' | 'no-keyframe' | 'undecodable' | 'lost-midway'

/** Each in ms after the INVITE, or first DESCRIBE, left, to 0.1 ms. */
export interface AttemptTimes {
  /** First provisional answer: 100, or another 1xx where that is left out. Not of RTSP. */
  readonly trying?: number
  /** 200 OK (RTSP: to PLAY), first RTP packet, first keyframe complete, first picture decoded. */
  readonly ok?: number
  /** Our ACK of it left. Not of RTSP. */
  readonly ack?: number
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

/**
 * `cold`: nobody had the stream, the device was asked for it. `beside`: others had it, and the device was asked for one more of its own. `joined`: the
 * device gave no second one, and the running stream was listened to, which says nothing of its response.
 */
export type AttemptStart = 'cold' | 'beside' | 'joined'

/** How long nothing came, or the same came, and when that began; seconds from the first picture. */
export interface Spell {
  readonly atS: number
  readonly ms: number
}

/** How a stream held up over a longer look; a function of the recording alone. Seconds to 0.1, milliseconds whole. */
export interface RunningFigures {
  /** From the first picture to the end of the look, and what was wanted. */
  readonly seconds: number
  readonly wantedSeconds: number
  /** Why it was shorter: the stream ended, or the recording was full. */
  readonly cut?: 'lost' | 'recording'
  /** Pictures that came, a second; what the stream's parameter sets declare, where they do. */
  readonly fps?: number
  readonly declaredFps?: number
  readonly pictures: number
  /** Pictures that came with bytes missing. */
  readonly damaged: number
  readonly packets: number
  readonly lost: number
  readonly lossRate: number
  /** At the end of the look, and the largest of each second. RFC 3550 A.8. */
  readonly jitterMs: number
  readonly maxJitterMs: number
  /** Longer than the rules allow between two pictures; the longest of all, allowed or not. */
  readonly gaps: number
  readonly gapMs: number
  readonly longestGapMs: number
  /** The first of them, twenty at most. */
  readonly gapsAt: readonly Spell[]
  readonly keyframes: number
  /** Mean and longest time between two keyframes. */
  readonly keyframeMs?: number
  readonly longestKeyframeMs?: number
  /** The picture stood still between looks at it, or the same keyframe came again. */
  readonly freezes: number
  readonly frozenMs: number
  readonly freezesAt: readonly Spell[]
  /** The sender changed its SSRC, or connected again, or its clock began anew. */
  readonly restarts: number
  /** The picture changed its size. */
  readonly sizes: readonly string[]
}

export interface Attempt {
  readonly n: number
  readonly isCold: boolean
  /** Absent of attempts that are older than the word: then `isCold` says it. */
  readonly start?: AttemptStart
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
  /** Of an attempt that looked longer. */
  readonly running?: RunningFigures
  /** Largest delay of the inspecting process's own event loop during the attempt. */
  readonly loopLagMs: number
}
