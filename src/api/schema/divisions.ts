// Administrative divisions (GB/T 2260): what lies in what, and since when.
import { Type, type Static } from 'typebox'
import { ListOf } from './common.ts'

export const Division = Type.Object({
  code: Type.String({ description: 'six digits' }),
  name: Type.String(),
  fullName: Type.String(),
  level: Type.Enum(['province', 'city', 'county']),
  validFrom: Type.Optional(Type.String({ description: 'first of the yearly lists that has it, YYYY-MM; absent: the first one had it already' })),
  validTo: Type.Optional(Type.String({ description: 'first list that lacks it: it was withdrawn by then' })),
  successor: Type.Optional(Type.String({ description: 'the division that it went into' })),
  hasChildren: Type.Boolean(),
})
export type Division = Static<typeof Division>

export const DivisionQuery = Type.Object(
  {
    parent: Type.Optional(Type.String({ pattern: '^(?:\\d{2}){0,3}$', description: "2, 4 or 6 digits; '' and none: the provinces", examples: ['3201'] })),
    at: Type.Optional(Type.String({ pattern: '^\\d{4}-\\d{2}(-\\d{2})?$', description: 'only those in force then; none: withdrawn ones too', examples: ['2026-01'] })),
  },
  { additionalProperties: false },
)
export type DivisionQuery = Static<typeof DivisionQuery>

export const DivisionList = Type.Object({ path: ListOf(Division), items: ListOf(Division) }, { description: 'path: from the province down to the parent itself' })
export type DivisionList = Static<typeof DivisionList>
