// What one player gets: pictures and sound in packets of its own numbering, from keyframe to keyframe while it keeps up, and the reports that put both
// on one clock. RFC 3550 6.4.1, 6.5.1, 6.6.
import { createReader, type Reader, type ReaderBounds, type ReaderCounts } from '../../reader.ts'
import { rtpHeaderBytes } from '../../rtp/packet.ts'
import { cname, writeRtcp } from '../../rtp/rtcp.ts'
import type { AccessUnit, VideoCodec } from '../../types.ts'
import { soundPackets, type Sound, type SoundFormat } from './audio-payload.ts'
import { frameHeaderBytes, stamped, type Packets } from './packets.ts'
import { videoClock, videoPackets } from './video-payload.ts'

/** A track as the player has it. */
export interface PlayoutTrack {
  readonly kind: 'video' | 'sound'
  readonly ssrc: number
  /** Of the first packet. */
  readonly sequence: number
  /** Of the first picture. */
  readonly timestamp: number
  /** Of RTP, and of RTCP, on an interleaved connection. */
  readonly channels: readonly [number, number]
}

/** Packets as they go over an interleaved connection; over datagrams each without the four bytes at its start. */
export interface Outgoing {
  readonly kind: 'video' | 'sound'
  readonly isControl: boolean
  readonly bytes: Buffer
  readonly starts: readonly number[]
}

export type PlayoutDecision = Outgoing | 'drop' | 'cut' | 'changed'

export interface Playout {
  /** `changed`: the stream is no longer what was described. */
  readonly unit: (unit: AccessUnit, backlogBytes: number, nowUs: number) => PlayoutDecision
  readonly sound: (sound: TimedSound, backlogBytes: number) => Outgoing | 'drop'
  /** Sender reports of the tracks that have begun. `wallMs`: the time of `nowUs`. */
  readonly reports: (nowUs: number, wallMs: number) => readonly Outgoing[]
  /** Farewell of all tracks. */
  readonly byes: () => readonly Outgoing[]
  /** Goes on at the next keyframe. */
  readonly resume: () => void
  readonly counts: () => ReaderCounts
}

/** On the picture's clock. */
export type TimedSound = Sound & { readonly pts90k: number; readonly receivedUs: number }

export interface PlayoutOptions {
  readonly codec: VideoCodec
  readonly format?: SoundFormat
  readonly tracks: readonly PlayoutTrack[]
  readonly bounds: ReaderBounds
  /** CNAME of all its tracks: what tells a player that they belong together. */
  readonly name: string
  /** Memory for packets, whose taker gives it back; the heap unless said. */
  readonly allocate?: (kind: PlayoutTrack['kind'], bytes: number) => Buffer
}

interface Line extends PlayoutTrack {
  readonly clock: number
  next: number
  packets: number
  octets: number
}

/** Seconds from 1900 to 1970. RFC 5905 6. */
const ntpEpochS = 2_208_988_800

