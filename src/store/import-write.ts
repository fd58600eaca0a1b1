// Staged rows into the tables, a part at a time, by statements that read them where they lie: a hundred thousand records in some seconds, where a
// statement for each row took a quarter of a minute. Call it inside a transaction, on a connection that has the staging file attached as `staged`.
import type Database from 'better-sqlite3'
import { AppError } from '../base/index.ts'
import type { FieldChange, Finding } from '../registry/index.ts'
import { findingWriter } from './finding-writer.ts'
import { toWrite, type StagingFile } from './import-staging.ts'
import { presenceRefresher } from './presence.ts'
import { excusesWaived, recounter } from './waivers.ts'

export interface WriteStamp {
  readonly by: string
  readonly why: string
  readonly atMs: number
}

export interface StagedWriter {
  /** Writes the next part; returns how many rows there were, 0 at the end. */
  readonly next: () => number
  /** What they are found by, after all of them; the next part, 0 at the end. */
  readonly nextTexts: () => number
  readonly counts: () => { readonly created: number; readonly changed: number }
}

/** Rows of one part: a tenth of a second. What is asked between parts (was it cancelled?) waits so long. */
const part = 2000
/** As many texts as FTS5 holds in memory before it writes them out (`hashsize`, 8 MB): smaller parts are written in smaller pieces, and merged. */
const textPart = 8000

/** Is the record still the one that the preview saw? A catalog may have made a draft of it since, which counts for nothing. */
export const isAsSeen = '(c.version IS s.version OR (c.is_draft = 1 AND s.version IS NULL))'

const rows = `FROM staged.staged s LEFT JOIN cameras c ON c.id = s.code WHERE s.number BETWEEN @from AND @to AND s.${toWrite}`
const written = `FROM staged.staged s CROSS JOIN cameras c ON c.id = s.code WHERE s.number BETWEEN @from AND @to AND s.${toWrite}`

const sql = {
  history: `
    INSERT INTO field_changes (camera_id, field, from_value, to_value, at_ms, by, why, side)
    SELECT s.code, j.value ->> 'field', CASE WHEN j.value ->> 'field' = 'record' AND c.is_draft = 1 THEN 'draft' ELSE j.value ->> 'from' END, j.value ->> 'to', @atMs, @by, @why, 'declared'
    FROM staged.staged s LEFT JOIN cameras c ON c.id = s.code JOIN json_each(s.changes) j WHERE s.number BETWEEN @from AND @to AND s.${toWrite}`,
  /** A draft stood where its device said. */
  moved: `INSERT OR IGNORE INTO temp.moved SELECT s.code ${rows} AND (c.n IS NULL OR c.is_draft = 1 OR c.longitude IS NOT s.longitude OR c.latitude IS NOT s.latitude)`,
  cameras: `
    INSERT INTO cameras (id, area, class, owner, presence, is_complete, is_draft, is_retired, name, address, longitude, latitude, version, updated_at_ms, built_by, mandatory, filled, gone_since_ms, functions, industry, name_key)
    SELECT s.code, s.area, s.class, s.owner, 'unknown', s.is_complete, 0, 0, s.name, s.address, s.longitude, s.latitude, coalesce(c.version, 0) + 1, @atMs, s.built_by, coalesce(s.mandatory, c.mandatory, 0), coalesce(s.filled, c.filled, 0), @atMs,
      s.functions, s.industry, coalesce(t.name_key, c.name_key, '')
    FROM staged.staged s LEFT JOIN cameras c ON c.id = s.code LEFT JOIN staged.texts t ON t.number = s.number AND s.asks = 1 WHERE s.number BETWEEN @from AND @to AND s.${toWrite} AND ${isAsSeen}
    ON CONFLICT (id) DO UPDATE SET area = excluded.area, class = excluded.class, owner = excluded.owner, is_complete = excluded.is_complete, is_draft = 0, is_retired = 0, name = excluded.name, address = excluded.address,
      longitude = excluded.longitude, latitude = excluded.latitude, version = excluded.version, updated_at_ms = excluded.updated_at_ms, built_by = excluded.built_by, mandatory = excluded.mandatory, filled = excluded.filled,
      functions = excluded.functions, industry = excluded.industry, name_key = excluded.name_key`,
  /** What the device reports and what was verified stay as they are. */
  documents: `
    INSERT INTO camera_documents (n, declared, findings) SELECT c.n, s.declared, s.findings ${written}
    ON CONFLICT (n) DO UPDATE SET declared = excluded.declared, findings = excluded.findings`,
  movedFindings: `
    UPDATE findings SET area = c.area FROM cameras c WHERE c.id = findings.camera_id AND findings.area <> c.area AND findings.n IN (
      SELECT f.n FROM staged.staged s CROSS JOIN cameras c ON c.id = s.code CROSS JOIN findings f ON f.camera_id = c.id WHERE s.number BETWEEN @from AND @to AND s.${toWrite} AND f.area <> c.area)`,
  /** Of a new record nothing stands yet. The first of a kind speaks for the others. */
  newFindings: `
    INSERT INTO findings (camera_id, area, rule, field, severity, source, state, message_zh, message_en, detail, first_at_ms, last_at_ms, state_at_ms)
    SELECT c.id, c.area, j.value ->> 'rule', j.value ->> 'field', j.value ->> 'severity', 'record', 'open', j.value ->> '$.message.zh', j.value ->> '$.message.en', j.value -> 'detail', @atMs, @atMs, @atMs
    FROM staged.staged s CROSS JOIN cameras c ON c.id = s.code CROSS JOIN json_each(s.findings) j WHERE s.number BETWEEN @from AND @to AND s.${toWrite} AND s.findings <> '[]' AND c.version = 1
    ON CONFLICT DO NOTHING`,
  standing: `SELECT s.code, s.findings, s.changes ${written} AND c.version > 1 AND (s.findings <> '[]' OR EXISTS (SELECT 1 FROM findings f WHERE f.camera_id = c.id AND f.source = 'record'))`,
  excusable: `SELECT DISTINCT c.id FROM staged.staged s CROSS JOIN cameras c ON c.id = s.code CROSS JOIN findings f ON f.camera_id = c.id WHERE s.number BETWEEN @from AND @to AND s.${toWrite} AND f.source = 'record'`,
  codes: `SELECT s.code ${written}`,
  grams: `
    INSERT OR REPLACE INTO camera_grams (rowid, grams) SELECT c.n, t.grams
    FROM staged.texts t CROSS JOIN staged.staged s ON s.number = t.number CROSS JOIN cameras c ON c.id = s.code LEFT JOIN camera_texts x ON x.n = c.n WHERE t.number BETWEEN @from AND @to AND s.asks = 1 AND s.${toWrite} AND x.text IS NOT t.text`,
  texts: `
    INSERT INTO camera_texts (n, text) SELECT c.n, t.text
    FROM staged.texts t CROSS JOIN staged.staged s ON s.number = t.number CROSS JOIN cameras c ON c.id = s.code WHERE t.number BETWEEN @from AND @to AND s.asks = 1 AND s.${toWrite}
    ON CONFLICT (n) DO UPDATE SET text = excluded.text WHERE text <> excluded.text`,
}

