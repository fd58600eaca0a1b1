// What may happen to one record: declared, changed, retired. Pure: the record before in, the record after and its history out.
import { AppError } from '../base/index.ts'
import { completenessOf } from './completeness.ts'
import { fieldRow, fieldTable } from './field-table.ts'
import { normalise } from './normalise.ts'
import { refusalsOf } from './refusals.ts'
import { checkRecord, type RuleContext } from './rules.ts'
import type { Camera, FieldChange, FieldName, Fields } from './types.ts'

export interface Author {
  readonly by: string
  readonly why: string
}

export interface Written {
  readonly camera: Camera
  /** Empty when nothing differs: then there is nothing to write. */
  readonly changes: readonly FieldChange[]
}

/** Fields in the form they are stored in; empty ones are left out. */
export function normaliseFields(given: Fields): Fields {
  const fields: Partial<Record<FieldName, string>> = {}
  for (const row of fieldTable) {
    const value = given[row.name]
    const stored = value === undefined ? undefined : normalise(row, value)
    if (stored !== undefined) fields[row.name] = stored
  }
  return fields
}

/** Why these fields cannot be kept as a record at all, as sentences. */
export const refusals = (fields: Fields): readonly string[] => refusalsOf(fields).map(({ message: { zh, en } }) => `${zh} / ${en}`)

/** What the rules of now say of declared fields. */
export function judge(declared: Fields, context: RuleContext): Required<Pick<Camera, 'findings' | 'completeness'>> {
  const findings = checkRecord(declared, context)
  return { findings, completeness: completenessOf(declared, findings) }
}

/** An office declares a record: new, taking over a draft, or bringing back a retired one. `fields` are normalised and not refused. */
export function declare(before: Camera | undefined, fields: Fields, author: Author, context: RuleContext): Written {
  const id = fields.code ?? ''
  const from = before === undefined ? undefined : before.isRetired ? 'retired' : 'draft'
  const change: FieldChange = { cameraId: id, field: 'record', ...(from === undefined ? {} : { from }), to: 'declared', atMs: context.nowMs, ...author }
  const camera: Camera = {
    id,
    declared: fields,
    ...(before?.reported ? { reported: before.reported } : {}),
    ...(before?.verified ? { verified: before.verified } : {}),
    isRetired: false,
    isDraft: false,
    presence: before?.presence ?? 'unknown',
    ...judge(fields, context),
    version: (before?.version ?? 0) + 1,
    updatedAtMs: context.nowMs,
  }
  return { camera, changes: [change, ...(before?.isRetired ? fieldChanges(before, fields, author, context.nowMs) : [])] }
}

/** Changes declared fields; null takes one away. A draft becomes a declared record. */
export function alter(before: Camera, given: Partial<Record<FieldName, string | null>>, author: Author, context: RuleContext): Written {
  if (before.isRetired) throw new AppError('conflict', `camera ${before.id} is retired: declare it again to bring it back`)
  const fields: Partial<Record<FieldName, string>> = { ...before.declared, code: before.id }
  for (const [name, value] of Object.entries(given) as [FieldName, string | null][]) {
    const stored = value === null ? undefined : normalise(fieldRow(name), value)
    if (stored === undefined) delete fields[name]
    else fields[name] = stored
  }
  if (fields.code !== before.id) throw new AppError('camera.invalid', 'the code is what a record is known by: declare a new record and retire this one')
  const [reason] = refusals(fields)
  if (reason !== undefined) throw new AppError('camera.invalid', reason)
  if (before.isDraft) return declare(before, fields, author, context)
  const changes = fieldChanges(before, fields, author, context.nowMs)
  if (changes.length === 0) return { camera: before, changes }
  return { camera: { ...before, declared: fields, ...judge(fields, context), version: before.version + 1, updatedAtMs: context.nowMs }, changes }
}

export function retire(before: Camera, author: Author, nowMs: number): Written {
  if (before.isRetired) return { camera: before, changes: [] }
  const change: FieldChange = { cameraId: before.id, field: 'record', from: before.isDraft ? 'draft' : 'declared', to: 'retired', atMs: nowMs, ...author }
  return { camera: { ...before, isRetired: true, version: before.version + 1, updatedAtMs: nowMs }, changes: [change] }
}

function fieldChanges(before: Camera, after: Fields, author: Author, atMs: number): readonly FieldChange[] {
  return fieldTable.flatMap(({ name }) => {
    const [from, to] = [before.declared[name], after[name]]
    if (from === to) return []
    return [{ cameraId: before.id, field: name, ...(from === undefined ? {} : { from }), ...(to === undefined ? {} : { to }), atMs, ...author }]
  })
}
