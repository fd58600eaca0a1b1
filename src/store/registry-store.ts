// RegistryStore on SQLite: records, devices, channels, presence.
import { asc, desc, eq, getTableColumns, sql } from './drizzle.ts'
import type { Binding, CatalogPart, Device, DeviceSettings, FieldChange, Presence, RegistryStore } from '../registry/index.ts'
import { bindingRows, bindingStore } from './binding-store.ts'
import { cameraColumns, cameraOf, type CameraRow } from './camera-rows.ts'
import { findCameras, findPopulation } from './camera-search.ts'
import { channelRows, channelWriter } from './channel-rows.ts'
import { checkStore } from './check-store.ts'
import { completenessStore } from './completeness-store.ts'
import type { Connection } from './database.ts'
import { findingStore } from './finding-store.ts'
import type { Write } from './group-commit.ts'
import type { Meantime } from './meantime.ts'
import { noticeStore } from './notice-store.ts'
import { pointStore } from './point-rows.ts'
import { carrierOf, carriedRefresher, presenceRefresher } from './presence.ts'
import { recordWriter } from './record-writer.ts'
import { devices, fieldChanges, presenceChanges } from './schema/index.ts'
import { sourceStore } from './source-store.ts'
import type { Task } from './trouble.ts'

/** `write` gathers writes into groups that are on the disk before they are told (group-commit.ts); without it each is a transaction of its own; `meantime` where registrations have a way of theirs. */
export function registryStore({ raw, typed }: Connection, task: Task, write: Write = (work) => task(() => raw.transaction(work).immediate()), meantime?: Meantime): RegistryStore {
  const oneCamera = raw.prepare<[string], CameraRow>(`SELECT ${cameraColumns} FROM cameras c JOIN camera_documents d ON d.n = c.n WHERE c.id = ?`)
  const carrier = raw.prepare<[{ id: string }], { id: string }>(carrierOf)
  const someCameras = raw.prepare<[string], CameraRow>(`SELECT ${cameraColumns} FROM json_each(?) j JOIN cameras c ON c.id = j.value JOIN camera_documents d ON d.n = c.n`)
  const writeRecords = recordWriter(raw)
  const writeCameras = raw.transaction(writeRecords)
  const refreshCarried = carriedRefresher(raw)
  const refreshCameras = presenceRefresher(raw)
  const writeChannelRows = channelWriter(raw)
  const writePart = raw.transaction(({ deviceId, channels, cameras, changes }: CatalogPart): readonly string[] => {
    const written = writeChannelRows(deviceId, channels)
    if (cameras.length > 0 || changes.length > 0) writeRecords(cameras, changes)
    if (written.length > 0) refreshCameras(written)
    return written
  })
  const channels = channelRows(raw)
  const missed = raw.transaction((deviceId: string, ids: readonly string[], atMs: number, changes: readonly FieldChange[]): void => {
    channels.miss(deviceId, ids, atMs)
    writeRecords([], changes)
  })
  const dropped = raw.transaction((deviceId: string, ids: readonly string[], changes: readonly FieldChange[]): void => {
    channels.drop(deviceId, ids)
    writeRecords([], changes)
  })
  const oneDevice = typed.select().from(devices).where(eq(devices.id, sql.placeholder('id'))).prepare()
  const onePassword = raw.prepare<[string], string | null>('SELECT password FROM devices WHERE id = ?').pluck()
  const putDevice = devicePutter(raw)
  const seen: Meantime['seen'] = meantime?.seen ?? ((_id, device) => device)
  const withNew: Meantime['devices'] = meantime?.devices ?? ((list) => list)
  const writeDevice = raw.transaction((device: Device): void => {
    const isNew = oneDevice.get({ id: device.id }) === undefined
    putDevice(device)
    if (isNew) for (let last = refreshCarried(device.id); last !== undefined; last = refreshCarried(device.id, last));
  })

  return {
    camera: (id) => task(() => optional(oneCamera.get(id), cameraOf)),
    cameras: (query) => task(() => findCameras(raw, query)),
    population: (area) => task(() => findPopulation(raw, area)),
    saveCameras: (cameras, changes, found) => write(() => writeCameras(cameras, changes, found)),
    history: (cameraId) => task(() => typed.select().from(fieldChanges).where(eq(fieldChanges.cameraId, cameraId)).orderBy(asc(fieldChanges.n)).all().map(changeOf)),
    device: (id) => task(() => seen(id, optional(oneDevice.get({ id }), deviceOf))),
    devices: () => task(() => withNew(typed.select().from(devices).orderBy(asc(devices.id)).all().map(deviceOf)).map((device) => seen(device.id, device) ?? device)),
    saveDevice: (device) => write(() => writeDevice(device)),
    devicePassword: (id) => task(() => onePassword.get(id) ?? undefined),
    setDevicePassword: (id, password) =>
      write(() => {
        typed.update(devices).set({ password: password ?? null }).where(eq(devices.id, id)).run()
      }),
    camerasById: (ids) => task(() => someCameras.all(JSON.stringify(ids)).map(cameraOf)),
    saveCatalogPart: (part) => task(() => writePart.immediate(part)),
    channelIds: (deviceId, after, limit) => task(() => channels.ids(deviceId, after, limit)),
    channelsById: (deviceId, ids) => task(() => channels.byId(deviceId, ids)),
    missChannels: (deviceId, ids, atMs, changes = []) => task(() => missed.immediate(deviceId, ids, atMs, changes)),
    dropChannels: (deviceId, ids, changes = []) => task(() => dropped.immediate(deviceId, ids, changes)),
    channelCounts: (deviceId) => task(() => channels.counts(deviceId)),
    channelPage: (deviceId, query) => task(() => channels.page(deviceId, query)),
    refreshPresence: (deviceId, after) => task(() => refreshCarried(deviceId, after)),
    deviceOfChannel: (channelId) => task(() => carrier.get({ id: channelId })?.id),
    ...(meantime ? { saveBinding: meantime.saveBinding, savePresenceChange: meantime.savePresenceChange, offlineBefore: meantime.offlineBefore } : bindingStore(bindingRows(raw), write)),
    presenceHistory: (deviceId, limit) =>
      task(() =>
        typed
          .select()
          .from(presenceChanges)
          .where(eq(presenceChanges.deviceId, deviceId))
          .orderBy(desc(presenceChanges.n))
          .limit(limit)
          .all()
          .map(({ n: _n, ...change }) => ({ ...change, from: change.from as Presence, to: change.to as Presence })),
      ),
    ...findingStore(raw, task),
    ...checkStore(raw, task),
    ...completenessStore(raw, task),
    ...noticeStore(raw, task),
    ...pointStore(raw, task),
    ...sourceStore(raw, task),
  }
}

