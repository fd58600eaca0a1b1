// A file of records on disk as a source of rows, by what it is and not by its ending.
import { open } from 'node:fs/promises'
import { extname } from 'node:path'
import { AppError, ParseError } from '../../base/index.ts'
import { sniffArchive, sniffStart, type FileKind } from '../import/sniff.ts'
import type { SheetSource } from '../import/sheet.ts'
import { openArchive } from './archive.ts'
import { openCsv } from './csv-reader.ts'
import { openWorkbook } from './xlsx-reader.ts'

/** An old workbook names its streams near its start or its end; files are bounded before they come here. */
const sniffBytes = 1024 * 1024

/** Throws AppError 'import.unreadable' that names the file, as `shownAs`, and what is wrong with it. */
export async function openSheet(path: string, shownAs = path): Promise<SheetSource> {
  return naming(shownAs, async () => {
    const { start, end } = await readEnds(path)
    const kind = await kindOf(path, start, end)
    const source = kind === 'xlsx' ? await openWorkbook(path) : await openCsv(path)
    return { ...source, rows: (options) => namingRows(shownAs, source.rows(options)) }
  })
}

/** The ending says otherwise than the content: said, and the content is believed. */
export function endingNote(kind: FileKind, fileName: string): { readonly code: string; readonly count: number; readonly message: { readonly zh: string; readonly en: string } } | undefined {
  const ending = extname(fileName).toLowerCase()
  const fits = kind === 'xlsx' ? ['.xlsx', '.xlsm', '.xltx', ''] : ['.csv', '.txt', '.tsv', '']
  if (fits.includes(ending)) return undefined
  return { code: 'ending.wrong', count: 1, message: { zh: `文件名以${ending}结尾，内容是${kind === 'xlsx' ? '.xlsx工作簿' : '文本'}，按内容读取`, en: `the name ends in ${ending}, the content is ${kind === 'xlsx' ? 'a workbook' : 'text'} and read as such` } }
}

async function kindOf(path: string, start: Buffer, end: Buffer): Promise<FileKind> {
  let sniffed = sniffStart(start.length > 0 && start[0] === 0xd0 ? Buffer.concat([start, end]) : start)
  if (sniffed === 'archive') {
    const archive = await openArchive(path)
    sniffed = sniffArchive(archive.names)
    archive.close()
  }
  if (sniffed.kind === undefined) throw new ParseError('sheet.refused', sniffed.refusal ?? 'this is no table')
  return sniffed.kind
}

async function readEnds(path: string): Promise<{ readonly start: Buffer; readonly end: Buffer }> {
  const file = await open(path)
  try {
    const { size } = await file.stat()
    const piece = async (from: number): Promise<Buffer> => {
      const { buffer, bytesRead } = await file.read(Buffer.alloc(Math.min(sniffBytes, size)), 0, Math.min(sniffBytes, size), from)
      return buffer.subarray(0, bytesRead)
    }
    return { start: await piece(0), end: await piece(Math.max(0, size - sniffBytes)) }
  } finally {
    await file.close()
  }
}

async function naming<T>(shownAs: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    throw unreadable(shownAs, error)
  }
}

async function* namingRows<T, R>(shownAs: string, rows: AsyncGenerator<T, R>): AsyncGenerator<T, R> {
  try {
    return yield* rows
  } catch (error) {
    throw unreadable(shownAs, error)
  }
}

function unreadable(shownAs: string, error: unknown): unknown {
  if (error instanceof ParseError) return new AppError('import.unreadable', `${shownAs}: ${error.message}`)
  const { code } = error as { readonly code?: unknown }
  if (code === 'ENOENT') return new AppError('import.unreadable', `${shownAs} does not exist`)
  if (code === 'EISDIR') return new AppError('import.unreadable', `${shownAs} is a folder`)
  if (code === 'EACCES' || code === 'EPERM') return new AppError('import.unreadable', `${shownAs} cannot be read (${code})`)
  return error
}
