// Finding cameras: filters, pages in one of three orders, totals. Two ways, chosen by what the indexes say: where the words, the box or the finding
// name few records, those are looked at; else the records are walked in order until the page is full, and counted in one covering index.
import type Database from 'better-sqlite3'
import { AppError } from '../base/index.ts'
import type { Camera, CameraQuery, CameraSort, Page } from '../registry/index.ts'
import { allOf, plainFilter, termsOf, type Driver, type Terms } from './camera-filter.ts'
import { cameraColumns, cameraOf, type CameraRow } from './camera-rows.ts'

const maxPage = 1000
export interface SearchBounds {
  /** So many records are looked at one by one: some 10 ms. More are walked in order. */
  readonly few: number
  /** What needs a look at another table for each row is counted up to here, among so many rows at most: some 20 ms. The answer says so. */
  readonly maxCounted: number
  readonly maxLooked: number
  /** Fewer matches than these are found by reading the whole index and sorted; more are met soon enough in the order asked for. */
  readonly sparse: number
}
/** Measured: scripts/bench/find.ts. */
const measured: SearchBounds = { few: 4000, maxCounted: 5000, maxLooked: 15_000, sparse: 2000 }

interface Order {
  readonly key: string
  /** Index that has this order; the covering one has that of the code. */
  readonly index: string
}
const orders: Readonly<Record<CameraSort, Order>> = {
  code: { key: 'c.id', index: 'cameras_search' },
  name: { key: 'c.name_key', index: 'cameras_names' },
  updated: { key: 'c.updated_at_ms', index: 'cameras_updated' },
}

interface Wanted {
  readonly order: Order
  readonly sort: CameraSort
  readonly isDescending: boolean
  readonly limit: number
  readonly after?: { readonly key: string | number; readonly id: string }
}
interface Hit {
  readonly n: number
  readonly id: string
  readonly key: string | number
}

/** `bounds` are others in tests alone. */
export function findCameras(raw: Database.Database, query: CameraQuery, bounds: Partial<SearchBounds> = {}): Page<Camera> {
  const limits = { ...measured, ...bounds }
  const terms = termsOf(query)
  const wanted = wantedOf(query)
  const probe = fewest(raw, terms.drivers, limits)
  const { hits, total, isTotalCapped } = probe && probe.rows <= limits.few ? amongFew(raw, terms, probe.driver, wanted) : walked(raw, query, terms, wanted, limits)
  const shown = hits.slice(0, wanted.limit)
  const last = shown.at(-1)
  return { items: camerasOf(raw, shown), total: Math.max(total, shown.length), ...(isTotalCapped && { isTotalCapped: true }), ...(hits.length > wanted.limit && last ? { next: cursorOf(wanted.sort, last) } : {}) }
}

interface Probe {
  readonly driver: Driver
  /** How many rows it names, up to one more than are few. */
  readonly rows: number
}

/** The driver that names the fewest rows. Where all name many, the first: words before findings before boxes. */
function fewest(raw: Database.Database, drivers: readonly Driver[], { few }: SearchBounds): Probe | undefined {
  let found: Probe | undefined
  for (const driver of drivers) {
    const limit = Math.min(found?.rows ?? few + 1, few + 1)
    const rows = raw.prepare<[object], number>(`SELECT count(*) FROM (${driver.sql} LIMIT ${limit})`).pluck().get(driver.values) ?? 0
    if (!found || rows < limit) found = { driver, rows }
  }
  return found
}

interface Outcome {
  readonly hits: readonly Hit[]
  readonly total: number
  readonly isTotalCapped: boolean
}

function amongFew(raw: Database.Database, terms: Terms, driver: Driver, wanted: Wanted): Outcome {
  const { from, values } = driven(terms, driver, undefined)
  const all = raw.prepare<[object], Hit>(`SELECT c.n, c.id, ${wanted.order.key} AS key FROM ${from} ORDER BY ${sorting(wanted)}`).all(values)
  const { after } = wanted
  const start = after === undefined ? 0 : all.findIndex((hit) => isBehind(hit, after, wanted.isDescending))
  return { hits: start === -1 ? [] : all.slice(start, start + wanted.limit + 1), total: all.length, isTotalCapped: false }
}

