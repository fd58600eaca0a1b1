// The three values of a field, and what is done with the reported and the verified one.
import { Type, type Static } from 'typebox'
import { FieldName, fieldsOrNull, fieldsToWrite, Verified } from './cameras.ts'
import { Area, Id, Instant, ListOf, Why } from './common.ts'

export const Values = Type.Object({
  field: Type.String(),
  declared: Type.Optional(Type.Object({ value: Type.String(), by: Type.Optional(Type.String()), atMs: Type.Optional(Instant) })),
  reported: Type.Optional(
    ListOf(
      Type.Object({
        value: Type.String(),
        by: Type.String({ description: 'the device' }),
        atMs: Type.Optional(Instant),
        missingSinceMs: Type.Optional(Type.Number({ description: 'since when its catalog no longer lists the channel' })),
      }),
    ),
  ),
  verified: Type.Optional(Verified),
})
export type Values = Static<typeof Values>

/** What a person on site saw; `null` takes a verified value away. */
export const Verification = Type.Object(
  { values: fieldsOrNull, why: Type.String({ minLength: 1, maxLength: 500 }), evidence: Type.Optional(Type.String({ minLength: 1, maxLength: 200 })) },
  { additionalProperties: false },
)
export type Verification = Static<typeof Verification>

const adoption = {
  accept: Type.Optional(Type.Array(FieldName, { description: 'reported fields that are taken; absent: all', uniqueItems: true, maxItems: 200 })),
  fields: Type.Optional(fieldsToWrite),
  why: Type.Optional(Why),
}

export const Adoption = Type.Object({ ...adoption, version: Type.Optional(Type.Integer()) }, { additionalProperties: false })
export type Adoption = Static<typeof Adoption>

/** Either `ids` or `from`; at most 500 at one go. */
export const AdoptionBulk = Type.Object(
  {
    ids: Type.Optional(Type.Array(Id, { minItems: 1, maxItems: 500 })),
    from: Type.Optional(Type.Object({ area: Type.Optional(Area), device: Type.Optional(Id) }, { additionalProperties: false, description: 'the next channels without a record, of an area or a device' })),
    ...adoption,
  },
  { additionalProperties: false },
)
export type AdoptionBulk = Static<typeof AdoptionBulk>

export const AdoptionOutcome = Type.Object({
  adopted: ListOf(Type.String()),
  skipped: ListOf(Type.Object({ id: Type.String(), reason: Type.String() })),
  left: Type.Optional(Type.Boolean({ description: 'of `from`: more are left' })),
})
export type AdoptionOutcome = Static<typeof AdoptionOutcome>
