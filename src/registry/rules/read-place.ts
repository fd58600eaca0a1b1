// Where a record says that it stands, or the first thing that makes this meaningless.
import type { Fields } from '../types.ts'

/** Where China's coordinates lie, as the datum libraries bound it. */
const china = { west: 72.004, east: 137.8347, south: 0.8293, north: 55.8271 }

export const degrees = /^-?\d{1,3}(\.\d+)?$/

export type PlaceFault = 'missing' | 'malformed' | 'zero' | 'swapped' | 'outside-china'

export type ReadPlace = PlaceFault | { readonly longitude: number; readonly latitude: number }

export function readPlace({ longitude, latitude }: Fields): ReadPlace {
  if (longitude === undefined || latitude === undefined) return 'missing'
  if (!degrees.test(longitude) || !degrees.test(latitude)) return 'malformed'
  const [lon, lat] = [Number(longitude), Number(latitude)]
  if (lon === 0 && lat === 0) return 'zero'
  if (lon < 60 && lat > 70) return 'swapped'
  return lon < china.west || lon > china.east || lat < china.south || lat > china.north ? 'outside-china' : { longitude: lon, latitude: lat }
}
