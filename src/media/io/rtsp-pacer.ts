// Datagrams to one player no faster than its network card takes them: a kept GOP or a large keyframe leaves over some milliseconds, not at once.
import type { Cancel, Clock } from '../../base/index.ts'

export interface Pacer {
  /** At once while there is room in the budget, else in turn. */
  readonly push: (bytes: number, send: () => void) => void
  readonly backlogBytes: () => number
  /** What waits is dropped. */
  readonly clear: () => void
  /** The same, for good; a second time is nothing. */
  readonly close: () => void
}

/** Ours: 100 Mbit/s, and what a socket's default buffer of 208 KiB takes at once with room to spare. */
const bytesPerMs = 12_500
const burstBytes = 96 * 1024
const tickMs = 4

export function createPacer(clock: Clock): Pacer {
  const waiting: { readonly bytes: number; readonly send: () => void }[] = []
  let next = 0
  let backlog = 0
  let budget = burstBytes
  let filledUs = clock.nowUs()
  let cancel: Cancel | undefined
  let isClosed = false

  const fill = (): void => {
    const nowUs = clock.nowUs()
    budget = Math.min(burstBytes, budget + ((nowUs - filledUs) / 1000) * bytesPerMs)
    filledUs = nowUs
  }
  const drain = (): void => {
    cancel = undefined
    fill()
    for (let item = waiting[next]; item && budget > 0; item = waiting[++next]) {
      budget -= item.bytes
      backlog -= item.bytes
      item.send()
    }
    if (next < waiting.length) cancel = clock.after(tickMs, drain)
    else {
      waiting.length = 0
      next = 0
    }
  }
  const clear = (): void => {
    cancel?.()
    cancel = undefined
    waiting.length = 0
    next = 0
    backlog = 0
  }
  return {
    push: (bytes, send) => {
      if (isClosed) return
      fill()
      if (waiting.length === 0 && budget > 0) {
        budget -= bytes
        return send()
      }
      waiting.push({ bytes, send })
      backlog += bytes
      cancel ??= clock.after(tickMs, drain)
    },
    backlogBytes: () => backlog,
    clear,
    close: () => {
      isClosed = true
      clear()
    },
  }
}
