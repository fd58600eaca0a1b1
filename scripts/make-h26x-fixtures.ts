// Makes the small real streams in fixtures/h26x, fixtures/ps and fixtures/flv with the encoders and muxers of FFmpeg (node-av).
// The picture is computed, the encoders run on one thread: the same versions give the same bytes. Run: node scripts/make-h26x-fixtures.ts
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { AV_CODEC_FLAG_GLOBAL_HEADER, AV_LOG_ERROR, AV_OPT_SEARCH_CHILDREN, AV_OPT_TYPE_STRING, AV_PIX_FMT_YUV420P, AVFMT_FLAG_BITEXACT, FF_ENCODER_LIBX264, FF_ENCODER_LIBX265 } from 'node-av/constants'
import { Codec, CodecContext, FFmpegError, FormatContext, Frame, Log, Packet, Rational } from 'node-av/lib'

interface Recipe {
  readonly encoder: typeof FF_ENCODER_LIBX264 | typeof FF_ENCODER_LIBX265
  readonly width: number
  readonly height: number
  readonly frames: number
  /** Private options of the encoder beside those that every recipe shares. */
  readonly options: Readonly<Record<string, string>>
}

const frameTicks = 3600 // 25 fps at 90 kHz

const x265 = (more: string): Readonly<Record<string, string>> => ({ 'x265-params': `log-level=none:pools=1:frame-threads=1:keyint=5:min-keyint=5:scenecut=0:bframes=0:info=0:${more}` })
const x264 = (more: string): Readonly<Record<string, string>> => ({ 'x264-params': `threads=1:keyint=5:min-keyint=5:scenecut=0:bframes=0:${more}` })

const plainH264: Recipe = { encoder: FF_ENCODER_LIBX264, width: 128, height: 96, frames: 10, options: { ...x264('qp=30'), profile: 'high' } }
const plainH265: Recipe = { encoder: FF_ENCODER_LIBX265, width: 128, height: 96, frames: 10, options: x265('qp=30') }

const streams: Readonly<Record<string, Recipe>> = {
  'plain.h264': plainH264,
  'cropped-slices-aud.h264': { encoder: FF_ENCODER_LIBX264, width: 100, height: 50, frames: 10, options: { ...x264('qp=34:slices=3:aud=1'), profile: 'main' } },
  'interlaced.h264': { encoder: FF_ENCODER_LIBX264, width: 96, height: 64, frames: 6, options: x264('qp=36:tff=1') },
  'plain.h265': plainH265,
  'cropped-layers-aud.h265': { encoder: FF_ENCODER_LIBX265, width: 100, height: 52, frames: 10, options: x265('qp=34:temporal-layers=3:bframes=3:b-pyramid=1:aud=1:repeat-headers=1') },
}

const muxed: Readonly<Record<string, { readonly format: string; readonly recipe: Recipe; readonly needsGlobalHeader: boolean }>> = {
  'ps/ffmpeg-vob-h264.ps': { format: 'vob', recipe: plainH264, needsGlobalHeader: false },
  'ps/ffmpeg-vob-h265.ps': { format: 'vob', recipe: plainH265, needsGlobalHeader: false },
  'ps/ffmpeg-mpeg1-h264.ps': { format: 'mpeg', recipe: plainH264, needsGlobalHeader: false },
  'flv/ffmpeg-h264.flv': { format: 'flv', recipe: plainH264, needsGlobalHeader: true },
  'flv/ffmpeg-h265.flv': { format: 'flv', recipe: plainH265, needsGlobalHeader: true },
}

/** A slope with a bright square that wanders, so that every frame differs. */
function paint(frame: Frame, index: number): void {
  const [y, u, v] = frame.data ?? []
  const [strideY = 0, strideU = 0, strideV = 0] = frame.linesize
  if (!y || !u || !v) throw new Error('the frame has no planes')
  for (let row = 0; row < frame.height; row++) {
    for (let column = 0; column < frame.width; column++) {
      const isInSquare = Math.abs(column - 20 - index * 5) < 12 && Math.abs(row - 24) < 12
      y[row * strideY + column] = isInSquare ? 220 : 40 + ((column + row * 2 + index) % 140)
    }
  }
  for (let row = 0; row < frame.height / 2; row++) {
    u.fill(110 + index, row * strideU, row * strideU + frame.width / 2)
    v.fill(140 - index, row * strideV, row * strideV + frame.width / 2)
  }
}

