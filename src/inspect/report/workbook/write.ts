// Sheets as the bytes of a workbook, row by row: a patrol of ten thousand cameras is never held as one.
import { PassThrough } from 'node:stream'
import { clean } from '../document/blocks.ts'
import type { ColumnKind, Sheet, SheetCell } from './sheet.ts'

/** Excel's own bound of a cell. */
const maxCell = 32_767
/** Rows a sheet holds, ISO/IEC 29500-1 18.3.1.73: 1,048,576 with the head. */
const maxRows = 1_048_575
/** Rows that are written before others get their turn. */
const rowsPerTurn = 50

const formats: Readonly<Record<ColumnKind, string>> = { text: '@', wide: '@', number: '0.###', whole: '0', share: '0.0%', time: 'yyyy-mm-dd hh:mm:ss', degrees: '0.000000' }

export interface WorkbookHead {
  readonly software: string
  /** ISO. */
  readonly createdAt: string
  /** Lets others have their turn. */
  readonly turn?: () => Promise<unknown>
}

export async function* workbookBytes(sheets: readonly Sheet[], { software, createdAt, turn }: WorkbookHead): AsyncGenerator<Buffer> {
  // Loaded with the first report: it is large, and the service runs for months without one.
  const { default: exceljs } = await import('exceljs')
  const out = new PassThrough()
  const workbook = new exceljs.stream.xlsx.WorkbookWriter({ stream: out, useStyles: true, useSharedStrings: false })
  workbook.creator = clean(software)
  workbook.created = new Date(createdAt)
  workbook.modified = workbook.created
  const written = (async () => {
    for (const { name, columns, rows } of sheets) {
      const sheet = workbook.addWorksheet(sheetName(name), {
        views: [{ state: 'frozen', xSplit: 0, ySplit: 1 }],
        pageSetup: { paperSize: 9, orientation: 'landscape', fitToPage: true, fitToWidth: 1, fitToHeight: 0, printTitlesRow: '1:1' },
        headerFooter: { oddFooter: '&C&P / &N' },
      })
      sheet.columns = columns.map(([, width, kind = 'text']) => ({ width, style: { numFmt: formats[kind], alignment: { vertical: 'top', wrapText: kind === 'wide' } } }))
      const head = sheet.addRow(columns.map(([title]) => clean(title)))
      head.font = { bold: true }
      head.alignment = { wrapText: true, vertical: 'middle' }
      head.fill = { type: 'pattern', pattern: 'solid', fgColor: { argb: 'FFF3F5F8' } }
      head.commit()
      sheet.autoFilter = { from: { row: 1, column: 1 }, to: { row: 1, column: columns.length } }
      let count = 0
      for (const row of rows()) {
        if (++count > maxRows) break
        sheet.addRow(row.map(valueOf)).commit()
        if (count % rowsPerTurn === 0) {
          await drained(out)
          await turn?.()
        }
      }
      sheet.commit()
    }
    await workbook.commit()
  })()
  written.catch((error: unknown) => out.destroy(error instanceof Error ? error : new Error(String(error))))
  for await (const piece of out) yield piece as Buffer
  await written
}

/** What a reader has not taken yet stays bounded; and others get their turn. */
const drained = (out: PassThrough): Promise<void> => (out.writableNeedDrain ? new Promise((resolve) => void out.once('drain', resolve).once('close', resolve)) : Promise.resolve())

/** Names of sheets: 31 characters, none of []*?/\: (ISO/IEC 29500-1 18.2.19). */
const sheetName = (name: string): string => clean(name).replace(/[[\]*?/\\:]/g, ' ').slice(0, 31)

function valueOf(cell: SheetCell): string | number | Date | null {
  if (cell === null || cell === undefined || cell === '') return null
  if (typeof cell === 'number') return Number.isFinite(cell) ? cell : null
  if (typeof cell === 'object') return new Date(cell.atMs + 8 * 3_600_000)
  return clean(cell).slice(0, maxCell)
}
