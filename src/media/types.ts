// The values that cross files inside media, and the few that leave it through the door.

import type { PictureClock } from './h26x/timeline.ts'
import type { Framing } from './rtp/framing.ts'

export type VideoCodec = 'h264' | 'h265'

/** How a camera's media reaches us; `tcp-passive`: we listen, the camera connects; `tcp-active`: it listens, we connect (GB/T 28181-2022 Annex D). */
export type MediaTransport = 'udp' | 'tcp-passive' | 'tcp-active'

/** How a stream comes in the end: as it was invited, or pulled by RTSP in datagrams or between the messages of its connection. */
export type StreamTransport = MediaTransport | 'rtsp-udp' | 'rtsp-tcp'

/** Parameter sets as NAL units without start codes; `vps` only for H.265. */
export interface ParameterSets {
  readonly vps?: Buffer
  readonly sps: Buffer
  readonly pps: Buffer
}

/** All NAL units that belong to one picture (H.264 7.4.1.2, H.265 7.4.2.4.4). */
export interface AccessUnit {
  readonly codec: VideoCodec
  /** Presentation time in 90 kHz ticks, unwrapped: it never runs backwards by a wrap. */
  readonly pts90k: number
  readonly isKeyframe: boolean
  /** NAL units without start codes, parameter sets included where the camera sent them. */
  readonly nalUnits: readonly Buffer[]
  /** Present on every keyframe once they are known; a keyframe without them is not published. */
  readonly parameterSets?: ParameterSets
  /** Luma size in pixels, from the sequence parameter set; present with `parameterSets`. */
  readonly width?: number
  readonly height?: number
  /** Pictures a second, where the sequence parameter set says so (H.264 E.1.1). */
  readonly declaredFps?: number
  /** Arrival of the last byte, monotonic microseconds. */
  readonly receivedUs: number
  /** Bytes of it were lost on the way; it is delivered all the same, marked. */
  readonly isDamaged: boolean
  /** On keyframes: sound has come with the stream (`heard`), or its map names some that has not come yet: worth a wait while the stream is young (`declared`), and not any more (`unheard`). */
  readonly sound?: 'declared' | 'unheard' | 'heard'
}

export type AudioCodec = 'pcma' | 'pcmu' | 'aac'

/** Sound as it leaves the pipeline: G.711 as one packet carried it, or one AAC access unit. */
export interface AudioFrame {
  readonly codec: AudioCodec
  /** Of its first sample, on the clock of the pictures' `pts90k`; later than that of the frame before. */
  readonly pts90k: number
  readonly sampleRate: number
  readonly channels: number
  /** G.711: one byte a sample and channel. AAC: without ADTS. */
  readonly data: Buffer
  /** AAC: AudioSpecificConfig, ISO/IEC 14496-3 1.6.2.1. */
  readonly config?: Buffer
  /** Arrival of its last byte, monotonic microseconds. */
  readonly receivedUs: number
}

/** Bytes of one session as they crossed the wire, signalling and media alike: what a recording is made of. */
export interface WireEvent {
  readonly layer: 'signal' | 'media'
  readonly direction: 'in' | 'out'
  readonly atUs: number
  readonly transport: 'udp' | 'tcp'
  readonly local: { readonly host: string; readonly port: number }
  readonly remote: { readonly host: string; readonly port: number }
  /** One datagram, or one chunk of a TCP stream as it was read. */
  readonly bytes: Buffer
}

/** Figures of one reception. Loss and jitter by RFC 3550 A.3 and A.8. */
export interface ReceptionFigures {
  readonly packets: number
  readonly bytes: number
  readonly expected: number
  readonly lost: number
  /** lost / expected, 0 when nothing was expected. */
  readonly lossRate: number
  readonly jitterMs: number
  readonly duplicates: number
  readonly ssrc?: number
  readonly payloadType?: number
}

/** RTCP of one session: reports and farewells of the sender, and what we answered. */
export interface RtcpFigures {
  readonly senderReports: number
  readonly receiverReports: number
  readonly byes: number
  readonly malformed: number
  readonly sent: number
}