/** FROM and WHERE of the records that a driver names, each once, and that pass what it does not prove. */
function driven({ plain, looks }: Terms, driver: Driver, maxRows: number | undefined): { readonly from: string; readonly values: object } {
  const left = allOf(looks.filter((look) => look !== driver.proves))
  const { key } = driver
  return {
    from: `(SELECT ${key === 'id' ? 'DISTINCT ' : ''}${key} FROM (${driver.sql}${maxRows === undefined ? '' : ` LIMIT ${maxRows}`})) h CROSS JOIN cameras c ON c.${key} = h.${key} WHERE ${plain.sql} AND ${left.sql}`,
    values: { ...driver.values, ...plain.values, ...left.values },
  }
}

function walked(raw: Database.Database, query: CameraQuery, terms: Terms, wanted: Wanted, limits: SearchBounds): Outcome {
  const { total, isTotalCapped } = counted(raw, query, terms, limits)
  if (total === 0 && !isTotalCapped) return { hits: [], total, isTotalCapped }
  const looks = allOf(terms.looks)
  const { after, order, isDescending } = wanted
  const index = total < limits.sparse ? 'cameras_search' : order.index
  const behind = after === undefined ? '' : order.key === 'c.id' ? ` AND c.id ${isDescending ? '<' : '>'} @afterId` : ` AND (${order.key}, c.id) ${isDescending ? '<' : '>'} (@afterKey, @afterId)`
  const place = after === undefined ? {} : { afterId: after.id, ...(order.key === 'c.id' ? {} : { afterKey: after.key }) }
  const hits = raw
    .prepare<[object], Hit>(`SELECT c.n, c.id, ${order.key} AS key FROM cameras c INDEXED BY ${index} WHERE ${terms.plain.sql} AND ${looks.sql}${behind} ORDER BY ${sorting(wanted)} LIMIT @limit`)
    .all({ ...terms.plain.values, ...looks.values, ...place, limit: wanted.limit + 1 })
  return { hits, total, isTotalCapped }
}

/** What is asked of records alone is counted to the end; words and findings up to the bounds. */
function counted(raw: Database.Database, query: CameraQuery, terms: Terms, { maxCounted, maxLooked }: SearchBounds): { readonly total: number; readonly isTotalCapped: boolean } {
  const one = (sql: string, values: object): number => raw.prepare<[object], number>(sql).pluck().get(values) ?? 0
  const { plain, looks } = terms
  const inIndex = `cameras c INDEXED BY cameras_search WHERE ${plain.sql}`
  if (looks.length === 0) {
    const index = query.box && only(query, inBoxes) ? 'cameras_box' : 'cameras_search'
    return { total: summed(raw, query) ?? one(`SELECT count(*) FROM cameras c INDEXED BY ${index} WHERE ${plain.sql}`, plain.values), isTotalCapped: false }
  }
  const look = allOf(looks)
  const { text: _text, finding: _finding, findingState: _state, ...others } = query
  const ofPlain = summed(raw, others)
  const driver = ofPlain === undefined || ofPlain > maxLooked ? terms.drivers.find((each) => each.of !== 'box') : undefined
  if (!driver) {
    const found = one(`SELECT count(*) FROM (SELECT 1 FROM ${inIndex} AND ${look.sql} LIMIT ${maxCounted + 1})`, { ...plain.values, ...look.values })
    return { total: Math.min(found, maxCounted), isTotalCapped: found > maxCounted }
  }
  // By the code a record is found in two steps, and those of a finding lie all over.
  const most = driver.key === 'id' ? Math.ceil(maxLooked / 3) : maxLooked
  const { from, values } = driven(terms, driver, most)
  const found = one(`SELECT count(*) FROM (SELECT 1 FROM ${from} LIMIT ${maxCounted + 1})`, values)
  const isCut = found > maxCounted || one(`SELECT count(*) FROM (${driver.sql} LIMIT ${most})`, driver.values) === most
  return { total: Math.min(found, maxCounted), isTotalCapped: isCut }
}

