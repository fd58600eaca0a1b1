// The sound of one viewer once its file header has promised some, be it only by the word of the camera's map: sound may begin long after the pictures. Players wait for a promised track as long as it lasts, so where none comes any
// more (a camera falls silent, an encoder dies) silence is put in its place, a little behind the pictures.
import { aacSamples } from '../audio/adts.ts'
import { madeConfig, madeRate, silenceFor } from '../audio/made-sound.ts'
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
  /** There is only word of sound: silence stands for it until it comes, in step with the pictures. */
  readonly promise: () => void
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
/** Silence before any sound: so far ahead of the pictures at least, which wait for nothing then, and so far when it is written; few writes for many frames. */
const leastAheadMs = 100
const aheadMs = 500
const nothing: readonly TimedTag[] = []

export function createSoundTrack(): SoundTrack {
  let config: Buffer | undefined
  let said: Buffer | undefined
  let silence: Buffer | undefined
  let frameMs = 0
  /** Up to here there is sound. */
  let endMs = 0
  let patienceMs = firstPatienceMs
  /** Silence runs ahead of the pictures, or ran, and real sound has not caught up with it yet. */
  let ahead: 'no' | 'running' | 'ran' = 'no'

  const note = (frame: AudioFrame): void => {
    if (frame.config) configure(frame.config, frame.sampleRate)
  }
  const configure = (next: Buffer, sampleRate: number): void => {
    if (config?.equals(next) === true) return
    config = next
    const quiet = silenceFor(config)
    silence = quiet && flvAudioTag(quiet, 0)
    frameMs = (aacSamples * 1000) / sampleRate
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
      if (ahead === 'running') ahead = 'ran'
      if (ms < endMs - frameMs / 2) {
        if (ahead === 'no') patienceMs = Math.min(lastPatienceMs, Math.max(patienceMs, firstPatienceMs + endMs - ms))
        return described
      }
      ahead = 'no'
      const hole = silent(ms)
      const at = Math.max(ms, endMs)
      endMs = ms + frameMs
      return [...described, ...hole, { tag: sharedTag(frame), ms: at }]
    },
    promise: () => {
      if (config) return
      configure(madeConfig, madeRate)
      ahead = 'running'
    },
    fill: (pictureMs) => {
      const described = describe()
      if (ahead === 'running') return pictureMs + leastAheadMs > endMs ? [...described, ...silent(pictureMs + aheadMs)] : described
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
