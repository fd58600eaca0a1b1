// Any capture file of IP traffic down to what programs sent: datagrams, and the chunks of TCP streams in their order.
// pcapng (draft-ietf-opsawg-pcapng) and pcap (draft-ietf-opsawg-pcap 4, 5), several link types, fragments, segments out of order or sent twice (RFC 9293 3.10.7.4).
import { ParseError } from './errors.ts'
import { createFragments } from './ip-fragments.ts'
import { readIpPacket, type Endpoint, type IpPayload } from './ip-packet.ts'
import { ipOf, linkName } from './link-layer.ts'
import { readPcapngPackets, type CapturedPacket } from './pcapng-blocks.ts'

export interface CapturedPayload {
  readonly atUs: number
  readonly transport: 'udp' | 'tcp'
  readonly from: Endpoint
  readonly to: Endpoint
  /** A datagram, or a segment's share of a TCP stream without what was there before. */
  readonly bytes: Buffer
  /** Tells the connections of a pair of ports apart; 0 for UDP. */
  readonly connection: number
}

export interface Capture {
  /** In the order of the file, as far as a stream's order allows. */
  readonly payloads: readonly CapturedPayload[]
  /** What could not be read, each with its count, in words. */
  readonly leftOut: readonly string[]
}

/** Ours: segments of one direction that may wait for one that is missing. */
const maxWaiting = 256

/** Throws ParseError `pcapng.malformed` for a file that is no capture, or breaks off inside a block. Interfaces named `media` and `note` of our own recordings are passed over. */
export function readCapture(bytes: Buffer): Capture {
  const payloads: CapturedPayload[] = []
  const leftOut = new Map<string, number>()
  const miss = (what: string, count = 1): void => void leftOut.set(what, (leftOut.get(what) ?? 0) + count)
  const fragments = createFragments()
  const streams = createStreams((payload) => payloads.push(payload))
  for (const { on, atUs, data } of readPackets(bytes)) {
    if (on.name === 'media' || on.name === 'note') continue
    const ip = ipOf(on.link, data)
    if (ip === 'unknown') miss(`packets of ${linkName(on.link)}, which is not read`)
    if (ip === 'unknown' || ip === undefined) continue
    try {
      const whole = fragments.push(ip)
      const payload = whole && readIpPacket(whole)
      if (payload?.transport === 'udp') payloads.push({ atUs, transport: 'udp', from: payload.from, to: payload.to, bytes: payload.bytes, connection: 0 })
      else if (payload) streams.push(payload, atUs)
    } catch (error) {
      if (!(error instanceof ParseError)) throw error
      miss('packets cut short or damaged')
    }
  }
  streams.end()
  if (fragments.unfinished() > 0) miss('fragmented datagrams with a piece missing', fragments.unfinished())
  if (streams.gaps() > 0) miss('gaps in TCP streams', streams.gaps())
  return { payloads, leftOut: [...leftOut].map(([what, count]) => `${count} ${what}`) }
}

/** Packets of either file format, told apart by their first bytes. */
export function readPackets(bytes: Buffer): Iterable<CapturedPacket> {
  const magic = bytes.length >= 4 ? bytes.readUInt32BE(0) : 0
  const form = pcapForms.find((each) => each.magic === magic)
  return form ? readPcap(bytes, form) : readPcapngPackets(bytes)
}

const pcapForms = [
  { magic: 0xa1b2c3d4, isLittle: false, perUs: 1 },
  { magic: 0xd4c3b2a1, isLittle: true, perUs: 1 },
  { magic: 0xa1b23c4d, isLittle: false, perUs: 1000 },
  { magic: 0x4d3cb2a1, isLittle: true, perUs: 1000 },
] as const

function* readPcap(bytes: Buffer, { isLittle, perUs }: (typeof pcapForms)[number]): Generator<CapturedPacket> {
  const u32 = (at: number): number => (isLittle ? bytes.readUInt32LE(at) : bytes.readUInt32BE(at))
  if (bytes.length < 24) throw new ParseError('pcapng.malformed', 'not a readable recording: its header is cut short')
  const on = { link: u32(20) & 0xffff, name: '', perSecond: 1_000_000 * perUs }
  for (let at = 24; at < bytes.length; ) {
    const length = bytes.length - at < 16 ? -1 : u32(at + 8)
    if (length < 0 || length > bytes.length - at - 16) throw new ParseError('pcapng.malformed', `not a readable recording: the packet at ${at} is cut short`)
    yield { on, atUs: u32(at) * 1_000_000 + Math.floor(u32(at + 4) / perUs), data: bytes.subarray(at + 16, at + 16 + length) }
    at += 16 + length
  }
}

interface Stream {
  readonly connection: number
  next: number
  readonly waiting: { readonly payload: IpPayload; readonly seq: number; readonly atUs: number }[]
}

/** Puts segments in order, each direction of each connection by itself. */
function createStreams(deliver: (payload: CapturedPayload) => void): { readonly push: (payload: IpPayload, atUs: number) => void; readonly end: () => void; readonly gaps: () => number } {
  const streams = new Map<string, Stream>()
  let connections = 0
  let gaps = 0
  const keyOf = (from: Endpoint, to: Endpoint): string => `${from.host} ${from.port} ${to.host} ${to.port}`
  /** Signed distance in a number space that wraps. */
  const distance = (from: number, to: number): number => (to - from) | 0
  const take = (stream: Stream, payload: IpPayload, seq: number, atUs: number): void => {
    const known = -distance(stream.next, seq)
    const bytes = payload.bytes.subarray(Math.max(0, known))
    if (bytes.length === 0) return
    stream.next = (seq + payload.bytes.length) >>> 0
    deliver({ atUs, transport: 'tcp', from: payload.from, to: payload.to, bytes, connection: stream.connection })
  }
  const drain = (stream: Stream, atUs: number | undefined): void => {
    stream.waiting.sort((one, other) => distance(other.seq, one.seq))
    for (let first = stream.waiting[0]; first && (distance(stream.next, first.seq) <= 0 || atUs === undefined); first = stream.waiting[0]) {
      stream.waiting.shift()
      if (distance(stream.next, first.seq) > 0) {
        gaps++
        stream.next = first.seq
      }
      take(stream, first.payload, first.seq, atUs ?? first.atUs)
    }
  }
  /** The answer to a SYN belongs to the connection that the SYN began. */
  const connectionOf = ({ from, to }: IpPayload, before: Stream | undefined): number => {
    const other = streams.get(keyOf(to, from))
    return other && (!before || other.connection > before.connection) ? other.connection : ++connections
  }
  return {
    push: (payload, atUs) => {
      const { seq = 0, isStart = false } = payload.stream ?? {}
      const key = keyOf(payload.from, payload.to)
      const known = streams.get(key)
      const isNew = !known || (isStart && distance(known.next, seq) !== -1)
      const stream: Stream = isNew ? { connection: connectionOf(payload, known), next: isStart ? (seq + 1) >>> 0 : seq, waiting: [] } : known
      if (isNew && known) drain(known, undefined)
      streams.set(key, stream)
      if (payload.bytes.length === 0) return
      const at = isStart ? (seq + 1) >>> 0 : seq
      if (distance(stream.next, at) <= 0) take(stream, payload, at, atUs)
      else stream.waiting.push({ payload, seq: at, atUs })
      drain(stream, stream.waiting.length > maxWaiting ? undefined : atUs)
    },
    end: () => {
      for (const stream of streams.values()) drain(stream, undefined)
    },
    gaps: () => gaps,
  }
}
