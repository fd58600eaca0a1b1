// What a file is by its first bytes and, for archives, by what is in them. Endings lie; each thing that is not read is told apart in one line.

import { encodingOfStart } from './text.ts'

export type FileKind = 'xlsx' | 'csv'

export interface Sniffed {
  readonly kind?: FileKind
  /** Why it is not read. */
  readonly refusal?: string
}

const startsWith = (bytes: Buffer, ...signature: readonly number[]): boolean => signature.every((byte, at) => bytes[at] === byte)
const wide = (text: string): Buffer => Buffer.from(text, 'utf16le')

/** By the first bytes (some hundreds of KB are enough); an archive is told by `sniffArchive`. */
export function sniffStart(start: Buffer): Sniffed | 'archive' {
  if (start.length === 0) return { refusal: 'the file is empty' }
  if (startsWith(start, 0x50, 0x4b, 0x03, 0x04) || startsWith(start, 0x50, 0x4b, 0x05, 0x06)) return 'archive'
  if (startsWith(start, 0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1)) return { refusal: oldFormat(start) }
  if (startsWith(start, 0x52, 0x61, 0x72, 0x21)) return { refusal: 'this is a RAR archive: unpack it and import the sheet in it' }
  if (startsWith(start, 0x37, 0x7a, 0xbc, 0xaf)) return { refusal: 'this is a 7z archive: unpack it and import the sheet in it' }
  if (startsWith(start, 0x1f, 0x8b)) return { refusal: 'this is a gzip archive: unpack it and import the sheet in it' }
  if (startsWith(start, 0x25, 0x50, 0x44, 0x46)) return { refusal: 'this is a PDF: export the table as .xlsx or .csv' }
  if (startsWith(start, 0x89, 0x50, 0x4e, 0x47) || startsWith(start, 0xff, 0xd8, 0xff)) return { refusal: 'this is a picture: a table is needed, as .xlsx or .csv' }
  const text = start.subarray(0, 4096).toString('latin1').replace(/^\xef\xbb\xbf/, '').replaceAll('\0', '').trimStart().toLowerCase()
  if (/^<(!doctype html|html|table|head|meta)/.test(text)) return { refusal: 'this is a web page with the ending of a sheet: open it in a spreadsheet and save it as .xlsx' }
  if (text.startsWith('<?xml') || text.startsWith('<workbook')) return { refusal: 'this is XML (an XML spreadsheet of 2003, perhaps): open it in a spreadsheet and save it as .xlsx' }
  if (/^[[{]\s*["{[\]}]/.test(text)) return { refusal: 'this is JSON: a table is needed, as .xlsx or .csv' }
  if (encodingOfStart(start) !== undefined) return { kind: 'csv' }
  // Text has no control characters but tab and line ends.
  const some = start.subarray(0, 4096)
  const control = some.filter((byte) => byte < 0x20 && byte !== 0x09 && byte !== 0x0a && byte !== 0x0d).length
  if (control > some.length / 50) return { refusal: 'this is neither a workbook nor text' }
  return { kind: 'csv' }
}

/** OLE compound files: the directory names the streams in UTF-16. [MS-CFB] 2.6, [MS-OFFCRYPTO] 1.3.3. */
function oldFormat(start: Buffer): string {
  if (start.includes(wide('EncryptedPackage')) || start.includes(wide('EncryptionInfo'))) return 'this workbook is protected by a password: save it without one'
  if (start.includes(wide('Workbook')) || start.includes(wide('Book'))) return 'this is an old .xls workbook: save it as .xlsx'
  if (start.includes(wide('WordDocument'))) return 'this is a Word document: copy the table into a spreadsheet and save it as .xlsx'
  return 'this is an old office file: save it as .xlsx'
}

/** By the names of an archive's entries. */
export function sniffArchive(names: readonly string[]): Sniffed {
  const lower = names.map((name) => name.toLowerCase().replace(/^\//, ''))
  const has = (name: string): boolean => lower.includes(name)
  if (has('xl/workbook.bin')) return { refusal: 'this is a binary workbook (.xlsb): save it as .xlsx' }
  if (has('encryptedpackage')) return { refusal: 'this workbook is protected by a password: save it without one' }
  if (has('xl/workbook.xml') || lower.some((name) => /(^|\/)workbook\.xml$/.test(name))) return { kind: 'xlsx' }
  if (has('word/document.xml')) return { refusal: 'this is a Word document: copy the table into a spreadsheet and save it as .xlsx' }
  if (lower.some((name) => name.startsWith('ppt/'))) return { refusal: 'this is a presentation, no table' }
  if (has('content.xml') && has('mimetype')) return { refusal: 'this is an OpenDocument file (.ods): save it as .xlsx' }
  const inside = names.find((name) => /\.(xlsx|xls|csv|et)$/i.test(name))
  if (inside !== undefined) return { refusal: `this is an archive with ${inside.slice(0, 80)} in it: unpack it and import that` }
  if (lower.some((name) => /\.(zip|rar|7z)$/.test(name))) return { refusal: 'this is an archive of archives: unpack it and import the sheet in it' }
  return { refusal: names.length === 0 ? 'this is an empty archive' : 'this is an archive, but not a workbook' }
}
