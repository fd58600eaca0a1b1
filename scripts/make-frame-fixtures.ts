// Draws and encodes the pictures of fixtures/frames: run it to make them again (node scripts/make-frame-fixtures.ts).
// Scenes are drawn without fonts, noise is seeded; the encoder's bytes may differ between processors, so the files are kept.
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { AV_LOG_ERROR, AV_PIX_FMT_YUV420P, Codec, CodecContext, Dictionary, FF_ENCODER_LIBX264, FF_ENCODER_LIBX265, Frame, Log, Packet, Rational } from 'node-av'
import sharp from 'sharp'
import { seededRandom } from '../src/base/index.ts'

/** yuv420p in studio range (luma 16-235), as a camera encodes it. */
interface Planes {
  readonly width: number
  readonly height: number
  readonly luma: Uint8Array
  readonly cb: Uint8Array
  readonly cr: Uint8Array
}

/** A street: house fronts with windows, a worn road with marks, trees; fine edges everywhere. */
function street(): string {
  const random = seededRandom(7)
  const upTo = (limit: number): number => Math.floor(random() * limit)
  const parts = ['<rect width="1920" height="480" fill="#b4c4d4"/><rect y="480" width="1920" height="600" fill="#6d6f70"/>']
  for (let house = 0; house < 14; house++) {
    const [x, tall, tone] = [house * 140 - 20, 180 + upTo(220), 90 + upTo(110)]
    parts.push(`<rect x="${x}" y="${500 - tall}" width="132" height="${tall}" fill="rgb(${tone},${tone - 8},${tone - 20})"/>`)
    for (let y = 524 - tall; y < 480; y += 34) {
      for (let column = 0; column < 4; column++) parts.push(`<rect x="${x + 10 + column * 30}" y="${y}" width="18" height="22" fill="rgb(${30 + upTo(60)},50,70)" stroke="#c4c4c0" stroke-width="1.5"/>`)
    }
  }
  for (let crack = 0; crack < 260; crack++) {
    const tone = 70 + upTo(80)
    parts.push(`<path d="M${upTo(1920)} ${500 + upTo(570)}l${4 + upTo(60)} ${upTo(9) - 4}" stroke="rgb(${tone},${tone},${tone})" stroke-width="${1 + upTo(3)}"/>`)
  }
  for (let tree = 0; tree < 9; tree++) {
    parts.push(`<rect x="${60 + tree * 210}" y="330" width="9" height="260" fill="#3b3f42"/>`)
    for (let leaf = 0; leaf < 60; leaf++) parts.push(`<circle cx="${10 + tree * 210 + upTo(110)}" cy="${270 + upTo(100)}" r="${3 + upTo(7)}" fill="rgb(${40 + upTo(40)},${70 + upTo(80)},50)"/>`)
  }
  return `<svg xmlns="http://www.w3.org/2000/svg" width="1920" height="1080">${parts.join('')}</svg>`
}

/** Studio-range planes of a drawing; `blurPx`: Gaussian blur in pixels at 1080p height. ITU-R BT.601-7. */
async function draw(svg: string, width: number, height: number, blurPx = 0): Promise<Planes> {
  const large = sharp(Buffer.from(svg)).removeAlpha()
  const seen = blurPx > 0 ? sharp(await large.png().toBuffer()).blur(blurPx) : large
  const rgb = await sharp(await seen.png().toBuffer()).resize(width, height, { kernel: 'lanczos3' }).raw().toBuffer()
  const luma = new Uint8Array(width * height)
  const [cb, cr] = [new Uint8Array(luma.length / 4), new Uint8Array(luma.length / 4)]
  for (let i = 0; i < luma.length; i++) {
    const [r, g, b] = [rgb[3 * i] ?? 0, rgb[3 * i + 1] ?? 0, rgb[3 * i + 2] ?? 0]
    luma[i] = Math.round(16 + 0.2568 * r + 0.5041 * g + 0.0979 * b)
    const [x, y] = [i % width, Math.floor(i / width)]
    if (x % 2 === 1 || y % 2 === 1) continue
    const half = (y / 2) * (width / 2) + x / 2
    cb[half] = Math.round(128 - 0.1482 * r - 0.291 * g + 0.4392 * b)
    cr[half] = Math.round(128 + 0.4392 * r - 0.3678 * g - 0.0714 * b)
  }
  return { width, height, luma, cb, cr }
}

