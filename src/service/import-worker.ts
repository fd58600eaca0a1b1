// The thread in which a file is read and its records are written: SIP has timers of half a second, and reading 100,000 rows takes longer. It has
// connections of its own; what it holds is bounded by the one who starts it.
import { parentPort } from 'node:worker_threads'
import { isWithin } from '../accounts/index.ts'
import { AppError, systemClock } from '../base/index.ts'
import { conflictRow, endingNote, openSheet, readImport, reconciliation, type Choices, type ImportOutcomeCounts, type ImportPreview, type ImportRecord, type ReconcileOptions, type RuleContext, type StagedRow } from '../registry/index.ts'
import { asked, openBeside, openStaging, openTexts, type TextsBeside } from '../store/index.ts'
import { readRules, type RuleFiles } from './rules.ts'

interface Common {
  readonly databaseFile: string
  readonly stagingFile: string
  /** One word: not 0 when the import was cancelled. */
  readonly cancelled: SharedArrayBuffer
}
export interface ReadJob extends Common {
  readonly job: 'read'
  readonly file: string
  readonly fileName: string
  readonly area: string
  readonly choices: Choices
  readonly nowMs: number
  readonly ruleFiles: RuleFiles
  /** Staged rows of the preview that this one comes after. */
  readonly seenFile?: string
}
export interface ApplyJob extends Common {
  readonly job: 'apply'
  readonly record: ImportRecord
  readonly by: string
  readonly why: string
  readonly nowMs: number
  /** What catalogs and presence are held against records by; as the registry does when absent. */
  readonly reconcile?: ReconcileOptions
}
export type Job = ReadJob | ApplyJob

export type Told =
  | { readonly type: 'progress'; readonly phase: 'reading' | 'checking' | 'writing'; readonly read: number; readonly total: number; readonly rows: number }
  | { readonly type: 'preview'; readonly preview: ImportPreview }
  /** Everything is ready; it waits for 'go' before it begins to write. */
  | { readonly type: 'may-write' }
  | { readonly type: 'wrote'; readonly outcome: ImportOutcomeCounts }
  | { readonly type: 'failed'; readonly code: string; readonly message: string }
  | { readonly type: 'bug'; readonly message: string; readonly stack: string }
  | { readonly type: 'end' }

/** Rows from which on a second thread makes what records are found by. Ours. */
const textsFrom = 2000
/** Progress is told so often at most. */
const tellMs = 100

const port = parentPort
/** The other side lets it write. */
let go = (): void => {}
const tell = (told: Told): void => port?.postMessage(told)

function createProgress(cancelled: SharedArrayBuffer): (phase: 'reading' | 'checking' | 'writing', read: number, total: number, rows: number) => void {
  const flag = new Int32Array(cancelled)
  let last = 0
  return (phase, read, total, rows) => {
    if (Atomics.load(flag, 0) !== 0) throw new AppError('conflict', 'the import was cancelled')
    const now = performance.now()
    if (now - last < tellMs) return
    last = now
    tell({ type: 'progress', phase, read, total, rows })
  }
}

async function read(job: ReadJob): Promise<void> {
  const progress = createProgress(job.cancelled)
  const rules: RuleContext = { nowMs: job.nowMs, ...readRules(job.ruleFiles) }
  const source = await openSheet(job.file, job.fileName)
  const database = openBeside(job.databaseFile, { readonly: true })
  const staging = openStaging(job.stagingFile)
  const before = job.seenFile === undefined ? undefined : openStaging(job.seenFile, { readonly: true })
  // Of a few rows the texts are made when they are written: another thread takes half a second to begin.
  let texts: TextsBeside | undefined
  let lastSaved: readonly StagedRow[] = []
  const save = (rows: readonly StagedRow[]): void => {
    staging.save(rows)
    lastSaved = rows
  }
  try {
    const preview = await readImport({
      source,
      choices: job.choices,
      rules,
      isInside: (area) => isWithin(area, job.area),
      find: database.find,
      staging: { save, clear: staging.clear },
      ...(before ? { seen: before.seen } : {}),
      onBatch: async (rows) => {
        const { read: done, total } = source.progress()
        progress('reading', done, total, rows)
        if (rows >= textsFrom) await (texts ??= openTexts(staging.saveTexts)).ask(asked(lastSaved))
      },
    })
    await texts?.settled()
    staging.saveChoices(JSON.stringify(job.choices))
    const note = endingNote(source.kind, job.fileName)
    tell({ type: 'preview', preview: note ? { ...preview, notes: [note, ...preview.notes] } : preview })
  } finally {
    await texts?.close()
    before?.close()
    staging.close()
    database.close()
    await source.close()
  }
}

async function apply(job: ApplyJob): Promise<void> {
  const progress = createProgress(job.cancelled)
  const { counts } = job.record.preview ?? { counts: { created: 0, changed: 0 } }
  const total = counts.created + counts.changed
  const database = openBeside(job.databaseFile)
  const staging = openStaging(job.stagingFile)
  try {
    const outcome = await database.apply({
      staging,
      record: job.record,
      by: job.by,
      why: job.why,
      atMs: job.nowMs,
      conflict: (row) => conflictRow(row, job.record.preview),
      findFound: reconciliation(database.registry, systemClock, job.reconcile),
      beforeWrite: () =>
        new Promise((resolve) => {
          go = resolve
          tell({ type: 'may-write' })
        }),
      onPart: (phase, rows) => progress(phase, rows, total, rows),
    })
    tell({ type: 'wrote', outcome })
    database.checkpoint()
  } finally {
    staging.close()
    database.close()
  }
}

async function run(job: Job): Promise<void> {
  try {
    await (job.job === 'read' ? read(job) : apply(job))
  } catch (error) {
    if (error instanceof AppError) tell({ type: 'failed', code: error.code, message: error.message })
    else tell({ type: 'bug', message: error instanceof Error ? error.message : String(error), stack: error instanceof Error ? (error.stack ?? '') : '' })
  }
  tell({ type: 'end' })
}

port?.on('message', (message: Job | 'go') => {
  if (message === 'go') go()
  else void run(message)
})
