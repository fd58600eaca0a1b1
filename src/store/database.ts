// A connection to the database file: settings, and the schema brought up to date.
import Database from 'better-sqlite3'
import { drizzle, type BetterSQLite3Database } from './drizzle.ts'
import { closeSync, openSync } from 'node:fs'
import { dirname } from 'node:path'
import { makeFolder } from './folder.ts'
import { migrate } from './migrate.ts'
import { upkeep } from './upkeep.ts'

export interface Connection {
  /** Prepared statements: searches and bulk writes. */
  readonly raw: Database.Database
  /** The same connection through the typed schema. */
  readonly typed: BetterSQLite3Database
}

/** As much as the log has before a commit copies it in any case (checkpoints.ts). */
const keptLogBytes = 64 * 1024 * 1024

/** The clock that statements read as wall_ms(). Never used in triggers: other programs that open the file do not have it. */
export function readClock(raw: Database.Database, wallMs: () => number): void {
  raw.function('wall_ms', wallMs)
}

/** Opens `file` (or ':memory:') and migrates it. The folder is made, and file and folder are for their owner only: passwords of devices are in it. */
export function connect(file: string): Connection {
  if (file !== ':memory:') {
    makeFolder(dirname(file))
    closeSync(openSync(file, 'a', 0o600))
  }
  const raw = new Database(file, { timeout: 2000 })
  try {
    // A commit survives the death of this process at once, and a power cut where it went through group-commit.ts: records, accounts, the audit trail,
    // registrations. What devices say by themselves survives one up to the last sync. FULL would cost an fsync for each of a thousand a minute.
    raw.pragma('journal_mode = WAL')
    raw.pragma('synchronous = NORMAL')
    // A backup or another long reader lets the log grow; afterwards it is cut back to this, instead of keeping its room for ever.
    raw.pragma(`journal_size_limit = ${keptLogBytes}`)
    raw.pragma('foreign_keys = ON')
    raw.pragma('cache_size = -65536')
    readClock(raw, Date.now)
    migrate(raw, file)
    upkeep(raw)
    return { raw, typed: drizzle(raw) }
  } catch (error) {
    raw.close()
    throw error
  }
}
