// Why fields cannot be kept as a record at all; everything milder is a finding on the record.
import { spoiltCode } from './code.ts'
import { fieldRow, type FieldName } from './field-table.ts'
import type { Fields } from './types.ts'

export interface Refusal {
  /** Stable: `code.spoilt`, `networking.unknown` … */
  readonly code: string
  readonly field: FieldName
  readonly message: { readonly zh: string; readonly en: string }
}

/** A cell longer than this is no field of a record. */
const maxText = 1000

const short = (text: string): string => (text.length > 40 ? `${text.slice(0, 40)}…` : text)

/** `fields` are normalised. */
export function refusalsOf(fields: Fields): readonly Refusal[] {
  const found: Refusal[] = []
  const refuse = (code: string, field: FieldName, zh: string, en: string): unknown => found.push({ code, field, message: { zh, en } })
  const { code, networking } = fields
  const spoilt = code === undefined ? undefined : spoiltCode(code)
  if (code === undefined) refuse('code.missing', 'code', '缺少设备编码', 'the code is missing')
  else if (spoilt) refuse('code.spoilt', 'code', spoilt.zh, spoilt.en)
  else if (!/^(\d{18}|\d{20})$/.test(code)) refuse('code.malformed', 'code', `设备编码应为20位数字，现为“${short(code)}”`, `the code must be 20 digits, it is "${short(code)}"`)
  if (networking !== undefined && !fieldRow('networking').table?.some((entry) => entry.code === networking)) {
    refuse('networking.unknown', 'networking', `联网属性“${short(networking)}”含义不明`, `networking takes networked or not-networked, it is "${short(networking)}"`)
  }
  for (const [name, value] of Object.entries(fields) as [FieldName, string][]) {
    if (value.length > maxText) refuse('field.too-long', name, `${fieldRow(name).zh}超过${maxText}个字`, `${fieldRow(name).en.toLowerCase()} is longer than ${maxText} characters`)
  }
  return found
}
