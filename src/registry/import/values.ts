// One cell -> the stored form of its field, and everything that was done on the way said. What cannot be known is refused, with the reason.
import { fieldRow, type FieldRow } from '../field-table.ts'
import { normalise } from '../normalise.ts'
import type { FieldName } from '../types.ts'
import { dateText, isDayNumber, isSpoiltToDate } from './dates.ts'
import { isAmbiguousMaker, makerByJiangsu } from './profiles.ts'
import type { CellMark, CellType } from './sheet.ts'
import { detached, short, type ImportTally } from './tally.ts'
import type { Choices, NormalisationKind, Reason } from './types.ts'

export interface CellIn {
  readonly row: number
  readonly column: number
  readonly text: string
  readonly type: CellType | undefined
  readonly mark: CellMark | undefined
}

/** `value` absent: the cell is empty, or says nothing new. */
export interface CellOut {
  readonly value?: string
  readonly reason?: Reason
}

export type CellReader = (field: FieldRow, cell: CellIn) => CellOut

const invisible = /[\u200b-\u200f\ufeff\u0000]/g
const separators = /[/,、;|]/
/** Personal values as our own exports and lists show them to those who may not see them: no new value. */
const isMasked = (text: string): boolean => /\*{3,}/.test(text)
/** Remembered forms of one column's values; codes and units repeat, names do not. */
const maxRemembered = 5000

export function createCellReader(choices: Choices, tally: ImportTally): CellReader {
  const remembered = new Map<FieldName, Map<string, { readonly stored: string | undefined; readonly kind: NormalisationKind | undefined; readonly unknown: readonly string[] }>>()

  /** The stored form, by the table's own rules, with the kind of change. */
  const storedForm = (field: FieldRow, given: string) => {
    let known = remembered.get(field.name)
    if (!known) remembered.set(field.name, (known = new Map()))
    const before = known.get(given)
    if (before) return before
    const stored = normalise(field, given)
    const form = { stored, kind: stored === given ? undefined : kindOfChange(field, given, stored ?? ''), unknown: unknownCodes(field, stored) }
    if (known.size < maxRemembered && field.type !== 'text') known.set(detached(given), { ...form, stored: stored === undefined ? undefined : detached(stored) })
    return form
  }

  return (field, cell) => {
    const { row, column, text, type, mark } = cell
    const say = (kind: NormalisationKind, from: string, to: string): void => tally.normalised(kind, field.name, row, column, from, to)
    const broken = brokenCell(cell, field)
    if (broken) return { reason: broken }
    const bare = text.replace(invisible, '').trim()
    if (bare === '') return {}
    if (mark === 'formula' || mark === 'merged' || mark === 'recoded' || mark === 'guarded') say(mark, mark === 'guarded' ? `'${text}` : text, text)
    if (field.isPersonal && isMasked(bare)) {
      say('masked', bare, '')
      return {}
    }
    const chosen = byChoice(field, bare, choices)
    if (chosen === 'undecided') {
      tally.undecided(field.name === 'networking' ? 'networkingOne' : 'manufacturerTable', digitsOf(bare))
      return {}
    }
    if (chosen && 'reason' in chosen) return { reason: { code: 'manufacturer.unknown', column, message: chosen.reason } }
    if (chosen) {
      say(chosen.kind, bare, chosen.value)
      if (chosen.value === '') return {}
    }
    let given = chosen?.value ?? text
    if (field.type === 'date' && isDayNumber(bare)) {
      const date = dateText(Number(bare))
      if (date !== undefined) {
        say('date-number', bare, date)
        given = date
      }
    } else if (field.type !== 'date' && (type === 'date' || (field.type === 'codes' && isSpoiltToDate(bare)))) {
      return { reason: reasonOf('cell.date', column, `${field.zh}“${short(bare, 40)}”是日期：原值（如8/10）疑被表格软件改成日期，请把该列设为文本后重新填写`, `${field.en.toLowerCase()} is the date "${short(bare, 40)}": a spreadsheet takes values like 8/10 for one; format the column as text and fill it in again`) }
    }
    const { stored, kind, unknown } = storedForm(field, given)
    if (kind !== undefined && given === text) say(kind, text, stored ?? '')
    for (const code of unknown) tally.unknownCode(field.name, code)
    return stored === undefined ? {} : { value: stored }
  }
}

const reasonOf = (code: string, column: number, zh: string, en: string): Reason => ({ code, column, message: { zh, en } })

