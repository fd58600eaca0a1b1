// Frame rate, bit rate and GOP length of one stream, over a sliding window of arrivals.
import type { AccessUnit } from './types.ts'

export interface StreamRates {
  /** Pictures per second of the camera's own clock (presentation times), so that network jitter does not show. */
  readonly fps?: number
  readonly kbps?: number
  /** Pictures from one keyframe to the next; of the last complete GOP. */
  readonly gopFrames?: number
}

export interface RateMeter {
  readonly note: (unit: AccessUnit) => void
  /** A stream that came to rest has no rates once the window has passed. */
  readonly rates: (nowUs: number) => StreamRates
}

interface Entry {
  readonly atUs: number
  readonly pts90k: number
  readonly bytes: number
}

/** 5 s hold at least two keyframes of most cameras; 600 entries are 5 s of 120 fps. */
const windowUs = 5_000_000
const maxEntries = 600

/** Bytes of a unit's NAL units. */
export function unitBytes(unit: AccessUnit): number {
  return unit.nalUnits.reduce((sum, nal) => sum + nal.length, 0)
}

export function createRateMeter(): RateMeter {
  let entries: Entry[] = []
  let sinceKeyframe: number | undefined
  let gopFrames: number | undefined

  const forget = (nowUs: number): void => {
    const first = entries.findIndex((entry) => entry.atUs > nowUs - windowUs)
    entries = first < 0 ? [] : entries.slice(Math.max(first, entries.length - maxEntries))
  }
  return {
    note: (unit) => {
      if (unit.isKeyframe) {
        gopFrames = sinceKeyframe ?? gopFrames
        sinceKeyframe = 0
      }
      if (sinceKeyframe !== undefined) sinceKeyframe++
      entries.push({ atUs: unit.receivedUs, pts90k: unit.pts90k, bytes: unitBytes(unit) })
      if (entries.length > 2 * maxEntries) forget(unit.receivedUs)
    },
    rates: (nowUs) => {
      forget(nowUs)
      const [first, last] = [entries[0], entries.at(-1)]
      if (!first || !last || entries.length < 2) return {}
      const times = entries.map((entry) => entry.pts90k)
      const ticks = Math.max(...times) - Math.min(...times)
      const spanUs = last.atUs - first.atUs
      const bytes = entries.reduce((sum, entry) => sum + entry.bytes, 0) - first.bytes
      return {
        ...(ticks > 0 && { fps: round1(((entries.length - 1) * 90_000) / ticks) }),
        ...(spanUs > 0 && { kbps: Math.round((bytes * 8_000) / spanUs) }),
        ...(gopFrames !== undefined && { gopFrames }),
      }
    },
  }
}

const round1 = (value: number): number => Math.round(value * 10) / 10
