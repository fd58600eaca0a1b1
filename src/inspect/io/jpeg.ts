// Pictures as JPEG with FFmpeg's encoder, which is kept open for the size that came last: cameras of one kind have one size.
import { AV_CODEC_FLAG_QSCALE, AV_PIX_FMT_YUVJ420P, Codec, CodecContext, FF_ENCODER_MJPEG, FF_QP2LAMBDA, Frame, Packet, Rational } from 'node-av'
import { held, type DecodedPlanes } from './decode-picture.ts'

/** Quantiser: about quality 85. */
const quantiser = 4

interface Encoder {
  readonly size: string
  readonly context: CodecContext
  readonly packet: Packet
  /** Pictures so far: each needs a time of its own. */
  count: number
}
let kept: Encoder | undefined

export async function jpegOf({ width, height, pixels }: DecodedPlanes): Promise<Uint8Array> {
  const encoder = await encoderFor(width, height)
  held.push(pixels)
  const frame = Frame.fromVideoBuffer(pixels, { width, height, format: AV_PIX_FMT_YUVJ420P, timeBase: { num: 1, den: 25 }, pts: BigInt(encoder.count++) })
  frame.quality = FF_QP2LAMBDA * quantiser
  let isWhole = false
  try {
    if ((await encoder.context.sendFrame(frame)) < 0 || (await encoder.context.receivePacket(encoder.packet)) < 0) throw new Error('the JPEG encoder refused')
    const jpeg = new Uint8Array(encoder.packet.data ?? [])
    isWhole = true
    return jpeg
  } finally {
    encoder.packet.unref()
    frame.free()
    if (!isWhole) discard()
  }
}

async function encoderFor(width: number, height: number): Promise<Encoder> {
  const size = `${width}x${height}`
  if (kept?.size === size) return kept
  discard()
  const codec = Codec.findEncoderByName(FF_ENCODER_MJPEG)
  if (!codec) throw new Error('no JPEG encoder')
  const context = new CodecContext()
  context.allocContext3(codec)
  context.width = width
  context.height = height
  context.pixelFormat = AV_PIX_FMT_YUVJ420P
  context.timeBase = new Rational(1, 25)
  context.threadCount = 1
  context.setFlags(AV_CODEC_FLAG_QSCALE)
  context.globalQuality = FF_QP2LAMBDA * quantiser
  if ((await context.open2(codec, null)) < 0) {
    context.freeContext()
    throw new Error('the JPEG encoder does not open')
  }
  const packet = new Packet()
  packet.alloc()
  kept = { size, context, packet, count: 0 }
  return kept
}

function discard(): void {
  const old = kept
  kept = undefined
  old?.packet.free()
  old?.context.freeContext()
}
