// One keyframe decoded to planes with node-av (FFmpeg, GPL), by a decoder of its own: nothing that was broken before can spoil it.
// Rules of node-av's low-level calls, which crash when misused: free only after the await, copy planes before unref, one thread.
import {
  AV_CODEC_FLAG_LOW_DELAY, AV_CODEC_FLAG_OUTPUT_CORRUPT, AV_CODEC_ID_H264, AV_CODEC_ID_HEVC, AV_FRAME_FLAG_CORRUPT, AV_PIX_FMT_GRAY8, AV_PIX_FMT_YUV420P, AV_PIX_FMT_YUVJ420P, AVCOL_RANGE_JPEG, Codec,
  CodecContext, FF_DECODE_ERROR_CONCEALMENT_ACTIVE, FF_DECODE_ERROR_DECODE_SLICES, FF_DECODE_ERROR_INVALID_BITSTREAM, Frame, Packet, Rational, SoftwareScaleContext,
} from 'node-av'
import type { VideoCodec } from '../../media/index.ts'
import { expandRange, type Planes } from '../picture/index.ts'

/** The three planes lie one behind the other in `pixels`, as an encoder takes them. */
export interface DecodedPlanes extends Planes {
  readonly pixels: Buffer
}

/** A picture with more pixels is refused: 8192 × 4352, the largest that H.265 level 6.2 allows. */
const pixelLimit = 35_651_584

/**
 * What FFmpeg reads from while we wait for it: node-av keeps no hold of the memory that it is handed, and a collected buffer ends the process (a picture
 * of 4096 × 4096 did; a smaller one may be spoilt unseen). One request is in hand at a time.
 */
export const held: Buffer[] = []

/** Decoder flags that say the frame itself is damaged; a missing reference alone does not. */
const damage = FF_DECODE_ERROR_INVALID_BITSTREAM | FF_DECODE_ERROR_CONCEALMENT_ACTIVE | FF_DECODE_ERROR_DECODE_SLICES
const startCode = Buffer.from([0, 0, 0, 1])
/** The bitstream reader may look so many bytes past the end. */
const padding = Buffer.alloc(64)

/** The picture, or why there is none. */
export async function decodePicture(codec: VideoCodec, nalUnits: readonly Uint8Array[]): Promise<DecodedPlanes | string> {
  const decoder = Codec.findDecoder(codec === 'h264' ? AV_CODEC_ID_H264 : AV_CODEC_ID_HEVC)
  if (!decoder) return `no decoder for ${codec}`
  const bytes = Buffer.concat([...nalUnits.flatMap((unit) => [startCode, unit]), padding])
  const context = new CodecContext()
  context.allocContext3(decoder)
  context.threadCount = 1
  context.setFlags(AV_CODEC_FLAG_LOW_DELAY, AV_CODEC_FLAG_OUTPUT_CORRUPT)
  const packet = new Packet()
  packet.alloc()
  const frame = new Frame()
  frame.alloc()
  try {
    if ((await context.open2(decoder, null)) < 0) return 'the decoder does not open'
    held.push(bytes)
    packet.data = bytes.subarray(0, bytes.length - padding.length)
    const sent = await context.sendPacket(packet)
    if (sent < 0) return `not a ${codec} access unit (${sent})`
    await context.sendPacket(null)
    const received = await context.receiveFrame(frame)
    if (received < 0) return `no frame came out (${received})`
    if (frame.hasFlags(AV_FRAME_FLAG_CORRUPT) || (frame.decodeErrorFlags & damage) !== 0) return `the frame is damaged (flags ${frame.decodeErrorFlags})`
    if (frame.width < 16 || frame.height < 16 || frame.width * frame.height > pixelLimit) return `a frame of ${frame.width}×${frame.height}`
    return await planesOf(frame)
  } finally {
    frame.free()
    packet.free()
    context.freeContext()
  }
}

/** Copies the planes out in full range; other sampling or more than 8 bits are converted first. */
async function planesOf(frame: Frame): Promise<DecodedPlanes | string> {
  const { format, width, height } = frame
  if (format === AV_PIX_FMT_YUV420P || format === AV_PIX_FMT_YUVJ420P || format === AV_PIX_FMT_GRAY8) {
    return copyPlanes(frame, format !== AV_PIX_FMT_GRAY8, format === AV_PIX_FMT_YUVJ420P || frame.colorRange === AVCOL_RANGE_JPEG)
  }
  const scaler = new SoftwareScaleContext()
  const converted = new Frame()
  try {
    converted.alloc()
    converted.width = width
    converted.height = height
    converted.format = AV_PIX_FMT_YUV420P
    converted.timeBase = new Rational(1, 25)
    frame.timeBase = new Rational(1, 25)
    if (converted.getBuffer() < 0) return 'no memory for the picture'
    scaler.getContext(width, height, format as typeof AV_PIX_FMT_YUV420P, width, height, AV_PIX_FMT_YUV420P)
    if ((await scaler.scaleFrame(converted, frame)) < 0) return `pixel format ${format}`
    return copyPlanes(converted, true, frame.colorRange === AVCOL_RANGE_JPEG)
  } finally {
    converted.free()
    scaler.freeContext()
  }
}

const everyLevel = Uint8Array.from({ length: 256 }, (_, level) => level)
/** What picture/planes.ts makes of each level. */
const expanded = expandRange({ width: 256, height: 1, luma: everyLevel, cb: everyLevel, cr: everyLevel })

/** Row by row, the range expanded on the way: the picture is read once and written once. */
function copyPlanes({ width, height, linesize, data }: Frame, hasChroma: boolean, isFullRange: boolean): DecodedPlanes {
  const [w, h] = [(width + 1) >> 1, (height + 1) >> 1]
  const [lumaSize, chromaSize] = [width * height, w * h]
  // Of its own memory, not of node's pool: what is kept of the last picture must not hold another's.
  const pixels = Buffer.from(new ArrayBuffer(lumaSize + 2 * chromaSize))
  const copy = (index: number, start: number, across: number, down: number, levels: Uint8Array): Uint8Array => {
    const out = new Uint8Array(pixels.buffer, start, across * down)
    const from = data?.[index]
    const stride = linesize[index] ?? 0
    if (!from || stride < across) return out
    for (let y = 0; y < down; y++) {
      const row = from.subarray(y * stride, y * stride + across)
      if (isFullRange) out.set(row, y * across)
      else expandRow(row, out, y * across, levels)
    }
    return out
  }
  const chroma = (index: number, levels: Uint8Array): Uint8Array => {
    const start = lumaSize + (index - 1) * chromaSize
    return hasChroma ? copy(index, start, w, h, levels) : new Uint8Array(pixels.buffer, start, chromaSize).fill(128)
  }
  return { width, height, pixels, luma: copy(0, 0, width, height, expanded.luma), cb: chroma(1, expanded.cb), cr: chroma(2, expanded.cr) }
}

function expandRow(row: Uint8Array, out: Uint8Array, at: number, levels: Uint8Array): void {
  for (let x = 0, to = at; x < row.length; x++, to++) out[to] = levels[row[x]!]!
}
