// A record as it was, and who said what of it: read back from the changes. Pure.
import type { FieldName } from './field-table.ts'
import type { Camera, FieldChange, Fields, Verified } from './types.ts'

export interface Report {
  readonly deviceId: string
  readonly fields: Fields
  readonly atMs?: number
  readonly missingSinceMs?: number
}

/** A record at a past time; what its rules say of it is left to the caller. */
export type PastRecord = Pick<Camera, 'id' | 'declared' | 'isDraft' | 'isRetired' | 'verified'> & { readonly reports: readonly Report[] }

type Mutable = Partial<Record<FieldName, string>>

const put = (fields: Mutable, field: string, value: string | undefined): void => {
  if (value === undefined) delete fields[field as FieldName]
  else fields[field as FieldName] = value
}

/**
 * The record at the end of the millisecond `atMs`: what is there now with every later change undone, the last one first. `changes` are all there
 * are, oldest first. Undefined where there was no record then. What devices reported is known as far back as their changes are kept.
 */
export function recordAt(now: Camera, reports: readonly Report[], changes: readonly FieldChange[], atMs: number): PastRecord | undefined {
  let declared: Mutable = { ...now.declared }
  let { isDraft, isRetired } = now
  const said = new Map<string, { fields: Mutable; isListed: boolean }>(reports.map(({ deviceId, fields, missingSinceMs }) => [deviceId, { fields: { ...fields }, isListed: missingSinceMs === undefined }]))
  const later = changes.filter((change) => change.atMs > atMs)
  for (const change of later.toReversed()) {
    if (change.side === 'reported') undoReported(said, change)
    else if (change.side === undefined && change.field !== 'record') put(declared, change.field, change.from)
    else if (change.side === undefined) {
      if (change.from === undefined) return undefined
      isRetired = change.from === 'retired'
      isDraft = change.from === 'draft' || (isRetired && wasDraft(changes, change))
      if (isDraft) declared = {}
    }
  }
  const verified = verifiedAt(now, changes, atMs)
  return {
    id: now.id,
    declared,
    isDraft,
    isRetired,
    ...(verified ? { verified } : {}),
    reports: [...said].filter(([, { isListed }]) => isListed).map(([deviceId, { fields }]) => ({ deviceId, fields })),
  }
}

/** Was what `change` brought back retired before anybody had declared it? */
const wasDraft = (changes: readonly FieldChange[], change: FieldChange): boolean =>
  changes.slice(0, changes.indexOf(change)).findLast(({ field, side, to }) => side === undefined && field === 'record' && to === 'retired')?.from === 'draft'

function undoReported(said: Map<string, { fields: Mutable; isListed: boolean }>, { by, field, from }: FieldChange): void {
  const report = said.get(by) ?? { fields: {}, isListed: false }
  said.set(by, report)
  if (field === 'channel') report.isListed = from === 'listed'
  else put(report.fields, field, from)
}

function verifiedAt(now: Camera, changes: readonly FieldChange[], atMs: number): Camera['verified'] {
  const verified: Partial<Record<FieldName, Verified>> = {}
  for (const { side, field, to, by, atMs: changedAtMs } of changes) {
    if (side !== 'verified' || changedAtMs > atMs) continue
    if (to === undefined) delete verified[field as FieldName]
    else verified[field as FieldName] = { value: to, by, atMs: changedAtMs }
  }
  for (const [name, { value }] of Object.entries(verified) as [FieldName, Verified][]) {
    const latest = now.verified?.[name]
    // Who saw the same value last, with the evidence, if that was by then.
    if (latest && latest.value === value && latest.atMs <= atMs) verified[name] = latest
  }
  return Object.keys(verified).length === 0 ? undefined : verified
}

export interface Said {
  readonly value: string
  readonly by: string
  readonly atMs: number
}

export interface Values {
  readonly declared?: Partial<Said> & Pick<Said, 'value'>
  /** One of each device that says it: `by` is the device. */
  readonly reported?: readonly (Pick<Said, 'value' | 'by'> & { readonly atMs?: number; readonly missingSinceMs?: number })[]
  readonly verified?: Verified
}

/** The three values of every field that anybody says, side by side, each with who and when. */
export function valuesOf(camera: Camera, reports: readonly Report[], changes: readonly FieldChange[]): Readonly<Partial<Record<FieldName, Values>>> {
  const values: Partial<Record<FieldName, Values>> = {}
  const declaredBy = declarations(changes)
  const add = (name: FieldName, more: Values): void => {
    values[name] = { ...values[name], ...more }
  }
  for (const [name, value] of Object.entries(camera.declared) as [FieldName, string][]) {
    const who = declaredBy(name)
    add(name, { declared: { value, ...(who ? { by: who.by, atMs: who.atMs } : {}) } })
  }
  for (const { deviceId, fields, atMs, missingSinceMs } of reports) {
    for (const [name, value] of Object.entries(fields) as [FieldName, string][]) {
      const change = changes.findLast((each) => each.side === 'reported' && each.by === deviceId && each.field === name)
      const said = change?.atMs ?? atMs
      add(name, { reported: [...(values[name]?.reported ?? []), { value, by: deviceId, ...(said === undefined ? {} : { atMs: said }), ...(missingSinceMs === undefined ? {} : { missingSinceMs }) }] })
    }
  }
  for (const [name, verified] of Object.entries(camera.verified ?? {}) as [FieldName, Verified][]) add(name, { verified })
  return values
}

/** Who declared a field last: who changed it, or who declared the whole record since. */
function declarations(changes: readonly FieldChange[]): (field: string) => FieldChange | undefined {
  const declared = changes.filter(({ side }) => side === undefined)
  return (field) => declared.findLast((change) => change.field === field || (change.field === 'record' && change.to === 'declared'))
}
