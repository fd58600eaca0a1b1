// The door of registry.
export type * from './types.ts'
