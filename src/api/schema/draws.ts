// Plans, draws and who is left out of them: exemptions, two-party seeds, every set that was drawn.
import { Type, type Static } from 'typebox'
import { Area, Id, Instant, Items, ListOf, Localized } from './common.ts'
import { RuleSetName } from './rule-sets.ts'

export const CheckKind = Type.Enum(['record', 'image', 'running'])
export type CheckKind = Static<typeof CheckKind>

const Match = Type.Enum(['equals', 'prefix', 'part'])
const Says = Type.Object({ zh: Type.String(), en: Type.String() }, { description: 'in words' })

/** A camera counts where the field fits one of the values; '' is a field that is not declared. */
export const Condition = Type.Object({ field: Type.String(), match: Match, values: ListOf(Type.String()), says: Says })
export type Condition = Static<typeof Condition>

export const Stratum = Type.Object({
  name: Type.String(),
  title: Localized,
  where: ListOf(Condition),
  count: Type.Union([Type.Integer(), Type.Literal('all')]),
  each: Type.Optional(Type.Object({ field: Type.String(), match: Match, says: Says })),
})
export const Sample = Type.Object({ name: Type.String(), title: Localized, kinds: ListOf(CheckKind), strata: ListOf(Stratum) })
export const Plan = Type.Object({
  name: Type.String(),
  title: Localized,
  population: Type.Object({ isNetworkedOnly: Type.Boolean(), leavesOutExempted: Type.Boolean(), where: ListOf(Condition) }),
  samples: ListOf(Sample),
})
export type Plan = Static<typeof Plan>
export const PlanList = Items(Plan)

/** Checked where it is used, so that what is wrong is named by its path. */
export const PlanBody = Type.Unsafe<Readonly<Record<string, unknown>>>(
  Type.Object({}, {
    additionalProperties: true,
    description: 'a plan as GET /plans shows them. name, title, match, says may be left out; instead of samples, kinds and strata make a plan of one sample. count is a number or "all"; each is a field every value of which is a stratum',
    examples: [{ kinds: ['image'], strata: [{ name: 'schools', where: [{ field: 'positionType', values: ['8'] }], count: 10 }] }],
  }),
)
export const PlanName = Type.String({ minLength: 1, maxLength: 64, description: 'a plan of GET /plans', examples: ['notice'] })
export const RedrawReason = Type.String({ minLength: 1, maxLength: 1000, description: 'why another set is drawn although there is one of this area of the last day' })
export const ClassCounts = Type.Array(Type.Object({ class: Type.String({ minLength: 1, maxLength: 2 }), count: Type.Integer({ minimum: 0, maximum: 10_000 }) }, { additionalProperties: false }), { maxItems: 10 })

export const StratumDrawn = Type.Object({
  class: Type.String({ description: "'' where the stratum is not one class" }),
  population: Type.Integer(),
  asked: Type.Integer(),
  drawn: Type.Integer(),
  name: Type.Optional(Type.String()),
  title: Type.Optional(Localized),
  sample: Type.Optional(Type.String()),
  nth: Type.Optional(Type.Integer({ description: 'of the plan’s samples, from 1: each is a draw by itself' })),
  kinds: Type.Optional(ListOf(CheckKind)),
  where: Type.Optional(ListOf(Condition)),
  isAll: Type.Optional(Type.Boolean()),
  unconnected: Type.Optional(Type.Integer({ description: 'of the stratum, cameras whose record does not say that they are networked' })),
})
export type StratumDrawn = Static<typeof StratumDrawn>

export const SeedFrom = Type.Enum(['made', 'typed', 'two-party'])

export const LeftOut = Type.Object({ size: Type.Integer(), sha256: Type.String({ description: 'of left-out.tsv' }), exempted: Type.Integer(), notNetworked: Type.Integer(), filtered: Type.Integer() })

const Reason = Type.String({ minLength: 1, maxLength: 1000 })

