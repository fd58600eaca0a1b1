// Decoder configuration records: avcC (ISO/IEC 14496-15 5.3.3.1) and hvcC (8.3.3.1), lengths of four bytes.
import { parseH264Sps } from '../h26x/h264.ts'
import { h265Type, parseH265Sps } from '../h26x/h265.ts'
import type { ParameterSets } from '../types.ts'

const withLength = (nal: Buffer): Buffer[] => [u16(nal.length), nal]
function u16(value: number): Buffer {
  const bytes = Buffer.allocUnsafe(2)
  bytes.writeUInt16BE(value, 0)
  return bytes
}

// version 1 | profile, constraints, level (from the SPS) | 111111, length size - 1 | 111, SPS count 5 | SPS | PPS count 8 | PPS
// | for the high profiles: 111111 chroma 2 | 11111 luma bits - 8, 3 | 11111 chroma bits - 8, 3 | SPS extensions 8
export function avcConfiguration({ sps, pps }: ParameterSets): Buffer {
  const { profileIdc, constraints, levelIdc, chromaFormatIdc, bitDepthLuma, bitDepthChroma } = parseH264Sps(sps)
  const parts = [Buffer.from([1, profileIdc, constraints, levelIdc, 0xff, 0xe1]), ...withLength(sps), Buffer.from([1]), ...withLength(pps)]
  if ([100, 110, 122, 144].includes(profileIdc)) parts.push(Buffer.from([0xfc | chromaFormatIdc, 0xf8 | (bitDepthLuma - 8), 0xf8 | (bitDepthChroma - 8), 0]))
  return Buffer.concat(parts)
}

// version 1 | profile, tier, level of the SPS, 12 bytes | 1111 min_spatial_segmentation 12 | 111111 parallelism 2 | 111111 chroma 2
// | 11111 luma bits - 8, 3 | 11111 chroma bits - 8, 3 | average frame rate 16 | constant rate 2, temporal layers 3, nested 1, length size - 1
// | arrays 8 | per array: complete 1, 0, type 6 | count 16 | length 16, NAL unit
export function hevcConfiguration({ vps, sps, pps }: ParameterSets): Buffer {
  const { profileTierLevel, chromaFormatIdc, bitDepthLuma, bitDepthChroma, temporalLayers, isTemporalNested } = parseH265Sps(sps)
  const sets = vps ? [vps, sps, pps] : [sps, pps]
  return Buffer.concat([
    Buffer.from([1]),
    profileTierLevel,
    Buffer.from([0xf0, 0, 0xfc, 0xfc | chromaFormatIdc, 0xf8 | (bitDepthLuma - 8), 0xf8 | (bitDepthChroma - 8), 0, 0]),
    Buffer.from([(temporalLayers << 3) | (isTemporalNested ? 4 : 0) | 3, sets.length]),
    ...sets.flatMap((nal) => [Buffer.from([0x80 | h265Type(nal), 0, 1]), ...withLength(nal)]),
  ])
}