export function createPlayout({ codec, format, tracks, bounds, name, allocate = (_kind, bytes) => Buffer.allocUnsafe(bytes) }: PlayoutOptions): Playout {
  const lines = tracks.map((track): Line => ({ ...track, clock: track.kind === 'video' ? videoClock : (format?.sampleRate ?? videoClock), next: track.sequence, packets: 0, octets: 0 }))
  const video = lines.find(({ kind }) => kind === 'video')
  const heard = lines.find(({ kind }) => kind === 'sound')
  let reader: Reader = createReader(bounds)
  let before: ReaderCounts = { delivered: 0, dropped: 0 }
  let zero90k: number | undefined
  /** One moment on both clocks, the latest: the same for all tracks, so that they stay together however the camera's clock runs. */
  let anchor: { readonly pts90k: number; readonly us: number } | undefined
  let isWaiting = video !== undefined
  /** What was sent before a pause is not sent again. */
  let resumed90k = Number.NEGATIVE_INFINITY

  const timestampOf = (line: Line, pts90k: number): number => modulo(line.timestamp + Math.round(((pts90k - (zero90k ?? pts90k)) * line.clock) / videoClock))
  const send = (line: Line, packets: Packets, pts90k: number): Outgoing => {
    const bytes = stamped(packets, { channel: line.channels[0], sequence: line.next, timestamp: timestampOf(line, pts90k), ssrc: line.ssrc }, (size) => allocate(line.kind, size))
    line.next += packets.starts.length
    line.packets += packets.starts.length
    line.octets += bytes.length - packets.starts.length * (frameHeaderBytes + rtpHeaderBytes)
    return { kind: line.kind, isControl: false, bytes, starts: packets.starts }
  }
  const control = (line: Line, packet: Buffer): Outgoing => {
    const bytes = Buffer.alloc(frameHeaderBytes + packet.length)
    bytes.writeUInt8(0x24, 0)
    bytes.writeUInt8(line.channels[1], 1)
    bytes.writeUInt16BE(packet.length, 2)
    packet.copy(bytes, frameHeaderBytes)
    return { kind: line.kind, isControl: true, bytes, starts: [0] }
  }
  const isSame = (sound: SoundFormat): boolean => sound.codec === format?.codec && sound.sampleRate === format.sampleRate && sound.channels === format.channels

  return {
    unit: (unit, backlogBytes, nowUs) => {
      if (unit.codec !== codec) return 'changed'
      if (!video || unit.pts90k <= resumed90k) return 'drop'
      const decision = reader.decide(unit, backlogBytes, nowUs)
      isWaiting = decision !== 'deliver'
      if (decision !== 'deliver') return decision
      const packets = videoPackets(unit)
      if (packets.starts.length === 0) return 'drop'
      zero90k ??= unit.pts90k
      anchor = { pts90k: unit.pts90k, us: unit.receivedUs }
      return send(video, packets, unit.pts90k)
    },
    sound: (sound, backlogBytes) => {
      // Sound of another kind than described cannot be told apart by the player: it hears nothing rather than noise.
      if (!heard || isWaiting || backlogBytes > bounds.maxBacklogBytes || !isSame(sound)) return 'drop'
      const packets = soundPackets(sound)
      if (packets.starts.length === 0) return 'drop'
      zero90k ??= sound.pts90k
      if (!video) anchor = { pts90k: sound.pts90k, us: sound.receivedUs }
      return send(heard, packets, sound.pts90k)
    },
    reports: (nowUs, wallMs) => {
      const at = anchor
      if (!at) return []
      const atMs = wallMs - (nowUs - at.us) / 1000
      const seconds = Math.floor(atMs / 1000)
      const ntp = { seconds: (seconds + ntpEpochS) >>> 0, fraction: Math.floor((atMs / 1000 - seconds) * 0x1_0000_0000) >>> 0 }
      return lines
        .filter(({ packets }) => packets > 0)
        .map((line) =>
          control(
            line,
            writeRtcp([
              { type: 'sender-report', ssrc: line.ssrc, ntp, rtpTimestamp: timestampOf(line, at.pts90k), packets: line.packets >>> 0, octets: line.octets >>> 0, reports: [] },
              { type: 'description', sources: [{ ssrc: line.ssrc, items: [{ id: cname, text: name }] }] },
            ]),
          ),
        )
    },
    byes: () => lines.map((line) => control(line, writeRtcp([{ type: 'receiver-report', ssrc: line.ssrc, reports: [] }, { type: 'bye', ssrcs: [line.ssrc] }]))),
    resume: () => {
      before = sum(before, reader.counts())
      reader = createReader(bounds)
      resumed90k = anchor?.pts90k ?? resumed90k
      isWaiting = video !== undefined
    },
    counts: () => sum(before, reader.counts()),
  }
}

const modulo = (value: number): number => ((value % 0x1_0000_0000) + 0x1_0000_0000) % 0x1_0000_0000
const sum = (one: ReaderCounts, other: ReaderCounts): ReaderCounts => ({ delivered: one.delivered + other.delivered, dropped: one.dropped + other.dropped })