export interface PipelineFigures {
  readonly reception: ReceptionFigures
  readonly codec?: VideoCodec
  readonly accessUnits: number
  readonly keyframes: number
  /** PS packs seen; 0 with bytes received means the container is not PS. */
  readonly packs: number
  readonly resynchronisations: number
  /** `ps`, once a pack header was seen; `elementary`, once a parameter set stood in a packet of its own; `unknown` while too few bytes came; `other` when enough came and it was neither. */
  readonly container: 'ps' | 'elementary' | 'unknown' | 'other'
  /** Bytes of RTP payload so far. */
  readonly payloadBytes: number
  /** What came to the port and was not taken: no RTP, RTCP, packets of another source than the latched one. */
  readonly discarded?: { readonly malformed: number; readonly rtcp: number; readonly strangers: number }
  readonly rtcp?: RtcpFigures
  /** Packets that overtook others, and those that came too late or twice. */
  readonly reordered?: number
  readonly late?: number
  /** Of a TCP stream, told by its first bytes. */
  readonly framing?: Framing
  /** Absent while there is no word of sound and none came. */
  readonly audio?: AudioFigures
}

/** Who sends in a session; the address is known where datagrams are pushed with theirs. */
export interface MediaSource {
  readonly ssrc: number
  readonly host?: string
  readonly port?: number
}

/** What is known of a session's sound. */
export interface AudioFigures {
  /** What is given on; the name of what cannot be; `none` while there is only word of it. */
  readonly codec: AudioCodec | OtherAudio | 'none'
  readonly sampleRate?: number
  readonly channels?: number
  /** Over the last seconds. */
  readonly kbps?: number
  readonly frames: number
  /** As the program stream map, the payload type or the description names it. */
  readonly declared?: string
  /** AAC that is made of it for those who watch: `full`: as many streams are encoded as are allowed; `lost`: the encoder died, another one is on its way. */
  readonly making?: 'running' | 'full' | 'lost'
}
export type OtherAudio = 'g722.1' | 'g723.1' | 'g729' | 'svac' | 'mpeg' | 'latm' | 'unknown'

/** Stages in a row: bytes of one media session in, access units out. Pure: the same events give the same units. */
export interface Pipeline {
  /** A datagram (udp) or a chunk of the stream (tcp), which is read and not held, with its arrival time; `port`: ours, where a session has several; `from`: who sent the datagram, for senders to be told apart by address too. */
  readonly push: (bytes: Buffer, atUs: number, port?: number, from?: { readonly host: string; readonly port: number }) => readonly AccessUnit[]
  /** A message of the session in either direction, for a pipeline that learns from them where its media comes (RTSP). */
  readonly learn?: (direction: WireEvent['direction'], message: Buffer) => void
  /** The unit still being joined, when the session ends. */
  readonly flush: () => readonly AccessUnit[]
  readonly figures: () => PipelineFigures
  /** Arrival of the first valid RTP packet, if any came. */
  readonly firstPacketUs: () => number | undefined
  /** A receiver report under our name, framed as the sender frames; nothing while there is nobody to report to. Each call ends an interval. */
  readonly report?: (name: string, nowUs: number) => Buffer | undefined
  /** The SSRC that the camera's answer names: advice, where two senders speak. */
  readonly expect?: (ssrc: number) => void
  /** The sender that is followed. */
  readonly source?: () => MediaSource | undefined
  readonly strangers?: () => readonly (MediaSource & { readonly packets: number })[]
  /** Where the pictures lie in time, for sound that comes apart from them. */
  readonly clock?: PictureClock
}

/** Another transport than the one that is set for the device; `isRemembered`: it was begun with, since it had worked where the other had not. */
export interface Fallback {
  readonly set: MediaTransport
  readonly isRemembered: boolean
}

/** Where media is awaited; the SDP offer says so. Port 0 over `tcp-active`: nothing is awaited, the answer says where to connect. */
export interface Landing {
  readonly transport: MediaTransport
  readonly port: number
}

export type UpstreamFailure = 'not-registered' | 'offline' | 'refused' | 'no-answer' | 'no-port' | 'stopped'

export type UpstreamOutcome =
  | { readonly ok: true; readonly ssrc?: number; readonly remote?: { readonly host: string; readonly port: number } }
  /** `sipStatus`: of SIP, or of RTSP, which counts alike. `no-media`: it answers, and has nothing that we can take. */
  | { readonly ok: false; readonly reason: UpstreamFailure | 'no-media'; readonly sipStatus?: number; readonly hop?: string; readonly detail: string }

