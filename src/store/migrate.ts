// The schema brought up to date: drizzle's migrations and drizzle's own record of them, in one transaction of ours.
import type Database from 'better-sqlite3'
import { readMigrationFiles } from './drizzle.ts'
import { AppError } from '../base/index.ts'
import { migrationsFolder, schemaOf } from './database-file.ts'


/**
 * Runs the migrations that the database has not seen: all of them or none. Refuses one that a newer version has migrated: it must not be written.
 * Drizzle's own runner rolls back by hand, which fails where SQLite has already done so, and a full disk would pass for a bug.
 */
export function migrate(raw: Database.Database, file: string): void {
  const migrations = readMigrationFiles({ migrationsFolder })
  const { seen, isNewer, isNewest } = schemaOf(raw)
  if (isNewer) throw new AppError('data.unwritable', `${file} was written by a newer version: start that one, or choose another data directory`)
  const run = raw.transaction((): void => {
    raw.exec('CREATE TABLE IF NOT EXISTS __drizzle_migrations (id INTEGER PRIMARY KEY, hash TEXT NOT NULL, created_at NUMERIC)')
    const note = raw.prepare('INSERT INTO __drizzle_migrations (hash, created_at) VALUES (?, ?)')
    for (const { sql, hash, folderMillis } of migrations.filter((migration) => migration.folderMillis > seen)) {
      for (const statement of sql) raw.exec(statement)
      note.run(hash, folderMillis)
    }
  })
  if (!isNewest) run.immediate()
}
