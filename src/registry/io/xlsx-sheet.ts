// One sheet of a workbook, row by row. ISO/IEC 29500-1, 18.3.1: every cell as the text that was meant, with what was peculiar about it.
import { ParseError } from '../../base/index.ts'
import { dateText } from '../import/dates.ts'
import { columnNumber, sheetBounds, type CellMark, type CellType, type Merge, type SheetEnd, type SheetRow } from '../import/sheet.ts'
import { plainText, type NumberFormat, type SharedStrings } from './xlsx-parts.ts'
import { xmlStage } from './xml.ts'

/** A spreadsheet has no more. */
const [lastRow, lastColumn] = [1_048_576, 16_383]

export interface SheetContext {
  readonly formats: readonly NumberFormat[]
  readonly strings: SharedStrings
  readonly counts1904: boolean
}

export interface SheetStage {
  readonly push: (bytes: Buffer) => readonly SheetRow[]
  readonly end: () => SheetEnd
}

interface Cell {
  column: number
  type: string
  format: NumberFormat | undefined
  value: string
  isFormula: boolean
  hasValue: boolean
}

export function sheetStage(what: string, { formats, strings, counts1904 }: SheetContext): SheetStage {
  const bad = (why: string): ParseError => new ParseError('xlsx.malformed', `${what}: ${why}`)
  let ready: SheetRow[] = []
  let row: { number: number; cells: string[]; types: (CellType | undefined)[]; marks: Map<number, CellMark> | undefined; beyond: number; isHidden: boolean } | undefined
  let cell: Cell | undefined
  let [inData, isText, isPhonetic] = [false, false, false]
  let [number, column] = [0, -1]
  const merges: Merge[] = []
  let moreMerges = 0
  const hiddenColumns = new Set<number>()

  const openRow = (given: string | undefined, hidden: string | undefined): void => {
    const at = given === undefined ? number + 1 : Number(given)
    if (!Number.isInteger(at) || at <= number || at > lastRow) throw bad(`its rows are out of order at row ${String(given).slice(0, 20)}`)
    number = at
    column = -1
    row = { number, cells: [], types: [], marks: undefined, beyond: 0, isHidden: isTrue(hidden) }
  }
  const openCell = (attributes: Readonly<Record<string, string>>): void => {
    const at = attributes.r === undefined ? column + 1 : columnNumber(attributes.r.replace(/\d+$/, ''))
    if (at === undefined || at <= column || at > lastColumn) throw bad(at !== undefined && at > lastColumn ? `row ${number} has more than ${lastColumn + 1} columns` : `the cells of row ${number} are out of order`)
    column = at
    cell = { column, type: attributes.t ?? 'n', format: formats[Number(attributes.s ?? 0)], value: '', isFormula: false, hasValue: false }
  }
  const keepCell = ({ column: at, ...given }: Cell): void => {
    if (!row) return
    const isEmpty = given.value === '' && !(given.isFormula && !given.hasValue)
    if (isEmpty) return
    if (at >= sheetBounds.columns) {
      row.beyond++
      return
    }
    const { text, type, mark } = valueOf(given)
    while (row.cells.length < at) {
      row.cells.push('')
      row.types.push(undefined)
    }
    row.cells.push(text)
    row.types.push(type)
    if (mark) (row.marks ??= new Map()).set(at, mark)
  }
  const valueOf = ({ type, value, format, isFormula, hasValue }: Omit<Cell, 'column'>): { text: string; type: CellType | undefined; mark: CellMark | undefined } => {
    const mark = isFormula ? (hasValue ? 'formula' : 'no-value') : undefined
    if (value.length > sheetBounds.cell) return { text: value.slice(0, sheetBounds.cut), type: undefined, mark: 'too-long' }
    if (type === 's') {
      const text = strings.at(Number(value))
      if (text === undefined) throw bad(`row ${number} names a text that is not there`)
      return text.length > sheetBounds.cell ? { text: text.slice(0, sheetBounds.cut), type: undefined, mark: 'too-long' } : { text, type: undefined, mark }
    }
    if (type === 'inlineStr' || type === 'str') return { text: plainText(value), type: undefined, mark }
    if (type === 'b') return { text: value === '1' ? 'TRUE' : 'FALSE', type: 'boolean', mark }
    if (type === 'e') return { text: value, type: 'error', mark }
    if (type === 'd') return { text: value.replace(/T00:00:00(\.0+)?Z?$|(\.\d+)?Z$/, ''), type: 'date', mark }
    return { ...numberText(value, format, counts1904), mark }
  }

  const stage = xmlStage(what, {
    open: (name, attributes) => {
      if (name === 'sheetData') inData = true
      else if (inData && name === 'row') openRow(attributes.r, attributes.hidden)
      else if (row && name === 'c') openCell(attributes)
      else if (cell && name === 'f') cell.isFormula = true
      else if (cell && name === 'rPh') isPhonetic = true
      else if (cell && (name === 'v' || name === 't')) {
        isText = !isPhonetic
        cell.hasValue = true
      } else if (name === 'mergeCell') addMerge(attributes.ref ?? '')
      else if (name === 'col' && isTrue(attributes.hidden)) hideColumns(Number(attributes.min), Number(attributes.max))
    },
    close: (name) => {
      if (name === 'v' || name === 't') isText = false
      else if (name === 'rPh') isPhonetic = false
      else if (name === 'c') {
        if (cell) keepCell(cell)
        cell = undefined
      } else if (name === 'row') {
        if (row && (row.cells.length > 0 || row.beyond > 0)) ready.push(finished(row))
        row = undefined
      } else if (name === 'sheetData') inData = false
    },
    text: (more) => {
      if (isText && cell && cell.value.length <= sheetBounds.cell) cell.value += more
    },
  })
  const addMerge = (reference: string): void => {
    const match = /^\$?([A-Z]{1,3})\$?(\d{1,7}):\$?([A-Z]{1,3})\$?(\d{1,7})$/.exec(reference)
    if (!match) return
    if (merges.length >= sheetBounds.merges) return void moreMerges++
    merges.push({ left: columnNumber(match[1] ?? '') ?? 0, top: Number(match[2]), right: columnNumber(match[3] ?? '') ?? 0, bottom: Number(match[4]) })
  }
  const hideColumns = (first: number, last: number): void => {
    for (let at = Math.max(1, first); at <= Math.min(last, sheetBounds.columns); at++) hiddenColumns.add(at - 1)
  }
  return {
    push: (bytes) => {
      ready = []
      stage.push(bytes)
      return ready
    },
    end: () => {
      stage.end()
      return { merges, moreMerges, hiddenColumns: [...hiddenColumns].sort((a, b) => a - b) }
    },
  }
}