export const Exemption = Type.Object({
  n: Type.Integer(),
  camera: Type.Optional(Type.String()),
  area: Type.String(),
  reason: Type.String(),
  document: Type.String({ description: 'number of the document that asks for it' }),
  fromMs: Instant,
  untilMs: Instant,
  by: Type.String(),
  atMs: Instant,
  ended: Type.Optional(Type.Object({ atMs: Instant, by: Type.String(), reason: Type.String() })),
})
export type Exemption = Static<typeof Exemption>
/** `next`: give it as `before` for those that follow. */
export const ExemptionPage = Type.Object({ items: ListOf(Exemption), next: Type.Optional(Type.Integer()) })

/** Of a camera, or of all of an area: one of the two. */
export const ExemptionCreate = Type.Object(
  {
    camera: Type.Optional(Id),
    area: Type.Optional(Type.String({ pattern: '^\\d{2}(?:\\d{2}){0,3}$' })),
    reason: Reason,
    document: Type.String({ minLength: 1, maxLength: 200 }),
    fromMs: Instant,
    untilMs: Instant,
  },
  { additionalProperties: false },
)
export const ExemptionEnd = Type.Object({ reason: Reason }, { additionalProperties: false })
export const ExemptionParams = Type.Object({ n: Type.Integer({ minimum: 1 }) })
export const ExemptionListQuery = Type.Object(
  {
    area: Type.Optional(Area),
    camera: Type.Optional(Id),
    at: Type.Optional(Type.Integer({ minimum: 0, description: 'only those in force at that moment, in milliseconds since 1970' })),
    before: Type.Optional(Type.Integer({ minimum: 1 })),
    limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 500, default: 100 })),
  },
  { additionalProperties: false },
)

/** `some` are the first of them by code; left-out.tsv has all. */
export const Exempted = Type.Object({ exemption: Exemption, cameras: Type.Integer(), some: ListOf(Type.Object({ id: Type.String(), name: Type.String(), class: Type.String() })) })

/** Half and salt are absent until both sides have revealed. */
export const SeedSide = Type.Object({
  by: Type.String(),
  commitment: Type.Optional(Type.String()),
  committedAtMs: Type.Optional(Instant),
  revealedAtMs: Type.Optional(Instant),
  half: Type.Optional(Type.String()),
  salt: Type.Optional(Type.String()),
})

export const SeedDraw = Type.Object({
  id: Type.String(),
  area: Type.String(),
  state: Type.Enum(['committing', 'revealing', 'drawn', 'used', 'expired']),
  atMs: Instant,
  expiresAtMs: Instant,
  plan: Plan,
  rules: Type.Object({ name: Type.String(), version: Type.Integer() }),
  population: Type.Object({ size: Type.Integer(), sha256: Type.String() }),
  leftOut: LeftOut,
  sides: ListOf(SeedSide),
  reason: Type.Optional(Type.String()),
  seed: Type.Optional(Type.String()),
  drawnAtMs: Type.Optional(Instant),
  inspection: Type.Optional(Type.String()),
})
export type SeedDraw = Static<typeof SeedDraw>
export const SeedDrawList = Items(SeedDraw)

/** At most one of preset, plan and strata. */
export const SeedDrawOpen = Type.Object(
  {
    area: Area,
    other: Type.String({ minLength: 1, maxLength: 64, description: 'account of the other side' }),
    preset: Type.Optional(PlanName),
    plan: Type.Optional(PlanBody),
    strata: Type.Optional(ClassCounts),
    networkedOnly: Type.Optional(Type.Boolean()),
    rules: Type.Optional(RuleSetName),
    redrawReason: Type.Optional(RedrawReason),
    openForS: Type.Optional(Type.Integer({ minimum: 60, maximum: 86_400, default: 3600 })),
  },
  { additionalProperties: false },
)
export const SeedCommitment = Type.Object({ commitment: Type.String({ pattern: '^[0-9a-fA-F]{64}$', description: 'SHA-256 of "half:salt", hexadecimal' }) }, { additionalProperties: false })
export const SeedReveal = Type.Object(
  { half: Type.String({ pattern: '^[0-9a-fA-F]{1,64}$' }), salt: Type.String({ pattern: '^[0-9a-fA-F]{32,64}$' }) },
  { additionalProperties: false },
)
export const AreaListQuery = Type.Object({ area: Type.Optional(Area), limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 200, default: 50 })) }, { additionalProperties: false })

