// The door of accounts.
export type * from './types.ts'
export { proveAudit, type AuditProof } from './audit-proof.ts'
export { createAccounts, defaultTimes, type AccountChange, type Accounts, type NewAccount } from './accounts.ts'
export { maxPasswordLength, minPasswordLength } from './password-rules.ts'
export { hashPassword, verifyPassword } from './password.ts'
export { actions, isWithin, may, type Action } from './permissions.ts'
export type { Setting, Settings } from './settings.ts'
export type { Caller, Ended, OpenSession, SessionTimes } from './sessions.ts'
