// Twice the sampling rate: 8 kHz sound as 16 kHz sound, through a half-band filter. The samples that were there stay as they are.

/** The next samples in 16 bits; twice as many come out, -1 to 1, a millisecond late. */
export type Upsampler = (samples: Int16Array) => Float32Array

/** Neighbours on each side that a new sample is made of. */
const reach = 8
/** A windowed sinc at the half steps: Blackman, which leaves 1/1000 of what lies above 4.5 kHz. */
const taps = normal(
  Float64Array.from({ length: reach }, (_, n) => {
    const x = n + 0.5
    const turn = (Math.PI * x) / (reach + 0.5)
    return (Math.sin(Math.PI * x) / (Math.PI * x)) * (0.42 + 0.5 * Math.cos(turn) + 0.08 * Math.cos(2 * turn))
  }),
)

export function createUpsampler(): Upsampler {
  let before = new Float32Array(2 * reach)
  return (samples) => {
    const all = new Float32Array(before.length + samples.length)
    all.set(before)
    for (let i = 0; i < samples.length; i++) all[before.length + i] = (samples[i] ?? 0) / 0x8000
    const out = new Float32Array(2 * samples.length)
    for (let i = 0; i < samples.length; i++) {
      const at = i + reach
      let between = 0
      for (let n = 0; n < reach; n++) between += (taps[n] ?? 0) * ((all[at - n] ?? 0) + (all[at + 1 + n] ?? 0))
      out[2 * i] = all[at] ?? 0
      out[2 * i + 1] = between
    }
    before = all.slice(all.length - 2 * reach)
    return out
  }
}

/** A steady value stays what it is. */
function normal(half: Float64Array): Float64Array {
  const sum = 2 * half.reduce((total, tap) => total + tap, 0)
  return half.map((tap) => tap / sum)
}
