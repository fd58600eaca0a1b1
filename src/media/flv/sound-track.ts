// The sound of one viewer once its file header has promised some. Players wait for a promised track as long as it lasts, so where none comes any
// more (a camera falls silent, an encoder dies) silence is put in its place, a little behind the pictures.
import { aacSamples } from '../audio/adts.ts'
import { silenceFor } from '../audio/made-sound.ts'
import type { AudioFrame } from '../types.ts'
import { flvAudioHeader, flvAudioTag } from './audio-tag.ts'

/** A tag made for all viewers alike, and when this one shall see it. */
export interface TimedTag {
  readonly tag: Buffer
  readonly ms: number
}

export interface SoundTrack {
  /** What kind of sound there is; says nothing yet. */
  readonly note: (frame: AudioFrame) => void
  /** A frame at its time; without one it only tells its kind. */
  readonly push: (frame: AudioFrame, ms: number | undefined) => readonly TimedTag[]
  /** What a picture at this time makes due. */
  readonly fill: (pictureMs: number) => readonly TimedTag[]
  /** An AudioSpecificConfig was seen. */
  readonly isDescribed: () => boolean
}

/**
 * Sound may come so much later than its picture: packets of up to 180 ms, one frame in the encoder, another way through the network. Ours.
 * Where real sound comes later still it is waited for longer, up to the second bound.
 */
const firstPatienceMs = 600
const lastPatienceMs = 2_000
/** Holes longer than this are the player's affair: it jumps. */
const maxHoleMs = 10_000
const nothing: readonly TimedTag[] = []

export function createSoundTrack(): SoundTrack {
  let config: Buffer | undefined
  let said: Buffer | undefined
  let silence: Buffer | undefined
  let frameMs = 0
  /** Up to here there is sound. */
  let endMs = 0
  let patienceMs = firstPatienceMs

  const note = (frame: AudioFrame): void => {
    if (!frame.config || config?.equals(frame.config) === true) return
    config = frame.config
    const quiet = silenceFor(config)
    silence = quiet && flvAudioTag(quiet, 0)
    frameMs = (aacSamples * 1000) / frame.sampleRate
  }
  const describe = (): readonly TimedTag[] => {
    if (!config || said === config) return nothing
    said = config
    return [{ tag: flvAudioHeader(config, 0), ms: endMs }]
  }
  const silent = (untilMs: number): readonly TimedTag[] => {
    if (!silence || untilMs - endMs < frameMs) return nothing
    if (untilMs - endMs > maxHoleMs) endMs = untilMs - maxHoleMs
    const tags: TimedTag[] = []
    for (; untilMs - endMs >= frameMs; endMs += frameMs) tags.push({ tag: silence, ms: endMs })
    return tags
  }
  return {
    note,
    push: (frame, ms) => {
      note(frame)
      const described = describe()
      if (!config || frame.data.length === 0 || ms === undefined) return described
      // Its place was filled, or it overlaps: later ones are given more time.
      if (ms < endMs - frameMs / 2) {
        patienceMs = Math.min(lastPatienceMs, Math.max(patienceMs, firstPatienceMs + endMs - ms))
        return described
      }
      const hole = silent(ms)
      const at = Math.max(ms, endMs)
      endMs = ms + frameMs
      return [...described, ...hole, { tag: sharedTag(frame), ms: at }]
    },
    fill: (pictureMs) => {
      const described = describe()
      return pictureMs - endMs > patienceMs ? [...described, ...silent(pictureMs - patienceMs / 2)] : described
    },
    isDescribed: () => config !== undefined,
  }
}

/** The tag of a frame, made once for all its viewers with time 0. A memo, no state: it goes with the frame. */
const tags = new WeakMap<AudioFrame, Buffer>()

function sharedTag(frame: AudioFrame): Buffer {
  const known = tags.get(frame)
  if (known) return known
  const tag = flvAudioTag(frame.data, 0)
  tags.set(frame, tag)
  return tag
}
