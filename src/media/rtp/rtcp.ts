// RTCP: reports of senders and receivers, descriptions, farewells; several in one datagram. RFC 3550 6.
import { ParseError } from '../../base/index.ts'

/** What a receiver says of one source. RFC 3550 6.4.1. */
export interface ReportBlock {
  readonly ssrc: number
  /** Of 256, since the last report. */
  readonly fractionLost: number
  /** Since the beginning; duplicates make it negative. 24 bits, signed. */
  readonly lost: number
  /** Sequence number in the lower 16 bits, its wraps above. */
  readonly highestSequence: number
  /** In ticks of the RTP clock. */
  readonly jitter: number
  /** The middle 32 bits of the last sender report's NTP time; 0 without one. */
  readonly lastSr: number
  /** From its arrival to this report, in 1/65536 s. */
  readonly delaySinceLastSr: number
}

export type RtcpPacket =
  | {
      readonly type: 'sender-report'
      readonly ssrc: number
      /** Seconds since 1900, and their fraction of 2^32. */
      readonly ntp: { readonly seconds: number; readonly fraction: number }
      readonly rtpTimestamp: number
      readonly packets: number
      readonly octets: number
      readonly reports: readonly ReportBlock[]
    }
  | { readonly type: 'receiver-report'; readonly ssrc: number; readonly reports: readonly ReportBlock[] }
  | { readonly type: 'description'; readonly sources: readonly { readonly ssrc: number; readonly items: readonly DescriptionItem[] }[] }
  | { readonly type: 'bye'; readonly ssrcs: readonly number[]; readonly reason?: string }
  /** APP, feedback and whatever else is built like RTCP; `bytes` are behind its header. */
  | { readonly type: 'other'; readonly packetType: number; readonly count: number; readonly bytes: Buffer }

/** `id` 1 is CNAME. RFC 3550 6.5. */
export interface DescriptionItem {
  readonly id: number
  readonly text: string
}

export const cname = 1
const headerBytes = 4
const blockBytes = 24
const types = { 'sender-report': 200, 'receiver-report': 201, description: 202, bye: 203 } as const

//  0                   1                   2                   3
// |V=2|P|  count  |      PT       |   length in 32-bit words - 1  |
/** Every packet of a datagram, in order. Throws ParseError `rtcp.malformed`; views of `bytes`, which bounds what is held. */
export function parseRtcp(bytes: Buffer): readonly RtcpPacket[] {
  const packets: RtcpPacket[] = []
  let at = 0
  while (at < bytes.length) {
    if (at + headerBytes > bytes.length) throw malformed(`${bytes.length - at} bytes behind the last packet`)
    const first = bytes.readUInt8(at)
    if (first >> 6 !== 2) throw malformed(`version ${first >> 6}`)
    const end = at + (bytes.readUInt16BE(at + 2) + 1) * 4
    if (end > bytes.length) throw malformed(`a packet ends at ${end} of ${bytes.length}`)
    const padding = first & 0x20 ? bytes.readUInt8(end - 1) : 0
    if (first & 0x20 && (padding === 0 || padding % 4 !== 0 || padding > end - at - headerBytes)) throw malformed(`padding ${padding}`)
    packets.push(parseOne(bytes.readUInt8(at + 1), first & 0x1f, bytes.subarray(at + headerBytes, end - padding)))
    at = end
  }
  return packets
}

function parseOne(packetType: number, count: number, body: Buffer): RtcpPacket {
  switch (packetType) {
    case types['sender-report']:
      need(body, 24 + count * blockBytes, 'sender report')
      return {
        type: 'sender-report',
        ssrc: body.readUInt32BE(0),
        ntp: { seconds: body.readUInt32BE(4), fraction: body.readUInt32BE(8) },
        rtpTimestamp: body.readUInt32BE(12),
        packets: body.readUInt32BE(16),
        octets: body.readUInt32BE(20),
        reports: blocks(body, 24, count),
      }
    case types['receiver-report']:
      need(body, 4 + count * blockBytes, 'receiver report')
      return { type: 'receiver-report', ssrc: body.readUInt32BE(0), reports: blocks(body, 4, count) }
    case types.description:
      return { type: 'description', sources: sources(body, count) }
    case types.bye: {
      need(body, count * 4, 'BYE')
      const ssrcs = Array.from({ length: count }, (_, i) => body.readUInt32BE(i * 4))
      const length = body[count * 4]
      if (!length) return { type: 'bye', ssrcs }
      need(body, count * 4 + 1 + length, 'reason')
      return { type: 'bye', ssrcs, reason: body.toString('utf8', count * 4 + 1, count * 4 + 1 + length) }
    }
    default:
      return { type: 'other', packetType, count, bytes: body }
  }
}

