// A backup put back: looked at first, whole and sound, then exchanged for what is there, which is kept beside it.
import Database from 'better-sqlite3'
import { createHash } from 'node:crypto'
import { createReadStream, existsSync } from 'node:fs'
import { copyFile, link, mkdir, mkdtemp, open, readdir, readFile, rename, rm } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import type { Readable } from 'node:stream'
import { createGunzip } from 'node:zlib'
import { AppError, ParseError, type Clock } from '../base/index.ts'
import { auditRows } from './audit-rows.ts'
import { manifestName, syncFolder, type Manifest } from './backup.ts'
import { databaseName, installationKeyName, schemaOf } from './database-file.ts'
import { connect } from './database.ts'
import { makeFolder } from './folder.ts'
import { takeLock } from './lock.ts'
import { meantimeParts } from './meantime-file.ts'
import { readTar, type OpenEntry } from './tar.ts'
import { translate } from './trouble.ts'

export interface RestoreOptions {
  readonly dataDir: string
  readonly from: string
  readonly clock: Clock
}

export interface RestoreOutcome {
  readonly software: string
  readonly atMs: number
  readonly records: number
  readonly evidenceFiles: number
  /** Where what was there before is kept. */
  readonly kept: readonly string[]
}

/** More than any manifest of ours: a million files. */
const maxManifest = 256 * 1024 * 1024

/** Throws AppError 'data.locked' while a service runs, 'backup.invalid' for what is damaged, no backup, or of a newer version; until then nothing is touched. */
export async function restoreBackup({ dataDir, from, clock }: RestoreOptions): Promise<RestoreOutcome> {
  if (!existsSync(from)) throw new AppError('not-found', `there is no file ${from}`)
  let unlock = (): void => {}
  let folder: string | undefined
  try {
    makeFolder(dataDir)
    unlock = takeLock(join(dataDir, databaseName))
    // What one that was broken off has left.
    for (const name of await readdir(dataDir)) if (name.startsWith('restoring-')) await rm(join(dataDir, name), { recursive: true, force: true })
    folder = await mkdtemp(join(dataDir, 'restoring-'))
    const manifest = await unpack(from, folder)
    const fresh = join(folder, databaseName)
    examine(fresh)
    const records = prepare(fresh, clock, `from ${new Date(manifest.atMs).toISOString()}, ${manifest.software}, SHA-256 of the database ${manifest.files.find(({ name }) => name === databaseName)?.sha256}`)
    const kept = await exchange(dataDir, folder, stamp(clock.wallMs()))
    return { software: manifest.software, atMs: manifest.atMs, records, evidenceFiles: manifest.files.filter(({ name }) => name !== databaseName && name !== installationKeyName).length, kept }
  } catch (error) {
    throw error instanceof ParseError ? new AppError('backup.invalid', `${from} cannot be restored: ${error.message}`) : translate(error, join(dataDir, databaseName))
  } finally {
    if (folder !== undefined) await rm(folder, { recursive: true, force: true })
    unlock()
  }
}

const stamp = (ms: number): string => new Date(ms).toISOString().replace(/\.\d+Z$/, 'Z').replaceAll(':', '')

/** Every file of the archive into the folder, each as the manifest says it is, and no other. */
async function unpack(from: string, folder: string): Promise<Manifest> {
  const found = new Map<string, { readonly size: number; readonly sha256: string }>()
  let manifest: Manifest | undefined
  for await (const entry of readTar(await piecesOf(from))) {
    if (manifest) throw new ParseError('archive.malformed', 'it has files behind its end')
    if (entry.name === manifestName) manifest = await readManifest(entry)
    else if (!isOurName(entry.name) || found.has(entry.name)) throw new ParseError('archive.malformed', `it holds "${entry.name.slice(0, 100)}", which belongs to no backup`)
    else found.set(entry.name, await writeEntry(join(folder, entry.name), entry))
  }
  if (!manifest) throw new ParseError('archive.malformed', 'it has no list of its files: it is no backup, or not whole')
  for (const { name, size, sha256 } of manifest.files) {
    const file = found.get(name)
    if (file?.size !== size || file.sha256 !== sha256) throw new ParseError('archive.malformed', `${name} is not as it was saved`)
  }
  if (found.size !== manifest.files.length || !found.has(databaseName)) throw new ParseError('archive.malformed', 'it is no backup of a database')
  return manifest
}

/** Plain names below our own folders: nothing that climbs. */
const isOurName = (name: string): boolean => name === databaseName || name === installationKeyName || /^(inspections|snapshots)(\/[\w-]+(\.[\w-]+)*)+$/.test(name)

async function piecesOf(from: string): Promise<AsyncIterable<Buffer>> {
  const handle = await open(from, 'r')
  const magic = Buffer.alloc(2)
  await handle.read(magic, 0, 2, 0)
  await handle.close()
  const file = createReadStream(from, { highWaterMark: 1 << 20 })
  return magic.equals(Buffer.from([0x1f, 0x8b])) ? unzipped(file) : file
}

async function* unzipped(file: Readable): AsyncGenerator<Buffer> {
  const gunzip = createGunzip()
  file.once('error', (error) => gunzip.destroy(error))
  file.pipe(gunzip)
  try {
    yield* gunzip as AsyncIterable<Buffer>
  } catch (error) {
    throw String((error as { code?: unknown }).code).startsWith('Z_') ? new ParseError('archive.malformed', 'its compression is damaged') : error
  } finally {
    file.destroy()
  }
}

