// The door of accounts.
export type * from './types.ts'
