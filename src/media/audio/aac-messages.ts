// What is said between the encoders of AAC and their child process.
import type { Law } from './g711.ts'

export type AacRequest =
  /** Samples of one stream at 8 kHz; the first of a session begins it. */
  | { readonly type: 'sound'; readonly session: number; readonly law: Law; readonly pts90k: number; readonly data: Uint8Array }
  | { readonly type: 'close'; readonly session: number }

export interface MadeSound {
  readonly pts90k: number
  readonly data: Uint8Array
}
export type AacAnswer =
  | { readonly type: 'ready' }
  /** To each `sound` one, in order; most are empty. */
  | { readonly type: 'made'; readonly session: number; readonly frames: readonly MadeSound[] }
  /** This stream cannot be encoded; the others can. */
  | { readonly type: 'failed'; readonly session: number; readonly detail: string }
