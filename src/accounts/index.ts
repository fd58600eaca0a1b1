// The door of accounts.
export type * from './types.ts'
export { createAccounts, type Accounts, type NewAccount, type OpenSession } from './accounts.ts'
export { hashPassword, verifyPassword } from './password.ts'
export { actions, isWithin, may, type Action } from './permissions.ts'
