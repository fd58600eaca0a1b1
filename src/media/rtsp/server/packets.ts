// RTP packets of one picture or piece of sound, laid out once for all viewers as they go over an interleaved connection; each viewer stamps a copy
// with what is its own. RFC 3550 5.1; RFC 2326 10.12.
import { rtpHeaderBytes } from '../../rtp/packet.ts'

/** One payload in the pieces that it is made of. */
export interface Payload {
  readonly parts: readonly Buffer[]
  readonly hasMarker: boolean
  /** Of the track's clock, after the first payload's time. */
  readonly ticks: number
}

export interface Packets {
  /** Packet after packet, each behind its `$` header; channel, sequence and SSRC are 0, the time is that of the payload. Shared: never altered. */
  readonly bytes: Buffer
  /** Where each `$` header begins. */
  readonly starts: readonly number[]
}

/** What is a viewer's own. */
export interface Stamp {
  readonly channel: number
  /** Of the first packet. */
  readonly sequence: number
  /** Of payloads at 0 ticks. */
  readonly timestamp: number
  readonly ssrc: number
}

export const frameHeaderBytes = 4
/** Ours: with UDP and IP headers below the 1500 bytes of an Ethernet, with room for a tunnel's. */
export const maxPayloadBytes = 1388

// $ 8 | channel 8 | length 16 | V=2 | marker, type 8 | sequence 16 | timestamp 32 | SSRC 32 | payload
export function layOut(payloads: readonly Payload[], payloadType: number): Packets {
  const sizes = payloads.map(({ parts }) => parts.reduce((sum, part) => sum + part.length, rtpHeaderBytes))
  const bytes = Buffer.alloc(sizes.reduce((sum, size) => sum + frameHeaderBytes + size, 0))
  const starts: number[] = []
  let at = 0
  for (const [index, { parts, hasMarker, ticks }] of payloads.entries()) {
    starts.push(at)
    bytes.writeUInt8(0x24, at)
    bytes.writeUInt16BE(sizes[index] ?? 0, at + 2)
    bytes.writeUInt8(0x80, at + 4)
    bytes.writeUInt8((hasMarker ? 0x80 : 0) | payloadType, at + 5)
    bytes.writeUInt32BE(ticks >>> 0, at + 8)
    at += frameHeaderBytes + rtpHeaderBytes
    for (const part of parts) at += part.copy(bytes, at)
  }
  return { bytes, starts }
}

/** A copy with a viewer's own numbers, in memory of `allocate`. */
export function stamped({ bytes, starts }: Packets, { channel, sequence, timestamp, ssrc }: Stamp, allocate: (bytes: number) => Buffer = Buffer.allocUnsafe): Buffer {
  const copy = allocate(bytes.length)
  bytes.copy(copy)
  for (const [index, at] of starts.entries()) {
    copy.writeUInt8(channel, at + 1)
    copy.writeUInt16BE((sequence + index) & 0xffff, at + 6)
    copy.writeUInt32BE((timestamp + copy.readUInt32BE(at + 8)) % 0x1_0000_0000, at + 8)
    copy.writeUInt32BE(ssrc, at + 12)
  }
  return copy
}
