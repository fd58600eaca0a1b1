// Finding cameras: filters, pages in the order of the code, totals. Everything but a box is read from one covering index.
import type Database from 'better-sqlite3'
import type { Camera, CameraQuery, Page } from '../registry/index.ts'
import { cameraColumns, cameraOf, type CameraRow } from './camera-rows.ts'

const maxPage = 1000

interface Filter {
  readonly sql: string
  readonly values: Readonly<Record<string, string | number>>
}

/** LIKE with the user's own % and _ taken literally. ASCII case does not matter; Chinese has none. */
const containing = (text: string): string => `%${text.replace(/[\\%_]/g, (sign) => `\\${sign}`)}%`

function filterOf(query: CameraQuery): Filter {
  const terms: string[] = []
  const values: Record<string, string | number> = {}
  const add = (sql: string, given: Record<string, string | number> = {}): void => {
    terms.push(sql)
    Object.assign(values, given)
  }
  if (query.includeRetired !== true) add('is_retired = 0')
  // Digits sort below ":": a range finds the prefix without a function call per row.
  if (query.area !== undefined && query.area !== '') add('area >= @area AND area < @areaEnd', { area: query.area, areaEnd: `${query.area}:` })
  if (query.class !== undefined) add('class = @class', { class: query.class })
  if (query.owner !== undefined && query.owner !== '') add(`owner LIKE @owner ESCAPE '\\'`, { owner: containing(query.owner) })
  if (query.online !== undefined) add(query.online ? `presence IN ('online', 'late')` : `presence NOT IN ('online', 'late')`)
  if (query.complete !== undefined) add('is_complete = @complete', { complete: Number(query.complete) })
  if (query.text !== undefined && query.text !== '') {
    add(`(name LIKE @text ESCAPE '\\' OR id LIKE @text ESCAPE '\\' OR address LIKE @text ESCAPE '\\')`, { text: containing(query.text) })
  }
  if (query.box) {
    add('n IN (SELECT n FROM camera_places WHERE east >= @west AND west <= @east AND north >= @south AND south <= @north)', { ...query.box })
    add('longitude BETWEEN @west AND @east AND latitude BETWEEN @south AND @north')
  }
  return { sql: terms.length === 0 ? '1' : terms.join(' AND '), values }
}

/** Without a hint SQLite, which has no statistics of ours, may walk the table by another index and look up every row. A box is found by its R*Tree. */
const source = (query: CameraQuery): string => (query.box ? 'cameras' : 'cameras INDEXED BY cameras_search')

export function findCameras(raw: Database.Database, query: CameraQuery): Page<Camera> {
  const { sql, values } = filterOf(query)
  const limit = Math.max(1, Math.min(maxPage, Math.floor(query.limit)))
  const rows = raw
    .prepare<[object], CameraRow>(
      `WITH page AS MATERIALIZED (SELECT n FROM ${source(query)} WHERE ${sql} AND id > @cursor ORDER BY id LIMIT @limit)
       SELECT ${cameraColumns} FROM page JOIN cameras c ON c.n = page.n JOIN camera_documents d ON d.n = c.n ORDER BY c.id`,
    )
    .all({ ...values, cursor: query.cursor ?? '', limit: limit + 1 })
  const items = rows.slice(0, limit).map(cameraOf)
  const last = items.at(-1)
  // A first page that is also the last has counted itself: searches for a rare text walk the index once, not twice.
  const isWhole = query.cursor === undefined && rows.length <= limit
  const total = isWhole ? rows.length : (raw.prepare<[object], { total: number }>(`SELECT count(*) AS total FROM ${source(query)} WHERE ${sql}`).get(values)?.total ?? 0)
  return { items, total, ...(rows.length > limit && last ? { next: last.id } : {}) }
}

/** Unretired, declared cameras of an area by code: what an inspection draws from. */
export function findPopulation(raw: Database.Database, area: string): readonly Camera[] {
  const { sql, values } = filterOf({ area, limit: 1 })
  return raw
    .prepare<[object], CameraRow>(
      `WITH found AS MATERIALIZED (SELECT n FROM cameras INDEXED BY cameras_search WHERE ${sql} AND is_draft = 0)
       SELECT ${cameraColumns} FROM found JOIN cameras c ON c.n = found.n JOIN camera_documents d ON d.n = c.n ORDER BY c.id`,
    )
    .all(values)
    .map(cameraOf)
}
