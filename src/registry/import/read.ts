// A file -> what it would change. Goes over the rows once (twice where merged cells are to be filled), and holds a batch of them.
import { AppError } from '../../base/index.ts'
import { fieldRow, type FieldRow } from '../field-table.ts'
import type { RuleContext } from '../rules.ts'
import type { FieldName, Fields } from '../types.ts'
import { findHeadings, headingSearch, type Headings } from './headings.ts'
import { columnName, columnNumber, sheetBounds, type Merge, type SheetEnd, type SheetRow, type SheetSource } from './sheet.ts'
import { choiceNeeds } from './needs.ts'
import { notesOf } from './notes.ts'
import { planRow, type PlanContext, type PlannedRow } from './plan.ts'
import { chooseSheet } from './sheets.ts'
import { createTally, detached, type ImportTally } from './tally.ts'
import type { Choices, FindCameras, ImportCounts, ImportPreview, Need, Reason, RowOutcome, StagedRow, Staging } from './types.ts'
import { createCellReader, type CellReader } from './values.ts'

export interface ReadOptions {
  readonly source: SheetSource
  readonly choices: Choices
  readonly rules: RuleContext
  readonly isInside: (area: string) => boolean
  readonly find: FindCameras
  readonly staging: Staging
  /** Version of the record that a row's preview saw, null where there was none; undefined where there was no preview. */
  readonly seen?: (row: number) => number | null | undefined
  /** Called between batches, and waited for; may throw to end it. */
  readonly onBatch?: (rows: number) => Promise<void> | void
}

/** Rows looked up and kept at one go. */
const batchSize = 500

/** Throws AppError 'import.unreadable' with one clear reason, ParseError where the file is damaged. */
export async function readImport(options: ReadOptions): Promise<ImportPreview> {
  const { source, choices, staging } = options
  const { sheet, needs } = await chooseSheet(source, choices)
  if (sheet === undefined) return emptyPreview(source, needs)
  staging.clear()
  const first = await pass(options, sheet, [])
  if (first.fill.length === 0) return first.preview
  staging.clear()
  return (await pass(options, sheet, first.fill)).preview
}

async function pass(options: ReadOptions, sheet: number, fill: readonly Merge[]): Promise<{ readonly preview: ImportPreview; readonly fill: readonly Merge[] }> {
  const { source, choices, staging, onBatch } = options
  const tally = createTally()
  const reader = createCellReader(choices, tally)
  const counts = newCounts()
  const areas = new Set<string>()
  const codes = new Map<string, number>()
  let headings: Headings | undefined
  let waiting: SheetRow[] = []
  let [hiddenRows, lastNumber] = [0, 0]

  const flush = async (rows: readonly SheetRow[]): Promise<void> => {
    if (!headings) return
    const staged = planBatch(rows, headings, { ...options, tally, reader, codes, areas })
    for (const row of staged) count(counts, row)
    staging.save(staged.map((row) => (row.outcome === 'unchanged' ? bare(row) : row)))
    await onBatch?.(counts.rows)
  }
  const begin = (): void => {
    headings = findHeadings(waiting, choices)
    if (!headings) throw noHeadings(source, sheet)
    insistOnWidth(waiting, headings)
    if (choices.columns?.code === '') throw new AppError('import.unreadable', `the column of ${fieldRow('code').zh} is left out: nothing can be read without it`)
    const { lastRow } = headings
    waiting = waiting.filter(({ number }) => number > lastRow)
  }
  const rows = source.rows({ sheet, fill })
  let end: SheetEnd | undefined
  while (!end) {
    const step = await rows.next()
    if (step.done) {
      end = step.value
      break
    }
    for (const row of step.value) {
      waiting.push(row)
      if (row.isHidden) hiddenRows++
      lastNumber = row.number
      if (!headings && waiting.length >= headingSearch) begin()
      if (headings && waiting.length >= batchSize) await flush(waiting.splice(0))
    }
    // Several columns for the code: nothing is known of any row until one is chosen.
    if (headings && !headings.columns.has('code')) end = nothingMore
  }
  if (!headings) begin()
  const found = headings as Headings | undefined
  if (!found) throw noHeadings(source, sheet)
  if (found.columns.has('code')) await flush(waiting)
  const preview: ImportPreview = {
    ...emptyPreview(source, [...found.needs, ...choiceNeeds(tally, choices)]),
    sheet: source.sheets[sheet]?.name ?? '',
    headingRow: found.row,
    columns: columnsOf(found),
    counts,
    ...tally.result(),
    notes: notesOf({ source, end, hiddenRows, fill, headings: found, areas, outlines: options.rules.outlines }),
  }
  return { preview, fill: fill.length > 0 ? [] : mergesToFill(end.merges, found, lastNumber) }
}