/** `cameras` are absent where everything was taken, and of areas that the reader does not see. */
export const DrawnSet = Type.Object({
  id: Type.String(),
  of: Type.Enum(['inspection', 'seed-draw']),
  area: Type.String(),
  plan: Type.String(),
  kinds: ListOf(CheckKind),
  seed: Type.String(),
  seedFrom: Type.Optional(SeedFrom),
  populationSha256: Type.String(),
  size: Type.Integer(),
  cameras: ListOf(Type.String()),
  by: Type.String(),
  atMs: Instant,
  state: Type.String(),
  reason: Type.Optional(Type.String()),
  abandoned: Type.Optional(
    Type.Object(
      { expiresAtMs: Instant, missing: ListOf(Type.Object({ by: Type.String(), step: Type.Enum(['commit', 'reveal']) })), isChoice: Type.Boolean({ description: 'another draw of the area needs a reason' }) },
      { description: 'a draw of two sides that one of them did not go on with: nothing was drawn. Who did not commit or reveal, and when it expired or will' },
    ),
  ),
})
export type DrawnSet = Static<typeof DrawnSet>
export const DrawnSetList = Items(DrawnSet)
export const DrawnSetQuery = Type.Object(
  { area: Type.Optional(Area), fromMs: Type.Optional(Type.Integer({ minimum: 0 })), toMs: Type.Optional(Type.Integer({ minimum: 0 })) },
  { additionalProperties: false, description: 'the last day when no time is given; 31 days at most' },
)

const Showing = Type.Object({
  title: Localized, population: Type.Integer(), drawn: Type.Integer(), mostBad: Type.Integer(), largeShare: Type.Number(), tenth: Type.Integer(), chance: Type.Number(), largeChance: Type.Number(),
})
export const SampleShowing = Type.Object({ nth: Type.Integer(), strata: ListOf(Showing), whole: Showing, isProportional: Type.Boolean() })

/** What an inspection says of its draw beside seed, list and strata. */
export const DrawPart = {
  seedFrom: Type.Optional(SeedFrom),
  plan: Type.Optional(Plan),
  drawnIn: Type.Optional(ListOf(ListOf(Type.Integer()))),
  leftOut: Type.Optional(LeftOut),
  exempted: Type.Optional(ListOf(Exempted)),
  halves: Type.Optional(ListOf(SeedSide)),
  redrawReason: Type.Optional(Type.String()),
  sampleOf: Type.Optional(Type.String()),
  draws: Type.Optional(ListOf(DrawnSet)),
  showing: Type.Optional(ListOf(SampleShowing)),
} as const

/** Without a preset the classes of the rule set. How many are asked for changes nothing in what there is. */
export const DrawOutlookQuery = Type.Object(
  { area: Area, preset: Type.Optional(PlanName), networkedOnly: Type.Optional(Type.Boolean()), rules: Type.Optional(RuleSetName) },
  { additionalProperties: false },
)
/** `strata`: `drawn` is what each would give; one that has fewer cameras than were asked for gives all of them. */
export const DrawOutlook = Type.Object({
  plan: Plan,
  population: Type.Integer(),
  leftOut: Type.Object({ size: Type.Integer(), exempted: Type.Integer(), notNetworked: Type.Integer(), filtered: Type.Integer() }),
  exempted: ListOf(Exempted),
  strata: ListOf(StratumDrawn),
  drawnBefore: Type.Integer({ description: 'sets of the last day that this one would stand beside: then redrawReason is asked for' }),
})
export type DrawOutlook = Static<typeof DrawOutlook>
