// Tables of the records. Cameras are two: a narrow one that is searched, and the documents that are only read by key.
import { index, integer, real, sqliteTable, text } from '../drizzle.ts'

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
