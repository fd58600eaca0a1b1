// Points of a box put together by the cells of a grid that stands still while the map is moved; those inside a drawn ring; and how many lie in each division.
import { colourings, type Box, type Colouring, type PointFilter, type PointTable, type Verdicts } from './types.ts'

/** Side of a cell at its zoom, in pixels of a tile of 256. Ours: two signs of 40 pixels do not touch. */
const cellPx = 64
/** Clusters in one answer at most; a box that would need more is answered at a coarser zoom. */
const maxClusters = 2_000
export const maxZoom = 20
/** Records lie on land here: what lies elsewhere does not widen the view. Degrees around China. */
const home: Box = { west: 73, south: 3, east: 136, north: 54 }

export interface Cluster {
  readonly longitude: number
  readonly latitude: number
  readonly n: number
  /** How many of each word of the colouring, in its order. */
  readonly counts: readonly number[]
  readonly box: Box
  /** Of a single point. */
  readonly id?: string
}

export interface Clusters {
  /** The one that was used. */
  readonly zoom: number
  readonly items: readonly Cluster[]
  /** Records that the filter finds: with a place, and in the box, and without a place. */
  readonly total: number
  readonly inBox: number
  readonly unplaced: number
  /** Where those with a place lie; of those in and around China, unless there are none. */
  readonly bounds?: Box
}

interface Sum {
  n: number
  first: number
  longitude: number
  latitude: number
  west: number
  south: number
  east: number
  north: number
  readonly counts: number[]
}

/** Which numbers the filter lets through. */
function passing(table: PointTable, filter: PointFilter, verdicts: Verdicts): (n: number) => boolean {
  const areas = Uint8Array.from(table.areas, (area) => Number(area.startsWith(filter.area)))
  const wantedClass = filter.class === undefined ? -1 : colourings.class.indexOf(filter.class)
  const wantedRecord = filter.complete === undefined ? -1 : Number(!filter.complete)
  return (n) => {
    if (table.there[n] !== 1 || areas[table.area[n] ?? 0] !== 1) return false
    if (wantedClass !== -1 && table.class[n] !== wantedClass) return false
    if (filter.online !== undefined && (table.presence[n] ?? 3) < 2 !== filter.online) return false
    if (wantedRecord !== -1 && (wantedRecord === 0 ? table.record[n] !== 0 : table.record[n] === 0)) return false
    if (filter.draft !== undefined && (table.record[n] === 2) !== filter.draft) return false
    return filter.verdict === undefined || (verdicts.get(table.ids[n] ?? '') ?? 'none') === filter.verdict
  }
}

/** The word of the colouring of one record, as a place in its list. */
function colouringOf(table: PointTable, by: Colouring, verdicts: Verdicts): (n: number) => number {
  if (by !== 'verdict') return (n) => table[by][n] ?? 0
  const none = colourings.verdict.length - 1
  return (n) => {
    const verdict = verdicts.get(table.ids[n] ?? '')
    return verdict === undefined ? none : colourings.verdict.indexOf(verdict)
  }
}

export function clusterPoints(table: PointTable, query: { readonly box?: Box; readonly zoom: number; readonly by: Colouring; readonly filter: PointFilter }, verdicts: Verdicts): Clusters {
  const isPassing = passing(table, query.filter, verdicts)
  const found: number[] = []
  let [total, unplaced] = [0, 0]
  const at = { home: emptyBox(), anywhere: emptyBox() }
  for (let n = 1; n < table.end; n++) {
    if (!isPassing(n)) continue
    const [lon, lat] = [table.longitude[n] ?? NaN, table.latitude[n] ?? NaN]
    if (Number.isNaN(lon) || Number.isNaN(lat)) {
      unplaced++
      continue
    }
    total++
    widen(isIn(home, lon, lat) ? at.home : at.anywhere, lon, lat)
    if (!query.box || isIn(query.box, lon, lat)) found.push(n)
  }
  const bounds = at.home.west <= at.home.east ? at.home : at.anywhere.west <= at.anywhere.east ? at.anywhere : undefined
  const middle = query.box ?? bounds ?? home
  let zoom = Math.max(0, Math.min(maxZoom, Math.floor(query.zoom)))
  let items = together(table, found, zoom, middle, query.by, verdicts)
  while (items === undefined && zoom > 0) items = together(table, found, --zoom, middle, query.by, verdicts)
  return { zoom, items: items ?? [], total, inBox: found.length, unplaced, ...(bounds && { bounds }) }
}

