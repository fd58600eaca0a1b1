// What is said over inspections: comparison, contact sheet, district summary. The comparison and the summary as JSON are these.
import { Type, type Static } from 'typebox'
import { Area, Id, Lang, ListOf, Localized } from './common.ts'

const Result = Type.Enum(['pass', 'fail', 'review'])
/** Numerator, denominator, the denominator's name, and the exact interval. */
export const Rate = Type.Object({
  numerator: Type.Integer(),
  denominator: Type.Integer(),
  of: Localized,
  rate: Type.Union([Type.Number(), Type.Null()]),
  interval95: Type.Union([Type.Unsafe<readonly [number, number]>(Type.Array(Type.Number(), { minItems: 2, maxItems: 2 })), Type.Null()]),
})
export type Rate = Static<typeof Rate>

const ComparedInspection = Type.Object({
  id: Type.String(), area: Type.String(), startedAt: Type.String(), plan: Type.String(), ruleSet: Type.Object({ name: Type.String(), version: Type.Integer() }), checks: Type.Integer(), population: Type.Integer(), reviewed: Type.Optional(Type.Integer()),
})

export const Comparison = Type.Object({
  earlier: ComparedInspection,
  later: ComparedInspection,
  cautions: ListOf(Type.Enum(['other-plan', 'other-rules', 'other-strata', 'not-finished', 'other-area'])),
  rates: ListOf(Type.Object({ name: Type.String(), earlier: Rate, later: Rate, machine: Type.Optional(Type.Object({ earlier: Rate, later: Rate })), difference: Type.Union([Type.Number(), Type.Null()]), interval95: Type.Optional(Type.Union([Type.Unsafe<readonly [number, number]>(Type.Array(Type.Number(), { minItems: 2, maxItems: 2 })), Type.Null()])), p: Type.Union([Type.Number(), Type.Null()], { description: 'Fisher’s exact test, two-sided' }) })),
  cameras: ListOf(Type.Object({ id: Type.String(), name: Type.String(), owner: Type.String(), earlier: Result, later: Result, change: Type.Enum(['improved', 'worsened', 'same']) })),
  inBoth: Type.Integer(),
  improved: Type.Integer(),
  worsened: Type.Integer(),
  pairedP: Type.Union([Type.Number(), Type.Null()], { description: 'exact sign test over the cameras of both' }),
  isWhole: Type.Boolean(),
})
export type Comparison = Static<typeof Comparison>

const Group = Type.Object({ key: Type.String(), cameras: Type.Integer(), passed: Rate, failed: Rate })

export const DistrictSummary = Type.Object({
  area: Type.String(),
  areaName: Type.Optional(Type.String()),
  class: Type.Optional(Type.String({ description: 'the one that was asked for' })),
  from: Type.String(),
  to: Type.String(),
  madeAt: Type.String(),
  inspections: ListOf(
    Type.Object({
      id: Type.String(), area: Type.String(), startedAt: Type.String(), plan: Type.Union([Localized, Type.Null()]), ruleSet: Type.Object({ name: Type.String(), version: Type.Integer() }), population: Type.Integer(), checks: Type.Integer(),
      recordComplete: Rate, picturePresent: Rate, passed: Rate, failed: Rate, machine: Type.Object({ passed: Rate, failed: Rate }), reviewed: Type.Integer(),
    }),
  ),
  isCut: Type.Boolean(),
  checks: Type.Integer(),
  cameras: Type.Integer(),
  byClass: ListOf(Group),
  byOwner: ListOf(Group),
  owners: Type.Integer(),
  repeated: ListOf(
    Type.Object({
      id: Type.String(), name: Type.String(), owner: Type.String(), class: Type.String(), checked: Type.Integer(), failed: Type.Integer(),
      failures: ListOf(Type.Object({ inspection: Type.String(), at: Type.String(), reasons: ListOf(Type.String()) })),
    }),
  ),
  repeatedTotal: Type.Integer(),
})
export type DistrictSummary = Static<typeof DistrictSummary>

const SummaryFormat = Type.Enum(['html', 'xlsx', 'json'], { description: 'json where absent' })
const Day = Type.String({ pattern: '^\\d{4}-\\d{2}-\\d{2}$', description: 'a day in Beijing', examples: ['2026-11-21'] })

export const ComparisonQuery = Type.Object(
  { with: Type.Optional(Type.Unsafe<string>({ ...Id, description: 'another inspection; the last finished one of the same area and plan where absent' })), format: Type.Optional(SummaryFormat), lang: Type.Optional(Lang) },
  { additionalProperties: false },
)
export const ContactSheetParams = Type.Object({ id: Id, format: Type.Enum(['html', 'jpg']) })
export const ContactSheetQuery = Type.Object({ lang: Type.Optional(Lang), page: Type.Optional(Type.Integer({ minimum: 1, maximum: 100_000, description: 'of the pictures, twenty cameras each; HTML has the first ten' })) }, { additionalProperties: false })
export const DistrictQuery = Type.Object({ area: Type.Optional(Area), from: Type.Optional(Day), to: Type.Optional(Day), class: Type.Optional(Type.String({ pattern: '^[0-9]{1,2}$', description: 'only checks of cameras of this class' })), format: Type.Optional(SummaryFormat), lang: Type.Optional(Lang) }, { additionalProperties: false })
