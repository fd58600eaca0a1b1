// A workbook on disk as a source of rows. Holds the shared strings and one piece of a sheet, never the file.
import { stat } from 'node:fs/promises'
import { ParseError } from '../../base/index.ts'
import { sheetBounds, type Merge, type SheetEnd, type SheetRow, type SheetSource } from '../import/sheet.ts'
import { mergeFiller } from '../import/merges.ts'
import { openArchive } from './archive.ts'
import { readFormats, readSharedStrings, readWorkbook, type SharedStrings } from './xlsx-parts.ts'
import { sheetStage } from './xlsx-sheet.ts'

/** Throws ParseError. */
export async function openWorkbook(path: string): Promise<SheetSource> {
  const archive = await openArchive(path)
  try {
    const workbook = await readWorkbook(archive)
    const formats = await readFormats(archive)
    const total = (await stat(path)).size
    let read = 0
    let strings: Promise<SharedStrings> | undefined
    const rows = async function* ({ sheet, fill = [] }: { readonly sheet: number; readonly fill?: readonly Merge[] }): AsyncGenerator<readonly SheetRow[], SheetEnd> {
      const chosen = workbook.sheets[sheet]
      if (!chosen) throw new ParseError('xlsx.empty', `the workbook has no sheet ${sheet + 1}`)
      strings ??= readSharedStrings(archive, (packed) => (read = packed))
      const stage = sheetStage(`sheet ${chosen.name}`, { formats, strings: await strings, counts1904: workbook.counts1904 })
      const before = archive.packed('xl/sharedStrings.xml')
      const fillMerged = mergeFiller(fill)
      let count = 0
      for await (const bytes of archive.bytes(chosen.part, (packed) => (read = before + packed))) {
        const batch = stage.push(bytes)
        count += batch.length
        if (count > sheetBounds.rows) throw new ParseError('xlsx.too-large', `the sheet has more than ${sheetBounds.rows} rows`)
        if (batch.length > 0) yield batch.map(fillMerged)
      }
      return stage.end()
    }
    return {
      kind: 'xlsx',
      sheets: workbook.sheets.map(({ name, isHidden }) => ({ name, isHidden })),
      rows,
      progress: () => ({ read: Math.min(read, total), total }),
      close: async () => archive.close(),
    }
  } catch (error) {
    archive.close()
    throw error
  }
}
