// States, events and effects of one player's connection to the RTSP server.
import type { TimerEffect } from '../../../base/index.ts'
import type { JoinOutcome } from '../../types.ts'
import type { RtspRequest, RtspResponse } from '../message.ts'
import type { Address, Target, Wanted } from './target.ts'

/** What a connection is served with. */
export interface ServingParts {
  /** Of this connection, random: the beginning of its session ids. */
  readonly id: string
  readonly software: string
  readonly times: ServingTimes
}

export interface ServingTimes {
  /** How long a connection without a session may say nothing. */
  readonly idleMs: number
  /** Announced with the session: without any sign of life in this time it is over. RFC 2326 12.37. */
  readonly sessionMs: number
}

export const defaultServingTimes: ServingTimes = { idleMs: 30_000, sessionMs: 60_000 }

/** One track of the stream that was opened: what it is numbered with from its first packet on. */
export interface OfferedTrack {
  readonly ssrc: number
  readonly sequence: number
  readonly timestamp: number
}

/** A stream that is there: its description and its tracks, picture first. */
export interface Offer {
  readonly sdp: Buffer
  readonly tracks: readonly OfferedTrack[]
}

/** A track that a player has set up. `serverPorts`: ours, for datagrams. */
export interface LaidTrack {
  readonly index: number
  /** The address it was set up by: RTP-Info repeats it. */
  readonly url: string
  readonly wanted: Wanted
  readonly serverPorts?: readonly [number, number]
}

/** A request that waits for something outside; those behind it wait in line. */
export interface Work {
  readonly number: number
  readonly wait: 'permission' | 'stream' | 'ports'
  readonly request: RtspRequest
  readonly address: Address
}

/** What all open states share. */
export interface Line {
  readonly work?: Work
  readonly waiting: readonly RtspRequest[]
  readonly works: number
  readonly sessions: number
  readonly refusals: number
}

export type ServingState =
  /** Nothing is held. */
  | ({ readonly name: 'idle' } & Line)
  | ({ readonly name: 'described'; readonly target: Target; readonly offer: Offer } & Line)
  | ({ readonly name: 'ready' } & Session & Line)
  | ({ readonly name: 'playing' } & Session & Line)
  | { readonly name: 'closed' }

export interface Session {
  readonly target: Target
  readonly offer: Offer
  readonly session: string
  readonly tracks: readonly LaidTrack[]
  /** It has played before: numbers and times go on from where they are. */
  readonly isResumed: boolean
}

export type ServingEvent =
  | { readonly type: 'request'; readonly request: RtspRequest }
  /** Bytes that are no request of RTSP/1.0; nothing after them can be trusted to be one. */
  | { readonly type: 'malformed'; readonly status: 400 | 505 }
  | { readonly type: 'permitted'; readonly number: number }
  /** `realm`: it may try again with a name and a password. */
  | { readonly type: 'refused'; readonly number: number; readonly status: 401 | 403 | 404 | 503; readonly realm?: string }
  | { readonly type: 'opened'; readonly number: number; readonly offer: Offer }
  | { readonly type: 'unopened'; readonly number: number; readonly failure: Extract<JoinOutcome, { ok: false }> | 'busy' }
  | { readonly type: 'ports'; readonly number: number; readonly ports: readonly [number, number] }
  | { readonly type: 'no-ports'; readonly number: number }
  /** The player's own RTCP: a sign of life. */
  | { readonly type: 'heard' }
  | { readonly type: 'quiet' }
  /** The stream ended, or the player was cut. */
  | { readonly type: 'over'; readonly reason: string }
  | { readonly type: 'gone' }

export type ServingEffect =
  | { readonly type: 'reply'; readonly message: RtspResponse }
  | { readonly type: 'permit'; readonly number: number; readonly address: Address; readonly authorization?: string }
  /** Joins the stream and waits until it can be described; it is held until `release`. */
  | { readonly type: 'open'; readonly number: number; readonly target: Target }
  | { readonly type: 'ports'; readonly number: number; readonly index: number; readonly ports: readonly [number, number] }
  | { readonly type: 'play'; readonly tracks: readonly LaidTrack[] }
  | { readonly type: 'pause' }
  /** Leaves the stream and gives all ports back. */
  | { readonly type: 'release' }
  /** After what was written. `reason`: for the log. */
  | { readonly type: 'close'; readonly reason: string }

export type Effect = ServingEffect | TimerEffect<ServingEvent>
export type Decision = readonly [ServingState, ...Effect[]]
export type Open = Exclude<ServingState, { name: 'closed' }>
