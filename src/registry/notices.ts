// Alarms, positions, what devices say of themselves, and their snapshots: kept within bounds. GB/T 28181-2022 9.4, 9.5, 9.11, 9.14.
import type { Clock, Log } from '../base/index.ts'
import type { Keeping, Notices, NoticeStore } from './notice-types.ts'
import type { RegistryStore } from './types.ts'

export const keeping: Keeping = { alarms: 200_000, alarmDays: 90, positions: 10_000, snapshots: 10_000 }

/** Ours: what an alarm or a device's word of itself may fill of a row. */
const maxText = 4096
const maxRawFields = 100
const dayMs = 24 * 3600_000

export function createNotices(store: NoticeStore & Pick<RegistryStore, 'device'>, clock: Clock, log: Log, keep: Keeping): Notices {
  const isDegrees = (longitude: number, latitude: number): boolean => Math.abs(longitude) <= 180 && Math.abs(latitude) <= 90 && (longitude !== 0 || latitude !== 0)
  return {
    applyAlarm: async (alarm) => {
      const { description, longitude, latitude, ...rest } = alarm
      const place = longitude !== undefined && latitude !== undefined && isDegrees(longitude, latitude) ? { longitude, latitude } : {}
      const words = description === undefined ? {} : { description: description.slice(0, maxText) }
      await store.saveAlarm({ ...rest, ...words, ...place, raw: bounded(alarm.raw) }, { most: keep.alarms, sinceMs: clock.wallMs() - keep.alarmDays * dayMs })
    },
    alarms: store.alarms,
    applyPositions: async (positions) => {
      // Interop: devices without a fix send 0, 0 (Q46).
      const real = positions.filter(({ longitude, latitude }) => isDegrees(longitude, latitude))
      if (real.length > 0) await store.savePositions(real, { most: keep.positions })
    },
    positions: store.positions,
    applyInformation: async (deviceId, said) => {
      if (!(await store.device(deviceId))) return
      const status = said.status && { status: { ...said.status, raw: bounded(said.status.raw) } }
      await store.saveInformation(deviceId, { ...said, ...(said.raw && { raw: bounded(said.raw) }), ...status })
    },
    information: async (deviceId) => (await store.information(deviceId)) ?? {},
    orderSnapshots: (order) => store.saveSnapshotOrder({ ...order, atMs: clock.wallMs() }),
    snapshotOrder: store.snapshotOrder,
    snapshotOrders: store.snapshotOrders,
    addSnapshot: (session, picture) => store.saveSnapshotPicture(session, { ...picture, atMs: clock.wallMs() }, { most: keep.snapshots }),
    finishSnapshots: async (session, fileIds) => {
      const order = await store.snapshotOrder(session)
      if (!order) return log.info({ session }, 'a device finished snapshots that nobody here ordered')
      const { pictures: _kept, ...plain } = order
      await store.saveSnapshotOrder({ ...plain, finishedAtMs: clock.wallMs(), fileIds: fileIds.slice(0, maxRawFields) })
    },
  }
}

/** Passwords that a device names among its fields are not kept (Q61). */
const bounded = (raw: Readonly<Record<string, string>>): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.entries(raw).filter(([name]) => !/password|passwd/i.test(name)).slice(0, maxRawFields).map(([name, value]) => [name, value.slice(0, maxText)]))
