// Files of downloads: a bounded number of a bounded size, in one folder, each removed after its time. What an earlier run left is removed at the start.
import { createWriteStream, mkdirSync, readdirSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { AppError, type Cancel, type Clock, type Log } from '../base/index.ts'
import { writableSink, type FlvSink } from '../media/index.ts'

export interface DownloadFile {
  readonly path: string
  /** What takes the stream. */
  readonly sink: FlvSink
  readonly bytes: () => number
  /** The stream is over: the file is kept for its time from now on. */
  readonly close: () => Promise<void>
  /** After `close`: when it will be removed. */
  readonly removedAtMs: () => number | undefined
  readonly isThere: () => boolean
  readonly remove: () => Promise<void>
}

export interface DownloadFiles {
  /** Throws AppError `busy` when all places are taken. `onStop` says why no more can be written. */
  readonly open: (id: string, onStop: (how: 'too-large' | 'not-written', reason: string) => void) => DownloadFile
  readonly close: () => Promise<void>
}

export interface DownloadBounds {
  readonly files: number
  readonly maxBytes: number
  readonly keepMs: number
}

export function createDownloadFiles(options: DownloadBounds & { readonly folder: string; readonly clock: Clock; readonly log: Log }): DownloadFiles {
  const { folder, files, maxBytes, keepMs, clock, log } = options
  const open = new Set<DownloadFile>()
  mkdirSync(folder, { recursive: true })
  for (const name of readdirSync(folder)) if (name.endsWith('.flv')) rmSync(join(folder, name), { force: true })

  return {
    open: (id, onStop) => {
      if (open.size >= files) throw new AppError('busy', `${files} downloads are kept already: delete one that was fetched (downloads.files)`)
      const path = join(folder, `${id}.flv`)
      const writable = createWriteStream(path)
      let isClosed = false
      let isGone = false
      let removedAtMs: number | undefined
      let timer: Cancel | undefined
      const written = new Promise<void>((resolve) => writable.once('close', () => resolve()))
      writable.on('error', (error) => {
        log.error({ path, error }, 'a download cannot be written')
        onStop('not-written', 'code' in error && error.code === 'ENOSPC' ? 'the disk is full' : `the file cannot be written: ${error.message}`)
      })
      const plain = writableSink(writable)
      let taken = 0
      const write: FlvSink['write'] = (pieces) => {
        plain.write(pieces)
        for (const piece of pieces) taken += piece.length
        if (taken > maxBytes) onStop('too-large', `the file passed ${Math.round(maxBytes / 1_048_576)} MB (downloads.mb)`)
      }
      const remove = async (): Promise<void> => {
        if (isGone) return
        isGone = true
        timer?.()
        open.delete(file)
        writable.destroy()
        await written
        rmSync(path, { force: true })
      }
      const file: DownloadFile = {
        path,
        sink: { ...plain, write },
        bytes: () => (isClosed && !isGone ? (statSync(path, { throwIfNoEntry: false })?.size ?? 0) : writable.bytesWritten),
        close: async () => {
          if (!isClosed && !isGone) {
            isClosed = true
            removedAtMs = clock.wallMs() + keepMs
            timer = clock.after(keepMs, () => void remove())
            if (!writable.destroyed) writable.end()
          }
          await written
        },
        removedAtMs: () => removedAtMs,
        isThere: () => !isGone,
        remove,
      }
      open.add(file)
      return file
    },
    close: async () => {
      await Promise.all([...open].map((file) => file.remove()))
    },
  }
}
