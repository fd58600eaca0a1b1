// RTP on a TCP stream: the two-byte length of RFC 4571, or `$` interleaving of RFC 2326 10.12, told by the first bytes.
// GB/T 28181-2022 Annex D. Finds its way back when a sender's lengths go wrong. A two-byte length bounds what is held: 64 KiB.
import { isRtcp, rtpHeaderBytes } from './packet.ts'
import { sequenceDistance } from './sequence.ts'

export interface RtpFramer {
  /** Whole packets of the stream so far, RTP and RTCP alike; views where a chunk holds them whole. */
  readonly push: (chunk: Buffer) => readonly Buffer[]
  readonly stats: () => { readonly resynchronisations: number; readonly skippedBytes: number; readonly framing: 'unknown' | 'rfc4571' | 'interleaved' }
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

/** sound: from the known source; doubtful: a packet by its shape alone; broken: no packet; more: too few bytes to say. */
type Look = 'sound' | 'doubtful' | 'broken' | 'more'

export function createRtpFramer(): RtpFramer {
  let rest: Buffer = Buffer.alloc(0)
  let prefix: 0 | 2 | 4 = 0
  let source: { readonly ssrc: number; readonly sequence: number } | undefined
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
    if (data.readUInt32BE(start + 8) === source.ssrc && isNear) return 'sound'
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

  const skipByte = (): void => {
    if (!isLost) resynchronisations++
    isLost = true
    skippedBytes++
    if (++lostBytes > forgetAfterBytes) source = undefined
  }

  const push = (chunk: Buffer): readonly Buffer[] => {
    const data = rest.length === 0 ? chunk : Buffer.concat([rest, chunk])
    const packets: Buffer[] = []
    let at = 0
    while (data.length - at >= (prefix || 4) + rtpHeaderBytes) {
      const size = prefix || prefixAt(data, at)
      const seen = judge(data, at, size)
      if (seen === 'more') break
      if (seen === 'broken') {
        skipByte()
        at++
        continue
      }
      const end = at + size + lengthAt(data, at, size)
      if (end > data.length) break
      const packet = data.subarray(at + size, end)
      if (!isRtcp(packet)) source = { ssrc: packet.readUInt32BE(8), sequence: packet.readUInt16BE(2) }
      packets.push(packet)
      prefix = size
      isLost = false
      lostBytes = 0
      at = end
    }
    rest = data.subarray(at)
    return packets
  }
  const framingOf = { 0: 'unknown', 2: 'rfc4571', 4: 'interleaved' } as const
  return { push, stats: () => ({ resynchronisations, skippedBytes, framing: framingOf[prefix] }) }
}
