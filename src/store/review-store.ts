// ReviewStore on SQLite: appeals with files and decisions, further checks, opinions of other nodes, judging again. What is told to be kept is on the disk.
import type Database from 'better-sqlite3'
import { AppError } from '../base/index.ts'
import type { Appeal, AppealFile, Check, Opinion, OpinionPackage, Recheck, Rejudgement, Review, ReviewStore } from '../inspect/index.ts'
import type { Write } from './group-commit.ts'
import type { Task } from './trouble.ts'

export function reviewStore(raw: Database.Database, task: Task, write: Write): ReviewStore {
  const times = raw.prepare<[string], { n: number; atMs: number }>('SELECT n, at_ms AS atMs FROM check_times WHERE inspection = ?')
  return {
    judgedAt: (inspection) => task(() => new Map(times.all(inspection).map(({ n, atMs }) => [n, atMs]))),
    ...appealRows(raw, task, write),
    ...recheckRows(raw, task, write),
    ...opinionRows(raw, task, write),
    ...rejudgementRows(raw, task, write),
  }
}

/** Columns without the null ones: they are absent in a document. */
const present = <T extends object>(row: T): T => Object.fromEntries(Object.entries(row).filter(([, value]) => value !== null)) as T

function insistOnCheck(raw: Database.Database): (inspection: string, n: number) => void {
  const found = raw.prepare<[string, number], number>('SELECT 1 FROM checks WHERE inspection = ? AND n = ?').pluck()
  return (inspection, n) => {
    if (found.get(inspection, n) === undefined) throw new AppError('not-found', `inspection ${inspection} has no check ${n}`)
  }
}

function appealRows(raw: Database.Database, task: Task, write: Write): Pick<ReviewStore, 'saveAppeal' | 'saveAppealFile' | 'appeals' | 'decide'> {
  const known = insistOnCheck(raw)
  const add = raw.prepare<[object]>('INSERT INTO appeals (inspection, n, text, by, at_ms) VALUES (@inspection, @n, @text, @by, @atMs)')
  const addFile = raw.prepare<[object]>('INSERT INTO appeal_files (id, appeal, name, content_type, file, size, sha256, by, at_ms) VALUES (@id, @appeal, @name, @contentType, @file, @size, @sha256, @by, @atMs)')
  const all = raw.prepare<[string], Omit<Appeal, 'files'>>('SELECT id, inspection, n, text, by, at_ms AS atMs FROM appeals WHERE inspection = ? ORDER BY id')
  const files = raw.prepare<[string], AppealFile & { appeal: number }>(
    'SELECT f.id, f.appeal, f.name, f.content_type AS contentType, f.file, f.size, f.sha256, f.by, f.at_ms AS atMs FROM appeal_files f JOIN appeals a ON a.id = f.appeal WHERE a.inspection = ? ORDER BY f.rowid',
  )
  const decisions = raw.prepare<[string], Review & { appeal: number }>(
    'SELECT d.appeal, d.decision, r.inspection, r.n, r.result, r.reason, r.by, r.at_ms AS atMs FROM appeal_decisions d JOIN reviews r ON r."order" = d.review WHERE r.inspection = ?',
  )
  const addReview = raw.prepare<[object]>('INSERT INTO reviews (inspection, n, result, reason, by, at_ms) VALUES (@inspection, @n, @result, @reason, @by, @atMs)')
  const addDecision = raw.prepare<[object]>('INSERT INTO appeal_decisions (appeal, review, decision) VALUES (@appeal, @review, @decision) ON CONFLICT DO NOTHING')
  return {
    saveAppeal: (appeal) =>
      write(() => {
        known(appeal.inspection, appeal.n)
        return Number(add.run(appeal).lastInsertRowid)
      }),
    saveAppealFile: (appeal, file) => write(() => void addFile.run({ ...file, appeal })),
    appeals: (inspection) =>
      task(() => {
        const attached = files.all(inspection)
        const decided = new Map(decisions.all(inspection).map((decision) => [decision.appeal, decision]))
        return all.all(inspection).map((appeal) => {
          const decision = decided.get(appeal.id)
          return { ...appeal, files: attached.filter((file) => file.appeal === appeal.id).map(({ appeal: _appeal, ...file }) => file), ...(decision && { decision }) }
        })
      }),
    decide: (review) =>
      write(() => {
        const order = Number(addReview.run(review).lastInsertRowid)
        if (addDecision.run({ appeal: review.appeal, review: order, decision: review.decision }).changes === 0) throw new AppError('conflict', `appeal ${review.appeal} has been decided: a review can still be added`)
      }),
  }
}

