// Memory for what is being put together, taken again and again while nothing of it is in use. Without it each frame is a buffer of its own
// outside the heap, and a hundred streams have the whole heap collected for them every second.

export interface Arena {
  readonly take: (size: number) => Buffer
  /** Nothing that was taken is looked at any more: it is given out again from the beginning. */
  readonly reset: () => void
}

/** A frame of 4 Mbit/s at 25 fps three times over. A keyframe makes it larger for good. */
const firstBytes = 64 * 1024
const maxKeptBytes = 2 * 1024 * 1024

/** Where nobody can say when a frame was seen to by all: each buffer is new, and collected by itself. */
export const freshMemory: Arena = { take: (size) => Buffer.allocUnsafeSlow(size), reset: () => {} }

/** What is taken lies one behind the other while it fits; a block that is full is left to those who still look at it. */
export function createArena(): Arena {
  let block: Buffer = Buffer.alloc(0)
  let used = 0
  /** Given back since it was made: what is too much for it then is one frame, and not frames that nobody saw end. */
  let isReset = false
  return {
    take: (size) => {
      if (used + size > block.length) {
        block = Buffer.allocUnsafeSlow(Math.max(size, Math.min(maxKeptBytes, (isReset ? 2 : 1) * block.length), firstBytes))
        used = 0
        isReset = false
      }
      return block.subarray(used, (used += size))
    },
    reset: () => {
      used = 0
      isReset = true
      if (block.length > maxKeptBytes) block = block.subarray(0, 0)
    },
  }
}

/** One view of parts that lie one behind the other in the same memory; undefined where they do not. */
export function adjacent(parts: readonly Buffer[]): Buffer | undefined {
  const [first] = parts
  if (!first || parts.length === 1) return first
  let end = first.byteOffset
  for (const { buffer, byteOffset, length } of parts) {
    if (buffer !== first.buffer || byteOffset !== end) return undefined
    end += length
  }
  return Buffer.from(first.buffer, first.byteOffset, end - first.byteOffset)
}
