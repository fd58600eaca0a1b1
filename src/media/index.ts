// The door of media.
export type * from './types.ts'
