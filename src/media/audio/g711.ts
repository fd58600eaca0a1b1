// G.711: eight bits of A-law or µ-law to sixteen linear ones and back. ITU-T G.711 (1988) tables 1 and 2.

export type Law = 'pcma' | 'pcmu'

const aLaw = Int16Array.from({ length: 256 }, (_, byte) => {
  const code = byte ^ 0x55
  const segment = (code >> 4) & 0x07
  const step = ((code & 0x0f) << 4) + 8
  const size = segment === 0 ? step : (step + 0x100) << (segment - 1)
  return code & 0x80 ? size : -size
})
const muLaw = Int16Array.from({ length: 256 }, (_, byte) => {
  const code = ~byte
  const size = ((((code & 0x0f) << 3) + 0x84) << ((code >> 4) & 0x07)) - 0x84
  return code & 0x80 ? -size : size
})

/** Each byte's sample. */
export const linearOf = (law: Law): Int16Array => (law === 'pcma' ? aLaw : muLaw)

export function decodeG711(law: Law, bytes: Uint8Array): Int16Array {
  const linear = linearOf(law)
  const samples = new Int16Array(bytes.length)
  for (let i = 0; i < bytes.length; i++) samples[i] = linear[bytes[i] ?? 0] ?? 0
  return samples
}

/** The code whose sample is nearest. */
export function encodeG711(law: Law, samples: Int16Array): Buffer {
  const codes = (encoders[law] ??= encoderOf(linearOf(law)))
  const bytes = Buffer.allocUnsafe(samples.length)
  for (let i = 0; i < samples.length; i++) bytes[i] = codes[((samples[i] ?? 0) + 0x8000) >> encoderShift] ?? 0
  return bytes
}

/** Steps of the finest segment are 8 (µ-law) and 16 (A-law) apart: a table of one entry for each 4. */
const encoderShift = 2
const encoders: { pcma?: Uint8Array; pcmu?: Uint8Array } = {}

function encoderOf(linear: Int16Array): Uint8Array {
  const order = Array.from({ length: 256 }, (_, code) => code).toSorted((a, b) => (linear[a] ?? 0) - (linear[b] ?? 0))
  let place = 0
  return Uint8Array.from({ length: 0x1_0000 >> encoderShift }, (_, entry) => {
    const sample = (entry << encoderShift) - 0x8000 + (1 << (encoderShift - 1))
    const distance = (at: number): number => Math.abs((linear[order[at] ?? 0] ?? 0) - sample)
    while (place < 255 && distance(place + 1) <= distance(place)) place++
    return order[place] ?? 0
  })
}
