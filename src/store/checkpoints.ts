// The write-ahead log is copied into the database by a thread of its own. SQLite does it in the commit that fills the log, and waits for the disk
// twice while it does: with a hundred thousand channels being kept, that held the event loop up for a quarter of a second on a busy disk.
// Should the thread fail, SQLite does it as ever: slower, and nothing is lost.
import type Database from 'better-sqlite3'
import { Worker } from 'node:worker_threads'

/** Rows changed before the log is copied: about 4 MB. Ours. */
const changesAtOnce = 2000
const lookMs = 500
/** Looks without anything to do before the thread, which costs some 20 MB, is let go. */
const idleLooks = 60
/** Pages of the log after which a commit copies it all the same: 64 MB, so that nothing that ails the thread fills the disk. */
export const lastResortPages = 16_384
/** SQLite's own figure, which it is given back when the thread fails. */
const ownPages = 1000
/** A bound, not a need: a bare thread runs within 12 MB, one with a test runner's or a profiler's hooks in it needs more. */
const threadHeapMb = 64

export interface Checkpoints {
  /** The thread has let go of the file afterwards. Calling it twice is nothing. */
  readonly close: () => Promise<void>
  /** How often the thread copied the log; for tests. */
  readonly stats: () => { readonly copied: number; readonly hasThread: boolean }
}

export interface CheckpointOptions {
  readonly raw: Database.Database
  /** Path of the database; ':memory:' has no log. */
  readonly file: string
  /** Somebody else writes: the log is theirs meanwhile. */
  readonly isLent: () => boolean
  /** The program of the thread; for tests. */
  readonly thread?: URL
}

const ownThread = new URL('./checkpoint-thread.ts', import.meta.url)

export function openCheckpoints({ raw, file, isLent, thread: program = ownThread }: CheckpointOptions): Checkpoints {
  let thread: Worker | undefined
  let isCopying = false
  let [copied, idle] = [0, 0]
  if (file === ':memory:' || raw.pragma('journal_mode', { simple: true }) !== 'wal') return { close: async () => {}, stats: () => ({ copied, hasThread: false }) }
  const changes = raw.prepare<[], number>('SELECT total_changes()').pluck()
  let seen = changes.get() ?? 0
  raw.pragma(`wal_autocheckpoint = ${lastResortPages}`)

  const lose = (which: Worker): void => {
    if (thread !== which) return
    thread = undefined
    isCopying = false
  }
  const begin = (): Worker => {
    const started = new Worker(program, { workerData: { file }, resourceLimits: { maxOldGenerationSizeMb: threadHeapMb } })
    started.unref()
    started.on('message', () => {
      copied++
      isCopying = false
    })
    started.on('error', () => {
      lose(started)
      clearInterval(timer)
      if (raw.open) raw.pragma(`wal_autocheckpoint = ${ownPages}`)
    })
    started.on('exit', () => lose(started))
    return started
  }
  const look = (): void => {
    if (isCopying || isLent()) return
    const now = changes.get() ?? 0
    if (now - seen < changesAtOnce) {
      if (thread && ++idle > idleLooks) void letGo()
      return
    }
    seen = now
    idle = 0
    isCopying = true
    thread ??= begin()
    thread.postMessage('copy')
  }
  const letGo = async (): Promise<void> => {
    const ended = thread
    if (!ended) return
    lose(ended)
    ended.ref()
    const gone = new Promise((resolve) => ended.once('exit', resolve))
    ended.postMessage('end')
    await gone
  }
  const timer = setInterval(look, lookMs)
  timer.unref()
  return {
    close: async () => {
      clearInterval(timer)
      await letGo()
    },
    stats: () => ({ copied, hasThread: thread !== undefined }),
  }
}
