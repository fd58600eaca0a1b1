// Chewing: seeded damage for every parser's test. A crash is replayed from its seed and then kept as a fixture.
import { seededRandom } from './random.ts'

/** Yields `count` damaged variants of `samples`: flipped bits, cut ends, repeated, inserted and random bytes. The samples are not altered. */
export function* chew(samples: readonly Buffer[], count: number, seed: number): Generator<Buffer> {
  const random = seededRandom(seed)
  const below = (limit: number): number => Math.floor(random() * limit)
  for (let i = 0; i < count; i++) {
    const sample = samples[below(samples.length)]
    if (!sample || random() < 0.1) {
      yield Buffer.from(Array.from({ length: below(200) }, () => below(256)))
      continue
    }
    let bytes = Buffer.from(sample)
    for (let bites = 1 + below(6); bites > 0 && bytes.length > 0; bites--) {
      const at = below(bytes.length)
      const kind = below(5)
      if (kind === 0) bytes[at] = (bytes[at] ?? 0) ^ (1 << below(8))
      else if (kind === 1) bytes = bytes.subarray(0, at)
      else if (kind === 2) bytes = Buffer.concat([bytes.subarray(0, at), bytes.subarray(at, at + below(64)), bytes.subarray(at)])
      else if (kind === 3) bytes = Buffer.concat([bytes.subarray(0, at), bytes.subarray(Math.min(bytes.length, at + below(16)))])
      else bytes[at] = [0x00, 0xff, 0x01, 0x0d, 0x0a, 0x20, 0x3c, 0x80][below(8)] ?? 0
    }
    yield bytes
  }
}
