// The right to write, lent to another thread for one long transaction: meanwhile what is to be written here waits in its order, without holding up
// the event loop, and what is read is read as ever (the log of SQLite keeps what was). Waiting in SQLite itself would stop every timer of SIP.
import type Database from 'better-sqlite3'
import { lastResortPages } from './checkpoints.ts'
import type { Task } from './trouble.ts'

export interface Lending {
  /** Work that writes waits while the right is lent. */
  readonly task: Task
  readonly isLent: () => boolean
  /**
   * Lends until `work` ends, or until it says that it has written: from then on only the checkpoint of the log is left to the other thread, since
   * doing it here would take as long as the transaction did.
   */
  readonly lend: <T>(work: (hasWritten: () => void) => Promise<T>) => Promise<T>
}

/** Waits in SQLite at most: nobody else writes, so this is for a backup that has just begun. */
const busyMs = 2000

/** Has a way of its own to write meanwhile (meantime.ts). */
export interface WritesBeside {
  readonly begin: () => void
  /** Before anybody else writes again; `now` lets it do so at once. */
  readonly end: (now: <T>(work: () => T) => T) => Promise<void>
}

export function createLending(raw: Database.Database, plain: Task, hold: () => () => void, beside?: WritesBeside): Lending {
  let isLent = false
  let lending: Promise<unknown> = Promise.resolve()
  const waiting: (() => void)[] = []

  const task: Task = <T>(work: () => T): Promise<T> => {
    if (!isLent) return plain(work)
    return new Promise<T>((resolve, reject) => {
      const attempt = (): void => {
        try {
          resolve(work())
        } catch (error) {
          // Taken down at once: the right may be back before anything else has its turn.
          if (isRefusal(error)) waiting.push(() => void plain(work).then(resolve, reject))
          else throw error
        }
      }
      plain(attempt).catch(reject)
    })
  }
  const once = async <T>(work: (hasWritten: () => void) => Promise<T>): Promise<T> => {
    const release = hold()
    isLent = true
    // Refused at once: neither waited for in SQLite nor let in when the other thread has just ended and those that wait have not begun.
    raw.pragma('query_only = 1')
    raw.pragma('busy_timeout = 0')
    raw.pragma('wal_autocheckpoint = 0')
    beside?.begin()
    const mayWrite = (): void => {
      raw.pragma('query_only = 0')
      raw.pragma(`busy_timeout = ${busyMs}`)
    }
    const now = <T>(work: () => T): T => {
      mayWrite()
      try {
        return work()
      } finally {
        raw.pragma('query_only = 1')
        raw.pragma('busy_timeout = 0')
      }
    }
    let returning: Promise<void> | undefined
    const takeBack = (): void => {
      returning ??= (async () => {
        await beside?.end(now)
        isLent = false
        mayWrite()
        for (const go of waiting.splice(0)) go()
        release()
      })()
    }
    try {
      return await work(takeBack)
    } finally {
      takeBack()
      await returning
      raw.pragma(`wal_autocheckpoint = ${lastResortPages}`)
    }
  }
  return {
    task,
    isLent: () => isLent,
    lend: (work) => {
      const result = lending.then(() => once(work))
      lending = result.catch(() => {})
      return result
    },
  }
}

const isRefusal = (error: unknown): boolean => /^SQLITE_(READONLY|BUSY|LOCKED)/.test((error as { readonly code?: string }).code ?? '')