function recheckRows(raw: Database.Database, task: Task, write: Write): Pick<ReviewStore, 'saveRecheck' | 'changeRecheck' | 'rechecks' | 'openRechecks'> {
  type Row = Omit<Recheck, 'check'> & { readonly document: string | null }
  const known = insistOnCheck(raw)
  const columns = 'id, inspection, n, why, by, reason, asked_at_ms AS askedAtMs, due_at_ms AS dueAtMs, state, begun_at_ms AS begunAtMs, done_at_ms AS doneAtMs, detail, document'
  const add = raw.prepare<[object]>('INSERT INTO rechecks (inspection, n, why, by, reason, asked_at_ms, due_at_ms, state) VALUES (@inspection, @n, @why, @by, @reason, @askedAtMs, @dueAtMs, @state)')
  const change = raw.prepare<[object]>(
    'UPDATE rechecks SET state = coalesce(@state, state), begun_at_ms = coalesce(@begunAtMs, begun_at_ms), done_at_ms = coalesce(@doneAtMs, done_at_ms), detail = coalesce(@detail, detail), document = coalesce(document, @document) WHERE id = @id',
  )
  const of = raw.prepare<[string], Row>(`SELECT ${columns} FROM rechecks WHERE inspection = ? ORDER BY id`)
  const open = raw.prepare<[], Row>(`SELECT ${columns} FROM rechecks WHERE state IN ('due', 'running') ORDER BY due_at_ms, id`)
  const recheckOf = ({ document, ...row }: Row): Recheck => ({ ...present(row), ...(document !== null && { check: JSON.parse(document) as Check }) })
  const nothing = { state: null, begunAtMs: null, doneAtMs: null, detail: null }
  return {
    saveRecheck: (recheck) =>
      write(() => {
        known(recheck.inspection, recheck.n)
        return Number(add.run(recheck).lastInsertRowid)
      }),
    changeRecheck: (id, { check, ...rest }) => write(() => void change.run({ ...nothing, ...rest, id, document: check === undefined ? null : JSON.stringify(check) })),
    rechecks: (inspection) => task(() => of.all(inspection).map(recheckOf)),
    openRechecks: () => task(() => open.all().map(recheckOf)),
  }
}

function opinionRows(raw: Database.Database, task: Task, write: Write): Pick<ReviewStore, 'saveOpinion' | 'changeOpinion' | 'opinions'> {
  type Row = Omit<Opinion, 'check' | 'computed' | 'differences' | 'remarks' | 'signed' | 'key'> & { readonly document: string; readonly computed: string | null; readonly differences: string; readonly remarks: string; readonly signed: string | null; readonly keyName: string | null; readonly isKeyOpen: number | null }
  const known = insistOnCheck(raw)
  const add = raw.prepare<[object]>(
    'INSERT INTO opinions (inspection, n, node, by, at_ms, document, recording_sha256, state, differences, remarks, signed) VALUES (@inspection, @n, @node, @by, @atMs, @document, @recordingSha256, @state, @differences, @remarks, @signed)',
  )
  const change = raw.prepare<[object]>(
    'UPDATE opinions SET state = coalesce(@state, state), file = coalesce(@file, file), verified_at_ms = coalesce(@verifiedAtMs, verified_at_ms), computed = coalesce(@computed, computed), differences = coalesce(@differences, differences), remarks = coalesce(@remarks, remarks) WHERE id = @id',
  )
  const of = raw.prepare<[string], Row>(
    // The key as the list has it now: the one that stands, else the one that was revoked last.
    `SELECT o.id, o.inspection, o.n, o.node, o.by, o.at_ms AS atMs, o.document, o.recording_sha256 AS recordingSha256, o.file, o.state, o.verified_at_ms AS verifiedAtMs, o.computed, o.differences, o.remarks, o.signed, k.name AS keyName, k.revoked_at_ms IS NULL AS isKeyOpen
     FROM opinions o LEFT JOIN signing_keys k ON k.id = (SELECT id FROM signing_keys WHERE fingerprint = o.signed ->> '$.fingerprint' ORDER BY revoked_at_ms IS NOT NULL, id DESC LIMIT 1)
     WHERE o.inspection = ? ORDER BY o.id`,
  )
  const textOf = (value: unknown): string | null => (value === undefined ? null : JSON.stringify(value))
  return {
    saveOpinion: ({ check, differences, remarks, signed, key: _key, ...opinion }) =>
      write(() => {
        known(opinion.inspection, opinion.n)
        return Number(add.run({ ...opinion, document: JSON.stringify(check), differences: JSON.stringify(differences), remarks: JSON.stringify(remarks), signed: textOf(signed) }).lastInsertRowid)
      }),
    changeOpinion: (id, { state = null, file = null, verifiedAtMs = null, computed, differences, remarks }) =>
      write(() => void change.run({ id, state, file, verifiedAtMs, computed: textOf(computed), differences: textOf(differences), remarks: textOf(remarks) })),
    opinions: (inspection) =>
      task(() =>
        of.all(inspection).map(({ document, computed, differences, remarks, signed, keyName, isKeyOpen, ...row }) => ({
          ...present(row),
          check: JSON.parse(document) as Check,
          ...(computed !== null && { computed: JSON.parse(computed) as Check['verdict'] }),
          differences: JSON.parse(differences) as string[],
          remarks: JSON.parse(remarks) as string[],
          ...(signed !== null && { signed: JSON.parse(signed) as OpinionPackage, key: keyName === null ? { state: 'unknown' as const } : { state: isKeyOpen === 1 ? ('trusted' as const) : ('revoked' as const), name: keyName } }),
        })),
      ),
  }
}

