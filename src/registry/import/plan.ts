// What would come of one row, the record as it is beside it. Pure.
import { alter, declare } from '../camera.ts'
import { spoiltCode } from '../code.ts'
import { fieldRow, fieldTable } from '../field-table.ts'
import type { RuleContext } from '../rules.ts'
import type { Camera, FieldName, Fields } from '../types.ts'
import { short } from './tally.ts'
import type { Reason, StagedRow } from './types.ts'

export interface PlannedRow {
  readonly number: number
  /** In the form they are stored in. */
  readonly fields: Fields
  readonly cells: readonly string[]
  /** Reasons found in its cells. */
  readonly reasons: readonly Reason[]
}

export interface PlanContext {
  readonly rules: RuleContext
  /** Column from 0 of a field, for the reasons. */
  readonly columnOf: (field: FieldName) => number | undefined
  /** May whoever imports write records of this area? */
  readonly isInside: (area: string) => boolean
  /** Row that had this code first. */
  readonly firstRow: (code: string) => number | undefined
}

/** A value longer than this is no field of a record; milder lengths are findings. As camera.ts has it. */
const maxText = 1000

/** Where a record lies: declared, or as reported while nobody has declared it, or its code's division. */
export const areaOfRecord = ({ id, declared, reported, isDraft }: Pick<Camera, 'id' | 'declared' | 'reported' | 'isDraft'>): string =>
  (declared.area ?? (isDraft ? reported?.fields.area : undefined)) || id.slice(0, 6)

/** Why these fields cannot be a record at all, each with its cell; everything milder is a finding on the record. */
export function refusalsOf(fields: Fields, columnOf: PlanContext['columnOf']): readonly Reason[] {
  const reasons: Reason[] = []
  const refuse = (code: string, field: FieldName, zh: string, en: string): unknown => {
    const column = columnOf(field)
    return reasons.push({ code, ...(column === undefined ? {} : { column }), message: { zh, en } })
  }
  const { code, networking } = fields
  const spoilt = code === undefined ? undefined : spoiltCode(code)
  if (code === undefined) refuse('code.missing', 'code', '缺少设备编码', 'the code is missing')
  else if (spoilt) refuse('code.spoilt', 'code', spoilt.zh, spoilt.en)
  else if (!/^(\d{18}|\d{20})$/.test(code)) refuse('code.malformed', 'code', `设备编码应为20位数字，现为“${short(code, 40)}”`, `the code must be 20 digits, it is "${short(code, 40)}"`)
  if (networking !== undefined && !fieldRow('networking').table?.some((entry) => entry.code === networking)) {
    refuse('networking.unknown', 'networking', `联网属性“${short(networking, 40)}”含义不明`, `networking takes networked or not-networked, it is "${short(networking, 40)}"`)
  }
  for (const row of fieldTable) {
    if ((fields[row.name]?.length ?? 0) > maxText) refuse('field.too-long', row.name, `${row.zh}超过${maxText}个字`, `${row.en.toLowerCase()} is longer than ${maxText} characters`)
  }
  return reasons
}

/** An empty or absent cell leaves a field as it is: an import never takes anything away, so the same file twice changes nothing. */
export function planRow({ number, fields, cells, reasons: inCells }: PlannedRow, before: Camera | undefined, context: PlanContext): StagedRow {
  const { rules, columnOf, isInside, firstRow } = context
  const code = fields.code ?? ''
  const inCell = columnOf('code')
  const at = inCell === undefined ? {} : { column: inCell }
  const not = (outcome: 'rejected' | 'outside', reasons: readonly Reason[]): StagedRow => ({ number, code, outcome, cells, reasons })
  const reasons = [...inCells, ...refusalsOf(fields, columnOf).filter(({ code: what }) => what !== 'code.missing' || !inCells.some(({ column }) => column === inCell))]
  const earlier = code === '' ? undefined : firstRow(code)
  if (earlier !== undefined) reasons.push({ code: 'code.repeated', ...at, message: { zh: `与第${earlier}行的设备编码重复`, en: `repeats the code of row ${earlier}` } })
  if (reasons.length > 0) return not('rejected', reasons)

  const isNew = !before || before.isDraft
  const after = fields.area ?? (before ? areaOfRecord(before) : code.slice(0, 6))
  if (!isInside(after) || (before && !isInside(areaOfRecord(before)))) {
    return not('outside', [{ code: 'area.outside', ...at, message: { zh: '不在您负责的区域内', en: 'it lies outside your area' } }])
  }
  if (before?.isRetired) return not('rejected', [{ code: 'record.retired', ...at, message: { zh: '该档案已注销，请先恢复', en: 'the record is retired: declare it again first' } }])
  const nobody = { by: '', why: '' }
  const { camera, changes } = before ? alter(before, fields, nobody, rules) : declare(undefined, fields, nobody, rules)
  const version = before ? { version: before.version } : {}
  const { declared, findings, completeness } = camera
  const written = { declared, findings, ...(completeness ? { completeness } : {}) }
  return { number, code, outcome: changes.length === 0 ? 'unchanged' : isNew ? 'created' : 'changed', ...version, written, changes }
}
