// Recordings of the wire as pcapng. draft-ietf-opsawg-pcapng 4.1 (section), 4.2 (interface), 4.3 (enhanced packet).
// Interface 0 `signal` and 2 `media` carry IP packets (LINKTYPE_RAW) made around each payload; interface 1 `note` carries text
// (LINKTYPE_USER0). Times are whole microseconds; the direction is in epb_flags. Which of the two an IP packet belongs to is its interface.
import { ipPacketLength, readIpPacket, writeIpPacketInto, type Endpoint, type IpPayload, type TcpNumbers } from './ip-packet.ts'
import { blockType, byteOrderMagic, directionFlag, linkType, option, readPcapngPackets, type CapturedPacket } from './pcapng-blocks.ts'

export interface CapturedWire {
  readonly layer: 'signal' | 'media'
  readonly direction: 'in' | 'out'
  readonly atUs: number
  readonly transport: 'udp' | 'tcp'
  readonly local: Endpoint
  readonly remote: Endpoint
  /** A datagram, or a chunk of a TCP stream as it was read or written. */
  readonly bytes: Buffer
}

export type Captured =
  | { readonly kind: 'wire'; readonly wire: CapturedWire }
  | { readonly kind: 'note'; readonly atUs: number; readonly text: string }

/** Bytes to append, in the order of the calls; the first must be `header`. TCP sequence numbers run on per flow and direction. */
export interface PcapngWriter {
  readonly header: () => Buffer
  /** A TCP chunk above 65,000 bytes becomes several segments; an empty one becomes none. */
  readonly wire: (wire: CapturedWire) => Buffer
  /** `isComment`: protocol analysers show it as a comment, too. */
  readonly note: (atUs: number, text: string, isComment?: boolean) => Buffer
}

const interfaces = [
  { name: 'signal', link: linkType.raw },
  { name: 'note', link: linkType.user0 },
  { name: 'media', link: linkType.raw },
] as const
const interfaceOf = { signal: 0, note: 1, media: 2 } as const
const maxSegment = 65_000
/** An option's length is 16 bits. */
const maxComment = 60_000

/** `application` is named in the section header. */
export function createPcapngWriter(application: string): PcapngWriter {
  /** Next sequence number of each direction of each flow; both start at 1. */
  const next = new Map<string, number>()
  /** Written once, where it stays: a check records thousands of packets. */
  const packet = (wire: CapturedWire, bytes: Buffer, isPushed: boolean): Buffer => {
    const isOut = wire.direction === 'out'
    const from = isOut ? wire.local : wire.remote
    const to = isOut ? wire.remote : wire.local
    const payload: IpPayload = { transport: wire.transport, from, to, bytes, isPushed }
    return wireBlock(wire, payload, wire.transport === 'udp' ? undefined : numbersOf(from, to, bytes.length))
  }
  const numbersOf = (from: Endpoint, to: Endpoint, length: number): TcpNumbers => {
    const there = `${from.host} ${from.port} ${to.host} ${to.port}`
    const seq = next.get(there) ?? 1
    next.set(there, (seq + length) >>> 0)
    return { seq, ack: next.get(`${to.host} ${to.port} ${from.host} ${from.port}`) ?? 1 }
  }
  return {
    header: () => Buffer.concat([sectionBlock(application), ...interfaces.map(({ name, link }) => interfaceBlock(name, link))]),
    wire: (wire) => {
      if (wire.transport === 'udp') return packet(wire, wire.bytes, true)
      if (wire.bytes.length > 0 && wire.bytes.length <= maxSegment) return packet(wire, wire.bytes, true)
      const blocks: Buffer[] = []
      for (let at = 0; at < wire.bytes.length; at += maxSegment) {
        blocks.push(packet(wire, wire.bytes.subarray(at, at + maxSegment), at + maxSegment >= wire.bytes.length))
      }
      return Buffer.concat(blocks)
    },
    note: (atUs, text, isComment) => packetBlock(interfaceOf.note, atUs, Buffer.from(text), isComment === true ? text : undefined),
  }
}

/**
 * What a capture holds, in file order; payloads are views into `bytes`. Segments that the writer split are joined again. Blocks, options,
 * link types and protocols that are not understood are passed over, so a capture by another tool can be read too: its packets count
 * as signalling unless their interface is named `media`. Throws ParseError `pcapng.malformed`.
 */
export function readPcapng(bytes: Buffer): readonly Captured[] {
  const found: Captured[] = []
  let open: { wire: CapturedWire; parts: Buffer[] } | undefined
  const close = (): void => {
    if (open) found.push({ kind: 'wire', wire: { ...open.wire, bytes: open.parts.length === 1 ? open.wire.bytes : Buffer.concat(open.parts) } })
    open = undefined
  }
  for (const packet of readPcapngPackets(bytes)) {
    const one = readPacket(packet)
    if (one?.kind === 'note') {
      close()
      found.push(one)
    } else if (one?.kind === 'wire') {
      if (open && isContinued(open.wire, one.wire)) open.parts.push(one.wire.bytes)
      else {
        close()
        open = { wire: one.wire, parts: [one.wire.bytes] }
      }
      if (one.isPushed) close()
    }
  }
  close()
  return found
}

