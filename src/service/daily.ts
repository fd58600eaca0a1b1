// Once a day, and at a start that finds none of today: all records are looked at, and the figures of completeness are written down.
import { AppError, type Clock, type Log } from '../base/index.ts'
import type { Registry } from '../registry/index.ts'

/** After a start devices come back first; a day is asked for so often. Ours. */
const firstMs = 30_000
const everyMs = 600_000

export interface Daily {
  /** Ends what runs. Calling it twice is nothing. */
  readonly close: () => Promise<void>
}

export function openDaily({ registry, clock, log }: { readonly registry: Pick<Registry, 'hasToday' | 'keepDay' | 'startCheck' | 'checkEnded' | 'cancelCheck'>; readonly clock: Clock; readonly log: Log }): Daily {
  let isOpen = true
  let running: string | undefined
  let last: Promise<void> = Promise.resolve()

  const look = async (): Promise<void> => {
    if (await registry.hasToday()) return
    const { id } = registry.startCheck('', 'yiji')
    running = id
    const ended = await registry.checkEnded(id)
    running = undefined
    // Cancelled or broken: the figures would mix old and new; it is tried again.
    if (ended?.state === 'done' && (await registry.keepDay())) log.info({ records: ended.total, opened: ended.opened + ended.reopened, fixed: ended.fixed }, 'the figures of the day are kept')
  }
  const tick = async (): Promise<void> => {
    try {
      await look()
    } catch (error) {
      // Somebody's check of an area is under way: later then.
      if (!(error instanceof AppError && error.code === 'conflict')) log.error({ error: error instanceof Error ? error.message : String(error) }, 'the figures of the day could not be kept')
    }
    if (isOpen) cancel = clock.after(everyMs, () => void (last = tick()))
  }
  let cancel = clock.after(firstMs, () => void (last = tick()))

  return {
    close: async () => {
      isOpen = false
      cancel()
      if (running !== undefined) registry.cancelCheck(running)
      await last
    },
  }
}
