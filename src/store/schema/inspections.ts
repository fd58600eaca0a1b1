// Tables of inspections: the frozen population, the checks, and what people said of them.
import { index, integer, primaryKey, sqliteTable, text } from '../drizzle.ts'

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
    /** Plan, exemptions, halves of the seed, reason of a redraw (JSON); absent in inspections of before. */
    about: text('about'),
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
    /** Its number in the sample; absent: it was not drawn. Samples of before are in the inspection's draw. */
    drawn: integer('drawn'),
    /** The strata that it was drawn in (JSON). */
    drawnIn: text('drawn_in'),
    /** Why it was not drawn from (JSON); absent: it was. */
    leftOut: text('left_out'),
  },
  (table) => [primaryKey({ columns: [table.inspection, table.position] }), index('population_members_drawn').on(table.inspection, table.drawn)],
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

/** What each check came to, beside its document: ten thousand of them are counted and chosen among without being read. */
export const checkResults = sqliteTable(
  'check_results',
  {
    inspection: text('inspection')
      .notNull()
      .references(() => inspections.id, { onDelete: 'cascade' }),
    n: integer('n').notNull(),
    result: text('result').notNull(),
    /** Codes (JSON). */
    reasons: text('reasons').notNull(),
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
