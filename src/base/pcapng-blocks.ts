// The blocks of a pcapng file, read down to packets as they were captured. draft-ietf-opsawg-pcapng 4.1 (section), 4.2 (interface), 4.3 (enhanced packet).
import { ParseError } from './errors.ts'

export const blockType = { section: 0x0a0d0d0a, interface: 1, enhancedPacket: 6 } as const
export const byteOrderMagic = 0x1a2b3c4d
export const linkType = { raw: 101, user0: 147 } as const
export const option = { end: 0, comment: 1, name: 2, flags: 2, application: 4, timeResolution: 9 } as const
export const directionFlag = { in: 1, out: 2 } as const
/** Longest block that is read; ours stay below 70 kB, a note aside. */
const maxBlock = 16 * 1024 * 1024

/** One captured packet with all the headers that its link has. */
export interface CapturedPacket {
  readonly on: CapturedInterface
  readonly atUs: number
  /** A view into the file. */
  readonly data: Buffer
  /** Only where the capture says so. */
  readonly direction?: 'in' | 'out'
}

export interface CapturedInterface {
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

function readInterface(body: Buffer, isLittle: boolean): CapturedInterface {
  if (body.length < 8) throw malformed('an interface description is cut short')
  let name = ''
  let perSecond = 1_000_000
  for (const { code, value } of readOptions(body.subarray(8), isLittle)) {
    if (code === option.name) name = value.toString()
    if (code === option.timeResolution && value[0] !== undefined) perSecond = value[0] & 0x80 ? 2 ** (value[0] & 0x7f) : 10 ** value[0]
  }
  return { link: reader(body, isLittle).u16(0), name, perSecond }
}

/** Packets in file order. Blocks that hold none are passed over. Throws ParseError `pcapng.malformed`. */
export function* readPcapngPackets(bytes: Buffer): Generator<CapturedPacket> {
  let known: CapturedInterface[] = []
  let isLittle = true
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
    else if (type === blockType.enhancedPacket) yield readPacket(body, isLittle, known)
    at += length
  }
}

function readPacket(body: Buffer, isLittle: boolean, known: readonly CapturedInterface[]): CapturedPacket {
  if (body.length < 20) throw malformed('a packet block is cut short')
  const { u32 } = reader(body, isLittle)
  const on = known[u32(0)]
  if (!on) throw malformed(`a packet belongs to interface ${u32(0)}, which is not described`)
  const length = u32(12)
  if (length > body.length - 20) throw malformed('a packet does not fit its block')
  const units = u32(4) * 2 ** 32 + u32(8)
  const atUs = on.perSecond === 1_000_000 ? units : Math.round((units / on.perSecond) * 1e6)
  const flags = [...readOptions(body.subarray(20 + Math.ceil(length / 4) * 4), isLittle)].find(({ code, value }) => code === option.flags && value.length === 4)
  const said = flags === undefined ? 0 : reader(flags.value, isLittle).u32(0) & 3
  const direction = said === directionFlag.in ? 'in' : said === directionFlag.out ? 'out' : undefined
  return { on, atUs, data: body.subarray(20, 20 + length), ...(direction && { direction }) }
}
