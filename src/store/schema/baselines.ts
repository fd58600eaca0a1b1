// What is kept of each camera's last good picture, one for each hour of the day: figures and a coarse grid (JSON), no picture. It outlives the
// inspection that it is of.
import { integer, primaryKey, sqliteTable, text } from '../drizzle.ts'

export const pictureBaselines = sqliteTable(
  'picture_baselines',
  {
    camera: text('camera').notNull(),
    /** Of the day in Beijing time, 0-23. */
    hour: integer('hour').notNull(),
    baseline: text('document').notNull(),
  },
  (table) => [primaryKey({ columns: [table.camera, table.hour] })],
)
