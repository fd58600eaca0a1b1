// The filters of the camera list as they stand in the address: what is remembered, shared and gone back to.
import type { LocationQuery, LocationQueryRaw } from 'vue-router'
import type { Query } from '../client/http.ts'

const digits = /^\d{1,4}$/
const yes = /^true$/
const either = /^(?:true|false)$/
/** What a filter may hold. What does not fit is left out: an address typed by hand must not break the list. */
const fits = {
  text: /^.{1,100}$/su,
  owner: /^.{1,100}$/su,
  area: /^(?:\d{2}){1,4}$/,
  class: /^[12349]$/,
  presence: /^(?:unknown|online|late|offline)$/,
  online: either,
  complete: either,
  draft: either,
  function: digits,
  industry: digits,
  builtBy: digits,
  finding: /^[a-z0-9.-]{1,64}$/,
  findingState: /^(?:open|accepted|waived|fixed)$/,
  box: /^-?\d+(?:\.\d+)?(?:,-?\d+(?:\.\d+)?){3}$/,
  onlyRetired: yes,
  includeRetired: yes,
} as const
const order = { sort: /^(?:code|name|updated)$/, order: /^(?:asc|desc)$/ } as const

export type FilterKey = keyof typeof fits
export type CameraFilters = Readonly<Record<FilterKey, string>>
export const filterKeys = Object.keys(fits) as FilterKey[]
export const noFilters = Object.fromEntries(filterKeys.map((key) => [key, ''])) as CameraFilters

export const pageSizes = [50, 100, 200, 500] as const
export type PageSize = (typeof pageSizes)[number]

const read = (query: LocationQuery, key: string, fit: RegExp): string => {
  const value = query[key]
  return typeof value === 'string' && fit.test(value) ? value : ''
}

export const filtersOf = (query: LocationQuery): CameraFilters => Object.fromEntries(filterKeys.map((key) => [key, read(query, key, fits[key])])) as CameraFilters

export const isFiltered = (filters: CameraFilters): boolean => filterKeys.some((key) => filters[key] !== '')

/** The order that was asked for; '' is by code. */
export const orderOf = (query: LocationQuery): { readonly sort: string; readonly order: string } => ({ sort: read(query, 'sort', order.sort), order: read(query, 'order', order.order) })

const filled = (values: Readonly<Record<string, string | undefined>>): LocationQueryRaw => Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined && value !== ''))

/** The address of these filters, at the first page. */
export const addressOf = (filters: Partial<CameraFilters>, by: { readonly sort?: string; readonly order?: string } = {}): LocationQueryRaw => filled({ ...filters, ...by })

export const cursorOf = (query: LocationQuery): string => (typeof query['cursor'] === 'string' ? query['cursor'] : '')
export const pageOf = (query: LocationQuery): number => (cursorOf(query) === '' ? 1 : Math.max(2, Number(query['page']) || 2))

/** Filters alone, as the API takes them: for the list, for an export, for work on all that they find. */
export const filterQuery = (query: LocationQuery): Query => Object.fromEntries(Object.entries(filtersOf(query)).filter(([, value]) => value !== ''))

export const apiQuery = (query: LocationQuery, size: PageSize): Query => ({ ...filterQuery(query), ...orderOf(query), cursor: cursorOf(query), limit: size })
