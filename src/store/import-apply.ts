// Staged rows -> records, in one transaction on a connection of their own: all of them or none, and what was read before counts only where the record
// is still the one that was read. Made to run in a thread of its own; nobody else writes meanwhile (lend.ts).
import Database from 'better-sqlite3'
import type { Camera, FindCameras, FindFound, ImportOutcomeCounts, ImportRecord, RegistryStore, StagedRow } from '../registry/index.ts'
import { beginBulk, bulkFrom } from './bulk.ts'
import { cameraColumns, cameraOf, type CameraRow } from './camera-rows.ts'
import { indexed } from './camera-text.ts'
import { readClock } from './database.ts'
import { drizzle } from './drizzle.ts'
import { importWriter } from './import-store.ts'
import { batches, toWrite, type StagingFile } from './import-staging.ts'
import { isAsSeen, stagedWriter } from './import-write.ts'
import { registryStore } from './registry-store.ts'
import { taskOn, translate } from './trouble.ts'

export interface Beside {
  readonly find: FindCameras
  /** The records for reading. */
  readonly registry: RegistryStore
  readonly apply: (options: ApplyOptions) => Promise<ImportOutcomeCounts>
  /** Brings what was written from the log into the database. */
  readonly checkpoint: () => void
  readonly close: () => void
}

export interface ApplyOptions {
  readonly staging: StagingFile
  /** The import as it is when its records are written; its outcome goes with them. */
  readonly record: ImportRecord
  readonly by: string
  readonly why: string
  readonly atMs: number
  /** A row whose record has moved on, as it is kept with its reason. */
  readonly conflict: (row: StagedRow) => StagedRow
  /** What catalogs and presence find of the records as they will be. */
  readonly findFound: FindFound
  /** Awaited before the transaction begins. */
  readonly beforeWrite: () => Promise<void>
  /** Called between parts; may throw: then nothing is written. */
  readonly onPart: (phase: 'checking' | 'writing', rows: number) => void
}

/** Pages of the tables that are written stay in memory: those that must leave it before the end are written twice and more. Ours, measured at 100,000. */
const cacheKb = 98_304

/** A second connection to a database that is open already; it is not migrated. */
export function openBeside(file: string, options: { readonly readonly?: boolean } = {}): Beside {
  const raw = new Database(file, { timeout: 10_000, fileMustExist: true, readonly: options.readonly === true })
  raw.pragma('foreign_keys = ON')
  raw.pragma(`cache_size = -${cacheKb}`)
  // Acknowledged means that it survives a power cut, not only the end of this process.
  raw.pragma('synchronous = FULL')
  // The log is brought in afterwards, when the others may write again.
  raw.pragma('wal_autocheckpoint = 0')
  readClock(raw, Date.now)
  const some = raw.prepare<[string], CameraRow>(`SELECT ${cameraColumns} FROM json_each(?) j JOIN cameras c ON c.id = j.value JOIN camera_documents d ON d.n = c.n`)
  const find: FindCameras = (ids) => new Map(some.all(JSON.stringify(ids)).map((row) => [row.id, cameraOf(row)]))
  return {
    find,
    registry: registryStore({ raw, typed: drizzle(raw) }, taskOn(file)),
    apply: async (given) => {
      try {
        raw.prepare('ATTACH ? AS staged').run(given.staging.file)
        // Read only: nothing there is to be kept, so nothing there is waited for.
        raw.pragma('staged.synchronous = OFF')
        await judge(raw, find, given)
        await given.beforeWrite()
        return write(raw, given)
      } catch (error) {
        throw translate(error, file)
      }
    },
    checkpoint: () => void raw.pragma('wal_checkpoint(PASSIVE)'),
    close: () => void raw.close(),
  }
}

/** Before the transaction, which is to be short: who has moved on, what catalogs and presence say of the others, and what texts are lacking still. */
async function judge(raw: Database.Database, find: FindCameras, { staging, conflict, findFound, onPart, atMs }: ApplyOptions): Promise<void> {
  const gone = new Set(raw.prepare<[], number>(`SELECT s.number FROM staged.staged s LEFT JOIN cameras c ON c.id = s.code WHERE s.${toWrite} AND NOT ${isAsSeen}`).pluck().all())
  const standing = raw.prepare<[string], string>(`SELECT DISTINCT f.camera_id FROM json_each(?) j CROSS JOIN findings f ON f.camera_id = j.value WHERE f.source <> 'record'`).pluck()
  let rows = 0
  for (const batch of batches(staging)) {
    onPart('checking', rows)
    rows += batch.length
    const current = find(batch.map(({ code }) => code))
    const cameras: Camera[] = []
    const numbers = new Map<string, number>()
    for (const row of batch) {
      if (gone.has(row.number)) staging.refuse(conflict(row))
      else {
        cameras.push(cameraAfter(row, current.get(row.code), atMs))
        numbers.set(row.code, row.number)
      }
    }
    // Nothing found of what nothing stands of is nothing to write.
    const known = new Set(current.size === 0 ? [] : standing.all(JSON.stringify([...current.keys()])))
    const found = (await findFound(cameras)).filter(({ cameraId, findings }) => findings.length > 0 || known.has(cameraId))
    if (found.length > 0) staging.saveFound([...Map.groupBy(found, ({ cameraId }) => numbers.get(cameraId) ?? 0)].map(([number, list]) => ({ number, found: list })))
  }
  for (let lacking = staging.textless(textsAtOnce); lacking.length > 0; lacking = staging.textless(textsAtOnce)) {
    onPart('checking', rows)
    staging.saveTexts(lacking.map(([number, values]) => [number, indexed(values)]))
  }
}

const textsAtOnce = 1000

/** Alone on its connection, and in one go. */
function write(raw: Database.Database, { staging, record, by, why, atMs, onPart }: ApplyOptions): ImportOutcomeCounts {
  const isBulk = (record.preview?.counts.created ?? 0) + (record.preview?.counts.changed ?? 0) >= bulkFrom
  const writeImport = importWriter(raw)
  raw.exec('BEGIN IMMEDIATE')
  try {
    const bulk = isBulk ? beginBulk(raw) : undefined
    const writer = stagedWriter(raw, staging, { by, why, atMs }, isBulk)
    for (let rows = 0, more = writer.next(); more > 0; more = writer.next()) onPart('writing', (rows += more))
    while (writer.nextTexts() > 0) onPart('writing', writer.counts().created + writer.counts().changed)
    bulk?.finish()
    const counts = { ...writer.counts(), conflicts: countOf(staging) }
    writeImport({ ...record, state: 'done', updatedAtMs: atMs, outcome: { ...counts, by, why, atMs } })
    raw.exec('COMMIT')
    return counts
  } catch (error) {
    if (raw.inTransaction) raw.exec('ROLLBACK')
    throw error
  }
}

/** What the device reports and what was verified stay as they are now. */
const cameraAfter = ({ code, written }: StagedRow, before: Camera | undefined, atMs: number): Camera => ({
  ...(before ?? { id: code, presence: 'unknown' }),
  isRetired: false,
  isDraft: false,
  declared: written?.declared ?? {},
  findings: written?.findings ?? [],
  ...(written?.completeness ? { completeness: written.completeness } : {}),
  version: (before?.version ?? 0) + 1,
  updatedAtMs: atMs,
})

const countOf = (staging: StagingFile): number => {
  let count = 0
  for (let after = 0; ; ) {
    const batch = staging.rows({ outcomes: ['conflict'], after, limit: 1000 })
    if (batch.length === 0) return count
    count += batch.length
    after = batch.at(-1)?.number ?? after
  }
}
