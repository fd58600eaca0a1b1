// What happens to a picture between the scene and the decoder: the optics blur it, the light and the sensor change it, the camera writes on it.
// Luma as levels 0-255 in floating point until the last step; randomness is seeded, so that the matrix is the same on every machine.
import sharp from 'sharp'

export interface Luma {
  readonly width: number
  readonly height: number
  readonly values: Float32Array
}

export type Blur = { readonly kind: 'gauss' | 'disk' | 'motion'; /** Standard deviation in px at 1080p height (a disk's radius is twice that, a motion's length √12 times). */ readonly sigma: number }

export function blurred(luma: Luma, { kind, sigma }: Blur): Luma {
  const px = (sigma * luma.height) / 1080
  if (px === 0) return luma
  if (kind === 'gauss') {
    const reach = Math.ceil(4 * px)
    const taps = Array.from({ length: 2 * reach + 1 }, (_, i) => Math.exp(-((i - reach) ** 2) / (2 * px * px)))
    return across(across(luma, normalised(taps), 'rows'), normalised(taps), 'columns')
  }
  // A box as long as the camera moved, its ends weighted by what they cover.
  if (kind === 'motion') return across(luma, box(px * Math.sqrt(12)), 'rows')
  return disk(luma, 2 * px)
}

const normalised = (taps: readonly number[]): readonly number[] => {
  const sum = taps.reduce((total, tap) => total + tap, 0)
  return taps.map((tap) => tap / sum)
}

function box(length: number): readonly number[] {
  const whole = Math.max(0, Math.floor((length - 1) / 2))
  const rest = Math.max(0, (length - 1) / 2 - whole)
  return normalised([rest, ...new Array<number>(2 * whole + 1).fill(1), rest])
}

/** One-dimensional convolution; the border is repeated. */
function across({ width, height, values }: Luma, taps: readonly number[], along: 'rows' | 'columns'): Luma {
  const out = new Float32Array(values.length)
  const reach = (taps.length - 1) / 2
  for (const [k, tap] of taps.entries()) {
    const by = k - reach
    for (let y = 0; y < height; y++) {
      const from = along === 'rows' ? y * width : Math.min(height - 1, Math.max(0, y + by)) * width
      if (along === 'columns') for (let x = 0; x < width; x++) out[y * width + x]! += tap * values[from + x]!
      else for (let x = 0; x < width; x++) out[y * width + x]! += tap * values[from + Math.min(width - 1, Math.max(0, x + by))]!
    }
  }
  return { width, height, values: out }
}

/** A lens out of focus: a sum of rows of the disk, each by running sums. */
function disk(luma: Luma, radius: number): Luma {
  const { width, height, values } = luma
  const out = new Float32Array(values.length)
  const sums = new Float64Array(width + 1)
  const reach = Math.floor(radius)
  const halves = Array.from({ length: 2 * reach + 1 }, (_, k) => Math.sqrt(Math.max(0, radius * radius - (k - reach) ** 2)))
  const area = halves.reduce((total, half) => total + 2 * half + 1, 0)
  const at = (x: number): number => {
    // Integral of the row from 0 to x, linear between pixels, its ends repeated.
    if (x <= 0) return x * values[row]!
    if (x >= width) return sums[width]! + (x - width) * values[row + width - 1]!
    const whole = Math.floor(x)
    return sums[whole]! + (x - whole) * values[row + whole]!
  }
  let row = 0
  for (let source = -reach; source < height + reach; source++) {
    row = Math.min(height - 1, Math.max(0, source)) * width
    for (let x = 0; x < width; x++) sums[x + 1] = sums[x]! + values[row + x]!
    for (const [k, half] of halves.entries()) {
      const y = source - (k - reach)
      if (y < 0 || y >= height) continue
      for (let x = 0; x < width; x++) out[y * width + x]! += at(x + 1 + half) - at(x - half)
    }
  }
  for (let i = 0; i < out.length; i++) out[i]! /= area
  return { width, height, values: out }
}

/** gain · luma + lift + noise of this deviation, rounded to the sensor's 8 bits. Each row takes its noise from another place of one long list. */
export function exposed({ width, height, values }: Luma, { gain = 1, lift = 0, noise = 0 }: { readonly gain?: number; readonly lift?: number; readonly noise?: number }, seed: number): Uint8Array {
  const random = mulberry(seed)
  const out = new Uint8ClampedArray(values.length)
  for (let y = 0, i = 0; y < height; y++) {
    let at = Math.floor(random() * (gaussians.length - width))
    for (let end = i + width; i < end; i++) out[i] = gain * values[i]! + lift + noise * gaussians[at++]!
  }
  return new Uint8Array(out.buffer)
}

function mulberry(seed: number): () => number {
  let state = seed | 0
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32
  }
}

/** A million draws of the normal distribution, by Box and Muller. */
const gaussians = drawGaussians()

function drawGaussians(): Float32Array {
  const random = mulberry(1)
  const out = new Float32Array(1 << 20)
  for (let i = 0; i < out.length; i += 2) {
    const far = Math.sqrt(-2 * Math.log(random() + 1e-12))
    const turn = 2 * Math.PI * random()
    out[i] = far * Math.cos(turn)
    out[i + 1] = far * Math.sin(turn)
  }
  return out
}

/** Name and clock as cameras write them: white with a black border, the clock at the top, the name at the bottom. */
export async function written(luma: Uint8Array, width: number, height: number): Promise<Uint8Array> {
  const size = Math.round(height / 20)
  const line = (x: number, y: number, anchor: string, text: string): string => `<text x="${x}" y="${y}" text-anchor="${anchor}" font-family="DejaVu Sans Mono, monospace" font-size="${size}" fill="#fff" stroke="#000" stroke-width="${size / 10}" paint-order="stroke">${text}</text>`
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}">${line(size, 1.5 * size, 'start', '2026-11-20 08:15:42')}${line(width - size, height - size, 'end', 'CAMERA 32011600 GATE 04')}</svg>`
  const { data } = await sharp(Buffer.from(luma), { raw: { width, height, channels: 1 } })
    .composite([{ input: Buffer.from(svg) }])
    .greyscale()
    .raw()
    .toBuffer({ resolveWithObject: true })
  return new Uint8Array(data)
}
