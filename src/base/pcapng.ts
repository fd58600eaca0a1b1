// Recordings of the wire as pcapng. draft-ietf-opsawg-pcapng 4.1 (section), 4.2 (interface), 4.3 (enhanced packet).
// Interface 0 `signal` and 2 `media` carry IP packets (LINKTYPE_RAW) made around each payload; interface 1 `note` carries text
// (LINKTYPE_USER0). Times are whole microseconds; the direction is in epb_flags. Which of the two an IP packet belongs to is its interface.
import { ParseError } from './errors.ts'
import { readIpPacket, writeIpPacket, type Endpoint, type IpPayload } from './ip-packet.ts'

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
  readonly note: (atUs: number, text: string) => Buffer
}

const blockType = { section: 0x0a0d0d0a, interface: 1, enhancedPacket: 6 } as const
const byteOrderMagic = 0x1a2b3c4d
const linkType = { raw: 101, user0: 147 } as const
const option = { end: 0, name: 2, flags: 2, application: 4, timeResolution: 9 } as const
const interfaces = [
  { name: 'signal', link: linkType.raw },
  { name: 'note', link: linkType.user0 },
  { name: 'media', link: linkType.raw },
] as const
const interfaceOf = { signal: 0, note: 1, media: 2 } as const
const directionFlag = { in: 1, out: 2 } as const
const maxSegment = 65_000
/** Longest block that is read; ours stay below 70 kB, a note aside. */
const maxBlock = 16 * 1024 * 1024

/** `application` is named in the section header. */
export function createPcapngWriter(application: string): PcapngWriter {
  /** Next sequence number of each direction of each flow; both start at 1. */
  const next = new Map<string, number>()
  const segment = (wire: CapturedWire, bytes: Buffer, isPushed: boolean): Buffer => {
    const isOut = wire.direction === 'out'
    const from = isOut ? wire.local : wire.remote
    const to = isOut ? wire.remote : wire.local
    const payload: IpPayload = { transport: wire.transport, from, to, bytes, isPushed }
    if (wire.transport === 'udp') return writeIpPacket(payload)
    const there = `${from.host} ${from.port} ${to.host} ${to.port}`
    const seq = next.get(there) ?? 1
    next.set(there, (seq + bytes.length) >>> 0)
    return writeIpPacket(payload, { seq, ack: next.get(`${to.host} ${to.port} ${from.host} ${from.port}`) ?? 1 })
  }
  return {
    header: () => Buffer.concat([sectionBlock(application), ...interfaces.map(({ name, link }) => interfaceBlock(name, link))]),
    wire: (wire) => {
      const packet = (bytes: Buffer, isPushed: boolean): Buffer =>
        packetBlock(interfaceOf[wire.layer], wire.atUs, segment(wire, bytes, isPushed), directionFlag[wire.direction])
      if (wire.transport === 'udp') return packet(wire.bytes, true)
      const blocks: Buffer[] = []
      for (let at = 0; at < wire.bytes.length; at += maxSegment) {
        blocks.push(packet(wire.bytes.subarray(at, at + maxSegment), at + maxSegment >= wire.bytes.length))
      }
      return Buffer.concat(blocks)
    },
    note: (atUs, text) => packetBlock(interfaceOf.note, atUs, Buffer.from(text)),
  }
}

/**
 * What a capture holds, in file order; payloads are views into `bytes`. Segments that the writer split are joined again. Blocks, options,
 * link types and protocols that are not understood are passed over, so a capture by another tool can be read too: its packets count
 * as signalling unless their interface is named `media`. Throws ParseError `pcapng.malformed`.
 */
