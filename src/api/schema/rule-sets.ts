// Rule sets: named, versioned thresholds. Never changed in place.
import { Type, type Static } from 'typebox'
import { Instant, Items, ListOf, Localized } from './common.ts'

/** A name for its newest version, or `name@version`. */
export const RuleSetName = Type.String({ minLength: 1, maxLength: 72, pattern: '^[A-Za-z0-9._-]+(@[0-9]{1,7})?$', examples: ['default', 'city@3'] })

export const Consequence = Type.Enum(['fail', 'review', 'note'])

export const RuleSet = Type.Object({
  name: Type.String(),
  version: Type.Integer(),
  title: Localized,
  strata: ListOf(Type.Object({ class: Type.String(), count: Type.Integer() })),
  attempts: Type.Integer(),
  betweenAttemptsMs: Type.Number(),
  timeouts: Type.Object({ answerMs: Type.Number(), firstPacketMs: Type.Number(), firstKeyframeMs: Type.Number() }),
  sampling: Type.Object({ pictures: Type.Integer(), spacingMs: Type.Number(), windowMs: Type.Number(), again: Type.Optional(Type.Integer()) }),
  response: Type.Object({ slowMs: Type.Number() }),
  absence: Type.Object({
    blackMean: Type.Number(),
    blackP99: Type.Number(),
    whiteMean: Type.Number(),
    oneColourStd: Type.Number(),
    frozenDifference: Type.Number(),
    frozenGrain: Type.Optional(Type.Number()),
  }),
  sharpness: Type.Object({ clearBelowPx: Type.Number(), unclearFromPx: Type.Number(), minBlocks: Type.Number(), minHeight: Type.Number(), figure: Type.Optional(Type.Union([Type.Literal(1), Type.Literal(2)])) }),
  picture: Type.Optional(
    Type.Object({
      darkMean: Type.Number(),
      brightMean: Type.Number(),
      nightFromHour: Type.Integer(),
      nightToHour: Type.Integer(),
      minContrast: Type.Number(),
      maxCast: Type.Number(),
      castRatio: Type.Number(),
      maxCastShift: Type.Number(),
      maxNoise: Type.Number(),
      maxStripes: Type.Number(),
      maxBlockiness: Type.Number(),
      minClockChange: Type.Number(),
      baselineHours: Type.Number(),
      softerByPx: Type.Number(),
      minSceneLikeness: Type.Number(),
      maxOccluded: Type.Number(),
    }),
  ),
  concurrency: Type.Object({ total: Type.Integer(), perDevice: Type.Integer(), perRecorder: Type.Optional(Type.Integer()), perPlatform: Type.Optional(Type.Integer()) }),
  running: Type.Optional(
    Type.Object({
      windowMs: Type.Number(),
      gapMs: Type.Number(),
      maxGaps: Type.Number(),
      minFps: Type.Record(Type.String(), Type.Number()),
      fpsShare: Type.Number(),
      maxLossRate: Type.Number(),
      maxJitterMs: Type.Number(),
      maxKeyframeMs: Type.Number(),
      pictureEveryMs: Type.Number(),
      maxFrozenMs: Type.Number(),
      maxRestarts: Type.Number(),
      minWindowShare: Type.Number(),
    }),
  ),
  clock: Type.Optional(Type.Object({ maxOffsetS: Type.Number() })),
  osd: Type.Optional(Type.Object({ wantsTime: Type.Boolean(), wantsText: Type.Boolean() })),
  judgement: Type.Optional(Type.Record(Type.String(), Consequence, { description: 'what each reason does to a verdict' })),
  scores: Type.Optional(
    Type.Object({
      title: Localized,
      items: ListOf(Type.Object({ code: Type.String(), title: Localized, weight: Type.Number(), numerator: Type.String(), denominator: Type.String() })),
    }),
  ),
  recheck: Type.Optional(Type.Object({ after: ListOf(Type.String()), minutes: Type.Number(), times: Type.Integer() })),
})
export type RuleSet = Static<typeof RuleSet>

/** Of one version: who wrote it, when and why. Those that ship have neither. */
export const RuleSetVersion = Type.Object({
  version: Type.Integer(),
  sha256: Type.String({ description: 'of the content, as JSON of RFC 8785 without name and version' }),
  note: Type.String(),
  by: Type.String(),
  atMs: Instant,
})
export type RuleSetVersion = Static<typeof RuleSetVersion>

/** A version of a rule set, with every version that there is of its name. */
export const RuleSetDetail = Type.Object({
  ...RuleSet.properties,
  ...RuleSetVersion.properties,
  isShipped: Type.Boolean(),
  area: Type.String({ description: 'whose accounts may write the next version' }),
  versions: ListOf(RuleSetVersion),
})
export type RuleSetDetail = Static<typeof RuleSetDetail>

/** Newest version of each. */
export const RuleSetList = Items(RuleSetDetail)
export type RuleSetList = Static<typeof RuleSetList>

const Leaf = Type.Union([Type.String(), Type.Number(), Type.Boolean()])

/** One figure. `basis` where it is the shipped default's; another is its author's own, who says why in the version's note. */
export const RuleFigure = Type.Object({
  path: Type.String(),
  value: Leaf,
  shipped: Type.Optional(Leaf),
  basis: Type.Optional(Type.Object({ by: Type.Enum(['document', 'ours']), document: Type.Optional(Type.String()), clause: Type.Optional(Type.String()), zh: Type.String(), en: Type.String() })),
})
export const RuleFigures = Type.Object({ items: ListOf(RuleFigure), never: ListOf(Type.Object({ reason: Type.String(), consequence: Consequence, zh: Type.String(), en: Type.String() }, { description: 'what no rule set may make of a reason' })) })
export type RuleFigures = Static<typeof RuleFigures>

export const RuleDifferences = Type.Object({
  from: Type.Object({ name: Type.String(), version: Type.Integer(), sha256: Type.String() }),
  to: Type.Object({ name: Type.String(), version: Type.Integer(), sha256: Type.String() }),
  items: ListOf(Type.Object({ path: Type.String(), from: Type.Optional(Leaf), to: Type.Optional(Leaf) })),
})
export type RuleDifferences = Static<typeof RuleDifferences>

/** `rules` is read by the rule-set reader, which names the figure that is wrong; its version is given here. */
export const RuleSetWrite = Type.Object(
  {
    rules: Type.Object({}, { additionalProperties: true }),
    note: Type.String({ maxLength: 1000, description: 'why there is this version' }),
    after: Type.Optional(Type.Integer({ minimum: 0, description: 'the version that was looked at; another newest one is a conflict' })),
  },
  { additionalProperties: false },
)
export type RuleSetWrite = Static<typeof RuleSetWrite>

export const RuleSetParams = Type.Object({ name: Type.String({ minLength: 1, maxLength: 64, pattern: '^[A-Za-z0-9._-]+$' }) })
export const RuleSetVersionParams = Type.Object({ ...RuleSetParams.properties, version: Type.Integer({ minimum: 1, maximum: 9_999_999 }) })
export const RuleDifferencesQuery = Type.Object({ from: Type.Optional(RuleSetName) }, { additionalProperties: false })
