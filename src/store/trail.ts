// The audit trail of a database file, read beside the service that writes it.
import Database from 'better-sqlite3'
import { existsSync } from 'node:fs'
import type { AccountStore } from '../accounts/index.ts'
import { auditRows } from './audit-rows.ts'
import { schemaOf } from './database-file.ts'

/** Undefined where there is no database yet, or one of another version, which the service brings up to date at its start. */
export async function readTrail<T>(file: string, work: (trail: Pick<AccountStore, 'auditStretch' | 'auditCuts'>) => Promise<T>): Promise<T | undefined> {
  if (!existsSync(file)) return undefined
  const raw = new Database(file, { fileMustExist: true, timeout: 2000 })
  try {
    raw.pragma('query_only = ON')
    if (!schemaOf(raw).isNewest) return undefined
    const rows = auditRows(raw)
    return await work({ auditStretch: async (after, limit) => rows.stretch(after, limit), auditCuts: async () => rows.cuts() })
  } finally {
    raw.close()
  }
}
