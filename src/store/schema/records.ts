// Tables of the records. Cameras are two: a narrow one that is searched, and the documents that are only read by key.
import { index, integer, primaryKey, real, sqliteTable, text, uniqueIndex } from '../drizzle.ts'

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
    builtBy: text('built_by').notNull().default(''),
    /** Fields that the record's class must have, and those of them that are there and without an error. */
    mandatory: integer('mandatory').notNull().default(0),
    filled: integer('filled').notNull().default(0),
    /** Since when it is not there (unknown or offline); null while it is. */
    goneSinceMs: integer('gone_since_ms'),
    /** Several with a slash around each, like /1/5/. */
    functions: text('functions').notNull().default(''),
    industry: text('industry').notNull().default(''),
    /** The name as it is sorted, by sound (camera-text.ts). */
    nameKey: text('name_key').notNull().default(''),
  },
  // In the order of the pages and covering every filter but text: a page and its total are read from this index alone.
  (table) => [
    index('cameras_search').on(
      table.id, table.area, table.isRetired, table.isDraft, table.class, table.presence, table.isComplete, table.functions, table.industry, table.builtBy,
      table.longitude, table.latitude, table.updatedAtMs, table.owner, table.nameKey,
    ),
    // The other orders of pages, walked until a page is full.
    index('cameras_names').on(table.nameKey, table.id),
    index('cameras_updated').on(table.updatedAtMs, table.id),
    // What lies in a box is counted here, by its longitudes; without presence, which changes all day.
    index('cameras_box').on(table.longitude, table.latitude, table.isRetired, table.isDraft, table.class, table.area, table.isComplete),
  ],
)

/** What a record is found by as text (camera-text.ts); its grams are in the FTS5 table camera_grams under the same number. */
export const cameraTexts = sqliteTable('camera_texts', {
  n: integer('n')
    .primaryKey()
    .references(() => cameras.n, { onDelete: 'cascade' }),
  text: text('text').notNull(),
})

export const cameraDocuments = sqliteTable('camera_documents', {
  n: integer('n')
    .primaryKey()
    .references(() => cameras.n, { onDelete: 'cascade' }),
  declared: text('declared').notNull(),
  reported: text('reported'),
  findings: text('findings').notNull(),
  /** What an inspection or a person on site found, by field (JSON). */
  verified: text('verified'),
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
    /** declared, reported (`by` is the device) or verified. */
    side: text('side').notNull().default('declared'),
  },
  (table) => [index('field_changes_camera').on(table.cameraId)],
)

/** What rules find, with a life: it opens, is accepted or waived by a person, is fixed when its rule no longer finds it, and opens again. Never deleted. */
export const findings = sqliteTable(
  'findings',
  {
    n: integer('n').primaryKey(),
    cameraId: text('camera_id').notNull(),
    /** The camera's, and moves with it. */
    area: text('area').notNull(),
    rule: text('rule').notNull(),
    field: text('field').notNull(),
    /** error, warning, info. */
    severity: text('severity').notNull(),
    /** Who found it: record, area, catalog, presence, inspection. */
    source: text('source').notNull(),
    /** open, accepted, waived, fixed. */
    state: text('state').notNull(),
    messageZh: text('message_zh').notNull(),
    messageEn: text('message_en').notNull(),
    /** The values that it rests on (JSON): a waiver ends when they change. */
    detail: text('detail'),
    owner: text('owner'),
    dueAtMs: integer('due_at_ms'),
    reason: text('reason'),
    firstAtMs: integer('first_at_ms').notNull(),
    lastAtMs: integer('last_at_ms').notNull(),
    stateAtMs: integer('state_at_ms').notNull(),
    stateBy: text('state_by'),
  },
  // The second is in the order of the pages and covers every filter.
  (table) => [
    uniqueIndex('findings_key').on(table.cameraId, table.source, table.rule, table.field),
    index('findings_search').on(table.area, table.n, table.state, table.rule, table.severity, table.source, table.owner, table.dueAtMs),
    index('findings_rule').on(table.rule, table.state, table.cameraId),
    index('findings_owner').on(table.owner, table.state),
  ],
)

