// The `f=` line: what is wanted or given, in codes. GB/T 28181-2022 Annex G: f= v/codec/resolution/fps/bitrateType/kbps a/codec/bitrate/samplerate.
import { ParseError } from '../../base/index.ts'

/** A code that the tables below do not know is kept: `code:16`. */
export type UnknownCode = `code:${string}`

export interface MediaFormat {
  readonly video: {
    readonly codec?: 'mpeg4' | 'h264' | 'svac' | '3gp' | 'h265' | UnknownCode
    /** A name of the standard, or `1920x1080`. */
    readonly resolution?: string
    readonly fps?: number
    readonly bitRateType?: 'cbr' | 'vbr' | UnknownCode
    /** 0 to 100,000. */
    readonly kbps?: number
  }
  readonly audio: {
    readonly codec?: 'g711' | 'g723.1' | 'g729' | 'g722.1' | 'svac' | 'aac' | UnknownCode
    readonly kbps?: number | UnknownCode
    readonly kHz?: number | UnknownCode
  }
}

/** Tables from code 1 on. Trap: the record's encoding (编码格式) numbers H.265 as 4; here 4 is 3GP and 5 is H.265. */
const videoCodecs = ['mpeg4', 'h264', 'svac', '3gp', 'h265'] as const
const resolutions = ['QCIF', 'CIF', '4CIF', 'D1', '720P', '1080P'] as const
const bitRateTypes = ['cbr', 'vbr'] as const
const audioCodecs = ['g711', 'g723.1', 'g729', 'g722.1', 'svac', 'aac'] as const
const audioKbps = [5.3, 6.3, 8, 16, 24, 32, 48, 64, 12, 80, 96, 112, 128, 160, 192] as const
const sampleKHz = new Map<string, number>([[1, 8], [2, 14], [3, 16], [4, 32], [5, 7], [6, 11], [7, 12], [8, 22], [9, 24], [10, 44], [11, 48], [17, 38.4]].map(([code, kHz]) => [String(code), kHz ?? 0]))

const maxLength = 200
const maxKbps = 100_000

/** Reads the value of `f=`. Empty, and with every field empty, it says nothing. Throws ParseError `sdp.malformed`. */
export function parseMediaFormat(text: string): MediaFormat {
  const value = text.trim()
  if (value.length > maxLength) throw malformed('too long')
  if (value === '') return { video: {}, audio: {} }
  // The audio part follows the video part with a blank or without one.
  const [, v = '', a = ''] = /^(?:v((?:\/[^/\s]*?){0,5}))?\s*(?:a((?:\/[^/\s]*){0,3}))?$/i.exec(value) ?? throwMalformed(value)
  const [, codec = '', resolution = '', fps = '', bitRateType = '', kbps = ''] = v.split('/')
  const [, audioCodec = '', bitRate = '', sampleRate = ''] = a.split('/')
  return {
    video: {
      ...(codec && { codec: videoCodecs[index(codec)] ?? unknown(codec) }),
      ...(resolution && { resolution: resolutions[index(resolution)] ?? size(resolution) }),
      ...(fps && { fps: count(fps, 1000) }),
      ...(bitRateType && { bitRateType: bitRateTypes[index(bitRateType)] ?? unknown(bitRateType) }),
      ...(kbps && { kbps: count(kbps, maxKbps) }),
    },
    audio: {
      ...(audioCodec && { codec: audioCodecs[index(audioCodec)] ?? unknown(audioCodec) }),
      ...(bitRate && { kbps: audioKbps[index(bitRate)] ?? unknown(bitRate) }),
      ...(sampleRate && { kHz: sampleKHz.get(sampleRate) ?? unknown(sampleRate) }),
    },
  }
}

/** All slashes are kept: a format that says nothing is `v/////a///`. */
export function writeMediaFormat({ video, audio }: MediaFormat): string {
  const kHz = typeof audio.kHz === 'number' ? [...sampleKHz].find(([, value]) => value === audio.kHz)?.[0] : audio.kHz
  const v = [code(videoCodecs, video.codec), code(resolutions, video.resolution), video.fps ?? '', code(bitRateTypes, video.bitRateType), video.kbps ?? '']
  const a = [code(audioCodecs, audio.codec), code(audioKbps, audio.kbps), plain(kHz)]
  return `v/${v.join('/')}a/${a.join('/')}`
}

const index = (text: string): number => (/^[1-9]\d?$/.test(text) ? Number(text) - 1 : -1)
const plain = (text: string | undefined): string => (text ?? '').replace(/^code:/, '')
const code = (table: readonly (string | number)[], value: string | number | undefined): string => {
  if (value === undefined) return ''
  const at = table.indexOf(value)
  return at >= 0 ? String(at + 1) : plain(String(value))
}

function unknown(text: string): UnknownCode {
  if (!/^\w{1,8}$/.test(text)) throw malformed(`code ${text.slice(0, 20)}`)
  return `code:${text}`
}
function size(text: string): string {
  if (!/^\d{1,5}x\d{1,5}$/i.test(text)) return unknown(text)
  return text.toLowerCase()
}
function count(text: string, limit: number): number {
  if (!/^\d{1,6}$/.test(text) || Number(text) > limit) throw malformed(`number ${text.slice(0, 20)}`)
  return Number(text)
}
const malformed = (what: string): ParseError => new ParseError('sdp.malformed', `not an f= line: ${what}`)
const throwMalformed = (text: string): never => {
  throw malformed(text.slice(0, 40))
}
