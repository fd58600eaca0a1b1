// Frames of a clip: a still scene made alive with a moving car, sensor noise and a running clock, or spoilt on purpose.
// Planes are yuv420p, limited range (ITU-R BT.709): luma 16-235.
import { seededRandom } from '../../base/index.ts'
import type { PictureKind } from '../types.ts'
import { writeText } from './glyphs.ts'

export interface Planes {
  readonly width: number
  readonly height: number
  readonly y: Uint8Array
  readonly u: Uint8Array
  readonly v: Uint8Array
}

/** What each kind does to the scene: light is gain and offset on luma, noise the standard deviation of what the sensor adds. */
interface Look {
  readonly gain: number
  readonly offset: number
  readonly noise: number
  /** A car drives through. */
  readonly hasCar: boolean
}

const looks: Readonly<Record<PictureKind, Look>> = {
  street: { gain: 1, offset: 0, noise: 2, hasCar: true },
  gate: { gain: 1, offset: 0, noise: 2, hasCar: true },
  square: { gain: 1, offset: 0, noise: 2, hasCar: true },
  blurred: { gain: 1, offset: 0, noise: 2, hasCar: true },
  night: { gain: 0.3, offset: 8, noise: 3.5, hasCar: true },
  frozen: { gain: 1, offset: 0, noise: 2, hasCar: false },
  black: { gain: 0, offset: 16, noise: 0.4, hasCar: false },
  'colour-bars': { gain: 1, offset: 0, noise: 0, hasCar: false },
  white: { gain: 1, offset: 0, noise: 0.4, hasCar: false },
  'one-colour': { gain: 1, offset: 0, noise: 0, hasCar: false },
  'no-signal-text': { gain: 1, offset: 0, noise: 0, hasCar: false },
  snow: { gain: 1, offset: 0, noise: 60, hasCar: false },
  'grey-green': { gain: 1, offset: 0, noise: 0, hasCar: false },
  fog: { gain: 1, offset: 0, noise: 2, hasCar: false },
}

/** Pictures that no camera has written its clock into. */
const isBare: ReadonlySet<PictureKind> = new Set(['black', 'colour-bars', 'white', 'one-colour', 'no-signal-text', 'snow', 'grey-green'])

/** One level and one colour over all of the picture. */
export function flat(width: number, height: number, y: number, u: number, v: number): Planes {
  const plane = (size: number, level: number): Uint8Array => new Uint8Array(size).fill(level)
  return { width, height, y: plane(width * height, y), u: plane((width / 2) * (height / 2), u), v: plane((width / 2) * (height / 2), v) }
}

/** The blue screen of a recorder that gets nothing from its camera. */
export function noSignal(width: number, height: number): Planes {
  const planes = flat(width, height, 50, 200, 110)
  const [text, scale] = ['NO SIGNAL', Math.max(2, Math.round(height / 70))]
  writeText(planes.y, width, text, Math.round((width - text.length * 6 * scale) / 2), Math.round((height - 7 * scale) / 2), scale)
  return planes
}

/** One level of light, its colour changing slowly from left to right, and nothing that has an edge: thick fog at dusk. */
export function fog(width: number, height: number): Planes {
  const planes = flat(width, height, 140, 128, 128)
  const half = width / 2
  for (let at = 0; at < planes.u.length; at++) {
    const across = (at % half) / half
    planes.u[at] = Math.round(148 - 40 * across)
    planes.v[at] = Math.round(112 + 40 * across)
  }
  return planes
}

/** The upper part of a scene; below it the grey that a decoder has where its data is missing. */
export function halfDecoded(scene: Planes): Planes {
  const { width, height } = scene
  const from = Math.round(height * 0.2) * 2
  const below = (plane: Uint8Array, rows: number, of: number): Uint8Array => plane.map((level, at) => (at >= (rows * of) ? 128 : level))
  return { width, height, y: below(scene.y, from, width), u: below(scene.u, from / 2, width / 2), v: below(scene.v, from / 2, width / 2) }
}

/** Converts 8-bit RGB, row by row, to yuv420p; width and height are even. */
export function planesFromRgb(rgb: Uint8Array, width: number, height: number): Planes {
  const y = new Uint8Array(width * height)
  const u = new Uint8Array((width / 2) * (height / 2))
  const v = new Uint8Array(u.length)
  for (let row = 0; row < height; row++) {
    for (let column = 0; column < width; column++) {
      const at = (row * width + column) * 3
      const [r, g, b] = [rgb[at] ?? 0, rgb[at + 1] ?? 0, rgb[at + 2] ?? 0]
      y[row * width + column] = Math.round(16 + 0.1826 * r + 0.6142 * g + 0.062 * b)
      if (row % 2 === 0 && column % 2 === 0) {
        const half = (row / 2) * (width / 2) + column / 2
        u[half] = Math.round(128 - 0.1006 * r - 0.3386 * g + 0.4392 * b)
        v[half] = Math.round(128 + 0.4392 * r - 0.3989 * g - 0.0403 * b)
      }
    }
  }
  return { width, height, y, u, v }
}

