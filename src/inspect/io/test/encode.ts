// Pictures for tests, as a camera would send them: drawn in full range, encoded by libx264 or libx265 as keyframes of one stream, read back as NAL units.
import { AV_CODEC_FLAG_CLOSED_GOP, AV_OPT_SEARCH_CHILDREN, AV_OPT_TYPE_STRING, AV_PIX_FMT_YUV420P, Codec, CodecContext, FF_ENCODER_LIBX264, FF_ENCODER_LIBX265, Frame, Packet, Rational } from 'node-av'
import { seededRandom } from '../../../base/index.ts'
import type { Planes } from '../../picture/index.ts'

export type Codecs = 'h264' | 'h265'
export interface Keyframe {
  readonly codec: Codecs
  readonly nalUnits: readonly Buffer[]
}

/** Each picture as a keyframe with its parameter sets. `crf`: 18 is fine, 34 is coarse. */
export async function encode(pictures: readonly Planes[], codec: Codecs, crf: number): Promise<readonly Keyframe[]> {
  const encoder = Codec.findEncoderByName(codec === 'h264' ? FF_ENCODER_LIBX264 : FF_ENCODER_LIBX265)
  const first = pictures[0]
  if (!encoder || !first) throw new Error('nothing to encode')
  const context = new CodecContext()
  context.allocContext3(encoder)
  Object.assign(context, { width: first.width, height: first.height, pixelFormat: AV_PIX_FMT_YUV420P, timeBase: new Rational(1, 25), gopSize: 1, maxBFrames: 0, threadCount: 1 })
  context.setFlags(AV_CODEC_FLAG_CLOSED_GOP)
  const options = codec === 'h265' ? { 'x265-params': 'log-level=none:pools=none:frame-threads=1:repeat-headers=1:keyint=1' } : {}
  for (const [name, value] of Object.entries({ preset: 'veryfast', tune: 'zerolatency', crf: String(crf), ...options })) context.setOption(name, value, AV_OPT_TYPE_STRING, AV_OPT_SEARCH_CHILDREN)
  if ((await context.open2(encoder)) < 0) throw new Error('the encoder does not open')
  const keyframes: Keyframe[] = []
  const packet = new Packet()
  packet.alloc()
  const take = async (): Promise<void> => {
    while ((await context.receivePacket(packet)) >= 0) {
      keyframes.push({ codec, nalUnits: nalUnits(Buffer.from(packet.data ?? [])) })
      packet.unref()
    }
  }
  for (const [n, { width, height, luma, cb, cr }] of pictures.entries()) {
    const studio = Buffer.concat([luma.map((level) => Math.round(16 + (level * 219) / 255)), cb.map((level) => Math.round(128 + ((level - 128) * 224) / 255)), cr.map((level) => Math.round(128 + ((level - 128) * 224) / 255))])
    const frame = Frame.fromVideoBuffer(studio, { width, height, format: AV_PIX_FMT_YUV420P, timeBase: { num: 1, den: 25 }, pts: BigInt(n) })
    await context.sendFrame(frame)
    frame.free()
    await take()
  }
  await context.sendFrame(null)
  await take()
  packet.free()
  context.freeContext()
  return keyframes
}

/** Between the start codes of Annex B. */
function nalUnits(bytes: Buffer): readonly Buffer[] {
  const units: Buffer[] = []
  let from = -1
  for (let at = bytes.indexOf('000001', 0, 'hex'); at >= 0; at = bytes.indexOf('000001', at + 3, 'hex')) {
    if (from >= 0) units.push(bytes.subarray(from, bytes[at - 1] === 0 ? at - 1 : at))
    from = at + 3
  }
  return from < 0 ? units : [...units, bytes.subarray(from)]
}

const [width, height] = [960, 540]
const clamp = (level: number): number => Math.max(0, Math.min(255, Math.round(level)))

/** Ground of tiles with bars on them, edges both ways, some colour; another seed is another place. */
export function place(seed: number): Planes {
  const random = seededRandom(seed)
  const luma = new Uint8Array(width * height)
  const [cb, cr] = [new Uint8Array(luma.length / 4).fill(128), new Uint8Array(luma.length / 4).fill(128)]
  const fill = (left: number, top: number, wide: number, tall: number, level: number): void => {
    for (let y = Math.max(0, top); y < Math.min(height, top + tall); y++) luma.fill(level, y * width + Math.max(0, left), y * width + Math.min(width, left + wide))
  }
  // An odd side, so that no encoder's grid falls on the borders.
  for (let y = 0; y < height; y += 57) {
    for (let x = 0; x < width; x += 57) {
      fill(x, y, 57, 57, 60 + Math.floor(random() * 130))
      const [b, r] = [108 + Math.floor(random() * 40), 108 + Math.floor(random() * 40)]
      for (let row = y >> 1; row < Math.min(height / 2, (y >> 1) + 29); row++) {
        const [from, to] = [(row * width) / 2 + (x >> 1), (row * width) / 2 + Math.min(width / 2, (x >> 1) + 29)]
        cb.fill(b, from, to)
        cr.fill(r, from, to)
      }
      const busy = Math.floor(random() * 9)
      for (let bar = 0; bar < busy; bar++) fill(x + Math.floor(random() * 52), y + Math.floor(random() * 52), 2 + Math.floor(random() * 12), 2 + Math.floor(random() * 12), 30 + Math.floor(random() * 150))
    }
  }
  return { width, height, luma, cb, cr }
}

export const light = (planes: Planes, of: (level: number, x: number, y: number) => number): Planes => ({ ...planes, luma: planes.luma.map((level, i) => clamp(of(level, i % width, Math.floor(i / width)))) })

export function grain(planes: Planes, deviation: number, seed: number): Planes {
  const random = seededRandom(seed)
  return light(planes, (level) => level + deviation * Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random()))
}

/** Means of `reach` pixels to either side, twice, along rows and columns. */
export function soften(planes: Planes, reach: number): Planes {
  let { luma } = planes
  for (const step of [1, width, 1, width]) {
    const from = luma
    luma = from.map((_, i) => {
      let sum = 0
      for (let k = -reach; k <= reach; k++) sum += from[Math.max(0, Math.min(from.length - 1, i + k * step))]!
      return Math.round(sum / (2 * reach + 1))
    })
  }
  return { ...planes, luma }
}

/** A line of text at the top left, white with a black border: 19 glyphs, the last of which differs with `second`. */
export function clock(planes: Planes, second: number): Planes {
  const luma = new Uint8Array(planes.luma)
  for (let glyph = 0; glyph < 19; glyph++) {
    const pattern = glyph >= 17 ? (second * 7 + glyph * 3) % 8 : glyph % 8
    for (let stroke = 0; stroke < 4; stroke++) {
      if (stroke > 0 && stroke < 3 && ((pattern >> stroke) & 1) === 0 && glyph < 17) continue
      const left = 30 + glyph * 16 + stroke * 4 + (glyph >= 17 ? (pattern >> 1) & 1 : 0)
      if (glyph >= 17 && ((pattern + stroke) & 1) === 0) continue
      for (let y = 19; y < 37; y++) for (let x = left - 1; x < left + 3; x++) luma[y * width + x] = y === 19 || y === 36 || x === left - 1 || x === left + 2 ? 0 : 255
    }
  }
  return { ...planes, luma }
}

/** A flat rectangle, as cameras draw privacy masks. */
export const covered = (planes: Planes, [left, top, right, bottom]: readonly [number, number, number, number], level: number): Planes => light(planes, (was, x, y) => (x >= left && x < right && y >= top && y < bottom ? level : was))
