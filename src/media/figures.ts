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

/** 5 s hold at least two keyframes of most cameras; 600 pictures are 5 s of 120 fps. */
const windowUs = 5_000_000
const maxPictures = 600
/** Of one picture: arrival, presentation time, bytes. Numbers in one piece of memory: as objects they would outlive one collection after the other. */
const fields = 3
const firstPictures = 64

/** Bytes of a unit's NAL units. */
export function unitBytes(unit: AccessUnit): number {
  return unit.nalUnits.reduce((sum, nal) => sum + nal.length, 0)
}

export function createRateMeter(): RateMeter {
  let ring = new Float64Array(firstPictures * fields)
  let first = 0
  let count = 0
  let sinceKeyframe: number | undefined
  let gopFrames: number | undefined

  const field = (n: number, which: number): number => ring[((first + n) * fields + which) % ring.length] ?? 0
  const forget = (nowUs: number): void => {
    while (count > 0 && field(0, 0) <= nowUs - windowUs) drop()
  }
  const drop = (): void => {
    first = (first + 1) % (ring.length / fields)
    count--
  }
  const grow = (): void => {
    const larger = new Float64Array(Math.min(2 * ring.length, maxPictures * fields))
    for (let i = 0; i < count * fields; i++) larger[i] = ring[(first * fields + i) % ring.length] ?? 0
    ring = larger
    first = 0
  }
  return {
    note: (unit) => {
      if (unit.isKeyframe) {
        gopFrames = sinceKeyframe ?? gopFrames
        sinceKeyframe = 0
      }
      if (sinceKeyframe !== undefined) sinceKeyframe++
      forget(unit.receivedUs)
      if (count === maxPictures) drop()
      if (count * fields === ring.length) grow()
      const at = ((first + count) * fields) % ring.length
      ring[at] = unit.receivedUs
      ring[at + 1] = unit.pts90k
      ring[at + 2] = unitBytes(unit)
      count++
    },
    rates: (nowUs) => {
      forget(nowUs)
      if (count < 2) return {}
      let [least, most, bytes] = [Infinity, -Infinity, 0]
      for (let n = 0; n < count; n++) {
        least = Math.min(least, field(n, 1))
        most = Math.max(most, field(n, 1))
        if (n > 0) bytes += field(n, 2)
      }
      const spanUs = field(count - 1, 0) - field(0, 0)
      return {
        ...(most > least && { fps: round1(((count - 1) * 90_000) / (most - least)) }),
        ...(spanUs > 0 && { kbps: Math.round((bytes * 8_000) / spanUs) }),
        ...(gopFrames !== undefined && { gopFrames }),
      }
    },
  }
}

const round1 = (value: number): number => Math.round(value * 10) / 10
