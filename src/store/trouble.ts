// What the disk and SQLite may refuse, said as one of the house's errors; anything else is a bug and stays what it is.
import { dirname } from 'node:path'
import { AppError } from '../base/index.ts'

/** Result codes of SQLite (extended ones begin with these) and of the operating system. */
function refusal(code: string, where: string): AppError | undefined {
  if (code === 'SQLITE_FULL' || code === 'ENOSPC' || code === 'EDQUOT') return new AppError('disk.full', `no space left for ${where}: free some, nothing of this change was written`)
  if (code.startsWith('SQLITE_BUSY') || code.startsWith('SQLITE_LOCKED')) return new AppError('busy', `another program is writing to ${where}: close it and try again`)
  if (code === 'SQLITE_NOTADB' || code.startsWith('SQLITE_CORRUPT')) return new AppError('data.unwritable', `${where} is not a sound database: restore a copy of it, or choose another data directory`)
  if (code === 'ENOTDIR' || code === 'EEXIST') return new AppError('data.unwritable', `${dirname(where)} is not a folder: choose another data directory`)
  if (code.startsWith('SQLITE_READONLY') || code.startsWith('SQLITE_CANTOPEN') || code.startsWith('SQLITE_IOERR') || /^(EACCES|EPERM|EROFS|EISDIR|ENOENT|EIO)$/.test(code)) {
    return new AppError('data.unwritable', `${where} cannot be written (${code}): make ${dirname(where)} writable for this user, or choose another data directory`)
  }
  return undefined
}

/** The error as the edges know it. Looks through wrappers at the cause. */
export function translate(error: unknown, where: string): unknown {
  for (let each = error; each instanceof Error; each = each.cause) {
    if (each instanceof AppError) return each
    const code = (each as { readonly code?: unknown }).code
    const known = typeof code === 'string' ? refusal(code, where) : undefined
    if (known) return known
  }
  return error
}

/** Runs synchronous work as a promise: a second database may need to wait where SQLite does not. */
export type Task = <T>(work: () => T) => Promise<T>

export const taskOn =
  (where: string): Task =>
  async (work) => {
    try {
      return work()
    } catch (error) {
      throw translate(error, where)
    }
  }
