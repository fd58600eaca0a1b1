// The database as a file: its name in the data directory, and of which version it is.
import type Database from 'better-sqlite3'
import { join } from 'node:path'
import { readMigrationFiles } from './drizzle.ts'

export const databaseName = 'yiji.sqlite'
/** Beside it: the private key that signs evidence. */
export const installationKeyName = 'installation.key'
export const migrationsFolder = join(import.meta.dirname, 'migrations')

export interface SchemaState {
  /** Creation time of the newest migration it has seen; 0 for a new file. */
  readonly seen: number
  readonly isNewest: boolean
  /** Written by a newer version than this one. */
  readonly isNewer: boolean
}

export function schemaOf(raw: Database.Database): SchemaState {
  const newest = Math.max(...readMigrationFiles({ migrationsFolder }).map(({ folderMillis }) => folderMillis))
  const isKnown = raw.prepare(`SELECT 1 FROM sqlite_master WHERE name = '__drizzle_migrations'`).get() !== undefined
  const seen = isKnown ? (raw.prepare<[], number | null>('SELECT max(created_at) FROM __drizzle_migrations').pluck().get() ?? 0) : 0
  return { seen, isNewest: seen === newest, isNewer: seen > newest }
}
