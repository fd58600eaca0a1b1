// Imports from upload to outcome: read in a thread, shown, told what is missing, applied or cancelled. One is read or written at a time.
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { AppError, type Cancel } from '../base/index.ts'
import { isAnswered, mergeChoices, rejectedCells, rejectedHeading, rejectedHeadings, sheetBytes, type ImportRecord, type ImportStore, type RejectedCell, type RowOutcome, type StagedRow } from '../registry/index.ts'
import { openStaging } from '../store/index.ts'
import { openImportFiles } from './import-files.ts'
import { createImportJobs, type Live } from './import-jobs.ts'
import { createImportThread } from './import-thread.ts'
import type { ImportOptions, ImportProgress, Imports, ImportView } from './import-types.ts'

export type * from './import-types.ts'

const notTaken: readonly RowOutcome[] = ['rejected', 'outside', 'conflict']
const idle: ImportProgress = { phase: 'waiting', read: 0, total: 0, rows: 0 }
const rowsAtOnce = 500

export async function createImports(options: ImportOptions): Promise<Imports> {
  const { store, dataDir, clock, log, random, maxBytes, keepMs } = options
  const kept: ImportStore = store.imports
  const files = openImportFiles(join(dataDir, 'imports'), maxBytes)
  const thread = createImportThread(clock)
  const { read, write } = createImportJobs(options, files, thread)
  const live = new Map<string, Live>()
  const timers = new Map<string, Cancel>()
  let last: Promise<unknown> = Promise.resolve()
  let isOpen = true
  /** Files on their way. */
  let arriving = 0

  const view = (record: ImportRecord): ImportView => {
    const progress = live.get(record.id)?.progress
    // Written already, and the thread is not over yet.
    const state = progress && record.state !== 'reading' ? 'applying' : record.state
    return { ...record, state, ...(progress ? { progress } : {}), ...(files.has(record.id) ? { keptUntilMs: record.updatedAtMs + keepMs } : {}) }
  }
  const existing = async (id: string): Promise<ImportRecord> => {
    const record = await kept.import(id)
    if (!record) throw new AppError('not-found', `there is no import ${id}`)
    return record
  }
  const save = async (record: ImportRecord): Promise<ImportRecord> => {
    const now = { ...record, updatedAtMs: clock.wallMs() }
    await kept.saveImport(now)
    return now
  }
  /** The file and the rows go when their time has come; an import that was never applied is over then. */
  const expire = async (id: string): Promise<void> => {
    timers.get(id)?.()
    timers.delete(id)
    const record = await kept.import(id)
    if (live.has(id)) return
    files.remove(id)
    if (record?.state === 'ready') await save({ ...record, state: 'cancelled', failure: { code: 'not-found', message: 'nobody applied it in time: its file was removed' } })
  }
  const keepFor = (id: string, ms: number): void => {
    timers.get(id)?.()
    timers.set(id, clock.after(ms, () => void expire(id).catch((error: unknown) => log.error({ id, error }, 'a file of an import was not removed'))))
  }
  /** Room for one more: the oldest that is over makes way. */
  const makeRoom = async (): Promise<void> => {
    const records = (await Promise.all(files.ids().map((id) => kept.import(id)))).filter((record) => record !== undefined).sort((a, b) => a.updatedAtMs - b.updatedAtMs)
    if (records.length + arriving < options.files) return
    const over = records.find(({ state }) => state !== 'ready' && state !== 'reading' && state !== 'applying')
    if (!over) throw new AppError('busy', `${options.files} imports wait to be applied: apply or cancel one (imports.files)`)
    await expire(over.id)
  }

  /** One after the other: each has the machine's second core for itself. */
  const work = (record: ImportRecord, before: ImportRecord | undefined, task: (own: Live) => Promise<ImportRecord>): void => {
    const own: Live = { progress: idle, cancelled: new SharedArrayBuffer(4), ended: Promise.resolve(), before }
    const ended = last.then(async () => {
      if (!isOpen) return
      const result = await task(own).catch((error: unknown) => failed(record, own, error))
      live.delete(record.id)
      if (result.state !== 'done') await save(result)
      if (isOpen && files.has(record.id)) keepFor(record.id, keepMs)
    })
    live.set(record.id, Object.assign(own, { ended }))
    last = ended.catch((error: unknown) => log.error({ id: record.id, error }, 'the end of an import was not kept'))
  }
  /** What could be read before is as it was; what could not be written can be tried again. */
  const failed = (record: ImportRecord, own: Live, error: unknown): ImportRecord => {
    if (!isOpen) return stopped(own.before ?? record)
    if (new Int32Array(own.cancelled)[0] !== 0) {
      files.remove(record.id)
      return { ...record, state: 'cancelled' }
    }
    if (!(error instanceof AppError)) log.error({ id: record.id, error: error instanceof Error ? error.stack : String(error) }, 'unexpected error in an import')
    const failure = error instanceof AppError ? { code: error.code, message: error.message } : { code: 'internal', message: 'something unexpected happened: the log has more' }
    log.info({ id: record.id, file: record.fileName, ...failure }, 'an import failed')
    return own.before ? { ...own.before, state: 'ready', failure } : { ...record, state: 'failed', failure }
  }
  const written = async (record: ImportRecord, own: Live, by: string, why: string): Promise<ImportRecord> => {
    await write(record, own, by, why)
    const done = await existing(record.id)
    log.info({ id: record.id, by, file: record.fileName, ...done.outcome }, 'records imported')
    return done
  }
  const stagingOf = async <T>(id: string, look: (rows: ReturnType<typeof openStaging>) => T): Promise<T> => {
    const record = await existing(id)
    if (live.has(id) || !files.has(id) || !record.preview) throw new AppError('conflict', live.has(id) ? 'the import is at work: wait for it' : 'the rows of this import are no longer kept')
    const staging = openStaging(files.staging(id), { readonly: true })
    try {
      return look(staging)
    } finally {
      staging.close()
    }
  }
  const rowsOf: Imports['rows'] = (id, query) => stagingOf(id, (staging) => staging.rows(query))

  await recover()
  return {
    begin: async ({ fileName, stream, isCut = () => false, by, area, choices }) => {
      await makeRoom()
      const id = random(8).toString('hex')
      arriving++
      const taken = await files.take(id, stream, isCut).finally(() => arriving--)
      const same = await kept.appliedImport(taken.sha256)
      const atMs = clock.wallMs()
      const record = await save({ id, fileName, ...taken, by, area, state: 'reading', atMs, updatedAtMs: atMs, choices, ...(same ? { sameAs: { id: same.id, atMs: same.updatedAtMs, by: same.by } } : {}) })
      work(record, undefined, (own) => read(record, own, false))
      return view(record)
    },
    get: async (id) => {
      const record = await kept.import(id)
      return record && view(record)
    },
    list: async (limit) => (await kept.imports(limit)).map(view),
    settled: async (id, withinMs) => {
      const own = live.get(id)
      let stop: Cancel = () => {}
      if (own) await Promise.race([own.ended, new Promise<void>((resolve) => (stop = clock.after(withinMs, resolve)))])
      stop()
      return view(await existing(id))
    },
    choose: async (id, choices) => {
      const record = await readyOne(id)
      // The choices are kept with what was read by them, not before.
      const reading = await save({ ...record, state: 'reading' })
      work(reading, record, (own) => read({ ...reading, choices }, own, false))
      return view(reading)
    },
    apply: async (id, { choices, by, why }) => {
      const record = await readyOne(id)
      const merged = mergeChoices(record.choices, choices)
      const missing = (record.preview?.needs ?? []).filter((need) => !isAnswered(need, merged))
      const [need] = missing
      if (need) throw new AppError('import.choice-needed', `${missing.length === 1 ? '' : `${missing.length} choices are missing; the first: `}${need.message.en}`)
      const isRead = JSON.stringify(merged) === JSON.stringify(record.choices) && (await stagingOf(id, (staging) => staging.choices())) === JSON.stringify(merged)
      const applying = await save({ ...record, state: 'applying' })
      work(applying, record, async (own) => {
        if (isRead) return written(applying, own, by, why)
        const again = await read({ ...applying, choices: merged }, own, true)
        // Another sheet or column may raise another question: the new preview asks it.
        if ((again.preview?.needs.length ?? 0) > 0) return again
        return written(await save({ ...again, state: 'applying' }), own, by, why)
      })
      return view(applying)
    },
    cancel: async (id) => {
      const record = await existing(id)
      const own = live.get(id)
      if (own) {
        Atomics.store(new Int32Array(own.cancelled), 0, 1)
        await own.ended
      } else if (record.state === 'ready') {
        files.remove(id)
        timers.get(id)?.()
        await save({ ...record, state: 'cancelled' })
      } else throw new AppError('conflict', `the import is ${record.state}: there is nothing to cancel`)
      return view(await existing(id))
    },
    rows: rowsOf,
    rejected: async (id) => {
      const record = await existing(id)
      const [first] = await rowsOf(id, { outcomes: notTaken, after: 0, limit: 1 })
      const { preview } = record
      if (!first || !preview) return undefined
      const { headings, columns } = rejectedHeadings(preview)
      const only = ({ cells = [], reasons = [], ...row }: StagedRow): StagedRow => ({ ...row, cells: columns.map((column) => cells[column] ?? ''), reasons: reasons.map(({ column, ...reason }) => (column === undefined ? reason : { ...reason, column: columns.indexOf(column) })) })
      const rows = async function* (): AsyncGenerator<readonly RejectedCell[]> {
        yield rejectedHeading(headings)
        for (let after = 0; ; ) {
          const batch = await rowsOf(id, { outcomes: notTaken, after, limit: rowsAtOnce })
          if (batch.length === 0) return
          for (const row of batch) yield rejectedCells(only(row))
          after = batch.at(-1)?.number ?? after
        }
      }
      const name = record.fileName.replace(/\.[^.]*$/, '')
      return { fileName: `${name}.rejected.${preview.kind}`, format: preview.kind, body: Readable.from(sheetBytes(rows(), preview.kind, preview.encoding === 'gb18030' ? 'gb18030' : 'utf-8')) }
    },
    close: async () => {
      isOpen = false
      for (const stop of timers.values()) stop()
      for (const { cancelled } of live.values()) Atomics.store(new Int32Array(cancelled), 0, 1)
      await last
      await thread.close()
    },
  }

  async function readyOne(id: string): Promise<ImportRecord> {
    const record = await existing(id)
    if (record.state !== 'ready' || live.has(id)) throw new AppError('conflict', `the import is ${record.state}: only one that is ready can be applied`)
    if (!files.has(id)) throw new AppError('conflict', 'the file of this import is no longer kept: send it again')
    return record
  }

  /** What the process before this one left: nothing was written unless its outcome was, in the same transaction. */
  async function recover(): Promise<void> {
    for (const id of files.ids()) {
      const record = await kept.import(id)
      if (!record || record.updatedAtMs + keepMs <= clock.wallMs()) await expire(id)
      else keepFor(id, record.updatedAtMs + keepMs - clock.wallMs())
    }
    for (const record of await kept.imports(1000)) {
      if (record.state === 'reading' || record.state === 'applying') await save(stopped(record))
      else if (record.state === 'ready' && !files.has(record.id)) await save({ ...record, state: 'cancelled', failure: { code: 'not-found', message: 'its file is no longer there' } })
    }
  }

  /** What could not be finished before the service stopped. */
  function stopped(record: ImportRecord): ImportRecord {
    const isRead = record.preview !== undefined && files.has(record.id)
    if (!isRead) files.remove(record.id)
    return { ...record, state: isRead ? 'ready' : 'failed', failure: { code: 'busy', message: `the service was stopped meanwhile: nothing was written${isRead ? '' : '; send the file again'}` } }
  }
}
