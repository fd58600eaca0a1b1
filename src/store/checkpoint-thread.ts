// Copies the log into the database when told to, beside the thread that writes: PASSIVE waits for nobody and holds nobody up.
import Database from 'better-sqlite3'
import { parentPort, workerData } from 'node:worker_threads'

interface Copied {
  readonly busy: number
  /** Pages in the log, and of these in the database. */
  readonly log: number
  readonly checkpointed: number
}

/** What is written meanwhile is copied too, so that the log can begin anew; who writes without a pause has his turn later. */
const rounds = 10

const { file } = workerData as { readonly file: string }
const raw = new Database(file, { fileMustExist: true, timeout: 0 })
raw.pragma('synchronous = NORMAL')

parentPort?.on('message', (what: 'copy' | 'end') => {
  if (what === 'end') {
    raw.close()
    parentPort?.close()
    return
  }
  for (let round = 0; round < rounds; round++) {
    const [copied] = raw.pragma('wal_checkpoint(PASSIVE)') as readonly Copied[]
    if (!copied || copied.busy !== 0 || copied.checkpointed >= copied.log) break
  }
  parentPort?.postMessage('copied')
})
