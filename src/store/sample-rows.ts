// An inspection's population, sample and left-out cameras as rows: one a camera, so that lists of inspections need not read ten thousand of each.
import type Database from 'better-sqlite3'
import type { Draw, Inspection, LeftOutMember, PopulationMember } from '../inspect/index.ts'

export interface SampleRows {
  /** Inside a transaction. Returns the draw as it is kept beside: without its members where the rows have them. */
  readonly save: (inspection: string, draw: Draw, population: readonly PopulationMember[], leftOut: readonly LeftOutMember[]) => Draw
  /** The draw with its members, wherever they are. */
  readonly whole: (inspection: string, kept: Draw) => Draw
  readonly population: (inspection: string) => readonly PopulationMember[]
  readonly leftOut: (inspection: string) => readonly LeftOutMember[]
}

interface Row {
  readonly member: string
  readonly drawnIn: string | null
  readonly leftOut: string | null
}

export function sampleRows(raw: Database.Database): SampleRows {
  const put = raw.prepare('INSERT INTO population_members (inspection, position, member, drawn, drawn_in, left_out) VALUES (?, ?, ?, ?, ?, ?)')
  const columns = 'member, drawn_in AS drawnIn, left_out AS leftOut'
  const drawn = raw.prepare<[string], Row>(`SELECT ${columns} FROM population_members WHERE inspection = ? AND drawn IS NOT NULL ORDER BY drawn`)
  const members = raw.prepare<[string], Row>(`SELECT ${columns} FROM population_members WHERE inspection = ? AND left_out IS NULL ORDER BY position`)
  const others = raw.prepare<[string], Row>(`SELECT ${columns} FROM population_members WHERE inspection = ? AND left_out IS NOT NULL ORDER BY position`)
  const memberOf = ({ member }: Row): PopulationMember => JSON.parse(member) as PopulationMember
  return {
    save: (inspection, draw, population, leftOut) => {
      const ids = new Set(population.map(({ id }) => id))
      // A draw that does not say in which strata, or of cameras that the list does not have, is kept as it is.
      const isInRows = draw.drawnIn !== undefined && draw.members.every(({ id }) => ids.has(id))
      const numbers = new Map(isInRows ? draw.members.map(({ id }, index) => [id, index]) : [])
      for (const [position, member] of population.entries()) {
        const n = numbers.get(member.id)
        put.run(inspection, position, JSON.stringify(member), n ?? null, n === undefined ? null : JSON.stringify(draw.drawnIn?.[n] ?? []), null)
      }
      for (const [index, { member, ...why }] of leftOut.entries()) put.run(inspection, population.length + index, JSON.stringify(member), null, null, JSON.stringify(why))
      return isInRows ? { ...draw, members: [], drawnIn: [] } : draw
    },
    whole: (inspection, kept) => {
      if (kept.members.length > 0 || kept.drawnIn === undefined) return kept
      const rows = drawn.all(inspection)
      return { ...kept, members: rows.map(memberOf), drawnIn: rows.map(({ drawnIn }) => JSON.parse(drawnIn ?? '[]') as readonly number[]) }
    },
    population: (inspection) => members.all(inspection).map(memberOf),
    leftOut: (inspection) => others.all(inspection).map((row) => ({ member: memberOf(row), ...(JSON.parse(row.leftOut ?? '{}') as Omit<LeftOutMember, 'member'>) })),
  }
}

type About = Pick<Inspection, 'plan' | 'exempted' | 'halves' | 'redrawReason' | 'sampleOf' | 'software'>

/** What an inspection says beside its draw; null where that is nothing. */
export function aboutText({ plan, exempted, halves, redrawReason, sampleOf, software }: Inspection): string | null {
  const about = JSON.stringify({ plan, exempted, halves, redrawReason, sampleOf, software })
  return about === '{}' ? null : about
}

export const aboutOf = (text: string | null): About => (text === null ? {} : (JSON.parse(text) as About))
