// The frozen list of an inspection, as text that anyone can hash, sort and draw from with ordinary tools: docs/draw.md.
import { createHash } from 'node:crypto'
import { AppError } from '../base/index.ts'
import type { PopulationMember } from './types.ts'

/** Columns of every list, in this order: of classes the draw needs the first two alone. What a heading calls them is beside. */
const columns = [
  ['id', 'code'], ['class', 'class'], ['area', 'area'], ['owner', 'managementUnit'], ['policeUnit', 'policeUnit'], ['networking', 'networking'], ['functionType', 'functionType'],
  ['longitude', 'longitude'], ['latitude', 'latitude'], ['builtBy', 'builtBy'], ['name', 'name'],
] as const satisfies readonly (readonly [keyof PopulationMember, string])[]

type Column = (typeof columns)[number][0]

/** What a line that is a heading begins with. Lists of plans that look at no further field have none. */
const headingMark = '#code\t'
const maxFurther = 60

/** Members sorted by the bytes of their codes. Throws AppError `draw.invalid` for a code that is empty, has blanks or control characters, or is there twice. */
export function sortMembers(members: readonly PopulationMember[]): readonly PopulationMember[] {
  const sorted = members.map((member) => ({ member, bytes: Buffer.from(member.id) })).sort((a, b) => Buffer.compare(a.bytes, b.bytes)).map(({ member }) => member)
  for (const [index, { id }] of sorted.entries()) {
    if (!/^[!-~]{1,64}$/.test(id)) throw new AppError('draw.invalid', `"${id.slice(0, 100)}" is no code that can be drawn`)
    if (sorted[index - 1]?.id === id) throw new AppError('draw.invalid', `code ${id} is twice in the population`)
  }
  return sorted
}

/** Further fields of the members, sorted: all of them have the same. */
const furtherOf = (members: readonly PopulationMember[]): readonly string[] => Object.keys(members[0]?.fields ?? {}).sort()

/** Breaks and tabs inside a value would be lines and columns of the list. */
const cell = (value: string): string => value.replace(/[\t\r\n]+/g, ' ')

/**
 * The list as published: one camera a line, ended by a line feed, sorted by code; columns separated by a tab; line breaks and tabs inside a value
 * become one space. UTF-8. Further fields are columns after the name, and then a first line that begins with `#` names all columns.
 */
export function populationText(members: readonly PopulationMember[]): string {
  const further = furtherOf(members)
  const heading = further.length === 0 ? '' : `#${[...columns.map(([, title]) => title), ...further].join('\t')}\n`
  const lines = sortMembers(members).map((member) => `${[...columns.map(([column]) => member[column]), ...further.map((field) => member.fields?.[field] ?? '')].map(cell).join('\t')}\n`)
  return heading + lines.join('')
}

/** Reads a published list, or the JSON of a population. What the list does not hold (findings) is empty. Throws AppError `draw.invalid`. */
export function parsePopulation(text: string): readonly PopulationMember[] {
  if (text.trimStart().startsWith('[')) return sortMembers(parseJson(text).map(memberOfJson))
  const [first = '', ...others] = text.replace(/^\uFEFF/, '').split(/\r?\n/)
  const titles = first.startsWith(headingMark) ? titlesOf(first) : columns.map(([, title]) => title)
  const further = titles.slice(columns.length)
  const lines = (first.startsWith(headingMark) ? others : [first, ...others]).map((line, index) => ({ line, number: index + 1 })).filter(({ line }) => line !== '')
  return sortMembers(
    lines.map(({ line, number }) => {
      const cells = line.split('\t')
      if (cells.length < 2) throw new AppError('draw.invalid', `line ${number} of the population has no class: it takes code and class, separated by a tab`)
      const fields = Object.fromEntries(further.map((field, index) => [field, cells[columns.length + index] ?? '']))
      return { ...memberOf((column) => cells[columns.findIndex(([name]) => name === column)] ?? ''), ...(further.length > 0 && { fields }) }
    }),
  )
}

/** Titles of a heading. Throws AppError `draw.invalid` where they are not those of a list of ours. */
function titlesOf(heading: string): readonly string[] {
  const titles = heading.slice(1).split('\t')
  const isOurs = columns.every(([, title], index) => titles[index] === title)
  if (!isOurs || titles.length > columns.length + maxFurther || titles.some((title) => !/^\w{1,40}$/.test(title)) || new Set(titles).size < titles.length) {
    throw new AppError('draw.invalid', `the heading of the population is none of ours: it begins with #${columns.map(([, title]) => title).join(' ')}, separated by tabs`)
  }
  return titles
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> => typeof value === 'object' && value !== null && !Array.isArray(value)

function memberOfJson(value: unknown): PopulationMember {
  const given = isRecord(value) ? value : {}
  const plain = memberOf((column) => String(given[column] ?? ''))
  if (!isRecord(given.fields)) return plain
  return { ...plain, fields: Object.fromEntries(Object.entries(given.fields).map(([field, text]) => [field, String(text)])) }
}

function parseJson(text: string): readonly unknown[] {
  try {
    const value: unknown = JSON.parse(text)
    if (Array.isArray(value)) return value
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error
  }
  throw new AppError('draw.invalid', 'the population is neither a published list nor JSON')
}

function memberOf(of: (column: Column) => string): PopulationMember {
  const values = Object.fromEntries(columns.map(([column]) => [column, of(column)])) as Record<Column, string>
  return { ...values, findings: [] }
}

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex')

/** SHA-256 of the published list, in hex: what `sha256sum population.tsv` prints. */
export const populationSha256 = (members: readonly PopulationMember[]): string => sha256(populationText(members))
