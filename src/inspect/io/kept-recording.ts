// A recording that has been kept, with its hash: there, gone, or no longer what it was.
import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { AppError } from '../../base/index.ts'
import type { RecordedEvent } from '../types.ts'
import { parseRecording } from './recording-file.ts'

export type KeptRecording =
  | { readonly state: 'kept'; readonly events: readonly RecordedEvent[] }
  | { readonly state: 'gone' }
  | { readonly state: 'changed' }
  | { readonly state: 'unreadable'; readonly detail: string }

/** Read once: what was hashed is what is parsed. */
export async function readKeptRecording(path: string, sha256: string): Promise<KeptRecording> {
  const bytes = await readFile(path).catch((error: unknown) => {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
    throw new AppError('recording.invalid', `${path} cannot be read: ${error instanceof Error ? error.message : String(error)}`)
  })
  if (!bytes) return { state: 'gone' }
  if (createHash('sha256').update(bytes).digest('hex') !== sha256) return { state: 'changed' }
  try {
    return { state: 'kept', events: parseRecording(bytes, path) }
  } catch (error) {
    if (!(error instanceof AppError)) throw error
    return { state: 'unreadable', detail: error.message }
  }
}