function rejudgementRows(raw: Database.Database, task: Task, write: Write): Pick<ReviewStore, 'saveRejudgement' | 'rejudgement' | 'rejudgements' | 'rejudgedOf' | 'interruptRejudgements'> {
  type Row = Omit<Rejudgement, 'rules' | 'results'> & { readonly rules: string; readonly results: string }
  const columns = 'id, inspection, rules, rules_sha256 AS rulesSha256, by, at_ms AS atMs, state, finished_at_ms AS finishedAtMs, software, total'
  const save = raw.prepare<[object]>(
    `INSERT INTO rejudgements (id, inspection, rules, rules_sha256, by, at_ms, state, finished_at_ms, software, total, results) VALUES (@id, @inspection, @rules, @rulesSha256, @by, @atMs, @state, @finishedAtMs, @software, @total, @results)
     ON CONFLICT (id) DO UPDATE SET state = @state, finished_at_ms = @finishedAtMs, results = @results WHERE state IN ('queued', 'running')`,
  )
  const one = raw.prepare<[string], Row>(`SELECT ${columns}, results FROM rejudgements WHERE id = ?`)
  const of = raw.prepare<[string], Row>(`SELECT ${columns}, '[]' AS results FROM rejudgements WHERE inspection = ? ORDER BY at_ms DESC, id DESC LIMIT 100`)
  const ofCheck = raw.prepare<[object], Row>(
    `SELECT ${columns}, (SELECT json_group_array(json(r.value)) FROM json_each(results) r WHERE json_extract(r.value, '$.n') = @n) AS results FROM rejudgements WHERE inspection = @inspection ORDER BY at_ms, id LIMIT 100`,
  )
  const interrupt = raw.prepare<[number]>(`UPDATE rejudgements SET state = 'interrupted', finished_at_ms = ? WHERE state IN ('queued', 'running')`)
  const rejudgementOf = ({ rules, results, ...row }: Row): Rejudgement => ({ ...present(row), rules: JSON.parse(rules) as Rejudgement['rules'], results: JSON.parse(results) as Rejudgement['results'] })
  return {
    saveRejudgement: ({ rules, results, finishedAtMs = null, ...rejudgement }) => write(() => void save.run({ ...rejudgement, finishedAtMs, rules: JSON.stringify(rules), results: JSON.stringify(results) })),
    rejudgement: (id) =>
      task(() => {
        const row = one.get(id)
        return row && rejudgementOf(row)
      }),
    rejudgements: (inspection) => task(() => of.all(inspection).map(rejudgementOf)),
    rejudgedOf: (inspection, n) =>
      task(() =>
        ofCheck.all({ inspection, n }).flatMap((row) => {
          const { results, ...rejudgement } = rejudgementOf(row)
          return results.map((result) => ({ rejudgement, result }))
        }),
      ),
    interruptRejudgements: (atMs) => write(() => interrupt.run(atMs).changes),
  }
}
