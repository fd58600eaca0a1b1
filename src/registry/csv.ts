// Comma-separated values. RFC 4180, with the tab and semicolon variants that spreadsheets write.
import { ParseError } from '../base/index.ts'

/** Bounds chosen by us: a registry of a province stays below, a bomb does not. */
export const sheetBounds = { rows: 200_000, columns: 300, cell: 10_000 }

/** A cell that a spreadsheet would run as a formula is written behind an apostrophe, which reading takes off again. */
const looksLikeFormula = /^[=+\-@\t\r]/
const isNumber = /^-?\d+(\.\d+)?$/

/** Text of a whole file -> rows of cells; empty lines are rows without cells, so that row numbers stay those of the file. Throws ParseError. */
export function parseCsv(text: string): readonly (readonly string[])[] {
  const separator = separatorOf(text)
  const rows: string[][] = []
  let row: string[] = []
  let at = 0
  const endCell = (cell: string): void => {
    if (cell.length > sheetBounds.cell) throw new ParseError('csv.too-large', `row ${rows.length + 1} has a cell of more than ${sheetBounds.cell} characters`)
    if (row.length >= sheetBounds.columns) throw new ParseError('csv.too-large', `row ${rows.length + 1} has more than ${sheetBounds.columns} columns`)
    row.push(cell.startsWith("'") && looksLikeFormula.test(cell.slice(1)) ? cell.slice(1) : cell)
  }
  const endRow = (): void => {
    if (rows.length >= sheetBounds.rows) throw new ParseError('csv.too-large', `the file has more than ${sheetBounds.rows} rows`)
    rows.push(row.length === 1 && row[0] === '' ? [] : row)
    row = []
  }
  while (at < text.length) {
    if (text[at] === '"') {
      let cell = ''
      let from = at + 1
      for (;;) {
        const quote = text.indexOf('"', from)
        if (quote < 0) throw new ParseError('csv.malformed', `row ${rows.length + 1} has a quotation mark that is never closed`)
        cell += text.slice(from, quote)
        if (text[quote + 1] !== '"') {
          at = quote + 1
          break
        }
        cell += '"'
        from = quote + 2
      }
      // What stands between the closing mark and the separator belongs to the cell, as spreadsheets read it.
      const end = cellEnd(text, at, separator)
      endCell(cell + text.slice(at, end))
      at = end
    } else {
      const end = cellEnd(text, at, separator)
      endCell(text.slice(at, end))
      at = end
    }
    if (text[at] === separator) {
      at++
      if (at === text.length) endCell('')
      continue
    }
    endRow()
    at += text[at] === '\r' && text[at + 1] === '\n' ? 2 : 1
  }
  if (row.length > 0) endRow()
  return rows
}

export function writeCsv(rows: readonly (readonly string[])[]): string {
  const cell = (text: string): string => {
    const safe = looksLikeFormula.test(text) && !isNumber.test(text) ? `'${text}` : text
    return /[",\r\n\t;]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
  }
  return rows.map((row) => `${row.map(cell).join(',')}\r\n`).join('')
}

function cellEnd(text: string, from: number, separator: string): number {
  for (let at = from; at < text.length; at++) {
    const sign = text[at]
    if (sign === separator || sign === '\n' || sign === '\r') return at
  }
  return text.length
}

/** The separator that the first line uses most. */
function separatorOf(text: string): string {
  const end = text.search(/[\r\n]/)
  const line = text.slice(0, Math.min(end < 0 ? text.length : end, 10_000))
  let best = ','
  for (const sign of ['\t', ';']) if (line.split(sign).length > line.split(best).length) best = sign
  return best
}
