// Session descriptions of GB/T 28181: one media line, `y=` and `f=`. GB/T 28181-2022 Annex G; RFC 4566; RFC 4145 (setup).
import { ParseError } from '../../base/index.ts'
import { formatSsrc, parseSsrc } from './ssrc.ts'

export interface SdpFormat {
  readonly payloadType: number
  /** From rtpmap, as written: PS, H264, H265, … HIKVISION or DAHUA announce a private stream. Absent without rtpmap. */
  readonly encoding?: string
  readonly clockRate?: number
}

/** Vendors name the choice of a sub-stream each in their own way (Q75). `streamMode` says `main` and `sub`, the others a number. */
export const streamAttributes = ['streamnumber', 'streamprofile', 'stream', 'streamMode'] as const
export type StreamAttribute = (typeof streamAttributes)[number]

export interface Sdp {
  /** The user of `o=`: a channel or device id, or anything. Its address is ignored: some copy the caller's (Q71). */
  readonly owner: string
  /** `s=`: Play, Playback or Download. */
  readonly session: string
  /** `u=` as written: `<channel>:<type>` of a recording, or a place in a store. */
  readonly u?: string
  /** From `c=`, without its family; absent when there is none. */
  readonly host?: string
  /** `t=` of a recording, UNIX seconds; absent for `t=0 0`. */
  readonly time?: { readonly startS: number; readonly endS: number }
  readonly media: 'video' | 'audio'
  readonly port: number
  readonly transport: 'udp' | 'tcp'
  /** Who connects, over TCP. Interop: written in UDP answers too, where it means nothing (Q74). */
  readonly setup?: 'active' | 'passive' | 'actpass'
  readonly direction?: 'recvonly' | 'sendonly' | 'sendrecv' | 'inactive'
  readonly formats: readonly SdpFormat[]
  /** Which stream of the channel: 0 main, 1 and up sub-streams. */
  readonly stream?: { readonly attribute: StreamAttribute; readonly number: number }
  /** `a=downloadspeed`, times real time. */
  readonly downloadSpeed?: number
  /** `a=filesize` of an answer, bytes; absent where it says 0 or less. */
  readonly fileSize?: number
  /** From `y=`; 0 says that the peer left it open. */
  readonly ssrc?: number
  /** `f=` as written; parseMediaFormat reads its codes. */
  readonly f?: string
}

/** Ours: no session description of a camera comes near it. */
const maxBytes = 16 * 1024
const maxFormats = 64
/** Seconds from 1900 to 1970. Annex G writes UNIX seconds, RFC 4566 NTP seconds: what lies above can only be the latter before 2040 (Q78). */
const ntpOffsetS = 2_208_988_800

interface Line {
  readonly key: string
  readonly value: string
}

/** Reads the first video line that is not declined (port 0), else the first of video, else of audio. Unknown lines are ignored. Throws ParseError `sdp.malformed`. */
export function parseSdp(body: Buffer): Sdp {
  if (body.length > maxBytes) throw malformed(`${body.length} bytes, at most ${maxBytes}`)
  const lines: readonly Line[] = body.toString('latin1').split(/\r\n|\n|\r/).map((line) => ({ key: line.slice(0, 2).toLowerCase(), value: line.slice(2).trim() }))
  const starts = lines.flatMap((line, i) => (line.key === 'm=' ? [i] : []))
  const start = chosen(lines, starts)
  if (start === undefined) throw malformed('no m= line of video or audio')
  const end = starts.find((i) => i > start) ?? lines.length
  const common = lines.slice(0, starts[0])
  const own = lines.slice(start, end)
  // y= and f= stand after the media, wherever that ends.
  const last = (key: string): string | undefined => (own.findLast((line) => line.key === key) ?? lines.findLast((line) => line.key === key))?.value
  const inSession = (key: string): string | undefined => [...own, ...common].find((line) => line.key === key)?.value

  const [, portText = '', profile = '', ...types] = own[0]?.value.split(/\s+/) ?? []
  const port = /^\d{1,5}/.exec(portText)?.[0]
  if (!port || Number(port) > 65535) throw malformed(`m= with port ${portText.slice(0, 20)}`)
  const attributes = own.concat(common).filter((line) => line.key === 'a=').map((line) => line.value)
  const setup = attributes.map((value) => /^setup:\s*(active|passive|actpass)$/i.exec(value)?.[1]?.toLowerCase()).find(isSetup)
  const direction = attributes.map((value) => value.toLowerCase()).find(isDirection)
  const host = inSession('c=')?.split(/\s+/)[2]?.split('/')[0]
  const u = inSession('u=')
  const time = timeOf(inSession('t='))
  const stream = attributes.map(streamOf).find((found) => found !== undefined)
  const downloadSpeed = numberOf(attributes, /^downloadspeed:\s*(\d{1,3}(?:\.\d{1,3})?)/i)
  const fileSize = numberOf(attributes, /^filesize:\s*(\d{1,15})$/i)
  const ssrc = parseSsrc(last('y=') ?? '')
  const f = last('f=')
  return {
    owner: inSession('o=')?.split(/\s+/)[0] ?? '',
    session: inSession('s=') ?? '',
    ...(u && { u }),
    ...(host && { host }),
    ...(time && { time }),
    media: kindOf(lines[start]) === 'audio' ? 'audio' : 'video',
    port: Number(port),
    transport: /^tcp/i.test(profile) ? 'tcp' : 'udp',
    ...(setup && { setup }),
    ...(direction && { direction }),
    formats: formatsOf(types, attributes),
    ...(stream && { stream }),
    ...(downloadSpeed && { downloadSpeed }),
    ...(fileSize && { fileSize }),
    ...(ssrc !== undefined && { ssrc }),
    ...(f !== undefined && { f }),
  }
}

