// The child process that draws and encodes a clip with node-av (FFmpeg, GPL): one request, one answer, then it waits for the next.
import sharp from 'sharp'
import { AV_CODEC_FLAG_CLOSED_GOP, AV_PIX_FMT_YUV420P, AVERROR_EAGAIN, AVERROR_EOF, AV_LOG_ERROR, AV_OPT_SEARCH_CHILDREN, AV_OPT_TYPE_STRING, Codec, CodecContext, FF_ENCODER_LIBX264, FF_ENCODER_LIBX265, Frame, Log, Packet, Rational } from 'node-av'
import { drawScene, type SceneName } from '../picture/scene.ts'
import { colourBars, flat, fog, halfDecoded, makeFrames, noSignal, planesFromRgb, type Planes } from '../picture/frames.ts'
import type { PictureKind } from '../types.ts'
import type { ClipAnswer, ClipRequest } from './clips.ts'

async function basePlanes(kind: PictureKind, width: number, height: number): Promise<Planes> {
  if (kind === 'colour-bars') return colourBars(width, height)
  if (kind === 'white') return flat(width, height, 233, 128, 128)
  if (kind === 'one-colour') return flat(width, height, 90, 128, 128)
  if (kind === 'snow') return flat(width, height, 120, 128, 128)
  if (kind === 'no-signal-text') return noSignal(width, height)
  if (kind === 'fog') return fog(width, height)
  if (kind === 'grey-green') return halfDecoded(await basePlanes('street', width, height))
  const scene: SceneName = kind === 'gate' || kind === 'square' ? kind : kind === 'frozen' ? 'gate' : kind === 'blurred' ? 'square' : 'street'
  const drawing = sharp(Buffer.from(drawScene(scene, width, height))).removeAlpha().toColourspace('srgb')
  // A standard deviation of 8 px at 1080p height: out of focus beyond doubt.
  const seen = kind === 'blurred' ? drawing.blur((8 * height) / 1080) : drawing
  return planesFromRgb(await seen.raw().toBuffer(), width, height)
}

/** Encodes the frames; returns one Annex B access unit per frame, in order: no B-frames, a closed GOP each second, parameter sets in every keyframe. */
async function encode(request: ClipRequest): Promise<ClipAnswer> {
  const { codec, width, height, fps, seconds, kind } = request
  const base = await basePlanes(kind, width, height)
  const encoder = Codec.findEncoderByName(codec === 'h264' ? FF_ENCODER_LIBX264 : FF_ENCODER_LIBX265)
  if (!encoder) throw new Error(`no encoder for ${codec}`)
  const context = new CodecContext()
  context.allocContext3(encoder)
  context.width = width
  context.height = height
  context.pixelFormat = AV_PIX_FMT_YUV420P
  context.timeBase = new Rational(1, fps)
  context.framerate = new Rational(fps, 1)
  context.gopSize = fps
  context.maxBFrames = 0
  context.threadCount = 1
  context.setFlags(AV_CODEC_FLAG_CLOSED_GOP)
  const settings =
    codec === 'h264'
      ? { preset: 'veryfast', crf: '23', 'x264-params': 'scenecut=0:repeat-headers=1:aud=0' }
      : { preset: 'ultrafast', crf: '24', 'x265-params': 'scenecut=0:repeat-headers=1:log-level=none:pools=none:frame-threads=1:info=0:bframes=0' }
  // Not by a Dictionary handed to open2: node-av 6.1 frees it twice.
  for (const [name, value] of Object.entries(settings)) check(context.setOption(name, value, AV_OPT_TYPE_STRING, AV_OPT_SEARCH_CHILDREN), name)
  check(await context.open2(encoder), 'open')
  const units: { bytes: Buffer; isKeyframe: boolean }[] = []
  const packet = new Packet()
  packet.alloc()
  const drain = async (): Promise<void> => {
    for (;;) {
      const code = await context.receivePacket(packet)
      if (code === AVERROR_EAGAIN || code === AVERROR_EOF) return
      check(code, 'receive')
      units.push({ bytes: Buffer.from(packet.data ?? Buffer.alloc(0)), isKeyframe: packet.isKeyframe })
      packet.unref()
    }
  }
  let pts = 0n
  for (const bytes of makeFrames(kind, base, fps * seconds, fps, request.startS)) {
    const frame = Frame.fromVideoBuffer(bytes, { width, height, format: AV_PIX_FMT_YUV420P, timeBase: { num: 1, den: fps }, pts: pts++ })
    check(await context.sendFrame(frame), 'send')
    frame.free()
    await drain()
  }
  check(await context.sendFrame(null), 'flush')
  await drain()
  packet.free()
  context.freeContext()
  return { ok: true, units }
}

function check(code: number, what: string): void {
  if (code < 0) throw new Error(`encoder ${what}: ${code}`)
}

Log.setLevel(AV_LOG_ERROR)
process.on('message', (request: ClipRequest) => {
  encode(request)
    .catch((error: unknown): ClipAnswer => ({ ok: false, detail: error instanceof Error ? error.message : String(error) }))
    .then((answer) => process.send?.(answer))
    .catch(() => process.exit(1))
})
process.on('disconnect', () => process.exit(0))
