// What an attempt to get a camera's media is made of and tells: the way to the camera, its receiver, what came of it.
import type { Log } from '../base/index.ts'
import type { EndedSessions } from './ended.ts'
import type { AttemptEvent } from './relay-state.ts'
import type { Stream } from './stream.ts'
import type { AccessUnit, AudioFrame, Fallback, Landing, MediaSource, MediaTransport, Pipeline, PipelineFigures, StreamKey, StreamTransport, Upstream, UpstreamFailure, WireEvent } from './types.ts'

/** A listening socket on a leased port. Closing gives the port back; a second time is nothing. */
export interface Receiver {
  readonly landing: Landing
  /** Our end as the camera was told it: what a recording says where the bytes went. Over `tcp-active` the port is there with the connection. */
  readonly local: { readonly host: string; readonly port: number }
  /** Connects to where the camera's answer says, over `tcp-active`; once, and again by itself where the connection is lost. */
  readonly dial?: (remote: { readonly host: string; readonly port: number }) => void
  /** Sends RTCP of ours to the sender that is followed: to where its own comes from, else to the port above its media. Says between whom it went. */
  readonly report?: (bytes: Buffer, source: { readonly host: string; readonly port: number }) => Reported | undefined
  /** What media comes over by now, where that may change while it runs (RTSP). */
  readonly transport?: () => StreamTransport
  readonly close: () => Promise<void>
}

export interface Reported {
  readonly local: { readonly host: string; readonly port: number }
  readonly remote: { readonly host: string; readonly port: number }
}

/** What a receiver says, in plain values: this is called for every datagram. `onEnd`: the sender closed the media connection (TCP only). */
export interface ReceiverListener {
  /**
   * A datagram, or a chunk of the TCP stream as it was read, its arrival in monotonic microseconds, and who sent it; `at`: our end, where
   * the receiver has several. True: the bytes are kept (a recording has them); else the receiver may do with them what it likes.
   */
  readonly onBytes: (bytes: Buffer, atUs: number, host: string, port: number, at?: ReceivedAt) => boolean
  readonly onEnd: (reason: string) => void
  /** Whether bytes are kept just now: a receiver whose memory is not to be kept gives them in memory of their own then. Absent: always. */
  readonly isKeeping?: () => boolean
  /** So many datagrams came and did not reach us: we were too slow. */
  readonly onDropped?: (datagrams: number) => void
  /** RTP that still came when all was over; once, some time after `close`. */
  readonly onLate?: (late: { readonly host: string; readonly port: number; readonly ssrc: number; readonly packets: number }) => void
}

export interface ReceivedAt {
  readonly transport: 'udp' | 'tcp'
  readonly host: string
  readonly port: number
}

/** Resolves when the socket is ready to receive. Rejects with AppError `ports.too-few`, or with the system's error where the address cannot be bound. */
export type OpenReceiver = (transport: MediaTransport, listener: ReceiverListener) => Promise<Receiver>

/** The way to one camera: a fresh upstream for one start, or why there is none. */
export type Source =
  /** `hasNext`: the device's list has another transport after this one. `onResult`: whether a picture came this way, once. */
  | { readonly ok: true; readonly transport: MediaTransport; readonly upstream: Upstream; readonly hasNext?: boolean; readonly fallback?: Fallback; readonly onResult?: (isLive: boolean) => void; readonly own?: undefined }
  /** Asking and receiving are one connection (RTSP): the source brings what else an attempt would open. Its upstream is asked after its receiver is open. */
  | { readonly ok: true; readonly transport: StreamTransport; readonly upstream: Upstream; readonly hasNext?: undefined; readonly fallback?: undefined; readonly onResult?: undefined; readonly own: { readonly pipeline: Pipeline; readonly hear: (onAudio: (frame: AudioFrame) => void) => void; readonly openReceiver: (listener: ReceiverListener) => Promise<Receiver> } }
  | { readonly ok: false; readonly reason: UpstreamFailure; readonly detail: string }

/** What attempts are made with. */
export interface AttemptParts {
  /** `way`: the transport of the device's list that is to be tried, from 0. `isMeasured`: by the list as it is set, whatever has worked of late. */
  readonly upstreamFor: (camera: StreamKey, way: number, isMeasured: boolean) => Promise<Source>
  readonly openReceiver: OpenReceiver
  readonly createPipeline: (options: { readonly transport: MediaTransport; readonly isBrief?: boolean; readonly isLate?: (from: { readonly host: string; readonly port: number }, ssrc: number) => boolean; readonly onAudio?: (frame: AudioFrame) => void }) => Pipeline
  /** Senders of sessions that are over, of all cameras. */
  readonly ended?: EndedSessions
  readonly log: Log
  /** Hears what an attempt that opened a port (RTSP has none of its own) brought: when it ends, and where it was not the first way also when its stream is live. */
  readonly onSummary?: (summary: AttemptSummary) => void
}

/** What came of one attempt, for whoever explains it. Times are monotonic microseconds. */
export interface AttemptSummary {
  readonly camera: StreamKey
  readonly landing: Landing
  readonly isAnswered: boolean
  /** A keyframe was published. */
  readonly isLive: boolean
  readonly firstPacketUs?: number
  /** Datagrams or chunks, whatever they held. */
  readonly arrivals: number
  readonly bytes: number
  readonly firstSource?: { readonly host: string; readonly port: number }
  readonly lastArrivalUs?: number
  /** Datagrams that the receiving thread had no room for: lost here, and not on the way. */
  readonly dropped?: number
  /** What the camera's RTP should carry, by its answer. */
  readonly ssrc?: number
  /** Ended by the camera, and why. */
  readonly ended?: string
  readonly figures: PipelineFigures
}

export interface AttemptListener {
  readonly tell: (event: AttemptEvent) => void
  /** Signalling and media, each byte in both directions. */
  readonly onWire: (event: WireEvent) => void
  /** Whether anyone hears the wire just now: no event is made of a datagram that nobody wants. */
  readonly isHeard: () => boolean
}

export interface Attempt {
  readonly stream: Stream
  /** Known once the way to the camera is. */
  readonly transport: () => StreamTransport | undefined
  readonly figures: () => PipelineFigures | undefined
  /** Who sends. */
  readonly source: () => MediaSource | undefined
  /** What the camera's answer says its RTP carries. */
  readonly ssrc: () => number | undefined
  /** The camera had its time and sent nothing this way. */
  readonly vain: () => void
  /** No media comes any more: told to who asked for it, before `stop`. */
  readonly mediaLost: () => void
  readonly fallback: () => Fallback | undefined
  /** Hangs up if the camera was asked, then gives socket and port back; tells `stopped` at the end. */
  readonly stop: () => void
  /** Asks the camera for a keyframe, where there is a way to. */
  readonly requestKeyframe: () => void
  /** Gives socket and port back without waiting for the camera. Resolves when they are. */
  readonly abandon: () => Promise<void>
}

/** Which start this is: by which way, and after which picture of a stream that was lost. */
export interface AttemptStart {
  readonly way: number
  readonly isMeasured: boolean
  readonly after?: Pick<AccessUnit, 'pts90k' | 'receivedUs'>
}

/** What grows while an attempt runs. */
export interface Arrived {
  arrivals: number
  bytes: number
  isAnswered: boolean
  firstSource?: { readonly host: string; readonly port: number }
  lastArrivalUs?: number
  dropped?: number
  ssrc?: number
  ended?: string
}
