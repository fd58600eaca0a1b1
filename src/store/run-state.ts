// Where an inspection stands while it is conducted: running or paused, when it went on, which checks are done, and how they were judged.
import type Database from 'better-sqlite3'
import type { InspectionCounts, InspectionStore } from '../inspect/index.ts'
import { AppError } from '../base/index.ts'
import type { Task } from './trouble.ts'

type RunState = Pick<InspectionStore, 'setState' | 'doneChecks'> & {
  readonly countsOf: (id: string) => InspectionCounts
  readonly unfinishedIds: () => readonly string[]
}

export function runState(raw: Database.Database, task: Task): RunState {
  const set = raw.prepare<[{ id: string; state: string; because: string | null }]>(
    `UPDATE inspections SET state = @state, finished_at_ms = NULL, about = json_patch(coalesce(about, '{}'), json_object('pausedBecause', json(@because))) WHERE id = @id`,
  )
  const resumed = raw.prepare<[{ id: string; atMs: number }]>(
    `UPDATE inspections SET about = json_set(about, '$.resumedAtMs', json_insert(coalesce(about -> '$.resumedAtMs', '[]'), '$[#]', @atMs)) WHERE id = @id`,
  )
  const done = raw.prepare<[string], number>('SELECT n FROM checks WHERE inspection = ? ORDER BY n').pluck()
  const counts = raw.prepare<[string], InspectionCounts>(
    `SELECT count(*) AS done, coalesce(sum(result = 'pass'), 0) AS pass, coalesce(sum(result = 'fail'), 0) AS fail, coalesce(sum(result = 'review'), 0) AS review
     FROM check_results WHERE inspection = ?`,
  )
  const unfinished = raw.prepare<[], string>(`SELECT id FROM inspections WHERE state IN ('running', 'paused') ORDER BY started_at_ms, id`).pluck()
  const change = raw.transaction((id: string, state: string, because: string | null, atMs: number | undefined): void => {
    if (set.run({ id, state, because }).changes === 0) throw new AppError('not-found', `there is no inspection ${id}`)
    if (atMs !== undefined) resumed.run({ id, atMs })
  })
  return {
    setState: (id, state, { resumedAtMs, pausedBecause } = {}) => task(() => change.immediate(id, state, JSON.stringify(pausedBecause ?? null), resumedAtMs)),
    doneChecks: (id) => task(() => done.all(id)),
    countsOf: (id) => counts.get(id) ?? { done: 0, pass: 0, fail: 0, review: 0 },
    unfinishedIds: () => unfinished.all(),
  }
}
