// What one viewer gets: from keyframe to keyframe while it keeps up. When its buffer is full the rest of the GOP is dropped and
// counted; a viewer whose buffer stays full is cut. The buffer itself is the connection's; here is only the decision.
import type { AccessUnit } from './types.ts'

export interface ReaderBounds {
  /** Bytes waiting in the viewer's connection above which units are dropped. 4 MiB, ours: one 4K keyframe and some seconds of 1080p. */
  readonly maxBacklogBytes: number
  /** A viewer that stays above the bound for this long is gone or hopeless. 10 s, ours. */
  readonly cutAfterMs: number
}

export const defaultReaderBounds: ReaderBounds = { maxBacklogBytes: 4 * 1024 * 1024, cutAfterMs: 10_000 }

export interface ReaderCounts {
  readonly delivered: number
  readonly dropped: number
}

export interface Reader {
  /** `deliver` the unit, `drop` it, or `cut` the viewer, given the bytes that still wait in its connection. */
  readonly decide: (unit: Pick<AccessUnit, 'isKeyframe'>, backlogBytes: number, nowUs: number) => 'deliver' | 'drop' | 'cut'
  readonly counts: () => ReaderCounts
}

export function createReader(bounds: ReaderBounds = defaultReaderBounds): Reader {
  let needsKeyframe = true
  let fullSinceUs: number | undefined
  let delivered = 0
  let dropped = 0
  return {
    decide: (unit, backlogBytes, nowUs) => {
      const isFull = backlogBytes > bounds.maxBacklogBytes
      if (!isFull) fullSinceUs = undefined
      else fullSinceUs ??= nowUs
      if (fullSinceUs !== undefined && nowUs - fullSinceUs >= bounds.cutAfterMs * 1000) return 'cut'
      if (isFull || (needsKeyframe && !unit.isKeyframe)) {
        needsKeyframe = true
        dropped++
        return 'drop'
      }
      needsKeyframe = false
      delivered++
      return 'deliver'
    },
    counts: () => ({ delivered, dropped }),
  }
}
