// How the service and its machine are, for those who manage it.
import { Type, type Static } from 'typebox'
import { Instant } from './common.ts'

export const SystemState = Type.Object({
  version: Type.String(),
  node: Type.String(),
  platform: Type.String(),
  startedAtMs: Instant,
  nowMs: Type.Number({ description: "the machine's clock; milliseconds since 1970-01-01T00:00Z" }),
  memory: Type.Object({ rssBytes: Type.Number(), heapBytes: Type.Number() }),
  loop: Type.Object({ p50Ms: Type.Number(), p99Ms: Type.Number(), maxMs: Type.Number() }, { description: 'how late the event loop was, since it was last asked' }),
  disk: Type.Object({ freeBytes: Type.Number(), totalBytes: Type.Number(), hasRoomForEvidence: Type.Boolean() }, { description: 'of the data folder' }),
  database: Type.Object({ bytes: Type.Number(), logBytes: Type.Number() }),
  sip: Type.Object({ host: Type.String(), port: Type.Integer() }),
  media: Type.Object({ host: Type.String(), first: Type.Integer(), last: Type.Integer(), total: Type.Integer(), leased: Type.Integer(), resting: Type.Integer() }, { description: 'ports; resting: given back, and not lent again for a while' }),
  decoders: Type.Integer({ description: 'processes that decode for inspections' }),
})
export type SystemState = Static<typeof SystemState>
