// One attempt at a camera: what went over the wire, and what came of it.
import type { StreamTransport, VideoCodec } from '../../media/index.ts'
import type { PictureMeasure } from './picture.ts'

export type AttemptOutcome = 'ok' | 'not-registered' | 'offline' | 'refused' | 'no-answer' | 'no-media' | 'wrong-container' | 'no-keyframe' | 'undecodable' | 'lost-midway'

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
