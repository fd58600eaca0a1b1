// Presentation times to milliseconds of one viewer, from 0, that never run backwards, whatever the camera's clock does: one line for pictures and sound.

export interface FlvTimeline {
  readonly picture: (pts90k: number) => number
  /** Sound lies where it does beside the last picture; undefined before the first one, and on the other side of a jump. */
  readonly sound: (pts90k: number) => number | undefined
}

/** A jump of the camera's clock by more than this is no passing of time. */
const maxStepMs = 10_000
/** What a jump is replaced by: one picture at 25 fps. */
const pictureMs = 40

export function createFlvTimeline(): FlvTimeline {
  let last: { readonly ptsMs: number; readonly ms: number } | undefined
  return {
    picture: (pts90k) => {
      const ptsMs = Math.round(pts90k / 90)
      const step = last ? ptsMs - last.ptsMs : 0
      const passed = Math.abs(step) > maxStepMs ? pictureMs : step
      // Pictures out of display order keep the time of the one before; the next in order catches up.
      if (last && passed < 0) return last.ms
      last = { ptsMs, ms: (last?.ms ?? 0) + passed }
      return last.ms
    },
    sound: (pts90k) => {
      if (!last) return undefined
      const apart = pts90k / 90 - last.ptsMs
      const ms = last.ms + apart
      return Math.abs(apart) > maxStepMs || ms < 0 ? undefined : ms
    },
  }
}
