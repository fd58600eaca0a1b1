// Table of imports: what came, from whom, what it held and what became of it. Its rows wait in a file of their own (import-staging.ts).
import { index, integer, sqliteTable, text } from '../drizzle.ts'

export const imports = sqliteTable(
  'imports',
  {
    n: integer('n').primaryKey(),
    id: text('id').notNull().unique(),
    fileName: text('file_name').notNull(),
    bytes: integer('bytes').notNull(),
    sha256: text('sha256').notNull(),
    /** Whoever sent the file, and where that account may write. */
    by: text('by').notNull(),
    area: text('area').notNull(),
    /** reading, ready, applying, done, failed, cancelled. */
    state: text('state').notNull(),
    atMs: integer('at_ms').notNull(),
    updatedAtMs: integer('updated_at_ms').notNull(),
    /** What was chosen, the preview, the outcome (JSON). */
    document: text('document').notNull(),
  },
  (table) => [index('imports_sha256').on(table.sha256, table.state)],
)
