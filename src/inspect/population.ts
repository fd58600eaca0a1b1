// The frozen list of an inspection, as text that anyone can hash, sort and draw from with ordinary tools: docs/draw.md.
import { createHash } from 'node:crypto'
import { AppError } from '../base/index.ts'
import type { PopulationMember } from './types.ts'

/** Columns of the list, in this order; the draw needs the first two alone. */
const columns = ['id', 'class', 'area', 'owner', 'policeUnit', 'networking', 'functionType', 'longitude', 'latitude', 'builtBy', 'name'] as const satisfies readonly (keyof PopulationMember)[]

/** Members sorted by the bytes of their codes. Throws AppError `draw.invalid` for a code that is empty, has blanks or control characters, or is there twice. */
export function sortMembers(members: readonly PopulationMember[]): readonly PopulationMember[] {
  const sorted = [...members].sort((a, b) => Buffer.compare(Buffer.from(a.id), Buffer.from(b.id)))
  for (const [index, { id }] of sorted.entries()) {
    if (!/^[!-~]{1,64}$/.test(id)) throw new AppError('draw.invalid', `"${id}" is no code that can be drawn`)
    if (sorted[index - 1]?.id === id) throw new AppError('draw.invalid', `code ${id} is twice in the population`)
  }
  return sorted
}

/** The list as published: one camera a line, ended by a line feed, sorted by code; columns separated by a tab; line breaks and tabs inside a value become one space. UTF-8. */
export function populationText(members: readonly PopulationMember[]): string {
  return sortMembers(members)
    .map((member) => `${columns.map((column) => member[column].replace(/[\t\r\n]+/g, ' ')).join('\t')}\n`)
    .join('')
}

/** Reads a published list, or the JSON of a population. What the list does not hold (findings) is empty. Throws AppError `draw.invalid`. */
export function parsePopulation(text: string): readonly PopulationMember[] {
  if (text.trimStart().startsWith('[')) return sortMembers(parseJson(text).map((value) => memberOf((column) => (isRecord(value) ? String(value[column] ?? '') : ''))))
  const lines = text.replace(/^\uFEFF/, '').split(/\r?\n/).filter((line) => line !== '')
  return sortMembers(
    lines.map((line, index) => {
      const cells = line.split('\t')
      if (cells.length < 2) throw new AppError('draw.invalid', `line ${index + 1} of the population has no class: it takes code and class, separated by a tab`)
      return memberOf((column) => cells[columns.indexOf(column)] ?? '')
    }),
  )
}

type Column = (typeof columns)[number]

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> => typeof value === 'object' && value !== null

function parseJson(text: string): readonly unknown[] {
  try {
    const value: unknown = JSON.parse(text)
    if (Array.isArray(value)) return value
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error
  }
  throw new AppError('draw.invalid', 'the population is neither a published list nor JSON')
}

function memberOf(cell: (column: Column) => string): PopulationMember {
  const values = Object.fromEntries(columns.map((column) => [column, cell(column)])) as Record<Column, string>
  return { ...values, findings: [] }
}

/** SHA-256 of the published list, in hex: what `sha256sum population.tsv` prints. */
export const populationSha256 = (members: readonly PopulationMember[]): string => createHash('sha256').update(populationText(members)).digest('hex')
