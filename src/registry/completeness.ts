// How much of what its class must have a record has: mandatory fields that are there and without an error, of mandatory fields. Pure.
import { fieldTable, isMandatory, type FieldName } from './field-table.ts'
import type { Camera, Fields, Finding } from './types.ts'

/** Longitude and latitude are one value: what is wrong with one is wrong with both. */
const pair: ReadonlySet<string> = new Set<FieldName>(['longitude', 'latitude'])

export function completenessOf(declared: Fields, findings: readonly Finding[]): NonNullable<Camera['completeness']> {
  const wrong = new Set<string>(findings.filter(({ severity }) => severity === 'error').map(({ field }) => field))
  if ([...pair].some((name) => wrong.has(name))) for (const name of pair) wrong.add(name)
  const mandatory = fieldTable.filter((row) => isMandatory(row, declared.class))
  return { filled: mandatory.filter(({ name }) => declared[name] !== undefined && !wrong.has(name)).length, mandatory: mandatory.length }
}
