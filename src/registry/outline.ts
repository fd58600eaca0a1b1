// District outlines: GeoJSON that the user supplies (RFC 7946), and whether a point lies inside one.
import { ParseError } from '../base/index.ts'

type Position = readonly [longitude: number, latitude: number]
type Ring = readonly Position[]

export interface Outline {
  /** Division prefix: 320116, or 3201 for the whole city. */
  readonly area: string
  /** Each polygon is its outer ring, then its holes. */
  readonly polygons: readonly (readonly Ring[])[]
}

/** Bounds chosen by us: a country at street detail stays far below. */
const maxPositions = 2_000_000
const areaKeys = ['area', 'adcode', 'code', 'id']

/** Reads a Feature or FeatureCollection of Polygons and MultiPolygons; each feature names its division in `area`, `adcode`, `code` or `id`. Throws ParseError. */
export function parseOutlines(text: string): readonly Outline[] {
  let root: unknown
  try {
    root = JSON.parse(text)
  } catch {
    throw malformed('is not JSON')
  }
  const features = field(root, 'type') === 'Feature' ? [root] : field(root, 'features')
  if (!Array.isArray(features) || features.length === 0) throw malformed('has no features')
  let positions = 0
  const ring = (value: unknown): Ring => {
    if (!Array.isArray(value) || value.length < 4) throw malformed('has a ring of fewer than 4 positions')
    positions += value.length
    if (positions > maxPositions) throw malformed(`has more than ${maxPositions} positions`)
    return value.map(position)
  }
  const polygon = (value: unknown): readonly Ring[] => {
    if (!Array.isArray(value) || value.length === 0) throw malformed('has a polygon without a ring')
    return value.map(ring)
  }
  const polygonsOf = (feature: unknown, index: number): readonly (readonly Ring[])[] => {
    const geometry = field(feature, 'geometry')
    const coordinates = field(geometry, 'coordinates')
    const type = field(geometry, 'type')
    if (type === 'Polygon') return [polygon(coordinates)]
    if (type === 'MultiPolygon' && Array.isArray(coordinates) && coordinates.length > 0) return coordinates.map(polygon)
    throw malformed(`has a feature ${index + 1} that is not a Polygon or MultiPolygon`)
  }
  const byArea = new Map<string, readonly (readonly Ring[])[]>()
  for (const [index, feature] of features.entries()) {
    const area = areaOf(feature, index)
    byArea.set(area, [...(byArea.get(area) ?? []), ...polygonsOf(feature, index)])
  }
  return [...byArea].map(([area, polygons]) => ({ area, polygons }))
}

/** The outline that speaks for a division: its own, or the nearest one above it. */
export function outlineOf(area: string, outlines: readonly Outline[]): Outline | undefined {
  let best: Outline | undefined
  for (const outline of outlines) {
    if (area.startsWith(outline.area) && outline.area.length > (best?.area.length ?? 0)) best = outline
  }
  return best
}

/** Distance in metres from the point to the outline: 0 inside. Plane approximation, good to 1 % within a district's size. */
export function metresOutside(longitude: number, latitude: number, outline: Outline): number {
  let nearest = Infinity
  for (const rings of outline.polygons) {
    if (isInside(longitude, latitude, rings)) return 0
    for (const ring of rings) nearest = Math.min(nearest, metresToRing(longitude, latitude, ring))
  }
  return nearest
}

/** Even-odd rule over outer ring and holes together. */
function isInside(x: number, y: number, rings: readonly Ring[]): boolean {
  let inside = false
  for (const ring of rings) {
    let before = ring.at(-1)
    for (const here of ring) {
      if (before && here[1] > y !== before[1] > y && x < ((before[0] - here[0]) * (y - here[1])) / (before[1] - here[1]) + here[0]) inside = !inside
      before = here
    }
  }
  return inside
}

function metresToRing(longitude: number, latitude: number, ring: Ring): number {
  const perLatitude = 111_320
  const perLongitude = perLatitude * Math.cos((latitude * Math.PI) / 180)
  let nearest = Infinity
  let before: Position | undefined
  for (const [lon, lat] of ring) {
    const here: Position = [(lon - longitude) * perLongitude, (lat - latitude) * perLatitude]
    if (before) nearest = Math.min(nearest, metresToSegment(before, here))
    before = here
  }
  return nearest
}

/** From the origin to the segment a–b. */
function metresToSegment(a: Position, b: Position): number {
  const [dx, dy] = [b[0] - a[0], b[1] - a[1]]
  const length2 = dx * dx + dy * dy
  const along = length2 === 0 ? 0 : Math.min(1, Math.max(0, -(a[0] * dx + a[1] * dy) / length2))
  return Math.hypot(a[0] + along * dx, a[1] + along * dy)
}

const malformed = (what: string): ParseError => new ParseError('outlines.malformed', `the outlines file ${what}`)

function field(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[name] : undefined
}

function position(value: unknown): Position {
  const [lon, lat] = Array.isArray(value) ? (value as unknown[]) : []
  if (typeof lon !== 'number' || typeof lat !== 'number' || Math.abs(lon) > 180 || Math.abs(lat) > 90) throw malformed('has a position that is not [longitude, latitude] in degrees')
  return [lon, lat]
}

/** 320100 stands for the whole city 3201: pairs of zeros at the end are dropped. */
function areaOf(feature: unknown, index: number): string {
  const properties = field(feature, 'properties')
  const given = areaKeys.map((key) => field(properties, key)).find((value) => value !== undefined) ?? field(feature, 'id')
  const area = String(given)
  if (!/^(\d\d){1,3}$/.test(area)) throw malformed(`names no division of 2, 4 or 6 digits in feature ${index + 1} (${areaKeys.join(', ')})`)
  return area.replace(/(00){1,2}$/, '')
}
