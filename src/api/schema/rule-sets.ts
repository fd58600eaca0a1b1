// Rule sets: named, versioned thresholds. Never changed in place.
import { Type, type Static } from 'typebox'
import { Items, ListOf, Localized } from './common.ts'

export const RuleSetName = Type.String({ minLength: 1, maxLength: 64, pattern: '^[A-Za-z0-9._-]+$' })

export const RuleSet = Type.Object({
  name: Type.String(),
  version: Type.Integer(),
  title: Localized,
  strata: ListOf(Type.Object({ class: Type.String(), count: Type.Integer() })),
  attempts: Type.Integer(),
  betweenAttemptsMs: Type.Number(),
  timeouts: Type.Object({ answerMs: Type.Number(), firstPacketMs: Type.Number(), firstKeyframeMs: Type.Number() }),
  sampling: Type.Object({ pictures: Type.Integer(), spacingMs: Type.Number(), windowMs: Type.Number() }),
  response: Type.Object({ slowMs: Type.Number() }),
  absence: Type.Object({
    blackMean: Type.Number(),
    blackP99: Type.Number(),
    whiteMean: Type.Number(),
    oneColourStd: Type.Number(),
    frozenDifference: Type.Number(),
  }),
  sharpness: Type.Object({ clearBelowPx: Type.Number(), unclearFromPx: Type.Number(), minBlocks: Type.Number(), minHeight: Type.Number() }),
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
})
export type RuleSet = Static<typeof RuleSet>

export const RuleSetList = Items(RuleSet)
export type RuleSetList = Static<typeof RuleSetList>
