// Sheets that come and go over HTTP: the registry reads and writes files, the API holds bytes, so a temporary folder stands between.
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { extname, join } from 'node:path'
import { AppError } from '../base/index.ts'
import { cameraCells, headingCells, readCells, readSheet, writeSheet, type Camera, type NetworkingOne, type SheetReading } from '../registry/index.ts'

/** Rows of an uploaded sheet by field name. Throws AppError 'import.unreadable'. */
export function readTable(bytes: Buffer, fileName: string, options: { readonly networkingOne?: NetworkingOne }): Promise<SheetReading> {
  return inTemporaryFolder(async (folder) => {
    const path = join(folder, `upload${extname(fileName).toLowerCase()}`)
    await writeFile(path, bytes)
    try {
      return readCells(await readSheet(path), options)
    } catch (error) {
      // The user knows the file by the name it was sent under.
      throw error instanceof AppError ? new AppError(error.code, error.message.replaceAll(path, fileName)) : error
    }
  })
}

/** Exactly these values: contacts were masked before, where they had to be. */
export function writeTable(cameras: readonly Camera[], format: 'xlsx' | 'csv'): Promise<Buffer> {
  return inTemporaryFolder(async (folder) => {
    const path = join(folder, `records.${format}`)
    await writeSheet(path, [headingCells(), ...cameras.map((camera) => cameraCells(camera, { withContacts: true }))])
    return readFile(path)
  })
}

async function inTemporaryFolder<T>(work: (folder: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'yiji-sheet-'))
  try {
    return await work(folder)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}
