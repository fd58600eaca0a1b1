// Bits of a parameter set. H.264 (2021) 7.3.1, 7.4.1, 9.1; H.265 (2021) 9.2: the same escape and Exp-Golomb codes in both.
import { ParseError } from '../../base/index.ts'

export interface BitReader {
  /** The next `count` bits, at most 32, as an unsigned number. */
  readonly bits: (count: number) => number
  readonly flag: () => boolean
  /** Unsigned and signed Exp-Golomb codes. */
  readonly ue: () => number
  readonly se: () => number
  readonly skip: (count: number) => void
}

/** Removes emulation prevention (00 00 03 -> 00 00) from the first `limit` bytes; a NAL unit without any comes back as a view. */
export function unescape(nal: Buffer, limit = 1024): Buffer {
  const bytes = nal.subarray(0, limit)
  const isEscape = (i: number): boolean => bytes[i] === 3 && i >= 2 && bytes[i - 1] === 0 && bytes[i - 2] === 0
  let found = 2
  while (found < bytes.length && !isEscape(found)) found++
  if (found >= bytes.length) return bytes
  return Buffer.from(bytes.filter((_, i) => !isEscape(i)))
}

/** Reads `bytes` from bit `start` on; past the end it throws ParseError `h26x.malformed`. */
export function bitReader(bytes: Buffer, start = 0): BitReader {
  let at = start
  const flag = (): boolean => {
    const byte = bytes[at >> 3]
    if (byte === undefined) throw new ParseError('h26x.malformed', `parameter set ends after ${bytes.length} bytes`)
    return ((byte >> (7 - (at++ & 7))) & 1) === 1
  }
  const bits = (count: number): number => {
    let value = 0
    for (let i = 0; i < count; i++) value = value * 2 + (flag() ? 1 : 0)
    return value
  }
  const ue = (): number => {
    let zeros = 0
    while (!flag()) if (++zeros > 32) throw new ParseError('h26x.malformed', 'Exp-Golomb code of more than 32 bits')
    return 2 ** zeros - 1 + bits(zeros)
  }
  const se = (): number => {
    const code = ue()
    return code % 2 === 1 ? (code + 1) / 2 : -code / 2
  }
  return { bits, flag, ue, se, skip: (count) => void (at += count) }
}
