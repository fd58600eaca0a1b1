// NoticeStore on SQLite: alarms, positions, what devices say of themselves, and their snapshots. Lists are bounded where they grow.
import type Database from 'better-sqlite3'
import type { Alarm, AlarmQuery, AlarmPage, DeviceInformation, DevicePosition, NewAlarm, NewPosition, NoticeStore, SnapshotOrder, SnapshotPicture } from '../registry/index.ts'
import type { Task } from './trouble.ts'

/** Ours: rows looked after at one go, how often that is, and what one device may fill of all alarms. */
const trimPart = 256
const trimEvery = 64
const deviceShare = 20
const maxPage = 1000
/** Alarms that one question looks at: a page of what is rare may come out short, or empty, and still have a next. Ours. */
const window = 20_000

type Row<T> = { readonly [K in keyof T]-?: NonNullable<T[K]> extends number ? number | null : string | null }

export function noticeStore(raw: Database.Database, task: Task): NoticeStore {
  const alarms = alarmRows(raw)
  const positions = positionRows(raw)
  const information = raw.prepare<[string], string>('SELECT document FROM device_information WHERE device_id = ?').pluck()
  const putInformation = raw.prepare('INSERT INTO device_information (device_id, document) VALUES (?, ?) ON CONFLICT (device_id) DO UPDATE SET document = excluded.document')
  const read = (deviceId: string): DeviceInformation | undefined => {
    const document = information.get(deviceId)
    return document === undefined ? undefined : (JSON.parse(document) as DeviceInformation)
  }
  const merge = raw.transaction((deviceId: string, said: DeviceInformation): void => void putInformation.run(deviceId, JSON.stringify({ ...read(deviceId), ...said })))
  const snapshots = snapshotRows(raw)
  return {
    saveAlarm: (alarm, keep) => task(() => alarms.save(alarm, keep)),
    alarms: (query) => task(() => alarms.find(query)),
    savePositions: (list, keep) => task(() => positions.save(list, keep.most)),
    positions: (deviceId, before, limit) => task(() => positions.find(deviceId, before, limit)),
    information: (deviceId) => task(() => read(deviceId)),
    saveInformation: (deviceId, said) => task(() => merge.immediate(deviceId, said)),
    saveSnapshotOrder: (order) => task(() => snapshots.saveOrder(order)),
    snapshotOrder: (session) => task(() => snapshots.order(session)),
    snapshotOrders: (cameraId, limit) => task(() => snapshots.orders(cameraId, limit)),
    saveSnapshotPicture: (session, picture, { most }) => task(() => snapshots.savePicture(session, picture, most)),
  }
}

/** A row without its nulls; `raw` as the object that it was. */
function plain<T>(row: Row<T>): T {
  return Object.fromEntries(Object.entries(row).flatMap(([name, value]) => (value === null ? [] : [[name, name === 'raw' || name === 'fileIds' ? JSON.parse(value as string) : value]]))) as T
}

