// Presentation times that run on: unwraps 33 bits and repairs what stands still, runs back or jumps (Q97).
import { createUnwrapper } from '../rtp/sequence.ts'

const ticksPerUs = 0.09
/** A jump that arrival times do not share is a new clock in the camera. */
const maxJump = 10 * 90_000

/**
 * Returns a function from the camera's time (33 bits, or none) and the arrival to a time later than the one before. No time,
 * or the same again: the arrival tells how much later. A little earlier: one tick later, which keeps B-frames in decoding order.
 * A jump: the line goes on from where it was.
 */
export function createTimeline(): (pts90k: number | undefined, receivedUs: number) => number {
  const unwrap = createUnwrapper(33)
  let offset = 0
  let last: { readonly raw: number | undefined; readonly out: number; readonly receivedUs: number } | undefined

  return (pts90k, receivedUs) => {
    const raw = pts90k === undefined ? undefined : unwrap(pts90k)
    const arrival = last ? Math.max(1, Math.round((receivedUs - last.receivedUs) * ticksPerUs)) : 0
    let out = raw === undefined ? (last ? last.out + arrival : 0) : raw + offset
    if (last && raw !== undefined) {
      const step = out - last.out
      const isJump = Math.abs(step - arrival) > maxJump
      if (isJump) offset += last.out + arrival - out
      if (isJump) out = last.out + arrival
      else if (step <= 0) out = last.out + (raw === last.raw ? arrival : 1)
    }
    last = { raw, out, receivedUs }
    return out
  }
}
