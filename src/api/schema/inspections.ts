// Inspections: start, progress, list, detail, events, report.
import { Type, type Static } from 'typebox'
import { Attempt, Check, PopulationMember, Result, Review } from './checks.ts'
import { Area, Id, Instant, Lang, ListOf, PageOf } from './common.ts'
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

/** `next`: give it as `before` for those that follow. */
export const InspectionList = Type.Object({ items: ListOf(InspectionSummary), next: Type.Optional(Type.String()) })
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
  isPaged: Type.Optional(Type.Boolean({ description: 'more than 200 were drawn: sample, checks, drawnIn and reviews are not here but in /checks, a page at a time' })),
})
export type InspectionDetail = Static<typeof InspectionDetail>

export const CheckListQuery = Type.Object(
  {
    limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 200, default: 50 })),
    cursor: Type.Optional(Type.String({ pattern: '^\\d{1,9}$', description: '`next` of the page before' })),
    done: Type.Optional(Type.Boolean({ description: 'only those that are done, or that are not' })),
    result: Type.Optional(Type.Unsafe<Result>({ ...Result, description: 'verdict of the machine' })),
    standing: Type.Optional(Type.Unsafe<Result>({ ...Result, description: 'the result that stands once persons have spoken' })),
    reason: Type.Optional(Type.String({ minLength: 1, maxLength: 64, description: 'a code that the verdict names' })),
    stratum: Type.Optional(Type.Integer({ minimum: 0, maximum: 1000, description: 'its place among the strata, from 0' })),
    class: Type.Optional(Type.String({ minLength: 1, maxLength: 2 })),
    text: Type.Optional(Type.String({ minLength: 1, maxLength: 100, description: 'part of code, name or owner' })),
  },
  { additionalProperties: false },
)
/** One camera that was drawn: check n, if it is done, with what persons said of it, oldest first. */
export const DrawnCheck = Type.Object({ n: Type.Integer(), camera: PopulationMember, drawnIn: Type.Optional(ListOf(Type.Integer())), check: Type.Optional(Check), reviews: Type.Optional(ListOf(Review)) })
export type DrawnCheck = Static<typeof DrawnCheck>
export const CheckList = PageOf(DrawnCheck)
export type CheckList = Static<typeof CheckList>

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
export const InspectionListQuery = Type.Object(
  {
    limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 200, default: 50 })),
    before: Type.Optional(Type.Unsafe<string>({ ...Id, description: 'only those that began before this one: `next` of the answer before' })),
    area: Type.Optional(Area),
    state: Type.Optional(InspectionState),
    plan: Type.Optional(Type.String({ minLength: 1, maxLength: 64, description: 'name of its plan; `classes` for draws by class' })),
    by: Type.Optional(Type.String({ minLength: 1, maxLength: 64, description: 'the account that began it' })),
    rules: Type.Optional(Type.String({ pattern: '^[A-Za-z0-9._-]{1,64}@\\d{1,7}$', description: 'name@version of its rule set' })),
  },
  { additionalProperties: false },
)
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
