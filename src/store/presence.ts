// A camera's presence follows from its devices' presence and its channel's status. It is kept on change, not joined when read: lists filter and
// count by it over every camera many times for each time a device comes or goes.
import type Database from 'better-sqlite3'

const rank = (presence: string): string => `CASE ${presence} WHEN 'online' THEN 0 WHEN 'late' THEN 1 WHEN 'offline' THEN 2 ELSE 3 END`

/**
 * SQL for the presence of the camera `id`: the best of the devices whose catalog lists it and of the device of that very code. A channel
 * reported as off is offline where its device is there. `id` is a column: with a parameter SQLite plans it anew for each value, 40 µs a row.
 */
const presenceOf = (id: string): string => `CASE min(
  coalesce((SELECT min(CASE WHEN c.status = 'off' AND d.presence IN ('online', 'late') THEN 2 ELSE ${rank('d.presence')} END)
    FROM channels c JOIN devices d ON d.id = c.device_id WHERE c.id = ${id} AND c.missing_since_ms IS NULL), 3),
  coalesce((SELECT ${rank('d.presence')} FROM devices d WHERE d.id = ${id}
    AND NOT EXISTS (SELECT 1 FROM channels c WHERE c.device_id = d.id AND c.id = d.id AND c.missing_since_ms IS NULL)), 3))
  WHEN 0 THEN 'online' WHEN 1 THEN 'late' WHEN 2 THEN 'offline' ELSE 'unknown' END`

/**
 * SQL for the device to invite for the camera `@id`: one that is there, rather one whose last catalog still has it, rather itself than a platform
 * above it, rather the latest catalog.
 */
export const carrierOf = `
  SELECT d.id AS id FROM devices d LEFT JOIN channels c ON c.device_id = d.id AND c.id = @id
  WHERE d.approved = 1 AND d.id IN (SELECT device_id FROM channels WHERE id = @id UNION SELECT @id)
  ORDER BY ${rank('d.presence')}, c.missing_since_ms IS NOT NULL, d.id = @id DESC, d.catalog_at_ms DESC, d.id LIMIT 1`

/** SQL that brings the cameras `ids` up to date. Since when one is gone is kept with it: from online or late to anything else, by the store's clock. */
const refreshWhere = (ids: string): string => `
  WITH now AS MATERIALIZED (SELECT k.n AS n, ${presenceOf('k.id')} AS presence FROM cameras k WHERE k.id IN (${ids}))
  UPDATE cameras SET presence = now.presence, gone_since_ms = CASE WHEN now.presence IN ('online', 'late') THEN NULL ELSE coalesce(gone_since_ms, wall_ms()) END
  FROM now WHERE cameras.n = now.n AND cameras.presence <> now.presence`

/** Channels whose cameras are brought up to date at one go: about 10 ms. A platform below us may carry a hundred thousand. Ours. */
export const presencePart = 500

/**
 * Brings a part of the cameras that a device carries up to date: those after `after` in the order of ids, '' for the first, which has the camera
 * of the device's own code with it. Returns where to go on, or undefined at the end. The device is a subquery and no bare parameter for the
 * reason above: 0.01 ms instead of 0.1, twice for every device that registers.
 */
export function carriedRefresher(raw: Database.Database): (deviceId: string, after?: string) => string | undefined {
  const refresh = raw.prepare(refreshWhere(`SELECT id FROM channels WHERE device_id = (SELECT @deviceId) AND id > (SELECT @after) AND id <= (SELECT @last) UNION SELECT (SELECT @own)`))
  const lastOf = raw.prepare<[string, string, number], string>('SELECT id FROM channels WHERE device_id = ? AND id > ? ORDER BY id LIMIT 1 OFFSET ?').pluck()
  return (deviceId, after = '') => {
    const last = lastOf.get(deviceId, after, presencePart - 1)
    refresh.run({ deviceId, after, last: last ?? '\u{10ffff}', own: after === '' ? deviceId : '' })
    return last
  }
}

/** Brings cameras up to date that have just been written. */
export function presenceRefresher(raw: Database.Database): (ids: readonly string[]) => void {
  // Most records of a large import are listed by nobody and unknown, which they stay.
  const refresh = raw.prepare(refreshWhere(`
    SELECT j.value FROM json_each(@ids) j WHERE EXISTS (SELECT 1 FROM channels c WHERE c.id = j.value) OR EXISTS (SELECT 1 FROM devices d WHERE d.id = j.value)
      OR EXISTS (SELECT 1 FROM cameras k WHERE k.id = j.value AND k.presence <> 'unknown')`))
  return (ids) => void refresh.run({ ids: JSON.stringify(ids) })
}

/** Brings all cameras up to date that any device or catalog knows. */
export function allPresenceRefresher(raw: Database.Database): () => void {
  const refresh = raw.prepare(refreshWhere('SELECT id FROM channels UNION SELECT id FROM devices'))
  return () => void refresh.run()
}

/** Presence is live and dies with the process that heard it. */
export function forgetPresence(raw: Database.Database, atMs: number): void {
  raw.transaction(() => {
    raw
      .prepare(`INSERT INTO presence_changes (device_id, from_presence, to_presence, reason, at_ms) SELECT id, presence, 'unknown', 'service-restarted', ? FROM devices WHERE presence <> 'unknown'`)
      .run(atMs)
    raw.prepare(`UPDATE devices SET presence = 'unknown', presence_reason = 'service-restarted', presence_since_ms = ? WHERE presence <> 'unknown'`).run(atMs)
    raw.prepare(`UPDATE cameras SET presence = 'unknown', gone_since_ms = coalesce(gone_since_ms, ?) WHERE presence <> 'unknown'`).run(atMs)
  })()
}
