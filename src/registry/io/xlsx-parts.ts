// The parts of a workbook beside its sheets: which sheets there are, number formats, shared strings. ISO/IEC 29500-1, 18.2, 18.4, 18.8.
import { posix } from 'node:path'
import { ParseError } from '../../base/index.ts'
import { sheetBounds } from '../import/sheet.ts'
import type { Archive } from './archive.ts'
import { readXml } from './xml.ts'

export interface WorkbookSheet {
  readonly name: string
  readonly isHidden: boolean
  /** Its entry in the archive. */
  readonly part: string
}

export interface Workbook {
  readonly sheets: readonly WorkbookSheet[]
  /** Dates count from 1904-01-01 instead of 1899-12-30. */
  readonly counts1904: boolean
}

const workbookPart = 'xl/workbook.xml'

export async function readWorkbook(archive: Archive): Promise<Workbook> {
  const part = await mainPart(archive)
  const targets = await relationshipsOf(archive, part)
  const found: { readonly name: string; readonly isHidden: boolean; readonly id: string }[] = []
  let counts1904 = false
  await readXml(part, archive.bytes(part), {
    open: (name, attributes) => {
      if (name === 'workbookPr') counts1904 = /^(1|true)$/.test(attributes.date1904 ?? '')
      if (name !== 'sheet') return
      if (found.length >= sheetBounds.sheets) throw new ParseError('xlsx.too-large', `the workbook has more than ${sheetBounds.sheets} sheets`)
      const id = Object.entries(attributes).find(([key]) => /(^|:)id$/.test(key))?.[1] ?? ''
      found.push({ name: attributes.name ?? '', isHidden: /hidden/i.test(attributes.state ?? ''), id })
    },
    close: () => {},
    text: () => {},
  })
  // Chart sheets and dialogs have no cells.
  const sheets = found.flatMap(({ name, isHidden, id }) => {
    const target = targets.get(id)
    return target?.type === 'worksheet' && archive.has(target.part) ? [{ name, isHidden, part: target.part }] : []
  })
  if (sheets.length === 0) throw new ParseError('xlsx.empty', 'the workbook has no sheet')
  return { sheets, counts1904 }
}

/** The workbook's part: named by the package, or where everybody puts it. */
async function mainPart(archive: Archive): Promise<string> {
  if (archive.has(workbookPart)) return workbookPart
  const main = [...(await relationshipsOf(archive, '')).values()].find(({ type }) => type === 'officeDocument')
  if (!main || !archive.has(main.part)) throw new ParseError('xlsx.malformed', 'this is an archive, but not a workbook')
  return main.part
}

async function relationshipsOf(archive: Archive, part: string): Promise<ReadonlyMap<string, { readonly type: string; readonly part: string }>> {
  const folder = part === '' ? '' : posix.dirname(part)
  const file = posix.join(folder, '_rels', `${posix.basename(part)}.rels`)
  const found = new Map<string, { readonly type: string; readonly part: string }>()
  if (!archive.has(file)) return found
  await readXml(file, archive.bytes(file), {
    open: (name, { Id, Type = '', Target = '' }) => {
      if (name !== 'Relationship' || Id === undefined || found.size > 10_000) return
      found.set(Id, { type: Type.slice(Type.lastIndexOf('/') + 1), part: Target.startsWith('/') ? Target.slice(1) : posix.join(folder, Target) })
    },
    close: () => {},
    text: () => {},
  })
  return found
}

/** What a number with this format is: a date, or digits with zeros in front, or neither. */
export interface NumberFormat {
  readonly isDate: boolean
  /** Digits that "00000" fills up to; 0 for any other format. */
  readonly zeros: number
}

const plainFormat: NumberFormat = { isDate: false, zeros: 0 }
/** Dates among the formats that have no text of their own; 27-36 and 50-58 are the East Asian ones (18.8.30). */
const isDateFormat = (id: number): boolean => (id >= 14 && id <= 22) || (id >= 27 && id <= 36) || (id >= 45 && id <= 47) || (id >= 50 && id <= 58)

