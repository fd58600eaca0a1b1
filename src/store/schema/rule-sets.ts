// Table of rule sets that people wrote: every version stays as it was written.
import { integer, primaryKey, sqliteTable, text } from '../drizzle.ts'

export const ruleSets = sqliteTable(
  'rule_sets',
  {
    name: text('name').notNull(),
    version: integer('version').notNull(),
    sha256: text('sha256').notNull(),
    document: text('document').notNull(),
    note: text('note').notNull(),
    area: text('area').notNull(),
    by: text('by').notNull(),
    atMs: integer('at_ms').notNull(),
  },
  (table) => [primaryKey({ columns: [table.name, table.version] })],
)
