// H.265: NAL unit types, keyframe test, picture size from the sequence parameter set. ITU-T H.265 (2021) 7.3.1.2, 7.3.2.2, 7.3.3, 7.4.2.4.4.
import { ParseError } from '../../base/index.ts'
import { bitReader, unescape } from './bits.ts'
import { maxSide } from './h264.ts'
import type { NalRole } from './annexb.ts'

export const h265 = { blaWLp: 16, cra: 21, vps: 32, sps: 33, pps: 34, delimiter: 35, prefixSei: 39 } as const

// forbidden zero 1 | nal_unit_type 6 | nuh_layer_id 6 | nuh_temporal_id_plus1 3
export const h265Type = (nal: Buffer): number => ((nal[0] ?? 0) >> 1) & 0x3f

/** A picture that decoding can begin with: BLA, IDR or CRA. */
export const isH265Keyframe = (nalUnits: readonly Buffer[]): boolean =>
  nalUnits.some((nal) => {
    const type = h265Type(nal)
    return type >= h265.blaWLp && type <= h265.cra
  })

export function h265Role(nal: Buffer): NalRole {
  const type = h265Type(nal)
  if (type < 32) return (nal[2] ?? 0) & 0x80 ? 'first-slice' : 'slice' // first_slice_segment_in_pic_flag
  if ((type >= h265.vps && type <= h265.delimiter) || type === h265.prefixSei || (type >= 41 && type <= 44) || (type >= 48 && type <= 55)) return 'before'
  return 'beside'
}

export interface H265Sps {
  /** general_profile_space to general_level_idc, 12 bytes as they stand in the configuration record too. */
  readonly profileTierLevel: Buffer
  readonly temporalLayers: number
  readonly isTemporalNested: boolean
  readonly chromaFormatIdc: number
  readonly bitDepthLuma: number
  readonly bitDepthChroma: number
  readonly width: number
  readonly height: number
}

const profileTierLevelBytes = 12

/** Reads a sequence parameter set up to the bit depths; VUI and all behind it is ignored. Throws ParseError `h26x.malformed`. */
export function parseH265Sps(nal: Buffer): H265Sps {
  const bytes = unescape(nal)
  if (bytes.length < 3 + profileTierLevelBytes || h265Type(nal) !== h265.sps) throw new ParseError('h26x.malformed', 'H.265: no sequence parameter set')
  const read = bitReader(bytes, 16)
  read.skip(4) // sps_video_parameter_set_id
  const subLayers = read.bits(3)
  if (subLayers > 6) throw new ParseError('h26x.malformed', `H.265: ${subLayers + 1} temporal layers`)
  const isTemporalNested = read.flag()
  read.skip(profileTierLevelBytes * 8)
  skipSubLayers(read, subLayers)
  read.ue() // sps_seq_parameter_set_id
  const chromaFormatIdc = read.ue()
  if (chromaFormatIdc > 3) throw new ParseError('h26x.malformed', `H.265: chroma format ${chromaFormatIdc}`)
  if (chromaFormatIdc === 3) read.flag() // separate_colour_plane_flag
  const codedWidth = read.ue()
  const codedHeight = read.ue()
  const cropX = chromaFormatIdc === 1 || chromaFormatIdc === 2 ? 2 : 1
  const cropY = chromaFormatIdc === 1 ? 2 : 1
  const crop = read.flag() ? { left: read.ue(), right: read.ue(), top: read.ue(), bottom: read.ue() } : { left: 0, right: 0, top: 0, bottom: 0 }
  const width = codedWidth - (crop.left + crop.right) * cropX
  const height = codedHeight - (crop.top + crop.bottom) * cropY
  if (width < 1 || height < 1 || width > maxSide || height > maxSide) throw new ParseError('h26x.malformed', `H.265: picture of ${width}x${height}`)
  const bitDepthLuma = read.ue() + 8
  const bitDepthChroma = read.ue() + 8
  if (bitDepthLuma > 16 || bitDepthChroma > 16) throw new ParseError('h26x.malformed', `H.265: ${bitDepthLuma} and ${bitDepthChroma} bits`)
  return { profileTierLevel: bytes.subarray(3, 3 + profileTierLevelBytes), temporalLayers: subLayers + 1, isTemporalNested, chromaFormatIdc, bitDepthLuma, bitDepthChroma, width, height }
}

/** 7.3.3: two presence flags per lower layer, padded to eight pairs, then 88 bits of profile and 8 of level where present. */
function skipSubLayers(read: ReturnType<typeof bitReader>, subLayers: number): void {
  const sizes: number[] = []
  for (let i = 0; i < subLayers; i++) sizes.push((read.flag() ? 88 : 0) + (read.flag() ? 8 : 0))
  if (subLayers > 0) read.skip((8 - subLayers) * 2)
  for (const size of sizes) read.skip(size)
}