function uniform(width: number, height: number, [y, u, v]: readonly [number, number, number]): Planes {
  const size = width * height
  return { width, height, luma: new Uint8Array(size).fill(y), cb: new Uint8Array(size / 4).fill(u), cr: new Uint8Array(size / 4).fill(v) }
}

/** Light times `gain`, then Gaussian noise of `deviation` levels. */
function sense(planes: Planes, gain: number, deviation: number, seed: number): Planes {
  const random = seededRandom(seed)
  const gaussian = (): number => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random())
  const dim = (plane: Uint8Array): Uint8Array => plane.map((value) => Math.round(128 + (value - 128) * gain))
  const luma = planes.luma.map((value) => Math.min(235, Math.max(16, Math.round(16 + (value - 16) * gain + gaussian() * deviation))))
  return { ...planes, luma, cb: dim(planes.cb), cr: dim(planes.cr) }
}

const glyphs: Readonly<Record<string, readonly number[]>> = {
  '0': [14, 17, 19, 21, 25, 17, 14], '1': [4, 12, 4, 4, 4, 4, 14], '2': [14, 17, 1, 2, 4, 8, 31], '3': [31, 2, 4, 2, 1, 17, 14], '5': [31, 16, 30, 1, 1, 17, 14], '6': [6, 8, 16, 30, 17, 17, 14],
  '8': [14, 17, 17, 14, 17, 17, 14], ':': [0, 4, 4, 0, 4, 4, 0], '-': [0, 0, 0, 31, 0, 0, 0], A: [14, 17, 17, 31, 17, 17, 17], C: [14, 17, 16, 16, 16, 17, 14], M: [17, 27, 21, 21, 17, 17, 17],
  N: [17, 25, 21, 19, 17, 17, 17], O: [14, 17, 17, 17, 17, 17, 14], S: [15, 16, 14, 1, 1, 17, 14], I: [14, 4, 4, 4, 4, 4, 14], G: [14, 17, 16, 23, 17, 17, 14], L: [16, 16, 16, 16, 16, 16, 31],
}

/** White text with a black border, a dot `scale` pixels wide. */
function write(planes: Planes, text: string, left: number, top: number, scale: number): Planes {
  const luma = new Uint8Array(planes.luma)
  for (const [grow, value] of [[Math.max(1, scale >> 1), 16], [0, 235]] as const) {
    for (const [index, character] of [...text].entries()) {
      for (const [row, bits] of (glyphs[character] ?? []).entries()) {
        for (let column = 0; column < 5; column++) {
          if ((bits & (16 >> column)) === 0) continue
          const [x0, y0] = [left + (index * 6 + column) * scale, top + row * scale]
          for (let y = y0 - grow; y < y0 + scale + grow; y++) luma.fill(value, y * planes.width + x0 - grow, y * planes.width + x0 + scale + grow)
        }
      }
    }
  }
  return { ...planes, luma }
}

/** Clock at the top left, name at the bottom right. */
function withOsd(planes: Planes, second: number): Planes {
  const { width, height } = planes
  const scale = Math.max(2, Math.round(height / 270))
  const clocked = write(planes, `2026-01-15 08:30:${String(second).padStart(2, '0')}`, Math.round(width * 0.03), Math.round(height * 0.04), scale)
  return write(clocked, 'CAM-0231', Math.round(width * 0.97) - 48 * scale, Math.round(height * 0.95) - 7 * scale, scale)
}

