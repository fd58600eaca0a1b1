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
  let ssrc: number | undefined
  let payloadType: number | undefined
  let expectedBefore = 0
  let packetsBefore = 0
  let strayNext: number | undefined
  let hasPrevious = false
  /** In one piece of memory: as variables they would be new numbers on the heap with each packet. */
  const run = new Float64Array(6)
  /** Running number of the highest packet, and of the first, in this numbering. */
  const [highest, base, jitter, previousUs, previousTimestamp] = [0, 1, 2, 3, 4] as const
  const get = (which: number): number => run[which] ?? 0

  const restart = (packet: RtpPacket): void => {
    if (packets > 0) expectedBefore += get(highest) - get(base) + 1
    packetsBefore = packets
    run[base] = run[highest] = packet.sequence + 0x10000
    seen.fill(-1)
    hasPrevious = false
    ssrc = packet.ssrc
  }

  const note = (packet: RtpPacket, size: number, atUs: number): void => {
    const { sequence, timestamp } = packet
    const isNew = packets === 0 || packet.ssrc !== ssrc
    const isFar = !isNew && isStray(get(highest) & 0xffff, sequence)
    if (isFar && strayNext !== sequence) {
      strayNext = (sequence + 1) & 0xffff
      return
    }
    if (isNew || isFar) restart(packet)
    strayNext = undefined

    const running = get(highest) + sequenceDistance(get(highest) & 0xffff, sequence)
    packets++
    bytes += size
    payloadType = packet.payloadType
    const place = sequence & (memory - 1)
    if (seen[place] === running) {
      duplicates++
      return
    }
    seen[place] = running
    if (running > get(highest)) run[highest] = running
    if (running < get(base)) run[base] = running
    if (hasPrevious) {
      const transit = (atUs - get(previousUs)) * ticksPerUs - timestampDistance(get(previousTimestamp), timestamp)
      run[jitter] = get(jitter) + (Math.abs(transit) - get(jitter)) / 16
    }
    hasPrevious = true
    run[previousTimestamp] = timestamp
    run[previousUs] = atUs
  }

  const figures = (): ReceptionFigures => {
    const expected = packets === 0 ? 0 : expectedBefore + get(highest) - get(base) + 1
    const lost = Math.max(0, expected - (packets - duplicates))
    return {
      packets,
      bytes,
      expected,
      lost,
      lossRate: expected === 0 ? 0 : lost / expected,
      jitterMs: get(jitter) / 90,
      duplicates,
      ...(ssrc !== undefined && { ssrc }),
      ...(payloadType !== undefined && { payloadType }),
    }
  }
  const soFar = (): ReceptionSoFar | undefined => {
    if (ssrc === undefined) return undefined
    // Of this source alone: a report is about the one it names.
    return { ssrc, expected: get(highest) - get(base) + 1, received: packets - packetsBefore, highestSequence: get(highest) - 0x10000, jitterTicks: get(jitter) }
  }
  return { note, figures, soFar }
}
