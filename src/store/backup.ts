// A backup while the service runs: the database as it was at one moment, and where it is asked for the evidence of its inspections, in one tar
// archive with the SHA-256 of every file.
import Database from 'better-sqlite3'
import { createHash, type Hash } from 'node:crypto'
import { createReadStream, createWriteStream, existsSync } from 'node:fs'
import { chmod, open, readdir, rename, rm, stat, writeFile } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createGzip } from 'node:zlib'
import { AppError, type Clock } from '../base/index.ts'
import { auditRows } from './audit-rows.ts'
import { bindingRows } from './binding-store.ts'
import { databaseName, installationKeyName, schemaOf } from './database-file.ts'
import { readClock } from './database.ts'
import { carryOver, readMeantime } from './meantime-file.ts'
import { tarEnd, tarPadding, writeTarHeader } from './tar.ts'
import { translate } from './trouble.ts'

/** The last file of an archive: without it the archive is not whole. */
export const manifestName = 'manifest.json'
/** Folders of the data directory that are evidence, by what the database says of them. */
const evidenceFolders = ['inspections', 'snapshots'] as const

export interface Manifest {
  readonly format: 1
  readonly software: string
  readonly atMs: number
  /** Creation times of the newest migration that the database has seen. */
  readonly schema: number
  readonly withEvidence: boolean
  readonly files: readonly { readonly name: string; readonly size: number; readonly sha256: string }[]
}

export interface BackupOptions {
  readonly dataDir: string
  /** Where the archive goes; compressed where the name ends in .gz. */
  readonly to: string
  readonly withEvidence: boolean
  /** Write over a file that is there. */
  readonly force: boolean
  readonly software: string
  readonly clock: Clock
}

export interface BackupOutcome {
  readonly file: string
  readonly bytes: number
  readonly sha256: string
  readonly records: number
  readonly inspections: number
  readonly evidenceFiles: number
  /** False where the database is of an older version, whose trail has no room for it. */
  readonly isNoted: boolean
}

/** Runs beside the service, in a process of its own: readers and the writer of SQLite's write-ahead log do not wait for each other. */
export async function writeBackup(options: BackupOptions): Promise<BackupOutcome> {
  const { dataDir, clock } = options
  const to = resolve(options.to)
  const source = join(dataDir, databaseName)
  if (!existsSync(source)) throw new AppError('not-found', `there is no database in ${resolve(dataDir)}: set YIJI_DATA_DIR to the folder of the service`)
  if (existsSync(to) && !options.force) throw new AppError('conflict', `${to} is there already: name another file, or add --force`)
  const [copy, part] = [`${to}.database`, `${to}.part`]
  try {
    // What one that was broken off has left.
    await rm(copy, { force: true })
    const isNoted = copyDatabase(source, copy, clock, basename(to))
    const { schema, records, inspections } = contentsOf(copy)
    const archive = createHash('sha256')
    const files: Manifest['files'][number][] = []
    const outcome = { evidenceFiles: 0 }
    const packed = async function* (): AsyncGenerator<Buffer> {
      yield* packFile(copy, databaseName, files)
      // Without it nobody could sign as this installation again, nor would evidence to come be known as its own.
      const key = join(dataDir, installationKeyName)
      if (existsSync(key)) yield* packFile(key, installationKeyName, files)
      if (options.withEvidence) {
        for await (const name of evidenceOf(dataDir, inspections)) {
          outcome.evidenceFiles++
          yield* packFile(join(dataDir, name), name, files)
        }
      }
      const manifest: Manifest = { format: 1, software: options.software, atMs: clock.wallMs(), schema, withEvidence: options.withEvidence, files }
      const bytes = Buffer.from(`${JSON.stringify(manifest, null, 1)}\n`)
      yield* [writeTarHeader({ name: manifestName, size: bytes.length, mtimeMs: clock.wallMs() }), bytes, tarPadding(bytes.length), tarEnd()]
    }
    const target = createWriteStream(part, { mode: 0o600, flush: true })
    if (to.endsWith('.gz')) await pipeline(Readable.from(packed()), createGzip({ level: 4 }), hashing(archive), target)
    else await pipeline(Readable.from(packed()), hashing(archive), target)
    await rename(part, to)
    await chmod(to, 0o600)
    await syncFolder(dirname(to))
    const sha256 = archive.digest('hex')
    await writeFile(`${to}.sha256`, `${sha256}  ${basename(to)}\n`, { mode: 0o600 })
    return { file: to, bytes: (await stat(to)).size, sha256, records, inspections: inspections.length, evidenceFiles: outcome.evidenceFiles, isNoted }
  } catch (error) {
    throw translate(error, to)
  } finally {
    for (const left of [copy, `${copy}-journal`, part]) await rm(left, { force: true })
  }
}

