// H.264: NAL unit types, keyframe test, picture size from the sequence parameter set. ITU-T H.264 (2021) 7.3.1, 7.3.2.1.1, 7.4.1.2.3.
import { ParseError } from '../../base/index.ts'
import { bitReader, unescape, type BitReader } from './bits.ts'
import type { NalRole } from './annexb.ts'

export const h264 = { slice: 1, partitionA: 2, idr: 5, sei: 6, sps: 7, pps: 8, delimiter: 9 } as const

// forbidden zero 1 | nal_ref_idc 2 | nal_unit_type 5
export const h264Type = (nal: Buffer): number => (nal[0] ?? 0) & 0x1f

/** A picture that decoding can begin with: an IDR slice. */
export const isH264Keyframe = (nalUnits: readonly Buffer[]): boolean => nalUnits.some((nal) => h264Type(nal) === h264.idr)

export function h264Role(nal: Buffer): NalRole {
  const type = h264Type(nal)
  // first_mb_in_slice is the first code of a slice header: 0 is the single bit 1
  if (type === h264.slice || type === h264.partitionA || type === h264.idr) return (nal[1] ?? 0) & 0x80 ? 'first-slice' : 'slice'
  if ((type >= h264.sei && type <= h264.delimiter) || (type >= 15 && type <= 18)) return 'before'
  return 'beside'
}

export interface H264Sps {
  readonly profileIdc: number
  readonly constraints: number
  readonly levelIdc: number
  readonly chromaFormatIdc: number
  readonly bitDepthLuma: number
  readonly bitDepthChroma: number
  /** False where two fields may make one frame. */
  readonly isFramesOnly: boolean
  readonly width: number
  readonly height: number
  /** Pictures a second by the VUI's timing, where it has one that can be. */
  readonly declaredFps?: number
}

/** Profiles whose parameter set names the chroma format. 7.3.2.1.1 */
const highProfiles: ReadonlySet<number> = new Set([100, 110, 122, 244, 44, 83, 86, 118, 128, 138, 139, 134, 135])
/** Level 6.2 ends near 16,880 luma samples a side. Table A-1. */
export const maxSide = 16_888

/** Reads a sequence parameter set up to the VUI's timing; a VUI that breaks off says nothing. Throws ParseError `h26x.malformed`. */
export function parseH264Sps(nal: Buffer): H264Sps {
  if (nal.length < 5 || h264Type(nal) !== h264.sps) throw new ParseError('h26x.malformed', 'H.264: no sequence parameter set')
  const bytes = unescape(nal)
  const read = bitReader(bytes, 8)
  const profileIdc = read.bits(8)
  const constraints = read.bits(8)
  const levelIdc = read.bits(8)
  read.ue() // seq_parameter_set_id
  const format = highProfiles.has(profileIdc) ? readFormat(read) : { chromaFormatIdc: 1, bitDepthLuma: 8, bitDepthChroma: 8 }
  read.ue() // log2_max_frame_num_minus4
  skipOrderCount(read)
  read.ue() // max_num_ref_frames
  read.flag() // gaps_in_frame_num_value_allowed_flag
  const widthMbs = read.ue() + 1
  const heightMaps = read.ue() + 1
  const isFramesOnly = read.flag()
  if (!isFramesOnly) read.flag() // mb_adaptive_frame_field_flag
  read.flag() // direct_8x8_inference_flag
  const fields = isFramesOnly ? 1 : 2
  const cropX = format.chromaFormatIdc === 1 || format.chromaFormatIdc === 2 ? 2 : 1
  const cropY = (format.chromaFormatIdc === 1 ? 2 : 1) * fields
  const crop = read.flag() ? { left: read.ue(), right: read.ue(), top: read.ue(), bottom: read.ue() } : { left: 0, right: 0, top: 0, bottom: 0 }
  const width = widthMbs * 16 - (crop.left + crop.right) * cropX
  const height = heightMaps * 16 * fields - (crop.top + crop.bottom) * cropY
  if (width < 1 || height < 1 || width > maxSide || height > maxSide) throw new ParseError('h26x.malformed', `H.264: picture of ${width}x${height}`)
  const declaredFps = readTiming(read)
  return { profileIdc, constraints, levelIdc, ...format, isFramesOnly, width, height, ...(declaredFps !== undefined && { declaredFps }) }
}

/** Extended_SAR: width and height of a sample follow. Table E-1. */
const extendedSar = 255
/** Ours: beyond this a VUI is taken for wrong. */
const maxFps = 240

/** The VUI up to time_scale; two fields, and so two ticks, make a picture. H.264 E.1.1, E.2.1. */
function readTiming(read: BitReader): number | undefined {
  try {
    if (!read.flag()) return undefined // vui_parameters_present_flag
    if (read.flag() && read.bits(8) === extendedSar) read.skip(32)
    if (read.flag()) read.flag() // overscan
    if (read.flag()) {
      read.skip(4) // video_format, video_full_range_flag
      if (read.flag()) read.skip(24) // colour primaries, transfer, matrix
    }
    if (read.flag()) {
      read.ue() // chroma sample location of each field
      read.ue()
    }
    if (!read.flag()) return undefined // timing_info_present_flag
    const ticks = read.bits(32)
    const scale = read.bits(32)
    const fps = Math.round((scale / ticks / 2) * 1000) / 1000
    return ticks > 0 && fps > 0 && fps <= maxFps ? fps : undefined
  } catch (error) {
    if (error instanceof ParseError) return undefined
    throw error
  }
}

function readFormat(read: BitReader): Pick<H264Sps, 'chromaFormatIdc' | 'bitDepthLuma' | 'bitDepthChroma'> {
  const chromaFormatIdc = read.ue()
  if (chromaFormatIdc > 3) throw new ParseError('h26x.malformed', `H.264: chroma format ${chromaFormatIdc}`)
  if (chromaFormatIdc === 3) read.flag() // separate_colour_plane_flag
  const bitDepthLuma = read.ue() + 8
  const bitDepthChroma = read.ue() + 8
  if (bitDepthLuma > 14 || bitDepthChroma > 14) throw new ParseError('h26x.malformed', `H.264: ${bitDepthLuma} and ${bitDepthChroma} bits`)
  read.flag() // qpprime_y_zero_transform_bypass_flag
  if (read.flag()) {
    for (let list = 0; list < (chromaFormatIdc === 3 ? 12 : 8); list++) if (read.flag()) skipScalingList(read, list < 6 ? 16 : 64)
  }
  return { chromaFormatIdc, bitDepthLuma, bitDepthChroma }
}

/** 7.3.2.1.1.1: a next scale of 0 ends the list. */
function skipScalingList(read: BitReader, size: number): void {
  let next = 8
  for (let i = 0, last = 8; i < size && next !== 0; i++) {
    next = (last + read.se() + 256) % 256
    if (next !== 0) last = next
  }
}

function skipOrderCount(read: BitReader): void {
  const type = read.ue()
  if (type === 0) read.ue()
  else if (type === 1) {
    read.flag()
    read.se()
    read.se()
    const cycle = read.ue()
    if (cycle > 255) throw new ParseError('h26x.malformed', `H.264: ${cycle} reference frames in an order count cycle`)
    for (let i = 0; i < cycle; i++) read.se()
  }
}
