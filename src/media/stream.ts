// One camera's published access units: keeps the current GOP, so that a newcomer starts at its keyframe, and offers each unit to all.
import { createRateMeter, type StreamRates } from './figures.ts'
import { createGop, ownUnit } from './gop.ts'
import type { AccessUnit, AudioFrame, VideoCodec } from './types.ts'

export interface StreamPicture extends StreamRates {
  readonly codec?: VideoCodec
  readonly width?: number
  readonly height?: number
}

export interface Stream {
  /** Offers a unit, whose memory is read only within the call, to everyone; false for those before the first keyframe with parameter sets: nothing could be decoded from them. */
  readonly publish: (unit: AccessUnit) => boolean
  /** Offers sound to everyone who takes it; nothing before the first picture. */
  readonly publishAudio: (frame: AudioFrame) => void
  /**
   * The kept GOP at once, pictures and sound in order of time, then what comes. `isBrief`: it has done with a unit when the call returns; others get
   * one that stays as it is. Returns how to stop it.
   */
  readonly attach: (onUnit: (unit: AccessUnit) => void, onAudio?: (frame: AudioFrame) => void, isBrief?: boolean) => () => void
  /** A keyframe with parameter sets was published. */
  readonly isLive: () => boolean
  /** A newcomer gets a picture at once. */
  readonly isJoinable: () => boolean
  /** The last picture published. */
  readonly last: () => Pick<AccessUnit, 'pts90k' | 'receivedUs'> | undefined
  readonly figures: (nowUs: number) => StreamPicture
}

/** Bounds of the kept GOP, ours: 20 s of 25 fps, and 16 MiB, which is 12 s at 10 Mbit/s. */
const maxGopUnits = 500
const maxGopBytes = 16 * 1024 * 1024
/** Ours: 20 s of G.711 in packets of 20 ms, or of AAC at 48 kHz. */
const maxGopSounds = 1024

export function createStream(bounds: { readonly maxUnits?: number; readonly maxBytes?: number } = {}): Stream {
  const { maxUnits = maxGopUnits, maxBytes = maxGopBytes } = bounds
  const meter = createRateMeter()
  const readers = new Set<(unit: AccessUnit) => void>()
  const brief = new Set<(unit: AccessUnit) => void>()
  const listeners = new Set<(frame: AudioFrame) => void>()
  const gop = createGop({ maxUnits, maxBytes })
  /** What figures say of them: the units themselves are not held. */
  let keyframe: Pick<AccessUnit, 'codec' | 'width' | 'height'> | undefined
  let sounds: AudioFrame[] = []
  let hasSound = false
  let latest: Pick<AccessUnit, 'pts90k' | 'receivedUs'> | undefined

  const keep = (unit: AccessUnit): void => {
    gop.keep(unit)
    if (sounds.length === 0) return
    // Sound overtakes the picture that is still being joined.
    if (gop.isEmpty()) sounds = []
    else if (unit.isKeyframe) sounds = sounds.filter(({ pts90k }) => pts90k >= unit.pts90k)
  }
  return {
    publish: (given) => {
      const unit = hasSound && given.isKeyframe && given.sound !== 'heard' ? { ...given, sound: 'heard' as const } : given
      const { codec, pts90k, receivedUs, width, height } = unit
      if (unit.isKeyframe && unit.parameterSets) keyframe = { codec, ...(width !== undefined && { width }), ...(height !== undefined && { height }) }
      if (!keyframe) return false
      meter.note(unit)
      latest = { pts90k, receivedUs }
      keep(unit)
      if (readers.size === 0) return true
      const lasting = brief.size < readers.size ? ownUnit(unit) : unit
      for (const onUnit of [...readers]) if (readers.has(onUnit)) onUnit(brief.has(onUnit) ? unit : lasting)
      return true
    },
    publishAudio: (frame) => {
      hasSound = true
      if (!keyframe) return
      if (!gop.isEmpty() && sounds.length < maxGopSounds) sounds.push(frame)
      for (const onAudio of [...listeners]) if (listeners.has(onAudio)) onAudio(frame)
    },
    attach: (onUnit, onAudio, isBrief) => {
      const own = (unit: AccessUnit): void => onUnit(unit)
      const ownSound = onAudio && ((frame: AudioFrame): void => onAudio(frame))
      readers.add(own)
      if (isBrief === true) brief.add(own)
      if (ownSound) listeners.add(ownSound)
      const kept = ownSound ? [...sounds] : []
      let next = 0
      for (const unit of [...gop.units()]) {
        for (; readers.has(own) && (kept[next]?.pts90k ?? Infinity) < unit.pts90k; next++) if (kept[next]) ownSound?.(kept[next]!)
        if (readers.has(own)) own(unit)
      }
      for (const frame of kept.slice(next)) if (readers.has(own)) ownSound?.(frame)
      return () => {
        readers.delete(own)
        brief.delete(own)
        if (ownSound) listeners.delete(ownSound)
      }
    },
    isLive: () => keyframe !== undefined,
    isJoinable: () => !gop.isEmpty(),
    last: () => latest,
    figures: (nowUs) => ({
      ...keyframe,
      ...meter.rates(nowUs),
    }),
  }
}