const isTrue = (text: string | undefined): boolean => text === '1' || text === 'true'

function finished({ number, cells, types, marks, beyond, isHidden }: { number: number; cells: string[]; types: (CellType | undefined)[]; marks: Map<number, CellMark> | undefined; beyond: number; isHidden: boolean }): SheetRow {
  return { number, cells, types, ...(marks ? { marks } : {}), ...(beyond > 0 ? { beyond } : {}), ...(isHidden ? { isHidden } : {}) }
}

/** Numbers carry 15 digits; beyond 10^15 the form gives it away, since the digits that were typed are gone. */
const exactBelow = 1e15

export function numberText(value: string, format: NumberFormat | undefined, counts1904 = false): { text: string; type: CellType | undefined } {
  const number = Number(value)
  if (value.trim() === '' || !Number.isFinite(number)) return { text: value, type: undefined }
  if (format?.isDate) {
    const date = dateText(number, counts1904)
    if (date !== undefined) return { text: date, type: 'date' }
  }
  if (Math.abs(number) >= exactBelow) return { text: exponent(number), type: 'number' }
  const text = String(Number(number.toPrecision(15)))
  return { text: format && format.zeros > text.length && /^\d+$/.test(text) ? text.padStart(format.zeros, '0') : text, type: 'number' }
}

const exponent = (number: number): string => number.toExponential(14).replace(/\.?0*e\+/, 'E+')
