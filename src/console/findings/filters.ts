// The filters of the inbox as they stand in the address.
import type { LocationQuery, LocationQueryRaw } from 'vue-router'
import type { QueryOf } from '../client/call.ts'

const fits = {
  state: /^(?:standing|open|accepted|waived|fixed|all)$/,
  severity: /^(?:error|warning|info)$/,
  source: /^(?:record|area|catalog|presence|inspection)$/,
  rule: /^[a-z0-9.-]{1,64}$/,
  area: /^(?:\d{2}){1,4}$/,
  owner: /^.{1,64}$/su,
  overdue: /^true$/,
  camera: /^[A-Za-z0-9._-]{1,64}$/,
} as const
export type FindingFilters = Readonly<Record<keyof typeof fits, string>>
const keys = Object.keys(fits) as (keyof typeof fits)[]
/** In the address for those that nobody has: an owner of that name cannot be. */
export const nobody = '-'

export const filtersOf = (query: LocationQuery): FindingFilters =>
  Object.fromEntries(keys.map((key) => [key, typeof query[key] === 'string' && fits[key].test(query[key]) ? query[key] : ''])) as FindingFilters

export const addressOf = (filters: Partial<FindingFilters>): LocationQueryRaw => Object.fromEntries(Object.entries(filters).filter(([, value]) => value !== ''))

export type ApiFilter = Omit<QueryOf<'GET /findings'>, 'cursor' | 'limit'>

/** As the API takes them. What waits to be dealt with is what an inbox shows, unless something else is asked for. */
export function apiFilter({ state, severity, source, rule, area, owner, overdue, camera }: FindingFilters): ApiFilter {
  const shown = state === '' ? 'standing' : state
  return {
    ...(shown === 'standing' ? { standing: true } : shown === 'all' ? {} : { state: shown as NonNullable<ApiFilter['state']> }),
    ...(severity === '' ? {} : { severity: severity as NonNullable<ApiFilter['severity']> }),
    ...(source === '' ? {} : { source: source as NonNullable<ApiFilter['source']> }),
    ...(rule === '' ? {} : { rule }),
    ...(area === '' ? {} : { area }),
    ...(owner === '' ? {} : { owner: owner === nobody ? '' : owner }),
    ...(overdue === '' ? {} : { overdue: true }),
    ...(camera === '' ? {} : { camera }),
  }
}
