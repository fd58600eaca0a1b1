// A connection to the database file: settings, and the schema brought up to date.
import Database from 'better-sqlite3'
import { drizzle, type BetterSQLite3Database } from 'drizzle-orm/better-sqlite3'
import { migrate } from 'drizzle-orm/better-sqlite3/migrator'
import { readMigrationFiles } from 'drizzle-orm/migrator'
import { closeSync, mkdirSync, openSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { AppError } from '../base/index.ts'

export interface Connection {
  /** Prepared statements: searches and bulk writes. */
  readonly raw: Database.Database
  /** The same connection through the typed schema. */
  readonly typed: BetterSQLite3Database
}

const migrationsFolder = join(import.meta.dirname, 'migrations')

/** Opens `file` (or ':memory:') and migrates it. The folder is made, and file and folder are for their owner only: passwords of devices are in it. */
export function connect(file: string): Connection {
  if (file !== ':memory:') {
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 })
    closeSync(openSync(file, 'a', 0o600))
  }
  const raw = new Database(file, { timeout: 2000 })
  try {
    // A commit survives the death of this process at once, and a power cut up to the last checkpoint: cameras register again, offices do not
    // lose more than the last seconds. FULL would cost an fsync for each of a thousand registrations a minute.
    raw.pragma('journal_mode = WAL')
    raw.pragma('synchronous = NORMAL')
    raw.pragma('foreign_keys = ON')
    raw.pragma('cache_size = -65536')
    const typed = drizzle(raw)
    refuseNewer(raw, file)
    migrate(typed, { migrationsFolder })
    return { raw, typed }
  } catch (error) {
    raw.close()
    throw error
  }
}

/** A database that a newer version has migrated must not be written by this one. */
function refuseNewer(raw: Database.Database, file: string): void {
  const isNew = raw.prepare(`SELECT 1 FROM sqlite_master WHERE name = '__drizzle_migrations'`).get() === undefined
  if (isNew) return
  const ours = Math.max(...readMigrationFiles({ migrationsFolder }).map((migration) => migration.folderMillis))
  const theirs = raw.prepare<[], { at: number | null }>('SELECT max(created_at) AS at FROM __drizzle_migrations').get()?.at ?? 0
  if (theirs > ours) throw new AppError('data.unwritable', `${file} was written by a newer version: start that one, or choose another data directory`)
}
