// Sheets of records on disk, .xlsx or .csv by their ending. Written beside their place and renamed, so that nothing is ever half there.
import { rename, rm, writeFile } from 'node:fs/promises'
import { extname } from 'node:path'
import { AppError, ParseError } from '../../base/index.ts'
import { rejectedCells, type Cells } from '../transfer.ts'
import type { ImportOutcome } from '../types.ts'
import { csvText, readCsvFile } from './csv.ts'
import { readSpreadsheet, writeSpreadsheet } from './spreadsheet.ts'

type Rows = Iterable<readonly string[]> | AsyncIterable<readonly string[]>

const kindOf = (path: string): 'xlsx' | 'csv' => {
  const ending = extname(path).toLowerCase()
  if (ending === '.xlsx') return 'xlsx'
  if (ending === '.csv' || ending === '.txt') return 'csv'
  throw new AppError('import.unreadable', `${path}: only .xlsx and .csv are read and written${ending === '.xls' ? ': save it as .xlsx first' : ''}`)
}

/** All rows of a file as text. Throws AppError 'import.unreadable' naming the file and what is wrong with it. */
export async function readSheet(path: string): Promise<Cells> {
  const kind = kindOf(path)
  try {
    return kind === 'xlsx' ? await readSpreadsheet(path) : await readCsvFile(path)
  } catch (error) {
    const code = (error as { code?: unknown }).code
    if (code === 'ENOENT') throw new AppError('import.unreadable', `${path} does not exist`)
    if (error instanceof ParseError) throw new AppError('import.unreadable', `${path}: ${error.message}`)
    const reason = error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error)
    throw new AppError('import.unreadable', `${path} cannot be read: ${reason}`)
  }
}

/** Writes rows as they come. */
export async function writeSheet(path: string, rows: Rows): Promise<void> {
  const kind = kindOf(path)
  const unfinished = `${path}.part`
  try {
    if (kind === 'xlsx') await writeSpreadsheet(unfinished, rows)
    else await writeFile(unfinished, await csvText(rows))
    await rename(unfinished, path)
  } catch (error) {
    await rm(unfinished, { force: true })
    const code = (error as { code?: unknown }).code
    if (code === 'ENOSPC') throw new AppError('disk.full', `no space left for ${path}: free some`)
    if (typeof code === 'string') throw new AppError('data.unwritable', `${path} cannot be written (${code})`)
    throw error
  }
}

/** Puts the rejected rows of an import, reasons first, in a file beside it. Returns its path, or undefined when none was rejected. */
export async function writeRejected(importPath: string, cells: Cells, rejected: ImportOutcome['rejected']): Promise<string | undefined> {
  if (rejected.length === 0) return undefined
  const path = `${importPath.slice(0, -extname(importPath).length)}.rejected.${kindOf(importPath)}`
  await writeSheet(path, rejectedCells(cells, rejected))
  return path
}
