// What we use of drizzle, by its CommonJS door. As ES modules its five hundred files make Node 24 read and parse a package.json of 180 KB for each:
// a second and 170 MB of every start, measured. When Node keeps what it read, this file can go.
import { createRequire } from 'node:module'

const require = createRequire(import.meta.url)

export const { and, asc, desc, eq, getTableColumns, lt, sql } = require('drizzle-orm') as typeof import('drizzle-orm')
export const { drizzle } = require('drizzle-orm/better-sqlite3') as typeof import('drizzle-orm/better-sqlite3')
export const { readMigrationFiles } = require('drizzle-orm/migrator') as typeof import('drizzle-orm/migrator')
export const { foreignKey, getTableConfig, index, integer, primaryKey, real, sqliteTable, text, uniqueIndex } = require('drizzle-orm/sqlite-core') as typeof import('drizzle-orm/sqlite-core')
export type { BetterSQLite3Database } from 'drizzle-orm/better-sqlite3'
export type { SQL } from 'drizzle-orm'
export type { SQLiteTable } from 'drizzle-orm/sqlite-core'
