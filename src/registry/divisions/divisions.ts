// Administrative divisions by their codes (GB/T 2260): names, what lies in what, and when a code was in force. The shipped table, or the user's own.
import { ParseError } from '../../base/index.ts'
import { shipped } from './shipped.ts'

export interface Division {
  /** Six digits; a province ends in 0000, a city in 00. */
  readonly code: string
  readonly name: string
  readonly level: 'province' | 'city' | 'county'
  /** YYYY-MM; absent: before the table begins. */
  readonly validFrom?: string
  /** YYYY-MM from which it is no longer in force; absent: it is. */
  readonly validTo?: string
  /** The division that it went into. */
  readonly successor?: string
}

export interface Divisions {
  readonly size: number
  /** By 2, 4, 6 or more digits: the first six count, and 3201 is 320100. */
  readonly find: (code: string) => Division | undefined
  /** From the province down to the division itself. */
  readonly path: (code: string) => readonly Division[]
  /** 江苏省南京市六合区; the code itself where nobody knows it. */
  readonly fullName: (code: string) => string
  /** What lies directly in it, in the order of codes; '' for the provinces. `at` (YYYY-MM or longer) leaves out what was not in force then. */
  readonly children: (parent: string, at?: string) => readonly Division[]
}

/** Bounds chosen by us: the whole country down to villages is 600,000; names are short. */
const [maxDivisions, maxName] = [100_000, 60]

/** A code of 2, 4 or 6 digits as six; of a longer one the first six. */
export const sixDigits = (code: string): string => (code.length >= 6 ? code.slice(0, 6) : code.padEnd(6, '0'))

export const isInForce = ({ validFrom, validTo }: Division, at: string): boolean => (validFrom === undefined || at >= validFrom) && (validTo === undefined || at < validTo)

const levelOf = (code: string): Division['level'] => (code.endsWith('0000') ? 'province' : code.endsWith('00') ? 'city' : 'county')

/** CSV with the headings code,name and if wanted validFrom,validTo,successor, or JSON: a list of objects of the same. Throws ParseError naming the row. */
export function parseDivisions(text: string): readonly Division[] {
  const rows = /^\s*\[/.test(text) ? rowsOfJson(text) : rowsOfCsv(text)
  if (rows.length === 0) throw malformed('has no rows')
  if (rows.length > maxDivisions) throw malformed(`has more than ${maxDivisions} rows`)
  const known = new Map<string, Division>()
  for (const { at, cells } of rows) {
    const division = divisionOf(cells, at)
    if (known.has(division.code)) throw malformed(`has ${division.code} twice, the second time in ${at}`)
    known.set(division.code, division)
  }
  return [...known.values()]
}

type Cells = Readonly<Record<string, string>>

function rowsOfCsv(text: string): readonly { readonly at: string; readonly cells: Cells }[] {
  const [headings = [], ...rows] = text.replace(/^\ufeff/, '').split(/\r\n?|\n/).map(cellsOf)
  const names = headings.map((heading) => heading.trim())
  for (const name of ['code', 'name']) if (!names.includes(name)) throw malformed(`has no column "${name}": its first row is code,name,validFrom,validTo,successor`)
  return rows.flatMap((row, index) => (row.every((cell) => cell.trim() === '') ? [] : [{ at: `row ${index + 2}`, cells: Object.fromEntries(names.map((name, column) => [name, row[column]?.trim() ?? ''])) }]))
}

/** Names and codes hold no line ends, so a line is a row; marks around a cell are taken off. */
const cellsOf = (line: string): readonly string[] => [...line.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,]*))/g)].map(([, quoted, plain]) => quoted?.replaceAll('""', '"') ?? plain ?? '')

function rowsOfJson(text: string): readonly { readonly at: string; readonly cells: Cells }[] {
  let list: unknown
  try {
    list = JSON.parse(text)
  } catch {
    throw malformed('is not JSON')
  }
  if (!Array.isArray(list)) throw malformed('is not a list')
  return list.map((each: unknown, index) => {
    if (typeof each !== 'object' || each === null) throw malformed(`has no object in row ${index + 1}`)
    return { at: `row ${index + 1}`, cells: Object.fromEntries(Object.entries(each).map(([name, value]) => [name, typeof value === 'string' || typeof value === 'number' ? String(value).trim() : ''])) }
  })
}

function divisionOf({ code: given = '', name = '', validFrom = '', validTo = '', successor = '' }: Cells, at: string): Division {
  if (!/^(\d\d){1,3}$/.test(given)) throw malformed(`has "${given.slice(0, 40)}" as the code in ${at}: it takes 2, 4 or 6 digits`)
  if (name === '' || name.length > maxName) throw malformed(`has ${name === '' ? 'no name' : `a name of more than ${maxName} characters`} in ${at}`)
  for (const date of [validFrom, validTo]) if (!/^(\d{4}-(0[1-9]|1[0-2])(-\d\d)?)?$/.test(date)) throw malformed(`has "${date.slice(0, 40)}" as a date in ${at}: it takes YYYY-MM or YYYY-MM-DD`)
  if (validFrom !== '' && validTo !== '' && validFrom >= validTo) throw malformed(`ends before it begins in ${at}`)
  if (successor !== '' && !/^(\d\d){1,3}$/.test(successor)) throw malformed(`has "${successor.slice(0, 40)}" as the successor in ${at}: it takes a code`)
  const code = sixDigits(given)
  return {
    code,
    name,
    level: levelOf(code),
    ...(validFrom === '' ? {} : { validFrom }),
    ...(validTo === '' ? {} : { validTo }),
    ...(successor === '' ? {} : { successor: sixDigits(successor) }),
  }
}

export function createDivisions(list: readonly Division[]): Divisions {
  const byCode = new Map(list.toSorted((a, b) => (a.code < b.code ? -1 : 1)).map((division) => [division.code, division]))
  const above = ({ code, level }: Division): string => {
    const city = `${code.slice(0, 4)}00`
    return level === 'province' ? '' : level === 'county' && byCode.has(city) ? city : `${code.slice(0, 2)}0000`
  }
  const inside = new Map<string, Division[]>()
  for (const division of byCode.values()) {
    const parent = above(division)
    const siblings = inside.get(parent)
    if (siblings) siblings.push(division)
    else inside.set(parent, [division])
  }
  const find = (code: string): Division | undefined => byCode.get(sixDigits(code))
  const path = (code: string): readonly Division[] => {
    const division = find(code)
    if (!division) return []
    const parent = above(division)
    return parent === '' ? [division] : [...path(parent), division]
  }
  return {
    size: byCode.size,
    find,
    path,
    // 市辖区 and 县 stand between a municipality and its districts and are no part of an address.
    fullName: (code) => path(code).map(({ name }) => name).filter((name, index, all) => index === all.length - 1 || !/^(市辖区|县|省直辖县级行政区划|自治区直辖县级行政区划)$/.test(name)).join('') || code,
    children: (parent, at) => (inside.get(parent === '' ? '' : sixDigits(parent)) ?? []).filter((division) => at === undefined || isInForce(division, at)),
  }
}

let own: Divisions | undefined
/** The table that comes with us, read when first needed. */
export const shippedDivisions = (): Divisions => (own ??= createDivisions(parseDivisions(shipped)))

const malformed = (what: string): ParseError => new ParseError('divisions.malformed', `the divisions file ${what}`)
