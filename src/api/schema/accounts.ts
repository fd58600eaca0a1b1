// Sessions, accounts and the audit trail.
import { Type, type Static } from 'typebox'
import { Area, Instant, Items, ListOf } from './common.ts'

export const Role = Type.Enum(['admin', 'assessor', 'editor', 'viewer'])
export type Role = Static<typeof Role>

/** The closed list of what a role may allow; `can` of a session tells the console what to show. */
export const Action = Type.Enum([
  'cameras.see', 'cameras.change', 'cameras.verify', 'cameras.check', 'findings.change', 'cameras.control', 'contacts.see', 'devices.see', 'devices.operate', 'devices.change', 'alarms.see', 'live.view', 'recordings.see',
  'inspections.see', 'inspections.run', 'draws.join', 'exemptions.change', 'inspections.review', 'checks.appeal', 'rules.write', 'users.manage', 'audit.see',
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
  id: Type.Optional(Type.String({ description: 'its name among /sessions' })),
  account: Type.Object({ name: Type.String(), role: Role, area: Type.String(), mustChangePassword: Type.Optional(Type.Boolean({ description: 'nothing else is open before PUT /session/password' })) }),
  can: ListOf(Action),
  expiresAtMs: Instant,
  token: Type.Optional(Type.String()),
})
export type Session = Static<typeof Session>

/** 10 to 256 characters, not the account's name, nothing that everybody tries first. */
const Password = Type.String({ minLength: 1, maxLength: 256 })

export const PasswordChange = Type.Object({ current: Password, next: Password }, { additionalProperties: false })
export type PasswordChange = Static<typeof PasswordChange>

export const PasswordChanged = Type.Object({ ended: Type.Integer({ description: 'other sessions that ended; tokens of scripts stay' }) })

/** A session of a person, or a token that a script has. What opens it is not in it. */
export const SessionEntry = Type.Object({
  id: Type.String(),
  kind: Type.Enum(['session', 'token']),
  name: Type.String({ description: 'of a token' }),
  createdAtMs: Instant,
  seenAtMs: Type.Number({ description: 'last used, to the minute; milliseconds since 1970-01-01T00:00Z' }),
  expiresAtMs: Instant,
  address: Type.String({ description: 'from where it was opened' }),
  agent: Type.String(),
  isThis: Type.Boolean({ description: 'the one that asks' }),
})
export type SessionEntry = Static<typeof SessionEntry>
export const SessionEntries = Items(SessionEntry)
export const SessionParams = Type.Object({ id: Type.String({ minLength: 1, maxLength: 64, pattern: '^[\\w-]+$' }) })

/** A view somebody named: filters of the record list, or a layout of the wall, as its address holds it. */
const NamedView = Type.Object(
  { name: Type.String({ minLength: 1, maxLength: 40 }), query: Type.Unsafe<Readonly<Record<string, string>>>(Type.Record(Type.String({ minLength: 1, maxLength: 64 }), Type.String({ maxLength: 4000 }), { maxProperties: 40 })) },
  { additionalProperties: false },
)
export type NamedView = Static<typeof NamedView>
export const SettingKey = Type.Enum(['filters', 'columns', 'layouts'])
export type SettingKey = Static<typeof SettingKey>
export const SettingParams = Type.Object({ key: SettingKey })
/** `version`: the one that was seen, 0 where there was none; another since is answered 409. */
export const SettingChange = Type.Object(
  { value: Type.Unsafe<readonly (string | NamedView)[]>(Type.Array(Type.Union([Type.String({ maxLength: 64 }), NamedView]), { maxItems: 100 })), version: Type.Integer({ minimum: 0 }) },
  { additionalProperties: false },
)
export type SettingChange = Static<typeof SettingChange>
export const Setting = Type.Object({ key: SettingKey, value: ListOf(Type.Union([Type.String(), NamedView])), version: Type.Integer(), updatedAtMs: Instant })
export type Setting = Static<typeof Setting>
export const SettingList = Items(Setting)

