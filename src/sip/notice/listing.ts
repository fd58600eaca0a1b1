// What a device lists: one catalog query at a time, and what changes meanwhile, told in the order in which it is true. GB/T 28181-2022 9.5, 9.11.
import type { Clock, Log } from '../../base/index.ts'
import type { CatalogOutcome } from '../exchange/asking.ts'
import { catalogFact, catalogOutcome, type CatalogCollected } from '../exchange/catalog.ts'
import type { CatalogChange, SipFact } from './facts.ts'

export interface ListingOptions {
  readonly deviceId: string
  readonly clock: Clock
  readonly log: Log
  readonly ask: () => Promise<CatalogCollected>
  /** Never rejects. */
  readonly tell: (fact: SipFact) => Promise<void>
  readonly onCollected: (collected: CatalogCollected) => void
}

export interface Listing {
  /** Asks for the catalog, or joins the query that is running. */
  readonly query: () => Promise<CatalogOutcome>
  /** What a NOTIFY says: kept until the list is told that is being asked for, which it changes. Complaint 3 of the field. */
  readonly changed: (changes: readonly CatalogChange[]) => void
}

/** Ours: changes that wait for a list or for one another. Beyond, they are dropped and the whole catalog is asked for, once. */
export const mostChanges = 20_000

export function createListing(options: ListingOptions): Listing {
  const { deviceId, clock, log, ask, tell, onCollected } = options
  let running: Promise<CatalogOutcome> | undefined
  let changes: CatalogChange[] = []
  let isTelling = false
  let isOverrun = false

  /** One fact at a time: what storms in meanwhile is the next. */
  const flush = async (): Promise<void> => {
    if (isTelling || running) return
    isTelling = true
    while (changes.length > 0 && !running) {
      const told = changes
      changes = []
      await tell({ type: 'catalog-changes', deviceId, changes: told, atMs: clock.wallMs() })
    }
    isTelling = false
    if (!isOverrun || running) return
    isOverrun = false
    void query()
  }
  const run = async (): Promise<CatalogOutcome> => {
    const collected = await ask()
    const { items, sumNum, isComplete, isCut, attempts, failure, reason } = collected
    log.info({ deviceId, items: items.length, sumNum, isComplete, isCut, attempts, reason: failure?.detail ?? reason }, 'catalog')
    onCollected(collected)
    const fact = catalogFact(deviceId, collected)
    const kept = fact && tell(fact)
    running = undefined
    void flush()
    await kept
    return catalogOutcome(collected)
  }
  const query = (): Promise<CatalogOutcome> => (running ??= run())

  return {
    query,
    changed: (more) => {
      if (changes.length + more.length > mostChanges) {
        if (!isOverrun) log.warn({ deviceId, waiting: changes.length }, 'too many changes of the catalog at once: it is asked for again')
        isOverrun = true
        changes = []
      } else for (const change of more) changes.push(change)
      void flush()
    },
  }
}
