// A record being edited: what differs from what was read, and what becomes of it when somebody else was quicker.
import type { FieldDescription, FieldName, Fields, Finding } from '../../api/schema/index.ts'

/** What stands in the form; a field that is empty is absent or ''. */
export type Values = Partial<Record<FieldName, string>>

const plain = (values: Values, name: FieldName): string => values[name]?.trim() ?? ''

const namesOf = (...all: readonly Values[]): readonly FieldName[] => [...new Set(all.flatMap((values) => Object.keys(values)))] as FieldName[]

/** Only what was changed leaves; null takes a value away. */
export const changesOf = (read: Fields, values: Values): Partial<Record<FieldName, string | null>> =>
  Object.fromEntries(namesOf(read, values).flatMap((name) => (plain(read, name) === plain(values, name) ? [] : [[name, plain(values, name) === '' ? null : plain(values, name)]])))

/** Filled fields, for a new record. */
export const declaredOf = (values: Values): Fields => Object.fromEntries(namesOf(values).flatMap((name) => (plain(values, name) === '' ? [] : [[name, plain(values, name)]])))

/** A field that both changed, each to something else. */
export interface Clash {
  readonly field: FieldName
  readonly theirs: string
}

/** My changes on top of what is there now: fields that only others changed are theirs, fields that both changed stay mine and are named. */
export function rebase(read: Fields, values: Values, latest: Fields): { readonly values: Values; readonly others: readonly FieldName[]; readonly clashes: readonly Clash[] } {
  const mine = changesOf(read, values)
  const others = namesOf(read, latest).filter((name) => plain(read, name) !== plain(latest, name))
  const merged: Values = { ...latest }
  for (const [name, value] of Object.entries(mine) as [FieldName, string | null][]) merged[name] = value ?? ''
  const clashes = others.filter((name) => name in mine && (mine[name] ?? '') !== plain(latest, name)).map((field) => ({ field, theirs: plain(latest, field) }))
  return { values: merged, others: others.filter((name) => !(name in mine)), clashes }
}

export const isMandatory = ({ mandatory }: FieldDescription, pointClass: string): boolean => mandatory === 'always' || (mandatory !== 'no' && mandatory.some((each) => each === pointClass))

/** Findings by the field they stand at; those at none under ''. */
export function findingsByField(findings: readonly Finding[]): ReadonlyMap<string, readonly Finding[]> {
  const byField = new Map<string, Finding[]>()
  for (const finding of findings) byField.set(finding.field, [...(byField.get(finding.field) ?? []), finding])
  return byField
}
