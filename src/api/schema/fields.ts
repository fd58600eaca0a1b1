// The field table and the rules as data: what a form, a script or another program needs to make and to check a record.
import { Type, type Static } from 'typebox'
import { ListOf, Localized } from './common.ts'
import { FieldName, PointClass, Severity } from './cameras.ts'

export const FieldDescription = Type.Object({
  name: FieldName,
  group: Type.String(),
  zh: Type.String(),
  en: Type.String(),
  abbreviation: Type.String({ description: 'pinyin initials, as spreadsheets head the column' }),
  aliases: ListOf(Type.String({ description: 'other headings that an import takes for it' })),
  element: Type.Optional(Type.String({ description: 'GB/T 28181-2022 Catalog element that reports the same thing' })),
  trap: Type.Optional(Type.String({ description: 'where the catalog means something else, and what is done about it' })),
  type: Type.Enum(['text', 'digits', 'integer', 'decimal', 'code', 'codes', 'date', 'ipv4', 'ipv6', 'mac'], { description: 'codes: several, joined by "/"' }),
  maxLength: Type.Integer({ description: 'characters; more is a finding' }),
  digits: Type.Optional(Type.Integer({ description: 'digits that the value has' })),
  range: Type.Optional(ListOf(Type.Number({ description: 'least and greatest value' }))),
  unit: Type.Optional(Localized),
  codes: ListOf(Type.Object({ code: Type.String(), zh: Type.String(), en: Type.String() })),
  mandatory: Type.Union([Type.Literal('always'), Type.Literal('no'), ListOf(PointClass)], { description: 'a list: for points of these classes' }),
  isChecked: Type.Boolean({ description: 'one of the four checked fields of 六视频办发(2018)8号' }),
  isPersonal: Type.Boolean({ description: 'masked for those who may not see contacts' }),
  rule: Type.String({ description: 'first half of the names of its rules' }),
  source: Type.String({ description: 'which sources of the record have the field' }),
})
export type FieldDescription = Static<typeof FieldDescription>

export const FieldTable = Type.Object({
  groups: ListOf(Type.Object({ name: Type.String(), zh: Type.String(), en: Type.String() })),
  items: ListOf(FieldDescription),
})
export type FieldTable = Static<typeof FieldTable>

export const RecordRule = Type.Object({
  code: Type.String(),
  field: Type.String({ description: 'where its findings stand; any: at the field that it is about' }),
  severity: Severity,
  needs: Type.Enum(['record', 'area', 'catalog', 'presence', 'inspection'], { description: 'what it must see' }),
  zh: Type.String(),
  en: Type.String(),
  basis: Type.Object({ kind: Type.Enum(['sourced', 'ours'], { description: 'ours: no text prescribes it' }), text: Type.String() }),
})
export type RecordRule = Static<typeof RecordRule>
