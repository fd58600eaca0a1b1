// Tables of what evidence is kept: a row for each file that is there, kept by triggers from what checks name, and what persons hold back from removal.
import { index, integer, primaryKey, sqliteTable, text } from '../drizzle.ts'
import { inspections } from './inspections.ts'

/** Its row goes with the file; the check that names it goes on naming it, with its hash and since when it is gone. */
export const evidenceFiles = sqliteTable(
  'evidence_files',
  {
    inspection: text('inspection')
      .notNull()
      .references(() => inspections.id, { onDelete: 'cascade' }),
    file: text('file').notNull(),
    n: integer('n').notNull(),
    kind: text('kind').notNull(),
    /** Null of evidence that is older than the word: measured when it is looked through. */
    bytes: integer('bytes'),
    /** When its inspection began. */
    atMs: integer('at_ms').notNull(),
  },
  (table) => [primaryKey({ columns: [table.inspection, table.file] }), index('evidence_files_age').on(table.kind, table.atMs)],
)

/** A person says that evidence stays, whatever the rules of keeping say, and later that it need not. Never deleted. */
export const evidenceHolds = sqliteTable(
  'evidence_holds',
  {
    id: integer('id').primaryKey(),
    inspection: text('inspection')
      .notNull()
      .references(() => inspections.id, { onDelete: 'cascade' }),
    /** Null: every check of it. */
    n: integer('n'),
    reason: text('reason').notNull(),
    by: text('by').notNull(),
    atMs: integer('at_ms').notNull(),
    releasedAtMs: integer('released_at_ms'),
    releasedBy: text('released_by'),
    releasedWhy: text('released_why'),
  },
  (table) => [index('evidence_holds_inspection').on(table.inspection)],
)
