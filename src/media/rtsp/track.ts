// What an RTSP session carries: its tracks as the description names them, and sound as it leaves this folder.
import type { VideoCodec } from '../types.ts'

/** Bits of the AU headers of mpeg4-generic; 0 where a field is absent. RFC 3640 4.1. */
export interface AuHeaderShape {
  readonly sizeLength: number
  readonly indexLength: number
  readonly indexDeltaLength: number
  readonly ctsDeltaLength: number
  readonly dtsDeltaLength: number
  readonly hasRandomAccess: boolean
  readonly streamStateLength: number
  readonly auxiliarySizeLength: number
  /** Bytes of every access unit where headers do not say; 0: they do. */
  readonly constantSize: number
}

export type AudioFormat =
  | { readonly codec: 'pcma' | 'pcmu'; readonly clockRate: number; readonly channels: number }
  /** `config`: AudioSpecificConfig, ISO/IEC 14496-3 1.6.2.1. */
  | { readonly codec: 'aac'; readonly clockRate: number; readonly channels: number; readonly config: Buffer; readonly payload: { readonly kind: 'generic'; readonly headers: AuHeaderShape } | { readonly kind: 'latm' } }

export interface VideoTrack {
  readonly kind: 'video'
  /** Absent where the description does not name it; then the bytes tell. */
  readonly codec?: VideoCodec
  readonly payloadType: number
  /** The track's address for SETUP. */
  readonly control: string
  /** NAL units without start codes, as `fmtp` has them; empty where they come with the pictures alone. */
  readonly parameterSets: readonly Buffer[]
}

export interface AudioTrack {
  readonly kind: 'audio'
  readonly format: AudioFormat
  readonly payloadType: number
  readonly control: string
}

export type Track = VideoTrack | AudioTrack

/** One frame of sound in RTP: an AAC access unit without header, or G.711 samples of one packet. */
export interface RtpAudioFrame {
  readonly codec: 'pcma' | 'pcmu' | 'aac'
  /** In ticks of `clockRate`, unwrapped; from a zero of its own, which the picture does not share. */
  readonly pts: number
  readonly clockRate: number
  readonly channels: number
  /** AAC: AudioSpecificConfig. */
  readonly config?: Buffer
  readonly bytes: Buffer
  /** Arrival of its last byte, monotonic microseconds. */
  readonly receivedUs: number
}