function alarmRows(raw: Database.Database): { readonly save: (alarm: NewAlarm, keep: { readonly most: number; readonly sinceMs: number }) => void; readonly find: (query: AlarmQuery) => AlarmPage } {
  const columns = `n, device_id AS deviceId, channel_id AS channelId, area, at_ms AS atMs, priority, method, alarm_type AS alarmType, event_type AS eventType,
    alarmed_at_ms AS alarmedAtMs, description, longitude, latitude, raw`
  const add = raw.prepare(`
    INSERT INTO alarms (device_id, channel_id, area, at_ms, priority, method, alarm_type, event_type, alarmed_at_ms, description, longitude, latitude, raw)
    VALUES (@deviceId, @channelId, coalesce((SELECT nullif(area, '') FROM cameras WHERE id = @channelId), substr(@channelId, 1, 6)), @atMs, @priority, @method, @alarmType, @eventType,
      @alarmedAtMs, @description, @longitude, @latitude, @raw)`)
  const trimAll = raw.prepare(`DELETE FROM alarms WHERE n IN (SELECT n FROM alarms WHERE n <= ? ORDER BY n LIMIT ${trimPart})`)
  const trimOld = raw.prepare(`DELETE FROM alarms WHERE n IN (SELECT n FROM alarms WHERE at_ms < ? ORDER BY at_ms LIMIT ${trimPart})`)
  const trimDevice = raw.prepare(`DELETE FROM alarms WHERE device_id = @deviceId AND n <= (SELECT n FROM alarms WHERE device_id = @deviceId ORDER BY n DESC LIMIT 1 OFFSET @most)`)
  const save = raw.transaction((alarm: NewAlarm, { most, sinceMs }: { readonly most: number; readonly sinceMs: number }): void => {
    const nothing = { priority: null, method: null, alarmType: null, eventType: null, alarmedAtMs: null, description: null, longitude: null, latitude: null }
    const n = Number(add.run({ ...nothing, ...alarm, raw: JSON.stringify(alarm.raw) }).lastInsertRowid)
    trimAll.run(n - most)
    if (n % trimEvery !== 0) return
    trimOld.run(sinceMs)
    trimDevice.run({ deviceId: alarm.deviceId, most: Math.max(1, Math.floor(most / deviceShare)) })
  })
  const newest = raw.prepare<[], number | null>('SELECT max(n) FROM alarms').pluck()
  const first = raw.prepare<[], number | null>('SELECT min(n) FROM alarms').pluck()
  const find = (query: AlarmQuery): AlarmPage => {
    const before = Math.min(query.before ?? Number.MAX_SAFE_INTEGER, (newest.get() ?? 0) + 1)
    const floor = before - window
    const terms = ['n < @before', 'n >= @floor']
    const { area = '', deviceId, channelId, fromMs, toMs, method, alarmType, priority } = query
    // Digits sort below ":": a range finds the prefix without a function call per row.
    if (area !== '') terms.push('area >= @area AND area < @areaEnd')
    if (deviceId !== undefined) terms.push('device_id = @deviceId')
    if (channelId !== undefined) terms.push('channel_id = @channelId')
    if (fromMs !== undefined) terms.push('at_ms >= @fromMs')
    if (toMs !== undefined) terms.push('at_ms < @toMs')
    // Interop: `12` is 1 and 2 (signalling A.2.5.3).
    if (method !== undefined) terms.push(`instr(method, @method) > 0`)
    if (alarmType !== undefined) terms.push('alarm_type = @alarmType')
    if (priority !== undefined) terms.push('priority <= @priority')
    const limit = Math.max(1, Math.min(maxPage, Math.floor(query.limit)))
    const rows = raw
      .prepare<[object], Row<Alarm>>(`SELECT ${columns} FROM alarms WHERE ${terms.join(' AND ')} ORDER BY n DESC LIMIT @most`)
      .all({ ...query, areaEnd: `${area}:`, before, floor, most: limit + 1 })
    const items = rows.slice(0, limit).map((row) => plain<Alarm>(row))
    const last = rows.length > limit ? items.at(-1)?.n : floor > (first.get() ?? 0) ? floor : undefined
    return { items, ...(last === undefined ? {} : { next: last }) }
  }
  return { save: (alarm, keep) => save.immediate(alarm, keep), find }
}

function positionRows(raw: Database.Database): {
  readonly save: (positions: readonly NewPosition[], most: number) => void
  readonly find: (deviceId: string, before: number | undefined, limit: number) => readonly DevicePosition[]
} {
  const add = raw.prepare(`
    INSERT INTO positions (device_id, channel_id, at_ms, fixed_at_ms, longitude, latitude, speed_kmh, direction, altitude_m, height_m)
    VALUES (@deviceId, @channelId, @atMs, @fixedAtMs, @longitude, @latitude, @speedKmh, @direction, @altitudeM, @heightM)`)
  const trim = raw.prepare(`DELETE FROM positions WHERE device_id = @deviceId AND n <= (SELECT n FROM positions WHERE device_id = @deviceId ORDER BY n DESC LIMIT 1 OFFSET @most)`)
  const page = raw.prepare<[string, number, number], Row<DevicePosition>>(`
    SELECT n, device_id AS deviceId, channel_id AS channelId, at_ms AS atMs, fixed_at_ms AS fixedAtMs, longitude, latitude, speed_kmh AS speedKmh, direction,
      altitude_m AS altitudeM, height_m AS heightM FROM positions WHERE device_id = ? AND n < ? ORDER BY n DESC LIMIT ?`)
  const save = raw.transaction((positions: readonly NewPosition[], most: number): void => {
    const full = new Set<string>()
    for (const position of positions) {
      const n = Number(add.run({ fixedAtMs: null, speedKmh: null, direction: null, altitudeM: null, heightM: null, ...position }).lastInsertRowid)
      if (n % trimEvery === 0) full.add(position.deviceId)
    }
    for (const deviceId of full) trim.run({ deviceId, most })
  })
  return {
    save: (positions, most) => save.immediate(positions, most),
    find: (deviceId, before, limit) => page.all(deviceId, before ?? Number.MAX_SAFE_INTEGER, Math.max(1, Math.min(maxPage, Math.floor(limit)))).map((row) => plain<DevicePosition>(row)),
  }
}