/** What no value can be had from. */
function brokenCell({ text, type, mark, column }: CellIn, { zh, en }: FieldRow): Reason | undefined {
  const name = en.toLowerCase()
  if (mark === 'too-long') return reasonOf('cell.too-long', column, `${zh}的内容过长，超过单元格的上限`, `the cell of ${name} is longer than a cell can be`)
  if (mark === 'undecodable') return reasonOf('cell.undecodable', column, `${zh}的文字编码无法识别`, `the text of ${name} is in no known encoding`)
  if (mark === 'no-value') return reasonOf('cell.no-value', column, `${zh}是没有结果的公式：请在表格软件中重新计算并保存为数值`, `${name} holds a formula without a result: compute it and save the value`)
  if (type === 'error') return reasonOf('cell.error', column, `${zh}是错误值${short(text, 20)}`, `${name} holds the error ${short(text, 20)}`)
  return undefined
}

/** ０1.0 -> 01: what is compared with 0, 1 and two-digit codes. */
const digitsOf = (text: string): string => text.normalize('NFKC').trim().replace(/^(\d{1,2})\.0+$/, '$1')

/** By what the user said: a mapping first, then the polarity of 联网属性, then the table of makers. */
function byChoice(field: FieldRow, text: string, { networkingOne, manufacturerTable, codes }: Choices): { readonly kind: NormalisationKind; readonly value: string } | { readonly reason: Reason['message'] } | 'undecided' | undefined {
  const mapping = codes?.[field.name]
  if (mapping) {
    if (Object.hasOwn(mapping, text)) return { kind: 'mapped', value: mapping[text] ?? '' }
    const parts = field.type === 'codes' ? text.split(separators).map((part) => part.trim()) : []
    if (parts.some((part) => Object.hasOwn(mapping, part))) return { kind: 'mapped', value: parts.map((part) => (Object.hasOwn(mapping, part) ? (mapping[part] ?? '') : part)).filter((part) => part !== '').join('/') }
  }
  if (field.name !== 'networking' && field.name !== 'manufacturer') return undefined
  const digits = digitsOf(text)
  if (field.name === 'networking' && /^0?[01]$/.test(digits)) {
    if (networkingOne === undefined) return 'undecided'
    return { kind: 'networking', value: digits.endsWith('1') === (networkingOne === 'networked') ? 'networked' : 'not-networked' }
  }
  if (field.name !== 'manufacturer' || !/^\d{1,2}$/.test(digits)) return undefined
  if (manufacturerTable === undefined) return isAmbiguousMaker(digits) ? 'undecided' : undefined
  if (manufacturerTable === 'national') return undefined
  const value = makerByJiangsu(digits)
  return value === undefined ? { reason: { zh: `江苏厂商代码表中没有“${digits}”`, en: `Jiangsu's table of makers has no "${digits}"` } } : { kind: 'manufacturer-table', value }
}

/** The first step of the way from the cell to the stored form that changed anything names it. */
function kindOfChange(field: FieldRow, given: string, stored: string): NormalisationKind {
  const bare = given.replace(invisible, '').trim()
  if (bare === stored) return 'blanks'
  const narrow = bare.normalize('NFKC')
  if (narrow === stored || (narrow !== bare && field.type !== 'code' && field.type !== 'codes')) return 'width'
  switch (field.type) {
    case 'digits':
      return 'spaces'
    case 'integer':
    case 'decimal':
      return 'number'
    case 'code':
      return /^0+\d|^\d+\.0+$/.test(narrow) ? 'zeros' : /^\d+$/.test(narrow) ? 'form' : 'label'
    case 'codes':
      return /^[\d/]+$/.test(narrow) && !/(^|\/)0\d/.test(narrow) ? 'list' : /[^\d/,、;|\s]/.test(narrow) ? 'label' : /(^|[/,、;|]\s*)0\d/.test(narrow) ? 'zeros' : 'list'
    case 'date':
      return 'date'
    case 'mac':
      return 'mac'
    case 'ipv4':
    case 'ipv6':
      return 'case'
    case 'text':
      return 'form'
  }
}

const tables = new Map<FieldName, ReadonlySet<string>>()

/** Codes of a stored value that its table does not have. */
function unknownCodes(field: FieldRow, stored: string | undefined): readonly string[] {
  if (stored === undefined || !field.table || (field.type !== 'code' && field.type !== 'codes')) return []
  let table = tables.get(field.name)
  if (!table) tables.set(field.name, (table = new Set((fieldRow(field.name).table ?? []).map(({ code }) => code))))
  return (field.type === 'codes' ? stored.split('/') : [stored]).filter((code) => !table.has(code))
}
