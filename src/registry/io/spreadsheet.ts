// .xlsx files: the first sheet as rows of text, and back with every cell as text, so that no spreadsheet rounds a 20-digit code.
import type { CellValue } from 'exceljs'
import { readFile } from 'node:fs/promises'
import { ParseError } from '../../base/index.ts'
import { sheetBounds } from '../csv.ts'
import type { Cells } from '../transfer.ts'
import { checkZip } from '../zip.ts'

/** Loaded when the first workbook is: it is large, and most processes never see one. */
const exceljs = async (): Promise<typeof import('exceljs')> => (await import('exceljs')).default

/** Reads the first sheet row by row; what is no sound workbook is a ParseError. */
export async function readSpreadsheet(path: string): Promise<Cells> {
  if (!checkZip(await readFile(path)).includes('xl/workbook.xml')) throw new ParseError('xlsx.malformed', 'this is an archive, but not a workbook')
  const ExcelJS = await exceljs()
  const reader = new ExcelJS.stream.xlsx.WorkbookReader(path, { worksheets: 'emit', sharedStrings: 'cache', styles: 'cache', hyperlinks: 'ignore', entries: 'ignore' })
  const rows: string[][] = []
  for await (const sheet of reader) {
    for await (const row of sheet) {
      if (row.number > sheetBounds.rows) throw new ParseError('xlsx.too-large', `the sheet has more than ${sheetBounds.rows} rows`)
      if (row.cellCount > sheetBounds.columns) throw new ParseError('xlsx.too-large', `row ${row.number} has more than ${sheetBounds.columns} columns`)
      while (rows.length < row.number - 1) rows.push([])
      const cells: string[] = []
      for (let column = 1; column <= row.cellCount; column++) cells.push(textOf(row.getCell(column).value))
      rows.push(cells)
    }
    return rows
  }
  throw new ParseError('xlsx.empty', 'the workbook has no sheet')
}

/** A cell's value as the text that was meant. A number too long to be exact is shown in the form that gives it away. */
function textOf(value: CellValue): string {
  if (value === null || value === undefined) return ''
  if (typeof value === 'number') return Math.abs(value) > Number.MAX_SAFE_INTEGER ? value.toExponential() : String(value)
  if (value instanceof Date) return value.toISOString().replace(/T00:00:00\.000Z$|\.000Z$/, '')
  if (typeof value !== 'object') return bounded(String(value))
  if ('richText' in value) return bounded(value.richText.map((part) => part.text).join(''))
  if ('text' in value) return textOf(value.text as CellValue)
  if ('result' in value) return textOf(value.result as CellValue)
  return ''
}

function bounded(text: string): string {
  if (text.length > sheetBounds.cell) throw new ParseError('xlsx.too-large', `a cell has more than ${sheetBounds.cell} characters`)
  return text
}

/** Writes rows as they come, every cell as text; the file is complete when it resolves. */
export async function writeSpreadsheet(path: string, rows: Iterable<readonly string[]> | AsyncIterable<readonly string[]>): Promise<void> {
  const ExcelJS = await exceljs()
  const workbook = new ExcelJS.stream.xlsx.WorkbookWriter({ filename: path, useStyles: true, useSharedStrings: false })
  const sheet = workbook.addWorksheet('一机一档', { views: [{ state: 'frozen', ySplit: 1 }] })
  let number = 0
  for await (const cells of rows) {
    const row = sheet.getRow(++number)
    for (const [at, text] of cells.entries()) {
      const cell = row.getCell(at + 1)
      cell.numFmt = '@'
      cell.value = text
      if (number === 1) {
        cell.font = { bold: true }
        sheet.getColumn(at + 1).width = Math.min(40, Math.max(10, text.length * 2 + 2))
      }
    }
    row.commit()
  }
  sheet.commit()
  await workbook.commit()
}
