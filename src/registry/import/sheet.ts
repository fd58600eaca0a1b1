// A sheet as readers hand it on: rows of text, with what was peculiar about a cell beside it. Knows no file.

/** How a cell was kept. Text where nothing is said. */
export type CellType = 'text' | 'number' | 'date' | 'boolean' | 'error'

/**
 * What a person should hear of a cell: `formula` (its last value was taken), `no-value` (a formula that was never computed), `merged` (filled from the
 * cell it is merged with), `too-long` (cut), `undecodable` (bytes of no known encoding), `recoded` (another encoding than the file's), `guarded` (an apostrophe before a formula was taken off).
 */
export type CellMark = 'formula' | 'no-value' | 'merged' | 'too-long' | 'undecodable' | 'recoded' | 'guarded'

export interface SheetRow {
  /** From 1, as the spreadsheet counts; for CSV the number of the record, empty lines counted. */
  readonly number: number
  readonly cells: readonly string[]
  /** By column; absent for files that know only text. */
  readonly types?: readonly (CellType | undefined)[]
  readonly marks?: ReadonlyMap<number, CellMark>
  /** Filled cells beyond the bound of columns: not kept. */
  readonly beyond?: number
  readonly isHidden?: boolean
}

/** Columns from 0, rows from 1, all ends included. */
export interface Merge {
  readonly left: number
  readonly right: number
  readonly top: number
  readonly bottom: number
}

export interface SheetInfo {
  readonly name: string
  readonly isHidden: boolean
}

/** What is known of a sheet when all rows have been read. */
export interface SheetEnd {
  readonly merges: readonly Merge[]
  /** Merged ranges beyond those kept. */
  readonly moreMerges: number
  readonly hiddenColumns: readonly number[]
}

/** What a file says of itself before its rows. */
export interface SheetSource {
  readonly kind: 'xlsx' | 'csv'
  readonly sheets: readonly SheetInfo[]
  readonly encoding?: string
  readonly separator?: string
  /** Rows come in batches; the generator returns what is known at the end. `fill`: merges to fill from their first cell. */
  readonly rows: (options: { readonly sheet: number; readonly fill?: readonly Merge[] }) => AsyncGenerator<readonly SheetRow[], SheetEnd>
  /** Bytes of the file read so far in the present pass, and all there are. */
  readonly progress: () => { readonly read: number; readonly total: number }
  readonly close: () => Promise<void>
}

/** Bounds, chosen by us: a registry of a province stays below, a bomb does not. */
export const sheetBounds = {
  /** Rows that hold something. */
  rows: 200_000,
  columns: 300,
  /** Characters of one cell, as spreadsheets bound it. */
  cell: 32_767,
  /** Characters kept of a cell beyond that, for the file of rejected rows. */
  cut: 200,
  sheets: 200,
  merges: 20_000,
}

/** 0 -> A, 26 -> AA. */
export function columnName(at: number): string {
  let name = ''
  for (let rest = at + 1; rest > 0; rest = Math.floor((rest - 1) / 26)) name = String.fromCharCode(65 + ((rest - 1) % 26)) + name
  return name
}

/** A -> 0, AA -> 26; undefined for what no spreadsheet has (18,278 columns at most are read). */
export function columnNumber(name: string): number | undefined {
  if (!/^[A-Za-z]{1,3}$/.test(name)) return undefined
  let at = 0
  for (const letter of name.toUpperCase()) at = at * 26 + letter.charCodeAt(0) - 64
  return at - 1
}
