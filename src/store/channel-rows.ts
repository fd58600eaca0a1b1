// A device's channels as rows: written in small parts that each leave the list consistent, read in pages.
import type Database from 'better-sqlite3'
import type { ChannelCounts, ChannelPage, ChannelQuery, ListedChannel } from '../registry/index.ts'
import { presenceRefresher } from './presence.ts'

const maxPage = 1000
/** Rows that one page looks at for a reader of a part of the area: it may come out short, or empty, and still have a next. Ours. */
const maxScan = 2000

interface ChannelRow {
  readonly id: string
  readonly name: string
  readonly status: string
  readonly parentId: string | null
  readonly raw: string
  readonly kind: string
  readonly statusEvent: string | null
  readonly missingSinceMs: number | null
  readonly parents: string
}
interface PageRow extends ChannelRow {
  readonly area: string
  readonly hasChildren: number
}

const columns = 'c.id, c.name, c.status, c.parent_id AS parentId, c.raw, c.kind, c.status_event AS statusEvent, c.missing_since_ms AS missingSinceMs, c.parents'

function channelOf(row: ChannelRow): ListedChannel {
  return {
    id: row.id,
    name: row.name,
    status: row.status as ListedChannel['status'],
    ...(row.parentId === null ? {} : { parentId: row.parentId }),
    raw: JSON.parse(row.raw) as ListedChannel['raw'],
    kind: row.kind as ListedChannel['kind'],
    parents: JSON.parse(row.parents) as readonly string[],
    ...(row.statusEvent === null ? {} : { statusEvent: row.statusEvent as NonNullable<ListedChannel['statusEvent']> }),
    ...(row.missingSinceMs === null ? {} : { missingSinceMs: row.missingSinceMs }),
  }
}

/** Writes channels as they are now listed; call it inside a transaction. A row that is the same is not written. Returns the ids of those that were. */
export function channelWriter(raw: Database.Database): (deviceId: string, channels: readonly ListedChannel[]) => readonly string[] {
  const upsert = raw.prepare(`
    INSERT INTO channels (device_id, id, name, status, parent_id, raw, kind, status_event, missing_since_ms, parents, said_at_ms)
    VALUES (@deviceId, @id, @name, @status, @parentId, @raw, @kind, @statusEvent, @missingSinceMs, @parents, wall_ms())
    ON CONFLICT (device_id, id) DO UPDATE SET name = excluded.name, status = excluded.status, parent_id = excluded.parent_id, raw = excluded.raw, kind = excluded.kind,
      status_event = excluded.status_event, missing_since_ms = excluded.missing_since_ms, parents = excluded.parents,
      said_at_ms = iif(channels.raw <> excluded.raw OR channels.name <> excluded.name, excluded.said_at_ms, channels.said_at_ms)
    WHERE channels.raw <> excluded.raw OR channels.status <> excluded.status OR channels.name <> excluded.name OR channels.parent_id IS NOT excluded.parent_id
      OR channels.kind <> excluded.kind OR channels.status_event IS NOT excluded.status_event OR channels.missing_since_ms IS NOT excluded.missing_since_ms
      OR channels.parents <> excluded.parents`)
  const parentsBefore = raw.prepare<[string, string], string>('SELECT parents FROM channels WHERE device_id = ? AND id = ?').pluck()
  const dropParents = raw.prepare('DELETE FROM channel_parents WHERE device_id = ? AND channel_id = ?')
  const addParent = raw.prepare('INSERT INTO channel_parents (device_id, parent_id, channel_id) VALUES (?, ?, ?) ON CONFLICT DO NOTHING')

  return (deviceId, list) => {
    const written: string[] = []
    for (const channel of list) {
      const { id, name, status, kind } = channel
      const parents = JSON.stringify(channel.parents)
      const before = parentsBefore.get(deviceId, id)
      const { changes } = upsert.run({
        deviceId, id, name, status, kind, parents,
        parentId: channel.parentId ?? null, raw: JSON.stringify(channel.raw), statusEvent: channel.statusEvent ?? null, missingSinceMs: channel.missingSinceMs ?? null,
      })
      if (changes > 0) written.push(id)
      if (before === parents) continue
      dropParents.run(deviceId, id)
      for (const parent of channel.parents.length > 0 ? channel.parents : ['']) addParent.run(deviceId, parent, id)
    }
    return written
  }
}