/** Of an unchanged row only which record it was seen as: with other choices it may change. */
const bare = ({ number, code, outcome, version }: StagedRow): StagedRow => ({ number, code, outcome, ...(version === undefined ? {} : { version }) })

const nothingMore: SheetEnd = { merges: [], moreMerges: 0, hiddenColumns: [] }

interface BatchContext extends ReadOptions {
  readonly tally: ImportTally
  readonly reader: CellReader
  readonly codes: Map<string, number>
  readonly areas: Set<string>
}

function planBatch(rows: readonly SheetRow[], headings: Headings, context: BatchContext): readonly StagedRow[] {
  const { tally, find, codes, areas, rules, isInside, seen } = context
  const fields = [...headings.columns].map(([name, column]) => ({ row: fieldRow(name), column }))
  const planned = rows.flatMap((row) => fieldsOf(row, fields, context.reader) ?? [])
  const before = find(planned.flatMap(({ fields: { code } }) => (code === undefined ? [] : [code])))
  const plan: PlanContext = { rules, isInside, columnOf: (name) => headings.columns.get(name), firstRow: (code) => codes.get(code) }
  return planned.map((row) => {
    const record = before.get(row.fields.code ?? '')
    const staged = sameAsSeen(planRow(row, record, plan), row, record?.version, seen)
    if (staged.outcome !== 'rejected' && !codes.has(staged.code)) codes.set(detached(staged.code), staged.number)
    if (staged.reasons) tally.refused(staged.number, staged.reasons)
    if (staged.outcome === 'changed') tally.changed((staged.changes ?? []).map(({ field }) => field))
    if (staged.outcome === 'created' || staged.outcome === 'changed' || staged.outcome === 'unchanged') {
      tally.found(staged.number, staged.written?.findings ?? [])
      const area = row.fields.area ?? record?.declared.area ?? staged.code.slice(0, 6)
      if (!areas.has(area)) areas.add(detached(area))
    }
    return staged
  })
}

/** Read again with other choices: a record that has moved on since the preview is not what was agreed to. */
function sameAsSeen(staged: StagedRow, { number, cells }: PlannedRow, version: number | undefined, seen: ReadOptions['seen']): StagedRow {
  const expected = staged.outcome === 'created' || staged.outcome === 'changed' ? seen?.(number) : undefined
  return expected === undefined || expected === (version ?? null) ? staged : { number, code: staged.code, outcome: 'conflict', cells, reasons: [conflictReason] }
}

const conflictReason: Reason = { code: 'record.conflict', message: { zh: '预览之后该档案已被修改，请重新导入核对', en: 'the record was changed after the preview: import it again' } }

/** A staged row that is not written after all, with what it would have written in the columns of its file. */
export function conflictRow({ number, code, outcome, written, changes = [] }: StagedRow, preview: Pick<ImportPreview, 'columns'> | undefined): StagedRow {
  const given = outcome === 'created' ? written?.declared : Object.fromEntries(changes.map(({ field, to }) => [field, to]))
  const cells: string[] = []
  for (const { column, field } of preview?.columns ?? []) {
    const at = columnNumber(column) ?? 0
    while (cells.length <= at) cells.push('')
    if (field !== undefined) cells[at] = field === 'code' ? code : ((given as Fields | undefined)?.[field] ?? '')
  }
  return { number, code, outcome: 'conflict', cells, reasons: [conflictReason] }
}