/** Undefined as soon as there are too many. Cells are as high as wide on the screen at the box's middle, taken in steps of 5 degrees so that they do not move with it. */
function together(table: PointTable, found: readonly number[], zoom: number, middle: Box, by: Colouring, verdicts: Verdicts): readonly Cluster[] | undefined {
  const wide = (360 * cellPx) / (256 * 2 ** zoom)
  const parallel = Math.min(80, Math.abs(Math.round((middle.south + middle.north) / 10) * 5))
  const high = wide * Math.cos((parallel * Math.PI) / 180)
  const columns = Math.ceil(360 / wide) + 1
  const colour = colouringOf(table, by, verdicts)
  const { length } = colourings[by]
  const sums = new Map<number, Sum>()
  for (const n of found) {
    const [lon, lat] = [table.longitude[n] ?? 0, table.latitude[n] ?? 0]
    const key = Math.floor((lat + 90) / high) * columns + Math.floor((lon + 180) / wide)
    let sum = sums.get(key)
    if (!sum && sums.size === maxClusters) return undefined
    if (!sum) sums.set(key, (sum = { n: 0, first: n, longitude: 0, latitude: 0, ...emptyBox(), counts: new Array<number>(length).fill(0) }))
    sum.n++
    sum.longitude += lon
    sum.latitude += lat
    widen(sum, lon, lat)
    const at = colour(n)
    sum.counts[at] = (sum.counts[at] ?? 0) + 1
  }
  return [...sums.values()].map(({ n, first, longitude, latitude, west, south, east, north, counts }) => ({
    longitude: longitude / n, latitude: latitude / n, n, counts, box: { west, south, east, north }, ...(n === 1 && { id: table.ids[first] ?? '' }),
  }))
}

export interface Within {
  /** Codes, in the order of the records' numbers; no more than were asked for. */
  readonly ids: readonly string[]
  readonly total: number
}

/** Records inside a ring (even-odd rule); degrees, not closed. */
export function pointsWithin(table: PointTable, ring: readonly (readonly [longitude: number, latitude: number])[], filter: PointFilter, limit: number, verdicts: Verdicts): Within {
  const isPassing = passing(table, filter, verdicts)
  const box = emptyBox()
  for (const [lon, lat] of ring) widen(box, lon, lat)
  const ids: string[] = []
  let total = 0
  for (let n = 1; n < table.end; n++) {
    const [lon, lat] = [table.longitude[n] ?? NaN, table.latitude[n] ?? NaN]
    if (!isIn(box, lon, lat) || !isPassing(n) || !isInside(ring, lon, lat)) continue
    total++
    if (ids.length < limit) ids.push(table.ids[n] ?? '')
  }
  return { ids, total }
}

function isInside(ring: readonly (readonly [number, number])[], x: number, y: number): boolean {
  let inside = false
  let [x2, y2] = ring.at(-1) ?? [NaN, NaN]
  for (const [x1, y1] of ring) {
    // A point on an edge or corner belongs to it: a rectangle drawn from point to point holds both.
    if ((x1 - x) * (y2 - y) === (x2 - x) * (y1 - y) && Math.min(x1, x2) <= x && x <= Math.max(x1, x2) && Math.min(y1, y2) <= y && y <= Math.max(y1, y2)) return true
    if (y1 > y !== y2 > y && x < ((x2 - x1) * (y - y1)) / (y2 - y1) + x1) inside = !inside
    x2 = x1
    y2 = y1
  }
  return inside
}

export interface AreaCount {
  readonly area: string
  readonly n: number
  readonly online: number
}

/** How many records lie in each part of a division, by the next two digits; what has no more digits is counted under the division itself. */
export function countAreas(table: PointTable, parent: string): readonly AreaCount[] {
  const sums = new Map<string, { n: number; online: number }>()
  const parts = table.areas.map((area) => (area.startsWith(parent) ? area.slice(0, parent.length + 2) : undefined))
  for (let n = 1; n < table.end; n++) {
    const part = parts[table.area[n] ?? 0]
    if (table.there[n] !== 1 || part === undefined) continue
    let sum = sums.get(part)
    if (!sum) sums.set(part, (sum = { n: 0, online: 0 }))
    sum.n++
    if ((table.presence[n] ?? 3) < 2) sum.online++
  }
  return [...sums].map(([area, sum]) => ({ area, ...sum })).sort((a, b) => (a.area < b.area ? -1 : 1))
}

const emptyBox = (): { west: number; south: number; east: number; north: number } => ({ west: Infinity, south: Infinity, east: -Infinity, north: -Infinity })
const isIn = (box: Box, lon: number, lat: number): boolean => lon >= box.west && lon <= box.east && lat >= box.south && lat <= box.north
function widen(box: { west: number; south: number; east: number; north: number }, lon: number, lat: number): void {
  if (lon < box.west) box.west = lon
  if (lon > box.east) box.east = lon
  if (lat < box.south) box.south = lat
  if (lat > box.north) box.north = lat
}
