// The catalog of one device or lower platform. GB/T 28181-2022 9.5, A.2.4.3, Annex M (split answers).
import type { CatalogOutcome } from './asking.ts'
import type { Collected } from './collection.ts'
import type { CollectorTimes } from './collector.ts'
import type { Failure } from './exchange.ts'
import type { Exchanges } from './exchanges.ts'
import type { CatalogFact } from '../notice/facts.ts'
import type { CatalogItem } from '../manscdp/index.ts'

/** The first answer of a big recorder takes minutes. docs/interop.md Q51. */
export const catalogTimes: CollectorTimes = { firstMs: 120_000, idleMs: 8_000, settleMs: 400 }

/** Ours, per device or platform: some 500 MB of items at the most; a lower platform of a city has 100,000. */
export const mostChannels = 250_000

export type CatalogCollected = Collected<CatalogItem, Failure>

export function queryCatalog(exchanges: Exchanges, deviceId: string): Promise<CatalogCollected> {
  return exchanges.collect<CatalogItem>({
    lane: 'catalog',
    times: catalogTimes,
    limit: mostChannels,
    answerType: 'response-catalog',
    message: (sn) => ({ type: 'query-catalog', sn, deviceId }),
    keyOf: (item) => item.id,
    read: (part) => (part.type === 'response-catalog' && !(part.result === 'ERROR' && part.items.length === 0) ? { sumNum: part.sumNum, items: part.items } : undefined),
  })
}

/** Undefined when nothing came that anyone should hear of. */
export function catalogFact(deviceId: string, { isAnswered, isComplete, isReportedEmpty, isCut, items, sumNum }: CatalogCollected): CatalogFact | undefined {
  if (!isAnswered) return undefined
  return { type: 'catalog', deviceId, items, isComplete, sumNum, ...(isReportedEmpty && { isReportedEmpty }), ...(isCut && { isCut }) }
}

export function catalogOutcome({ isAnswered, isComplete, isReportedEmpty, isCut, items, reason, failure }: CatalogCollected): CatalogOutcome {
  if (!isAnswered) return { ok: false, reason: failure?.reason === 'not-registered' || failure?.reason === 'offline' || failure?.reason === 'stopped' ? failure.reason : (failure?.detail ?? reason) }
  return { ok: true, items, isComplete, ...(isReportedEmpty && { isReportedEmpty }), ...(isCut && { isCut }) }
}
