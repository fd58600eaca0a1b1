// Stripes across the whole picture: hum, a bad cable, a rolling sensor under a flickering lamp. A wave of one period runs through all rows (or
// columns) of every quarter of the picture with about the same strength, and stands out of the waves beside it; a fence or a facade seldom does all of that.
import type { Area, Planes } from './planes.ts'

const bins = 512
const quarters = 4
const stride = 8
/** Waves per picture: fewer are light and landscape. */
const [fewest, most] = [8, 240]
/** A stripe is so many times as strong as the waves beside it. */
const standsOut = 6
const neighbours = 10

export interface Stripes {
  /** Half the height of the wave, in levels; 0 where none stands out. */
  readonly horizontal: number
  readonly vertical: number
}

export function stripes(planes: Planes, area: Area, mask: Uint8Array): Stripes {
  return { horizontal: strongest(profiles(planes, area, mask, true)), vertical: strongest(profiles(planes, area, mask, false)) }
}

/** Mean level along rows (or columns) of each quarter, in `bins` steps, less its slow changes. */
function profiles({ width, luma }: Planes, { left, top, right, bottom }: Area, mask: Uint8Array, isRows: boolean): readonly Float64Array[] {
  const [along, across] = isRows ? [bottom - top, right - left] : [right - left, bottom - top]
  return Array.from({ length: quarters }, (_, quarter) => {
    const [sums, counts] = [new Float64Array(bins), new Uint32Array(bins)]
    const [from, to] = [Math.floor((across * quarter) / quarters), Math.floor((across * (quarter + 1)) / quarters)]
    for (let k = 0; k < along; k++) {
      const bin = Math.floor((k * bins) / along)
      for (let j = from; j < to; j += stride) {
        const i = isRows ? (top + k) * width + left + j : (top + j) * width + left + k
        if (mask[i] !== 0) continue
        sums[bin]! += luma[i]!
        counts[bin]!++
      }
    }
    return flattened(sums.map((sum, bin) => (counts[bin] === 0 ? NaN : sum / counts[bin]!)))
  })
}

/** Less the mean of the 64 steps around each; gaps become 0; ends taper. */
function flattened(profile: Float64Array): Float64Array {
  const reach = bins / 16
  return profile.map((level, at) => {
    if (Number.isNaN(level)) return 0
    let [sum, n] = [0, 0]
    for (let k = Math.max(0, at - reach); k <= Math.min(bins - 1, at + reach); k++) {
      if (Number.isNaN(profile[k]!)) continue
      sum += profile[k]!
      n++
    }
    return (level - sum / n) * (1 - Math.cos((2 * Math.PI * at) / (bins - 1)))
  })
}

function strongest(parts: readonly Float64Array[]): number {
  const amplitudes = parts.map(amplitudesOf)
  let found = 0
  const mean = (k: number): number => amplitudes.reduce((sum, each) => sum + each[k]!, 0) / quarters
  for (let k = fewest; k <= most; k++) {
    const weakest = Math.min(...amplitudes.map((each) => each[k]!))
    if (weakest <= found || weakest < 0.5) continue
    const beside: number[] = []
    for (let j = Math.max(2, k - neighbours); j <= Math.min(bins / 2 - 1, k + neighbours); j++) if (Math.abs(j - k) > 2) beside.push(mean(j))
    beside.sort((a, b) => a - b)
    if (weakest >= standsOut * beside[beside.length >> 1]!) found = weakest
  }
  return found
}

/** Amplitude of each wave: a radix-2 Fourier transform. */
function amplitudesOf(real: Float64Array): Float64Array {
  const [re, im] = [new Float64Array(bins), new Float64Array(bins)]
  for (let i = 0, j = 0; i < bins; i++) {
    re[j] = real[i]!
    let bit = bins >> 1
    for (; j & bit; bit >>= 1) j ^= bit
    j |= bit
  }
  for (let size = 2; size <= bins; size *= 2) {
    for (let start = 0; start < bins; start += size) {
      for (let k = 0; k < size / 2; k++) {
        const turn = (-2 * Math.PI * k) / size
        const [c, s] = [Math.cos(turn), Math.sin(turn)]
        const [a, b] = [start + k, start + k + size / 2]
        const [x, y] = [re[b]! * c - im[b]! * s, re[b]! * s + im[b]! * c]
        ;[re[b], im[b]] = [re[a]! - x, im[a]! - y]
        ;[re[a], im[a]] = [re[a]! + x, im[a]! + y]
      }
    }
  }
  return re.map((value, k) => (2 * Math.hypot(value, im[k]!)) / bins)
}
