// Fields of a scenario, each read or refused with a line that names the place.
import { AppError } from '../base/index.ts'

export type Bag = Readonly<Record<string, unknown>>
export const refuse = (message: string): AppError => new AppError('scenario.invalid', `the scenario cannot be used: ${message}`)

export function record(value: unknown, where: string): Bag {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw refuse(`${where} must be an object`)
  return value as Bag
}
export function strings(value: unknown, where: string): Readonly<Record<string, string>> {
  const bag = record(value, where)
  const odd = Object.keys(bag).find((key) => typeof bag[key] !== 'string')
  if (odd) throw refuse(`${where}.${odd} must be text`)
  return bag as Readonly<Record<string, string>>
}
export function list(bag: Bag, name: string, where: string): readonly unknown[] {
  const value = bag[name]
  if (!Array.isArray(value)) throw refuse(`${where}.${name} must be a list`)
  return value
}
export function words(bag: Bag, name: string, where: string): string {
  const value = bag[name]
  if (typeof value !== 'string' || value === '') throw refuse(`${where}.${name} must be text`)
  return value
}
export function digits(bag: Bag, name: string, length: number, where: string): string {
  const value = words(bag, name, where)
  if (value.length !== length || /\D/.test(value)) throw refuse(`${where}.${name} is "${value}": it takes ${length} digits`)
  return value
}
export function count(bag: Bag, name: string, where: string): number {
  const value = bag[name]
  if (typeof value !== 'number' || !Number.isInteger(value) || value < 1) throw refuse(`${where}.${name} must be a whole number above 0`)
  return value
}
export function oneOf<T extends string>(bag: Bag, name: string, values: readonly T[], where: string): T {
  const found = values.find((value) => value === bag[name])
  if (found === undefined) throw refuse(`${where}.${name} is ${JSON.stringify(bag[name])}: it takes one of ${values.join(', ')}`)
  return found
}
export function optionalCount<Name extends string>(bag: Bag, name: Name, where: string): { readonly [Key in Name]?: number } {
  return bag[name] === undefined ? {} : ({ [name]: count(bag, name, where) } as { readonly [Key in Name]?: number })
}
