// Which column is which field: by Chinese name, abbreviation, English name or alias, in any order and however a heading is decorated.
import { fieldRow, fieldTable, type FieldRow } from '../field-table.ts'
import type { FieldName } from '../types.ts'
import { columnName, columnNumber, sheetBounds, type SheetRow } from './sheet.ts'
import type { Choices, Need } from './types.ts'

/** Titles and notes may stand above the headings: so many rows are looked at. */
export const headingSearch = 30

/** Columns of our own file of rejected rows, which is imported again as it is. */
export const reasonHeading = '未导入原因（再次导入时忽略）'
export const numberHeading = '原文件行号（再次导入时忽略）'

/** Full width, stars, blanks, line breaks, numbering and punctuation do not matter. */
const plain = (heading: string): string =>
  heading
    .normalize('NFKC')
    .replace(/^\s*\d{1,3}\s*[.、]/, '')
    .replace(/[\s*★☆※:_"'“”‘’\u200b-\u200f\ufeff]/g, '')
    .toLowerCase()

const brackets = /[([{【〔][^)\]}】〕]*[)\]}】〕]/g

const byHeading: ReadonlyMap<string, FieldRow> = new Map(fieldTable.flatMap((row) => [row.name, row.zh, row.en, row.abbreviation, ...(row.aliases ?? [])].map((heading) => [plain(heading), row] as const)))
const byAbbreviation: ReadonlyMap<string, FieldRow> = new Map(fieldTable.map((row) => [row.abbreviation.toLowerCase(), row]))
const ours: ReadonlySet<string> = new Set([reasonHeading, numberHeading].map((heading) => plain(heading).replace(brackets, '')))

/** Whole, without what stands in brackets, then by an abbreviation in brackets or beside the Chinese name. */
export function fieldOfHeading(heading: string): FieldRow | undefined {
  if (heading === '' || heading.length > 200) return undefined
  const whole = plain(heading)
  const bare = whole.replace(brackets, '')
  const named = byHeading.get(whole) ?? byHeading.get(bare)
  if (named) return named
  const inBrackets = (whole.match(brackets) ?? []).map((part) => byAbbreviation.get(part.slice(1, -1))).find((row) => row !== undefined)
  if (inBrackets) return inBrackets
  const [chinese, latin] = [bare.replace(/[\x00-\x7f]/g, ''), bare.replace(/[^\x21-\x7e]/g, '')]
  if (chinese === '' || latin === '') return undefined
  const beside = byHeading.get(chinese)
  return beside && beside.abbreviation.toLowerCase() === latin ? beside : undefined
}

/** How many cells of a row name a field: a row with several is a row of headings. */
export const headingsIn = (cells: readonly string[]): number => cells.reduce((count, cell) => count + (fieldOfHeading(cell) ? 1 : 0), 0)

export interface Headings {
  /** The row of the code's heading, and the last one that belongs to the headings. */
  readonly row: number
  readonly lastRow: number
  /** Text of each column's heading. */
  readonly headings: readonly string[]
  /** Column from 0 of each field; where several stand for one field, none. */
  readonly columns: ReadonlyMap<FieldName, number>
  readonly needs: readonly Need[]
  /** Columns of our own, ignored. */
  readonly ours: ReadonlySet<number>
}

/** Among the first rows: the one with the code's heading and others, or the one with most of them where the code's column was chosen. */
export function findHeadings(rows: readonly SheetRow[], choices: Choices): Headings | undefined {
  const isChosen = (choices.columns?.code ?? '') !== ''
  const named = rows.map((row) => row.cells.map((cell) => fieldOfHeading(cell)?.name))
  const counts = named.map((names) => (isChosen || names.includes('code') ? names.filter((name) => name !== undefined).length : 0))
  const best = Math.max(0, ...counts)
  const at = isChosen ? counts.indexOf(best) : counts.findIndex((count) => count > 1)
  const row = rows[at]
  if (!row || best < 2) return undefined
  const headings = [...row.cells]
  const found = [...(named[at] ?? [])]
  let lastRow = row.number
  const below = rows[at + 1]
  if (below && isContinuation(below, found)) {
    lastRow = below.number
    for (const [column, cell] of below.cells.entries()) {
      if (cell.trim() === '') continue
      headings[column] = [headings[column] ?? '', cell].filter((part) => part.trim() !== '').join(' ')
      found[column] = fieldOfHeading(cell)?.name
    }
  }
  return { row: row.number, lastRow, headings, ...assign(headings, found, choices), ours: new Set([...headings.keys()].filter((column) => ours.has(plain(headings[column] ?? '').replace(brackets, '')))) }
}

/** Headings on two rows: 坐标 over 经度 and 纬度. The second row names fields only where the first has none, and has no code. */
function isContinuation(row: SheetRow, found: readonly (FieldName | undefined)[]): boolean {
  const filled = [...row.cells.entries()].filter(([, cell]) => cell.trim() !== '')
  return filled.length > 0 && filled.every(([column, cell]) => found[column] === undefined && fieldOfHeading(cell) !== undefined)
}

function assign(headings: readonly string[], found: readonly (FieldName | undefined)[], choices: Choices): Pick<Headings, 'columns' | 'needs'> {
  const byField = new Map<FieldName, number[]>()
  for (const [column, name] of found.entries()) if (name !== undefined) byField.set(name, [...(byField.get(name) ?? []), column])
  const chosen = new Map<FieldName, number | undefined>()
  for (const [name, letters] of Object.entries(choices.columns ?? {}) as [FieldName, string][]) {
    const column = columnNumber(letters)
    if (letters === '') chosen.set(name, undefined)
    else if (column !== undefined && column < sheetBounds.columns) chosen.set(name, column)
  }
  const taken = new Set([...chosen.values()])
  const columns = new Map<FieldName, number>()
  const needs: Need[] = []
  for (const [name, candidates] of byField) {
    if (chosen.has(name)) continue
    const free = candidates.filter((column) => !taken.has(column))
    const [only] = free
    if (only !== undefined && free.length === 1) columns.set(name, only)
    else if (free.length > 1) needs.push(columnNeed(name, free, headings))
  }
  for (const [name, column] of chosen) if (column !== undefined) columns.set(name, column)
  return { columns, needs }
}

function columnNeed(name: FieldName, candidates: readonly number[], headings: readonly string[]): Need {
  const row = fieldRow(name)
  const letters = candidates.map(columnName)
  return {
    choice: 'column',
    field: name,
    message: {
      zh: `${row.zh}（${row.abbreviation}）有${candidates.length}列：${letters.join('、')}，请选择用哪一列`,
      en: `${candidates.length} columns stand for ${row.en} (${row.abbreviation}): ${letters.join(', ')}; choose one`,
    },
    options: [
      ...candidates.map((column) => ({ value: columnName(column), words: { zh: `${columnName(column)}列：${(headings[column] ?? '').slice(0, 60)}`, en: `column ${columnName(column)}: ${(headings[column] ?? '').slice(0, 60)}` } })),
      { value: '', words: { zh: '都不导入', en: 'none of them' } },
    ],
    values: [],
  }
}
