// Sessions, accounts and the audit trail.
import { Type, type Static } from 'typebox'
import { Area, Instant, Items, ListOf } from './common.ts'

export const Role = Type.Enum(['admin', 'assessor', 'editor', 'viewer'])
export type Role = Static<typeof Role>

/** The closed list of what a role may allow; `can` of a session tells the console what to show. */
export const Action = Type.Enum([
  'cameras.see', 'cameras.change', 'cameras.control', 'contacts.see', 'devices.see', 'devices.operate', 'devices.change', 'alarms.see', 'live.view', 'recordings.see',
  'inspections.see', 'inspections.run', 'inspections.review', 'users.manage', 'audit.see',
])
export type Action = Static<typeof Action>

export const AccountName = Type.String({ minLength: 1, maxLength: 64, pattern: '^[\\p{L}\\p{N}._@-]+$' })

/** `want: 'cookie'` (default) sets an HttpOnly cookie and keeps the token out of the body; `'token'` answers with a bearer token. */
export const LoginBody = Type.Object(
  {
    name: Type.String({ minLength: 1, maxLength: 64 }),
    password: Type.String({ minLength: 1, maxLength: 256 }),
    want: Type.Optional(Type.Enum(['cookie', 'token'])),
  },
  { additionalProperties: false },
)
export type LoginBody = Static<typeof LoginBody>

export const Session = Type.Object({
  account: Type.Object({ name: Type.String(), role: Role, area: Type.String() }),
  can: ListOf(Action),
  expiresAtMs: Instant,
  token: Type.Optional(Type.String()),
})
export type Session = Static<typeof Session>

export const User = Type.Object({ name: Type.String(), role: Role, area: Type.String(), createdAtMs: Instant, disabled: Type.Boolean() })
export type User = Static<typeof User>

export const UserList = Items(User)
export type UserList = Static<typeof UserList>

export const UserCreate = Type.Object(
  { name: AccountName, password: Type.String({ minLength: 8, maxLength: 256 }), role: Role, area: Type.Optional(Area) },
  { additionalProperties: false },
)
export type UserCreate = Static<typeof UserCreate>

export const UserChange = Type.Object({ disabled: Type.Boolean() }, { additionalProperties: false })
export type UserChange = Static<typeof UserChange>

export const UserParams = Type.Object({ name: Type.String({ minLength: 1, maxLength: 64 }) })

export const AuditEntry = Type.Object({ atMs: Instant, account: Type.String(), action: Type.String(), subject: Type.String(), detail: Type.String() })
export type AuditEntry = Static<typeof AuditEntry>

export const AuditList = Items(AuditEntry)
export type AuditList = Static<typeof AuditList>

export const AuditQuery = Type.Object({ limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000, default: 200 })) }, { additionalProperties: false })
