// Uploaded files and the rows read from them, in one folder: a bounded number of a bounded size, each for its time.
import { createHash } from 'node:crypto'
import { createWriteStream, existsSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { AppError } from '../base/index.ts'

export interface ImportFiles {
  readonly upload: (id: string) => string
  readonly staging: (id: string) => string
  /** Where rows are read into that are not all there yet. */
  readonly next: (id: string) => string
  readonly has: (id: string) => boolean
  readonly ids: () => readonly string[]
  /** Throws AppError `request.invalid` for a file beyond the bound, `disk.full`. */
  readonly take: (id: string, stream: Readable, isCut: () => boolean) => Promise<{ readonly bytes: number; readonly sha256: string }>
  /** The rows that were read take the place of those before. */
  readonly adopt: (id: string) => void
  readonly remove: (id: string) => void
}

const endings = ['upload', 'staging', 'next'] as const

export function openImportFiles(folder: string, maxBytes: number): ImportFiles {
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const path = (id: string, ending: (typeof endings)[number]): string => join(folder, `${id}.${ending}`)
  const drop = (file: string): void => {
    for (const ending of ['', '-journal', '-wal', '-shm']) rmSync(`${file}${ending}`, { force: true })
  }
  const tooLarge = (): AppError => new AppError('request.invalid', `the file is larger than ${Math.round(maxBytes / 1_048_576)} MB (imports.mb): split it`)
  return {
    upload: (id) => path(id, 'upload'),
    staging: (id) => path(id, 'staging'),
    next: (id) => {
      drop(path(id, 'next'))
      return path(id, 'next')
    },
    has: (id) => existsSync(path(id, 'upload')),
    ids: () => [...new Set(readdirSync(folder).map((name) => name.split('.')[0] ?? ''))],
    take: async (id, stream, isCut) => {
      const hash = createHash('sha256')
      let bytes = 0
      const counted = async function* (source: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
        for await (const chunk of source) {
          bytes += chunk.length
          if (bytes > maxBytes) throw tooLarge()
          hash.update(chunk)
          yield chunk
        }
      }
      try {
        await pipeline(stream, counted, createWriteStream(path(id, 'upload'), { mode: 0o600 }))
      } catch (error) {
        rmSync(path(id, 'upload'), { force: true })
        const { code = '', message } = error as { readonly code?: string; readonly message: string }
        if (error instanceof AppError) throw error
        if (code === 'ENOSPC') throw new AppError('disk.full', `no space left for the file in ${folder}: free some`)
        if (/^E(ACCES|PERM|ROFS|IO|DQUOT)$/.test(code)) throw new AppError('data.unwritable', `the file cannot be kept in ${folder} (${code})`)
        // Of the sender: it went away, or the file it reads from cannot be read.
        if (code === 'ENOENT' || code === 'EISDIR') throw error
        throw new AppError('request.invalid', `the file did not arrive whole: ${message}`)
      }
      if (isCut()) {
        rmSync(path(id, 'upload'), { force: true })
        throw tooLarge()
      }
      return { bytes, sha256: hash.digest('hex') }
    },
    adopt: (id) => renameSync(path(id, 'next'), path(id, 'staging')),
    remove: (id) => {
      for (const ending of endings) drop(path(id, ending))
    },
  }
}
