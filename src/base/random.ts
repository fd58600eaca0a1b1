// Randomness as a parameter: real for the service, seeded for tests and for chewing.
import { randomBytes } from 'node:crypto'

/** Returns `length` random bytes. */
export type RandomBytes = (length: number) => Buffer

export const systemRandom: RandomBytes = (length) => randomBytes(length)

/** A small fast generator (mulberry32) for tests, simulated noise and chewing; never for secrets. Returns numbers in [0, 1). */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296
  }
}

export function seededBytes(seed: number): RandomBytes {
  const next = seededRandom(seed)
  return (length) => Buffer.from(Array.from({ length }, () => Math.floor(next() * 256)))
}
