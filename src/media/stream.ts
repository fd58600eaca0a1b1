// One camera's published access units: keeps the current GOP, so that a newcomer starts at its keyframe, and offers each unit to all.
import { createRateMeter, unitBytes, type StreamRates } from './figures.ts'
import type { AccessUnit, VideoCodec } from './types.ts'

export interface StreamPicture extends StreamRates {
  readonly codec?: VideoCodec
  readonly width?: number
  readonly height?: number
}

export interface Stream {
  /** Offers a unit to everyone; false for those before the first keyframe with parameter sets: nothing could be decoded from them. */
  readonly publish: (unit: AccessUnit) => boolean
  /** The kept GOP at once, then what comes. Returns how to stop it. */
  readonly attach: (onUnit: (unit: AccessUnit) => void) => () => void
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

export function createStream(bounds: { readonly maxUnits?: number; readonly maxBytes?: number } = {}): Stream {
  const { maxUnits = maxGopUnits, maxBytes = maxGopBytes } = bounds
  const meter = createRateMeter()
  const readers = new Set<(unit: AccessUnit) => void>()
  let keyframe: AccessUnit | undefined
  let gop: AccessUnit[] = []
  let gopBytes = 0
  let latest: AccessUnit | undefined

  const keep = (unit: AccessUnit): void => {
    if (unit.isKeyframe) {
      gop = []
      gopBytes = 0
    } else if (gop.length === 0) {
      return
    }
    gop.push(unit)
    gopBytes += unitBytes(unit)
    // A GOP with a hole in it would show garbage: a newcomer then waits for the next keyframe.
    if (gop.length > maxUnits || gopBytes > maxBytes) gop = []
  }
  return {
    publish: (unit) => {
      if (unit.isKeyframe && unit.parameterSets) keyframe = unit
      if (!keyframe) return false
      meter.note(unit)
      latest = unit
      keep(unit)
      for (const onUnit of [...readers]) if (readers.has(onUnit)) onUnit(unit)
      return true
    },
    attach: (onUnit) => {
      const own = (unit: AccessUnit): void => onUnit(unit)
      readers.add(own)
      for (const unit of [...gop]) if (readers.has(own)) onUnit(unit)
      return () => void readers.delete(own)
    },
    isLive: () => keyframe !== undefined,
    isJoinable: () => gop.length > 0,
    last: () => latest,
    figures: (nowUs) => ({
      ...(keyframe && { codec: keyframe.codec }),
      ...(keyframe?.width !== undefined && { width: keyframe.width }),
      ...(keyframe?.height !== undefined && { height: keyframe.height }),
      ...meter.rates(nowUs),
    }),
  }
}
