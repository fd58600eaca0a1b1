// EvidenceStore on SQLite: rows of files that are there (triggers add them), removed together with a word in the checks that name them; holds.
import type Database from 'better-sqlite3'
import { AppError } from '../base/index.ts'
import type { Evidence, EvidenceStore, Hold, KeptFile, KindTotal } from '../inspect/index.ts'
import type { Write } from './group-commit.ts'
import type { Task } from './trouble.ts'

type FileRow = Omit<KeptFile, 'bytes'> & { readonly bytes: number | null }
type HoldRow = Omit<Hold, 'n' | 'released'> & { readonly n: number | null; readonly releasedAtMs: number | null; readonly releasedBy: string | null; readonly releasedWhy: string | null }

const columns = 'f.inspection, f.n, f.file, f.kind, f.bytes, f.at_ms AS atMs'

/** What is in dispute, said once: a row of evidence_files `f` that nobody quarrels about. */
const undisputed = `NOT EXISTS (SELECT 1 FROM evidence_holds h WHERE h.inspection = f.inspection AND h.released_at_ms IS NULL AND (h.n IS NULL OR h.n = f.n))
  AND NOT EXISTS (SELECT 1 FROM appeals a WHERE a.inspection = f.inspection AND a.n = f.n)
  AND NOT EXISTS (SELECT 1 FROM opinions o WHERE o.inspection = f.inspection AND o.n = f.n AND o.state = 'differs')
  AND NOT EXISTS (SELECT 1 FROM reviews r JOIN checks c ON c.inspection = r.inspection AND c.n = r.n WHERE r.inspection = f.inspection AND r.n = f.n AND r.result <> json_extract(c.document, '$.verdict.result'))`

export function evidenceStore(raw: Database.Database, task: Task, write: Write): EvidenceStore {
  const removable = raw.prepare<[string, number, number], FileRow>(
    `SELECT ${columns} FROM evidence_files f JOIN inspections i ON i.id = f.inspection WHERE f.kind = ? AND f.at_ms < ? AND i.state NOT IN ('running', 'paused') AND ${undisputed} ORDER BY f.at_ms, f.inspection, f.n LIMIT ?`,
  )
  const unmeasured = raw.prepare<[number], FileRow>(`SELECT ${columns} FROM evidence_files f WHERE f.bytes IS NULL LIMIT ?`)
  const measure = raw.prepare<[number, string, string]>('UPDATE evidence_files SET bytes = ? WHERE inspection = ? AND file = ?')
  const totals = raw.prepare<[], KindTotal>('SELECT kind, count(*) AS files, coalesce(sum(bytes), 0) AS bytes FROM evidence_files GROUP BY kind')
  const remove = raw.prepare<[string, string]>('DELETE FROM evidence_files WHERE inspection = ? AND file = ?')
  const documents = (['checks', 'rechecks'] as const).map((table) => ({
    of: raw.prepare<[string, number], { rowid: number; document: string }>(`SELECT rowid, document FROM ${table} WHERE inspection = ? AND n = ? AND json_valid(document)`),
    change: raw.prepare<[string, number]>(`UPDATE ${table} SET document = ? WHERE rowid = ?`),
  }))
  const known = raw.prepare<[string], number>('SELECT 1 FROM inspections WHERE id = ?').pluck()
  const knownCheck = raw.prepare<[string, number], number>('SELECT 1 FROM checks WHERE inspection = ? AND n = ?').pluck()
  const holdColumns = 'id, inspection, n, reason, by, at_ms AS atMs, released_at_ms AS releasedAtMs, released_by AS releasedBy, released_why AS releasedWhy'
  const addHold = raw.prepare<[object]>('INSERT INTO evidence_holds (inspection, n, reason, by, at_ms) VALUES (@inspection, @n, @reason, @by, @atMs)')
  const release = raw.prepare<[number, string, string, number, string]>('UPDATE evidence_holds SET released_at_ms = ?, released_by = ?, released_why = ? WHERE id = ? AND inspection = ? AND released_at_ms IS NULL')
  const holds = raw.prepare<[string], HoldRow>(`SELECT ${holdColumns} FROM evidence_holds WHERE inspection = ? ORDER BY id`)

  const allHolds = raw.prepare<[number, number, number], HoldRow>(`SELECT ${holdColumns} FROM evidence_holds WHERE id < ? AND (? = 0 OR released_at_ms IS NULL) ORDER BY id DESC LIMIT ?`)

  const sayGone = ({ inspection, n }: Pick<KeptFile, 'inspection' | 'n'>, files: ReadonlySet<string>, removedAt: string, removedWhy: string): void => {
    for (const { of, change } of documents) {
      for (const { rowid, document } of of.all(inspection, n)) {
        const check = JSON.parse(document) as { readonly evidence?: readonly Evidence[] }
        if (!check.evidence?.some((each) => files.has(each.file) && each.removedAt === undefined)) continue
        change.run(JSON.stringify({ ...check, evidence: check.evidence.map((each) => (files.has(each.file) && each.removedAt === undefined ? { ...each, removedAt, removedWhy } : each)) }), rowid)
      }
    }
  }
  return {
    removable: (kind, beforeMs, limit) => task(() => removable.all(kind, beforeMs, limit).map(fileOf)),
    unmeasured: (limit) => task(() => unmeasured.all(limit).map(fileOf)),
    measured: (files) => write(() => files.forEach(({ bytes, inspection, file }) => measure.run(bytes, inspection, file))),
    totals: () => task(() => totals.all()),
    removed: (files, atMs, why) =>
      write(() => {
        const byCheck = Map.groupBy(files, ({ inspection, n }) => `${inspection}/${n}`)
        for (const group of byCheck.values()) {
          const [first] = group
          if (first) sayGone(first, new Set(group.map(({ file }) => file)), new Date(atMs).toISOString(), why)
        }
        for (const { inspection, file } of files) remove.run(inspection, file)
      }),
    hold: (hold) =>
      write(() => {
        if (known.get(hold.inspection) === undefined) throw new AppError('not-found', `there is no inspection ${hold.inspection}`)
        if (hold.n !== undefined && knownCheck.get(hold.inspection, hold.n) === undefined) throw new AppError('not-found', `inspection ${hold.inspection} has no finished check ${hold.n}`)
        return { ...hold, id: Number(addHold.run({ n: null, ...hold }).lastInsertRowid) }
      }),
    release: (inspection, id, { atMs, by, reason }) => write(() => (release.run(atMs, by, reason, id, inspection).changes === 0 ? undefined : holds.all(inspection).map(holdOf).find((hold) => hold.id === id))),
    holds: (inspection) => task(() => holds.all(inspection).map(holdOf)),
    allHolds: ({ isOpen, before = Number.MAX_SAFE_INTEGER, limit }) => task(() => allHolds.all(before, isOpen ? 1 : 0, limit).map(holdOf)),
  }
}

const fileOf = ({ bytes, ...row }: FileRow): KeptFile => ({ ...row, ...(bytes !== null && { bytes }) })

const holdOf = ({ n, releasedAtMs, releasedBy, releasedWhy, ...row }: HoldRow): Hold => ({
  ...row,
  ...(n !== null && { n }),
  ...(releasedAtMs !== null && { released: { atMs: releasedAtMs, by: releasedBy ?? '', reason: releasedWhy ?? '' } }),
})
