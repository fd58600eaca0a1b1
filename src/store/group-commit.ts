// Many small writes in one transaction, and one sync of the disk for all of them: what ten thousand cameras ask for after a power cut.
import type Database from 'better-sqlite3'
import { close, fdatasync, open } from 'node:fs'
import { promisify } from 'node:util'

/** Writes wait so long for others to go with. Ours: a REGISTER has half a second before it is sent again. */
const gatherMs = 2
/** Writes of one transaction: some 30 ms of work. Beyond it the others wait for the next. */
const maxGroup = 500

/** Runs `work` soon, in one transaction with others. Resolves with its result when it is on the disk; one that throws fails alone. */
export type Write = <T>(work: () => T) => Promise<T>

export interface GroupCommit {
  /**
   * What it resolves has survived even a power cut: the group is committed, and the write-ahead log is synced, before any of it is told. That is
   * what SQLite's `synchronous = FULL` gives, but the sync runs beside the event loop. A commit or a sync that fails fails the whole group.
   */
  readonly write: Write
  /** Transactions and syncs so far. */
  readonly stats: () => { readonly writes: number; readonly groups: number; readonly syncs: number }
  /** Nothing is written until what this returns is called: another thread writes. */
  readonly hold: () => () => void
  /** Writes what waits. Afterwards nothing is taken. */
  readonly close: () => Promise<void>
}

interface Entry {
  readonly work: () => unknown
  readonly resolve: (value: never) => void
  readonly reject: (error: unknown) => void
  outcome: { readonly value: unknown } | { readonly error: unknown } | undefined
}

/** `file` is the database's path or ':memory:', which has no disk to wait for; `translate` makes errors the house's own. */
export function createGroupCommit({ raw, file, translate }: { readonly raw: Database.Database; readonly file: string; readonly translate: (error: unknown) => unknown }): GroupCommit {
  const hasLog = file !== ':memory:' && raw.pragma('journal_mode', { simple: true }) === 'wal'
  // Without a write-ahead log there is nothing to sync beside the loop: SQLite does it in the commit.
  if (file !== ':memory:' && !hasLog) raw.pragma('synchronous = FULL')
  const count = { writes: 0, groups: 0, syncs: 0 }
  let waiting: Entry[] = []
  const committed: Entry[] = []
  let timer: NodeJS.Timeout | undefined
  let log: Promise<number> | undefined
  let syncing: Promise<void> | undefined
  let isOpen = true
  let isHeld = false

  const attempt = (entry: Entry): void => {
    try {
      entry.outcome = { value: alone(entry.work) }
    } catch (error) {
      // SQLite gives the whole transaction up by itself when the disk is full or fails.
      if (!raw.inTransaction) throw error
      entry.outcome = { error }
    }
  }
  const alone = raw.transaction((work: () => unknown) => work())
  const together = raw.transaction((group: readonly Entry[]): void => {
    for (const entry of group) entry.outcome = { value: entry.work() }
  })
  const oneByOne = raw.transaction((group: readonly Entry[]): void => group.forEach(attempt))

  const commit = (group: readonly Entry[]): void => {
    count.groups++
    try {
      together.immediate(group)
    } catch {
      // One of them failed, or the commit did: again, each in a savepoint of its own.
      oneByOne.immediate(group)
    }
  }
  const flush = (): void => {
    clearTimeout(timer)
    timer = undefined
    const group = waiting.slice(0, maxGroup)
    waiting = waiting.slice(maxGroup)
    if (group.length === 0) return
    try {
      commit(group)
      committed.push(...group)
    } catch (error) {
      for (const entry of group) entry.reject(translate(error))
    }
    if (hasLog) void sync()
    else settle(committed.splice(0))
    schedule()
  }
  const schedule = (): void => {
    if (waiting.length === 0 || syncing || timer || isHeld) return
    timer = setTimeout(flush, waiting.length >= maxGroup ? 0 : gatherMs)
  }
  const sync = (): Promise<void> => {
    syncing ??= (async () => {
      const group = committed.splice(0)
      try {
        // The log of this database is never replaced while it is open, only written anew from its beginning.
        log ??= promisify(open)(`${file}-wal`, 'r+')
        await promisify(fdatasync)(await log)
        count.syncs++
        settle(group)
      } catch (error) {
        log = undefined
        for (const entry of group) entry.reject(translate(error))
      } finally {
        syncing = undefined
        schedule()
      }
    })()
    return syncing
  }

  return {
    write: (work) =>
      new Promise((resolve, reject) => {
        if (!isOpen) return reject(new Error('the store is closed'))
        count.writes++
        waiting.push({ work, resolve, reject, outcome: undefined })
        schedule()
      }),
    stats: () => ({ ...count }),
    hold: () => {
      isHeld = true
      clearTimeout(timer)
      timer = undefined
      return () => {
        isHeld = false
        schedule()
      }
    },
    close: async () => {
      if (!isOpen) return
      isOpen = false
      while (waiting.length > 0 || syncing) {
        await syncing
        flush()
      }
      clearTimeout(timer)
      const opened = await log?.catch(() => undefined)
      if (opened !== undefined) await promisify(close)(opened)
    },
  }

  function settle(group: readonly Entry[]): void {
    for (const { outcome, resolve, reject } of group) {
      if (outcome && 'value' in outcome) resolve(outcome.value as never)
      else reject(translate(outcome?.error))
    }
  }
}
