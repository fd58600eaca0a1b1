// Figures of one session's sound: what it is, what was announced, and its bit rate over the last seconds of arrivals.
import type { AudioCodec, AudioFigures, AudioFrame, OtherAudio } from '../types.ts'

export interface AudioMeter {
  /** A frame that was given on. */
  readonly note: (frame: AudioFrame) => void
  /** Sound that cannot be given on, by its name. */
  readonly noteOther: (codec: OtherAudio, bytes: number, receivedUs: number) => void
  readonly declare: (name: string) => void
  /** Absent while there is no word of sound and none came. */
  readonly figures: () => AudioFigures | undefined
}

/** The rate is that of whole seconds: the one that runs is left out. */
const secondUs = 1_000_000
const windowSeconds = 5

export function createAudioMeter(): AudioMeter {
  let codec: AudioCodec | OtherAudio | undefined
  let shape: { readonly sampleRate: number; readonly channels: number } | undefined
  let declared: string | undefined
  let frames = 0
  let beganUs: number | undefined
  /** Bytes of each second since the first arrival; older ones are dropped. */
  let seconds: number[] = [0]
  let running = 0

  const count = (bytes: number, receivedUs: number): void => {
    frames++
    beganUs ??= receivedUs
    const second = Math.max(running, Math.floor((receivedUs - beganUs) / secondUs))
    if (second - running > windowSeconds) seconds = [0]
    else for (let n = running; n < second; n++) seconds.push(0)
    running = second
    seconds = seconds.slice(-(windowSeconds + 1))
    seconds[seconds.length - 1] = (seconds.at(-1) ?? 0) + bytes
  }
  return {
    note: (frame) => {
      codec = frame.codec
      if (shape?.sampleRate !== frame.sampleRate || shape.channels !== frame.channels) shape = { sampleRate: frame.sampleRate, channels: frame.channels }
      count(frame.data.length, frame.receivedUs)
    },
    noteOther: (other, bytes, receivedUs) => {
      codec = other
      shape = undefined
      count(bytes, receivedUs)
    },
    declare: (name) => {
      declared = name
    },
    figures: () => {
      if (codec === undefined && declared === undefined) return undefined
      const whole = seconds.slice(0, -1)
      const kbps = whole.length === 0 ? undefined : Math.round((whole.reduce((sum, bytes) => sum + bytes, 0) * 8) / whole.length / 100) / 10
      return { codec: codec ?? 'none', ...shape, ...(kbps !== undefined && { kbps }), frames, ...(declared !== undefined && { declared }) }
    },
  }
}
