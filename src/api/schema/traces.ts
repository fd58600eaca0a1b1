// Traces of devices: what happened in words, stage by stage, and the list behind them.
import { Type, type Static } from 'typebox'
import { Instant, ListOf, Localized } from './common.ts'
import { SignalTransport } from './devices.ts'

/** One line of what happened; `n` is what evidence refers to. */
export const TraceLine = Type.Object({
  n: Type.Number(),
  atMs: Instant,
  kind: Type.Enum(['message', 'note', 'count']),
  direction: Type.Optional(Type.Enum(['in', 'out'])),
  transport: Type.Optional(SignalTransport),
  remote: Type.Optional(Type.String({ description: 'the other end' })),
  text: Type.String({ description: 'the first line of a message, or what happened' }),
  about: Type.Optional(Type.String({ description: 'CmdType of the body, else CSeq' })),
  bytes: Type.Optional(Type.Integer()),
})
export type TraceLine = Static<typeof TraceLine>

const sentences = {
  code: Type.String({ description: 'stable; the sentences may get better' }),
  values: Type.Record(Type.String(), Type.Union([Type.String(), Type.Number()])),
  seen: Localized,
  cause: Localized,
  remedy: Localized,
  evidence: ListOf(Type.Object({ n: Type.Number(), atMs: Instant })),
}

export const TraceStage = Type.Object({
  stage: Type.Enum(['address', 'authentication', 'keepalive', 'catalog', 'invite', 'media']),
  name: Localized,
  state: Type.Enum(['ok', 'failed', 'unknown', 'not-tried']),
  stateName: Localized,
  ...sentences,
})
export type TraceStage = Static<typeof TraceStage>

export const TraceHint = Type.Object(sentences)
export type TraceHint = Static<typeof TraceHint>

/** Whether the disk keeps traces, too: `broken` while it does not take them. */
export const TraceDisk = Type.Enum(['off', 'ok', 'broken'])

export const TraceView = Type.Object({
  deviceId: Type.String(),
  atMs: Instant,
  summary: Localized,
  failed: Type.Optional(Type.String({ description: 'the first stage that failed' })),
  stages: ListOf(TraceStage),
  hints: ListOf(TraceHint),
  records: ListOf(TraceLine),
  disk: TraceDisk,
})
export type TraceView = Static<typeof TraceView>

export const StrangeSource = Type.Object({
  host: Type.String(),
  ports: ListOf(Type.Integer()),
  transports: ListOf(SignalTransport),
  messages: Type.Integer({ description: 'SIP messages' }),
  unreadable: Type.Integer({ description: 'packets that are no SIP message' }),
  firstMs: Instant,
  lastMs: Instant,
  ids: ListOf(Type.String({ description: 'device ids it named' })),
  lastLine: Type.String(),
})
export type StrangeSource = Static<typeof StrangeSource>

export const StrangersView = Type.Object({
  atMs: Instant,
  sources: ListOf(StrangeSource),
  ids: ListOf(Type.String({ description: 'named by somebody, and known to nobody: each has a trace of its own' })),
  records: ListOf(TraceLine),
})
export type StrangersView = Static<typeof StrangersView>