/** What makes a camera send. Declared here, fitted by main from sip's invite session; one object serves one start. */
export interface Upstream {
  /** Asks the camera to send to `landing`. `onWire` hears each SIP message of the session in both directions, from the first byte of the INVITE; `onEnded` that the camera hung up. */
  readonly start: (landing: Landing, onWire: (event: WireEvent) => void, onEnded: (reason: string) => void) => Promise<UpstreamOutcome>
  /** Asks the camera for a keyframe now, where it can be asked; nobody waits for its answer. */
  readonly requestKeyframe?: () => void
  /** No media comes any more: `stop` follows, and may say why. */
  readonly mediaLost?: () => void
  /** BYE (or CANCEL); resolves when the camera confirmed or was given up. Calling it twice is nothing. */
  readonly stop: () => Promise<void>
}

/** A camera's main stream is keyed by the camera's record code, its sub stream as `stream-key.ts` has it. */
export type StreamKey = string
export type StreamName = 'main' | 'sub'

export interface ReaderOptions {
  readonly kind: 'viewer' | 'inspector'
  readonly onUnit?: (unit: AccessUnit) => void
  /** It has done with a unit when `onUnit` returns: the unit's memory is then that of the next one. Without it a unit stays as it is. */
  readonly isBrief?: boolean
  /** Sound, from the kept GOP on, in order of time with the units. */
  readonly onAudio?: (frame: AudioFrame) => void
  /** Every byte of the session, signalling and media, as it crosses the wire. */
  readonly onWire?: (event: WireEvent) => void
  /** The stream ended under the reader: it needs not leave any more. */
  readonly onEnd?: (reason: string) => void
}

export type JoinOutcome =
  | {
      readonly ok: true
      /** False when the stream was already running: then its times say nothing of the camera's response. */
      readonly isCold: boolean
    }
  /** `busy`: of ours, an H.264 version beyond the number that is made. */
  | { readonly ok: false; readonly reason: UpstreamFailure | 'no-media' | 'wrong-container' | 'no-keyframe' | 'busy'; readonly sipStatus?: number; readonly hop?: string; readonly detail: string }

export interface Membership {
  /** Settles when the stream is live (first keyframe published), or has failed. Never hangs: the relay's start timeout bounds it. */
  readonly joined: Promise<JoinOutcome>
  /** Leaves. `linger: false` from the last reader stops the upstream at once; resolves after BYE is confirmed or given up when this was the last reader, else at once. */
  readonly leave: (options?: { readonly linger?: boolean }) => Promise<void>
}

export interface StreamFigures {
  readonly camera: string
  readonly stream: StreamName
  /** `resting`: lost, and to be asked for again. */
  readonly state: 'starting' | 'live' | 'lingering' | 'stopping' | 'resting'
  readonly codec?: VideoCodec
  readonly width?: number
  readonly height?: number
  readonly fps?: number
  readonly kbps?: number
  readonly gopFrames?: number
  readonly lossRate: number
  readonly jitterMs: number
  readonly transport: StreamTransport
  readonly fallback?: Fallback
  readonly viewers: number
  readonly uptimeMs: number
  /** Of a TCP stream, told by its first bytes. */
  readonly framing?: Exclude<Framing, 'unknown'>
  /** Who is followed. */
  readonly source?: { readonly host: string; readonly port: number }
  /** As the camera's answer names it, and as its packets carry it. */
  readonly ssrcExpected?: number
  readonly ssrcSeen?: number
  /** Of this start: packets taken, missing, repeated, overtaken by others, and come when they were no longer waited for. */
  readonly packets: number
  readonly lost: number
  readonly duplicates: number
  readonly reordered: number
  readonly late: number
  /** What came and was not taken: no RTP, and packets of others than the followed sender. */
  readonly discarded: { readonly malformed: number; readonly strangers: number }
  /** Sender reports that came, receiver reports that left (RTCP). */
  readonly reports: { readonly received: number; readonly sent: number }
  /** Times that the stream was lost under its viewers, and that a keyframe was asked for. */
  readonly restarts: number
  readonly keyframeRequests: number
  readonly audio?: AudioFigures
}

/** All relays of the service: one per camera stream, at most one upstream each (GB/T 28181-2022 Annex L). */
export interface Relays {
  readonly join: (camera: StreamKey, reader: ReaderOptions) => Membership
  readonly list: () => readonly StreamFigures[]
  /** Ends every stream with BYE and gives every port back. */
  readonly close: () => Promise<void>
}
