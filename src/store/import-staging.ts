// Rows of an import between preview and apply, in a database of their own beside the file: written without waiting for anybody, and thrown away.
// Each is kept as it will stand in the tables, so that writing it is left to SQLite alone (import-write.ts): the transaction is to be short.
import Database from 'better-sqlite3'
import { existsSync } from 'node:fs'
import type { FieldChange, Finding, Found, RowOutcome, StagedRow, StagedRows, Staging } from '../registry/index.ts'
import { searched, searchedText } from './camera-rows.ts'
import type { Indexed, SearchedText } from './camera-text.ts'

export interface StagedFound {
  readonly number: number
  readonly found: readonly Found[]
}

/** What a row's record is found by, under the number of the row. */
export type StagedText = readonly [number: number, made: Indexed]
/** A row whose record is to be found by other words than before. */
export type AskedText = readonly [number: number, values: SearchedText]

export interface StagingFile extends Staging, StagedRows {
  readonly file: string
  /** Version of the record that a row's preview saw, null where there was none; undefined for rows that were not taken. */
  readonly seen: (row: number) => number | null | undefined
  readonly refuse: (row: StagedRow) => void
  readonly saveFound: (found: readonly StagedFound[]) => void
  readonly found: (from: number, to: number) => readonly Found[]
  readonly saveTexts: (texts: readonly StagedText[]) => void
  /** Rows that lack their text still. */
  readonly textless: (limit: number) => readonly AskedText[]
  /** What the rows were read by, as text; '' where nobody said. */
  readonly choices: () => string
  readonly saveChoices: (choices: string) => void
  readonly close: () => void
}

interface Row {
  readonly number: number
  readonly code: string
  readonly outcome: string
  readonly version: number | null
  readonly declared: string | null
  readonly findings: string | null
  readonly mandatory: number | null
  readonly filled: number | null
  readonly changes: string | null
  readonly others: string | null
}

const columns = [
  'number', 'code', 'outcome', 'version', 'declared', 'findings', 'mandatory', 'filled', 'changes', 'others', 'asks',
  'area', 'class', 'owner', 'name', 'address', 'longitude', 'latitude', 'built_by', 'is_complete', 'functions', 'industry',
] as const

const tables = `
  CREATE TABLE IF NOT EXISTS staged (number INTEGER PRIMARY KEY, code TEXT NOT NULL, outcome TEXT NOT NULL, version INTEGER, declared TEXT, findings TEXT, mandatory INTEGER, filled INTEGER, changes TEXT, others TEXT,
    asks INTEGER NOT NULL, area TEXT, class TEXT, owner TEXT, name TEXT, address TEXT, longitude REAL, latitude REAL, built_by TEXT, is_complete INTEGER, functions TEXT, industry TEXT);
  CREATE TABLE IF NOT EXISTS found (number INTEGER PRIMARY KEY, found TEXT NOT NULL);
  CREATE TABLE IF NOT EXISTS texts (number INTEGER PRIMARY KEY, name_key TEXT NOT NULL, text TEXT NOT NULL, grams TEXT NOT NULL);
  CREATE TABLE IF NOT EXISTS about (choices TEXT NOT NULL);
  CREATE INDEX IF NOT EXISTS staged_outcome ON staged (outcome, number)`

/** SQL for the rows that are to be written. */
export const toWrite = `outcome IN ('created', 'changed')`

/**
 * Makes the file where it is not there. It is disposable, so nothing is synced; but it outlives a process that is killed in the middle of a write, whose
 * journal is taken back by the first who opens it, which one that only reads could not.
 */
