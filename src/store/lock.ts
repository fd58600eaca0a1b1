// One writer per database. The lock is SQLite's own lock on a file beside it, held for life: the system drops it when the process dies, however it dies.
import Database from 'better-sqlite3'
import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { AppError } from '../base/index.ts'

/** Takes the lock or throws AppError 'data.locked' naming the process that has it. Returns what gives it back. */
export function takeLock(file: string): () => void {
  const pidFile = `${file}.pid`
  const lock = new Database(`${file}.lock`, { timeout: 0 })
  try {
    lock.exec('BEGIN EXCLUSIVE')
  } catch (error) {
    lock.close()
    if (!(error as { code?: string }).code?.startsWith('SQLITE_BUSY')) throw error
    throw new AppError('data.locked', `${dirname(file)} is in use by ${holder(pidFile)}: stop it, or choose another data directory`)
  }
  try {
    writeFileSync(pidFile, `${process.pid}\n`, { mode: 0o600 })
  } catch (error) {
    lock.close()
    throw error
  }
  return () => {
    rmSync(pidFile, { force: true })
    lock.close()
  }
}

/** The number is for people only; the lock does not depend on it. */
function holder(pidFile: string): string {
  try {
    const pid = readFileSync(pidFile, 'utf8').trim()
    if (/^\d{1,10}$/.test(pid)) return `process ${pid}`
  } catch {
    // The other process has just begun and not yet said its number.
  }
  return 'another process'
}
