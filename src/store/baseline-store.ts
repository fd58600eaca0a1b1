// BaselineStore on SQLite: at most 24 rows a camera, the last good picture of each hour.
import type Database from 'better-sqlite3'
import type { Baseline, BaselineStore } from '../inspect/index.ts'
import type { Task } from './trouble.ts'

export function baselineStore(raw: Database.Database, task: Task): BaselineStore {
  const all = raw.prepare<[string], { document: string }>('SELECT document FROM picture_baselines WHERE camera = ? ORDER BY hour')
  const put = raw.prepare('INSERT INTO picture_baselines (camera, hour, document) VALUES (?, ?, ?) ON CONFLICT (camera, hour) DO UPDATE SET document = excluded.document')
  return {
    baselines: (camera) => task(() => all.all(camera).map(({ document }) => JSON.parse(document) as Baseline)),
    saveBaseline: (camera, baseline) => task(() => void put.run(camera, baseline.hour, JSON.stringify(baseline))),
  }
}
