// Fields of a value as a table: one entry says how a property stands in XML, and serves reading and writing. GB/T 28181-2022 A.2.1.
import type { Element } from './scan.ts'
import { formatTime, parseTime } from './time.ts'
import { noAttributes } from './tag.ts'
import { element, listElement, rawElements, rawFields } from './xml.ts'
import type { Edition, Open, Raw } from './values.ts'

/** One property. `read` gives undefined for what it cannot understand: that stays in `raw`, under the element's own name. */
export interface Field<T> {
  /** As written; read in any case. */
  readonly name: string
  readonly otherNames?: readonly string[]
  /** Elements are repeated side by side: `before` is what the earlier ones gave. */
  readonly isRepeated?: boolean
  readonly since2022?: boolean
  /** Whether a child of the element is no part of the property: it goes to `raw`, and so do attributes other than Num. */
  readonly isForeign?: (child: Element) => boolean
  readonly read: (found: Element, before: T | undefined) => T | undefined
  readonly write: (value: T, name: string, edition: Edition | undefined) => readonly Element[]
}
/** A property that is always there has a value for when the element is not. */
export interface Certain<T> extends Field<T> {
  readonly fallback: T
}

type IsOptional<T, K extends keyof T> = object extends Pick<T, K> ? true : false
/** An entry for each property but `raw` and those of `Without`. */
export type Fields<T, Without extends PropertyKey = never> = {
  readonly [K in Exclude<keyof T, 'raw' | Without>]-?: IsOptional<T, K> extends true ? Field<Exclude<T[K], undefined>> : Certain<T[K]>
}

type AnyFields = Readonly<Record<string, Field<never>>>

export interface Table {
  readonly fields: readonly (readonly [property: string, field: Field<unknown>])[]
  readonly byKey: ReadonlyMap<string, readonly [property: string, field: Field<unknown>]>
  /** Elements whose fields are properties of the value itself. */
  readonly spread: readonly (readonly [name: string, inside: Table])[]
}

/**
 * A table for T; properties named in `Spread` are fields of the elements in `spread`. Here the types of the entries are given up:
 * `readFields<T>` is only called with the table of T.
 */
export function table<T, Spread extends PropertyKey = never>(fields: Fields<T, 'type' | 'sn' | 'deviceId' | 'kind' | Spread> | Fields<T, Spread>, spread: Readonly<Record<string, Table>> = {}): Table {
  const entries = Object.entries(fields as unknown as AnyFields) as unknown as [string, Field<unknown>][]
  const byKey = new Map(entries.flatMap((entry) => [entry[1].name, ...(entry[1].otherNames ?? [])].map((name) => [name.toLowerCase(), entry] as const)))
  return { fields: entries, byKey, spread: Object.entries(spread) }
}

/** Reads what the table names; the rest goes to `raw`, except the elements named in `skip` (lower case). */
export function readFields<T>({ fields, byKey, spread }: Table, from: Element, skip?: ReadonlySet<string>): T & Open {
  const value: Record<string, unknown> = {}
  const unknown = rawFields()
  const take = (key: string, found: Element): boolean => {
    const entry = byKey.get(key)
    if (!entry || (value[entry[0]] !== undefined && !entry[1].isRepeated)) return false
    const read = entry[1].read(found, value[entry[0]])
    if (read === undefined) return false
    value[entry[0]] = read
    if (entry[1].isForeign && (found.children.length > 0 || found.attributes !== noAttributes)) keepForeign(found, entry[1].isForeign)
    return true
  }
  const keepForeign = (found: Element, isForeign: (child: Element) => boolean): void => {
    for (const child of found.children) if (isForeign(child)) unknown.keep(child, `${found.name}.${child.name}`)
    for (const [name, text] of Object.entries(found.attributes)) if (name.toLowerCase() !== 'num') unknown.keepText(`${found.name}.${name}`, text)
  }
  const takeInside = (child: Element): boolean => {
    const [name, inside] = spread.find((entry) => entry[0].toLowerCase() === child.key) ?? []
    if (name === undefined || !inside || child.children.length === 0) return false
    const { raw, ...properties } = readFields<object>(inside, child)
    for (const [path, text] of Object.entries(raw ?? {})) unknown.keepText(`${name}.${path}`, text)
    for (const [property, found] of Object.entries(properties)) value[property] ??= found
    return true
  }
  for (const child of from.children) {
    if (!skip?.has(child.key) && !take(child.key, child) && !takeInside(child)) unknown.keep(child)
  }
  // Interop: fields as attributes, where no element says them. Q40.
  for (const [name, text] of Object.entries(from.attributes)) {
    const key = name.toLowerCase()
    if (key === 'num' || key.startsWith('xml') || skip?.has(key) || from.children.some((child) => child.key === key && child.text !== '')) continue
    if (!take(key, element(name, text))) unknown.keepText(name, text)
  }
  for (const [property, field] of fields) if (value[property] === undefined && 'fallback' in field) value[property] = field.fallback
  const raw = unknown.fields()
  if (raw) value['raw'] = raw
  return value as T & Open
}

