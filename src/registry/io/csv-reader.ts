// A CSV file on disk as a source of rows, in the encoding and with the separator that it turns out to have. Holds one piece of it.
import { createReadStream } from 'node:fs'
import { open } from 'node:fs/promises'
import { ParseError } from '../../base/index.ts'
import { csvStage, unguard, type CsvRecord, type Separator } from '../csv.ts'
import { headingsIn } from '../import/headings.ts'
import { sheetBounds, type CellMark, type SheetEnd, type SheetRow, type SheetSource } from '../import/sheet.ts'
import { decodeCell, encodingCount, encodingOfStart, type Encoding } from '../import/text.ts'

const separators: readonly Separator[] = [',', ';', '\t']
const startBytes = 64 * 1024
/** Lines of nothing are counted, to a bound. */
const maxLines = 2_000_000

/** Throws ParseError. */
export async function openCsv(path: string): Promise<SheetSource> {
  const { start, total } = await readStart(path)
  const byMark = encodingOfStart(start)
  const encoding: Encoding = byMark ?? (await countedEncoding(path))
  const base = encoding === 'gb18030' ? 'gb18030' : 'utf-8'
  const told = /^sep=(.)\r?\n/i.exec(new TextDecoder(encoding === 'utf-8-bom' ? 'utf-8' : encoding).decode(start).replace(/^\ufeff/, ''))?.[1]
  const separator = separators.find((each) => each === told) ?? separatorOf(plainBytes(start, encoding), base)
  let read = 0

  const rows = async function* (): AsyncGenerator<readonly SheetRow[], SheetEnd> {
    const stage = csvStage(separator)
    const decode = toUtf8(encoding)
    let count = 0
    const take = (records: readonly CsvRecord[]): readonly SheetRow[] => {
      count += records.length
      if (count > sheetBounds.rows) throw new ParseError('csv.too-large', `the file has more than ${sheetBounds.rows} rows`)
      if ((records.at(-1)?.number ?? 0) > maxLines) throw new ParseError('csv.too-large', `the file has more than ${maxLines} lines`)
      return records.filter(({ number, cells }) => !(told !== undefined && number === 1 && cells.length <= 2)).map((record) => rowOf(record, base))
    }
    read = 0
    for await (const bytes of createReadStream(path) as AsyncIterable<Buffer>) {
      read += bytes.length
      const batch = take(stage.push(decode(bytes)))
      if (batch.length > 0) yield batch
    }
    const last = take([...stage.push(decode()), ...stage.end()])
    if (last.length > 0) yield last
    return { merges: [], moreMerges: 0, hiddenColumns: [] }
  }
  return { kind: 'csv', sheets: [{ name: '', isHidden: false }], encoding, separator, rows, progress: () => ({ read, total }), close: async () => {} }
}

async function readStart(path: string): Promise<{ readonly start: Buffer; readonly total: number }> {
  const file = await open(path)
  try {
    const { size } = await file.stat()
    const { buffer, bytesRead } = await file.read(Buffer.alloc(Math.min(size, startBytes)), 0)
    return { start: buffer.subarray(0, bytesRead), total: size }
  } finally {
    await file.close()
  }
}

/** Goes over the file once: lines are cut at every newline, also at those within quotation marks. */
async function countedEncoding(path: string): Promise<'utf-8' | 'gb18030'> {
  const count = encodingCount()
  let rest = Buffer.alloc(0)
  for await (const bytes of createReadStream(path) as AsyncIterable<Buffer>) {
    let from = 0
    for (let at = bytes.indexOf(0x0a); at >= 0; at = bytes.indexOf(0x0a, from)) {
      count.push(rest.length > 0 ? Buffer.concat([rest, bytes.subarray(from, at)]) : bytes.subarray(from, at))
      rest = Buffer.alloc(0)
      from = at + 1
    }
    rest = Buffer.concat([rest, bytes.subarray(from)])
    // A file without line ends is judged in pieces; they may cut a character, which one piece in thousands does not decide.
    if (rest.length > 1024 * 1024) {
      count.push(rest)
      rest = Buffer.alloc(0)
    }
  }
  count.push(rest)
  return count.decide()
}

/** Bytes as the stage cuts them: UTF-16 is turned into UTF-8, a mark at the start is taken off, what has no ASCII in longer characters stays. */
function toUtf8(encoding: Encoding): (bytes?: Buffer) => Buffer {
  if (encoding === 'utf-16le' || encoding === 'utf-16be') {
    const decoder = new TextDecoder(encoding)
    return (bytes) => Buffer.from(bytes ? decoder.decode(bytes, { stream: true }) : decoder.decode())
  }
  let isFirst = encoding === 'utf-8-bom'
  return (bytes = Buffer.alloc(0)) => {
    const plain = isFirst && bytes.length > 0 ? bytes.subarray(3) : bytes
    if (bytes.length > 0) isFirst = false
    return plain
  }
}

function plainBytes(start: Buffer, encoding: Encoding): Buffer {
  return toUtf8(encoding)(start)
}

/** The separator by which the first rows show the most headings; without any, the one that the first line uses most. */
function separatorOf(bytes: Buffer, encoding: 'utf-8' | 'gb18030'): Separator {
  const parsed = separators.map((separator) => {
    const rows = csvStage(separator).push(bytes).slice(0, 25).map((record) => rowOf(record, encoding).cells)
    return { separator, headings: Math.max(0, ...rows.map((cells) => headingsIn(cells))), cells: rows[0]?.length ?? 0 }
  })
  return parsed.reduce((best, each) => (each.headings > best.headings || (each.headings === best.headings && each.cells > best.cells) ? each : best)).separator
}

function rowOf({ number, cells: bytes, cut, beyond }: CsvRecord, encoding: 'utf-8' | 'gb18030'): SheetRow {
  const marks = new Map<number, CellMark>()
  const cells = bytes.map((cell, at) => {
    const { text, mark } = decodeCell(cell, encoding)
    if (mark) marks.set(at, mark)
    if (text.length <= sheetBounds.cell) {
      const bare = unguard(text)
      if (bare !== undefined && !mark) marks.set(at, 'guarded')
      return bare ?? text
    }
    marks.set(at, 'too-long')
    return text.slice(0, sheetBounds.cut)
  })
  for (const at of cut ?? []) marks.set(at, 'too-long')
  return { number, cells, ...(marks.size > 0 ? { marks } : {}), ...(beyond ? { beyond } : {}) }
}
