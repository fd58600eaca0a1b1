// Presentation times that run on: unwraps 33 bits and repairs what stands still, runs back or jumps (Q97).
import { createUnwrapper, distance } from '../rtp/sequence.ts'

/** The line of a stream's pictures, for what shall lie beside them. */
export interface PictureClock {
  /** Where a time of the camera's clock, of so many bits, lies on the line; undefined before the first picture. */
  readonly locate: (camera90k: number, bits?: number) => number | undefined
  /** The first picture's place. */
  readonly begin: () => number | undefined
  /** The last picture. */
  readonly last: () => { readonly pts90k: number; readonly receivedUs: number } | undefined
}

export interface Timeline extends PictureClock {
  /** From the camera's time (33 bits, or none) and the arrival to a time later than the one before. */
  readonly place: (camera90k: number | undefined, receivedUs: number) => number
}

const ticksPerUs = 0.09
/** A jump that arrival times do not share is a new clock in the camera. */
const maxJump = 10 * 90_000

/**
 * No time, or the same again: the arrival tells how much later. A little earlier: one tick later, which keeps B-frames in decoding
 * order. A jump: the line goes on from where it was.
 */
export function createTimeline(): Timeline {
  const unwrap = createUnwrapper(33)
  let offset = 0
  let known: number | undefined
  let begin: number | undefined
  let last: { readonly raw: number | undefined; readonly pts90k: number; readonly receivedUs: number } | undefined

  const place = (camera90k: number | undefined, receivedUs: number): number => {
    const raw = camera90k === undefined ? undefined : unwrap(camera90k)
    known = raw ?? known
    const arrival = last ? Math.max(1, Math.round((receivedUs - last.receivedUs) * ticksPerUs)) : 0
    let out = raw === undefined ? (last ? last.pts90k + arrival : 0) : raw + offset
    if (last && raw !== undefined) {
      const step = out - last.pts90k
      const isJump = Math.abs(step - arrival) > maxJump
      if (isJump) offset += last.pts90k + arrival - out
      if (isJump) out = last.pts90k + arrival
      else if (step <= 0) out = last.pts90k + (raw === last.raw ? arrival : 1)
    }
    last = { raw, pts90k: out, receivedUs }
    begin ??= out
    return out
  }
  return {
    place,
    locate: (camera90k, bits = 33) => (known === undefined ? undefined : known + distance(known, camera90k, bits) + offset),
    begin: () => begin,
    last: () => last,
  }
}