/** In the table's order, then `raw`. What came with 2022 is left out for a device of 2016 (Annex I). */
export function writeFields({ fields, spread }: Table, value: object, edition: Edition | undefined): readonly Element[] {
  const { raw = {}, ...properties } = value as Open & Readonly<Record<string, unknown>>
  const typed = fields.flatMap(([property, field]) => {
    const content = properties[property]
    return content === undefined || (field.since2022 && edition === '2016') ? [] : field.write(content, field.name, edition)
  })
  const groups = spread.flatMap(([name, inside]) => {
    const own = Object.entries(raw).flatMap(([path, text]) => (path.startsWith(`${name}.`) ? [[path.slice(name.length + 1), text] as const] : []))
    const content = writeFields(inside, { ...properties, raw: Object.fromEntries(own) }, edition)
    return content.length > 0 ? [element(name, content)] : []
  })
  const others = Object.entries(raw).filter(([path]) => !spread.some(([name]) => path.startsWith(`${name}.`)))
  return [...typed, ...groups, ...rawElements(Object.fromEntries(others))]
}

const scalar = <T>(parse: (text: string) => T | undefined, format: (value: T) => string) => (name: string, ...otherNames: string[]): Field<T> => ({
  name, otherNames,
  isForeign: () => true,
  read: ({ text }) => (text === '' ? undefined : parse(text)),
  write: (value, as) => [element(as, format(value))],
})

/** Ours: no text field of the standard comes near. */
const maxText = 4096

export const text = scalar<string>((found) => found.slice(0, maxText), (value) => value)
/** A whole number of at most 15 digits, with a sign where one makes sense. */
export const whole = scalar<number>((found) => (/^[+-]?\d{1,15}$/.test(found) ? Number(found) || 0 : undefined), String)
/** With a point; neither an exponent nor a comma. */
export const decimal = scalar<number>((found) => (/^[+-]?(\d{1,15}(\.\d{0,20})?|\.\d{1,20})$/.test(found) ? Number.parseFloat(found) || 0 : undefined), plain)
/** Written as 0 or 1. */
export const flag = scalar<boolean>((found) => (/^(1|true|on|yes)$/i.test(found) ? true : /^(0|false|off|no)$/i.test(found) ? false : undefined), (value) => (value ? '1' : '0'))
export const time = scalar<number>(parseTime, formatTime)
/** Several values joined by `/`. */
export const slashed = scalar<readonly string[]>((found) => found.split('/', 100).map((part) => part.trim()).filter((part) => part !== ''), (value) => value.join('/'))

/** Never in the notation with an exponent. */
function plain(value: number): string {
  const short = String(value)
  return /e/i.test(short) ? value.toFixed(12).replace(/\.?0+$/, '') : short
}

/** One of a few words, read in any case and written as they stand here; `others` are words of the field that mean the same. */
export function word<T extends string | number | boolean>(name: string, words: Readonly<Record<string, T>>, others: Readonly<Record<string, T>> = {}): Field<T> {
  const read = new Map(Object.entries({ ...others, ...words }).map(([found, value]) => [found.toLowerCase(), value]))
  const written = new Map(Object.entries(words).map(([found, value]) => [value, found]))
  const write = (value: T, as: string): readonly Element[] => {
    const found = written.get(value)
    return found === undefined ? [] : [element(as, found)]
  }
  return { name, isForeign: () => true, read: (found) => read.get(found.text.toLowerCase()), write }
}

/** The fields inside one element. */
export const group = <T>(name: string, inside: Table, ...otherNames: string[]): Field<T> => ({
  name, otherNames,
  read: (found) => readFields<T>(inside, found),
  write: (value, as, edition) => [element(as, writeFields(inside, value as object, edition))],
})

/** Ours: entries of one list; a catalog page may have as many (Annex M). */
const maxEntries = 10_000

/** `<DeviceList Num="1"><Item>...</Item></DeviceList>`. Entries that say nothing are left out. */
export const list = <T>(name: string, entry: string, inside: Table, ...otherNames: string[]): Field<readonly T[]> => ({
  name, otherNames,
  isForeign: isNot(entry),
  read: (found) => entriesOf(found, entry).map((item) => readFields<T>(inside, item)),
  write: (value, as, edition) => [listElement(as, value.map((item) => element(entry, writeFields(inside, item as object, edition))))],
})

export const isNot = (entry: string) => {
  const wanted = entry.toLowerCase()
  return ({ key }: Element): boolean => key !== wanted
}

const entriesOf = (found: Element, entry: string): readonly Element[] => {
  const wanted = entry.toLowerCase()
  return found.children.filter(({ key, children, attributes }) => key === wanted && (children.length > 0 || Object.keys(attributes).length > 0)).slice(0, maxEntries)
}

/** `<List><Id>a</Id><Id>b</Id></List>`. */
export const texts = (name: string, entry: string): Field<readonly string[]> => ({
  name,
  isForeign: isNot(entry),
  read: (found) => found.children.filter(({ key, text }) => key === entry.toLowerCase() && text !== '').map(({ text }) => text.slice(0, maxText)).slice(0, maxEntries),
  write: (value, as) => (value.length > 0 ? [element(as, value.map((item) => element(entry, item)))] : []),
})

/** The same element several times, side by side. */
export const repeated = <T>(name: string, inside: Table): Field<readonly T[]> => ({
  name, isRepeated: true,
  read: (found, before = []) => (before.length < maxEntries ? [...before, readFields<T>(inside, found)] : before),
  write: (value, as, edition) => value.map((item) => element(as, writeFields(inside, item as object, edition))),
})

/** The element's fields as they are. */
export const rawGroup = (name: string): Field<Raw> => ({
  name,
  read: (found) => {
    const fields = rawFields()
    for (const child of found.children) fields.keep(child)
    return fields.fields() ?? {}
  },
  write: (value, as) => [element(as, rawElements(value))],
})

export const certain = <T>(field: Field<T>, fallback: T): Certain<T> => ({ ...field, fallback })
export const since2022 = <T>(field: Field<T>): Field<T> => ({ ...field, since2022: true })
