// What a faulty channel sends: its clip with keyframes missing or broken, thinned out, in bursts, or in a container of a vendor's own. Pure.
import { splitAnnexB } from '../../media/index.ts'
import type { StreamFault } from '../types.ts'
import type { Clip } from './clips.ts'

export function spoilt(clip: Clip, fault: StreamFault): Clip {
  switch (fault) {
    case 'wrong-container':
      return { ...clip, isVendor: true }
    case 'no-keyframe':
      return { ...clip, units: clip.units.filter(({ isKeyframe }) => !isKeyframe) }
    case 'undecodable':
      return { ...clip, units: clip.units.map((unit) => (unit.isKeyframe ? { ...unit, bytes: garbled(unit.bytes, clip.codec) } : unit)) }
    case 'rare-keyframes':
      return { ...clip, units: clip.units.filter(({ isKeyframe }, index) => index === 0 || !isKeyframe) }
    case 'half-rate':
      return { ...clip, fps: clip.fps / 2, units: clip.units.filter(({ isKeyframe }, index) => isKeyframe || index % 2 === 0) }
    case 'bursts':
      return { ...clip, burst: Math.round(clip.fps / 2) }
    default:
      return clip
  }
}

const startCode = Buffer.from([0, 0, 0, 1])

/** Parameter sets and the type of each slice as they were, nothing in the slices that could be decoded. */
function garbled(bytes: Buffer, codec: Clip['codec']): Buffer {
  const header = codec === 'h264' ? 1 : 2
  const isSlice = (nal: Buffer): boolean => (codec === 'h264' ? ((nal[0] ?? 0) & 31) <= 5 : (((nal[0] ?? 0) >> 1) & 63) < 32)
  return Buffer.concat(splitAnnexB(bytes).flatMap((nal) => [startCode, isSlice(nal) ? Buffer.concat([nal.subarray(0, header), Buffer.alloc(Math.max(0, nal.length - header), 0xa7)]) : nal]))
}

/** What one platform sends as PS: its own header before each picture, and no pack start code anywhere. */
export const vendorPack = (bytes: Buffer): Buffer => Buffer.concat([Buffer.from([0x01, 0x00, 0x00, 0x00, 0x02, 0xe2, 0x42, 0x00]), bytes.map((byte) => byte ^ 0x5a)])
