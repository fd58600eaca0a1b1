// Offers of ours and answers to them: live play, playback and download. GB/T 28181-2022 9.2, 9.8, 9.9, Annex G; RFC 3264; RFC 4145.
import type { Sdp, SdpFormat } from './sdp.ts'

export type InviteKind = 'play' | 'playback' | 'download'

/** `tcp-passive`: we listen, the camera connects; `tcp-active`: we connect to where its answer says. */
export type MediaTransport = 'udp' | 'tcp-passive' | 'tcp-active'

/** Types of a recording in `u=`. Interop: Hikvision writes 255, and anything unknown means all (Q70). */
export const recordTypes = ['all', 'manual', 'alarm', 'time'] as const
export type RecordType = (typeof recordTypes)[number]

/** What we can take, PS first, each with its rtpmap: 99 and 100 are read by name, since editions disagree on them (Q73). */
const offered: readonly SdpFormat[] = [
  { payloadType: 96, encoding: 'PS', clockRate: 90000 },
  { payloadType: 98, encoding: 'H264', clockRate: 90000 },
  { payloadType: 97, encoding: 'MPEG4', clockRate: 90000 },
  { payloadType: 99, encoding: 'H265', clockRate: 90000 },
  { payloadType: 100, encoding: 'H265', clockRate: 90000 },
]

/** RFC 4145 4.1: the port of one who will only connect. */
const discardPort = 9

export interface Offer {
  readonly kind: InviteKind
  readonly channelId: string
  readonly host: string
  /** Where media is awaited; 0 where we connect ourselves. */
  readonly port: number
  readonly transport: MediaTransport
  readonly ssrc: number
  /** Of the recording, UNIX seconds; for playback and download. */
  readonly range?: { readonly fromS: number; readonly toS: number }
  readonly recordType?: RecordType
  readonly downloadSpeed?: number
  readonly stream?: Sdp['stream']
  readonly f?: string
}

const sessions: Readonly<Record<InviteKind, string>> = { play: 'Play', playback: 'Playback', download: 'Download' }

export function inviteOffer(offer: Offer): Sdp {
  const { kind, channelId, host, transport, ssrc, range } = offer
  const isTcp = transport !== 'udp'
  const isHistory = kind !== 'play'
  return {
    owner: channelId,
    session: sessions[kind],
    ...(isHistory && { u: `${channelId}:${recordTypes.indexOf(offer.recordType ?? 'all')}` }),
    host,
    ...(isHistory && range && { time: { startS: range.fromS, endS: range.toS } }),
    media: 'video',
    port: offer.port === 0 ? discardPort : offer.port,
    transport: isTcp ? 'tcp' : 'udp',
    ...(isTcp && { setup: transport === 'tcp-passive' ? ('passive' as const) : ('active' as const) }),
    direction: 'recvonly',
    formats: offered,
    ...(offer.stream && { stream: offer.stream }),
    ...(kind === 'download' && { downloadSpeed: offer.downloadSpeed ?? 1 }),
    ssrc,
    ...(offer.f !== undefined && { f: offer.f }),
  }
}

/** The offer of live play. `u=` is for playback only. */
export const liveOffer = (offer: Omit<Offer, 'kind' | 'range' | 'recordType' | 'downloadSpeed'>): Sdp => inviteOffer({ ...offer, kind: 'play' })

/** A camera's answer to an offer: PS over the offered transport, the offer's SSRC, the opposite TCP role. */
export function liveAnswer(answer: { readonly offer: Sdp; readonly owner: string; readonly host: string; readonly port: number; readonly ssrc?: number; readonly fileSize?: number }): Sdp {
  const { offer, owner, host, port, fileSize } = answer
  const ssrc = answer.ssrc ?? offer.ssrc
  const setup = offer.setup === 'active' ? 'passive' : 'active'
  return {
    owner,
    session: offer.session,
    host,
    ...(offer.time && { time: offer.time }),
    media: offer.media,
    port,
    transport: offer.transport,
    ...(offer.transport === 'tcp' && { setup }),
    direction: 'sendonly',
    formats: [{ payloadType: 96, encoding: 'PS', clockRate: 90000 }],
    ...(fileSize && { fileSize }),
    ...(ssrc !== undefined && { ssrc }),
    f: '',
  }
}

/** Whose recording an offer asks for; undefined without a `u=` of the form `<channel>:<type>`. Unknown types are `all` (Q70). */
export function recordingOf(sdp: Sdp): { readonly channelId: string; readonly type: RecordType } | undefined {
  const [, channelId, type] = /^(\w{1,64}):(\d{1,3})$/.exec(sdp.u ?? '') ?? []
  return channelId === undefined ? undefined : { channelId, type: recordTypes[Number(type)] ?? 'all' }
}

/** Payload types of the standard that need no rtpmap. 99 and 100 are not among them: only a name or the bytes tell what they are (Q73). */
const knownTypes: Readonly<Record<number, string>> = { 0: 'PCMU', 4: 'G723', 8: 'PCMA', 9: 'G7221', 18: 'G729', 20: 'SVACA', 96: 'PS', 97: 'MPEG4', 98: 'H264', 102: 'AAC' }
const publicNames: ReadonlySet<string> = new Set(['PS', 'MP2P', 'H264', 'H265', 'HEVC', 'MPEG4', 'MP4V-ES', 'SVAC', 'SVACA', 'PCMA', 'PCMU', 'G723', 'G729', 'G722', 'G7221', 'AAC', 'MPEG4-GENERIC', 'MPA', 'OPUS'])

/**
 * What an answer says it will send: the first format, by its rtpmap, else by its number. `isPrivate`: a vendor's own stream
 * (`rtpmap:96 HIKVISION/90000`, Annex G), which no demuxer of ours will read (Q76).
 */
export function encodingOf(sdp: Sdp): { readonly encoding: string; readonly isPrivate: boolean } | undefined {
  const [first] = sdp.formats
  const encoding = first && (first.encoding ?? knownTypes[first.payloadType])
  return encoding === undefined ? undefined : { encoding, isPrivate: !publicNames.has(encoding.toUpperCase()) }
}
