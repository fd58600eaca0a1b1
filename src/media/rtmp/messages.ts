// What is said between the house and the process that serves RTMP players. Media goes another way: `feed-frames.ts`.
import type { ReaderBounds } from '../reader.ts'

export interface RtmpSettings {
  readonly type: 'settings'
  readonly host: string
  readonly port: number
  readonly bounds: ReaderBounds
  readonly maxPlayers: number
}
/** Feeds and players are numbered, and no number is used twice in the life of a process. */
export type RtmpRequest =
  | RtmpSettings
  | { readonly type: 'answer'; readonly player: number; readonly outcome: { readonly ok: true; readonly feed: number } | { readonly ok: false; readonly detail: string } }
  /** One player's permission is gone. */
  | { readonly type: 'out'; readonly player: number; readonly detail: string }
  /** There will be nothing, or nothing more. */
  | { readonly type: 'over'; readonly feed: number; readonly detail: string }

export type RtmpGone = 'closed' | 'cut' | 'refused' | 'over'
export type RtmpReport =
  | { readonly type: 'ready'; readonly port: number }
  | { readonly type: 'unheard'; readonly code: string; readonly detail: string }
  /** A player wants a stream. */
  | { readonly type: 'ask'; readonly player: number; readonly from: string; readonly app: string; readonly name: string; readonly query: Readonly<Record<string, string>> }
  /** Once for each player that asked. */
  | { readonly type: 'gone'; readonly player: number; readonly why: RtmpGone; readonly delivered: number; readonly dropped: number; readonly bytes: number }
  /** Somebody wanted to publish, or spoke no RTMP. */
  | { readonly type: 'shown-out'; readonly from: string; readonly detail: string }
  | { readonly type: 'alive' }