type Codecs = 'h264' | 'h265'
/** One keyframe as Annex B, at a constant quantiser or at a quality. */
async function encode({ width, height, luma, cb, cr }: Planes, codec: Codecs, quality: { readonly qp: number } | { readonly crf: number }): Promise<Buffer> {
  const encoder = Codec.findEncoderByName(codec === 'h264' ? FF_ENCODER_LIBX264 : FF_ENCODER_LIBX265)
  if (!encoder) throw new Error(`no encoder for ${codec}`)
  const context = new CodecContext()
  context.allocContext3(encoder)
  context.width = width
  context.height = height
  context.pixelFormat = AV_PIX_FMT_YUV420P
  context.timeBase = new Rational(1, 25)
  context.gopSize = 1
  context.maxBFrames = 0
  context.threadCount = 1
  const wanted = Object.entries(quality)[0] ?? ['crf', 28]
  const options = codec === 'h264' ? { preset: 'veryfast', [wanted[0]]: String(wanted[1]) } : { preset: 'veryfast', 'x265-params': `${wanted[0]}=${wanted[1]}:log-level=none:info=0:repeat-headers=1` }
  if ((await context.open2(encoder, Dictionary.fromObject(options))) < 0) throw new Error('the encoder does not open')
  const frame = Frame.fromVideoBuffer(Buffer.concat([luma, cb, cr]), { width, height, format: AV_PIX_FMT_YUV420P, timeBase: { num: 1, den: 25 }, pts: 0n })
  const packet = new Packet()
  packet.alloc()
  await context.sendFrame(frame)
  await context.sendFrame(null)
  if ((await context.receivePacket(packet)) < 0) throw new Error('nothing was encoded')
  const bytes = Buffer.from(packet.data ?? [])
  frame.free()
  packet.free()
  context.freeContext()
  return bytes
}

const folder = join(import.meta.dirname, '..', 'fixtures', 'frames')
Log.setLevel(AV_LOG_ERROR)
mkdirSync(folder, { recursive: true })
const save = async (name: string, planes: Planes, codec: Codecs, quality: { readonly qp: number } | { readonly crf: number }): Promise<void> => {
  const bytes = await encode(planes, codec, quality)
  writeFileSync(join(folder, `${name}.${codec}`), bytes)
  process.stdout.write(`${name}.${codec} ${planes.width}x${planes.height} ${bytes.length}\n`)
}

const svg = street()
const bars = `<svg xmlns="http://www.w3.org/2000/svg" width="1920" height="1080">${['#bfbfbf', '#bfbf00', '#00bfbf', '#00bf00', '#bf00bf', '#bf0000', '#0000bf'].map((colour, i) => `<rect x="${(i * 1920) / 7}" width="${1920 / 7 + 1}" height="1080" fill="${colour}"/>`).join('')}</svg>`
for (const [codec, width, height, crf] of [['h264', 640, 360, 28], ['h264', 960, 540, 28], ['h265', 960, 540, 28], ['h265', 1280, 720, 30], ['h264', 1920, 1080, 32]] as const) {
  await save(`sharp-${height}`, withOsd(sense(await draw(svg, width, height), 1, 2, 1), 1), codec, { crf })
}
for (const [codec, width, height] of [['h264', 960, 540], ['h265', 960, 540], ['h264', 1280, 720], ['h265', 1920, 1080]] as const) {
  await save(`blurred-${height}`, withOsd(sense(await draw(svg, width, height, 6), 1, 2, 1), 1), codec, { crf: 25 })
}
const scene = await draw(svg, 960, 540)
for (const codec of ['h264', 'h265'] as const) {
  await save('night-540', withOsd(sense(scene, codec === 'h264' ? 0.2 : 0.35, 3, 1), 1), codec, { crf: 28 })
  await save('bars-540', write(await draw(bars, 960, 540), 'CAM 1', 40, 24, 2), codec, { crf: 28 })
  const held = sense(scene, 1, 1.5, 1)
  await save('frozen-540-a', withOsd(held, 1), codec, { qp: 25 })
  await save('frozen-540-b', withOsd(held, 5), codec, { qp: 29 })
  await save('live-540-a', withOsd(sense(scene, 1, 2, 1), 1), codec, { qp: 25 })
  await save('live-540-b', withOsd(sense(scene, 1, 2, 2), 5), codec, { qp: 25 })
}
const random = seededRandom(3)
const black = uniform(960, 540, [16, 128, 128])
await save('black-540', withOsd({ ...black, luma: black.luma.map(() => 16 + Math.floor(random() * 2)) }, 1), 'h264', { crf: 28 })
await save('no-signal-540', write(uniform(960, 540, [41, 240, 110]), 'NO SIGNAL', 300, 250, 5), 'h265', { crf: 28 })
await save('snow-360', { ...black, width: 640, height: 360, luma: Uint8Array.from({ length: 640 * 360 }, () => 16 + Math.floor(random() * 220)), cb: black.cb.subarray(0, 57600), cr: black.cr.subarray(0, 57600) }, 'h264', { qp: 40 })
