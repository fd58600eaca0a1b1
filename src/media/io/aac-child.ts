// The child process that makes AAC of G.711 with node-av (FFmpeg, GPL): the encoders of many streams side by side, each fed in order.
// Rules of node-av's low-level calls, which crash when misused: free only after the await, copy data before unref, one chain per encoder.
import { setPriority } from 'node:os'
import { AV_CHANNEL_LAYOUT_MONO, AV_CODEC_FLAG_GLOBAL_HEADER, AV_LOG_QUIET, AV_SAMPLE_FMT_FLTP, AVERROR_EAGAIN, AVERROR_EOF, Codec, CodecContext, FF_ENCODER_AAC, Frame, Log, Packet, Rational } from 'node-av'
import { aacSamples } from '../audio/adts.ts'
import type { AacAnswer, AacRequest, MadeSound } from '../audio/aac-messages.ts'
import { decodeG711 } from '../audio/g711.ts'
import { madeRate } from '../audio/made-sound.ts'
import { createUpsampler } from '../audio/upsample.ts'

/** For one voice at 16 kHz; more cannot be heard of a source that ends at 4 kHz. */
const bitRate = 32_000n
const ticks = 90_000 / madeRate
/** A hole up to here is filled with silence, so that the encoder runs on; after a longer one it begins anew in time. 2 s. */
const maxHole = 2 * madeRate
/** Less than this is rounding of times. 5 ms. */
const minHole = madeRate / 200

interface Encoder {
  readonly push: (request: Extract<AacRequest, { type: 'sound' }>) => Promise<readonly MadeSound[]>
  readonly close: () => void
}

async function openEncoder(): Promise<Encoder> {
  const codec = Codec.findEncoderByName(FF_ENCODER_AAC)
  if (!codec) throw new Error('no AAC encoder')
  const context = new CodecContext()
  context.allocContext3(codec)
  context.sampleRate = madeRate
  context.sampleFormat = AV_SAMPLE_FMT_FLTP
  context.channelLayout = AV_CHANNEL_LAYOUT_MONO
  context.bitRate = bitRate
  context.timeBase = new Rational(1, madeRate)
  context.threadCount = 1
  context.setFlags(AV_CODEC_FLAG_GLOBAL_HEADER)
  const opened = await context.open2(codec)
  if (opened < 0) {
    context.freeContext()
    throw new Error(`the AAC encoder does not open (${opened})`)
  }
  const packet = new Packet()
  packet.alloc()
  const upsample = createUpsampler()
  const block = new Float32Array(aacSamples)
  let filled = 0
  /** Of the sample that comes next, at the made rate. */
  let position: number | undefined
  const made: MadeSound[] = []

  const drain = async (): Promise<void> => {
    for (;;) {
      const code = await context.receivePacket(packet)
      if (code === AVERROR_EAGAIN || code === AVERROR_EOF) return
      if (code < 0) throw new Error(`the AAC encoder gives nothing (${code})`)
      if (packet.data && packet.data.length > 0) made.push({ pts90k: Math.round(Number(packet.pts) * ticks), data: new Uint8Array(packet.data) })
      packet.unref()
    }
  }
  const encode = async (pts: number): Promise<void> => {
    const frame = Frame.fromAudioBuffer(Buffer.from(block.buffer, block.byteOffset, block.byteLength), {
      nbSamples: aacSamples, format: AV_SAMPLE_FMT_FLTP, sampleRate: madeRate, channelLayout: AV_CHANNEL_LAYOUT_MONO, timeBase: { num: 1, den: madeRate }, pts: BigInt(pts),
    })
    const code = await context.sendFrame(frame)
    frame.free()
    if (code < 0) throw new Error(`the AAC encoder takes nothing (${code})`)
    await drain()
  }
  const take = async (samples: Float32Array): Promise<void> => {
    for (let at = 0; at < samples.length; ) {
      const part = samples.subarray(at, at + aacSamples - filled)
      block.set(part, filled)
      at += part.length
      filled += part.length
      position = (position ?? 0) + part.length
      if (filled < aacSamples) continue
      filled = 0
      await encode(position - aacSamples)
    }
  }
  return {
    push: async ({ law, pts90k, data }) => {
      const begins = Math.round(pts90k / ticks)
      const hole = position === undefined ? Infinity : begins - position
      if (hole > maxHole || hole < -maxHole) {
        filled = 0
        position = begins
      } else if (hole > minHole) await take(new Float32Array(hole))
      await take(upsample(decodeG711(law, data)))
      return made.splice(0)
    },
    close: () => {
      packet.free()
      context.freeContext()
    },
  }
}

/** Each session's requests run one behind the other. */
const sessions = new Map<number, { encoder: Promise<Encoder>; last: Promise<unknown> }>()
const answer = (message: AacAnswer): void => void process.send?.(message)

function onSound(request: Extract<AacRequest, { type: 'sound' }>): void {
  const { session } = request
  let known = sessions.get(session)
  if (!known) {
    const encoder = openEncoder()
    known = { encoder, last: encoder.catch(() => {}) }
    sessions.set(session, known)
  }
  const { encoder, last } = known
  known.last = last
    .then(async () => (await encoder).push(request))
    .then((frames) => answer({ type: 'made', session, frames }))
    .catch((error: unknown) => answer({ type: 'failed', session, detail: error instanceof Error ? error.message : String(error) }))
}

function onClose(session: number): void {
  const known = sessions.get(session)
  sessions.delete(session)
  void known?.last.then(async () => (await known.encoder).close()).catch(() => {})
}

Log.setLevel(AV_LOG_QUIET)
// Ctrl-C reaches the whole process group; the parent decides when its children end. Nothing must keep an orphan alive.
process.on('SIGINT', () => {})
process.on('disconnect', () => process.kill(process.pid, 'SIGKILL'))
// The parent stamps arriving packets: on a busy machine it goes first.
setPriority(5)
process.on('message', (request: AacRequest) => (request.type === 'sound' ? onSound(request) : onClose(request.session)))
answer({ type: 'ready' })
