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

interface Kept {
  readonly head: Head
  /** Of its NAL units, which stand one behind the other. */
  readonly sizes: readonly number[]
}

/** Half a second at 4 Mbit/s: the most that lies idle. */
const blockBytes = 256 * 1024

export function createGop({ maxUnits, maxBytes }: GopBounds): Gop {
  const blocks: Buffer[] = []
  let kept: Kept[] = []
  let size = 0
  let copies: AccessUnit[] = []
  /** Where the next copy begins. */
  let copied = 0

  const forget = (): void => {
    blocks.length = Math.min(blocks.length, Math.ceil(size / blockBytes))
    kept = []
    copies = []
    size = copied = 0
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
  const copy = ({ head, sizes }: Kept): AccessUnit => cut(head, read(sizes.reduce((sum, each) => sum + each, 0)), sizes)

  return {
    keep: (unit) => {
      if (unit.isKeyframe) forget()
      else if (kept.length === 0) return
      // A GOP with a hole in it would show garbage: a newcomer then waits for the next keyframe.
      if (kept.length === maxUnits || size + unitBytes(unit) > maxBytes) return forget()
      const { nalUnits, ...head } = unit
      for (const nal of nalUnits) write(nal)
      kept.push({ head, sizes: nalUnits.map((nal) => nal.length) })
    },
    units: () => {
      for (const each of kept.slice(copies.length)) copies.push(copy(each))
      return copies
    },
    isEmpty: () => kept.length === 0,
    heldBytes: () => blocks.length * blockBytes,
  }
}

/** A copy in memory of its own. */
export const ownUnit = ({ nalUnits, ...head }: AccessUnit): AccessUnit => cut(head, Buffer.concat(nalUnits), nalUnits.map((nal) => nal.length))

function cut(head: Head, bytes: Buffer, sizes: readonly number[]): AccessUnit {
  let end = 0
  return { ...head, nalUnits: sizes.map((size) => bytes.subarray(end, (end += size))) }
}
