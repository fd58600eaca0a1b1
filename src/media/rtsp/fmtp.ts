// Format parameters of the payloads we take: parameter sets of H.264 and H.265, and how AAC is packed. RFC 6184 8.1; RFC 7798 7.1; RFC 3640 4.1; RFC 6416 7.3.
import { splitAnnexB, startsNalUnit } from '../h26x/annexb.ts'
import type { AudioFormat } from './track.ts'

export type Fmtp = ReadonlyMap<string, string>

/** Ours: no camera's parameter set comes near it. */
const maxSetBytes = 4096
const maxSets = 16

/** `name=value` between semicolons, names in lower case. The first of a name wins. */
export function parseFmtp(text: string): Fmtp {
  const found = new Map<string, string>()
  for (const part of text.split(';')) {
    const equals = part.indexOf('=')
    const name = part.slice(0, equals === -1 ? undefined : equals).trim().toLowerCase()
    if (name !== '' && !found.has(name)) found.set(name, equals === -1 ? '' : part.slice(equals + 1).trim().replace(/^"(.*)"$/, '$1'))
  }
  return found
}

/** Parameter sets in the order vps, sps, pps; what is no NAL unit is left out. */
export function parameterSetsOf(fmtp: Fmtp): readonly Buffer[] {
  const texts = ['sprop-vps', 'sprop-sps', 'sprop-pps', 'sprop-parameter-sets'].flatMap((name) => fmtp.get(name)?.split(',') ?? [])
  return texts.slice(0, maxSets).flatMap((text) => {
    const bytes = Buffer.from(text, 'base64')
    // Interop: a set that kept its start code.
    const nals = startsNalUnit(bytes) ? splitAnnexB(bytes) : [bytes]
    return nals.filter((nal) => nal.length > 2 && nal.length <= maxSetBytes)
  })
}

/** AAC in mpeg4-generic. Undefined for another mode of it (CELP), which no camera has. */
export function genericAac(fmtp: Fmtp, clockRate: number, channels: number): AudioFormat | undefined {
  const mode = (fmtp.get('mode') ?? 'AAC-hbr').toLowerCase()
  if (!mode.startsWith('aac') && mode !== 'generic') return undefined
  const preset = mode === 'aac-lbr' ? { size: 6, index: 2 } : { size: 13, index: 3 }
  const isBare = !fmtp.has('sizelength') && !fmtp.has('constantsize')
  const bits = (name: string, otherwise = 0): number => Math.min(32, whole(fmtp.get(name)) ?? otherwise)
  return {
    codec: 'aac',
    clockRate,
    channels,
    config: configOf(fmtp.get('config')) ?? plainConfig(clockRate, channels),
    payload: {
      kind: 'generic',
      headers: {
        sizeLength: bits('sizelength', isBare ? preset.size : 0),
        indexLength: bits('indexlength', isBare ? preset.index : 0),
        indexDeltaLength: bits('indexdeltalength', isBare ? preset.index : 0),
        ctsDeltaLength: bits('ctsdeltalength'),
        dtsDeltaLength: bits('dtsdeltalength'),
        hasRandomAccess: whole(fmtp.get('randomaccessindication')) === 1,
        streamStateLength: bits('streamstateindication'),
        auxiliarySizeLength: bits('auxiliarydatasizelength'),
        constantSize: Math.min(0xffff, whole(fmtp.get('constantsize')) ?? 0),
      },
    },
  }
}

/** AAC in MP4A-LATM with the StreamMuxConfig out of band (cpresent=0), one program of one layer: what cameras send. */
export function latmAac(fmtp: Fmtp, clockRate: number, channels: number): AudioFormat | undefined {
  const mux = hex(fmtp.get('config'))
  if (fmtp.get('cpresent') !== '0' || !mux || mux.length < 4) return undefined
  // audioMuxVersion 1 | allStreamsSameTimeFraming 1 | numSubFrames 6 | numProgram 4 | numLayer 3 | AudioSpecificConfig
  if (((mux[0] ?? 0) & 0xc0) !== 0x40 || ((mux[0] ?? 0) & 0x3f) !== 0 || ((mux[1] ?? 0) & 0xfe) !== 0) return undefined
  const shifted = Buffer.from(Array.from({ length: mux.length - 2 }, (_, i) => (((mux[i + 1] ?? 0) << 7) | ((mux[i + 2] ?? 0) >> 1)) & 0xff))
  // Two bytes tell object type, rate and channels of plain AAC; what follows is the mux's own.
  return { codec: 'aac', clockRate, channels, config: shifted.subarray(0, 2), payload: { kind: 'latm' } }
}

const rates = [96_000, 88_200, 64_000, 48_000, 44_100, 32_000, 24_000, 22_050, 16_000, 12_000, 11_025, 8_000, 7_350]

/** AudioSpecificConfig of AAC-LC where the description has none: object type 5 | frequency index 4 | channels 4 | 0. */
function plainConfig(clockRate: number, channels: number): Buffer {
  const index = Math.max(0, rates.indexOf(clockRate))
  return Buffer.from([(2 << 3) | (index >> 1), ((index & 1) << 7) | ((channels & 0x0f) << 3)])
}

const configOf = (text: string | undefined): Buffer | undefined => {
  const bytes = hex(text)
  return bytes && bytes.length >= 2 && bytes.length <= 64 ? bytes : undefined
}
const hex = (text: string | undefined): Buffer | undefined => (text !== undefined && /^(?:[0-9a-f]{2})+$/i.test(text) ? Buffer.from(text, 'hex') : undefined)
const whole = (text: string | undefined): number | undefined => (text !== undefined && /^\d{1,6}$/.test(text) ? Number(text) : undefined)
