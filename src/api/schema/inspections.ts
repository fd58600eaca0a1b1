// Inspections: start, progress, list, detail, events, report.
import { Type, type Static } from 'typebox'
import { Attempt, Check, PopulationMember, Review } from './checks.ts'
import { Area, Id, Instant, Items, Lang, ListOf } from './common.ts'
import { CheckKind, ClassCounts, DrawPart, PlanBody, PlanName, RedrawReason, SeedFrom, StratumDrawn } from './draws.ts'
import { RuleSet, RuleSetName } from './rule-sets.ts'

export const InspectionState = Type.Enum(['running', 'paused', 'done', 'cancelled', 'interrupted'])
export type InspectionState = Static<typeof InspectionState>

export const InspectionProgress = Type.Object({
  total: Type.Integer(),
  done: Type.Integer(),
  running: Type.Integer(),
  waiting: Type.Integer(),
  msLeft: Type.Optional(Type.Integer({ description: 'estimated from what was done so far' })),
})
export type InspectionProgress = Static<typeof InspectionProgress>
export const PauseReason = Type.Object({ code: Type.String(), detail: Type.String() })

/** One line of the list. `results` counts the machine's verdicts of the checks that are done. */
export const InspectionSummary = Type.Object({
  id: Type.String(),
  area: Type.String(),
  startedAtMs: Instant,
  finishedAtMs: Type.Optional(Instant),
  state: InspectionState,
  createdBy: Type.String(),
  seed: Type.String(),
  algorithm: Type.String(),
  population: Type.Object({ size: Type.Integer(), sha256: Type.String() }),
  strata: ListOf(StratumDrawn),
  ruleSet: Type.Object({ name: Type.String(), version: Type.Integer() }),
  plan: DrawPart.plan,
  seedFrom: Type.Optional(SeedFrom),
  redrawReason: DrawPart.redrawReason,
  sampleOf: DrawPart.sampleOf,
  total: Type.Integer(),
  done: Type.Integer(),
  results: Type.Object({ pass: Type.Integer(), fail: Type.Integer(), review: Type.Integer() }),
  progress: Type.Optional(InspectionProgress),
  pausedBecause: Type.Optional(PauseReason),
  resumedAtMs: Type.Optional(ListOf(Instant)),
})
export type InspectionSummary = Static<typeof InspectionSummary>

export const InspectionList = Items(InspectionSummary)
export type InspectionList = Static<typeof InspectionList>

/** `sample` in drawing order: member i is check n = i + 1; `checks` are those that are done. */
export const InspectionDetail = Type.Object({
  ...InspectionSummary.properties,
  ...DrawPart,
  rules: RuleSet,
  software: Type.Optional(Type.String()),
  sample: ListOf(PopulationMember),
  checks: ListOf(Check),
  reviews: ListOf(Review),
})
export type InspectionDetail = Static<typeof InspectionDetail>

/** Which cameras: at most one of strata, preset, plan, sampleOf and draw; none: the classes of the rule set. */
export const InspectionStart = Type.Object(
  {
    area: Area,
    seed: Type.Optional(Type.String({ pattern: '^(?:[0-9a-fA-F]{2}){1,64}$', description: 'hexadecimal; made and shown when absent' })),
    strata: Type.Optional(ClassCounts),
    preset: Type.Optional(PlanName),
    plan: Type.Optional(PlanBody),
    networkedOnly: Type.Optional(Type.Boolean({ description: 'only cameras whose record says that they are networked' })),
    sampleOf: Type.Optional(Id),
    kinds: Type.Optional(Type.Array(CheckKind, { minItems: 1, maxItems: 3, description: 'with sampleOf: what the same cameras are checked for' })),
    draw: Type.Optional(Id),
    redrawReason: Type.Optional(RedrawReason),
    rules: Type.Optional(RuleSetName),
  },
  { additionalProperties: false },
)
export type InspectionStart = Static<typeof InspectionStart>

export const CheckParams = Type.Object({ id: Id, n: Type.Integer({ minimum: 1, maximum: 1_000_000 }) })
export const ReportParams = Type.Object({ id: Id, format: Type.Enum(['html', 'xlsx', 'docx', 'json']) })
export const ReportQuery = Type.Object({ lang: Type.Optional(Lang), number: Type.Optional(Type.String({ maxLength: 100, description: 'of the document, as the office files it: printed on the cover' })) }, { additionalProperties: false })
export const InspectionListQuery = Type.Object({ limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 200, default: 50 })) }, { additionalProperties: false })
export const EvidenceParams = Type.Object({ id: Id, '*': Type.String({ minLength: 1, maxLength: 300 }) })

/**
 * One `data:` of GET /inspections/{id}/events; the SSE event name is `type`. A newcomer first gets what already happened.
 * Each event states a fact, so hearing one twice (after a reconnection) changes nothing. After `finished` the stream ends.
 */
export const InspectionEvent = Type.Union([
  Type.Object({ type: Type.Literal('started'), inspection: Type.String(), total: Type.Integer() }),
  Type.Object({ type: Type.Literal('check-started'), inspection: Type.String(), n: Type.Integer(), camera: Type.String(), name: Type.String() }),
  Type.Object({ type: Type.Literal('attempt'), inspection: Type.String(), n: Type.Integer(), attempt: Attempt }),
  Type.Object({ type: Type.Literal('check-done'), inspection: Type.String(), n: Type.Integer(), check: Check }),
  Type.Object({ type: Type.Literal('progress'), inspection: Type.String(), state: InspectionState, pausedBecause: Type.Optional(PauseReason), progress: InspectionProgress }),
  Type.Object({ type: Type.Literal('finished'), inspection: Type.String(), state: InspectionState }),
])
export type InspectionEvent = Static<typeof InspectionEvent>
