// Session descriptions of GB/T 28181: one media line, `y=` and `f=`. GB/T 28181-2022 Annex G; RFC 4566; RFC 4145 (setup).
import { ParseError } from '../base/index.ts'
import { formatSsrc, parseSsrc } from './ssrc.ts'

export interface SdpFormat {
  readonly payloadType: number
  /** From rtpmap, as written: PS, H264, H265, … HIKVISION or DAHUA announce a private stream. Absent without rtpmap. */
  readonly encoding?: string
  readonly clockRate?: number
}

export interface Sdp {
  /** The user of `o=`: a channel or device id, or anything. Its address is ignored: some copy the caller's. */
  readonly owner: string
  /** `s=`: Play, Playback or Download. */
  readonly session: string
  /** From `c=`, without its family; absent when there is none. */
  readonly host?: string
  readonly media: 'video' | 'audio'
  readonly port: number
  readonly transport: 'udp' | 'tcp'
  /** Who connects, over TCP. Interop: written in UDP answers too, where it means nothing. */
  readonly setup?: 'active' | 'passive' | 'actpass'
  readonly direction?: 'recvonly' | 'sendonly' | 'sendrecv' | 'inactive'
  readonly formats: readonly SdpFormat[]
  /** From `y=`; 0 says that the peer left it open. */
  readonly ssrc?: number
  /** `f=` as written; its codes are in Annex G. */
  readonly f?: string
}

/** Ours: no session description of a camera comes near it. */
const maxBytes = 16 * 1024
const maxFormats = 64

/** Reads the first video line, or else the first audio line. Unknown lines are ignored. Throws ParseError `sdp.malformed`. */
export function parseSdp(body: Buffer): Sdp {
  if (body.length > maxBytes) throw malformed(`${body.length} bytes, at most ${maxBytes}`)
  const lines = body.toString('latin1').split(/\r\n|\n|\r/).map((line) => ({ key: line.slice(0, 2).toLowerCase(), value: line.slice(2).trim() }))
  const starts = lines.flatMap((line, i) => (line.key === 'm=' ? [i] : []))
  const kindAt = (i: number): string => lines[i]?.value.split(/\s/, 1)[0]?.toLowerCase() ?? ''
  const start = starts.find((i) => kindAt(i) === 'video') ?? starts.find((i) => kindAt(i) === 'audio')
  if (start === undefined) throw malformed('no m= line of video or audio')
  const end = starts.find((i) => i > start) ?? lines.length
  const common = lines.slice(0, starts[0])
  const own = lines.slice(start, end)
  // y= and f= stand after the media, wherever that ends.
  const last = (key: string): string | undefined => lines.findLast((line) => line.key === key)?.value
  const inSession = (key: string): string | undefined => [...own, ...common].find((line) => line.key === key)?.value

  const [, portText = '', profile = '', ...types] = own[0]?.value.split(/\s+/) ?? []
  const port = /^\d{1,5}/.exec(portText)?.[0]
  if (!port || Number(port) > 65535) throw malformed(`m= with port ${portText.slice(0, 20)}`)
  const attributes = own.concat(common).filter((line) => line.key === 'a=').map((line) => line.value)
  const setup = attributes.map((value) => /^setup:\s*(active|passive|actpass)$/i.exec(value)?.[1]?.toLowerCase()).find(isSetup)
  const direction = attributes.map((value) => value.toLowerCase()).find(isDirection)
  const host = inSession('c=')?.split(/\s+/)[2]?.split('/')[0]
  const ssrc = parseSsrc(last('y=') ?? '')
  const f = last('f=')
  return {
    owner: inSession('o=')?.split(/\s+/)[0] ?? '',
    session: inSession('s=') ?? '',
    ...(host && { host }),
    media: kindAt(start) === 'audio' ? 'audio' : 'video',
    port: Number(port),
    transport: /^tcp/i.test(profile) ? 'tcp' : 'udp',
    ...(setup && { setup }),
    ...(direction && { direction }),
    formats: formatsOf(types, attributes),
    ...(ssrc !== undefined && { ssrc }),
    ...(f !== undefined && { f }),
  }
}

