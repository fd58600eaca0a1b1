// The description of an RTSP camera: SDP with several media, read for the tracks that we can take. RFC 4566 5; RFC 2326 C.1; RFC 3551 6.
import { ParseError } from '../../base/index.ts'
import type { VideoCodec } from '../types.ts'
import { genericAac, latmAac, parameterSetsOf, parseFmtp, type Fmtp } from './fmtp.ts'
import { header, type RtspResponse } from './message.ts'
import type { AudioFormat, Track } from './track.ts'
import { controlUrl, parseRtspUrl } from './url.ts'

export interface Description {
  /** In the order of the description: what we can take. */
  readonly tracks: readonly Track[]
  /** The rest, for people: `application vnd.onvif.metadata`. */
  readonly skipped: readonly string[]
  /** The address of PLAY and TEARDOWN. */
  readonly control: string
  /** The same behind what was asked for, where the answer names another base: some name one that they do not know themselves. */
  readonly otherwise?: Description
}

/** Ours. */
const maxLines = 4096
const maxMedia = 64

/** Payload types with a fixed meaning, as `rtpmap` would name them. RFC 3551 table 4, 5. */
const fixedTypes: ReadonlyMap<number, string> = new Map([[0, 'PCMU/8000'], [8, 'PCMA/8000'], [14, 'MPA/90000'], [26, 'JPEG/90000'], [32, 'MPV/90000'], [33, 'MP2T/90000']])
const videoCodecs: ReadonlyMap<string, VideoCodec> = new Map([['H264', 'h264'], ['H265', 'h265'], ['HEVC', 'h265']])
/** Encodings that are pictures, yet none of ours. */
const otherVideo: ReadonlySet<string> = new Set(['JPEG', 'MPV', 'MP2T', 'MP4V-ES', 'MPEG4-GENERIC', 'H263', 'H263-1998', 'VP8', 'VP9', 'AV1'])

interface Media {
  readonly kind: string
  readonly payloadTypes: readonly number[]
  readonly rtpmap: Map<number, string>
  readonly fmtp: Map<number, string>
  control?: string
}

/** What an answer to DESCRIBE holds; its base is Content-Base, else Content-Location, else what was asked. Undefined where it cannot be read. RFC 2326 C.1.1. */
export function readDescription(response: RtspResponse, asked: string): Description | undefined {
  const base = parseRtspUrl(header(response, 'Content-Base') ?? header(response, 'Content-Location') ?? '')?.text ?? asked
  try {
    const description = parseDescription(response.body, base)
    const otherwise = base.replace(/\/$/, '') === asked.replace(/\/$/, '') ? undefined : parseDescription(response.body, asked)
    const isAnother = otherwise?.tracks.some((track, n) => track.control !== description.tracks[n]?.control) === true
    return isAnother ? { ...description, otherwise } : description
  } catch (error) {
    if (error instanceof ParseError) return undefined
    throw error
  }
}

/** `base`: what relative addresses stand behind. Throws ParseError `rtsp.malformed` for text that has no media line. */
export function parseDescription(body: Buffer, base: string): Description {
  const { media, control } = readLines(body.toString('utf8'))
  if (media.length === 0) throw new ParseError('rtsp.malformed', 'RTSP: the description has no media')
  const aggregate = controlUrl(control, base)
  const tracks: Track[] = []
  const skipped: string[] = []
  for (const each of media) {
    const track = trackOf(each, (own) => controlUrl(own, /^rtsp:\/\//i.test(control ?? '') ? aggregate : base))
    if (track) tracks.push(track)
    else skipped.push(`${each.kind} ${each.payloadTypes.map((type) => encodingOf(each, type).name || String(type)).join(' ')}`.slice(0, 100))
  }
  return { tracks, skipped, control: aggregate }
}

function readLines(text: string): { readonly media: readonly Media[]; readonly control?: string } {
  const media: Media[] = []
  let control: string | undefined
  for (const line of text.split(/\r\n|\n|\r/, maxLines)) {
    const current = media.at(-1)
    const [, letter, value = ''] = /^([a-z])\s*=\s*(.*?)[\s\0]*$/.exec(line) ?? []
    if (letter === 'm' && media.length < maxMedia) {
      const [kind = '', , , ...types] = value.split(/\s+/)
      media.push({ kind: kind.toLowerCase(), payloadTypes: types.map(Number).filter((type) => Number.isInteger(type) && type >= 0 && type < 128), rtpmap: new Map(), fmtp: new Map() })
    } else if (letter === 'a' && /^control\s*:/i.test(value)) {
      const own = value.slice(value.indexOf(':') + 1).trim()
      if (current) current.control ??= own
      else control ??= own
    } else if (letter === 'a' && current) {
      const [, name = '', type, rest = ''] = /^(rtpmap|fmtp)\s*:\s*(\d{1,3})\s+(.*)$/i.exec(value) ?? []
      const list = name.toLowerCase() === 'rtpmap' ? current.rtpmap : current.fmtp
      if (type !== undefined && !list.has(Number(type))) list.set(Number(type), rest.trim())
    }
  }
  return { media, ...(control !== undefined && { control }) }
}

function encodingOf(media: Media, payloadType: number): { readonly name: string; readonly clockRate: number; readonly channels: number } {
  const [name = '', rate = '', channels = '1'] = (media.rtpmap.get(payloadType) ?? fixedTypes.get(payloadType) ?? '').split('/').map((part) => part.trim())
  return { name: name.toUpperCase(), clockRate: Number(rate) || 0, channels: Math.min(8, Number(channels) || 1) }
}

/** The first payload type of a media line that we can take. */
function trackOf(media: Media, locate: (control: string | undefined) => string): Track | undefined {
  for (const payloadType of media.payloadTypes) {
    const { name, clockRate, channels } = encodingOf(media, payloadType)
    const fmtp = parseFmtp(media.fmtp.get(payloadType) ?? '')
    const control = locate(media.control)
    if (media.kind === 'video' && !otherVideo.has(name)) {
      const codec = videoCodecs.get(name) ?? (name === '' ? codecOf(fmtp) : undefined)
      return { kind: 'video', ...(codec && { codec }), payloadType, control, parameterSets: codec ? parameterSetsOf(fmtp) : [] }
    }
    const format = media.kind === 'audio' ? formatOf(name, fmtp, clockRate, channels) : undefined
    if (format) return { kind: 'audio', format, payloadType, control }
  }
  return undefined
}

/** Interop: cameras that forget `rtpmap` name the codec by its parameters all the same. */
const codecOf = (fmtp: Fmtp): VideoCodec | undefined => (fmtp.has('sprop-parameter-sets') ? 'h264' : fmtp.has('sprop-sps') ? 'h265' : undefined)

function formatOf(name: string, fmtp: Fmtp, clockRate: number, channels: number): AudioFormat | undefined {
  switch (name) {
    case 'PCMA':
    case 'PCMU':
      return { codec: name === 'PCMA' ? 'pcma' : 'pcmu', clockRate: clockRate || 8000, channels }
    case 'MPEG4-GENERIC':
      return clockRate > 0 ? genericAac(fmtp, clockRate, channels) : undefined
    case 'MP4A-LATM':
      return clockRate > 0 ? latmAac(fmtp, clockRate, channels) : undefined
    default:
      return undefined
  }
}
