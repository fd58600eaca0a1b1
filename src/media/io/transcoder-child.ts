// The child process that decodes one stream and encodes it as H.264, with node-av (FFmpeg and x264, GPL).
// Rules of node-av's low-level calls, which crash when misused: one chain of awaits per codec, free only after the await, one thread,
// options by name.
import { constants, setPriority } from 'node:os'
import {
  AV_CODEC_FLAG_CLOSED_GOP, AV_CODEC_FLAG_LOW_DELAY, AV_CODEC_ID_H264, AV_CODEC_ID_HEVC, AV_LOG_QUIET, AV_NOPTS_VALUE, AV_OPT_SEARCH_CHILDREN, AV_OPT_TYPE_STRING, AV_PICTURE_TYPE_I, AV_PICTURE_TYPE_NONE,
  AV_PIX_FMT_YUV420P, AV_PIX_FMT_YUVJ420P, AVCOL_RANGE_JPEG, Codec, CodecContext, FF_ENCODER_LIBX264, Frame, Log, Packet, Rational, SoftwareScaleContext, SWS_BILINEAR, type AVPixelFormat,
} from 'node-av'
import type { MadePicture, PictureBounds, TranscoderAnswer, TranscoderRequest, UnitRequest } from '../transcode/messages.ts'
import { madeKbps, madeSize } from '../transcode/size.ts'
import type { VideoCodec } from '../types.ts'

/** Pictures that wait behind one before it is only decoded: a fifth of a second. */
const catchUp = 5
/** The bitstream reader may look so many bytes past the end. */
const padding = Buffer.alloc(64)
const clockRate = 90_000
/** A jump of the camera's clock by more than this is no passing of time. */
const maxStep = 10 * clockRate
const pictureTicks = 3600
const loadMs = 2_000
/** 8192 × 4352, the largest picture of H.265 level 6.2. */
const pixelLimit = 35_651_584

const say = (answer: TranscoderAnswer): void => void process.send?.(answer)

interface Decoder {
  readonly codec: VideoCodec
  readonly context: CodecContext
}

async function openDecoder(codec: VideoCodec): Promise<Decoder> {
  const found = Codec.findDecoder(codec === 'h264' ? AV_CODEC_ID_H264 : AV_CODEC_ID_HEVC)
  if (!found) throw new Error(`no decoder for ${codec}`)
  const context = new CodecContext()
  context.allocContext3(found)
  context.threadCount = 1
  context.setFlags(AV_CODEC_FLAG_LOW_DELAY)
  check(await context.open2(found, null), 'open the decoder')
  return { codec, context }
}

/** What one encoder takes: when it changes, the next picture is the first of another encoder. */
interface Shape {
  readonly sourceWidth: number
  readonly sourceHeight: number
  readonly sourceFormat: AVPixelFormat
  readonly isFullRange: boolean
  readonly aspect: string
}

interface Encoder {
  readonly shape: Shape
  readonly context: CodecContext
  /** The decoded picture, or it scaled or converted. Returned picture is good until the next call. */
  readonly fit: (frame: Frame) => Promise<Frame>
  readonly close: () => void
}

const shapeOf = ({ width, height, format, colorRange, sampleAspectRatio: { num, den } }: Frame): Shape => ({
  sourceWidth: width,
  sourceHeight: height,
  sourceFormat: format as AVPixelFormat,
  isFullRange: format === AV_PIX_FMT_YUVJ420P || colorRange === AVCOL_RANGE_JPEG,
  aspect: `${num}/${den}`,
})
const isSameShape = (one: Shape, other: Shape): boolean => (Object.keys(one) as (keyof Shape)[]).every((key) => one[key] === other[key])

async function openEncoder(frame: Frame, bounds: PictureBounds): Promise<Encoder> {
  const found = Codec.findEncoderByName(FF_ENCODER_LIBX264)
  if (!found) throw new Error('no H.264 encoder')
  const shape = shapeOf(frame)
  const { width, height } = madeSize(frame, bounds)
  const kbps = madeKbps({ width, height }, bounds)
  const format = shape.sourceFormat === AV_PIX_FMT_YUVJ420P ? AV_PIX_FMT_YUVJ420P : AV_PIX_FMT_YUV420P
  const isAsItIs = width === frame.width && height === frame.height && format === shape.sourceFormat
  const context = new CodecContext()
  context.allocContext3(found)
  context.width = width
  context.height = height
  context.pixelFormat = format
  context.timeBase = new Rational(1, clockRate)
  context.framerate = new Rational(25, 1)
  context.sampleAspectRatio = frame.sampleAspectRatio
  context.colorRange = frame.colorRange
  context.colorSpace = frame.colorSpace
  context.colorPrimaries = frame.colorPrimaries
  context.colorTrc = frame.colorTrc
  // Keyframes come by time, as they are forced; x264 must not wait for a number of pictures that nobody knows.
  context.gopSize = 10_000
  context.maxBFrames = 0
  context.threadCount = 1
  context.rcMaxRate = BigInt(kbps * 1000)
  context.rcBufferSize = kbps * 1000
  context.setFlags(AV_CODEC_FLAG_CLOSED_GOP)
  const settings = { preset: 'superfast', tune: 'zerolatency', profile: 'main', crf: '23', 'forced-idr': '1', 'x264-params': 'scenecut=0:aud=0' }
  // Not by a Dictionary handed to open2: node-av 6.1 frees it twice.
  for (const [name, value] of Object.entries(settings)) check(context.setOption(name, value, AV_OPT_TYPE_STRING, AV_OPT_SEARCH_CHILDREN), name)
  check(await context.open2(found), 'open the encoder')

  const scaler = isAsItIs ? undefined : new SoftwareScaleContext()
  scaler?.getContext(frame.width, frame.height, shape.sourceFormat, width, height, format, SWS_BILINEAR)
  const scaled = new Frame()
  scaled.alloc()
  return {
    shape,
    context,
    fit: async (source) => {
      if (!scaler) return source
      scaled.unref()
      scaled.width = width
      scaled.height = height
      scaled.format = format
      scaled.timeBase = new Rational(1, clockRate)
      check(scaled.getBuffer(), 'memory for a picture')
      source.timeBase = new Rational(1, clockRate)
      check(await scaler.scaleFrame(scaled, source), 'scale')
      return scaled
    },
    close: () => {
      scaled.free()
      scaler?.freeContext()
      context.freeContext()
    },
  }
}

