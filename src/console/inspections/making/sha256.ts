// SHA-256 of a text in UTF-8, in hex. FIPS 180-4 6.2. The browser's own is withheld from pages that come without TLS, as they do in many of these networks.

const rotate = (word: number, by: number): number => (word >>> by) | (word << (32 - by))

/** The first 32 bits of the fractional parts of a root of the first primes. FIPS 180-4 4.2.2, 5.3.3. */
function fractions(count: number, root: number): Uint32Array {
  const words = new Uint32Array(count)
  for (let candidate = 2, found = 0; found < count; candidate++) {
    let isPrime = true
    for (let by = 2; by * by <= candidate; by++) if (candidate % by === 0) isPrime = false
    if (isPrime) words[found++] = fraction(candidate, root)
  }
  return words
}

/** floor(prime^(1/root) · 2^32) mod 2^32, in whole numbers: a double has too few digits for the cube roots to be sure of. */
function fraction(prime: number, root: number): number {
  const goal = BigInt(prime) << BigInt(32 * root)
  let [low, high] = [0n, 1n << 40n]
  while (high - low > 1n) {
    const middle = (low + high) >> 1n
    if (middle ** BigInt(root) <= goal) low = middle
    else high = middle
  }
  return Number(low & 0xffff_ffffn)
}

const start = fractions(8, 2)
const rounds = fractions(64, 3)

export function sha256(text: string): string {
  const bytes = new TextEncoder().encode(text)
  const padded = new Uint8Array(((bytes.length + 8) >> 6) * 64 + 64)
  padded.set(bytes)
  padded[bytes.length] = 0x80
  const view = new DataView(padded.buffer)
  view.setBigUint64(padded.length - 8, BigInt(bytes.length) * 8n)
  const state = start.slice()
  for (let at = 0; at < padded.length; at += 64) block(state, view, at)
  return [...state].map((word) => word.toString(16).padStart(8, '0')).join('')
}

function block(state: Uint32Array, view: DataView, at: number): void {
  const w = new Uint32Array(64)
  const word = (index: number): number => w[index] ?? 0
  for (let n = 0; n < 64; n++) {
    if (n < 16) w[n] = view.getUint32(at + n * 4)
    else {
      const [old, last] = [word(n - 15), word(n - 2)]
      w[n] = word(n - 16) + (rotate(old, 7) ^ rotate(old, 18) ^ (old >>> 3)) + word(n - 7) + (rotate(last, 17) ^ rotate(last, 19) ^ (last >>> 10))
    }
  }
  let [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0, g = 0, h = 0] = state
  for (let n = 0; n < 64; n++) {
    const first = (h + (rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25)) + ((e & f) ^ (~e & g)) + (rounds[n] ?? 0) + word(n)) | 0
    const second = ((rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22)) + ((a & b) ^ (a & c) ^ (b & c))) | 0
    ;[h, g, f, e, d, c, b, a] = [g, f, e, (d + first) | 0, c, b, a, (first + second) | 0]
  }
  ;[a, b, c, d, e, f, g, h].forEach((value, index) => (state[index] = (state[index] ?? 0) + value))
}