/** In bulk the caller has set the triggers aside and holds the list of places that moved (bulk.ts). */
export function stagedWriter(raw: Database.Database, staging: StagingFile, stamp: WriteStamp, isBulk: boolean): StagedWriter {
  const prepared = (statement: string): Database.Statement<[object]> => raw.prepare(statement)
  const history = prepared(sql.history)
  const moved = isBulk ? prepared(sql.moved) : undefined
  const [cameras, documents, movedFindings, newFindings, grams, texts] = [sql.cameras, sql.documents, sql.movedFindings, sql.newFindings, sql.grams, sql.texts].map(prepared)
  const standing = raw.prepare<[object], { code: string; findings: string; changes: string }>(sql.standing)
  const excusable = raw.prepare<[object], string>(sql.excusable).pluck()
  const codes = raw.prepare<[object], string>(sql.codes).pluck()
  const upTo = raw.prepare<[number, number], { to: number | null; rows: number; created: number }>(
    `SELECT max(number) AS "to", count(*) AS rows, coalesce(sum(outcome = 'created'), 0) AS created FROM (SELECT number, outcome FROM staged.staged WHERE ${toWrite} AND number > ? ORDER BY number LIMIT ?)`,
  )
  const textsUpTo = raw.prepare<[number, number], { to: number | null; rows: number }>('SELECT max(number) AS "to", count(*) AS rows FROM (SELECT number FROM staged.texts WHERE number > ? ORDER BY number LIMIT ?)')
  const writeFindings = findingWriter(raw)
  const refreshPresence = isBulk ? undefined : presenceRefresher(raw)
  const recount = excusesWaived(raw) ? recounter(raw) : undefined
  let [after, textsAfter] = [0, 0]
  const counts = { created: 0, changed: 0 }

  const ownFindings = (range: object): void => {
    newFindings?.run(range)
    // Of records that were there before a person may have had a say: finding by finding.
    for (const { code, findings, changes } of standing.all(range)) {
      const altered = new Set((JSON.parse(changes) as readonly FieldChange[]).map(({ field }) => field))
      writeFindings({ cameraId: code, source: 'record', findings: JSON.parse(findings) as readonly Finding[] }, stamp.atMs, undefined, altered)
    }
  }
  return {
    next: () => {
      const { to, rows: count, created } = upTo.get(after, part) ?? { to: null, rows: 0, created: 0 }
      if (to === null) return 0
      const range = { from: after + 1, to }
      history.run({ ...range, ...stamp })
      moved?.run(range)
      if (cameras?.run({ ...range, atMs: stamp.atMs }).changes !== count) throw new AppError('conflict', 'records were changed while they were imported: apply it again')
      documents?.run(range)
      refreshPresence?.(codes.all(range))
      movedFindings?.run(range)
      ownFindings({ ...range, atMs: stamp.atMs })
      for (const found of staging.found(range.from, to)) writeFindings(found, stamp.atMs)
      if (recount) for (const id of excusable.all(range)) recount(id)
      after = to
      counts.created += created
      counts.changed += count - created
      return count
    },
    nextTexts: () => {
      const { to, rows: count } = textsUpTo.get(textsAfter, textPart) ?? { to: null, rows: 0 }
      if (to === null) return 0
      const range = { from: textsAfter + 1, to }
      grams?.run(range)
      texts?.run(range)
      textsAfter = to
      return count
    },
    counts: () => counts,
  }
}
