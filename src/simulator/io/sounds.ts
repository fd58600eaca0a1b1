// The sound of the fleet's cameras, as packets of a program stream hold it: G.711, or AAC that is encoded once, when the fleet starts.
import { AppError, type Clock, type Log } from '../../base/index.ts'
import { encodeG711, madeConfig, openAacEncoders, writeAdts, type AudioCodec } from '../../media/index.ts'
import { drawTune, tuneRate, tuneSeconds } from '../sound/tune.ts'

/** Played round and round. */
export interface SoundClip {
  readonly codec: AudioCodec
  readonly packets: readonly Buffer[]
  readonly packet90k: number
}

/** 40 ms, as cameras at 25 fps have it. */
const packetBytes = 320
const g711Packet90k = 3_600
/** 1024 samples at 16 kHz. */
const aacFrame90k = 5_760
const encodeWaitMs = 20_000

export async function makeSound(codec: AudioCodec, { clock, log }: { readonly clock: Clock; readonly log: Log }): Promise<SoundClip> {
  if (codec !== 'aac') return { codec, packets: cut(encodeG711(codec, drawTune())), packet90k: g711Packet90k }
  return { codec, packets: await encoded(clock, log), packet90k: aacFrame90k }
}

const cut = (bytes: Buffer): readonly Buffer[] => Array.from({ length: bytes.length / packetBytes }, (_, n) => bytes.subarray(n * packetBytes, (n + 1) * packetBytes))

async function encoded(clock: Clock, log: Log): Promise<readonly Buffer[]> {
  const encoders = openAacEncoders({ limit: 1, clock, log })
  const frames: Buffer[] = []
  const done = Promise.withResolvers<void>()
  const lost = (detail: string): void => done.reject(new AppError('scenario.invalid', `the sound of the cameras could not be encoded: ${detail}`))
  const cancel = clock.after(encodeWaitMs, () => lost(`nothing within ${encodeWaitMs / 1000} s`))
  const round = encodeG711('pcma', drawTune())
  const wanted = Math.floor((tuneSeconds * 90_000) / aacFrame90k)
  try {
    const encoder = encoders.open({
      onFrame: (_pts90k, data) => {
        frames.push(writeAdts(madeConfig, data))
        if (frames.length > wanted) done.resolve()
      },
      onLost: lost,
    })
    if (typeof encoder === 'string') throw new Error(encoder)
    // Twice: the first frame is of before the beginning, the last ones stay in the encoder.
    cut(Buffer.concat([round, round])).forEach((packet, n) => encoder.push('pcma', n * ((packetBytes * 90_000) / tuneRate), packet))
    await done.promise
    return frames.slice(1, wanted + 1)
  } finally {
    cancel()
    await encoders.close()
  }
}
