// Staged rows -> records, in one transaction on a connection of their own: all of them or none, and what was read before counts only where the record
// is still the one that was read. Made to run in a thread of its own; nobody else writes meanwhile (lend.ts).
import Database from 'better-sqlite3'
import type { Camera, FindCameras, FindFound, ImportOutcomeCounts, ImportRecord, RegistryStore, StagedRow } from '../registry/index.ts'
import { beginBulk, bulkFrom } from './bulk.ts'
import { cameraColumns, cameraOf, type CameraRow } from './camera-rows.ts'
import { readClock } from './database.ts'
import { drizzle } from './drizzle.ts'
import { importWriter } from './import-store.ts'
import { batches, type StagingFile } from './import-staging.ts'
import { recordWriter } from './record-writer.ts'
import { registryStore } from './registry-store.ts'
import { openTexts } from './texts-beside.ts'
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

/** A second connection to a database that is open already; it is not migrated. */
export function openBeside(file: string, options: { readonly readonly?: boolean } = {}): Beside {
  const raw = new Database(file, { timeout: 10_000, fileMustExist: true, readonly: options.readonly === true })
  raw.pragma('foreign_keys = ON')
  raw.pragma('cache_size = -65536')
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
        await judge(find, given)
        await given.beforeWrite()
        return await write(raw, find, given)
      } catch (error) {
        throw translate(error, file)
      }
    },
    checkpoint: () => void raw.pragma('wal_checkpoint(PASSIVE)'),
    close: () => void raw.close(),
  }
}

/** Before the transaction, which is to be short: who has moved on, and what catalogs and presence say of the others. */
async function judge(find: FindCameras, { staging, conflict, findFound, onPart, atMs }: ApplyOptions): Promise<void> {
  let rows = 0
  for (const batch of batches(staging)) {
    onPart('checking', rows)
    const current = find(batch.map(({ code }) => code))
    const cameras: { readonly number: number; readonly camera: Camera }[] = []
    for (const row of batch) {
      const before = current.get(row.code)
      if (before?.version !== row.version && !(before?.isDraft && row.version === undefined)) staging.refuse(conflict(row))
      else cameras.push({ number: row.number, camera: cameraAfter(row, before, atMs) })
    }
    const found = await findFound(cameras.map(({ camera }) => camera))
    const numbers = new Map(cameras.map(({ number, camera }) => [camera.id, number]))
    staging.saveFound([...Map.groupBy(found, ({ cameraId }) => numbers.get(cameraId) ?? 0)].map(([number, list]) => ({ number, found: list })))
    rows += batch.length
  }
}

/** Alone on its connection: what it waits for within the transaction is only the texts. */
async function write(raw: Database.Database, find: FindCameras, { staging, record, by, why, atMs, onPart }: ApplyOptions): Promise<ImportOutcomeCounts> {
  const isBulk = (record.preview?.counts.created ?? 0) + (record.preview?.counts.changed ?? 0) >= bulkFrom
  const writeImport = importWriter(raw)
  const texts = isBulk ? openTexts(staging.file) : undefined
  let [created, changed] = [0, 0]
  raw.exec('BEGIN IMMEDIATE')
  try {
    const bulk = isBulk ? beginBulk(raw) : undefined
    const writeRecords = recordWriter(raw, { isBulk, ...(texts && { made: texts.made }) })
    for (const batch of batches(staging)) {
      onPart('writing', created + changed)
      await texts?.next()
      const current = find(batch.map(({ code }) => code))
      const found = staging.found(batch.map(({ number }) => number))
      const changes = batch.flatMap((row) => (row.changes ?? []).map((change) => ({ ...change, ...fromOf(change.field, current.get(row.code)), by, why, atMs })))
      writeRecords(batch.map((row) => cameraAfter(row, current.get(row.code), atMs)), changes, { found: [...found.values()].flat(), atMs })
      for (const { outcome, code, written } of batch) {
        if (outcome === 'created') created++
        else changed++
        if (bulk && hasMoved(written?.declared, current.get(code))) bulk.moved(code)
      }
    }
    bulk?.finish()
    const conflicts = countOf(staging)
    writeImport({ ...record, state: 'done', updatedAtMs: atMs, outcome: { created, changed, conflicts, by, why, atMs } })
    raw.exec('COMMIT')
    return { created, changed, conflicts }
  } catch (error) {
    if (raw.inTransaction) raw.exec('ROLLBACK')
    throw error
  } finally {
    await texts?.close()
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

/** A draft stands where its device says. */
const hasMoved = (declared: Camera['declared'] | undefined, before: Camera | undefined): boolean =>
  !before || before.isDraft || declared?.longitude !== before.declared.longitude || declared?.latitude !== before.declared.latitude

/** A catalog may have made a draft since the preview, which took the record for new. */
const fromOf = (field: string, before: Camera | undefined): { readonly from?: string } => (field === 'record' && before?.isDraft === true ? { from: 'draft' } : {})

const countOf = (staging: StagingFile): number => {
  let count = 0
  for (let after = 0; ; ) {
    const batch = staging.rows({ outcomes: ['conflict'], after, limit: 1000 })
    if (batch.length === 0) return count
    count += batch.length
    after = batch.at(-1)?.number ?? after
  }
}