const paging = ['limit', 'cursor', 'sort', 'descending'] as const
const inBoxes: ReadonlySet<string> = new Set(['box', 'area', 'class', 'complete', 'draft', 'includeRetired', 'onlyRetired', ...paging])
const only = (query: CameraQuery, names: ReadonlySet<string>): boolean =>
  Object.entries(query).every(([name, value]) => value === undefined || names.has(name) || (value === false && name.endsWith('Retired')))

/** Filters by what the sums are kept of are counted there, in microseconds. */
const ofSums: ReadonlySet<string> = new Set(['area', 'class', 'online', 'presence', 'complete', 'draft', ...paging])
function summed(raw: Database.Database, query: CameraQuery): number | undefined {
  if (!only(query, ofSums)) return undefined
  const { sql, values } = plainFilter({ ...query, includeRetired: true })
  return raw.prepare<[object], number>(`SELECT coalesce(sum(c.n), 0) FROM camera_sums c WHERE ${sql}`).pluck().get(values)
}

const sorting = ({ order, isDescending }: Wanted): string => {
  const way = isDescending ? ' DESC' : ''
  return order.key === 'c.id' ? `c.id${way}` : `${order.key}${way}, c.id${way}`
}

/** As SQLite compares: by the bytes of UTF-8. */
const compare = (a: string | number, b: string | number): number =>
  typeof a === 'number' && typeof b === 'number' ? a - b : Buffer.compare(Buffer.from(String(a)), Buffer.from(String(b)))
const isBehind = (hit: Hit, after: { readonly key: string | number; readonly id: string }, isDescending: boolean): boolean => {
  const order = compare(hit.key, after.key) || compare(hit.id, after.id)
  return isDescending ? order < 0 : order > 0
}

/** Where a page ended: its last record's place in the order. What is written meanwhile moves nobody else: each record that stays where it is comes once. */
const cursorOf = (sort: CameraSort, { key, id }: Hit): string => (sort === 'code' ? id : `${sort}.${Buffer.from(JSON.stringify([key, id])).toString('base64url')}`)

function wantedOf(query: CameraQuery): Wanted {
  const sort = query.sort ?? 'code'
  const limit = Math.max(1, Math.min(maxPage, Math.floor(query.limit)))
  const wanted = { sort, order: orders[sort], isDescending: query.descending ?? sort === 'updated', limit }
  if (query.cursor === undefined) return wanted
  if (sort === 'code') return { ...wanted, after: { key: query.cursor, id: query.cursor } }
  return { ...wanted, after: placeOf(sort, query.cursor) }
}

function placeOf(sort: CameraSort, cursor: string): { readonly key: string | number; readonly id: string } {
  const refused = new AppError('request.invalid', `the cursor is none of this order (${sort}): begin with the first page`)
  if (!cursor.startsWith(`${sort}.`)) throw refused
  let place: unknown
  try {
    place = JSON.parse(Buffer.from(cursor.slice(sort.length + 1), 'base64url').toString())
  } catch {
    throw refused
  }
  const [key, id] = Array.isArray(place) ? (place as readonly unknown[]) : []
  if (typeof id !== 'string' || typeof key !== (sort === 'updated' ? 'number' : 'string')) throw refused
  return { key: key as string | number, id }
}

/** In the order of the hits. */
function camerasOf(raw: Database.Database, hits: readonly Hit[]): readonly Camera[] {
  return raw
    .prepare<[string], CameraRow>(`SELECT ${cameraColumns} FROM json_each(?) j CROSS JOIN cameras c ON c.n = j.value CROSS JOIN camera_documents d ON d.n = c.n ORDER BY j.key`)
    .all(JSON.stringify(hits.map(({ n }) => n)))
    .map(cameraOf)
}

/** Unretired, declared cameras of an area by code: what an inspection draws from. */
export function findPopulation(raw: Database.Database, area: string): readonly Camera[] {
  const { sql, values } = plainFilter({ area, draft: false, limit: 1 })
  return raw
    .prepare<[object], CameraRow>(
      `WITH found AS MATERIALIZED (SELECT n FROM cameras c INDEXED BY cameras_search WHERE ${sql})
       SELECT ${cameraColumns} FROM found JOIN cameras c ON c.n = found.n JOIN camera_documents d ON d.n = c.n ORDER BY c.id`,
    )
    .all(values)
    .map(cameraOf)
}
