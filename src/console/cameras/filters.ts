// The filters of the camera list as they stand in the address: what is remembered, shared and gone back to.
import type { LocationQuery, LocationQueryRaw } from 'vue-router'
import type { Query } from '../client/http.ts'

export interface CameraFilters {
  readonly text: string
  readonly owner: string
  readonly area: string
  readonly class: string
  readonly online: string
  readonly complete: string
}
export const pageSize = 50

const keys = ['text', 'owner', 'area', 'class', 'online', 'complete'] as const
const fits: Readonly<Record<(typeof keys)[number], RegExp>> = {
  text: /^.{1,100}$/su,
  owner: /^.{1,100}$/su,
  area: /^(?:\d{2}){1,4}$/,
  class: /^[12349]$/,
  online: /^(?:true|false)$/,
  complete: /^(?:true|false)$/,
}

/** What does not fit is left out: an address typed by hand must not break the list. */
export function filtersOf(query: LocationQuery): CameraFilters {
  const read = (key: (typeof keys)[number]): string => {
    const value = query[key]
    return typeof value === 'string' && fits[key].test(value) ? value : ''
  }
  return { text: read('text'), owner: read('owner'), area: read('area'), class: read('class'), online: read('online'), complete: read('complete') }
}

export const isFiltered = (filters: CameraFilters): boolean => keys.some((key) => filters[key] !== '')

/** The address of these filters, at the first page. */
export const addressOf = (filters: Partial<CameraFilters>): LocationQueryRaw =>
  Object.fromEntries(keys.flatMap((key) => (filters[key] === undefined || filters[key] === '' ? [] : [[key, filters[key]]])))

export const cursorOf = (query: LocationQuery): string => (typeof query['cursor'] === 'string' ? query['cursor'] : '')
export const pageOf = (query: LocationQuery): number => (cursorOf(query) === '' ? 1 : Math.max(2, Number(query['page']) || 2))

export const apiQuery = (query: LocationQuery): Query => ({ ...filtersOf(query), cursor: cursorOf(query), limit: pageSize })
