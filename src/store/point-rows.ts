// Records as points: the narrow columns of all of them in parts, and of those that were changed.
import type Database from 'better-sqlite3'
import type { PointRow, PointStore } from '../registry/index.ts'
import type { Task } from './trouble.ts'

type Row = Omit<PointRow, 'isComplete' | 'isDraft' | 'isRetired'> & Readonly<Record<'isComplete' | 'isDraft' | 'isRetired', number>>

const columns = 'n, id, longitude, latitude, area, class, presence, is_complete AS isComplete, is_draft AS isDraft, is_retired AS isRetired, updated_at_ms AS updatedAtMs'

export function pointStore(raw: Database.Database, task: Task): PointStore {
  const after = raw.prepare<[number, number], Row>(`SELECT ${columns} FROM cameras WHERE n > ? ORDER BY n LIMIT ?`)
  const changed = raw.prepare<[number, string, number], Row>(`SELECT ${columns} FROM cameras INDEXED BY cameras_updated WHERE (updated_at_ms, id) > (?, ?) ORDER BY updated_at_ms, id LIMIT ?`)
  return {
    pointsAfter: (n, limit) => task(() => after.all(n, limit).map(pointOf)),
    pointsChanged: ({ atMs, id }, limit) => task(() => changed.all(atMs, id, limit).map(pointOf)),
  }
}

const pointOf = (row: Row): PointRow => ({ ...row, isComplete: row.isComplete === 1, isDraft: row.isDraft === 1, isRetired: row.isRetired === 1 })
