// The third value of a field: what an inspection or a person on site saw. Kept beside what the office declares and the device reports, never over it.
import { AppError } from '../base/index.ts'
import type { Author, Written } from './camera.ts'
import { fieldRow, fieldTable, type FieldName } from './field-table.ts'
import { normalise } from './normalise.ts'
import type { Camera, FieldChange, Verified } from './types.ts'

export interface Seen {
  /** Null takes a verified value away, for one that was entered by mistake. */
  readonly values: Readonly<Partial<Record<FieldName, string | null>>>
  readonly inspection?: string
  readonly evidence?: string
}

/** A longer value is no field of a record. */
const maxText = 1000

/**
 * Only what differs goes into the history; seen again with the same value, it is noted who saw it last. The version stays: nobody who edits what is
 * declared is in the way of this.
 */
export function verify(before: Camera, seen: Seen, { by, why }: Author, atMs: number): Written {
  if (before.isRetired) throw new AppError('conflict', `camera ${before.id} is retired: nothing of it is verified any more`)
  const verified: Partial<Record<FieldName, Verified>> = { ...before.verified }
  const changes: FieldChange[] = []
  for (const { name } of fieldTable) {
    const given = seen.values[name]
    if (given === undefined) continue
    if (name === 'code') throw new AppError('camera.invalid', 'the code is what a record is known by: it is not verified, a record with another code is another record')
    const value = given === null ? undefined : normalise(fieldRow(name), given)
    if (value !== undefined && value.length > maxText) throw new AppError('camera.invalid', `${fieldRow(name).en.toLowerCase()} is longer than ${maxText} characters`)
    const from = before.verified?.[name]?.value
    if (from !== value) changes.push({ cameraId: before.id, field: name, ...(from === undefined ? {} : { from }), ...(value === undefined ? {} : { to: value }), atMs, by, why, side: 'verified' })
    if (value === undefined) delete verified[name]
    else verified[name] = { value, by, atMs, ...(seen.inspection === undefined ? {} : { inspection: seen.inspection }), ...(seen.evidence === undefined ? {} : { evidence: seen.evidence }) }
  }
  const { verified: _before, ...rest } = before
  return { camera: { ...rest, ...(Object.keys(verified).length === 0 ? {} : { verified }), updatedAtMs: atMs }, changes }
}