function openEncoder(recipe: Recipe, hasGlobalHeader: boolean): CodecContext {
  const codec = Codec.findEncoderByName(recipe.encoder)
  if (!codec) throw new Error(`no ${recipe.encoder}`)
  const context = new CodecContext()
  context.allocContext3(codec)
  Object.assign(context, { width: recipe.width, height: recipe.height, pixelFormat: AV_PIX_FMT_YUV420P, threadCount: 1 })
  context.timeBase = new Rational(1, 90_000)
  context.framerate = new Rational(25, 1)
  if (hasGlobalHeader) context.setFlags(AV_CODEC_FLAG_GLOBAL_HEADER)
  // One by one: a Dictionary handed to open2 is freed twice (node-av 6.1.1), which ends the process when it is collected.
  for (const [name, value] of Object.entries(recipe.options)) FFmpegError.throwIfError(context.setOption(name, value, AV_OPT_TYPE_STRING, AV_OPT_SEARCH_CHILDREN), name)
  FFmpegError.throwIfError(context.open2Sync(codec), 'open encoder')
  return context
}

/** Encodes the recipe and hands out each packet while it is valid. */
function encode(recipe: Recipe, context: CodecContext, onPacket: (packet: Packet) => void): void {
  const packet = new Packet()
  packet.alloc()
  const drain = (): void => {
    while (context.receivePacketSync(packet) >= 0) {
      onPacket(packet)
      packet.unref()
    }
  }
  for (let index = 0; index < recipe.frames; index++) {
    const frame = new Frame()
    frame.alloc()
    Object.assign(frame, { format: AV_PIX_FMT_YUV420P, width: recipe.width, height: recipe.height })
    FFmpegError.throwIfError(frame.getBuffer(), 'frame buffer')
    paint(frame, index)
    frame.pts = BigInt(index * frameTicks)
    FFmpegError.throwIfError(context.sendFrameSync(frame), 'send frame')
    frame.free()
    drain()
  }
  context.sendFrameSync(null)
  drain()
  packet.free()
}

function elementary(recipe: Recipe): Buffer {
  const context = openEncoder(recipe, false)
  const parts: Buffer[] = []
  encode(recipe, context, (packet) => parts.push(Buffer.from(packet.data ?? Buffer.alloc(0))))
  context.freeContext()
  return Buffer.concat(parts)
}

function mux(path: string, format: string, recipe: Recipe, hasGlobalHeader: boolean): void {
  const context = openEncoder(recipe, hasGlobalHeader)
  const output = new FormatContext()
  FFmpegError.throwIfError(output.allocOutputContext2(null, format, path), 'output')
  const stream = output.newStream(null)
  FFmpegError.throwIfError(stream.codecpar.fromContext(context), 'parameters')
  stream.codecpar.codecTag = 0
  stream.timeBase = new Rational(1, 90_000)
  FFmpegError.throwIfError(output.openOutputSync(), 'open file')
  output.setFlags(AVFMT_FLAG_BITEXACT)
  FFmpegError.throwIfError(output.writeHeaderSync(), 'header')
  encode(recipe, context, (packet) => {
    packet.streamIndex = 0
    packet.rescaleTs({ num: 1, den: 90_000 }, stream.timeBase)
    FFmpegError.throwIfError(output.writeFrameSync(packet), 'packet')
  })
  FFmpegError.throwIfError(output.writeTrailerSync(), 'trailer')
  output.closeOutputSync()
  output.freeContext()
  context.freeContext()
}

Log.setLevel(AV_LOG_ERROR)
const fixtures = join(dirname(fileURLToPath(import.meta.url)), '..', 'fixtures')
for (const folder of ['h26x', 'ps', 'flv']) mkdirSync(join(fixtures, folder), { recursive: true })
for (const [name, recipe] of Object.entries(streams)) writeFileSync(join(fixtures, 'h26x', name), elementary(recipe))
for (const [name, { format, recipe, needsGlobalHeader }] of Object.entries(muxed)) mux(join(fixtures, name), format, recipe, needsGlobalHeader)
