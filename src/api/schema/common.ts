// Words that every schema uses. These files import TypeBox alone, so that the console can take the types from here.
import { Type, type Static, type TSchema } from 'typebox'

/** A JSON array that TypeScript reads as `readonly`, as the rest of the house does. */
export const ListOf = <T extends TSchema>(item: T) => Type.Unsafe<readonly Static<T>[]>(Type.Array(item))

/** Answers of a list without pages. */
export const Items = <T extends TSchema>(item: T) => Type.Object({ items: ListOf(item) })

/** Answers of a paged list: `next` is the cursor of the page that follows, absent on the last one. */
export const PageOf = <T extends TSchema>(item: T) => Type.Object({ items: ListOf(item), next: Type.Optional(Type.String()), total: Type.Integer() })

/** Milliseconds since 1970-01-01T00:00Z. */
export const Instant = Type.Number({ description: 'milliseconds since 1970-01-01T00:00Z' })

export const Localized = Type.Object({ zh: Type.String(), en: Type.String() })
export type Localized = Static<typeof Localized>

/** An administrative-division prefix; '' is everywhere. */
export const Area = Type.String({ pattern: '^(?:\\d{2}){0,4}$', description: "administrative-division prefix, '' is everywhere", examples: ['320116'] })

/** A code of GB/T 28181-2022 Annex E, or whatever else a device calls itself: ill-formed ids are findings, not refusals. */
export const Id = Type.String({ minLength: 1, maxLength: 64, pattern: '^[A-Za-z0-9._-]+$', examples: ['32011600001320000001'] })

export const IdParams = Type.Object({ id: Id })

/** Why somebody changes something; kept in the history. */
export const Why = Type.String({ maxLength: 500 })

/** RFC 9457 problem details. `code` is stable; the other members say what a person or a script needs beside it. */
export const Problem = Type.Object({
  type: Type.String(),
  title: Type.String(),
  status: Type.Integer(),
  code: Type.String(),
  detail: Type.Optional(Type.String()),
  instance: Type.Optional(Type.String({ description: 'id of an unexpected error, as it stands in the log' })),
  reason: Type.Optional(Type.String({ description: 'why a camera gave no stream: not-registered, offline, refused, no-answer, no-media …' })),
  sipStatus: Type.Optional(Type.Integer()),
  hop: Type.Optional(Type.String({ description: 'who gave the SIP status' })),
  fields: Type.Optional(ListOf(Type.Object({ path: Type.String(), message: Type.String() }))),
})
export type Problem = Static<typeof Problem>

export const Lang = Type.Union([Type.Literal('zh'), Type.Literal('en')])
export type Lang = Static<typeof Lang>