export function readPcapng(bytes: Buffer): readonly Captured[] {
  const found: Captured[] = []
  let known: Interface[] = []
  let isLittle = true
  let open: { wire: CapturedWire; parts: Buffer[] } | undefined
  const close = (): void => {
    if (open) found.push({ kind: 'wire', wire: { ...open.wire, bytes: open.parts.length === 1 ? open.wire.bytes : Buffer.concat(open.parts) } })
    open = undefined
  }
  if (bytes.length < 28 || bytes.readUInt32BE(0) !== blockType.section) throw malformed('it does not begin with a section header')
  for (let at = 0; at < bytes.length; ) {
    if (bytes.length - at < 12) throw malformed(`${bytes.length - at} bytes at the end are no block`)
    if (bytes.readUInt32BE(at) === blockType.section) isLittle = readByteOrder(bytes, at)
    const read = reader(bytes, isLittle)
    const type = read.u32(at)
    const length = read.u32(at + 4)
    if (length < 12 || length % 4 !== 0 || length > maxBlock || length > bytes.length - at) throw malformed(`the block at ${at} has an impossible length (${length})`)
    if (read.u32(at + length - 4) !== length) throw malformed(`the block at ${at} does not repeat its length`)
    const body = bytes.subarray(at + 8, at + length - 4)
    if (type === blockType.section) known = []
    else if (type === blockType.interface) known.push(readInterface(body, isLittle))
    else if (type === blockType.enhancedPacket) {
      const one = readPacket(body, isLittle, known)
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
    at += length
  }
  close()
  return found
}

interface Interface {
  readonly link: number
  readonly name: string
  /** Timestamp units per second: a power of ten or of two. */
  readonly perSecond: number
}

const malformed = (message: string): ParseError => new ParseError('pcapng.malformed', `not a readable recording: ${message}`)

function readByteOrder(bytes: Buffer, at: number): boolean {
  if (bytes.length - at < 28) throw malformed('a section header is cut short')
  if (bytes.readUInt32LE(at + 8) === byteOrderMagic) return true
  if (bytes.readUInt32BE(at + 8) === byteOrderMagic) return false
  throw malformed('a section header has no byte-order magic')
}

function reader(bytes: Buffer, isLittle: boolean): { readonly u16: (at: number) => number; readonly u32: (at: number) => number } {
  return isLittle
    ? { u16: (at) => bytes.readUInt16LE(at), u32: (at) => bytes.readUInt32LE(at) }
    : { u16: (at) => bytes.readUInt16BE(at), u32: (at) => bytes.readUInt32BE(at) }
}

function* readOptions(options: Buffer, isLittle: boolean): Generator<{ readonly code: number; readonly value: Buffer }> {
  const { u16 } = reader(options, isLittle)
  for (let at = 0; at + 4 <= options.length; ) {
    const code = u16(at)
    const length = u16(at + 2)
    if (code === option.end) return
    if (at + 4 + length > options.length) throw malformed('an option does not fit its block')
    yield { code, value: options.subarray(at + 4, at + 4 + length) }
    at += 4 + Math.ceil(length / 4) * 4
  }
}

function readInterface(body: Buffer, isLittle: boolean): Interface {
  if (body.length < 8) throw malformed('an interface description is cut short')
  let name = ''
  let perSecond = 1_000_000
  for (const { code, value } of readOptions(body.subarray(8), isLittle)) {
    if (code === option.name) name = value.toString()
    if (code === option.timeResolution && value[0] !== undefined) perSecond = value[0] & 0x80 ? 2 ** (value[0] & 0x7f) : 10 ** value[0]
  }
  return { link: reader(body, isLittle).u16(0), name, perSecond }
}

type Packet = { readonly kind: 'wire'; readonly wire: CapturedWire; readonly isPushed: boolean } | Extract<Captured, { kind: 'note' }>

function readPacket(body: Buffer, isLittle: boolean, known: readonly Interface[]): Packet | undefined {
  if (body.length < 20) throw malformed('a packet block is cut short')
  const { u32 } = reader(body, isLittle)
  const on = known[u32(0)]
  if (!on) throw malformed(`a packet belongs to interface ${u32(0)}, which is not described`)
  const length = u32(12)
  if (length > body.length - 20) throw malformed('a packet does not fit its block')
  const units = u32(4) * 2 ** 32 + u32(8)
  const atUs = on.perSecond === 1_000_000 ? units : Math.round((units / on.perSecond) * 1e6)
  const data = body.subarray(20, 20 + length)
  if (on.link === linkType.user0) return { kind: 'note', atUs, text: data.toString() }
  const payload = on.link === linkType.raw ? readIpPacket(data) : undefined
  if (!payload || (payload.transport === 'tcp' && payload.bytes.length === 0)) return undefined
  const flags = [...readOptions(body.subarray(20 + Math.ceil(length / 4) * 4), isLittle)].find(({ code, value }) => code === option.flags && value.length === 4)
  const isOut = flags !== undefined && (reader(flags.value, isLittle).u32(0) & 3) === directionFlag.out
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

function packetBlock(on: number, atUs: number, data: Buffer, flags?: number): Buffer {
  const padded = Math.ceil(data.length / 4) * 4
  const body = Buffer.alloc(20 + padded)
  body.writeUInt32LE(on, 0)
  body.writeUInt32LE(Math.floor(atUs / 2 ** 32), 4)
  body.writeUInt32LE(atUs % 2 ** 32, 8)
  body.writeUInt32LE(data.length, 12)
  body.writeUInt32LE(data.length, 16)
  data.copy(body, 20)
  if (flags === undefined) return block(blockType.enhancedPacket, body)
  const value = Buffer.alloc(4)
  value.writeUInt32LE(flags, 0)
  return block(blockType.enhancedPacket, Buffer.concat([body, writeOptions([[option.flags, value]])]))
}
