// Figures of areas: completeness by group and by day, and the counts of a dashboard. Every rate as numerator and denominator.
import { Type, type Static } from 'typebox'
import { PointClass, Presence, Severity } from './cameras.ts'
import { Area, ListOf } from './common.ts'

export const Completeness = Type.Object({
  records: Type.Integer({ description: 'declared, unretired records: denominator of complete' }),
  complete: Type.Integer({ description: 'those without a finding of severity error of their own rules' }),
  mandatory: Type.Integer({ description: 'fields that the classes of these records must have: denominator of filled' }),
  filled: Type.Integer({ description: 'those that are there and without an error' }),
})
export type Completeness = Static<typeof Completeness>

const filter = {
  area: Type.Optional(Area),
  class: Type.Optional(PointClass),
  owner: Type.Optional(Type.String({ maxLength: 1000, description: 'managing unit, exactly' })),
  builtBy: Type.Optional(Type.String({ maxLength: 20 })),
}

export const CompletenessQuery = Type.Object(
  { ...filter, by: Type.Optional(Type.Enum(['class', 'owner', 'builtBy', 'division'])), limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000, default: 200 })) },
  { additionalProperties: false },
)
export type CompletenessQuery = Static<typeof CompletenessQuery>

export const CompletenessGroups = Type.Object({
  total: Completeness,
  groups: ListOf(Type.Object({ value: Type.String({ description: "'' where the record does not say" }), ...Completeness.properties })),
  more: Type.Integer({ description: 'groups left out; the total has them' }),
})
export type CompletenessGroups = Static<typeof CompletenessGroups>

const Day = Type.String({ pattern: '^\\d{4}-\\d{2}-\\d{2}$', description: 'Beijing time' })
export const CompletenessHistoryQuery = Type.Object({ ...filter, from: Type.Optional(Day) }, { additionalProperties: false })
export type CompletenessHistoryQuery = Static<typeof CompletenessHistoryQuery>

export const CompletenessDay = Type.Object({ day: Day, ...Completeness.properties })
export type CompletenessDay = Static<typeof CompletenessDay>

export const CountsQuery = Type.Object({ area: Type.Optional(Area) }, { additionalProperties: false })
export type CountsQuery = Static<typeof CountsQuery>

export const Counts = Type.Object({
  cameras: ListOf(Type.Object({ class: Type.String(), presence: Presence, isComplete: Type.Boolean(), isDraft: Type.Boolean(), n: Type.Integer() })),
  findings: ListOf(Type.Object({ severity: Severity, n: Type.Integer() }, { description: 'open and accepted ones' })),
})
export type Counts = Static<typeof Counts>