/** SMPTE-like bars at 75 %: seven vertical plateaus. */
export function colourBars(width: number, height: number): Planes {
  const rgb = new Uint8Array(width * height * 3)
  const bars = [[191, 191, 191], [191, 191, 0], [0, 191, 191], [0, 191, 0], [191, 0, 191], [191, 0, 0], [0, 0, 191]] as const
  for (let at = 0; at < width * height; at++) {
    const bar = bars[Math.floor(((at % width) * 7) / width)] ?? bars[0]
    rgb.set(bar, at * 3)
  }
  return planesFromRgb(rgb, width, height)
}

/** Yields `count` frames, `fps` a second, as one yuv420p buffer each. `startS`: what the written clock shows first, seconds after midnight. */
export function* makeFrames(kind: PictureKind, base: Planes, count: number, fps: number, startS: number): Generator<Buffer> {
  const { width, height } = base
  const look = looks[kind]
  const noise = makeNoise(look.noise, 1 << 16)
  let random = seededRandom(kind.length * 101 + width)
  const lit = base.y.map((value) => clamp(16 + (value - 16) * look.gain + look.offset))
  if (kind === 'black') lit.fill(look.offset)
  const dim = (plane: Uint8Array): Uint8Array => plane.map((value) => Math.round(128 + (value - 128) * look.gain))
  const chroma = [dim(base.u), dim(base.v)]
  for (let index = 0; index < count; index++) {
    const luma = new Uint8Array(lit)
    const progress = (index / count) * 1.3 - 0.15
    // Nothing sharp may drive through a picture that is out of focus.
    if (kind === 'blurred') drawShadow(luma, width, height, progress)
    else if (look.hasCar) drawCar(luma, width, height, progress, look.gain)
    // A picture that is held has the grain of the moment at which it froze.
    if (kind === 'frozen') random = seededRandom(width)
    if (look.noise > 0) {
      let shift = Math.floor(random() * noise.length)
      for (let at = 0; at < luma.length; at++) {
        if (at % 4096 === 0) shift = Math.floor(random() * noise.length)
        luma[at] = clamp((luma[at] ?? 0) + (noise[(at + shift) & (noise.length - 1)] ?? 0))
      }
    }
    if (!isBare.has(kind)) writeText(luma, width, clockText(startS + Math.floor(index / fps)), Math.round(width * 0.02), Math.round(height * 0.03), Math.max(1, Math.round(height / 270)))
    yield Buffer.concat([luma, ...chroma])
  }
}

const clamp = (value: number): number => (value < 0 ? 0 : value > 255 ? 255 : Math.round(value))
const two = (value: number): string => String(value).padStart(2, '0')
const clockText = (seconds: number): string => `2026-11-20 ${two(Math.floor(seconds / 3600) % 24)}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`

/** A table of Gaussian noise, rounded to whole levels with their mean kept by the table's size. */
function makeNoise(deviation: number, length: number): Int8Array {
  const random = seededRandom(5)
  return Int8Array.from({ length }, () => Math.round(Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random()) * deviation))
}

/** A dark car with bright windows that crosses the lower third from left to right; `progress` 0 to 1 of the width. */
function drawCar(luma: Uint8Array, width: number, height: number, progress: number, gain: number): void {
  const [carWidth, carHeight] = [Math.round(width * 0.12), Math.round(height * 0.09)]
  const [left, top] = [Math.round(progress * width), Math.round(height * 0.66)]
  for (let row = 0; row < carHeight; row++) {
    for (let column = 0; column < carWidth; column++) {
      const x = left + column
      if (x < 0 || x >= width) continue
      const isWindow = row > carHeight * 0.15 && row < carHeight * 0.45 && column % Math.round(carWidth / 3) > 5
      luma[(top + row) * width + x] = clamp(16 + ((isWindow ? 210 : 45) - 16) * gain)
    }
  }
}

/** A soft dark spot that crosses the lower third: the same car out of focus. */
function drawShadow(luma: Uint8Array, width: number, height: number, progress: number): void {
  const [spreadX, spreadY] = [width * 0.045, height * 0.05]
  const [centreX, centreY] = [progress * width, height * 0.7]
  for (let y = Math.max(0, Math.round(centreY - 3 * spreadY)); y < Math.min(height, centreY + 3 * spreadY); y++) {
    for (let x = Math.max(0, Math.round(centreX - 3 * spreadX)); x < Math.min(width, centreX + 3 * spreadX); x++) {
      const depth = Math.exp(-(((x - centreX) / spreadX) ** 2 + ((y - centreY) / spreadY) ** 2) / 2)
      luma[y * width + x] = clamp((luma[y * width + x] ?? 0) - 70 * depth)
    }
  }
}
