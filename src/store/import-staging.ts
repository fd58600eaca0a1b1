// Rows of an import between preview and apply, in a database of their own beside the file: written without waiting for anybody, and thrown away.
import Database from 'better-sqlite3'
import { existsSync } from 'node:fs'
import type { Found, RowOutcome, StagedRow, StagedRows, Staging } from '../registry/index.ts'

export interface StagedFound {
  readonly number: number
  readonly found: readonly Found[]
}

export interface StagingFile extends Staging, StagedRows {
  readonly file: string
  /** Version of the record that a row's preview saw, null where there was none; undefined for rows that were not taken. */
  readonly seen: (row: number) => number | null | undefined
  readonly refuse: (row: StagedRow) => void
  readonly saveFound: (found: readonly StagedFound[]) => void
  readonly found: (rows: readonly number[]) => ReadonlyMap<number, readonly Found[]>
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
  readonly document: string
}

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
    raw.exec(`CREATE TABLE IF NOT EXISTS staged (number INTEGER PRIMARY KEY, code TEXT NOT NULL, outcome TEXT NOT NULL, version INTEGER, document TEXT NOT NULL, found TEXT)`)
    raw.exec('CREATE TABLE IF NOT EXISTS about (choices TEXT NOT NULL)')
    raw.exec('CREATE INDEX IF NOT EXISTS staged_outcome ON staged (outcome, number)')
  }
  raw.pragma('cache_size = -8192')
  const put = raw.prepare('INSERT OR REPLACE INTO staged (number, code, outcome, version, document) VALUES (?, ?, ?, ?, ?)')
  const one = raw.prepare<[number], { outcome: string; version: number | null }>('SELECT outcome, version FROM staged WHERE number = ?')
  const page = raw.prepare<[string, number, number], Row>('SELECT number, code, outcome, version, document FROM staged WHERE outcome IN (SELECT value FROM json_each(?)) AND number > ? ORDER BY number LIMIT ?')
  const putFound = raw.prepare('UPDATE staged SET found = ? WHERE number = ?')
  const someFound = raw.prepare<[string], { number: number; found: string }>('SELECT number, found FROM staged WHERE found IS NOT NULL AND number IN (SELECT value FROM json_each(?))')
  const clear = raw.prepare('DELETE FROM staged')
  const save = raw.transaction((rows: readonly StagedRow[]): void => {
    for (const { number, code, outcome, version, ...document } of rows) put.run(number, code, outcome, version ?? null, JSON.stringify(document))
  })
  return {
    file,
    save: (rows) => save(rows),
    clear: () => void clear.run(),
    seen: (number) => {
      const row = one.get(number)
      return row === undefined || !/^(created|changed|unchanged)$/.test(row.outcome) ? undefined : row.version
    },
    refuse: (row) => save([row]),
    rows: ({ outcomes, after, limit }) => page.all(JSON.stringify(outcomes), after, limit).map(stagedOf),
    saveFound: raw.transaction((list: readonly StagedFound[]): void => {
      for (const { number, found } of list) putFound.run(JSON.stringify(found), number)
    }),
    found: (rows) => new Map(someFound.all(JSON.stringify(rows)).map(({ number, found }) => [number, JSON.parse(found) as readonly Found[]])),
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

const stagedOf = ({ number, code, outcome, version, document }: Row): StagedRow => ({ number, code, outcome: outcome as RowOutcome, ...(version === null ? {} : { version }), ...(JSON.parse(document) as Partial<StagedRow>) })
