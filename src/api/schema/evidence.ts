// Evidence: who signs it, what a package holds, how long what is kept, and what is held.
import { Type, type Static } from 'typebox'
import { Id, Instant, ListOf } from './common.ts'

export const Installation = Type.Object({
  algorithm: Type.Literal('Ed25519'),
  publicKey: Type.String({ description: 'SubjectPublicKeyInfo, PEM' }),
  fingerprint: Type.String({ description: 'SHA-256 of the key as DER, hex' }),
})
export type Installation = Static<typeof Installation>

/** Documents are always in a package. */
export const PackageQuery = Type.Object(
  {
    parts: Type.Optional(Type.String({ pattern: '^(none|(recordings|keyframes|pictures)(,(recordings|keyframes|pictures)){0,2})$', description: 'some of recordings, keyframes, pictures with commas between, or none; all when absent' })),
    check: Type.Optional(Type.Integer({ minimum: 1, maximum: 1_000_000, description: 'one check alone' })),
  },
  { additionalProperties: false },
)

const RemovableKind = Type.Enum(['recording', 'keyframe', 'picture'])

/** `n` absent: every check of the inspection. */
export const Hold = Type.Object({
  id: Type.Integer(),
  inspection: Type.String(),
  n: Type.Optional(Type.Integer()),
  reason: Type.String(),
  by: Type.String(),
  atMs: Instant,
  released: Type.Optional(Type.Object({ atMs: Instant, by: Type.String(), reason: Type.String() })),
})
export type Hold = Static<typeof Hold>

export const HoldParams = Type.Object({ id: Id, hold: Type.Integer({ minimum: 1 }) })
export const HoldBody = Type.Object({ n: Type.Optional(Type.Integer({ minimum: 1, maximum: 1_000_000 })), reason: Type.String({ minLength: 1, maxLength: 1000 }) }, { additionalProperties: false })
export const HoldReleaseBody = Type.Object({ reason: Type.String({ minLength: 1, maxLength: 1000 }) }, { additionalProperties: false })

export const HoldListQuery = Type.Object(
  { open: Type.Optional(Type.Boolean({ description: 'only those that are not released' })), before: Type.Optional(Type.Integer({ minimum: 1, description: 'of a number below this' })), limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 500, default: 100 })) },
  { additionalProperties: false },
)

export const EvidenceState = Type.Object({
  totals: ListOf(Type.Object({ kind: RemovableKind, files: Type.Integer(), bytes: Type.Integer() })),
  freeBytes: Type.Number({ description: 'of the disk that evidence is on' }),
  hasRoom: Type.Boolean({ description: 'false: too little is free, and nothing is recorded' }),
  sweptAtMs: Type.Optional(Instant),
  removedFiles: Type.Optional(Type.Integer()),
  removedBytes: Type.Optional(Type.Integer()),
  rules: Type.Object(
    { days: Type.Object({ recording: Type.Integer(), keyframe: Type.Integer(), picture: Type.Integer() }), maxBytes: Type.Number(), minFreeBytes: Type.Number(), patrol: Type.Enum(['picture', 'all']) },
    { description: 'as configured (evidence.*): days each kind is kept, 0 for ever; bytes in all, 0 without bound; bytes that stay free; what a patrol keeps of a camera that passed' },
  ),
})
export type EvidenceState = Static<typeof EvidenceState>

/** A key of another installation, that the operator has compared. */
export const SigningKey = Type.Object({
  id: Type.Integer(),
  fingerprint: Type.String(),
  name: Type.String(),
  note: Type.String(),
  by: Type.String(),
  atMs: Instant,
  revoked: Type.Optional(Type.Object({ atMs: Instant, by: Type.String(), reason: Type.String() })),
})
export type SigningKey = Static<typeof SigningKey>
export const SigningKeyBody = Type.Object(
  {
    key: Type.String({ minLength: 1, maxLength: 4096, description: 'fingerprint of 64 hexadecimal digits, blanks and colons between allowed; or the public key in PEM' }),
    name: Type.String({ minLength: 1, maxLength: 64, description: 'whose it is' }),
    note: Type.String({ minLength: 1, maxLength: 1000, description: 'how it was compared' }),
  },
  { additionalProperties: false },
)
export const SigningKeyParams = Type.Object({ key: Type.Integer({ minimum: 1, maximum: 2_000_000_000 }) })
export const SigningKeyRevokeBody = Type.Object({ reason: Type.String({ minLength: 1, maxLength: 1000 }) }, { additionalProperties: false })