/** Who changed what of a finding; only ever added to. */
export const findingChanges = sqliteTable(
  'finding_changes',
  {
    n: integer('n').primaryKey(),
    finding: integer('finding').notNull(),
    /** state, owner, due, comment. */
    what: text('what').notNull(),
    from: text('from_value'),
    to: text('to_value'),
    reason: text('reason').notNull(),
    atMs: integer('at_ms').notNull(),
    /** An account, or '' where a rule decided. */
    by: text('by').notNull(),
  },
  (table) => [index('finding_changes_finding').on(table.finding)],
)

/** Findings counted, kept by triggers: a list's counts are read from a few hundred rows. */
export const findingSums = sqliteTable(
  'finding_sums',
  {
    area: text('area').notNull(),
    rule: text('rule').notNull(),
    severity: text('severity').notNull(),
    source: text('source').notNull(),
    state: text('state').notNull(),
    n: integer('n').notNull(),
  },
  (table) => [primaryKey({ columns: [table.area, table.rule, table.severity, table.source, table.state] })],
)

/** Unretired cameras counted, kept by triggers. */
export const cameraSums = sqliteTable(
  'camera_sums',
  {
    area: text('area').notNull(),
    class: text('class').notNull(),
    presence: text('presence').notNull(),
    isComplete: integer('is_complete', { mode: 'boolean' }).notNull(),
    isDraft: integer('is_draft', { mode: 'boolean' }).notNull(),
    n: integer('n').notNull(),
  },
  (table) => [primaryKey({ columns: [table.area, table.class, table.presence, table.isComplete, table.isDraft] })],
)

/** Completeness of declared, unretired records, kept by triggers; `last…` as it was when the last day was written. */
export const completenessSums = sqliteTable(
  'completeness_sums',
  {
    area: text('area').notNull(),
    class: text('class').notNull(),
    owner: text('owner').notNull(),
    builtBy: text('built_by').notNull(),
    records: integer('records').notNull(),
    complete: integer('complete').notNull(),
    mandatory: integer('mandatory').notNull(),
    filled: integer('filled').notNull(),
    lastRecords: integer('last_records').notNull().default(0),
    lastComplete: integer('last_complete').notNull().default(0),
    lastMandatory: integer('last_mandatory').notNull().default(0),
    lastFilled: integer('last_filled').notNull().default(0),
  },
  (table) => [primaryKey({ columns: [table.area, table.class, table.owner, table.builtBy] })],
)

/** What a day added to the figures of a group, so that a year of unchanged groups is no row: the figure of a day is the sum up to it. */
export const completenessDays = sqliteTable(
  'completeness_days',
  {
    area: text('area').notNull(),
    class: text('class').notNull(),
    owner: text('owner').notNull(),
    builtBy: text('built_by').notNull(),
    day: text('day').notNull(),
    records: integer('records').notNull(),
    complete: integer('complete').notNull(),
    mandatory: integer('mandatory').notNull(),
    filled: integer('filled').notNull(),
  },
  (table) => [primaryKey({ columns: [table.area, table.class, table.owner, table.builtBy, table.day] })],
)

/** Days on which the figures were written. */
export const completenessRuns = sqliteTable('completeness_runs', {
  /** YYYY-MM-DD, Beijing time. */
  day: text('day').primaryKey(),
  atMs: integer('at_ms').notNull(),
})

/** Checks of whole areas: begun, and how they ended. */
export const areaChecks = sqliteTable('area_checks', {
  id: text('id').primaryKey(),
  /** running, done, cancelled, failed. */
  state: text('state').notNull(),
  startedAtMs: integer('started_at_ms').notNull(),
  /** The check as it is told of (JSON). */
  document: text('document').notNull(),
})
