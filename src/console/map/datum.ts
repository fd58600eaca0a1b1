// Between where a record says a camera is (WGS-84, or CGCS2000, which is the same to within centimetres) and where tiles of a shifted datum show it.
// For the eye alone: nothing shifted is ever written.
import gcoord from 'gcoord'

type Pair = readonly [longitude: number, latitude: number]
export type Datum = 'wgs84' | 'gcj02'

// Its types are those of another way to import it; both give the library itself.
const { transform, WGS84, GCJ02 } = gcoord as unknown as { readonly transform: (at: [number, number], from: string, to: string) => [number, number]; readonly WGS84: string; readonly GCJ02: string }

export const toShown = ([lon, lat]: Pair, datum: Datum): Pair => (datum === 'gcj02' ? transform([lon, lat], WGS84, GCJ02) : [lon, lat])
export const fromShown = ([lon, lat]: Pair, datum: Datum): Pair => (datum === 'gcj02' ? transform([lon, lat], GCJ02, WGS84) : [lon, lat])

/** Metres between two places, over a sphere. */
export function metresBetween([lon1, lat1]: Pair, [lon2, lat2]: Pair): number {
  const radians = Math.PI / 180
  const half = Math.sin(((lat2 - lat1) * radians) / 2) ** 2 + Math.cos(lat1 * radians) * Math.cos(lat2 * radians) * Math.sin(((lon2 - lon1) * radians) / 2) ** 2
  return 2 * 6_371_008.8 * Math.asin(Math.sqrt(half))
}
