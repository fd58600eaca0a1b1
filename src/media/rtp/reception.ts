// Figures of one reception: expected, lost, jitter. RFC 3550 A.1, A.3, A.8. Video's RTP clock runs at 90 kHz.
import { isStray, sequenceDistance, timestampDistance } from './sequence.ts'
import type { ReceptionFigures } from '../types.ts'
import type { ReceptionSoFar } from './reporter.ts'
import type { RtpPacket } from './packet.ts'

export interface Reception {
  /** Notes a packet as it arrives, before any reordering. `bytes` is the size of the whole packet. */
  readonly note: (packet: RtpPacket, bytes: number, atUs: number) => void
  readonly figures: () => ReceptionFigures
  /** As a report to the sender has it; nothing before its first packet. */
  readonly soFar: () => ReceptionSoFar | undefined
}

const ticksPerUs = 0.09
/** A repeated packet is recognised among this many latest; a power of two. */
const memory = 1024

/** `packets` counts everything that came, duplicates included; `lost` = expected - (packets - duplicates), never below 0. */
export function createReception(): Reception {
  const seen = new Float64Array(memory).fill(-1)
  let packets = 0
  let bytes = 0
  let duplicates = 0
  let jitter = 0
  let ssrc: number | undefined
  let payloadType: number | undefined
  /** Running number of the highest packet, and of the first, in this numbering. */
  let highest = 0
  let base = 0
  let expectedBefore = 0
  let packetsBefore = 0
  let strayNext: number | undefined
  let previousTimestamp: number | undefined
  let previousUs = 0

  const restart = (packet: RtpPacket): void => {
    if (packets > 0) expectedBefore += highest - base + 1
    packetsBefore = packets
    base = highest = packet.sequence + 0x10000
    seen.fill(-1)
    previousTimestamp = undefined
    ssrc = packet.ssrc
  }

  const note = (packet: RtpPacket, size: number, atUs: number): void => {
    const isNew = packets === 0 || packet.ssrc !== ssrc
    const isFar = !isNew && isStray(highest & 0xffff, packet.sequence)
    if (isFar && strayNext !== packet.sequence) {
      strayNext = (packet.sequence + 1) & 0xffff
      return
    }
    if (isNew || isFar) restart(packet)
    strayNext = undefined

    const running = highest + sequenceDistance(highest & 0xffff, packet.sequence)
    packets++
    bytes += size
    payloadType = packet.payloadType
    if (seen[running % memory] === running) {
      duplicates++
      return
    }
    seen[running % memory] = running
    highest = Math.max(highest, running)
    base = Math.min(base, running)
    if (previousTimestamp !== undefined) {
      const transit = (atUs - previousUs) * ticksPerUs - timestampDistance(previousTimestamp, packet.timestamp)
      jitter += (Math.abs(transit) - jitter) / 16
    }
    previousTimestamp = packet.timestamp
    previousUs = atUs
  }

  const figures = (): ReceptionFigures => {
    const expected = packets === 0 ? 0 : expectedBefore + highest - base + 1
    const lost = Math.max(0, expected - (packets - duplicates))
    return {
      packets,
      bytes,
      expected,
      lost,
      lossRate: expected === 0 ? 0 : lost / expected,
      jitterMs: jitter / 90,
      duplicates,
      ...(ssrc !== undefined && { ssrc }),
      ...(payloadType !== undefined && { payloadType }),
    }
  }
  const soFar = (): ReceptionSoFar | undefined => {
    if (ssrc === undefined) return undefined
    // Of this source alone: a report is about the one it names.
    return { ssrc, expected: highest - base + 1, received: packets - packetsBefore, highestSequence: highest - 0x10000, jitterTicks: jitter }
  }
  return { note, figures, soFar }
}
