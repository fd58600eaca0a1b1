// What would come of one row, the record as it is beside it. Pure.
import { recordArea } from '../area.ts'
import { alter, declare } from '../camera.ts'
import { refusalsOf } from '../refusals.ts'
import type { RuleContext } from '../rules.ts'
import type { Camera, FieldName, Fields } from '../types.ts'
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

/** Where a record lies: declared, or as reported while nobody has declared it, or its code's division. */
export const areaOfRecord = ({ id, declared, reported, isDraft }: Pick<Camera, 'id' | 'declared' | 'reported' | 'isDraft'>): string =>
  recordArea(declared.area ?? (isDraft ? reported?.fields.area : undefined), id)

/** An empty or absent cell leaves a field as it is: an import never takes anything away, so the same file twice changes nothing. */
export function planRow({ number, fields, cells, reasons: inCells }: PlannedRow, before: Camera | undefined, context: PlanContext): StagedRow {
  const { rules, columnOf, isInside, firstRow } = context
  const code = fields.code ?? ''
  const inCell = columnOf('code')
  const at = inCell === undefined ? {} : { column: inCell }
  const not = (outcome: 'rejected' | 'outside', reasons: readonly Reason[]): StagedRow => ({ number, code, outcome, cells, reasons })
  const refused = refusalsOf(fields).map(({ field, ...reason }): Reason => {
    const column = columnOf(field)
    return column === undefined ? reason : { ...reason, column }
  })
  // A code that could not be read is not missing as well.
  const reasons = [...inCells, ...refused.filter((reason) => reason.code !== 'code.missing' || !inCells.some(({ column }) => column !== undefined && column === inCell))]
  const earlier = code === '' ? undefined : firstRow(code)
  if (earlier !== undefined) reasons.push({ code: 'code.repeated', ...at, message: { zh: `与第${earlier}行的设备编码重复`, en: `repeats the code of row ${earlier}` } })
  if (reasons.length > 0) return not('rejected', reasons)

  const isNew = !before || before.isDraft
  const after = fields.area === undefined && before ? areaOfRecord(before) : recordArea(fields.area, code)
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
