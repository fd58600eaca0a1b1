// The child process that decodes one keyframe at a time with node-av (FFmpeg, GPL), measures it and makes its JPEG.
// Rules of node-av's low-level calls, which crash when misused: free only after the await, copy planes before unref, one thread.
import { setPriority } from 'node:os'
import {
  AV_CODEC_FLAG_LOW_DELAY, AV_CODEC_FLAG_OUTPUT_CORRUPT, AV_CODEC_FLAG_QSCALE, AV_CODEC_ID_H264, AV_CODEC_ID_HEVC, AV_FRAME_FLAG_CORRUPT, AV_LOG_QUIET, AV_PIX_FMT_GRAY8, AV_PIX_FMT_YUV420P,
  AV_PIX_FMT_YUVJ420P, AVCOL_RANGE_JPEG, Codec, CodecContext, FF_DECODE_ERROR_CONCEALMENT_ACTIVE, FF_DECODE_ERROR_DECODE_SLICES, FF_DECODE_ERROR_INVALID_BITSTREAM, FF_ENCODER_MJPEG, FF_QP2LAMBDA,
  Frame, Log, Packet, Rational, SoftwareScaleContext,
} from 'node-av'
import type { VideoCodec } from '../../media/index.ts'
import { expandRange, measure, type Planes, type Seen } from '../picture/index.ts'
import type { PictureMeasure, RuleSet } from '../types.ts'

export interface DecodeRequest {
  readonly type: 'decode'
  readonly session: number
  readonly codec: VideoCodec
  /** NAL units without start codes. */
  readonly nalUnits: readonly Uint8Array[]
  readonly rules: Pick<RuleSet, 'absence' | 'sharpness'>
}
export type ChildRequest = DecodeRequest | { readonly type: 'forget'; readonly session: number }
export type ChildAnswer = { readonly type: 'ready' } | { readonly type: 'picture'; readonly measure: PictureMeasure; readonly jpeg: Uint8Array } | { readonly type: 'undecodable'; readonly detail: string }

/** Sessions whose last picture is kept; a busier child forgets the one longest unused (1.4 MB of planes each at 720p). */
const sessionLimit = 64
/** A picture with more pixels is refused: 8192 × 4352, the largest that H.265 level 6.2 allows. */
const pixelLimit = 35_651_584
/** Quantiser of the JPEG: about quality 85. */
const jpegQuantiser = 4

/**
 * What FFmpeg reads from while we wait for it: node-av keeps no hold of the memory that it is handed, and a collected buffer ends the process (a picture
 * of 4096 × 4096 did; a smaller one may be spoilt unseen). One request is in hand at a time.
 */
const held: Buffer[] = []

const sessions = new Map<number, Seen>()
/** Decoder flags that say the frame itself is damaged; a missing reference alone does not. */
const damage = FF_DECODE_ERROR_INVALID_BITSTREAM | FF_DECODE_ERROR_CONCEALMENT_ACTIVE | FF_DECODE_ERROR_DECODE_SLICES
const startCode = Buffer.from([0, 0, 0, 1])
/** The bitstream reader may look so many bytes past the end. */
const padding = Buffer.alloc(64)