type Packet = { readonly kind: 'wire'; readonly wire: CapturedWire; readonly isPushed: boolean } | Extract<Captured, { kind: 'note' }>

function readPacket({ on, atUs, data, direction }: CapturedPacket): Packet | undefined {
  if (on.link === linkType.user0) return { kind: 'note', atUs, text: data.toString() }
  const payload = on.link === linkType.raw ? readIpPacket(data) : undefined
  if (!payload || (payload.transport === 'tcp' && payload.bytes.length === 0)) return undefined
  const isOut = direction === 'out'
  const { transport, from, to, bytes, isPushed } = payload
  const layer = on.name === 'media' ? 'media' : 'signal'
  return { kind: 'wire', isPushed, wire: { layer, direction: isOut ? 'out' : 'in', atUs, transport, local: isOut ? from : to, remote: isOut ? to : from, bytes } }
}

/** The next part of a chunk that was too long for one segment. */
const isContinued = (first: CapturedWire, next: CapturedWire): boolean =>
  first.transport === 'tcp' &&
  next.transport === 'tcp' &&
  first.layer === next.layer &&
  first.direction === next.direction &&
  first.atUs === next.atUs &&
  first.local.port === next.local.port &&
  first.remote.port === next.remote.port &&
  first.local.host === next.local.host &&
  first.remote.host === next.remote.host

function block(type: number, body: Buffer): Buffer {
  const length = 12 + Math.ceil(body.length / 4) * 4
  const bytes = Buffer.alloc(length)
  bytes.writeUInt32LE(type, 0)
  bytes.writeUInt32LE(length, 4)
  body.copy(bytes, 8)
  bytes.writeUInt32LE(length, length - 4)
  return bytes
}

function writeOptions(options: readonly (readonly [number, Buffer])[]): Buffer {
  const parts = [...options, [option.end, Buffer.alloc(0)] as const].map(([code, value]) => {
    const bytes = Buffer.alloc(4 + Math.ceil(value.length / 4) * 4)
    bytes.writeUInt16LE(code, 0)
    bytes.writeUInt16LE(value.length, 2)
    value.copy(bytes, 4)
    return bytes
  })
  return Buffer.concat(parts)
}

function sectionBlock(application: string): Buffer {
  const fixed = Buffer.alloc(16)
  fixed.writeUInt32LE(byteOrderMagic, 0)
  fixed.writeUInt16LE(1, 4)
  fixed.writeBigInt64LE(-1n, 8)
  return block(blockType.section, Buffer.concat([fixed, writeOptions([[option.application, Buffer.from(application)]])]))
}

function interfaceBlock(name: string, link: number): Buffer {
  const fixed = Buffer.alloc(8)
  fixed.writeUInt16LE(link, 0)
  return block(blockType.interface, Buffer.concat([fixed, writeOptions([[option.name, Buffer.from(name)], [option.timeResolution, Buffer.from([6])]])]))
}

/** An enhanced packet block around an IP packet, with its direction as the one option (4.3). */
function wireBlock({ layer, direction, atUs }: CapturedWire, payload: IpPayload, tcp?: TcpNumbers): Buffer {
  const dataLength = ipPacketLength(payload)
  const padded = Math.ceil(dataLength / 4) * 4
  const length = 28 + padded + 12 + 4
  const bytes = Buffer.allocUnsafe(length)
  bytes.writeUInt32LE(blockType.enhancedPacket, 0)
  bytes.writeUInt32LE(length, 4)
  bytes.writeUInt32LE(interfaceOf[layer], 8)
  bytes.writeUInt32LE(Math.floor(atUs / 2 ** 32), 12)
  bytes.writeUInt32LE(atUs % 2 ** 32, 16)
  bytes.writeUInt32LE(dataLength, 20)
  bytes.writeUInt32LE(dataLength, 24)
  writeIpPacketInto(bytes.subarray(28, 28 + dataLength), payload, tcp)
  bytes.fill(0, 28 + dataLength, 28 + padded)
  const at = 28 + padded
  bytes.writeUInt16LE(option.flags, at)
  bytes.writeUInt16LE(4, at + 2)
  bytes.writeUInt32LE(directionFlag[direction], at + 4)
  bytes.writeUInt32LE(option.end, at + 8)
  bytes.writeUInt32LE(length, at + 12)
  return bytes
}

function packetBlock(on: number, atUs: number, data: Buffer, comment?: string): Buffer {
  const padded = Math.ceil(data.length / 4) * 4
  const body = Buffer.alloc(20 + padded)
  body.writeUInt32LE(on, 0)
  body.writeUInt32LE(Math.floor(atUs / 2 ** 32), 4)
  body.writeUInt32LE(atUs % 2 ** 32, 8)
  body.writeUInt32LE(data.length, 12)
  body.writeUInt32LE(data.length, 16)
  data.copy(body, 20)
  const options: (readonly [number, Buffer])[] = []
  if (comment !== undefined) options.push([option.comment, Buffer.from(comment).subarray(0, maxComment)])
  return block(blockType.enhancedPacket, options.length === 0 ? body : Buffer.concat([body, writeOptions(options)]))
}
