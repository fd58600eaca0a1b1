// The last verdict on each camera, for a map: what a person said of it, else what the machine said. Read in parts, an inspection that is over once.
import type Database from 'better-sqlite3'
import type { Result } from '../inspect/index.ts'
import type { Task } from './trouble.ts'

export interface VerdictStore {
  /** By camera. `turn` lets everything else have its turn between two inspections. */
  readonly lastVerdicts: (turn?: () => Promise<void>) => Promise<ReadonlyMap<string, Result>>
}

interface Known {
  /** What the inspection was when it was read: its state, and how many words of people there were. */
  readonly mark: string
  readonly results: readonly (readonly [camera: string, result: Result])[]
}

export function verdictStore(raw: Database.Database, task: Task): VerdictStore {
  const marks = raw.prepare<[], { id: string; mark: string }>(
    `SELECT i.id, i.state || ' ' || coalesce(i.finished_at_ms, 0) || ' ' || (SELECT count(*) || ' ' || coalesce(max(r."order"), 0) FROM reviews r WHERE r.inspection = i.id) AS mark FROM inspections i ORDER BY i.started_at_ms, i.id`,
  )
  const results = raw.prepare<[string], { camera: string; result: Result }>(
    `SELECT json_extract(c.document, '$.camera.id') AS camera,
       coalesce((SELECT r.result FROM reviews r WHERE r.inspection = c.inspection AND r.n = c.n ORDER BY r."order" DESC LIMIT 1), json_extract(c.document, '$.verdict.result')) AS result
     FROM checks c WHERE c.inspection = ?`,
  )
  const known = new Map<string, Known>()
  return {
    lastVerdicts: async (turn = () => Promise.resolve()) => {
      const all = await task(() => marks.all())
      const last = new Map<string, Result>()
      for (const { id, mark } of all) {
        let own = known.get(id)
        if (own?.mark !== mark || mark.startsWith('running')) {
          own = { mark, results: await task(() => results.all(id).map(({ camera, result }) => [camera, result] as const)) }
          known.set(id, own)
          await turn()
        }
        for (const [camera, result] of own.results) last.set(camera, result)
      }
      return last
    },
  }
}