/** Decodes one access unit with a decoder of its own: nothing that was broken before can spoil it. */
async function decode(codec: VideoCodec, nalUnits: readonly Uint8Array[]): Promise<Planes | string> {
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

/** Copies the planes out; other sampling or more than 8 bits are converted first. */
async function planesOf(frame: Frame): Promise<Planes | string> {
  const { format, width, height } = frame
  if (format === AV_PIX_FMT_YUV420P || format === AV_PIX_FMT_YUVJ420P || format === AV_PIX_FMT_GRAY8) {
    const planes = copyPlanes(frame, format !== AV_PIX_FMT_GRAY8)
    return format === AV_PIX_FMT_YUVJ420P || frame.colorRange === AVCOL_RANGE_JPEG ? planes : expandRange(planes)
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
    const planes = copyPlanes(converted, true)
    return frame.colorRange === AVCOL_RANGE_JPEG ? planes : expandRange(planes)
  } finally {
    converted.free()
    scaler.freeContext()
  }
}

function copyPlanes(frame: Frame, hasChroma: boolean): Planes {
  const { width, height, linesize, data } = frame
  const copy = (index: number, w: number, h: number): Uint8Array => {
    const out = new Uint8Array(w * h)
    const from = data?.[index]
    const stride = linesize[index] ?? 0
    if (!from || stride < w) return out
    for (let y = 0; y < h; y++) out.set(from.subarray(y * stride, y * stride + w), y * w)
    return out
  }
  const [w, h] = [(width + 1) >> 1, (height + 1) >> 1]
  const grey = (): Uint8Array => new Uint8Array(w * h).fill(128)
  return { width, height, luma: copy(0, width, height), cb: hasChroma ? copy(1, w, h) : grey(), cr: hasChroma ? copy(2, w, h) : grey() }
}

async function jpegOf({ width, height, luma, cb, cr }: Planes): Promise<Uint8Array> {
  const encoder = Codec.findEncoderByName(FF_ENCODER_MJPEG)
  if (!encoder) throw new Error('no JPEG encoder')
  const context = new CodecContext()
  context.allocContext3(encoder)
  context.width = width
  context.height = height
  context.pixelFormat = AV_PIX_FMT_YUVJ420P
  context.timeBase = new Rational(1, 25)
  context.threadCount = 1
  context.setFlags(AV_CODEC_FLAG_QSCALE)
  context.globalQuality = FF_QP2LAMBDA * jpegQuantiser
  const packet = new Packet()
  packet.alloc()
  const pixels = Buffer.concat([luma, cb, cr])
  held.push(pixels)
  const frame = Frame.fromVideoBuffer(pixels, { width, height, format: AV_PIX_FMT_YUVJ420P, timeBase: { num: 1, den: 25 }, pts: 0n })
  frame.quality = FF_QP2LAMBDA * jpegQuantiser
  try {
    if ((await context.open2(encoder, null)) < 0 || (await context.sendFrame(frame)) < 0 || (await context.receivePacket(packet)) < 0) throw new Error('the JPEG encoder refused')
    return new Uint8Array(packet.data ?? [])
  } finally {
    frame.free()
    packet.free()
    context.freeContext()
  }
}

async function answer(request: DecodeRequest): Promise<ChildAnswer> {
  const planes = await decode(request.codec, request.nalUnits)
  if (typeof planes === 'string') return { type: 'undecodable', detail: planes }
  const result = measure(planes, sessions.get(request.session), request.rules)
  sessions.delete(request.session)
  sessions.set(request.session, result.seen)
  const oldest = sessions.keys().next()
  if (sessions.size > sessionLimit && oldest.done !== true) sessions.delete(oldest.value)
  return { type: 'picture', measure: result.measure, jpeg: await jpegOf(planes) }
}

/** Compiles the measuring functions and the JPEG path on a drawn picture, so that the first camera does not pay for it. */
async function warmUp(): Promise<void> {
  const [width, height] = [640, 360]
  const luma = Uint8Array.from({ length: width * height }, (_, i) => ((i % 40 < 20 ? 60 : 190) + ((i * 7919) % 11)) & 255)
  const planes: Planes = { width, height, luma, cb: new Uint8Array(luma.length / 4).fill(128), cr: new Uint8Array(luma.length / 4).fill(128) }
  const rules = { absence: { blackMean: 10, blackP99: 40, whiteMean: 250, oneColourStd: 3, frozenDifference: 0.3 }, sharpness: { clearBelowPx: 1.4, unclearFromPx: 1.9, minBlocks: 3, minHeight: 720 } }
  let seen: Seen | undefined
  for (let k = 0; k < 4; k++) seen = measure(planes, seen, rules).seen
  await jpegOf(planes)
  await decode('h264', [])
}

function serve(): void {
  Log.setLevel(AV_LOG_QUIET)
  // Ctrl-C reaches the whole process group; the parent decides when its children end. Nothing must keep an orphan alive.
  process.on('SIGINT', () => {})
  process.on('disconnect', () => process.kill(process.pid, 'SIGKILL'))
  // The parent stamps arriving packets: on a busy machine it goes first.
  setPriority(5)
  process.on('message', (request: ChildRequest) => {
    if (request.type === 'forget') return void sessions.delete(request.session)
    answer(request)
      .catch((error: unknown): ChildAnswer => ({ type: 'undecodable', detail: error instanceof Error ? error.message : String(error) }))
      .finally(() => held.splice(0))
      .then((result) => process.send?.(result))
      .catch(() => process.exit(1))
  })
  warmUp()
    .then(() => process.send?.({ type: 'ready' } satisfies ChildAnswer))
    .catch(() => process.exit(1))
}

serve()