const optional = <Row, Value>(row: Row | undefined, toValue: (row: Row) => Value): Value | undefined => (row === undefined ? undefined : toValue(row))

function deviceOf(row: typeof devices.$inferSelect): Device {
  return {
    id: row.id,
    approved: row.approved,
    ...(row.binding === null ? {} : { binding: JSON.parse(row.binding) as Binding }),
    presence: row.presence as Presence,
    ...(row.presenceReason === null ? {} : { presenceReason: row.presenceReason }),
    ...(row.presenceSinceMs === null ? {} : { presenceSinceMs: row.presenceSinceMs }),
    mediaTransport: row.mediaTransport as Device['mediaTransport'],
    channelCount: row.channelCount,
    ...(row.catalogAtMs === null ? {} : { catalogAtMs: row.catalogAtMs }),
    ...(row.catalogComplete === null ? {} : { catalogComplete: row.catalogComplete }),
    ...(row.catalogEmpty === null ? {} : { catalogEmpty: row.catalogEmpty }),
    ...(row.catalogWholeAtMs === null ? {} : { catalogWholeAtMs: row.catalogWholeAtMs }),
    firstSeenMs: row.firstSeenMs,
    ...(row.settings === null ? {} : { settings: JSON.parse(row.settings) as DeviceSettings }),
  }
}

/** Columns that have ways in of their own once the device is known, so that whoever read it before cannot write over what came since. */
const ownWays: readonly string[] = ['binding', 'presence', 'presenceReason', 'presenceSinceMs']

/** Writes a device, but for its password, and for binding and presence of a known one. One statement made once: building the SQL cost more than running it. */
function devicePutter(raw: Connection['raw']): (device: Device) => void {
  const { password: _password, ...columns } = getTableColumns(devices)
  const names = Object.entries(columns).map(([key, { name }]) => ({ key, name }))
  const put = raw.prepare(`
    INSERT INTO devices (${names.map(({ name }) => name).join(', ')}) VALUES (${names.map(({ key }) => `@${key}`).join(', ')})
    ON CONFLICT (id) DO UPDATE SET ${names.filter(({ key }) => !ownWays.includes(key)).map(({ name }) => `${name} = excluded.${name}`).join(', ')}`)
  return (device) => void put.run(deviceColumns(device))
}

/** As SQLite binds them, which has no booleans. */
function deviceColumns(device: Device): Record<Exclude<keyof typeof devices.$inferInsert, 'password'>, string | number | null> {
  return {
    id: device.id,
    approved: Number(device.approved),
    binding: device.binding ? JSON.stringify(device.binding) : null,
    presence: device.presence,
    presenceReason: device.presenceReason ?? null,
    presenceSinceMs: device.presenceSinceMs ?? null,
    mediaTransport: device.mediaTransport,
    channelCount: device.channelCount,
    catalogAtMs: device.catalogAtMs ?? null,
    catalogComplete: device.catalogComplete === undefined ? null : Number(device.catalogComplete),
    catalogEmpty: device.catalogEmpty === undefined ? null : Number(device.catalogEmpty),
    catalogWholeAtMs: device.catalogWholeAtMs ?? null,
    firstSeenMs: device.firstSeenMs,
    settings: device.settings ? JSON.stringify(device.settings) : null,
  }
}

function changeOf(row: typeof fieldChanges.$inferSelect): FieldChange {
  const { cameraId, field, atMs, by, why, side } = row
  return { cameraId, field, ...(row.from === null ? {} : { from: row.from }), ...(row.to === null ? {} : { to: row.to }), atMs, by, why, ...(side === 'declared' ? {} : { side: side as 'reported' | 'verified' }) }
}
