// What the field table says of one field. Everything that is made from the table (schema, import, export, form, docs) reads these.
import type { CodeTable } from './codes.ts'

/** JKDWLX; codes.ts has the words. */
export type PointClass = '1' | '2' | '3' | '4' | '9'

export type FieldType = 'text' | 'digits' | 'integer' | 'decimal' | 'code' | 'codes' | 'date' | 'ipv4' | 'ipv6' | 'mac'

/** The parts of a form, in reading order. */
export const fieldGroups = [
  { name: 'identity', zh: '标识', en: 'Identity' },
  { name: 'place', zh: '位置', en: 'Place' },
  { name: 'use', zh: '用途', en: 'Use' },
  { name: 'device', zh: '设备', en: 'Device' },
  { name: 'network', zh: '网络', en: 'Network' },
  { name: 'management', zh: '管理', en: 'Management' },
] as const
export type FieldGroup = (typeof fieldGroups)[number]['name']

/** How a catalog's value becomes the record's. `codes` maps code to code; a code that it lacks has no counterpart and stays in the raw item. */
export type ReportedAs = 'text' | 'id' | 'name' | 'maker' | 'division' | 'ipv4' | 'ipv6' | 'degrees' | 'police-unit' | 'grassroots' | 'resolution' | { readonly codes: Readonly<Record<string, string>> }

export interface Reported {
  readonly as: ReportedAs
  /** Elements that say it where the row's own does not. */
  readonly also?: readonly string[]
  /** Where the catalog means something else than the record: what is done about it. */
  readonly trap?: string
}

export interface FieldRow<Name extends string = string> {
  readonly name: Name
  readonly group: FieldGroup
  readonly zh: string
  readonly en: string
  /** Pinyin initials, as the spreadsheets head their columns. */
  readonly abbreviation: string
  /** Other headings seen for the same column. */
  readonly aliases?: readonly string[]
  /** GB/T 28181-2022 Catalog element (A.2.1.9) that reports the same thing. */
  readonly element?: string
  readonly reported?: Reported
  readonly type: FieldType
  /** Characters; what the templates allow, else ours. */
  readonly maxLength: number
  /** Digits that the value must have. */
  readonly digits?: number
  /** Least and greatest value of a number. */
  readonly range?: readonly [least: number, greatest: number]
  readonly unit?: { readonly zh: string; readonly en: string }
  readonly table?: CodeTable
  /** For cameras of which class the field must be filled in. */
  readonly mandatory: 'always' | 'no' | readonly PointClass[]
  /** One of the four checked fields of 六视频办发(2018)8号: 经纬度, 功能类型, 联网属性, 所属单位. */
  readonly isChecked: boolean
  /** Names and numbers of persons: masked for those who may not see them. */
  readonly isPersonal: boolean
  /** First half of its rules' names: `function-type.missing`. */
  readonly rule: string
  /** Which of the sources of the record has the field. */
  readonly source: string
}

type Given<Name extends string> = Pick<FieldRow<Name>, 'name' | 'group' | 'zh' | 'en' | 'abbreviation' | 'type' | 'source'> & Partial<Omit<FieldRow<Name>, 'name'>>

/** A row with what most rows have alike: optional, nobody's secret, rules named after the field. */
export const field = <const Name extends string>(given: Given<Name>): FieldRow<Name> => ({
  maxLength: given.type === 'text' ? 100 : (given.digits ?? 20),
  mandatory: 'no',
  isChecked: false,
  isPersonal: false,
  rule: given.name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`),
  ...given,
})

/** Must a camera of this class have the field? Without a class only what every class must have. */
export const isMandatory = ({ mandatory }: Pick<FieldRow, 'mandatory'>, pointClass: string | undefined): boolean =>
  mandatory === 'always' || (mandatory !== 'no' && mandatory.some((each) => each === pointClass))
