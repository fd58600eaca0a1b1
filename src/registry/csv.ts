// Comma-separated values, and their tab and semicolon variants. RFC 4180. Cut on bytes: in UTF-8 and in GB 18030 alike no byte of a longer character
// is a separator, a quotation mark or the end of a line.
import { ParseError } from '../base/index.ts'
import { sheetBounds } from './import/sheet.ts'

export type Separator = ',' | ';' | '\t'

/** A record's cells as bytes, quotation marks taken off. */
export interface CsvRecord {
  /** From 1, empty ones counted, as a spreadsheet that opens the file counts its rows. */
  readonly number: number
  readonly cells: readonly Buffer[]
  /** Columns of cells that were cut. */
  readonly cut?: readonly number[]
  /** Filled cells beyond the bound of columns. */
  readonly beyond?: number
}

export interface CsvStage {
  readonly push: (bytes: Buffer) => readonly CsvRecord[]
  /** Throws ParseError where a quotation mark was never closed. */
  readonly end: () => readonly CsvRecord[]
}

const [quote, newline, carriageReturn] = [0x22, 0x0a, 0x0d]
/** Bytes of a cell that are kept: a character has four at most. */
const maxCell = sheetBounds.cell * 4
const emptyCell = Buffer.alloc(0)

export function csvStage(separator: Separator): CsvStage {
  const separatorByte = separator.charCodeAt(0)
  let records: CsvRecord[] = []
  let cells: Buffer[] = []
  let cut: number[] = []
  let beyond = 0
  /** Pieces of the present cell from earlier pushes and from before doubled marks. */
  let pieces: Buffer[] = []
  let length = 0
  let column = 0
  let number = 1
  let state: 'start' | 'plain' | 'quoted' | 'closed' = 'start'
  let afterReturn = false

  const keep = (piece: Buffer): void => {
    if (piece.length === 0) return
    length += piece.length
    if (length - piece.length < maxCell) pieces.push(piece)
  }
  const endCell = (): void => {
    const bytes = length > maxCell ? Buffer.concat(pieces).subarray(0, sheetBounds.cut) : pieces.length === 0 ? emptyCell : pieces.length === 1 ? (pieces[0] ?? emptyCell) : Buffer.concat(pieces)
    if (column < sheetBounds.columns) {
      if (length > maxCell) cut.push(column)
      cells.push(bytes)
    } else if (length > 0) beyond++
    column++
    pieces = []
    length = 0
    state = 'start'
  }
  const endRecord = (): void => {
    endCell()
    const isEmpty = cells.every((cell) => cell.length === 0) && beyond === 0
    if (!isEmpty) records.push({ number, cells, ...(cut.length > 0 ? { cut } : {}), ...(beyond > 0 ? { beyond } : {}) })
    cells = []
    cut = []
    beyond = 0
    column = 0
  }
  return {
    push: (bytes) => {
      records = []
      let from = 0
      for (let at = 0; at < bytes.length; at++) {
        const byte = bytes[at]
        const wasReturn = afterReturn
        afterReturn = false
        if (state === 'quoted') {
          if (byte === quote) {
            keep(bytes.subarray(from, at))
            from = at + 1
            state = 'closed'
          }
          continue
        }
        if (byte === quote) {
          if (state === 'start') {
            state = 'quoted'
            from = at + 1
          } else if (state === 'closed') {
            // A doubled mark is one: it is the first byte of the piece that follows.
            state = 'quoted'
            from = at
          }
          continue
        }
        if (byte === separatorByte) {
          keep(bytes.subarray(from, at))
          from = at + 1
          endCell()
        } else if (byte === newline && wasReturn) {
          from = at + 1
        } else if (byte === newline || byte === carriageReturn) {
          keep(bytes.subarray(from, at))
          from = at + 1
          endRecord()
          number++
          afterReturn = byte === carriageReturn
        } else if (state === 'start' || state === 'closed') {
          // What stands between the closing mark and the separator belongs to the cell, as spreadsheets read it.
          state = 'plain'
        }
      }
      // Kept bytes are copied: the next push may bring the same buffer anew.
      if (from < bytes.length) keep(Buffer.from(bytes.subarray(from)))
      return records
    },
    end: () => {
      records = []
      if (state === 'quoted') throw new ParseError('csv.malformed', `row ${number} has a quotation mark that is never closed`)
      if (column > 0 || length > 0) endRecord()
      return records
    },
  }
}

/** A cell that a spreadsheet would run as a formula: those signs, and their full-width twins where East Asian versions take them. */
const looksLikeFormula = /^[=+\-@\t\r\n＝＋－＠]/
const guarded = /^'+[=+\-@\t\r\n＝＋－＠]/
const isNumber = /^-?\d+(\.\d+)?$/

/** What writeCsv put before a cell is taken off again; `undefined` where nothing was. */
export const unguard = (text: string): string | undefined => (guarded.test(text) ? text.slice(1) : undefined)

/** One apostrophe before what would run, and before what looks as if one had been put there: reading it again gives the same. */
const guard = (text: string): string => ((looksLikeFormula.test(text) && !isNumber.test(text)) || guarded.test(text) ? `'${text}` : text)

/** One record with its line end. */
export function csvLine(cells: readonly string[]): string {
  return `${cells.map((text) => {
    const safe = guard(text)
    return /[",\r\n\t;]/.test(safe) || /^\s|\s$/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
  }).join(',')}\r\n`
}