async function readManifest(entry: OpenEntry): Promise<Manifest> {
  if (entry.size > maxManifest) throw new ParseError('archive.malformed', 'its list of files is too long')
  const parts: Buffer[] = []
  for await (const part of entry.bytes) parts.push(part)
  const damaged = new ParseError('archive.malformed', 'its list of files is damaged')
  let said: Partial<Manifest>
  try {
    said = JSON.parse(Buffer.concat(parts).toString()) as Partial<Manifest>
  } catch {
    throw damaged
  }
  if (said.format !== 1) throw new ParseError('archive.malformed', 'it was made by a newer version')
  if (typeof said.software !== 'string' || typeof said.atMs !== 'number' || !Number.isFinite(said.atMs) || !Array.isArray(said.files)) throw damaged
  return said as Manifest
}

async function writeEntry(path: string, entry: OpenEntry): Promise<{ readonly size: number; readonly sha256: string }> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 })
  const hash = createHash('sha256')
  const handle = await open(path, 'wx', 0o600)
  try {
    for await (const piece of entry.bytes) {
      hash.update(piece)
      await handle.writeFile(piece)
    }
    await handle.sync()
  } finally {
    await handle.close()
  }
  return { size: entry.size, sha256: hash.digest('hex') }
}

/** Is it a database of ours, whole, and not of a newer version? */
function examine(file: string): void {
  const refuse = (why: string): never => {
    throw new ParseError('archive.malformed', why)
  }
  let raw: Database.Database | undefined
  try {
    raw = new Database(file, { fileMustExist: true })
    const { seen, isNewer } = schemaOf(raw)
    if (seen === 0) refuse('its database is not one of Yiji')
    if (isNewer) refuse('it was made by a newer version: install that one first')
    const sound = raw.pragma('integrity_check', { simple: true })
    if (sound !== 'ok') refuse(`its database is damaged (${String(sound).slice(0, 100)})`)
    if ((raw.pragma('foreign_key_check') as readonly unknown[]).length > 0) refuse('its database is damaged (rows without what they belong to)')
  } catch (error) {
    if (error instanceof ParseError) throw error
    if (/^SQLITE_(NOTADB|CORRUPT|ERROR)/.test(String((error as { code?: unknown }).code))) refuse('its database is damaged')
    throw error
  } finally {
    raw?.close()
  }
}

/** Brought up to this version; who was logged in then is not now; and the trail says what happened. Returns how many records there are. */
function prepare(file: string, clock: Clock, detail: string): number {
  const { raw } = connect(file)
  try {
    raw.transaction(() => {
      raw.prepare(`DELETE FROM sessions WHERE kind = 'session'`).run()
      auditRows(raw).append({ atMs: clock.wallMs(), account: '', action: 'data.restored', subject: 'database', detail })
    }).immediate()
    raw.pragma('wal_checkpoint(TRUNCATE)')
    return raw.prepare<[], number>('SELECT count(*) FROM cameras').pluck().get() ?? 0
  } finally {
    raw.close()
  }
}

/** The database first, in one step of the file system: whenever this is broken off there is one, the old or the new. */
async function exchange(dataDir: string, folder: string, when: string): Promise<readonly string[]> {
  const kept: string[] = []
  const current = join(dataDir, databaseName)
  if (existsSync(current)) {
    // What the old one still has in its log goes into its file; afterwards it has none that could pass for the new one's.
    const old = new Database(current, { timeout: 2000 })
    try {
      old.pragma('wal_checkpoint(TRUNCATE)')
      old.pragma('journal_mode = DELETE')
    } catch (error) {
      // One that is damaged is kept as it is, with its log.
      if (!/^SQLITE_(NOTADB|CORRUPT)/.test(String((error as { code?: unknown }).code))) throw error
    } finally {
      old.close()
    }
    const aside = `${current}.before-${when}`
    await link(current, aside).catch(() => copyFile(current, aside))
    for (const part of ['-wal', '-shm']) if (existsSync(current + part)) await rename(current + part, aside + part)
    // What devices said to the old one is none of the new one's.
    const beside = meantimeParts(aside)
    for (const [at, part] of meantimeParts(current).entries()) if (existsSync(part)) await rename(part, beside[at] ?? '')
    kept.push(resolve(aside))
  }
  await rename(join(folder, databaseName), current)
  await syncFolder(dataDir)
  const key = join(folder, installationKeyName)
  if (existsSync(key)) {
    const there = join(dataDir, installationKeyName)
    if (existsSync(there) && !(await readFile(there)).equals(await readFile(key))) {
      await rename(there, `${there}.before-${when}`)
      kept.push(resolve(`${there}.before-${when}`))
    }
    await rename(key, there)
  }
  for (const name of ['inspections', 'snapshots']) {
    if (!existsSync(join(folder, name))) continue
    const there = join(dataDir, name)
    if (existsSync(there) && (await readdir(there)).length > 0) {
      await rename(there, `${there}.before-${when}`)
      kept.push(resolve(`${there}.before-${when}`))
    } else await rm(there, { recursive: true, force: true })
    await rename(join(folder, name), there)
  }
  await syncFolder(dataDir)
  return kept
}
