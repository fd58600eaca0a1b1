// IP packets around payloads, and payloads out of IP packets: what makes a recording open in a protocol analyser.
// IPv4: RFC 791 3.1; IPv6: RFC 8200 3; UDP: RFC 768; TCP: RFC 9293 3.1; checksums: RFC 1071, pseudo-headers RFC 9293 3.1 and RFC 8200 8.1.
import { ParseError } from './errors.ts'

export interface Endpoint {
  /** IPv4 or IPv6 in text. */
  readonly host: string
  readonly port: number
}

export interface IpPayload {
  readonly transport: 'udp' | 'tcp'
  readonly from: Endpoint
  readonly to: Endpoint
  readonly bytes: Buffer
  /** TCP: this segment ends what was read or written at once (PSH). Always true for UDP. */
  readonly isPushed: boolean
  /** TCP, in what is read: where the bytes stand in the stream, and whether the segment begins it. */
  readonly stream?: { readonly seq: number; readonly isStart: boolean }
}

export interface TcpNumbers {
  readonly seq: number
  readonly ack: number
}

const protocolNumber = { udp: 17, tcp: 6 } as const
const ipv4Header = 20
const ipv6Header = 40
const headerOf = { udp: 8, tcp: 20 } as const
/** Longest payload that one packet carries in either family; a UDP datagram is never longer. */
export const maxPayload = 65_507

const isIPv4 = (host: string): boolean => /^\d{1,3}(\.\d{1,3}){3}$/.test(host)

/** Builds one packet. A mixed pair of families is written as IPv6 with IPv4-mapped addresses. Throws RangeError for a payload above `maxPayload`. */
export function writeIpPacket(payload: IpPayload, tcp?: TcpNumbers): Buffer {
  const packet = Buffer.allocUnsafe(ipPacketLength(payload))
  writeIpPacketInto(packet, payload, tcp)
  return packet
}

/** Throws RangeError for a payload above `maxPayload`. */
export function ipPacketLength({ transport, from, to, bytes }: IpPayload): number {
  if (bytes.length > maxPayload - (transport === 'tcp' ? 12 : 0)) throw new RangeError(`${bytes.length} bytes do not fit in one packet`)
  return (isIPv4(from.host) && isIPv4(to.host) ? ipv4Header : ipv6Header) + headerOf[transport] + bytes.length
}

/** The same into `packet`, which has the packet's length; whatever it held is overwritten. */
export function writeIpPacketInto(packet: Buffer, payload: IpPayload, tcp: TcpNumbers = { seq: 0, ack: 0 }): void {
  const { transport, from, to, bytes } = payload
  const isVersion4 = isIPv4(from.host) && isIPv4(to.host)
  const source = hostBytes(from.host, isVersion4)
  const target = hostBytes(to.host, isVersion4)
  const ipLength = isVersion4 ? ipv4Header : ipv6Header
  const length = headerOf[transport] + bytes.length
  packet.fill(0, 0, ipLength + headerOf[transport])
  if (isVersion4) {
    packet[0] = 0x45
    packet.writeUInt16BE(packet.length, 2)
    packet.writeUInt16BE(0x4000, 6) // do not fragment
    packet[8] = 64
    packet[9] = protocolNumber[transport]
    source.copy(packet, 12)
    target.copy(packet, 16)
    packet.writeUInt16BE(fold(sum(packet, 0, ipv4Header)), 10)
  } else {
    packet[0] = 0x60
    packet.writeUInt16BE(length, 4)
    packet[6] = protocolNumber[transport]
    packet[7] = 64
    source.copy(packet, 8)
    target.copy(packet, 24)
  }
  packet.writeUInt16BE(from.port, ipLength)
  packet.writeUInt16BE(to.port, ipLength + 2)
  bytes.copy(packet, ipLength + headerOf[transport])
  const pseudo = sum(source) + sum(target) + protocolNumber[transport] + length
  if (transport === 'udp') {
    packet.writeUInt16BE(length, ipLength + 4)
    packet.writeUInt16BE(fold(pseudo + sum(packet, ipLength)) || 0xffff, ipLength + 6)
  } else {
    packet.writeUInt32BE(tcp.seq >>> 0, ipLength + 4)
    packet.writeUInt32BE(tcp.ack >>> 0, ipLength + 8)
    packet[ipLength + 12] = 5 << 4
    packet[ipLength + 13] = payload.isPushed ? 0x18 : 0x10 // ACK, with PSH
    packet.writeUInt16BE(0xffff, ipLength + 14)
    packet.writeUInt16BE(fold(pseudo + sum(packet, ipLength)), ipLength + 16)
  }
}

/** Addresses as bytes: the few of a recording come again with every packet. */
const known = new Map<string, Buffer>()
const maxKnown = 512
function hostBytes(host: string, isVersion4: boolean): Buffer {
  const key = isVersion4 ? host : `6 ${host}`
  const found = known.get(key)
  if (found) return found
  const bytes = isVersion4 ? ipv4Bytes(host) : ipv6Bytes(host)
  if (known.size >= maxKnown) known.clear()
  known.set(key, bytes)
  return bytes
}