/** The whole database as it is at one moment, compacted; the note of it is in the copy as well. */
function copyDatabase(source: string, copy: string, clock: Clock, name: string): boolean {
  const raw = new Database(source, { fileMustExist: true, timeout: 5000 })
  try {
    const isOurs = schemaOf(raw).isNewest
    if (isOurs) {
      const { append } = auditRows(raw)
      raw.transaction(() => append({ atMs: clock.wallMs(), account: '', action: 'data.backup', subject: name, detail: 'the whole database, by the command line' })).immediate()
    }
    // Read before: what is carried over meanwhile is in the copy then, and written there twice is as good as once.
    const said = readMeantime(source)
    raw.prepare('VACUUM INTO ?').run(copy)
    if (isOurs && said.length > 0) bringUpToDate(copy, said)
    return isOurs
  } finally {
    raw.close()
  }
}

/** Registrations that were acknowledged while an import had the database to itself. */
function bringUpToDate(copy: string, said: ReturnType<typeof readMeantime>): void {
  const raw = new Database(copy)
  try {
    readClock(raw, Date.now)
    raw.transaction(() => carryOver(bindingRows(raw), said))()
  } finally {
    raw.close()
  }
}

function contentsOf(copy: string): { readonly schema: number; readonly records: number; readonly inspections: readonly string[] } {
  const raw = new Database(copy, { readonly: true })
  try {
    return {
      schema: schemaOf(raw).seen,
      records: raw.prepare<[], number>('SELECT count(*) FROM cameras').pluck().get() ?? 0,
      inspections: raw.prepare<[], string>('SELECT id FROM inspections ORDER BY id').pluck().all(),
    }
  } finally {
    raw.close()
  }
}

/** Files of the inspections that the copy knows, and pictures that devices sent; relative to the data directory. */
async function* evidenceOf(dataDir: string, inspections: readonly string[]): AsyncGenerator<string> {
  const known = new Set(inspections)
  for (const folder of evidenceFolders) {
    const top = await readdir(join(dataDir, folder), { withFileTypes: true }).catch(() => [])
    for (const entry of top.sort((a, b) => (a.name < b.name ? -1 : 1))) {
      if (folder === 'inspections' && !known.has(entry.name)) continue
      yield* filesUnder(dataDir, `${folder}/${entry.name}`, entry.isDirectory())
    }
  }
}

async function* filesUnder(dataDir: string, name: string, isFolder: boolean): AsyncGenerator<string> {
  if (!isFolder) return yield name
  for (const entry of (await readdir(join(dataDir, name), { withFileTypes: true })).sort((a, b) => (a.name < b.name ? -1 : 1))) {
    if (entry.isDirectory() || entry.isFile()) yield* filesUnder(dataDir, `${name}/${entry.name}`, entry.isDirectory())
  }
}

/** A file that is still written, such as a recording of a check that runs, is taken as long as it was when its turn came. */
async function* packFile(path: string, name: string, files: Manifest['files'][number][]): AsyncGenerator<Buffer> {
  const { size, mtimeMs } = await stat(path)
  const hash = createHash('sha256')
  yield writeTarHeader({ name, size, mtimeMs })
  let left = size
  if (size > 0) {
    for await (const piece of createReadStream(path, { end: size - 1, highWaterMark: 1 << 20 }) as AsyncIterable<Buffer>) {
      hash.update(piece)
      left -= piece.length
      yield piece
    }
  }
  if (left > 0) throw new AppError('busy', `${name} became shorter while it was read: try again`)
  yield tarPadding(size)
  files.push({ name, size, sha256: hash.digest('hex') })
}

const hashing = (hash: Hash) =>
  async function* (pieces: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
    for await (const piece of pieces) {
      hash.update(piece)
      yield piece
    }
  }

/** A name that was changed is on the disk when its folder is. */
export async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}
