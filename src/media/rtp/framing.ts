// RTP on a TCP stream: the two-byte length of RFC 4571, or `$` interleaving of RFC 2326 10.12, told by the first bytes.
// GB/T 28181-2022 Annex D. Finds its way back when a sender's lengths go wrong. A two-byte length bounds what is held: 64 KiB.
// Interop (Q92): a header of 256 bytes before the first packets (EHOME); private bytes of one size before each packet.
import { isRtcp, rtpHeaderBytes } from './packet.ts'
import { sequenceDistance } from './sequence.ts'

/** `ehome`: interleaved behind Hikvision's header. */
export type Framing = 'unknown' | 'rfc4571' | 'interleaved' | 'ehome'

export interface RtpFramer {
  /** Whole packets of the stream so far, RTP and RTCP alike, each as the part of some bytes from `from` to `end`: they hold until the next chunk. */
  readonly each: (chunk: Buffer, take: (bytes: Buffer, from: number, end: number) => void) => void
  /** The connection was made anew: the end of a begun packet never comes, its bytes are given up. */
  readonly restart: () => void
  /** The same as views. */
  readonly push: (chunk: Buffer) => readonly Buffer[]
  /** `leadBytes`: of what stands before each packet and is no framing that we know. */
  readonly stats: () => { readonly resynchronisations: number; readonly skippedBytes: number; readonly framing: Framing; readonly leadBytes: number }
}

const dollar = 0x24
/** Sequence numbers of one source lie this near to each other; a farther one is not believed while searching. */
const maxJump = 3000

/** Two bytes of length, then the packet. RFC 4571 2. */
export function frameRfc4571(packet: Buffer): Buffer {
  const frame = Buffer.allocUnsafe(2 + packet.length)
  frame.writeUInt16BE(packet.length, 0)
  packet.copy(frame, 2)
  return frame
}

/** `$`, the channel, two bytes of length, then the packet. RFC 2326 10.12. */
export function frameInterleaved(packet: Buffer, channel: number): Buffer {
  const head = Buffer.from([dollar, channel, 0, 0])
  head.writeUInt16BE(packet.length, 2)
  return Buffer.concat([head, packet])
}

/** A packet of an unknown source is believed up to this size only: ZLMediaKit's rtpMaxSize, with which devices are tested. */
const maxDoubtfulBytes = 10_240
const maxRtcpBytes = 2048
/** After this many bytes without a packet of the known source, another source is believed too. */
const forgetAfterBytes = 256 * 1024
/** EHOME's header: 01 00, a byte that is not 0, and more up to this size. */
const ehomeBytes = 256
/** Private bytes before a packet are learned up to this size, when they were as many before so many packets in a row. */
const maxLeadBytes = 512
const learnAfter = 3
/** EHOME may have this byte between the RTP header and a pack. */
const carriage = 0x0d

/** sound: from the known source; doubtful: a packet by its shape alone; broken: no packet; more: too few bytes to say. */
type Look = 'sound' | 'doubtful' | 'broken' | 'more'
type Take = (bytes: Buffer, from: number, end: number) => void

