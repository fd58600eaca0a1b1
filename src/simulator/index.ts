// The door of simulator.
export type * from './types.ts'
