// Changes of presence that a failing store cannot take: they wait, in order, until it can. Nobody repeats them, as devices repeat a REGISTER.
import type { Cancel, Clock, Log } from '../base/index.ts'

/** Ours: a device that comes and goes while the disk is full keeps its latest changes, all devices together this many. */
const maxPerDevice = 16
const maxWaiting = 50_000
const retryMs = 5_000

export interface PresenceBacklog<Change> {
  /** Keeps a change, now or later. Never rejects. */
  readonly keep: (change: Change) => Promise<void>
  readonly waiting: () => number
  /** Tries once more what waits. */
  readonly close: () => Promise<void>
}

export function createPresenceBacklog<Change extends { readonly deviceId: string }>(options: {
  readonly apply: (change: Change) => Promise<void>
  readonly clock: Clock
  readonly log: Log
}): PresenceBacklog<Change> {
  const { apply, clock, log } = options
  const backlog = new Map<string, Change[]>()
  let count = 0
  let lost = 0
  let timer: Cancel | undefined
  let draining: Promise<void> | undefined

  const wait = (change: Change): void => {
    const own = backlog.get(change.deviceId) ?? []
    if (own.length >= maxPerDevice || count >= maxWaiting) {
      lost++
      if (own.length === 0) return
      own.shift()
      count--
    }
    own.push(change)
    count++
    backlog.set(change.deviceId, own)
    timer ??= clock.after(retryMs, retry)
  }
  /** Stops at the first that fails. */
  const drain = async (): Promise<void> => {
    for (const [deviceId, own] of backlog) {
      for (let next = own[0]; next; next = own[0]) {
        await apply(next)
        own.shift()
        count--
      }
      backlog.delete(deviceId)
    }
    if (lost > 0) log.warn({ lost }, 'changes of presence were too many to wait for the store; the latest of each device are kept')
    log.info({}, 'presence is kept again')
    lost = 0
  }
  const retry = (): void => {
    timer = undefined
    draining ??= drain()
      .catch(() => {
        timer ??= clock.after(retryMs, retry)
      })
      .finally(() => {
        draining = undefined
      })
  }

  return {
    keep: async (change) => {
      if (backlog.has(change.deviceId)) return wait(change)
      try {
        await apply(change)
      } catch (error) {
        if (count === 0) log.error({ deviceId: change.deviceId, error }, 'presence cannot be kept for now: its changes wait')
        wait(change)
      }
    },
    waiting: () => count,
    close: async () => {
      await draining
      timer?.()
      timer = undefined
      if (count > 0) await drain().catch(() => log.error({ waiting: count }, 'changes of presence were lost: the store takes nothing'))
    },
  }
}
