// Elementary streams in RTP: payloads in order to NAL units, single, aggregated or fragmented. RFC 6184 5.6 to 5.8 (H.264);
// RFC 7798 4.4 (H.265, without DONL: sprop-max-don-diff is 0); GB/T 28181-2022 Annex C.2.
import type { VideoCodec } from '../types.ts'
import { splitAnnexB, startsNalUnit } from './annexb.ts'

/** A NAL unit as it came. Empty and damaged: some were lost after the one before. */
export interface NalPiece {
  readonly nal: Buffer
  readonly isDamaged: boolean
}

export interface Depacketizer {
  /** One payload, in order. */
  readonly push: (payload: Buffer) => readonly NalPiece[]
  /** Payloads are missing here: what was begun is dropped, and said to be damaged. */
  readonly gap: () => readonly NalPiece[]
}

/** A NAL unit that grows beyond this is dropped: 4K keyframes exceed 1 MB (Q104). */
const maxNalBytes = 8 * 1024 * 1024
const lost: readonly NalPiece[] = [{ nal: Buffer.alloc(0), isDamaged: true }]
const nothing: readonly NalPiece[] = []

/** Without trailing zeros: they belong to the byte stream, though some packetizers carry them along. H.264 B.1.1. */
function whole(nal: Buffer): NalPiece {
  let end = nal.length
  while (end > 0 && nal[end - 1] === 0) end--
  return { nal: nal.subarray(0, end), isDamaged: false }
}

/** What a payload is, by its first bytes. `nal`: a NAL unit as it stands; `units`: several behind two-byte lengths; `fragment`: a part of one. */
type Shape =
  | { readonly kind: 'nal' }
  | { readonly kind: 'units'; readonly at: number }
  | { readonly kind: 'fragment'; readonly header: Buffer; readonly at: number; readonly isFirst: boolean; readonly isLast: boolean }
  /** MTAP, PACI, or a reserved type: no camera is known to send it. */
  | { readonly kind: 'unknown' }

// indicator: F 1 | NRI 2 | type 5.   FU header: start 1 | end 1 | 0 | type 5.   STAP-B and FU-B carry a 16-bit decoding order number.
function h264Shape(payload: Buffer): Shape {
  const first = payload[0] ?? 0
  const type = first & 0x1f
  if (type >= 1 && type <= 23) return { kind: 'nal' }
  if (type === 24 || type === 25) return { kind: 'units', at: type === 24 ? 1 : 3 }
  if (type !== 28 && type !== 29) return { kind: 'unknown' }
  const fu = payload[1] ?? 0
  return { kind: 'fragment', header: Buffer.from([(first & 0xe0) | (fu & 0x1f)]), at: type === 28 ? 2 : 4, isFirst: (fu & 0x80) !== 0, isLast: (fu & 0x40) !== 0 }
}

// F 1 | type 6 | layer 6 | temporal id + 1, 3.   FU header: start 1 | end 1 | type 6
function h265Shape(payload: Buffer): Shape {
  const [first = 0, second = 0, fu = 0] = payload
  const type = (first >> 1) & 0x3f
  if (type < 48) return { kind: 'nal' }
  if (type === 48) return { kind: 'units', at: 2 }
  if (type !== 49) return { kind: 'unknown' }
  return { kind: 'fragment', header: Buffer.from([(first & 0x81) | ((fu & 0x3f) << 1), second]), at: 3, isFirst: (fu & 0x80) !== 0, isLast: (fu & 0x40) !== 0 }
}

export function createDepacketizer(codec: VideoCodec): Depacketizer {
  const shapeOf = codec === 'h264' ? h264Shape : h265Shape
  let parts: Buffer[] | undefined
  let size = 0

  const drop = (): readonly NalPiece[] => {
    parts = undefined
    return lost
  }
  const join = (payload: Buffer, shape: Extract<Shape, { kind: 'fragment' }>): readonly NalPiece[] => {
    const broken = shape.isFirst && parts ? drop() : nothing
    if (shape.isFirst) {
      parts = [shape.header]
      size = shape.header.length
    }
    if (!parts) return lost
    // Copied: a fragment must not keep its datagram, or a whole TCP chunk, alive.
    parts.push(Buffer.from(payload.subarray(shape.at)))
    size += payload.length - shape.at
    if (size > maxNalBytes) return drop()
    if (!shape.isLast) return broken
    const nal = whole(Buffer.concat(parts, size))
    parts = undefined
    return broken === nothing ? [nal] : [...broken, nal]
  }
  return {
    push: (payload) => {
      if (payload.length < 2) return nothing
      // Interop: a NAL unit that kept its start code, or a whole Annex B frame in one payload (Q96).
      if (startsNalUnit(payload)) return splitAnnexB(Buffer.from(payload)).map(whole)
      const shape = shapeOf(payload)
      if (shape.kind === 'fragment') return payload.length > shape.at ? join(payload, shape) : nothing
      const broken = parts ? drop() : nothing
      const units = shape.kind === 'nal' ? [whole(Buffer.from(payload))] : shape.kind === 'units' ? split(payload, shape.at) : nothing
      return broken === nothing ? units : [...broken, ...units]
    },
    gap: () => drop(),
  }
}

/** NAL units behind two-byte lengths; one that is cut short is lost. */
function split(payload: Buffer, from: number): readonly NalPiece[] {
  const units: NalPiece[] = []
  for (let at = from; at + 2 <= payload.length; ) {
    const end = at + 2 + payload.readUInt16BE(at)
    if (end > payload.length) return [...units, ...lost]
    if (end > at + 2) units.push(whole(Buffer.from(payload.subarray(at + 2, end))))
    at = end
  }
  return units
}
