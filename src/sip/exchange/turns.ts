// Taking turns: one at a time for each key, so many in all, the rest waiting in order, and a bound on the waiting.

export interface TurnsOptions {
  readonly atOnce: number
  readonly waiting: number
  readonly waitingPerKey: number
}

export interface Turns {
  /** Resolves when it is this caller's turn, with what gives it back (twice is nothing); with undefined when too many wait already, or all was closed. */
  readonly take: (key: string) => Promise<(() => void) | undefined>
  readonly stats: () => { readonly running: number; readonly waiting: number; readonly refused: number }
  /** Whoever waits is sent away. */
  readonly close: () => void
}

interface Lane {
  isTaken: boolean
  readonly queue: ((release: (() => void) | undefined) => void)[]
}

export function createTurns({ atOnce, waiting: mostWaiting, waitingPerKey }: TurnsOptions): Turns {
  const lanes = new Map<string, Lane>()
  /** Keys that could go on but for `atOnce`; each stands here once. */
  let ready: string[] = []
  let running = 0
  let waiting = 0
  let refused = 0
  let isClosed = false

  const grant = (key: string, lane: Lane): (() => void) => {
    let isHeld = true
    lane.isTaken = true
    running++
    return () => {
      if (!isHeld) return
      isHeld = false
      lane.isTaken = false
      running--
      if (lane.queue.length > 0) ready.push(key)
      else if (lanes.get(key) === lane) lanes.delete(key)
      next()
    }
  }
  const next = (): void => {
    for (let key = ready[0]; key !== undefined && running < atOnce; key = ready[0]) {
      ready.shift()
      const lane = lanes.get(key)
      const waiter = lane?.queue.shift()
      if (!lane || !waiter) continue
      waiting--
      waiter(grant(key, lane))
    }
  }
  return {
    take: (key) => {
      if (isClosed) return Promise.resolve(undefined)
      const lane = lanes.get(key) ?? { isTaken: false, queue: [] }
      if (!lane.isTaken && lane.queue.length === 0 && running < atOnce) {
        lanes.set(key, lane)
        return Promise.resolve(grant(key, lane))
      }
      if (waiting >= mostWaiting || lane.queue.length >= waitingPerKey) {
        refused++
        return Promise.resolve(undefined)
      }
      lanes.set(key, lane)
      waiting++
      if (!lane.isTaken && lane.queue.length === 0) ready.push(key)
      return new Promise((resolve) => void lane.queue.push(resolve))
    },
    stats: () => ({ running, waiting, refused }),
    close: () => {
      isClosed = true
      ready = []
      waiting = 0
      for (const lane of lanes.values()) for (const waiter of lane.queue.splice(0)) waiter(undefined)
    },
  }
}
