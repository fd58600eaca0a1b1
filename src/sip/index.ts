// The door of sip: GB/T 28181 signalling, usable alone as a library.
export type * from './types.ts'
