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

/** Outlines by division, and of each its box and its edges by bands of latitude: made once for a list, which nobody alters. */
interface Shape {
  readonly outline: Outline
  readonly box: { readonly west: number; readonly south: number; readonly east: number; readonly north: number }
  readonly bandHeight: number
  /** Edges that a parallel of the band may cross: x1, y1, x2, y2 one after the other, in one list for each polygon of the outline. */
  readonly bands: readonly (readonly number[])[]
}
const bandCount = 256
const listed = new WeakMap<readonly Outline[], ReadonlyMap<string, Outline>>()
const shaped = new WeakMap<Outline, Shape>()

function byAreaOf(outlines: readonly Outline[]): ReadonlyMap<string, Outline> {
  const known = listed.get(outlines)
  if (known) return known
  const made = new Map(outlines.map((outline) => [outline.area, outline]))
  listed.set(outlines, made)
  return made
}

/** The outline that speaks for a division: its own, or the nearest one above it. */
export function outlineOf(area: string, outlines: readonly Outline[]): Outline | undefined {
  const byArea = byAreaOf(outlines)
  return byArea.get(area.slice(0, 6)) ?? byArea.get(area.slice(0, 4)) ?? byArea.get(area.slice(0, 2))
}

/** The smallest division whose outline holds the point. */
export function outlineAt(longitude: number, latitude: number, outlines: readonly Outline[]): Outline | undefined {
  let best: Outline | undefined
  for (const outline of outlines) {
    if (outline.area.length > (best?.area.length ?? 0) && isInside(longitude, latitude, shapeOf(outline))) best = outline
  }
  return best
}

/** Distance in metres from the point to the outline: 0 inside. Plane approximation, good to 1 % within a district's size. */
export function metresOutside(longitude: number, latitude: number, outline: Outline): number {
  if (isInside(longitude, latitude, shapeOf(outline))) return 0
  let nearest = Infinity
  for (const rings of outline.polygons) for (const ring of rings) nearest = Math.min(nearest, metresToRing(longitude, latitude, ring))
  return nearest
}

function shapeOf(outline: Outline): Shape {
  const known = shaped.get(outline)
  if (known) return known
  let [west, south, east, north] = [Infinity, Infinity, -Infinity, -Infinity]
  for (const [lon, lat] of outline.polygons.flat(2)) {
    west = Math.min(west, lon)
    east = Math.max(east, lon)
    south = Math.min(south, lat)
    north = Math.max(north, lat)
  }
  const bandHeight = Math.max((north - south) / bandCount, Number.MIN_VALUE)
  const bandOf = (lat: number): number => Math.max(0, Math.min(bandCount - 1, Math.floor((lat - south) / bandHeight)))
  const bands: number[][] = Array.from({ length: bandCount * outline.polygons.length }, () => [])
  for (const [index, rings] of outline.polygons.entries()) {
    for (const ring of rings) {
      let before = ring.at(-1)
      for (const here of ring) {
        if (before) for (let band = bandOf(Math.min(before[1], here[1])); band <= bandOf(Math.max(before[1], here[1])); band++) bands[index * bandCount + band]?.push(here[0], here[1], before[0], before[1])
        before = here
      }
    }
  }
  const made = { outline, box: { west, south, east, north }, bandHeight, bands }
  shaped.set(outline, made)
  return made
}

/** Even-odd rule over each polygon's outer ring and holes together. */
function isInside(x: number, y: number, { outline, box, bandHeight, bands }: Shape): boolean {
  if (x < box.west || x > box.east || y < box.south || y > box.north) return false
  const band = Math.max(0, Math.min(bandCount - 1, Math.floor((y - box.south) / bandHeight)))
  for (let index = 0; index < outline.polygons.length; index++) {
    const edges = bands[index * bandCount + band] ?? []
    let inside = false
    for (let at = 0; at < edges.length; at += 4) {
      const x1 = edges[at] ?? 0
      const y1 = edges[at + 1] ?? 0
      const x2 = edges[at + 2] ?? 0
      const y2 = edges[at + 3] ?? 0
      if (y1 > y !== y2 > y && x < ((x2 - x1) * (y - y1)) / (y2 - y1) + x1) inside = !inside
    }
    if (inside) return true
  }
  return false
}

function metresToRing(longitude: number, latitude: number, ring: Ring): number {
  const perLatitude = 111_320
  const perLongitude = perLatitude * Math.cos((latitude * Math.PI) / 180)
  let nearest = Infinity
  let [ax, ay] = [NaN, NaN]
  for (const position of ring) {
    const x = (position[0] - longitude) * perLongitude
    const y = (position[1] - latitude) * perLatitude
    if (!Number.isNaN(ax)) {
      // From the origin to the segment a to b.
      const dx = x - ax
      const dy = y - ay
      const length2 = dx * dx + dy * dy
      const along = length2 === 0 ? 0 : Math.min(1, Math.max(0, -(ax * dx + ay * dy) / length2))
      const px = ax + along * dx
      const py = ay + along * dy
      nearest = Math.min(nearest, px * px + py * py)
    }
    ax = x
    ay = y
  }
  return Math.sqrt(nearest)
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
