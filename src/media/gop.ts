// The pictures since the last keyframe, for newcomers, in memory of the stream's own that is written again with each GOP. A unit's own
// buffers so die young: kept for the seconds of a GOP they would be collected with the whole heap, several times a second at a
// hundred streams (a fifth of all the cost of receiving, by `npm run bench -- media`).
import { unitBytes } from './figures.ts'
import type { AccessUnit } from './types.ts'

export interface Gop {
  /** Begins anew with a keyframe; other units follow it, and are nothing where none was kept. */
  readonly keep: (unit: AccessUnit) => void
  /** Copies, made when first asked for and shared by all who ask before the next keyframe. */
  readonly units: () => readonly AccessUnit[]
  readonly isEmpty: () => boolean
  /** Memory taken, whether filled or not. */
  readonly heldBytes: () => number
}

export interface GopBounds {
  readonly maxUnits: number
  readonly maxBytes: number
}

type Head = Omit<AccessUnit, 'nalUnits'>

/** A kept unit without its bytes; written again by the unit in its place of the next GOP. */
interface Kept {
  codec: AccessUnit['codec']
  pts90k: number
  receivedUs: number
  isDamaged: boolean
  /** What keyframes have beside. */
  head: Head | undefined
  /** Of its NAL units, which stand one behind the other. */
  readonly sizes: number[]
}

/** Half a second at 4 Mbit/s: the most that lies idle. */
const blockBytes = 256 * 1024

export function createGop({ maxUnits, maxBytes }: GopBounds): Gop {
  const blocks: Buffer[] = []
  const slots: Kept[] = []
  let count = 0
  let size = 0
  let copies: AccessUnit[] = []
  /** Where the next copy begins. */
  let copied = 0

  const forget = (): void => {
    blocks.length = Math.min(blocks.length, Math.ceil(size / blockBytes))
    slots.length = Math.min(slots.length, count)
    copies = []
    count = size = copied = 0
  }
  const write = (bytes: Buffer): void => {
    for (let from = 0; from < bytes.length; ) {
      const at = size % blockBytes
      const block = (blocks[Math.floor(size / blockBytes)] ??= Buffer.allocUnsafeSlow(blockBytes))
      const count = bytes.copy(block, at, from, from + blockBytes - at)
      from += count
      size += count
    }
  }
  const read = (length: number): Buffer => {
    const bytes = Buffer.allocUnsafeSlow(length)
    for (let to = 0; to < length; ) {
      const at = copied % blockBytes
      const count = blocks[Math.floor(copied / blockBytes)]?.copy(bytes, to, at, at + length - to) ?? length
      to += count
      copied += count
    }
    return bytes
  }
  const copy = ({ head, sizes, codec, pts90k, receivedUs, isDamaged }: Kept): AccessUnit =>
    cut(head ?? { codec, pts90k, isKeyframe: false, receivedUs, isDamaged }, read(sizes.reduce((sum, each) => sum + each, 0)), sizes)

  return {
    keep: (unit) => {
      if (unit.isKeyframe) forget()
      else if (count === 0) return
      // A GOP with a hole in it would show garbage: a newcomer then waits for the next keyframe.
      if (count === maxUnits || size + unitBytes(unit) > maxBytes) return forget()
      const slot = (slots[count++] ??= { codec: unit.codec, pts90k: 0, receivedUs: 0, isDamaged: false, head: undefined, sizes: [] })
      slot.codec = unit.codec
      slot.pts90k = unit.pts90k
      slot.receivedUs = unit.receivedUs
      slot.isDamaged = unit.isDamaged
      slot.head = unit.isKeyframe ? headOf(unit) : undefined
      slot.sizes.length = 0
      for (const nal of unit.nalUnits) {
        write(nal)
        slot.sizes.push(nal.length)
      }
    },
    units: () => {
      for (const each of slots.slice(copies.length, count)) copies.push(copy(each))
      return copies
    },
    isEmpty: () => count === 0,
    heldBytes: () => blocks.length * blockBytes,
  }
}

const headOf = ({ nalUnits: _, ...head }: AccessUnit): Head => head

/** A copy in memory of its own. */
export const ownUnit = (unit: AccessUnit): AccessUnit => cut(headOf(unit), Buffer.concat(unit.nalUnits), unit.nalUnits.map((nal) => nal.length))

function cut(head: Head, bytes: Buffer, sizes: readonly number[]): AccessUnit {
  let end = 0
  return { ...head, nalUnits: sizes.map((size) => bytes.subarray(end, (end += size))) }
}