/** Undefined where no mapped cell holds anything: a remark alone is no row. */
function fieldsOf(row: SheetRow, columns: readonly { readonly row: FieldRow; readonly column: number }[], read: CellReader): PlannedRow | undefined {
  const fields: Partial<Record<FieldName, string>> = {}
  const reasons: Reason[] = []
  let isFilled = false
  for (const { row: field, column } of columns) {
    const text = row.cells[column] ?? ''
    const mark = row.marks?.get(column)
    if (text === '' && mark === undefined) continue
    const { value, reason } = read(field, { row: row.number, column, text, type: row.types?.[column], mark })
    if (value !== undefined) fields[field.name] = value
    if (reason) reasons.push(reason)
    isFilled ||= value !== undefined || reason !== undefined || (text.trim() !== '' && mark !== 'merged')
  }
  if (!isFilled) return undefined
  if (row.beyond !== undefined) reasons.push({ code: 'row.too-wide', message: { zh: `该行超过${sheetBounds.columns}列`, en: `the row has more than ${sheetBounds.columns} columns` } })
  return { number: row.number, fields, cells: row.cells, reasons }
}

const columnsOf = ({ headings, columns, ours }: Headings): ImportPreview['columns'] => {
  const byColumn = new Map([...columns].map(([name, column]) => [column, name]))
  const last = Math.max(headings.length - 1, ...columns.values())
  return Array.from({ length: last + 1 }, (_, column) => {
    const field = byColumn.get(column)
    return { column: columnName(column), heading: (headings[column] ?? '').trim().slice(0, 100), ...(field === undefined ? {} : { field }) }
  }).filter(({ heading, field }, column) => (heading !== '' || field !== undefined) && !ours.has(column))
}

/** Ranges over several rows below the headings whose first column is a field: what a person sees in every row of them. */
const mergesToFill = (merges: readonly Merge[], headings: Headings, lastNumber: number): readonly Merge[] => {
  const fields = new Set(headings.columns.values())
  return merges.filter(({ left, top, bottom }) => bottom > top && top > headings.lastRow && top < lastNumber && fields.has(left))
}

type Counts = { -readonly [Name in keyof ImportCounts]: number }
const newCounts = (): Counts => ({ rows: 0, created: 0, adopted: 0, changed: 0, unchanged: 0, rejected: 0, outside: 0, conflicts: 0 })
const countOf: Readonly<Record<RowOutcome, keyof Counts>> = { created: 'created', changed: 'changed', unchanged: 'unchanged', rejected: 'rejected', outside: 'outside', conflict: 'conflicts' }

function count(counts: Counts, { outcome, version }: StagedRow): void {
  counts.rows++
  counts[countOf[outcome]]++
  if (outcome === 'created' && version !== undefined) counts.adopted++
}

export const emptyPreview = (source: Pick<SheetSource, 'kind' | 'sheets' | 'encoding' | 'separator'>, needs: readonly Need[]): ImportPreview => ({
  kind: source.kind,
  ...(source.encoding === undefined ? {} : { encoding: source.encoding }),
  ...(source.separator === undefined ? {} : { separator: source.separator }),
  sheets: source.sheets,
  columns: [],
  counts: newCounts(),
  fieldChanges: {},
  normalisations: [],
  findings: [],
  rejections: [],
  notes: [],
  needs,
  unknownCodes: [],
})

function insistOnWidth(rows: readonly SheetRow[], { row }: Headings): void {
  if (rows.some(({ number, beyond }) => number === row && beyond !== undefined)) throw new AppError('import.unreadable', `the headings in row ${row} have more than ${sheetBounds.columns} columns: remove those that are not needed`)
}

function noHeadings({ sheets }: SheetSource, sheet: number): AppError {
  const [code, name] = [fieldRow('code'), fieldRow('name')]
  const where = (sheets[sheet]?.name ?? '') === '' ? '' : ` of the sheet ${sheets[sheet]?.name}`
  return new AppError('import.unreadable', `no row among the first ${headingSearch}${where} has the headings: one must be ${code.zh} (${code.abbreviation}), others like ${name.zh}`)
}