export function createRtpFramer(): RtpFramer {
  /** The begun packet, and the memory of the one before it, which its reader may not have done with. */
  let rest: Buffer = Buffer.alloc(0)
  let [room, otherRoom] = [Buffer.alloc(0), Buffer.alloc(0)]
  let prefix: 0 | 2 | 4 = 0
  let source: { readonly ssrc: number; sequence: number } | undefined
  let isEhome = false
  let hasCarriage = false
  let lead = { bytes: 0, times: 0 }
  let isLost = false
  let lostBytes = 0
  let resynchronisations = 0
  let skippedBytes = 0

  const lengthAt = (data: Buffer, at: number, size: number): number => data.readUInt16BE(at + size - 2)

  const look = (data: Buffer, at: number, size: number): Look => {
    const start = at + size
    if (data.length < start + rtpHeaderBytes) return 'more'
    if (((data[start] ?? 0) & 0xc0) !== 0x80 || (size === 4 && data[at] !== dollar)) return 'broken'
    const length = lengthAt(data, at, size)
    const second = data[start + 1] ?? 0
    if (second >= 200 && second <= 206) {
      const isWhole = (data.readUInt16BE(start + 2) + 1) * 4 <= length && length <= maxRtcpBytes
      return isWhole && !isLost ? 'sound' : 'broken'
    }
    if (length < rtpHeaderBytes) return 'broken'
    if (!source) return isLost && length > maxDoubtfulBytes ? 'broken' : 'doubtful'
    const isNear = Math.abs(sequenceDistance(source.sequence, data.readUInt16BE(start + 2))) <= maxJump
    if (isNear && data.readUInt32BE(start + 8) === source.ssrc) return 'sound'
    return isLost || length > maxDoubtfulBytes ? 'broken' : 'doubtful'
  }
  /** A doubtful packet is believed when a packet of the same source, or of the known one, stands right behind it. */
  const judge = (data: Buffer, at: number, size: number): Look => {
    const seen = look(data, at, size)
    if (seen !== 'doubtful' || (!source && !isLost)) return seen
    const next = at + size + lengthAt(data, at, size)
    const following = look(data, next, size)
    if (following !== 'doubtful') return following
    return data.readUInt32BE(at + size + 8) === data.readUInt32BE(next + size + 8) ? 'sound' : 'broken'
  }
  /** `$`, a channel, a length and version 2 behind it, where RFC 4571 would see no packet. */
  const prefixAt = (data: Buffer, at: number): 2 | 4 => (look(data, at, 2) === 'broken' && look(data, at, 4) !== 'broken' ? 4 : 2)
  /** Where a length of 256 would stand before version 2, this stands before another third byte, and a packet behind it all. */
  const ehomeAt = (data: Buffer, at: number): Look => {
    const third = data[at + 2] ?? 0
    if ((source && !isEhome) || data[at] !== 1 || data[at + 1] !== 0 || third === 0 || third >> 6 === 2) return 'broken'
    const behind = look(data, at + ehomeBytes, 4)
    return behind === 'broken' ? look(data, at + ehomeBytes, 2) : behind
  }

  const skipByte = (): void => {
    if (!isLost) resynchronisations++
    isLost = true
    skippedBytes++
    if (++lostBytes > forgetAfterBytes) source = undefined
  }
  /** Bytes found before a packet again and again belong to the sender's framing: they are no trouble any more. */
  const noteFound = (): void => {
    lead = lostBytes === lead.bytes ? { ...lead, times: lead.times + 1 } : { bytes: lostBytes <= maxLeadBytes ? lostBytes : 0, times: 1 }
    isLost = false
    lostBytes = 0
  }
  const leadBytes = (): number => (lead.times >= learnAfter ? lead.bytes : 0)

  const give = (bytes: Buffer, from: number, end: number, take: Take): void => {
    if (isLost) noteFound()
    if (isRtcp(bytes, from, end)) return take(bytes, from, end)
    const sequence = bytes.readUInt16BE(from + 2)
    const ssrc = bytes.readUInt32BE(from + 8)
    if (source?.ssrc === ssrc) source.sequence = sequence
    else source = { ssrc, sequence }
    if (!isEhome) return take(bytes, from, end)
    const packet = withoutCarriage(bytes.subarray(from, end))
    take(packet, 0, packet.length)
  }
  const withoutCarriage = (packet: Buffer): Buffer => {
    const hasOne = packet[rtpHeaderBytes] === carriage
    hasCarriage ||= hasOne && packet.length > rtpHeaderBytes + 4 && packet.readUInt32BE(rtpHeaderBytes + 1) === 0x1ba
    return hasOne && hasCarriage ? Buffer.concat([packet.subarray(0, rtpHeaderBytes), packet.subarray(rtpHeaderBytes + 1)]) : packet
  }

  /** Bytes of a begun packet of the known source that has its length; 0 for any other. */
  const begunSize = (data: Buffer): number => (prefix !== 0 && !isLost && look(data, 0, prefix) === 'sound' ? prefix + lengthAt(data, 0, prefix) : 0)
  /** Copied, with room for its end: whose chunk it is may write over it after this call. */
  const keep = (data: Buffer): void => {
    const size = Math.max(data.length, begunSize(data))
    ;[room, otherRoom] = [otherRoom.length < size ? Buffer.allocUnsafeSlow(Math.max(size, 2048)) : otherRoom, room]
    data.copy(room)
    rest = room.subarray(0, data.length)
  }

  const each = (chunk: Buffer, take: Take): void => {
    let data = chunk
    let at = 0
    if (rest.length > 0) {
      const size = begunSize(rest)
      const missing = size - rest.length
      if (size > room.length) room = Buffer.concat([rest], size)
      if (missing > 0) {
        const taken = chunk.copy(room, rest.length, 0, missing)
        rest = room.subarray(0, rest.length + taken)
        if (taken < missing) return
        give(room, prefix, size, take)
        at = missing
      } else data = Buffer.concat([rest, chunk])
    }
    while (data.length - at >= (prefix || 4) + rtpHeaderBytes) {
      const size = prefix || prefixAt(data, at)
      const seen = judge(data, at, size)
      if (seen === 'more') break
      if (seen === 'broken') {
        const header = ehomeAt(data, at)
        if (header === 'more') break
        const isKnown = !isLost && leadBytes() > 0
        if (header !== 'broken') {
          isEhome = true
          prefix = 0
          at += ehomeBytes
        } else if (isKnown && data.length - at < leadBytes() + size + rtpHeaderBytes) break
        else if (isKnown && look(data, at + leadBytes(), size) === 'sound') at += leadBytes()
        else {
          skipByte()
          at++
        }
        continue
      }
      const end = at + size + lengthAt(data, at, size)
      if (end > data.length) break
      give(data, at + size, end, take)
      prefix = size
      at = end
    }
    if (at === data.length) rest = room.subarray(0, 0)
    else keep(data.subarray(at))
  }
  const push = (chunk: Buffer): readonly Buffer[] => {
    const packets: Buffer[] = []
    each(chunk, (bytes, from, end) => packets.push(bytes.subarray(from, end)))
    return packets
  }
  const framing = (): Framing => (prefix === 0 ? 'unknown' : isEhome ? 'ehome' : prefix === 2 ? 'rfc4571' : 'interleaved')
  const restart = (): void => {
    rest = room.subarray(0, 0)
    prefix = 0
    isEhome = isLost = false
    lostBytes = 0
  }
  return { each, restart, push, stats: () => ({ resynchronisations, skippedBytes, framing: framing(), leadBytes: leadBytes() }) }
}
