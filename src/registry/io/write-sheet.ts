// Rows as the bytes of a file, a few at a time: a workbook, or CSV in the encoding that was asked for.
import iconv from 'iconv-lite'
import { csvLine } from '../csv.ts'
import { writeWorkbook, type RowOut } from './xlsx-writer.ts'

export type SheetFormat = 'xlsx' | 'csv'
export type CsvEncoding = 'utf-8' | 'gb18030'

/** Text of one piece. */
const pieceLength = 64 * 1024

/** CSV cannot hold notes: the row's reason names the column. UTF-8 begins with the mark that spreadsheets look for. */
export async function* sheetBytes(rows: AsyncIterable<RowOut> | Iterable<RowOut>, format: SheetFormat, encoding: CsvEncoding = 'utf-8'): AsyncGenerator<Buffer> {
  if (format === 'xlsx') return yield* writeWorkbook(rows)
  let text = encoding === 'utf-8' ? '\ufeff' : ''
  for await (const row of rows) {
    text += csvLine(row.map((cell) => (typeof cell === 'string' ? cell : cell.text)))
    if (text.length < pieceLength) continue
    yield encode(text, encoding)
    text = ''
  }
  if (text !== '') yield encode(text, encoding)
}

const encode = (text: string, encoding: CsvEncoding): Buffer => (encoding === 'utf-8' ? Buffer.from(text) : iconv.encode(text, 'gb18030'))
