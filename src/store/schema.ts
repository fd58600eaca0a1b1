// The tables. Cameras are two: a narrow one that is searched, and the documents that are only read by key.
// A change here is a new migration: npx drizzle-kit generate --dialect sqlite --schema src/store/schema.ts --out src/store/migrations
import { index, integer, primaryKey, real, sqliteTable, text } from 'drizzle-orm/sqlite-core'

/** What lists, filters and counts need; `declared` values, or those the device reports while nobody has declared the record. */
export const cameras = sqliteTable(
  'cameras',
  {
    n: integer('n').primaryKey(),
    id: text('id').notNull().unique(),
    area: text('area').notNull(),
    class: text('class').notNull(),
    owner: text('owner').notNull(),
    presence: text('presence').notNull(),
    isComplete: integer('is_complete', { mode: 'boolean' }).notNull(),
    isDraft: integer('is_draft', { mode: 'boolean' }).notNull(),
    isRetired: integer('is_retired', { mode: 'boolean' }).notNull(),
    name: text('name').notNull(),
    address: text('address').notNull(),
    longitude: real('longitude'),
    latitude: real('latitude'),
    version: integer('version').notNull(),
    updatedAtMs: integer('updated_at_ms').notNull(),
  },
  // In the order of the pages and covering every filter: a page and its total are read from this index alone.
  (table) => [index('cameras_search').on(table.id, table.area, table.isRetired, table.isDraft, table.class, table.presence, table.isComplete, table.owner, table.name, table.address)],
)

export const cameraDocuments = sqliteTable('camera_documents', {
  n: integer('n')
    .primaryKey()
    .references(() => cameras.n, { onDelete: 'cascade' }),
  declared: text('declared').notNull(),
  reported: text('reported'),
  findings: text('findings').notNull(),
})

/** Who changed what, when and why; only ever added to. */
export const fieldChanges = sqliteTable(
  'field_changes',
  {
    n: integer('n').primaryKey(),
    cameraId: text('camera_id').notNull(),
    field: text('field').notNull(),
    from: text('from_value'),
    to: text('to_value'),
    atMs: integer('at_ms').notNull(),
    by: text('by').notNull(),
    why: text('why').notNull(),
  },
  (table) => [index('field_changes_camera').on(table.cameraId)],
)

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
  },
  (table) => [primaryKey({ columns: [table.deviceId, table.id] }), index('channels_id').on(table.id)],
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

export const inspections = sqliteTable(
  'inspections',
  {
    id: text('id').primaryKey(),
    area: text('area').notNull(),
    startedAtMs: integer('started_at_ms').notNull(),
    finishedAtMs: integer('finished_at_ms'),
    state: text('state').notNull(),
    createdBy: text('created_by').notNull(),
    draw: text('draw').notNull(),
    rules: text('rules').notNull(),
    total: integer('total').notNull(),
  },
  (table) => [index('inspections_started').on(table.startedAtMs)],
)

/** The population as it was frozen, in its order; never changed afterwards. */
export const populationMembers = sqliteTable(
  'population_members',
  {
    inspection: text('inspection')
      .notNull()
      .references(() => inspections.id, { onDelete: 'cascade' }),
    position: integer('position').notNull(),
    member: text('member').notNull(),
  },
  (table) => [primaryKey({ columns: [table.inspection, table.position] })],
)

export const checks = sqliteTable(
  'checks',
  {
    inspection: text('inspection')
      .notNull()
      .references(() => inspections.id, { onDelete: 'cascade' }),
    n: integer('n').notNull(),
    check: text('document').notNull(),
  },
  (table) => [primaryKey({ columns: [table.inspection, table.n] })],
)

/** A person's word beside the machine's verdict, which stays. */
export const reviews = sqliteTable(
  'reviews',
  {
    order: integer('order').primaryKey(),
    inspection: text('inspection')
      .notNull()
      .references(() => inspections.id, { onDelete: 'cascade' }),
    n: integer('n').notNull(),
    result: text('result').notNull(),
    reason: text('reason').notNull(),
    by: text('by').notNull(),
    atMs: integer('at_ms').notNull(),
  },
  (table) => [index('reviews_inspection').on(table.inspection)],
)

export const accounts = sqliteTable('accounts', {
  name: text('name').primaryKey(),
  role: text('role').notNull(),
  area: text('area').notNull(),
  passwordHash: text('password_hash').notNull(),
  createdAtMs: integer('created_at_ms').notNull(),
  disabled: integer('disabled', { mode: 'boolean' }).notNull(),
})

export const sessions = sqliteTable(
  'sessions',
  {
    tokenSha256: text('token_sha256').primaryKey(),
    account: text('account').notNull(),
    expiresAtMs: integer('expires_at_ms').notNull(),
  },
  (table) => [index('sessions_expiry').on(table.expiresAtMs)],
)

export const audit = sqliteTable('audit', {
  n: integer('n').primaryKey(),
  atMs: integer('at_ms').notNull(),
  account: text('account').notNull(),
  action: text('action').notNull(),
  subject: text('subject').notNull(),
  detail: text('detail').notNull(),
})
