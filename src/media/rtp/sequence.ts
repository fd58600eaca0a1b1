// Numbers that wrap: 16-bit sequence numbers, 32-bit RTP time stamps, 33-bit PTS. RFC 3550 A.1; RFC 1982.

/** Steps from `from` to `to` on a circle of 2^bits, the short way: negative when `to` lies behind. */
export function distance(from: number, to: number, bits: number): number {
  const circle = 2 ** bits
  const ahead = (((to - from) % circle) + circle) % circle
  return ahead < circle / 2 ? ahead : ahead - circle
}

/** Steps from one 16-bit sequence number to another, -32768 to 32767. */
export const sequenceDistance = (from: number, to: number): number => ((to - from) << 16) >> 16

/** Ticks from one 32-bit RTP time stamp to another, negative when it lies behind. */
export const timestampDistance = (from: number, to: number): number => (to - from) | 0

/** Returns a function that turns wrapped numbers into running ones, each the nearest to the one before. The first stays as it is. */
export function createUnwrapper(bits: number): (value: number) => number {
  let last: number | undefined
  return (value) => {
    last = last === undefined ? value : last + distance(last, value, bits)
    return last
  }
}

/**
 * True when `to` lies too far from the `expected` number to be a late or an early packet: 3000 ahead (MAX_DROPOUT of RFC 3550 A.1)
 * or 512 behind (its MAX_MISORDER is 100; a burst of a keyframe's packets may be delayed as a whole).
 */
export function isStray(expected: number, to: number): boolean {
  const ahead = sequenceDistance(expected, to)
  return ahead > 3000 || ahead < -512
}
