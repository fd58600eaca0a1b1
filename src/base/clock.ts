// Time as a parameter: the only file outside the edges that may read the system's clocks.

/** Undoes a timer; calling it twice, or after the timer fired, is nothing. */
export type Cancel = () => void

/** The two clocks of the house and its only timer. */
export interface Clock {
  /** Monotonic time in whole microseconds since an arbitrary start. Every measured duration is a difference of two of these. */
  readonly nowUs: () => number
  /** Wall time in milliseconds since 1970-01-01T00:00Z; may jump, so never subtract two of these. */
  readonly wallMs: () => number
  /** Calls back once, `ms` milliseconds from now. */
  readonly after: (ms: number, callback: () => void) => Cancel
}

export const systemClock: Clock = {
  nowUs: () => Math.round(performance.now() * 1000),
  wallMs: () => Date.now(),
  after: (ms, callback) => {
    const timer = setTimeout(callback, ms)
    return () => clearTimeout(timer)
  },
}

/** A clock that moves only when a test says so; timers fire in order of their due time while it moves. */
export interface ManualClock extends Clock {
  readonly advance: (ms: number) => void
  /** Number of timers that have neither fired nor been cancelled: a story ends with none. */
  readonly pending: () => number
}

export function manualClock(wallStartMs = Date.UTC(2026, 0, 1)): ManualClock {
  interface Timer {
    readonly dueUs: number
    readonly order: number
    readonly callback: () => void
  }
  let us = 0
  let order = 0
  const timers = new Set<Timer>()
  const nextDue = (limitUs: number): Timer | undefined => {
    let found: Timer | undefined
    for (const timer of timers) {
      if (timer.dueUs > limitUs) continue
      if (!found || timer.dueUs < found.dueUs || (timer.dueUs === found.dueUs && timer.order < found.order)) found = timer
    }
    return found
  }
  return {
    nowUs: () => us,
    wallMs: () => wallStartMs + Math.floor(us / 1000),
    after: (ms, callback) => {
      const timer: Timer = { dueUs: us + Math.round(ms * 1000), order: order++, callback }
      timers.add(timer)
      return () => void timers.delete(timer)
    },
    advance: (ms) => {
      const limitUs = us + Math.round(ms * 1000)
      for (let timer = nextDue(limitUs); timer; timer = nextDue(limitUs)) {
        timers.delete(timer)
        us = timer.dueUs
        timer.callback()
      }
      us = limitUs
    },
    pending: () => timers.size,
  }
}
