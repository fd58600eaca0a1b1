// The history of inspections: its filters as they stand in the address, and the points of its trends.
import type { LocationQuery } from 'vue-router'
import type { District, ListWish, Summary } from '../../client/inspections.ts'

const fits = {
  state: /^(?:running|paused|done|cancelled|interrupted)$/,
  area: /^(?:\d{2}){1,4}$/,
  plan: /^[A-Za-z0-9._-]{1,64}$/,
  by: /^.{1,64}$/su,
  rules: /^[A-Za-z0-9._-]{1,64}@\d{1,7}$/,
} as const
export type HistoryFilters = Readonly<Record<keyof typeof fits, string>>
const keys = Object.keys(fits) as (keyof typeof fits)[]
export const historyFiltersOf = (query: LocationQuery): HistoryFilters => Object.fromEntries(keys.map((key) => [key, typeof query[key] === 'string' && fits[key].test(query[key]) ? query[key] : ''])) as HistoryFilters

export const rulesOf = ({ ruleSet }: Pick<Summary, 'ruleSet'>): string => `${ruleSet.name}@${ruleSet.version}`
/** Draws of before had no plan but classes. */
export const planOf = ({ plan }: Pick<Summary, 'plan'>): string => plan?.name ?? 'classes'

/** What the service is asked for; a filter that is not set leaves none out. */
export const wishOf = ({ state, area, plan, by, rules }: HistoryFilters): ListWish => ({
  ...(state === '' ? {} : { state: state as Summary['state'] }), ...(area === '' ? {} : { area }), ...(plan === '' ? {} : { plan }), ...(by === '' ? {} : { by }), ...(rules === '' ? {} : { rules }),
})

export const rateNames = ['recordComplete', 'picturePresent', 'passed', 'failed'] as const
export type RateName = (typeof rateNames)[number]
export type Inspected = District['inspections'][number]

export interface Point {
  readonly id: string
  /** Of the width and height, 0 to 1, from the lower left. */
  readonly x: number
  readonly y: number
  readonly low: number
  readonly high: number
  readonly item: Inspected
}

/** Oldest first; x goes by time. What has nothing to divide by has no point. */
export function pointsOf(items: readonly Inspected[], name: RateName): readonly Point[] {
  const known = items.filter((item) => item[name].rate !== null).toSorted((a, b) => Date.parse(a.startedAt) - Date.parse(b.startedAt))
  const times = known.map(({ startedAt }) => Date.parse(startedAt))
  const [first = 0, last = 0] = [times[0], times.at(-1)]
  return known.map((item, index) => {
    const rate = item[name].rate ?? 0
    const [low, high] = item[name].interval95 ?? [rate, rate]
    return { id: item.id, x: last === first ? 0.5 : ((times[index] ?? first) - first) / (last - first), y: rate, low, high, item }
  })
}
