// Tables of what comes after a verdict: appeals with their files, further checks, opinions of other nodes, judging again.
import { index, integer, primaryKey, sqliteTable, text } from '../drizzle.ts'
import { inspections } from './inspections.ts'

const ofInspection = () =>
  text('inspection')
    .notNull()
    .references(() => inspections.id, { onDelete: 'cascade' })

/** When a check was first kept. */
export const checkTimes = sqliteTable('check_times', { inspection: ofInspection(), n: integer('n').notNull(), atMs: integer('at_ms').notNull() }, (table) => [primaryKey({ columns: [table.inspection, table.n] })])

export const appeals = sqliteTable(
  'appeals',
  { id: integer('id').primaryKey(), inspection: ofInspection(), n: integer('n').notNull(), text: text('text').notNull(), by: text('by').notNull(), atMs: integer('at_ms').notNull() },
  (table) => [index('appeals_inspection').on(table.inspection)],
)

export const appealFiles = sqliteTable(
  'appeal_files',
  {
    id: text('id').primaryKey(),
    appeal: integer('appeal')
      .notNull()
      .references(() => appeals.id, { onDelete: 'cascade' }),
    name: text('name').notNull(),
    contentType: text('content_type').notNull(),
    file: text('file').notNull(),
    size: integer('size').notNull(),
    sha256: text('sha256').notNull(),
    by: text('by').notNull(),
    atMs: integer('at_ms').notNull(),
  },
  (table) => [index('appeal_files_appeal').on(table.appeal)],
)

/** The review that answers an appeal: one at most. */
export const appealDecisions = sqliteTable('appeal_decisions', {
  appeal: integer('appeal')
    .primaryKey()
    .references(() => appeals.id, { onDelete: 'cascade' }),
  review: integer('review').notNull(),
  decision: text('decision').notNull(),
})

export const rechecks = sqliteTable(
  'rechecks',
  {
    id: integer('id').primaryKey(),
    inspection: ofInspection(),
    n: integer('n').notNull(),
    why: text('why').notNull(),
    by: text('by').notNull(),
    reason: text('reason').notNull(),
    askedAtMs: integer('asked_at_ms').notNull(),
    dueAtMs: integer('due_at_ms').notNull(),
    state: text('state').notNull(),
    begunAtMs: integer('begun_at_ms'),
    doneAtMs: integer('done_at_ms'),
    detail: text('detail'),
    check: text('document'),
  },
  (table) => [index('rechecks_inspection').on(table.inspection), index('rechecks_state').on(table.state)],
)

export const opinions = sqliteTable(
  'opinions',
  {
    id: integer('id').primaryKey(),
    inspection: ofInspection(),
    n: integer('n').notNull(),
    node: text('node').notNull(),
    by: text('by').notNull(),
    atMs: integer('at_ms').notNull(),
    check: text('document').notNull(),
    recordingSha256: text('recording_sha256').notNull(),
    file: text('file'),
    state: text('state').notNull(),
    verifiedAtMs: integer('verified_at_ms'),
    computed: text('computed'),
    differences: text('differences').notNull(),
    remarks: text('remarks').notNull(),
    signed: text('signed'),
  },
  (table) => [index('opinions_inspection').on(table.inspection)],
)

export const rejudgements = sqliteTable(
  'rejudgements',
  {
    id: text('id').primaryKey(),
    inspection: ofInspection(),
    rules: text('rules').notNull(),
    rulesSha256: text('rules_sha256').notNull(),
    by: text('by').notNull(),
    atMs: integer('at_ms').notNull(),
    state: text('state').notNull(),
    finishedAtMs: integer('finished_at_ms'),
    software: text('software').notNull(),
    total: integer('total').notNull(),
    results: text('results').notNull(),
  },
  (table) => [index('rejudgements_inspection').on(table.inspection)],
)

/** Keys of other installations that the operator has compared; one that was revoked may be added anew. */
export const signingKeys = sqliteTable(
  'signing_keys',
  {
    id: integer('id').primaryKey(),
    fingerprint: text('fingerprint').notNull(),
    name: text('name').notNull(),
    note: text('note').notNull(),
    by: text('by').notNull(),
    atMs: integer('at_ms').notNull(),
    revokedAtMs: integer('revoked_at_ms'),
    revokedBy: text('revoked_by'),
    revokedReason: text('revoked_reason'),
  },
  (table) => [index('signing_keys_fingerprint').on(table.fingerprint)],
)