function snapshotRows(raw: Database.Database): {
  readonly saveOrder: (order: Omit<SnapshotOrder, 'pictures'>) => void
  readonly order: (session: string) => SnapshotOrder | undefined
  readonly orders: (cameraId: string, limit: number) => readonly SnapshotOrder[]
  readonly savePicture: (session: string, picture: Omit<SnapshotPicture, 'n'>, most: number) => readonly string[]
} {
  type OrderRow = Row<Omit<SnapshotOrder, 'pictures'>> & { readonly session: string }
  const columns = 'session, camera_id AS cameraId, device_id AS deviceId, by, at_ms AS atMs, count, finished_at_ms AS finishedAtMs, file_ids AS fileIds'
  const put = raw.prepare(`
    INSERT INTO snapshot_orders (session, camera_id, device_id, by, at_ms, count, finished_at_ms, file_ids) VALUES (@session, @cameraId, @deviceId, @by, @atMs, @count, @finishedAtMs, @fileIds)
    ON CONFLICT (session) DO UPDATE SET finished_at_ms = excluded.finished_at_ms, file_ids = excluded.file_ids`)
  // An order whose pictures have all gone, and those of which none ever came, go with the time.
  const trimOrders = raw.prepare(`DELETE FROM snapshot_orders WHERE session IN (SELECT session FROM snapshot_orders o WHERE at_ms < ? AND NOT EXISTS
    (SELECT 1 FROM snapshot_pictures p WHERE p.session = o.session) ORDER BY at_ms LIMIT ${trimPart})`)
  const one = raw.prepare<[string], OrderRow>(`SELECT ${columns} FROM snapshot_orders WHERE session = ?`)
  const some = raw.prepare<[string, number], OrderRow>(`SELECT ${columns} FROM snapshot_orders WHERE camera_id = ? ORDER BY at_ms DESC, session LIMIT ?`)
  const picturesOf = raw.prepare<[string], SnapshotPicture>('SELECT n, file, name, bytes, sha256, at_ms AS atMs FROM snapshot_pictures WHERE session = ? ORDER BY n')
  const add = raw.prepare('INSERT INTO snapshot_pictures (session, file, name, bytes, sha256, at_ms) VALUES (@session, @file, @name, @bytes, @sha256, @atMs)')
  const oldest = raw.prepare<[number], { n: number; file: string }>(`SELECT n, file FROM snapshot_pictures ORDER BY n DESC LIMIT ${trimPart} OFFSET ?`)
  const remove = raw.prepare('DELETE FROM snapshot_pictures WHERE n = ?')
  const whole = (row: OrderRow): SnapshotOrder => ({ ...plain<Omit<SnapshotOrder, 'pictures'>>(row), pictures: picturesOf.all(row.session) })
  const savePicture = raw.transaction((session: string, picture: Omit<SnapshotPicture, 'n'>, most: number): readonly string[] => {
    add.run({ session, ...picture })
    const beyond = oldest.all(most)
    for (const { n } of beyond) remove.run(n)
    return beyond.map(({ file }) => file)
  })
  const keepEmptyMs = 90 * 24 * 3600_000
  return {
    saveOrder: (order) => {
      put.run({ finishedAtMs: null, ...order, fileIds: order.fileIds ? JSON.stringify(order.fileIds) : null })
      trimOrders.run(order.atMs - keepEmptyMs)
    },
    order: (session) => {
      const row = one.get(session)
      return row && whole(row)
    },
    orders: (cameraId, limit) => some.all(cameraId, Math.max(1, Math.min(maxPage, limit))).map(whole),
    savePicture: (session, picture, most) => savePicture.immediate(session, picture, most),
  }
}
