// The door of inspect.
export type * from './types.ts'
