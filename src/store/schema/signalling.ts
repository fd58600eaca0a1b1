// Tables of what devices are and say: bindings, channels, alarms, positions, pictures.
import { foreignKey, index, integer, primaryKey, real, sqliteTable, text } from '../drizzle.ts'
import { cameras } from './records.ts'

export const devices = sqliteTable('devices', {
  id: text('id').primaryKey(),
  approved: integer('approved', { mode: 'boolean' }).notNull(),
  /** SIP digest needs the password itself; the data directory is readable by its owner only. */
  password: text('password'),
  binding: text('binding'),
  presence: text('presence').notNull(),
  presenceReason: text('presence_reason'),
  presenceSinceMs: integer('presence_since_ms'),
  mediaTransport: text('media_transport').notNull(),
  channelCount: integer('channel_count').notNull(),
  catalogAtMs: integer('catalog_at_ms'),
  catalogComplete: integer('catalog_complete', { mode: 'boolean' }),
  firstSeenMs: integer('first_seen_ms').notNull(),
  /** The device's last whole answer listed nothing; what it listed before stays. */
  catalogEmpty: integer('catalog_empty', { mode: 'boolean' }),
  /** What somebody set for this device (JSON); null: as by default. */
  settings: text('settings'),
  /** The last catalog that was complete and listed something: what it lacked is known to be lacking, whatever arrived in part since. */
  catalogWholeAtMs: integer('catalog_whole_at_ms'),
})

/** A channel may be listed by several devices: directly and by a platform above. */
export const channels = sqliteTable(
  'channels',
  {
    deviceId: text('device_id')
      .notNull()
      .references(() => devices.id, { onDelete: 'cascade' }),
    id: text('id').notNull(),
    name: text('name').notNull(),
    status: text('status').notNull(),
    parentId: text('parent_id'),
    raw: text('raw').notNull(),
    /** region, group, camera or other. */
    kind: text('kind').notNull().default('other'),
    /** The event of a NOTIFY that set the status since the last catalog: ON, OFF, VLOST, DEFECT. */
    statusEvent: text('status_event'),
    /** Since when the device's complete catalogs lack it. */
    missingSinceMs: integer('missing_since_ms'),
    /** Ids of the same device that it hangs under (JSON array); the same as channel_parents, for reading. */
    parents: text('parents').notNull().default('[]'),
    /** When the device last said something new of it. */
    saidAtMs: integer('said_at_ms'),
  },
  // The second is for counting, the third for who lists a camera; the rows themselves are wide.
  (table) => [primaryKey({ columns: [table.deviceId, table.id] }), index('channels_listed').on(table.id, table.deviceId, table.missingSinceMs), index('channels_count').on(table.deviceId, table.kind, table.missingSinceMs)],
)

/** The tree of a device's catalog, for pages of one level; '' is the top. A channel may hang in several places. */
export const channelParents = sqliteTable(
  'channel_parents',
  {
    deviceId: text('device_id').notNull(),
    parentId: text('parent_id').notNull(),
    channelId: text('channel_id').notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.deviceId, table.parentId, table.channelId] }),
    foreignKey({ columns: [table.deviceId, table.channelId], foreignColumns: [channels.deviceId, channels.id] }).onDelete('cascade'),
    index('channel_parents_channel').on(table.deviceId, table.channelId),
  ],
)

/** Where a camera is pulled by RTSP instead of invited. Digest needs the password itself; the data directory is readable by its owner only. */
export const cameraSources = sqliteTable('camera_sources', {
  cameraId: text('camera_id')
    .primaryKey()
    .references(() => cameras.id, { onDelete: 'cascade' }),
  url: text('url').notNull(),
  username: text('username'),
  password: text('password'),
  transport: text('transport').notNull(),
})

/** What a device says of itself, the latest of each: DeviceInfo, DeviceStatus, faulty sub-devices, the end of an upgrade. */
export const deviceInformation = sqliteTable('device_information', {
  deviceId: text('device_id')
    .primaryKey()
    .references(() => devices.id, { onDelete: 'cascade' }),
  document: text('document').notNull(),
})

/** Alarms as devices sent them; bounded by age and number. `area` is that of the channel when it came. */
export const alarms = sqliteTable(
  'alarms',
  {
    n: integer('n').primaryKey({ autoIncrement: true }),
    deviceId: text('device_id').notNull(),
    channelId: text('channel_id').notNull(),
    area: text('area').notNull(),
    atMs: integer('at_ms').notNull(),
    priority: integer('priority'),
    method: text('method'),
    alarmType: text('alarm_type'),
    eventType: integer('event_type'),
    alarmedAtMs: integer('alarmed_at_ms'),
    description: text('description'),
    longitude: real('longitude'),
    latitude: real('latitude'),
    raw: text('raw').notNull(),
  },
  (table) => [index('alarms_device').on(table.deviceId, table.n), index('alarms_channel').on(table.channelId, table.n), index('alarms_time').on(table.atMs)],
)

/** Where moving devices were; bounded per device. */
export const positions = sqliteTable(
  'positions',
  {
    n: integer('n').primaryKey({ autoIncrement: true }),
    deviceId: text('device_id').notNull(),
    channelId: text('channel_id').notNull(),
    atMs: integer('at_ms').notNull(),
    fixedAtMs: integer('fixed_at_ms'),
    longitude: real('longitude').notNull(),
    latitude: real('latitude').notNull(),
    speedKmh: real('speed_kmh'),
    direction: real('direction'),
    altitudeM: real('altitude_m'),
    heightM: real('height_m'),
  },
  (table) => [index('positions_device').on(table.deviceId, table.n)],
)

/** Pictures that a device was told to take and upload. GB/T 28181-2022 9.14. */
export const snapshotOrders = sqliteTable(
  'snapshot_orders',
  {
    session: text('session').primaryKey(),
    cameraId: text('camera_id').notNull(),
    deviceId: text('device_id').notNull(),
    by: text('by').notNull(),
    atMs: integer('at_ms').notNull(),
    count: integer('count').notNull(),
    finishedAtMs: integer('finished_at_ms'),
    /** What the device says it uploaded (JSON array). */
    fileIds: text('file_ids'),
  },
  (table) => [index('snapshot_orders_camera').on(table.cameraId, table.atMs)],
)

export const snapshotPictures = sqliteTable(
  'snapshot_pictures',
  {
    n: integer('n').primaryKey({ autoIncrement: true }),
    session: text('session')
      .notNull()
      .references(() => snapshotOrders.session, { onDelete: 'cascade' }),
    /** Its name in the folder of snapshots. */
    file: text('file').notNull().unique(),
    name: text('name').notNull(),
    bytes: integer('bytes').notNull(),
    sha256: text('sha256').notNull(),
    atMs: integer('at_ms').notNull(),
  },
  (table) => [index('snapshot_pictures_session').on(table.session)],
)

export const presenceChanges = sqliteTable(
  'presence_changes',
  {
    n: integer('n').primaryKey(),
    deviceId: text('device_id').notNull(),
    from: text('from_presence').notNull(),
    to: text('to_presence').notNull(),
    reason: text('reason').notNull(),
    atMs: integer('at_ms').notNull(),
  },
  (table) => [index('presence_changes_device').on(table.deviceId, table.n)],
)
