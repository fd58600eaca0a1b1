// Pictures to RTP payloads: small NAL units as they are, parameter sets together, large ones in fragments. RFC 6184 5.6, 5.7.1, 5.8 (H.264,
// packetization-mode 1); RFC 7798 4.4.1 to 4.4.3 (H.265, without DONL).
import { h264, h264Type } from '../../h26x/h264.ts'
import { h265, h265Type } from '../../h26x/h265.ts'
import type { AccessUnit, VideoCodec } from '../../types.ts'
import { layOut, maxPayloadBytes, type Packets, type Payload } from './packets.ts'

export const videoPayloadType = 96
export const videoClock = 90_000

/** The packets of a unit, made once for all its viewers. A memo, no state: it goes with the unit. */
const laidOut = new WeakMap<AccessUnit, Packets>()

export function videoPackets(unit: AccessUnit): Packets {
  const known = laidOut.get(unit)
  if (known) return known
  const packets = layOut(videoPayloads(unit), videoPayloadType)
  laidOut.set(unit, packets)
  return packets
}

/** Every keyframe brings its parameter sets along: who joins there, or lost those before, can decode from it. */
export function videoPayloads(unit: AccessUnit, maxBytes = maxPayloadBytes): readonly Payload[] {
  const shape = shapes[unit.codec]
  const payloads = pack(withParameterSets(unit).filter((nal) => nal.length >= shape.headerBytes && shape.isCarried(nal)), shape, maxBytes)
  return payloads.map((parts, index) => ({ parts, hasMarker: index === payloads.length - 1, ticks: 0 }))
}

function withParameterSets({ isKeyframe, nalUnits, parameterSets }: AccessUnit): readonly Buffer[] {
  if (!isKeyframe || !parameterSets || nalUnits.some((nal) => nal.equals(parameterSets.sps))) return nalUnits
  const { vps, sps, pps } = parameterSets
  return [...(vps ? [vps] : []), sps, pps, ...nalUnits]
}

/** How a codec says what a payload holds. */
interface Shape {
  readonly headerBytes: number
  /** False for delimiters, which RTP's marker stands for, and for types that would be read as one of RTP's own. */
  readonly isCarried: (nal: Buffer) => boolean
  readonly isParameterSet: (nal: Buffer) => boolean
  readonly aggregate: (nalUnits: readonly Buffer[]) => Buffer
  /** In front of a fragment: what names it one, and what it is a fragment of. */
  readonly fragment: (nal: Buffer, isFirst: boolean, isLast: boolean) => Buffer
}

const edges = (isFirst: boolean, isLast: boolean): number => (isFirst ? 0x80 : 0) | (isLast ? 0x40 : 0)

const shapes: Readonly<Record<VideoCodec, Shape>> = {
  h264: {
    headerBytes: 1,
    isCarried: (nal) => h264Type(nal) > 0 && h264Type(nal) < 24 && h264Type(nal) !== h264.delimiter,
    isParameterSet: (nal) => h264Type(nal) === h264.sps || h264Type(nal) === h264.pps,
    // STAP-A: F 1 | the highest NRI 2 | 24
    aggregate: (nalUnits) => Buffer.from([Math.max(...nalUnits.map((nal) => (nal[0] ?? 0) & 0x60)) | 24]),
    // FU-A: F 1 | NRI 2 | 28, then start 1 | end 1 | 0 | type 5
    fragment: (nal, isFirst, isLast) => Buffer.from([((nal[0] ?? 0) & 0xe0) | 28, edges(isFirst, isLast) | h264Type(nal)]),
  },
  h265: {
    headerBytes: 2,
    isCarried: (nal) => h265Type(nal) < 48 && h265Type(nal) !== h265.delimiter,
    isParameterSet: (nal) => h265Type(nal) >= h265.vps && h265Type(nal) <= h265.pps,
    // AP: F 1 | 48 | layer 6 | temporal id + 1, 3; parameter sets are of the base layer and of temporal id 0
    aggregate: () => Buffer.from([48 << 1, 1]),
    // FU: the NAL unit's header with type 49, then start 1 | end 1 | type 6
    fragment: (nal, isFirst, isLast) => Buffer.from([((nal[0] ?? 0) & 0x81) | (49 << 1), nal[1] ?? 1, edges(isFirst, isLast) | h265Type(nal)]),
  },
}

function pack(nalUnits: readonly Buffer[], shape: Shape, maxBytes: number): readonly (readonly Buffer[])[] {
  const payloads: (readonly Buffer[])[] = []
  for (let at = 0; at < nalUnits.length; ) {
    const run = parameterSetsFrom(nalUnits, at, shape, maxBytes)
    const nal = nalUnits[at] ?? Buffer.alloc(0)
    if (run.length > 1) payloads.push([shape.aggregate(run), ...run.flatMap((each) => [lengthOf(each), each])])
    else if (nal.length <= maxBytes) payloads.push([nal])
    else payloads.push(...fragments(nal, shape, maxBytes))
    at += Math.max(1, run.length)
  }
  return payloads
}

/** Parameter sets one behind the other, as far as one packet holds them. */
function parameterSetsFrom(nalUnits: readonly Buffer[], from: number, shape: Shape, maxBytes: number): readonly Buffer[] {
  let size = shape.headerBytes
  let at = from
  for (let nal = nalUnits[at]; nal && shape.isParameterSet(nal) && size + 2 + nal.length <= maxBytes; nal = nalUnits[++at]) size += 2 + nal.length
  return nalUnits.slice(from, at)
}

/** The NAL unit's own header is not sent: the fragments' headers hold it. */
function fragments(nal: Buffer, shape: Shape, maxBytes: number): readonly (readonly Buffer[])[] {
  const each = maxBytes - shape.headerBytes - 1
  const found: (readonly Buffer[])[] = []
  for (let at = shape.headerBytes; at < nal.length; at += each) {
    found.push([shape.fragment(nal, at === shape.headerBytes, at + each >= nal.length), nal.subarray(at, at + each)])
  }
  return found
}

function lengthOf(nal: Buffer): Buffer {
  const length = Buffer.allocUnsafe(2)
  length.writeUInt16BE(nal.length)
  return length
}
