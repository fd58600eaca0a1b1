// Records as rows of text, for export; rows that an import did not take, for the file that says why. Knows no file; io/ writes those.
import type { CodeTable } from './codes.ts'
import { fieldRow, fieldTable, type FieldRow } from './field-table.ts'
import { fieldOfHeading, numberHeading, reasonHeading } from './import/headings.ts'
import { columnNumber } from './import/sheet.ts'
import type { ImportPreview, Reason, StagedRow } from './import/types.ts'
import type { Camera } from './types.ts'

export interface WriteOptions {
  /** Names and numbers of persons in full; masked otherwise. */
  readonly withContacts?: boolean
  readonly lang?: 'zh' | 'en'
  /** Coded values as their codes, or as the words of `lang`. */
  readonly values?: 'codes' | 'labels'
}

export function headingCells(options: WriteOptions = {}): readonly string[] {
  return fieldTable.map((row) => (options.lang === 'en' ? row.en : row.zh))
}

/** One record as cells in the order of the field table. Networking always goes out in words, so that no reader can take it the other way round. */
export function cameraCells(camera: Camera, options: WriteOptions = {}): readonly string[] {
  const { withContacts = false, lang = 'zh', values = 'codes' } = options
  return fieldTable.map((row) => {
    const value = camera.declared[row.name] ?? (row.name === 'code' ? camera.id : '')
    if (value === '') return ''
    if (row.isPersonal && !withContacts) return maskContact(value)
    return row.table && (values === 'labels' || row.name === 'networking') ? labelOf(row, row.table, value, lang) : value
  })
}

/** A code that the table does not have stays as it is; so do all codes of a value where one of the words has a slash and could not be read again. */
function labelOf(row: FieldRow, table: CodeTable, value: string, lang: 'zh' | 'en'): string {
  const label = (code: string): string => table.find((entry) => entry.code === code)?.[lang] ?? code
  if (row.type !== 'codes') return row.type === 'code' ? label(value) : value
  const labels = value.split('/').map(label)
  return labels.some((text) => /[/,、;|]/.test(text)) ? value : labels.join('/')
}

/** 13812345678 -> 138****5678; whatever else looks like a number keeps its ends, and a name its first character. */
export function maskContact(text: string): string {
  return text
    .split('/')
    .map((part) => (part === '' ? '' : /\d{7,}/.test(part) ? part.replace(/(\d{2,3})\d+(\d{4})/g, '$1****$2') : `${[...part][0] ?? ''}****`))
    .join('/')
}

/** A row that was not taken: reason and row number in front, then its cells as they were, the faulty ones with their reason. */
export type RejectedCell = string | { readonly text: string; readonly note: string }

export const rejectedHeading = (headings: readonly string[]): readonly string[] => [reasonHeading, numberHeading, ...headings]

/** Columns from 0 that go into that file, with headings under which they are read again: ours are left out, and what a chosen column means is said. */
export function rejectedHeadings({ columns }: Pick<ImportPreview, 'columns'>): { readonly headings: readonly string[]; readonly columns: readonly number[] } {
  const named = columns.map(({ column, heading, field }) => ({ at: columnNumber(column) ?? 0, heading: field === undefined || fieldOfHeading(heading)?.name === field ? heading : fieldRow(field).zh }))
  return { headings: named.map(({ heading }) => heading), columns: named.map(({ at }) => at) }
}

export function rejectedCells({ number, cells = [], reasons = [] }: StagedRow): readonly RejectedCell[] {
  const words = ({ message }: Reason): string => `${message.zh} / ${message.en}`
  const byColumn = Map.groupBy(reasons, ({ column }) => column)
  const last = Math.max(cells.length - 1, ...reasons.map(({ column = -1 }) => column))
  return [
    [...new Set(reasons.map(words))].join('；'),
    String(number),
    ...Array.from({ length: last + 1 }, (_, column) => {
      const text = cells[column] ?? ''
      const here = byColumn.get(column)
      return here ? { text, note: here.map(words).join('；') } : text
    }),
  ]
}
