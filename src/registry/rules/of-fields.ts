// Rules that every row of the field table brings along: missing, unknown code, too long, malformed. A new field needs none of its own.
import { fieldTable, isMandatory, type FieldRow } from '../field-table.ts'
import { inSentence, ours, recordRule, sourced, words, type Basis, type RecordRule } from './rule.ts'

const common = sourced('27-column order of 一机一档, code tables in two or more record programs')
const isPlace = (row: FieldRow): boolean => row.rule === 'coordinates'

function mandatoryBasis({ name, isChecked, mandatory }: FieldRow): Basis {
  if (name === 'code') return sourced('GB/T 28181-2022 Annex E; 27-column order')
  if (isChecked) return sourced('六视频办发(2018)8号, checked field; 27-column order')
  return sourced(mandatory === 'always' ? '27-column order (mandatory in a collection app of 2018)' : 'GB/T 28181-2022 A.2.1.9 (mandatory for class 1); 27-column order')
}

const classes = ({ mandatory }: FieldRow): string => (typeof mandatory === 'string' ? '' : mandatory.join('/'))

/** Longitude and latitude are missing together: of-place.ts says so. */
const missing = (row: FieldRow): readonly RecordRule[] =>
  row.mandatory === 'no' || isPlace(row)
    ? []
    : [
        recordRule({
          code: `${row.rule}.missing`,
          field: row.name,
          severity: 'error',
          zh: `应填写${row.zh}${classes(row) === '' ? '' : `（${classes(row)}类点位）`}`,
          en: `${row.en} must be filled in${classes(row) === '' ? '' : ` for points of class ${classes(row)}`}`,
          basis: mandatoryBasis(row),
          check: (record) => (record[row.name] === undefined && isMandatory(row, record.class) ? words(`缺少${row.zh}`, `${inSentence(row.en)} is missing`) : undefined),
        }),
      ]

/** Tables that one place must not add to: their codes decide what else holds for the record. */
const closed: ReadonlySet<string> = new Set(['class', 'networking', 'status'])

/** Coded values against their tables. Three digits from 100 are a place's own addition; Annex O is known by its first three digits. */
function unknown(row: FieldRow): readonly RecordRule[] {
  const { table } = row
  if (!table) return []
  const codes = new Set(table.map((entry) => entry.code))
  const isKnown = (code: string): boolean => codes.has(code) || (row.type !== 'digits' && !closed.has(row.name) && /^1\d\d$/.test(code))
  const partsOf = (value: string): readonly string[] => (row.type === 'codes' ? value.split('/') : [row.type === 'digits' ? value.slice(0, 3) : value])
  return [
    recordRule({
      code: `${row.rule}.unknown`,
      field: row.name,
      severity: row.name === 'class' ? 'error' : 'warning',
      zh: `${row.zh}的取值应在代码表中`,
      en: `${row.en} must be a code of its table`,
      basis: row.type === 'digits' ? sourced('GB/T 28181-2022 Annex O') : common,
      check: (record) => {
        const value = record[row.name]
        if (value === undefined || codes.has(value)) return undefined
        const strange = partsOf(value).filter((code) => !isKnown(code))
        return strange.length === 0 ? undefined : words(`${row.zh}的取值“${strange.join('/')}”不在代码表中`, `${inSentence(row.en)} has no code "${strange.join('/')}"`)
      },
    }),
  ]
}

/** Lengths are the 73-column template's where it has one. */
const tooLong = (row: FieldRow): readonly RecordRule[] =>
  row.digits !== undefined || isPlace(row)
    ? []
    : [
        recordRule({
          code: `${row.rule}.too-long`,
          field: row.name,
          severity: 'warning',
          zh: `${row.zh}不超过${row.maxLength}个字`,
          en: `${row.en} has at most ${row.maxLength} characters`,
          basis: ['name', 'address'].includes(row.name) ? sourced('73-column template: varchar(50)') : ours('what a column of the usual templates holds'),
          check: (record) => {
            const length = record[row.name]?.length ?? 0
            return length <= row.maxLength ? undefined : words(`${row.zh}有${length}个字，超过${row.maxLength}个`, `${inSentence(row.en)} has ${length} characters, ${row.maxLength} are allowed`)
          },
        }),
      ]

const digitsBasis: Readonly<Record<string, Basis>> = {
  area: sourced('GB/T 2260'),
  policeUnit: sourced('GA/T 380'),
  grassrootsCode: sourced('GB/T 28181-2022 Annex E.3'),
  capturePosition: sourced('GB/T 28181-2022 Annex O'),
}

/** The code has rules of its own (of-code.ts). */
const notDigits = (row: FieldRow): readonly RecordRule[] => {
  const { digits } = row
  if (digits === undefined || row.name === 'code') return []
  const isRight = new RegExp(`^\\d{${digits}}$`)
  return [
    recordRule({
      code: `${row.rule}.malformed`,
      field: row.name,
      severity: row.name === 'area' ? 'error' : 'warning',
      zh: `${row.zh}应为${digits}位数字`,
      en: `${row.en} has ${digits} digits`,
      basis: digitsBasis[row.name] ?? ours('the length that the field table gives'),
      check: (record) => {
        const value = record[row.name]
        return value === undefined || isRight.test(value) ? undefined : words(`${row.zh}应为${digits}位数字，现为“${value}”`, `${inSentence(row.en)} must be ${digits} digits, it is "${value}"`)
      },
    }),
  ]
}

const notNumber = (row: FieldRow): readonly RecordRule[] => {
  if ((row.type !== 'integer' && row.type !== 'decimal') || isPlace(row)) return []
  const [least, greatest] = row.range ?? [0, Number.MAX_SAFE_INTEGER]
  const [kindZh, kindEn] = row.type === 'integer' ? ['整数', 'a whole number'] : ['数字', 'a number']
  const pattern = row.type === 'integer' ? /^\d{1,9}$/ : /^\d{1,9}(\.\d{1,9})?$/
  return [
    recordRule({
      code: `${row.rule}.malformed`,
      field: row.name,
      severity: 'warning',
      zh: `${row.zh}应为${least}至${greatest}的${kindZh}`,
      en: `${row.en} is ${kindEn} from ${least} to ${greatest}`,
      basis: ours('bounds of what the value can be'),
      check: (record) => {
        const value = record[row.name]
        if (value === undefined || (pattern.test(value) && Number(value) >= least && Number(value) <= greatest)) return undefined
        return words(`${row.zh}“${value}”不是${least}至${greatest}的${kindZh}`, `"${value}" is not ${kindEn} from ${least} to ${greatest}: ${inSentence(row.en)}`)
      },
    }),
  ]
}

/** Every rule that rows of a field table bring along, by kind and in the order of the rows. */
export const fieldRules = (table: readonly FieldRow[] = fieldTable): readonly RecordRule[] => [missing, unknown, tooLong, notDigits, notNumber].flatMap((kind) => table.flatMap(kind))