export interface ChannelRows {
  /** Ids after `after`, in order, with since when they are missing. */
  readonly ids: (deviceId: string, after: string, limit: number) => readonly { readonly id: string; readonly missingSinceMs?: number }[]
  readonly byId: (deviceId: string, ids: readonly string[]) => readonly ListedChannel[]
  readonly page: (deviceId: string, query: ChannelQuery) => ChannelPage
  readonly counts: (deviceId: string) => ChannelCounts
  /** Marks what a complete catalog lacks, and brings the presence of the cameras behind up to date. */
  readonly miss: (deviceId: string, ids: readonly string[], atMs: number) => void
  readonly drop: (deviceId: string, ids: readonly string[]) => void
}

export function channelRows(raw: Database.Database): ChannelRows {
  const listIds = raw.prepare<[string, string, number], { id: string; missingSinceMs: number | null }>(
    'SELECT id, missing_since_ms AS missingSinceMs FROM channels WHERE device_id = ? AND id > ? ORDER BY id LIMIT ?',
  )
  const someById = raw.prepare<[string, string], ChannelRow>(`SELECT ${columns} FROM json_each(?) j JOIN channels c ON c.device_id = ? AND c.id = j.value`)
  const extra = `coalesce((SELECT nullif(k.area, '') FROM cameras k WHERE k.id = c.id), substr(c.id, 1, 6)) AS area,
    EXISTS (SELECT 1 FROM channel_parents p WHERE p.device_id = c.device_id AND p.parent_id = c.id) AS hasChildren`
  const wholePage = raw.prepare<[object], PageRow>(`SELECT ${columns}, ${extra} FROM channels c WHERE c.device_id = @deviceId AND c.id > @cursor ORDER BY c.id LIMIT @limit`)
  const levelPage = raw.prepare<[object], PageRow>(`
    SELECT ${columns}, ${extra} FROM channel_parents l JOIN channels c ON c.device_id = l.device_id AND c.id = l.channel_id
    WHERE l.device_id = @deviceId AND l.parent_id = @parent AND l.channel_id > @cursor ORDER BY l.channel_id LIMIT @limit`)
  const levelCount = raw.prepare<[string, string], number>('SELECT count(*) FROM channel_parents WHERE device_id = ? AND parent_id = ?').pluck()
  const count = raw.prepare<[string], { total: number; cameras: number }>(`
    SELECT count(*) AS total, count(*) FILTER (WHERE kind = 'camera' AND missing_since_ms IS NULL) AS cameras FROM channels INDEXED BY channels_count WHERE device_id = ?`)
  const markMissing = raw.prepare('UPDATE channels SET missing_since_ms = ? WHERE device_id = ? AND id = ? AND missing_since_ms IS NULL')
  const remove = raw.prepare('DELETE FROM channels WHERE device_id = ? AND id = ?')
  const refresh = presenceRefresher(raw)
  const miss = raw.transaction((deviceId: string, ids: readonly string[], atMs: number): void => {
    for (const id of ids) markMissing.run(atMs, deviceId, id)
    refresh(ids)
  })
  const drop = raw.transaction((deviceId: string, ids: readonly string[]): void => {
    for (const id of ids) remove.run(deviceId, id)
    refresh(ids)
  })
  return {
    ids: (deviceId, after, limit) => listIds.all(deviceId, after, limit).map(({ id, missingSinceMs }) => ({ id, ...(missingSinceMs === null ? {} : { missingSinceMs }) })),
    byId: (deviceId, ids) => someById.all(JSON.stringify(ids), deviceId).map(channelOf),
    page: (deviceId, { parent, cursor = '', limit, area = '' }) => {
      const most = Math.max(1, Math.min(maxPage, Math.floor(limit)))
      const scan = area === '' ? most : maxScan
      const rows = (parent === undefined ? wholePage : levelPage).all({ deviceId, cursor, limit: scan + 1, ...(parent === undefined ? {} : { parent }) })
      const visible = rows.slice(0, scan).filter((row) => row.area.startsWith(area))
      const items = visible.slice(0, most)
      const last = visible.length > most ? items.at(-1) : rows.length > scan ? rows[scan - 1] : undefined
      return {
        items: items.map((row) => ({ ...channelOf(row), hasChildren: row.hasChildren === 1 })),
        ...(last ? { next: last.id } : {}),
        ...(area === '' ? { total: parent === undefined ? (count.get(deviceId)?.total ?? 0) : (levelCount.get(deviceId, parent) ?? 0) } : {}),
      }
    },
    counts: (deviceId) => count.get(deviceId) ?? { total: 0, cameras: 0 },
    miss: (deviceId, ids, atMs) => miss.immediate(deviceId, ids, atMs),
    drop: (deviceId, ids) => drop.immediate(deviceId, ids),
  }
}
