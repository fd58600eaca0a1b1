// How a stream held up over a longer look, and what a device says of itself: parts of a check.
import { Type, type Static } from 'typebox'
import { ListOf } from './common.ts'

/** A figure beside its bound: never a bare score. */
export const Figure = Type.Object({
  code: Type.String(),
  value: Type.Number(),
  unit: Type.String(),
  threshold: Type.Optional(Type.Number()),
  result: Type.Enum(['ok', 'doubtful', 'bad', 'undetermined']),
  basis: Type.Optional(Type.String()),
})
export type Figure = Static<typeof Figure>

const Spell = Type.Object({ atS: Type.Number(), ms: Type.Number() })

export const RunningFigures = Type.Object({
  seconds: Type.Number({ description: 'from the first picture to the end of the look' }),
  wantedSeconds: Type.Number(),
  cut: Type.Optional(Type.Enum(['lost', 'recording'])),
  fps: Type.Optional(Type.Number()),
  declaredFps: Type.Optional(Type.Number({ description: 'by the stream’s own parameter sets' })),
  pictures: Type.Integer(),
  damaged: Type.Integer(),
  packets: Type.Integer(),
  lost: Type.Integer(),
  lossRate: Type.Number(),
  jitterMs: Type.Number(),
  maxJitterMs: Type.Number(),
  gaps: Type.Integer(),
  gapMs: Type.Number(),
  longestGapMs: Type.Number(),
  gapsAt: ListOf(Spell),
  keyframes: Type.Integer(),
  keyframeMs: Type.Optional(Type.Number()),
  longestKeyframeMs: Type.Optional(Type.Number()),
  freezes: Type.Integer(),
  frozenMs: Type.Number(),
  freezesAt: ListOf(Spell),
  restarts: Type.Integer(),
  sizes: ListOf(Type.String()),
})
export type RunningFigures = Static<typeof RunningFigures>

/** Nothing here fails a camera. */
export const RunningVerdict = Type.Object({ attempt: Type.Integer(), figures: ListOf(Figure) })
export type RunningVerdict = Static<typeof RunningVerdict>

const Osd = Type.Object({ isTimeShown: Type.Optional(Type.Boolean()), isTextShown: Type.Optional(Type.Boolean()), texts: ListOf(Type.String()) })

export const DeviceVerdict = Type.Object({
  said: Type.Object({
    clock: Type.Optional(Type.Object({ offsetS: Type.Number({ description: 'device less ours' }), uncertaintyS: Type.Number() })),
    clockMissing: Type.Optional(Type.Enum(['no-answer', 'no-time', 'own-clock-stepped'])),
    osd: Type.Optional(Osd),
    osdMissing: Type.Optional(Type.Enum(['no-answer', 'unsupported'])),
  }),
  figures: ListOf(Figure),
})
export type DeviceVerdict = Static<typeof DeviceVerdict>
