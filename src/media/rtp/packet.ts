// RTP packet: parse to views, write, cut a payload into packets; RTCP told apart. RFC 3550 5.1; RFC 5761 4.
import { ParseError } from '../../base/index.ts'

export interface RtpPacket {
  readonly payloadType: number
  readonly hasMarker: boolean
  readonly sequence: number
  readonly timestamp: number
  readonly ssrc: number
  readonly csrcs: readonly number[]
  readonly extension?: { readonly profile: number; readonly bytes: Buffer }
  /** A view of the parsed bytes, padding cut off. */
  readonly payload: Buffer
  /** Padding bytes at the end, the count byte included; 0 without padding. */
  readonly padding: number
}

/** What `writeRtp` needs; what is left out is absent from the packet. */
export interface RtpFields {
  readonly payloadType: number
  readonly hasMarker?: boolean
  readonly sequence: number
  readonly timestamp: number
  readonly ssrc: number
  readonly csrcs?: readonly number[]
  readonly extension?: { readonly profile: number; readonly bytes: Buffer }
  readonly payload: Buffer
  readonly padding?: number
}

export const rtpHeaderBytes = 12
const noCsrcs: readonly number[] = []
const nothing: Buffer = Buffer.alloc(0)

/** A packet whose fields are written anew with each that is read: for where none is held, and thousands come. It has no extension. */
export type RtpSlot = { -readonly [Key in Exclude<keyof RtpPacket, 'extension'>]: RtpPacket[Key] }

export const rtpSlot = (): RtpSlot => ({ payloadType: 0, hasMarker: false, sequence: 0, timestamp: 0, ssrc: 0, csrcs: noCsrcs, payload: nothing, padding: 0 })

//  0                   1                   2                   3
// |V=2|P|X|  CC   |M|     PT      |       sequence number         |
// |                           timestamp                           |
// |                             SSRC                              |
// |                       CSRC (CC times)                         |
// |      profile (X)              |   length in 32-bit words      |
/** Reads the packet from `from` to `end`. Throws ParseError `rtp.malformed`; the payload is a view of `bytes`. */
export function readRtp(slot: RtpSlot, bytes: Buffer, from: number, end: number): void {
  const length = end - from
  if (length < rtpHeaderBytes) throw malformed(`${length} bytes, a header has ${rtpHeaderBytes}`)
  const first = bytes.readUInt8(from)
  const second = bytes.readUInt8(from + 1)
  if (first >> 6 !== 2) throw malformed(`version ${first >> 6}`)

  const csrcCount = first & 0x0f
  let at = from + rtpHeaderBytes + csrcCount * 4
  if (at > end) throw malformed(`${csrcCount} CSRC in ${length} bytes`)
  if (first & 0x10) {
    if (at + 4 > end) throw malformed('extension header cut off')
    at += 4 + bytes.readUInt16BE(at + 2) * 4
    if (at > end) throw malformed(`extension ends at ${at - from} of ${length}`)
  }
  const padding = first & 0x20 ? bytes.readUInt8(end - 1) : 0
  if (first & 0x20 && (padding === 0 || at + padding > end)) throw malformed(`padding ${padding} in ${end - at} bytes`)

  slot.payloadType = second & 0x7f
  slot.hasMarker = (second & 0x80) !== 0
  slot.sequence = bytes.readUInt16BE(from + 2)
  slot.timestamp = bytes.readUInt32BE(from + 4)
  slot.ssrc = bytes.readUInt32BE(from + 8)
  slot.csrcs = csrcCount === 0 ? noCsrcs : Array.from({ length: csrcCount }, (_, i) => bytes.readUInt32BE(from + rtpHeaderBytes + i * 4))
  slot.payload = bytes.subarray(at, end - padding)
  slot.padding = padding
}

/** Reads one packet. Throws ParseError `rtp.malformed`; the payload and extension are views of `bytes`. */
export function parseRtp(bytes: Buffer): RtpPacket {
  const packet = rtpSlot()
  readRtp(packet, bytes, 0, bytes.length)
  if ((bytes.readUInt8(0) & 0x10) === 0) return packet
  const at = rtpHeaderBytes + packet.csrcs.length * 4
  return { ...packet, extension: { profile: bytes.readUInt16BE(at), bytes: bytes.subarray(at + 4, at + 4 + bytes.readUInt16BE(at + 2) * 4) } }
}

export function writeRtp(fields: RtpFields): Buffer {
  const { csrcs = noCsrcs, extension, padding = 0 } = fields
  const extensionBytes = extension ? 4 + extension.bytes.length : 0
  const payloadAt = rtpHeaderBytes + csrcs.length * 4 + extensionBytes
  const packet = Buffer.alloc(payloadAt + fields.payload.length + padding)
  packet[0] = 0x80 | (padding > 0 ? 0x20 : 0) | (extension ? 0x10 : 0) | csrcs.length
  packet[1] = (fields.hasMarker ? 0x80 : 0) | fields.payloadType
  packet.writeUInt16BE(fields.sequence, 2)
  packet.writeUInt32BE(fields.timestamp, 4)
  packet.writeUInt32BE(fields.ssrc, 8)
  let at = rtpHeaderBytes
  for (const csrc of csrcs) at = packet.writeUInt32BE(csrc, at)
  if (extension) {
    packet.writeUInt16BE(extension.profile, at)
    packet.writeUInt16BE(extension.bytes.length / 4, at + 2)
    extension.bytes.copy(packet, at + 4)
  }
  fields.payload.copy(packet, payloadAt)
  if (padding > 0) packet[packet.length - 1] = padding
  return packet
}

/**
 * True for RTCP on the RTP port: second byte 200–206. The wider 192–223 of RFC 5761 would also catch payload type 68
 * with its marker (196), which Hikvision uses. Interop: an RTCP packet may come first and must not bind the SSRC (Q94).
 */
export function isRtcp(bytes: Buffer, from = 0, end = bytes.length): boolean {
  const type = bytes[from + 1] ?? 0
  return type >= 200 && type <= 206 && end - from >= 8 && (bytes[from] ?? 0) >> 6 === 2
}

export interface PacketizeOptions {
  readonly payloadType: number
  readonly ssrc: number
  /** Of the whole frame, 90 kHz; taken modulo 2^32. */
  readonly timestamp: number
  readonly firstSequence: number
  /** Payload bytes per packet at most. */
  readonly maxPayload: number
}

/** Cuts one frame into packets of one timestamp, the marker on the last. GB/T 28181-2022 Annex C.1. */
export function packetize(payload: Buffer, options: PacketizeOptions): Buffer[] {
  const packets: Buffer[] = []
  for (let at = 0; at < payload.length; at += options.maxPayload) {
    packets.push(
      writeRtp({
        payloadType: options.payloadType,
        hasMarker: at + options.maxPayload >= payload.length,
        sequence: (options.firstSequence + packets.length) & 0xffff,
        timestamp: options.timestamp % 0x1_0000_0000,
        ssrc: options.ssrc,
        payload: payload.subarray(at, at + options.maxPayload),
      }),
    )
  }
  return packets
}

const malformed = (message: string): ParseError => new ParseError('rtp.malformed', `RTP: ${message}`)
