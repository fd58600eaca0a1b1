// Rows of a sheet's text cells <-> fields of records, by heading. Knows no file; io/ reads and writes those.
import { AppError } from '../base/index.ts'
import { fieldRow, fieldTable, type FieldRow } from './field-table.ts'
import type { Camera, FieldName, Fields, ImportOutcome, Registry } from './types.ts'

export type Cells = readonly (readonly string[])[]
export type NetworkingOne = 'networked' | 'not-networked'

export interface ReadOptions {
  /** What 1 means in the column 联网属性: programs disagree, so nobody guesses. Needed only where the column holds 0 and 1. */
  readonly networkingOne?: NetworkingOne
}

export interface SheetReading {
  readonly rows: readonly Fields[]
  /** Row in the file, from 1, of each of `rows`. */
  readonly rowNumbers: readonly number[]
  readonly headingRow: number
  /** Headings that name no field: said, not imported. */
  readonly ignored: readonly string[]
}

/** Titles and notes may stand above the headings. */
const headingSearch = 20

const plain = (heading: string): string =>
  heading
    .replace(/[\uff01-\uff5e]/g, (wide) => String.fromCharCode(wide.charCodeAt(0) - 0xfee0))
    .replace(/\([^)]*\)|[*\s:_\u200b\ufeff]/g, '')
    .toLowerCase()

const byHeading: ReadonlyMap<string, FieldRow> = new Map(
  fieldTable.flatMap((row) => [row.name, row.zh, row.en, row.abbreviation, ...(row.aliases ?? [])].map((heading) => [plain(heading), row] as const)),
)

/** Finds the headings, in any order and under any of their names, and reads the rows below. Throws AppError 'import.unreadable' with one clear reason. */
export function readCells(cells: Cells, options: ReadOptions = {}): SheetReading {
  const headingAt = cells.slice(0, headingSearch).findIndex((row) => row.some((cell) => byHeading.get(plain(cell))?.name === 'code') && row.filter((cell) => byHeading.has(plain(cell))).length > 1)
  const headings = cells[headingAt]
  if (!headings) throw new AppError('import.unreadable', `no row among the first ${headingSearch} has the headings: one must be ${fieldRow('code').zh} (${fieldRow('code').abbreviation}), others like ${fieldRow('name').zh}`)
  const columns = new Map<number, FieldRow>()
  const ignored: string[] = []
  for (const [at, heading] of headings.entries()) {
    const row = byHeading.get(plain(heading))
    if (!row) {
      if (heading.trim() !== '') ignored.push(heading.trim())
      continue
    }
    if ([...columns.values()].includes(row)) throw new AppError('import.unreadable', `the column ${row.zh} (${row.abbreviation}) stands there twice: remove one`)
    columns.set(at, row)
  }
  const meaningOf = networkingReader(cells.slice(headingAt + 1), [...columns].find(([, row]) => row.name === 'networking')?.[0], options.networkingOne)

  const rows: Fields[] = []
  const rowNumbers: number[] = []
  for (let index = headingAt + 1; index < cells.length; index++) {
    const fields: Partial<Record<FieldName, string>> = {}
    for (const [at, row] of columns) {
      const text = cells[index]?.[at]?.trim() ?? ''
      // A masked contact is what our own export shows to those who may not see it: not a new value.
      if (text === '' || (row.isPersonal && text.includes('****'))) continue
      fields[row.name] = row.name === 'networking' ? meaningOf(text) : text
    }
    if (Object.keys(fields).length === 0) continue
    rows.push(fields)
    rowNumbers.push(index + 1)
  }
  return { rows, rowNumbers, headingRow: headingAt + 1, ignored }
}

/** 0 and 1 by the polarity that was chosen; words speak for themselves. Refuses with the counts when nothing was chosen. */
function networkingReader(rows: Cells, column: number | undefined, one: NetworkingOne | undefined): (text: string) => string {
  const digit = (text: string | undefined): string => (text ?? '').trim().replace('０', '0').replace('１', '1').replace(/^([01])\.0+$/, '$1')
  const count = (value: string): number => (column === undefined ? 0 : rows.filter((row) => digit(row[column]) === value).length)
  if (one === undefined && column !== undefined && count('0') + count('1') > 0) {
    throw new AppError('import.unreadable', `联网属性 (LWSX) holds ${count('0')} × 0 and ${count('1')} × 1, and programs disagree on what they mean: say whether 1 is networked or not-networked`)
  }
  return (text) => {
    const value = digit(text)
    if (value === '1' && one !== undefined) return one
    if (value === '0' && one !== undefined) return one === 'networked' ? 'not-networked' : 'networked'
    return text
  }
}

/** Reads a sheet into the registry: the reading's headings, the registry's verdict, reasons by the rows of the file. */
export async function importCells(registry: Pick<Registry, 'importRows'>, cells: Cells, by: string, options: ReadOptions & { readonly dryRun?: boolean; readonly why?: string } = {}): Promise<ImportOutcome & { readonly ignored: readonly string[] }> {
  const { rows, rowNumbers, ignored } = readCells(cells, options)
  const { dryRun = false, why } = options
  return { ...(await registry.importRows(rows, by, { dryRun, rowNumbers, ...(why === undefined ? {} : { why }) })), ignored }
}

/** The heading row and the rejected rows as they were, with the reasons in front. */
export function rejectedCells(cells: Cells, rejected: ImportOutcome['rejected']): Cells {
  const headingRow = cells.find((row) => row.some((cell) => byHeading.get(plain(cell))?.name === 'code')) ?? []
  return [['原因 / reasons', '行 / row', ...headingRow], ...rejected.map(({ row, reasons }) => [reasons.join('；'), String(row), ...(cells[row - 1] ?? [])])]
}

export interface WriteOptions {
  /** Contact numbers in full; masked otherwise. */
  readonly withContacts?: boolean
  readonly lang?: 'zh' | 'en'
}

export function headingCells(options: WriteOptions = {}): readonly string[] {
  return fieldTable.map((row) => (options.lang === 'en' ? row.en : row.zh))
}

/** One record as cells in the order of the field table. Networking goes out in words, so that no reader can take it the other way round. */
export function cameraCells(camera: Camera, options: WriteOptions = {}): readonly string[] {
  return fieldTable.map((row) => {
    const value = camera.declared[row.name] ?? (row.name === 'code' ? camera.id : '')
    if (row.isPersonal && options.withContacts !== true) return maskContact(value)
    return row.name === 'networking' ? (row.table?.find((entry) => entry.code === value)?.[options.lang ?? 'zh'] ?? value) : value
  })
}

/** 13812345678 -> 138****5678; whatever else looks like a number keeps its ends, and a name its first character. */
export function maskContact(text: string): string {
  return text
    .split('/')
    .map((part) => (part === '' ? '' : /\d{7,}/.test(part) ? part.replace(/(\d{2,3})\d+(\d{4})/g, '$1****$2') : `${[...part][0] ?? ''}****`))
    .join('/')
}
