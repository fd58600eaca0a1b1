// Which cards of an inspection are shown: filters and page as they stand in the address. A patrol has thousands; a page has few.
import type { LocationQuery, LocationQueryRaw } from 'vue-router'
import type { InspectionDetail } from '../../../api/schema/index.ts'
import type { Card } from '../progress.ts'

export const cardsAtOnce = 40
export const stages = ['pass', 'review', 'fail', 'running', 'waiting'] as const
export type Stage = (typeof stages)[number]

export interface CardFilters {
  readonly verdict: Stage | ''
  /** Its place among the strata. */
  readonly stratum: number | undefined
  readonly page: number
}

const isStage = (text: unknown): text is Stage => (stages as readonly unknown[]).includes(text)
export function filtersOf({ verdict, stratum, page }: LocationQuery): CardFilters {
  return {
    verdict: isStage(verdict) ? verdict : '',
    stratum: typeof stratum === 'string' && /^\d{1,3}$/.test(stratum) ? Number(stratum) : undefined,
    page: typeof page === 'string' && /^[1-9]\d{0,5}$/.test(page) ? Number(page) : 1,
  }
}
export const queryOf = ({ verdict, stratum, page }: CardFilters): LocationQueryRaw => ({ ...(verdict === '' ? {} : { verdict }), ...(stratum === undefined ? {} : { stratum: String(stratum) }), ...(page === 1 ? {} : { page: String(page) }) })

export const stageOf = ({ stage, check }: Card): Stage => (check ? check.verdict.result : stage === 'running' ? 'running' : 'waiting')

type Drawn = Pick<InspectionDetail, 'strata' | 'drawnIn' | 'sample'>
/** Whether the camera was drawn in that stratum; of draws of before, by its class. */
export const isIn = ({ strata, drawnIn, sample }: Drawn, n: number, stratum: number): boolean => (drawnIn ? (drawnIn[n - 1]?.includes(stratum) ?? false) : strata[stratum]?.class === sample[n - 1]?.class)

export interface CardPage {
  readonly cards: readonly Card[]
  /** That fit, on all pages. */
  readonly total: number
  /** A page beyond the last is the last. */
  readonly page: number
  readonly pages: number
}

export function pageOf(cards: readonly Card[], detail: Drawn, { verdict, stratum, page }: CardFilters, size = cardsAtOnce): CardPage {
  const fit = cards.filter((card) => (verdict === '' || stageOf(card) === verdict) && (stratum === undefined || isIn(detail, card.n, stratum)))
  const pages = Math.max(1, Math.ceil(fit.length / size))
  const at = Math.min(page, pages)
  return { cards: fit.slice((at - 1) * size, at * size), total: fit.length, page: at, pages }
}

export function countsOf(cards: readonly Card[]): Readonly<Record<Stage, number>> {
  const counts: Record<Stage, number> = { pass: 0, review: 0, fail: 0, running: 0, waiting: 0 }
  for (const card of cards) counts[stageOf(card)]++
  return counts
}