const blocks = (body: Buffer, from: number, count: number): readonly ReportBlock[] => Array.from({ length: count }, (_, i) => readBlock(body, from + i * blockBytes))

function readBlock(body: Buffer, at: number): ReportBlock {
  return {
    ssrc: body.readUInt32BE(at),
    fractionLost: body.readUInt8(at + 4),
    lost: body.readIntBE(at + 5, 3),
    highestSequence: body.readUInt32BE(at + 8),
    jitter: body.readUInt32BE(at + 12),
    lastSr: body.readUInt32BE(at + 16),
    delaySinceLastSr: body.readUInt32BE(at + 20),
  }
}

/** Each chunk: SSRC, items of type, length and text, a zero byte, filled up to 32 bits. */
function sources(body: Buffer, count: number): Extract<RtcpPacket, { type: 'description' }>['sources'] {
  let at = 0
  return Array.from({ length: count }, () => {
    need(body, at + 4, 'description')
    const ssrc = body.readUInt32BE(at)
    const items: DescriptionItem[] = []
    at += 4
    for (let id = body[at]; id; id = body[at]) {
      const length = body[at + 1] ?? 0
      need(body, at + 2 + length, 'description')
      items.push({ id, text: body.toString('utf8', at + 2, at + 2 + length) })
      at += 2 + length
    }
    at = (at + 4) & ~3
    return { ssrc, items }
  })
}

/** One datagram. A text is cut at 255 bytes; no padding is written. */
export function writeRtcp(packets: readonly RtcpPacket[]): Buffer {
  return Buffer.concat(packets.map(writeOne))
}

function writeOne(packet: RtcpPacket): Buffer {
  switch (packet.type) {
    case 'sender-report': {
      const { ssrc, ntp, rtpTimestamp, packets, octets, reports } = packet
      return framed(types[packet.type], reports.length, words(ssrc, ntp.seconds, ntp.fraction, rtpTimestamp, packets, octets), ...reports.map(writeBlock))
    }
    case 'receiver-report':
      return framed(types[packet.type], packet.reports.length, words(packet.ssrc), ...packet.reports.map(writeBlock))
    case 'description':
      return framed(types[packet.type], packet.sources.length, ...packet.sources.map(({ ssrc, items }) => filled(words(ssrc), ...items.map(({ id, text }) => counted(text, id)), Buffer.alloc(1))))
    case 'bye':
      return framed(types[packet.type], packet.ssrcs.length, words(...packet.ssrcs), packet.reason === undefined ? Buffer.alloc(0) : filled(counted(packet.reason)))
    case 'other':
      return framed(packet.packetType, packet.count, filled(packet.bytes))
  }
}

function writeBlock(block: ReportBlock): Buffer {
  const bytes = words(block.ssrc, 0, block.highestSequence, block.jitter, block.lastSr, block.delaySinceLastSr)
  bytes.writeUInt8(block.fractionLost, 4)
  bytes.writeIntBE(Math.max(-0x80_0000, Math.min(0x7f_ffff, block.lost)), 5, 3)
  return bytes
}

function framed(packetType: number, count: number, ...parts: readonly Buffer[]): Buffer {
  const body = Buffer.concat(parts)
  const header = Buffer.from([0x80 | count, packetType, 0, 0])
  header.writeUInt16BE(body.length / 4, 2)
  return Buffer.concat([header, body])
}

function counted(text: string, ...before: readonly number[]): Buffer {
  const bytes = Buffer.from(text).subarray(0, 255)
  return Buffer.concat([Buffer.from([...before, bytes.length]), bytes])
}

/** Zero bytes up to the next 32 bits. */
function filled(...parts: readonly Buffer[]): Buffer {
  const bytes = Buffer.concat(parts)
  return Buffer.concat([bytes, Buffer.alloc((4 - (bytes.length % 4)) % 4)])
}

function words(...values: readonly number[]): Buffer {
  const bytes = Buffer.alloc(values.length * 4)
  values.forEach((value, i) => bytes.writeUInt32BE(value, i * 4))
  return bytes
}

function need(body: Buffer, bytes: number, what: string): void {
  if (body.length < bytes) throw malformed(`${what} of ${body.length} bytes, ${bytes} are needed`)
}

const malformed = (message: string): ParseError => new ParseError('rtcp.malformed', `RTCP: ${message}`)
