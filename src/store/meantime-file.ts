// What devices said while another thread was writing, in a file of its own beside the database: from its acknowledgement until it is carried over.
import Database from 'better-sqlite3'
import { closeSync, existsSync, openSync, rmSync } from 'node:fs'
import type { PresenceChange } from '../registry/index.ts'
import type { BindingRows, BoundDevice } from './binding-store.ts'

export type Said = { readonly device: BoundDevice; readonly atMs: number } | { readonly change: PresenceChange }

export interface Kept {
  readonly n: number
  readonly said: Said
}

export const meantimeFile = (database: string): string => `${database}-meantime`
/** The file with what SQLite puts beside it. */
export const meantimeParts = (database: string): readonly string[] => ['', '-wal', '-shm', '-journal'].map((ending) => `${meantimeFile(database)}${ending}`)

export function openMeantimeFile(database: string): Database.Database {
  const file = meantimeFile(database)
  closeSync(openSync(file, 'a', 0o600))
  const raw = new Database(file, { timeout: 2000 })
  try {
    raw.pragma('journal_mode = WAL')
    raw.pragma('synchronous = NORMAL')
    raw.exec('CREATE TABLE IF NOT EXISTS said (n INTEGER PRIMARY KEY AUTOINCREMENT, document TEXT NOT NULL)')
    return raw
  } catch (error) {
    raw.close()
    throw error
  }
}

const keptIn = (raw: Database.Database): readonly Kept[] =>
  raw
    .prepare<[], { n: number; document: string }>('SELECT n, document FROM said ORDER BY n')
    .all()
    .map(({ n, document }) => ({ n, said: JSON.parse(document) as Said }))

/** What is in it, for a copy of the database; the file stays as it is. */
export function readMeantime(database: string): readonly Kept[] {
  if (!existsSync(meantimeFile(database))) return []
  const raw = new Database(meantimeFile(database), { timeout: 2000 })
  try {
    return raw.prepare(`SELECT 1 FROM sqlite_master WHERE name = 'said'`).get() === undefined ? [] : keptIn(raw)
  } finally {
    raw.close()
  }
}

/** Into the database. Twice is as good as once, and what is newer there stays. Returns the devices with more cameras behind them than were brought up to date. */
export function carryOver(rows: BindingRows, kept: readonly Kept[]): ReadonlyMap<string, string> {
  const more = new Map<string, string>()
  for (const { said } of kept) {
    if ('device' in said) rows.bindLate(said.device, said.atMs)
    else {
      const after = rows.changeLate(said.change)
      if (after !== undefined) more.set(said.change.deviceId, after)
    }
  }
  return more
}

/** What the process before this one acknowledged and did not live to carry over; the database is on the disk with it before the file goes. */
export function takeOver(raw: Database.Database, rows: BindingRows, database: string): void {
  const kept = readMeantime(database)
  if (kept.length > 0) {
    raw.transaction(() => carryOver(rows, kept)).immediate()
    raw.pragma('wal_checkpoint(FULL)')
  }
  for (const part of meantimeParts(database)) rmSync(part, { force: true })
}