export const TokenCreate = Type.Object(
  { name: Type.String({ minLength: 1, maxLength: 64, pattern: '^[\\p{L}\\p{N}._ -]+$' }), days: Type.Integer({ minimum: 1, maximum: 366 }) },
  { additionalProperties: false },
)
export type TokenCreate = Static<typeof TokenCreate>
/** The token is in this answer and nowhere else, ever. */
export const TokenCreated = Type.Object({ id: Type.String(), name: Type.String(), token: Type.String(), expiresAtMs: Instant })

export const User = Type.Object({
  name: Type.String(),
  role: Role,
  area: Type.String(),
  createdAtMs: Instant,
  disabled: Type.Boolean(),
  mustChangePassword: Type.Boolean(),
  passwordAtMs: Type.Optional(Type.Number({ description: 'when it was last changed; milliseconds since 1970-01-01T00:00Z' })),
})
export type User = Static<typeof User>

export const UserList = Items(User)
export type UserList = Static<typeof UserList>

export const UserCreate = Type.Object(
  { name: AccountName, password: Password, role: Role, area: Type.Optional(Area), mustChangePassword: Type.Optional(Type.Boolean()) },
  { additionalProperties: false },
)
export type UserCreate = Static<typeof UserCreate>

/** Less right, a smaller area, another password or `disabled` end what the account has open. */
export const UserChange = Type.Object(
  { disabled: Type.Optional(Type.Boolean()), role: Type.Optional(Role), area: Type.Optional(Area), password: Type.Optional(Password), mustChangePassword: Type.Optional(Type.Boolean()) },
  { additionalProperties: false, minProperties: 1 },
)
export type UserChange = Static<typeof UserChange>

export const UserParams = Type.Object({ name: Type.String({ minLength: 1, maxLength: 64 }) })

export const AuditEntry = Type.Object({
  n: Type.Integer(),
  atMs: Instant,
  account: Type.String({ description: 'empty: nobody was logged in' }),
  address: Type.String({ description: 'from where; empty for the service itself and the command line' }),
  action: Type.String(),
  subject: Type.String(),
  detail: Type.String(),
  hash: Type.String({ description: 'SHA-256 over the hash of the entry before and this one' }),
})
export type AuditEntry = Static<typeof AuditEntry>

const auditFilter = {
  account: Type.Optional(Type.String({ maxLength: 64 })),
  action: Type.Optional(Type.String({ minLength: 1, maxLength: 64, description: 'the action, such as live.view, or the part before the dot' })),
  subject: Type.Optional(Type.String({ minLength: 1, maxLength: 200 })),
  fromMs: Type.Optional(Type.Integer({ minimum: 0 })),
  toMs: Type.Optional(Type.Integer({ minimum: 0, description: 'exclusive' })),
}

export const AuditPage = Type.Object({ items: ListOf(AuditEntry), next: Type.Optional(Type.String()) })
export type AuditPage = Static<typeof AuditPage>

export const AuditQuery = Type.Object(
  { ...auditFilter, limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000, default: 200 })), cursor: Type.Optional(Type.String({ pattern: '^\\d{1,15}$' })) },
  { additionalProperties: false },
)
export const AuditExportQuery = Type.Object(auditFilter, { additionalProperties: false })

export const AuditProof = Type.Object({
  ok: Type.Boolean(),
  entries: Type.Integer(),
  from: Type.Integer(),
  through: Type.Integer(),
  head: Type.String({ description: 'hash of the last entry that is right: written down elsewhere, it proves later that nothing before it was changed' }),
  cuts: ListOf(Type.Object({ atMs: Instant, through: Type.Integer(), hash: Type.String(), entries: Type.Integer() })),
  broken: Type.Optional(Type.Object({ n: Type.Integer(), reason: Type.Enum(['changed', 'missing']) })),
})
