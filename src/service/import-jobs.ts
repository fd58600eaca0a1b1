// What is done to one import: read, and written.
import { join } from 'node:path'
import type { ImportRecord } from '../registry/index.ts'
import type { ImportFiles } from './import-files.ts'
import type { ImportThread } from './import-thread.ts'
import type { ImportOptions, ImportProgress } from './import-types.ts'

/** An import that is at work, or waits for its turn. */
export interface Live {
  progress: ImportProgress
  /** One word: not 0 when it was cancelled. */
  readonly cancelled: SharedArrayBuffer
  readonly ended: Promise<void>
  /** The import to fall back to: as it was last read. */
  before: ImportRecord | undefined
}

export interface ImportJobs {
  /** The import with its preview, not yet saved. `seen`: compared with the rows of the preview before. */
  readonly read: (record: ImportRecord, own: Live, seen: boolean) => Promise<ImportRecord>
  /** Resolves when its records and its outcome are written. */
  readonly write: (record: ImportRecord, own: Live, by: string, why: string) => Promise<void>
}

export function createImportJobs({ store, registry, dataDir, ruleFiles = {}, reconcile, clock }: ImportOptions, files: ImportFiles, thread: ImportThread): ImportJobs {
  const databaseFile = join(dataDir, 'yiji.sqlite')
  const hear = (own: Live) => ({ type: _type, ...progress }: ImportProgress & { readonly type: string }): void => void (own.progress = progress)
  return {
    read: async (record, own, seen) => {
      const { id, fileName, area, choices } = record
      const seenFile = seen ? { seenFile: files.staging(id) } : {}
      const { preview } = await thread.run(
        { job: 'read', databaseFile, stagingFile: files.next(id), cancelled: own.cancelled, file: files.upload(id), fileName, area, choices, nowMs: clock.wallMs(), ruleFiles, ...seenFile },
        { onProgress: hear(own) },
      )
      // What was read before is there until all of this is.
      files.adopt(id)
      const { failure: _failure, ...clean } = record
      own.before = { ...clean, state: 'ready', ...(preview ? { preview } : {}) }
      return own.before
    },
    // Alone with the records first, so that no catalog is merged into what is being written; then alone with the database.
    write: ({ failure: _failure, ...record }, own, by, why) =>
      registry.alone(async () => {
        let lent: Promise<void> = Promise.resolve()
        let hasWritten = (): void => {}
        const written = new Promise<void>((resolve) => (hasWritten = resolve))
        const job = thread.run(
          { job: 'apply', databaseFile, stagingFile: files.staging(record.id), cancelled: own.cancelled, record, by, why, nowMs: clock.wallMs(), ...(reconcile && { reconcile }) },
          {
            onProgress: hear(own),
            mayWrite: () =>
              new Promise((begin) => {
                lent = store.lend(async (takeBack) => {
                  begin()
                  const ended = job.then(() => {}, () => {})
                  await Promise.race([written, ended])
                  takeBack()
                  await ended
                })
              }),
            onWrote: hasWritten,
          },
        )
        try {
          await job
        } finally {
          await lent
        }
      }),
  }
}
