// Small readers for rule sets that come from outside: each names the field that is wrong, and bounds what it takes.
import { AppError } from '../../base/index.ts'

export const wrong = (field: string, wanted: string): AppError => new AppError('request.invalid', `rule set: ${field} must be ${wanted}`)

export type Fields = Readonly<Record<string, unknown>>

export function record(value: unknown, field: string): Fields {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw wrong(field, 'an object')
  return value as Fields
}

export function number(value: unknown, field: string, least: number, most: number): number {
  if (typeof value !== 'number' || !(value >= least && value <= most)) throw wrong(field, `a number from ${least} to ${most}`)
  return value
}

export function count(value: unknown, field: string, least: number, most: number): number {
  if (!Number.isInteger(value)) throw wrong(field, `a whole number from ${least} to ${most}`)
  return number(value, field, least, most)
}

export function flag(value: unknown, field: string): boolean {
  if (typeof value !== 'boolean') throw wrong(field, 'true or false')
  return value
}

export function text(value: unknown, field: string, pattern: RegExp): string {
  if (typeof value !== 'string' || !pattern.test(value)) throw wrong(field, `text like ${pattern.source}`)
  return value
}

export function oneOf<T extends string>(value: unknown, field: string, choices: readonly T[]): T {
  const found = choices.find((choice) => choice === value)
  if (found === undefined) throw wrong(field, `one of ${choices.join(', ')}`)
  return found
}

export function list<T>(value: unknown, field: string, least: number, most: number, read: (each: unknown, field: string) => T): readonly T[] {
  if (!Array.isArray(value) || value.length < least || value.length > most) throw wrong(field, `a list of ${least} to ${most}`)
  return value.map((each: unknown, index) => read(each, `${field}[${index}]`))
}

/** A sentence in both languages. */
export function both(value: unknown, field: string): { readonly zh: string; readonly en: string } {
  const { zh, en } = record(value, field)
  return { zh: text(zh, `${field}.zh`, /^.{1,200}$/u), en: text(en, `${field}.en`, /^.{1,200}$/u) }
}

/** `{ [key]: … }` when the rule set has the section, nothing when it was written before there was one. */
export function optional<K extends string, T>(rules: Fields, key: K, read: (value: unknown, field: string) => T): Partial<Readonly<Record<K, T>>> {
  return rules[key] === undefined ? {} : ({ [key]: read(rules[key], key) } as Partial<Readonly<Record<K, T>>>)
}
