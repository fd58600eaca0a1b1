// Records as the bytes of a file, as they come from the store.
import { Readable } from 'node:stream'
import { cameraCells, headingCells, sheetBytes, type Camera, type CsvEncoding, type SheetFormat, type WriteOptions } from '../registry/index.ts'

export interface ExportOptions extends Omit<WriteOptions, 'withContacts'> {
  readonly format: SheetFormat
  readonly encoding?: CsvEncoding
  /** May this record's contacts be seen? Masked otherwise. */
  readonly withContacts: (camera: Camera) => boolean
}

export function exportBytes(cameras: AsyncIterable<Camera>, options: ExportOptions): Readable {
  const { withContacts, format, encoding, ...how } = options
  const rows = async function* (): AsyncGenerator<readonly string[]> {
    yield headingCells(how)
    for await (const camera of cameras) yield cameraCells(camera, { ...how, withContacts: withContacts(camera) })
  }
  return Readable.from(sheetBytes(rows(), format, encoding))
}