/** Views into `packet`. Undefined for what is neither UDP nor TCP, and for fragments. Throws ParseError `pcapng.malformed` where lengths contradict each other. */
export function readIpPacket(packet: Buffer): IpPayload | undefined {
  const version = (packet[0] ?? 0) >> 4
  const need = (length: number): void => {
    if (packet.length < length) throw new ParseError('pcapng.malformed', `an IP packet of ${packet.length} bytes should have ${length}`)
  }
  if (version === 4) {
    need(ipv4Header)
    const headerLength = ((packet[0] ?? 0) & 0x0f) * 4
    const total = packet.readUInt16BE(2)
    if (headerLength < ipv4Header || total < headerLength) throw new ParseError('pcapng.malformed', 'an IPv4 header contradicts its lengths')
    need(total)
    if ((packet.readUInt16BE(6) & 0x3fff) !== 0) return undefined
    return readSegment(packet[9] ?? 0, packet.subarray(headerLength, total), ipv4Text(packet.subarray(12, 16)), ipv4Text(packet.subarray(16, 20)))
  }
  if (version === 6) {
    need(ipv6Header)
    const end = ipv6Header + packet.readUInt16BE(4)
    need(end)
    return readSegment(packet[6] ?? 0, packet.subarray(ipv6Header, end), ipv6Text(packet.subarray(8, 24)), ipv6Text(packet.subarray(24, 40)))
  }
  return undefined
}

function readSegment(protocol: number, segment: Buffer, fromHost: string, toHost: string): IpPayload | undefined {
  const transport = protocol === protocolNumber.udp ? 'udp' : protocol === protocolNumber.tcp ? 'tcp' : undefined
  if (!transport) return undefined
  if (segment.length < headerOf[transport]) throw new ParseError('pcapng.malformed', `a ${transport} header is cut short`)
  const from = { host: fromHost, port: segment.readUInt16BE(0) }
  const to = { host: toHost, port: segment.readUInt16BE(2) }
  if (transport === 'udp') {
    const length = segment.readUInt16BE(4)
    if (length < headerOf.udp || length > segment.length) throw new ParseError('pcapng.malformed', 'a UDP length does not fit its packet')
    return { transport, from, to, bytes: segment.subarray(headerOf.udp, length), isPushed: true }
  }
  const headerLength = ((segment[12] ?? 0) >> 4) * 4
  if (headerLength < headerOf.tcp || headerLength > segment.length) throw new ParseError('pcapng.malformed', 'a TCP data offset does not fit its segment')
  const flags = segment[13] ?? 0
  const stream = { seq: segment.readUInt32BE(4), isStart: (flags & 0x02) !== 0 }
  return { transport, from, to, bytes: segment.subarray(headerLength), isPushed: (flags & 0x08) !== 0, stream }
}

/** Sum of big-endian 16-bit words from `from` on, an odd last byte padded with zero; stays exact far beyond 64 KiB. */
function sum(bytes: Buffer, from = 0, to = bytes.length): number {
  let total = 0
  const even = to - ((to - from) & 1)
  for (let at = from; at < even; at += 2) total += (bytes[at]! << 8) | bytes[at + 1]!
  return even < to ? total + (bytes[even]! << 8) : total
}

function fold(total: number): number {
  let folded = total
  while (folded > 0xffff) folded = (folded % 0x10000) + Math.floor(folded / 0x10000)
  return ~folded & 0xffff
}

const ipv4Bytes = (host: string): Buffer => Buffer.from(host.split('.').map(Number))
const ipv4Text = (bytes: Buffer): string => bytes.join('.')

/** RFC 4291 2.2 text to 16 bytes; a zone is dropped, an IPv4 address is mapped (::ffff:a.b.c.d). */
function ipv6Bytes(host: string): Buffer {
  const [plain = ''] = (isIPv4(host) ? `::ffff:${host}` : host).split('%')
  const words = (part: string): number[] =>
    part === ''
      ? []
      : part.split(':').flatMap((word) => {
          if (!word.includes('.')) return [Number.parseInt(word, 16) || 0]
          const quad = ipv4Bytes(word)
          return [quad.readUInt16BE(0), quad.readUInt16BE(2)]
        })
  const [head = '', tail] = plain.split('::')
  const left = words(head)
  const right = tail === undefined ? [] : words(tail)
  const bytes = Buffer.alloc(16)
  for (const [index, word] of left.slice(0, 8).entries()) bytes.writeUInt16BE(word & 0xffff, index * 2)
  for (const [index, word] of right.slice(0, 8).entries()) bytes.writeUInt16BE(word & 0xffff, 16 - (Math.min(right.length, 8) - index) * 2)
  return bytes
}

/** RFC 5952: the longest run of zero words shortened, lower case, mapped IPv4 in dots. */
function ipv6Text(bytes: Buffer): string {
  const words = Array.from({ length: 8 }, (_, index) => bytes.readUInt16BE(index * 2))
  if (words.slice(0, 5).every((word) => word === 0) && words[5] === 0xffff) return `::ffff:${ipv4Text(bytes.subarray(12))}`
  let best = { at: 0, length: 1 }
  for (let at = 0; at < 8; at++) {
    let length = 0
    while (at + length < 8 && words[at + length] === 0) length++
    if (length > best.length) best = { at, length }
  }
  const hex = (part: readonly number[]): string => part.map((word) => word.toString(16)).join(':')
  return best.length < 2 ? hex(words) : `${hex(words.slice(0, best.at))}::${hex(words.slice(best.at + best.length))}`
}