function check(code: number, what: string): void {
  if (code < 0) throw new Error(`${what}: ${code}`)
}

/** Everything of the one stream that this process serves. */
function createTranscoder(bounds: PictureBounds) {
  const input = new Packet()
  const output = new Packet()
  const frame = new Frame()
  for (const each of [input, output, frame]) each.alloc()
  let decoder: Decoder | undefined
  let encoder: Encoder | undefined
  /** Time as the encoder is told it, which never stands or jumps; and the camera's own, of the pictures that are in the encoder. */
  let ticks = 0
  let lastPts: number | undefined
  let keyTicks = -Infinity
  const inside = new Map<bigint, number>()
  /** What FFmpeg reads from while we wait for it: node-av keeps no hold of the memory that it is handed. */
  const held: Buffer[] = []

  const encode = async (pts90k: number): Promise<MadePicture[]> => {
    if (encoder && !isSameShape(encoder.shape, shapeOf(frame))) {
      encoder.close()
      encoder = undefined
      inside.clear()
    }
    const isFirst = encoder === undefined
    encoder ??= await openEncoder(frame, bounds)
    const picture = await encoder.fit(frame)
    const step = lastPts === undefined ? pictureTicks : pts90k - lastPts
    ticks += step <= 0 || step > maxStep ? pictureTicks : step
    lastPts = pts90k
    const isKey = isFirst || ticks - keyTicks >= (bounds.gopMs * clockRate) / 1000
    if (isKey) keyTicks = ticks
    picture.pts = BigInt(ticks)
    picture.timeBase = new Rational(1, clockRate)
    // The decoder's own types would be taken for orders.
    picture.pictType = isKey ? AV_PICTURE_TYPE_I : AV_PICTURE_TYPE_NONE
    inside.set(picture.pts, pts90k)
    check(await encoder.context.sendFrame(picture), 'encode')
    const made: MadePicture[] = []
    while ((await encoder.context.receivePacket(output)) >= 0) {
      const own = inside.get(output.pts) ?? pts90k
      inside.delete(output.pts)
      made.push({ pts90k: own, bytes: new Uint8Array(output.data ?? []) })
      output.unref()
    }
    return made
  }

  return async (unit: UnitRequest, isCatchingUp: boolean): Promise<TranscoderAnswer> => {
    if (decoder && decoder.codec !== unit.codec) {
      decoder.context.freeContext()
      decoder = undefined
    }
    decoder ??= await openDecoder(unit.codec)
    if (unit.isAfterGap) decoder.context.flushBuffers()
    const bytes = Buffer.concat([unit.bytes, padding])
    held.push(bytes)
    input.data = bytes.subarray(0, unit.bytes.length)
    input.pts = BigInt(unit.pts90k)
    const sent = await decoder.context.sendPacket(input)
    input.unref()
    held.length = 0
    const pictures: MadePicture[] = []
    while ((await decoder.context.receiveFrame(frame)) >= 0) {
      try {
        const { width, height, bestEffortTimestamp } = frame
        if (width < 16 || height < 16 || width * height > pixelLimit) continue
        const pts90k = bestEffortTimestamp === AV_NOPTS_VALUE ? unit.pts90k : Number(bestEffortTimestamp)
        if (!isCatchingUp) pictures.push(...(await encode(pts90k)))
      } finally {
        frame.unref()
      }
    }
    return { type: 'done', pictures, isSkipped: isCatchingUp, isUndecodable: sent < 0 }
  }
}

/** One unit after the other, in the order they came. */
function serve(): void {
  Log.setLevel(AV_LOG_QUIET)
  // Ctrl-C reaches the whole process group; the parent decides when its children end. Nothing must keep an orphan alive.
  process.on('SIGINT', () => {})
  process.on('disconnect', () => process.kill(process.pid, 'SIGKILL'))
  // Whoever receives packets goes first.
  setPriority(constants.priority.PRIORITY_BELOW_NORMAL)
  const waiting: UnitRequest[] = []
  let transcode: ReturnType<typeof createTranscoder> | undefined
  let isBusy = false
  const work = async (): Promise<void> => {
    if (isBusy) return
    isBusy = true
    for (let unit = waiting.shift(); unit && transcode; unit = waiting.shift()) say(await transcode(unit, unit.isOld || waiting.length > catchUp))
    isBusy = false
  }
  process.on('message', (request: TranscoderRequest) => {
    if (request.type === 'bounds') {
      transcode = createTranscoder(request.bounds)
      return say({ type: 'ready' })
    }
    waiting.push(request)
    work().catch((error: unknown) => {
      process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
      process.exit(1)
    })
  })
  let usage = process.cpuUsage()
  let atMs = performance.now()
  setInterval(() => {
    const spent = process.cpuUsage(usage)
    const nowMs = performance.now()
    say({ type: 'load', cpu: (spent.user + spent.system) / 1000 / (nowMs - atMs) })
    usage = process.cpuUsage()
    atMs = nowMs
  }, loadMs)
}

serve()
