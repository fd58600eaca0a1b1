// How far apart two places are.

/** Mean radius of the Earth (IUGG), metres. */
const radiusM = 6_371_008.8

export interface Place {
  readonly longitude: number
  readonly latitude: number
}

/** Great-circle distance on a sphere (haversine), metres: within 0.6 % of the ellipsoid, which is nothing at the distances that are asked about. */
export function distanceM(a: Place, b: Place): number {
  const radians = (degrees: number): number => (degrees * Math.PI) / 180
  const half = (from: number, to: number): number => Math.sin(radians(to - from) / 2) ** 2
  const h = half(a.latitude, b.latitude) + Math.cos(radians(a.latitude)) * Math.cos(radians(b.latitude)) * half(a.longitude, b.longitude)
  return 2 * radiusM * Math.asin(Math.min(1, Math.sqrt(h)))
}

/** The place that two fields name; undefined where they name none. 0, 0 is what devices send that know nothing. */
export function placeOf({ longitude, latitude }: { readonly longitude?: string; readonly latitude?: string }): Place | undefined {
  if (longitude === undefined || latitude === undefined || longitude.trim() === '' || latitude.trim() === '') return undefined
  const place = { longitude: Number(longitude), latitude: Number(latitude) }
  const isOne = Math.abs(place.longitude) <= 180 && Math.abs(place.latitude) <= 90 && (place.longitude !== 0 || place.latitude !== 0)
  return isOne ? place : undefined
}