/** Formats of cells by their style, as `s` of a cell counts them. */
export async function readFormats(archive: Archive): Promise<readonly NumberFormat[]> {
  const file = 'xl/styles.xml'
  if (!archive.has(file)) return []
  const own = new Map<number, NumberFormat>()
  const formats: NumberFormat[] = []
  let inCells = false
  await readXml(file, archive.bytes(file), {
    open: (name, { numFmtId, formatCode }) => {
      if (name === 'cellXfs') inCells = true
      else if (name === 'numFmt' && own.size < 10_000) own.set(Number(numFmtId), formatOf(formatCode ?? ''))
      else if (name === 'xf' && inCells && formats.length < 100_000) {
        const id = Number(numFmtId ?? 0)
        formats.push(own.get(id) ?? { ...plainFormat, isDate: isDateFormat(id) })
      }
    },
    close: (name) => {
      if (name === 'cellXfs') inCells = false
    },
    text: () => {},
  })
  return formats
}

function formatOf(code: string): NumberFormat {
  // What stands in quotes, brackets ([Red], [$-804]) or behind a backslash is no part of the number.
  const bare = code.replace(/"[^"]*"|\[[^\]]*\]|\\.|_.|\*./g, '')
  return { isDate: /[ymdhs年月日]/i.test(bare) && !/general|[#?]/i.test(bare), zeros: /^0+$/.test(bare) ? bare.length : 0 }
}

/** Strings that cells name by number, kept as bytes: half a million of them are 12 MB instead of 40. */
export interface SharedStrings {
  readonly at: (index: number) => string | undefined
}

/** Ours: six times what 100,000 records need. */
const sharedBounds = { bytes: 128 * 1024 * 1024, count: 5_000_000 }

export async function readSharedStrings(archive: Archive, onPacked: (bytes: number) => void): Promise<SharedStrings> {
  const file = 'xl/sharedStrings.xml'
  let bytes = Buffer.alloc(0)
  let ends = new Uint32Array(0)
  let [used, count] = [0, 0]
  let [text, isText, isPhonetic] = ['', false, false]
  const keep = (value: string): void => {
    const needed = used + Buffer.byteLength(value)
    if (needed > sharedBounds.bytes || count >= sharedBounds.count) throw new ParseError('xlsx.too-large', `the workbook has more text than is read (${sharedBounds.bytes / 1024 / 1024} MB)`)
    if (needed > bytes.length) bytes = Buffer.concat([bytes], Math.min(sharedBounds.bytes, Math.max(65_536, needed, bytes.length * 2)))
    if (count >= ends.length) {
      const wider = new Uint32Array(Math.max(4096, ends.length * 2))
      wider.set(ends)
      ends = wider
    }
    used += bytes.write(value, used)
    ends[count++] = used
  }
  if (archive.has(file)) {
    await readXml(file, archive.bytes(file, onPacked), {
      open: (name) => {
        if (name === 'si') text = ''
        else if (name === 'rPh') isPhonetic = true
        else if (name === 't') isText = !isPhonetic
      },
      close: (name) => {
        if (name === 'si') keep(plainText(text))
        else if (name === 'rPh') isPhonetic = false
        else if (name === 't') isText = false
      },
      text: (more) => {
        if (isText && text.length <= sheetBounds.cell) text += more
      },
    })
  }
  return { at: (index) => (index >= 0 && index < count ? bytes.toString('utf8', index === 0 ? 0 : ends[index - 1], ends[index]) : undefined) }
}

/** _xHHHH_ is a character that XML cannot carry. 22.9.2.19. */
export const plainText = (text: string): string => (text.includes('_x') ? text.replace(/_x([0-9A-Fa-f]{4})_/g, (_, code: string) => String.fromCharCode(parseInt(code, 16))) : text)
