// The map's state as it stands in the address: where it looks, what it shows, what was drawn.
import type { LocationQuery, LocationQueryRaw } from 'vue-router'
import type { Colouring } from '../../api/schema/index.ts'
import type { Pair } from './canvas.ts'

export interface MapFilters {
  readonly area: string
  readonly class: string
  readonly online: string
  readonly complete: string
  readonly verdict: string
}
export interface MapState {
  readonly by: Colouring
  readonly filters: MapFilters
  readonly at?: { readonly centre: Pair; readonly zoom: number }
  readonly ring?: readonly Pair[]
}

const fits: Readonly<Record<keyof MapFilters, RegExp>> = { area: /^(?:\d{2}){1,4}$/, class: /^[12349]$/, online: /^(?:true|false)$/, complete: /^(?:true|false)$/, verdict: /^(?:pass|review|fail|none)$/ }
export const filterNames = ['area', 'class', 'online', 'complete', 'verdict'] as const
export const colourings = ['class', 'presence', 'record', 'verdict'] as const
const maxCorners = 200

const textOf = (value: LocationQuery[string] | undefined): string => (typeof value === 'string' ? value : '')
const numbersOf = (text: string): readonly number[] => text.split(',').map(Number)
const isPlace = ([lon = NaN, lat = NaN]: readonly number[]): boolean => Math.abs(lon) <= 180 && Math.abs(lat) <= 90

/** What does not fit is left out. */
export function mapStateOf(query: LocationQuery): MapState {
  const read = (name: keyof MapFilters): string => (fits[name].test(textOf(query[name])) ? textOf(query[name]) : '')
  const by = colourings.find((each) => each === query['by']) ?? 'class'
  const [lon = NaN, lat = NaN, zoom = NaN] = numbersOf(textOf(query['at']))
  const corners = numbersOf(textOf(query['ring']))
  const ring: Pair[] = []
  for (let at = 0; at + 1 < corners.length && ring.length < maxCorners; at += 2) ring.push([corners[at] ?? NaN, corners[at + 1] ?? NaN])
  return {
    by,
    filters: { area: read('area'), class: read('class'), online: read('online'), complete: read('complete'), verdict: read('verdict') },
    ...(isPlace([lon, lat]) && zoom >= 0 && zoom <= 24 && { at: { centre: [lon, lat] as const, zoom } }),
    ...(ring.length >= 3 && ring.every(isPlace) && { ring }),
  }
}

export const ringText = (ring: readonly Pair[]): string => ring.flatMap(([lon, lat]) => [lon.toFixed(6), lat.toFixed(6)]).join(',')

export function addressOfMap({ by, filters, at, ring }: MapState): LocationQueryRaw {
  return {
    ...(by !== 'class' && { by }),
    ...Object.fromEntries(filterNames.flatMap((name) => (filters[name] === '' ? [] : [[name, filters[name]]]))),
    ...(at && { at: [at.centre[0].toFixed(5), at.centre[1].toFixed(5), at.zoom.toFixed(2)].join(',') }),
    ...(ring && { ring: ringText(ring) }),
  }
}