export function openStaging(file: string, options: { readonly readonly?: boolean } = {}): StagingFile {
  if (options.readonly === true && existsSync(`${file}-journal`)) openStaging(file).close()
  const raw = new Database(file, { timeout: 2000, readonly: options.readonly === true, fileMustExist: options.readonly === true })
  if (options.readonly !== true) {
    raw.pragma('journal_mode = DELETE')
    raw.pragma('synchronous = OFF')
    raw.exec(tables)
  }
  raw.pragma('cache_size = -8192')
  const put = raw.prepare(`INSERT OR REPLACE INTO staged (${columns.join(', ')}) VALUES (${columns.map(() => '?').join(', ')})`)
  const one = raw.prepare<[number], { outcome: string; version: number | null }>('SELECT outcome, version FROM staged WHERE number = ?')
  const page = raw.prepare<[string, number, number], Row>(`SELECT ${columns.slice(0, 10).join(', ')} FROM staged WHERE outcome IN (SELECT value FROM json_each(?)) AND number > ? ORDER BY number LIMIT ?`)
  const putFound = raw.prepare('INSERT OR REPLACE INTO found (number, found) VALUES (?, ?)')
  const someFound = raw.prepare<[number, number], string>('SELECT found FROM found WHERE number BETWEEN ? AND ? ORDER BY number').pluck()
  const putText = raw.prepare('INSERT OR REPLACE INTO texts (number, name_key, text, grams) VALUES (?, ?, ?, ?)')
  const lacking = raw.prepare<[number], { number: number; code: string; declared: string }>(
    `SELECT number, code, declared FROM staged WHERE ${toWrite} AND asks = 1 AND NOT EXISTS (SELECT 1 FROM texts t WHERE t.number = staged.number) LIMIT ?`,
  )
  const save = raw.transaction((rows: readonly StagedRow[]): void => {
    for (const row of rows) put.run(valuesOf(row))
  })
  return {
    file,
    save: (rows) => save(rows),
    clear: () => void raw.exec('DELETE FROM staged; DELETE FROM found; DELETE FROM texts'),
    seen: (number) => {
      const row = one.get(number)
      return row === undefined || !/^(created|changed|unchanged)$/.test(row.outcome) ? undefined : row.version
    },
    refuse: (row) => save([row]),
    rows: ({ outcomes, after, limit }) => page.all(JSON.stringify(outcomes), after, limit).map(stagedOf),
    saveFound: raw.transaction((list: readonly StagedFound[]): void => {
      for (const { number, found } of list) putFound.run(number, JSON.stringify(found))
    }),
    found: (from, to) => someFound.all(from, to).flatMap((found) => JSON.parse(found) as readonly Found[]),
    saveTexts: raw.transaction((texts: readonly StagedText[]): void => {
      for (const [number, { nameKey, text, grams }] of texts) putText.run(number, nameKey, text, grams)
    }),
    textless: (limit) => lacking.all(limit).map(({ number, code, declared }) => [number, textOf(code, JSON.parse(declared) as Declared)]),
    choices: () => raw.prepare<[], string>('SELECT choices FROM about').pluck().get() ?? '',
    saveChoices: (choices) => void raw.prepare('INSERT INTO about VALUES (?)').run(choices),
    close: () => void raw.close(),
  }
}

/** Rows of one step: some 30 ms. */
const part = 500

/** The rows to be written, in their order. */
export function* batches(staging: StagedRows): Generator<readonly StagedRow[], undefined> {
  for (let after = 0; ; ) {
    const batch = staging.rows({ outcomes: ['created', 'changed'], after, limit: part })
    if (batch.length === 0) return undefined
    after = batch.at(-1)?.number ?? after
    yield batch
  }
}

/** Of these rows those whose texts are to be made, as they are saved. */
export const asked = (rows: readonly StagedRow[]): readonly AskedText[] => rows.flatMap((row) => (row.written && asksText(row) ? [[row.number, textOf(row.code, row.written.declared)] as const] : []))

type Declared = NonNullable<StagedRow['written']>['declared']
const textOf = (id: string, declared: Declared): SearchedText => searchedText({ id, declared, isDraft: false })

const said: ReadonlySet<string> = new Set(['name', 'commonName', 'address'])
/** What a draft was found by is what its device reports: a record that comes of one is always found otherwise. */
const asksText = ({ outcome, changes = [] }: StagedRow): boolean => outcome === 'created' || (outcome === 'changed' && changes.some(({ field }) => said.has(field)))

function valuesOf(row: StagedRow): readonly (string | number | null)[] {
  const { number, code, outcome, version, written, changes, ...others } = row
  const head = [number, code, outcome, version ?? null]
  const rest = Object.keys(others).length === 0 ? null : JSON.stringify(others)
  if (!written) return [...head, null, null, null, null, changes ? JSON.stringify(changes) : null, rest, 0, ...Array<null>(11).fill(null)]
  const { declared, findings, completeness } = written
  const found = searched({ id: code, declared, findings, isDraft: false, ...(completeness && { completeness }) }, '')
  return [
    ...head, JSON.stringify(declared), findings.length === 0 ? '[]' : JSON.stringify(findings), completeness?.mandatory ?? null, completeness?.filled ?? null, JSON.stringify(changes ?? []), rest, asksText(row) ? 1 : 0,
    found.area, found.class, found.owner, found.name, found.address, found.longitude, found.latitude, found.builtBy, found.isComplete, found.functions, found.industry,
  ]
}

function stagedOf({ number, code, outcome, version, declared, findings, mandatory, filled, changes, others }: Row): StagedRow {
  const completeness = mandatory === null || filled === null ? {} : { completeness: { filled, mandatory } }
  return {
    number,
    code,
    outcome: outcome as RowOutcome,
    ...(version === null ? {} : { version }),
    ...(declared === null ? {} : { written: { declared: JSON.parse(declared) as Declared, findings: findings === null || findings === '[]' ? [] : (JSON.parse(findings) as readonly Finding[]), ...completeness } }),
    ...(changes === null ? {} : { changes: JSON.parse(changes) as readonly FieldChange[] }),
    ...(others === null ? {} : (JSON.parse(others) as Partial<StagedRow>)),
  }
}
