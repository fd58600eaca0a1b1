// Datagrams of strangers wait here while those of devices are served: the socket is emptied faster than strangers can fill it, and only they are lost.

/** Datagrams that may wait, and their bytes: what a burst of registrations after a power cut needs; the sender of one that is lost sends it again. */
const waitingLimit = 4_000
const bytesLimit = 8 * 1024 * 1024
/** Served in one turn of the event loop: few while the socket keeps bringing more, many when it is empty. The system reads up to 32 in a turn. */
const fewPerTurn = 4
const manyPerTurn = 64
const isBusyFrom = 16

export interface WaitingRoom<Item> {
  /** Lets it wait its turn; false when there is no room. */
  readonly push: (item: Item, bytes: number) => boolean
  readonly lost: () => number
  readonly size: () => number
  readonly close: () => void
}

/** `later` runs a callback after the sockets were read once more. */
export function createWaitingRoom<Item>(options: { readonly take: (item: Item) => void; readonly later: (callback: () => void) => void }): WaitingRoom<Item> {
  const { take, later } = options
  let waiting: { readonly item: Item; readonly bytes: number }[] = []
  let next = 0
  let held = 0
  let lost = 0
  let sinceTurn = 0
  let isScheduled = false
  let isClosed = false

  const turn = (): void => {
    isScheduled = false
    const count = sinceTurn >= isBusyFrom ? fewPerTurn : manyPerTurn
    sinceTurn = 0
    for (let i = 0; i < count && next < waiting.length && !isClosed; i++) {
      const found = waiting[next++]
      if (!found) break
      held -= found.bytes
      take(found.item)
    }
    if (next === waiting.length) {
      waiting = []
      next = 0
    } else if (next >= waitingLimit) {
      waiting = waiting.slice(next)
      next = 0
    }
    schedule()
  }
  const schedule = (): void => {
    if (isScheduled || isClosed || next === waiting.length) return
    isScheduled = true
    later(turn)
  }
  return {
    push: (item, bytes) => {
      sinceTurn++
      if (isClosed || waiting.length - next >= waitingLimit || held + bytes > bytesLimit) {
        lost++
        return false
      }
      waiting.push({ item, bytes })
      held += bytes
      schedule()
      return true
    },
    lost: () => lost,
    size: () => waiting.length - next,
    close: () => {
      isClosed = true
      waiting = []
      next = 0
    },
  }
}
