// A check's recording on disk: written as it happens, bounded, under a temporary name until it is whole; read again for a replay.
import { createHash } from 'node:crypto'
import { open, readFile, rename, rm, stat } from 'node:fs/promises'
import { AppError, createPcapngWriter, ParseError, readPcapng } from '../../base/index.ts'
import type { Note, RecordedEvent } from '../types.ts'

/** Chosen by us: 10 s of 8 Mbit/s, six times over. Twenty checks then keep at most 1.3 GB. */
export const recordingLimitBytes = 64 * 1024 * 1024
/** Bytes gathered before they are written. */
const batchBytes = 256 * 1024

export interface RecordingFile {
  /** False: the bound is reached, and this media was not kept. Signalling and notes always are. */
  readonly write: (event: RecordedEvent) => boolean
  /** Everything is on disk under its final name. Resolves with the file's SHA-256 and bytes; rejects with what went wrong while writing. */
  readonly close: () => Promise<{ readonly sha256: string; readonly size: number }>
  /** Nothing stays on disk. Calling it after `close` is nothing. */
  readonly discard: () => Promise<void>
  /** What there is stays under its temporary name: the check was cut. Calling it after `close` is nothing. */
  readonly leave: () => Promise<void>
}

export interface RecordingOptions {
  readonly path: string
  readonly software: string
  /** Added to the events' monotonic times, so that the file shows wall time: wall time minus monotonic time, taken once. */
  readonly wallOffsetUs: number
  readonly limitBytes?: number
  /** False: the disk is too full to go on; the recording is broken off with `disk.full`. */
  readonly hasRoom?: () => boolean
}

export async function createRecording(options: RecordingOptions): Promise<RecordingFile> {
  const { path, wallOffsetUs, limitBytes = recordingLimitBytes } = options
  const { hasRoom = () => true } = options
  if (!hasRoom()) throw noRoom(path)
  const partial = `${path}.part`
  const file = await open(partial, 'w', 0o640)
  const writer = createPcapngWriter(options.software)
  const hash = createHash('sha256')
  let batch: Buffer[] = []
  let waiting = 0
  let total = 0
  let failure: unknown
  let isClosed = false
  let writing: Promise<void> = Promise.resolve()

  const flush = (): void => {
    const bytes = Buffer.concat(batch)
    batch = []
    waiting = 0
    hash.update(bytes)
    writing = writing.then(async () => {
      if (failure !== undefined) return
      if (!hasRoom()) failure = noRoom(path)
      if (failure !== undefined) return
      try {
        await file.appendFile(bytes)
      } catch (error) {
        failure = error
      }
    })
  }
  const append = (bytes: Buffer): void => {
    batch.push(bytes)
    waiting += bytes.length
    total += bytes.length
    if (waiting >= batchBytes) flush()
  }
  append(writer.header())
  return {
    write: (event) => {
      if (isClosed) return false
      if (event.kind === 'note') {
        append(writer.note(event.atUs + wallOffsetUs, JSON.stringify(event.note)))
        return true
      }
      if (event.wire.layer === 'media' && total + event.wire.bytes.length > limitBytes) return false
      append(writer.wire({ ...event.wire, atUs: event.wire.atUs + wallOffsetUs }))
      return true
    },
    close: async () => {
      isClosed = true
      flush()
      await writing
      await file.close()
      try {
        if (failure !== undefined) throw failure
        await rename(partial, path)
      } catch (error) {
        await rm(partial, { force: true })
        throw error
      }
      return { sha256: hash.digest('hex'), size: total }
    },
    leave: async () => {
      if (isClosed) return
      isClosed = true
      flush()
      await writing
      await file.close()
    },
    discard: async () => {
      if (isClosed) return
      isClosed = true
      await writing
      await file.close()
      await rm(partial, { force: true })
    },
  }
}

const noRoom = (path: string): AppError => new AppError('disk.full', `${path} was not recorded: too little of the disk is free (evidence.disk.mb)`)

/** The events of a recording in order. Throws AppError `recording.invalid`. */
export async function readRecording(path: string): Promise<readonly RecordedEvent[]> {
  const { size } = await stat(path)
  if (size > 2 * recordingLimitBytes) throw new AppError('recording.invalid', `${path}: ${size} bytes are more than a recording of a check can have`)
  return parseRecording(await readFile(path), path)
}

/** `name` for what is said of it. Throws AppError `recording.invalid`. */
export function parseRecording(bytes: Buffer, name: string): readonly RecordedEvent[] {
  try {
    return readPcapng(bytes).map((captured): RecordedEvent => (captured.kind === 'wire' ? captured : { kind: 'note', atUs: captured.atUs, note: readNote(captured.text) }))
  } catch (error) {
    if (error instanceof ParseError) throw new AppError('recording.invalid', `${name}: ${error.message}`)
    throw error
  }
}

const noteTypes: ReadonlySet<string> = new Set(['check', 'attempt', 'failed', 'decoded', 'full', 'lag', 'device', 'attempt-end', 'broken'] satisfies Note['type'][])

/** Notes are our own writing: their type is checked, their fields are believed. */
function readNote(text: string): Note {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    throw new ParseError('pcapng.malformed', 'a note is no JSON')
  }
  const type = typeof value === 'object' && value !== null && 'type' in value ? value.type : undefined
  if (typeof type !== 'string' || !noteTypes.has(type)) throw new ParseError('pcapng.malformed', `a note of the type ${JSON.stringify(type)} is unknown`)
  return value as Note
}
