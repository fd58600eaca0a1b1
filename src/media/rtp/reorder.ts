// Puts packets back in order, or says where some are missing. Bounded by depth and by arrival time; no timer.
import { isStray, sequenceDistance } from './sequence.ts'
import type { RtpPacket } from './packet.ts'

export interface Arrival {
  readonly type: 'packet'
  readonly packet: RtpPacket
  readonly atUs: number
}
/** Packets are missing here and will not come; `lost` is 0 when the sender started its numbering anew. */
export interface Gap {
  readonly type: 'gap'
  readonly lost: number
}
export type Ordered = Arrival | Gap

export interface ReorderOptions {
  /** Packets held back at most; 0 for transports that keep the order. */
  readonly depth: number
  /** A packet held longer than this is released: what it waited for is lost. */
  readonly waitUs: number
}

export interface Reorder {
  /** True for the packet that is due while none is held: it may go straight on, and counts as gone. What `push` would do, without a list. */
  readonly passes: (packet: RtpPacket) => boolean
  readonly push: (packet: RtpPacket, atUs: number) => readonly Ordered[]
  /** What is still held, in order. */
  readonly flush: () => readonly Ordered[]
  /** Another source takes over: what is held, then a gap; the next packet begins a new numbering. */
  readonly restart: () => readonly Ordered[]
  readonly stats: () => { readonly held: number; readonly reordered: number; readonly late: number; readonly gaps: number }
}

const nothing: readonly Ordered[] = []

export function createReorder({ depth, waitUs }: ReorderOptions): Reorder {
  const held = new Map<number, Arrival>()
  let expected: number | undefined
  let strayNext: number | undefined
  let reordered = 0
  let late = 0
  let gaps = 0

  const nearestHeld = (): number => {
    let nearest = 0x10000
    for (const sequence of held.keys()) nearest = Math.min(nearest, sequenceDistance(expected ?? 0, sequence))
    return nearest
  }
  const oldestUs = (): number => {
    let oldest = Infinity
    for (const arrival of held.values()) oldest = Math.min(oldest, arrival.atUs)
    return oldest
  }
  /** Takes held packets that follow without a hole. */
  const drain = (out: Ordered[]): void => {
    for (let next = held.get(expected ?? -1); next; next = held.get(expected ?? -1)) {
      held.delete(next.packet.sequence)
      expected = (next.packet.sequence + 1) & 0xffff
      out.push(next)
    }
  }
  /** Gives up the hole before the nearest held packet. */
  const skip = (out: Ordered[]): void => {
    const lost = nearestHeld()
    gaps++
    out.push({ type: 'gap', lost })
    expected = ((expected ?? 0) + lost) & 0xffff
    drain(out)
  }
  const flush = (): Ordered[] => {
    const out: Ordered[] = []
    while (held.size > 0) skip(out)
    return out
  }

  const restart = (): Ordered[] => {
    const out = flush()
    gaps++
    expected = strayNext = undefined
    return [...out, { type: 'gap', lost: 0 }]
  }

  const passes = (packet: RtpPacket): boolean => {
    if (packet.sequence !== expected || held.size > 0) return false
    expected = (expected + 1) & 0xffff
    strayNext = undefined
    return true
  }

  const push = (packet: RtpPacket, atUs: number): readonly Ordered[] => {
    const arrival: Arrival = { type: 'packet', packet, atUs }
    const following = (packet.sequence + 1) & 0xffff
    if (expected !== undefined && isStray(expected, packet.sequence)) {
      // A new numbering is believed when a second packet follows the first. RFC 3550 A.1.
      const isBelieved = strayNext === packet.sequence
      strayNext = following
      if (!isBelieved) return nothing
      const out = restart()
      expected = following
      return [...out, arrival]
    }
    const ahead = expected === undefined ? 0 : sequenceDistance(expected, packet.sequence)
    strayNext = undefined
    if (ahead < 0 || held.has(packet.sequence)) {
      late++
      return nothing
    }
    if (ahead === 0 && held.size === 0) {
      expected = following
      return [arrival]
    }
    const out: Ordered[] = []
    held.set(packet.sequence, arrival)
    if (ahead === 0) {
      reordered++
      drain(out)
    }
    while (held.size > depth || (held.size > 0 && atUs - oldestUs() > waitUs)) skip(out)
    return out
  }
  return { passes, push, flush, restart, stats: () => ({ held: held.size, reordered, late, gaps }) }
}
