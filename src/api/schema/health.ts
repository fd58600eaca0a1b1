// Liveness, outside /api/v1 and open to all: it names parts, never cameras.
import { Type, type Static } from 'typebox'

export const Health = Type.Object({
  ok: Type.Boolean(),
  version: Type.String(),
  uptimeMs: Type.Number(),
  parts: Type.Record(Type.String(), Type.Boolean()),
})
export type Health = Static<typeof Health>
