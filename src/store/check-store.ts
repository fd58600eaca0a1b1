// CheckStore on SQLite: records in parts, and what catalogs say of them.
import type Database from 'better-sqlite3'
import type { AreaCheckRun, CheckStore, KeptReport, StandingRow } from '../registry/index.ts'
import { cameraColumns, cameraOf, type CameraRow } from './camera-rows.ts'
import type { Task } from './trouble.ts'

/** Records that one step of `unlisted` looks at: about 3 ms. */
const scanPart = 1000

interface StandingSql {
  readonly id: string
  readonly listings: string
  readonly isDevice: number
  readonly isPulled: number
  readonly goneSinceMs: number | null
}

interface ReportRow {
  readonly cameraId: string
  readonly deviceId: string
  readonly name: string
  readonly status: string
  readonly raw: string
  readonly missingSinceMs: number | null
  readonly saidAtMs: number | null
}

export function checkStore(raw: Database.Database, task: Task): CheckStore {
  const within = `(@area = '' OR area >= @area AND area < @areaEnd)`
  const page = raw.prepare<[object], CameraRow>(`
    WITH page AS MATERIALIZED (SELECT n FROM cameras WHERE id > @after AND ${within} ORDER BY id LIMIT @limit)
    SELECT ${cameraColumns} FROM page JOIN cameras c ON c.n = page.n JOIN camera_documents d ON d.n = c.n ORDER BY c.id`)
  const total = raw.prepare<[object], number>(`SELECT count(*) FROM cameras WHERE ${within}`).pluck()
  const standings = raw.prepare<[string], StandingSql>(`
    SELECT j.value AS id, c.gone_since_ms AS goneSinceMs, EXISTS (SELECT 1 FROM devices d WHERE d.id = j.value AND d.approved = 1) AS isDevice,
      EXISTS (SELECT 1 FROM camera_sources s WHERE s.camera_id = j.value) AS isPulled,
      (SELECT json_group_array(json_array(h.device_id, h.missing_since_ms)) FROM channels h INDEXED BY channels_listed WHERE h.id = j.value) AS listings
    FROM json_each(?) j LEFT JOIN cameras c ON c.id = j.value`)
  const reports = raw.prepare<[string], ReportRow>(`
    SELECT h.id AS cameraId, h.device_id AS deviceId, h.name, h.status, h.raw, h.missing_since_ms AS missingSinceMs, h.said_at_ms AS saidAtMs
    FROM json_each(?) j JOIN channels h INDEXED BY channels_listed ON h.id = j.value ORDER BY h.id, h.device_id`)
  const drafts = raw
    .prepare<[object], string>(`SELECT id FROM cameras WHERE is_draft = 1 AND is_retired = 0 AND ${within} ORDER BY id LIMIT @limit`)
    .pluck()
  const draftsOf = raw
    .prepare<[object], string>(
      `SELECT h.id FROM channels h JOIN cameras c ON c.id = h.id WHERE h.device_id = @deviceId AND c.is_draft = 1 AND c.is_retired = 0 AND (@area = '' OR c.area >= @area AND c.area < @areaEnd) ORDER BY h.id LIMIT @limit`,
    )
    .pluck()
  const platforms = raw
    .prepare<[], string>(`SELECT id FROM devices WHERE approved = 1 AND catalog_whole_at_ms IS NOT NULL AND substr(id, 11, 1) = '2' ORDER BY id`)
    .pluck()
  const unlisted = raw.prepare<[object], { id: string; isOne: number }>(`
    SELECT id, is_draft = 0 AND is_retired = 0 AND ${within} AND NOT EXISTS (SELECT 1 FROM channels h WHERE h.id = cameras.id AND h.missing_since_ms IS NULL) AS isOne
    FROM cameras WHERE id > @after ORDER BY id LIMIT ${scanPart}`)

  const putCheck = raw.prepare<[string, string, number, string]>('INSERT INTO area_checks (id, state, started_at_ms, document) VALUES (?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET state = excluded.state, document = excluded.document')
  const trimChecks = raw.prepare<[number]>(`DELETE FROM area_checks WHERE state <> 'running' AND id NOT IN (SELECT id FROM area_checks ORDER BY started_at_ms DESC, id DESC LIMIT ?)`)
  const checks = raw.prepare<[], string>('SELECT document FROM area_checks ORDER BY started_at_ms DESC, id DESC').pluck()
  const saveCheck = raw.transaction((run: AreaCheckRun, kept: number): void => {
    putCheck.run(run.id, run.state, run.startedAtMs, JSON.stringify(run))
    trimChecks.run(kept)
  })

  return {
    saveAreaCheck: (run, kept) => task(() => saveCheck.immediate(run, kept)),
    areaChecks: () => task(() => checks.all().map((document) => JSON.parse(document) as AreaCheckRun)),
    camerasAfter: (area, after, limit) => task(() => page.all({ area, areaEnd: `${area}:`, after, limit }).map(cameraOf)),
    cameraTotal: (area) => task(() => total.get({ area, areaEnd: `${area}:` }) ?? 0),
    standings: (ids) => task(() => standings.all(JSON.stringify(ids)).map(standingOf)),
    reports: (ids) => task(() => reports.all(JSON.stringify(ids)).map(reportOf)),
    drafts: (area, deviceId, limit) => task(() => (deviceId === undefined ? drafts.all({ area, areaEnd: `${area}:`, limit }) : draftsOf.all({ area, areaEnd: `${area}:`, limit, deviceId }))),
    completePlatforms: () => task(() => platforms.all()),
    unlisted: (area, after) =>
      task(() => {
        const rows = unlisted.all({ area, areaEnd: `${area}:`, after })
        const last = rows.at(-1)
        return { ids: rows.filter(({ isOne }) => isOne === 1).map(({ id }) => id), ...(last && rows.length === scanPart ? { next: last.id } : {}) }
      }),
  }
}

function standingOf(row: StandingSql): StandingRow {
  const listings = JSON.parse(row.listings) as readonly (readonly [string, number | null])[]
  return {
    id: row.id,
    listings: listings.map(([deviceId, missingSinceMs]) => ({ deviceId, ...(missingSinceMs === null ? {} : { missingSinceMs }) })),
    isDevice: row.isDevice === 1,
    isPulled: row.isPulled === 1,
    ...(row.goneSinceMs === null ? {} : { goneSinceMs: row.goneSinceMs }),
  }
}

const reportOf = (row: ReportRow): KeptReport => ({
  cameraId: row.cameraId,
  deviceId: row.deviceId,
  channel: { id: row.cameraId, name: row.name, status: row.status as KeptReport['channel']['status'], raw: JSON.parse(row.raw) as KeptReport['channel']['raw'] },
  ...(row.missingSinceMs === null ? {} : { missingSinceMs: row.missingSinceMs }),
  ...(row.saidAtMs === null ? {} : { saidAtMs: row.saidAtMs }),
})
