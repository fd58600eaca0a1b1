// Places sound on the line of the pictures. What a camera says of its sound's time is believed while it lies near its arrival; where it says
// nothing, repeats itself, counts in other units or from another zero, the samples count on from the arrival.
import type { PictureClock } from '../h26x/timeline.ts'

/** Where a frame begins on the pictures' line, in 90 kHz ticks; undefined for one that must not be output: before the first picture, or a second time. */
export type AudioClock = (declared90k: number | undefined, duration90k: number, receivedUs: number) => number | undefined

const ticksPerUs = 0.09
/** More than any camera lets sound and picture of one clock drift apart. 2 s, ours. */
const sameClockApart = 180_000
/** The count of samples is begun anew where it is this far from the arrival. 0.5 s, ours. */
const countApart = 45_000
/** Times closer to the running count than this are its own: cameras round to milliseconds or to pictures. 20 ms. */
const tolerance = 1_800
/** So many frames in a row behind the count are no rounding: the count is wrong. */
const patience = 25

/** Sound that is only named is worth a word while the stream is young: a camera that has sent none for two seconds sends none (Q100). */
const announcedTicks = 180_000
export const announced = (pictures: Pick<PictureClock, 'begin' | 'last'> | undefined): boolean => (pictures?.last()?.pts90k ?? 0) - (pictures?.begin() ?? 0) < announcedTicks

/** `maxApart`: a declared time further than this from the arrival, in 90 kHz ticks, is not believed. */
export function createAudioClock(pictures: Pick<PictureClock, 'last'>, maxApart = sameClockApart): AudioClock {
  let next: number | undefined
  let behind = 0
  return (declared90k, duration90k, receivedUs) => {
    const picture = pictures.last()
    if (!picture) return undefined
    const arrival = picture.pts90k + Math.round((receivedUs - picture.receivedUs) * ticksPerUs)
    const isBelieved = declared90k !== undefined && Math.abs(declared90k - arrival) <= maxApart
    const isRunning = next !== undefined && Math.abs(next - arrival) <= countApart
    const wanted = isBelieved ? declared90k : isRunning && next !== undefined ? next : arrival
    if (next === undefined || wanted > next + tolerance) {
      behind = 0
      next = wanted + duration90k
      return wanted
    }
    behind = wanted < next - tolerance ? behind + 1 : 0
    // Left out until the count is caught up with.
    if (behind > patience) return undefined
    const at = next
    next += duration90k
    return at
  }
}
