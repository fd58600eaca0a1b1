// Tables of what comes before a sample: exemptions, and draws whose seed two sides make. Rows are added and closed, never taken out.
import { index, integer, primaryKey, sqliteTable, text } from '../drizzle.ts'

/** Triggers refuse deletions, and every change but the ending. */
export const exemptions = sqliteTable(
  'exemptions',
  {
    n: integer('n').primaryKey(),
    /** Absent: all of the area. */
    camera: text('camera'),
    area: text('area').notNull(),
    reason: text('reason').notNull(),
    document: text('document').notNull(),
    fromMs: integer('from_ms').notNull(),
    untilMs: integer('until_ms').notNull(),
    by: text('by').notNull(),
    atMs: integer('at_ms').notNull(),
    endedAtMs: integer('ended_at_ms'),
    endedBy: text('ended_by'),
    endedReason: text('ended_reason'),
  },
  (table) => [index('exemptions_until').on(table.untilMs), index('exemptions_area').on(table.area), index('exemptions_camera').on(table.camera)],
)

export const seedDraws = sqliteTable(
  'seed_draws',
  {
    id: text('id').primaryKey(),
    area: text('area').notNull(),
    atMs: integer('at_ms').notNull(),
    /** The whole of it (JSON), halves too as soon as they are revealed. */
    document: text('document').notNull(),
  },
  (table) => [index('seed_draws_time').on(table.atMs)],
)

/** The list as it was frozen before anybody committed; never changed afterwards. */
export const seedDrawMembers = sqliteTable(
  'seed_draw_members',
  {
    draw: text('draw')
      .notNull()
      .references(() => seedDraws.id),
    position: integer('position').notNull(),
    member: text('member').notNull(),
    /** Why it is not drawn from (JSON); absent: it is. */
    leftOut: text('left_out'),
  },
  (table) => [primaryKey({ columns: [table.draw, table.position] })],
)