function formatsOf(types: readonly string[], attributes: readonly string[]): readonly SdpFormat[] {
  const maps = new Map<number, { encoding: string; clockRate?: number }>()
  for (const value of attributes) {
    const [, type, encoding, clock] = /^rtpmap:\s*(\d{1,3})\s+([\w.-]{1,40})(?:\/(\d{1,9}))?/i.exec(value) ?? []
    if (type && encoding && !maps.has(Number(type))) maps.set(Number(type), { encoding, ...(clock && { clockRate: Number(clock) }) })
  }
  return types.filter((type) => /^\d{1,3}$/.test(type)).slice(0, maxFormats).map((type) => ({ payloadType: Number(type), ...maps.get(Number(type)) }))
}

const isSetup = (text: string | undefined): text is 'active' | 'passive' | 'actpass' => text === 'active' || text === 'passive' || text === 'actpass'
const isDirection = (text: string): text is 'recvonly' | 'sendonly' | 'sendrecv' | 'inactive' => /^(recvonly|sendonly|sendrecv|inactive)$/.test(text)

/** `y=` and `f=` come last, as Annex G orders them; over TCP every description asks for a new connection. */
export function writeSdp(sdp: Sdp): Buffer {
  const family = (sdp.host ?? '').includes(':') ? 'IP6' : 'IP4'
  const host = sdp.host ?? '0.0.0.0'
  const profile = sdp.transport === 'tcp' ? 'TCP/RTP/AVP' : 'RTP/AVP'
  const lines = [
    'v=0',
    `o=${sdp.owner || '-'} 0 0 IN ${family} ${host}`,
    `s=${sdp.session || '-'}`,
    ...(sdp.host ? [`c=IN ${family} ${sdp.host}`] : []),
    't=0 0',
    `m=${sdp.media} ${sdp.port} ${profile}${sdp.formats.map((format) => ` ${format.payloadType}`).join('')}`,
    ...(sdp.direction ? [`a=${sdp.direction}`] : []),
    ...sdp.formats.flatMap(({ payloadType, encoding, clockRate }) => (encoding ? [`a=rtpmap:${payloadType} ${encoding}${clockRate ? `/${clockRate}` : ''}`] : [])),
    ...(sdp.setup ? [`a=setup:${sdp.setup}`] : []),
    ...(sdp.transport === 'tcp' ? ['a=connection:new'] : []),
    ...(sdp.ssrc !== undefined ? [`y=${formatSsrc(sdp.ssrc)}`] : []),
    ...(sdp.f !== undefined ? [`f=${sdp.f}`] : []),
  ]
  return Buffer.from(`${lines.join('\r\n')}\r\n`, 'latin1')
}

/** What we can take, PS first, each with its rtpmap: 99 and 100 are read by name, since editions disagree on them. */
const offered: readonly SdpFormat[] = [
  { payloadType: 96, encoding: 'PS', clockRate: 90000 },
  { payloadType: 98, encoding: 'H264', clockRate: 90000 },
  { payloadType: 97, encoding: 'MPEG4', clockRate: 90000 },
  { payloadType: 99, encoding: 'H265', clockRate: 90000 },
  { payloadType: 100, encoding: 'H265', clockRate: 90000 },
]

/** The offer of live play. `udp`: the camera sends to `port`; `tcp-passive`: it connects there. `u=` is for playback only. */
export function liveOffer(offer: { readonly channelId: string; readonly host: string; readonly port: number; readonly transport: 'udp' | 'tcp-passive'; readonly ssrc: number }): Sdp {
  const { channelId, host, port, ssrc } = offer
  const isTcp = offer.transport === 'tcp-passive'
  return { owner: channelId, session: 'Play', host, media: 'video', port, transport: isTcp ? 'tcp' : 'udp', ...(isTcp && { setup: 'passive' as const }), direction: 'recvonly', formats: offered, ssrc }
}

/** A camera's answer to an offer: PS over the offered transport, the offer's SSRC, the opposite TCP role. */
export function liveAnswer(answer: { readonly offer: Sdp; readonly owner: string; readonly host: string; readonly port: number; readonly ssrc?: number }): Sdp {
  const { offer, owner, host, port } = answer
  const ssrc = answer.ssrc ?? offer.ssrc
  const setup = offer.setup === 'active' ? 'passive' : 'active'
  return {
    owner, session: offer.session, host, media: offer.media, port, transport: offer.transport,
    ...(offer.transport === 'tcp' && { setup }),
    direction: 'sendonly',
    formats: [{ payloadType: 96, encoding: 'PS', clockRate: 90000 }],
    ...(ssrc !== undefined && { ssrc }),
    f: '',
  }
}

const malformed = (what: string): ParseError => new ParseError('sdp.malformed', `not a session description: ${what}`)