const kindOf = (line: Line | undefined): string => line?.value.split(/\s/, 1)[0]?.toLowerCase() ?? ''

/** Which of several media lines is meant. */
function chosen(lines: readonly Line[], starts: readonly number[]): number | undefined {
  const videos = starts.filter((i) => kindOf(lines[i]) === 'video')
  return videos.find((i) => !/^\S+\s+0(?:\s|\/|$)/.test(lines[i]?.value ?? '')) ?? videos[0] ?? starts.find((i) => kindOf(lines[i]) === 'audio')
}

function timeOf(text: string | undefined): Sdp['time'] {
  const [, start, end] = /^(\d{1,12})\s+(\d{1,12})/.exec(text ?? '') ?? []
  if (start === undefined || end === undefined) return undefined
  const unix = (digits: string): number => (Number(digits) > ntpOffsetS ? Number(digits) - ntpOffsetS : Number(digits))
  const time = { startS: unix(start), endS: unix(end) }
  return time.startS === 0 && time.endS === 0 ? undefined : time
}

function streamOf(attribute: string): Sdp['stream'] {
  const [, name, value = ''] = /^(streamnumber|streamprofile|streammode|stream):\s*(\d{1,2}|main|sub)$/i.exec(attribute) ?? []
  const found = streamAttributes.find((each) => each.toLowerCase() === name?.toLowerCase())
  return found && { attribute: found, number: /^main$/i.test(value) ? 0 : /^sub$/i.test(value) ? 1 : Number(value) }
}

const numberOf = (attributes: readonly string[], pattern: RegExp): number => Number(attributes.map((value) => pattern.exec(value)?.[1]).find((digits) => digits !== undefined) ?? 0)

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

/** `y=` and `f=` come last, as Annex G orders them; over TCP every description asks for a new connection. `t=` is written in UNIX seconds, raw (Q78). */
export function writeSdp(sdp: Sdp): Buffer {
  const family = (sdp.host ?? '').includes(':') ? 'IP6' : 'IP4'
  const host = sdp.host ?? '0.0.0.0'
  const profile = sdp.transport === 'tcp' ? 'TCP/RTP/AVP' : 'RTP/AVP'
  const lines = [
    'v=0',
    `o=${sdp.owner || '-'} 0 0 IN ${family} ${host}`,
    `s=${sdp.session || '-'}`,
    ...(sdp.u ? [`u=${sdp.u}`] : []),
    ...(sdp.host ? [`c=IN ${family} ${sdp.host}`] : []),
    sdp.time ? `t=${sdp.time.startS} ${sdp.time.endS}` : 't=0 0',
    `m=${sdp.media} ${sdp.port} ${profile}${sdp.formats.map((format) => ` ${format.payloadType}`).join('')}`,
    ...(sdp.direction ? [`a=${sdp.direction}`] : []),
    ...sdp.formats.flatMap(({ payloadType, encoding, clockRate }) => (encoding ? [`a=rtpmap:${payloadType} ${encoding}${clockRate ? `/${clockRate}` : ''}`] : [])),
    ...(sdp.setup ? [`a=setup:${sdp.setup}`] : []),
    ...(sdp.transport === 'tcp' ? ['a=connection:new'] : []),
    ...(sdp.stream ? [`a=${sdp.stream.attribute}:${streamValue(sdp.stream)}`] : []),
    ...(sdp.downloadSpeed ? [`a=downloadspeed:${sdp.downloadSpeed}`] : []),
    ...(sdp.fileSize ? [`a=filesize:${sdp.fileSize}`] : []),
    ...(sdp.ssrc !== undefined ? [`y=${formatSsrc(sdp.ssrc)}`] : []),
    ...(sdp.f !== undefined ? [`f=${sdp.f}`] : []),
  ]
  return Buffer.from(`${lines.join('\r\n')}\r\n`, 'latin1')
}

const streamValue = ({ attribute, number }: NonNullable<Sdp['stream']>): string => (attribute === 'streamMode' && number < 2 ? ['main', 'sub'][number] ?? '' : String(number))

const malformed = (what: string): ParseError => new ParseError('sdp.malformed', `not a session description: ${what}`)
