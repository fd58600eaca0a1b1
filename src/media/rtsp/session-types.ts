// States, events and effects of an RTSP session.
import type { TimerEffect } from '../../base/index.ts'
import type { Description } from './describe.ts'
import type { Challenge, Credentials, DigestAlgorithm } from './digest.ts'
import type { RtspFailure, RtspFailureCode } from './failure.ts'
import type { RtspHeaders, RtspRequest, RtspResponse } from './message.ts'
import type { Track } from './track.ts'
import type { Grant, RtspWay } from './transport.ts'
import type { RtspUrl } from './url.ts'

export interface SessionTimes {
  /** From the start of a connection to its being there. */
  readonly connectMs: number
  /** From a request to its answer. */
  readonly answerMs: number
  /** From the answer to PLAY to the first packet; then the other way is tried. Datagrams are lost on the way more often than frames are. */
  readonly firstDatagramMs: number
  readonly firstFrameMs: number
  /** How long a TEARDOWN may go unanswered. */
  readonly teardownMs: number
  /** Between two receiver reports: some cameras stop without. */
  readonly reportMs: number
}

export const defaultSessionTimes: SessionTimes = { connectMs: 5_000, answerMs: 8_000, firstDatagramMs: 3_000, firstFrameMs: 8_000, teardownMs: 2_000, reportMs: 5_000 }

/** What a session is made with. */
export interface SessionParts {
  readonly url: RtspUrl
  readonly credentials?: Credentials
  /** Tried first; the other one is when the camera does not grant it or nothing comes. */
  readonly way: RtspWay
  readonly userAgent: string
  /** Random, one for the session. */
  readonly cnonce: string
  readonly times: SessionTimes
}

/** A request whose answer is awaited, with what is needed to ask it again. */
export interface Pending {
  readonly cseq: number
  readonly method: string
  readonly uri: string
  readonly headers: RtspHeaders
  /** Algorithms of answers that were refused; how often it was sent. */
  readonly refused: readonly (DigestAlgorithm | 'basic')[]
  readonly sends: number
}

/** What all states but the last share: the conversation so far. */
export interface Dialogue {
  /** What we ask for: the record's address, or where we were sent from there. */
  readonly url: RtspUrl
  readonly redirects: number
  /** Connections made anew after the camera had closed one between its answers. */
  readonly reconnects: number
  /** Numbers the connections: news of an earlier one changes nothing. */
  readonly connection: number
  readonly way: RtspWay
  readonly triedWays: readonly RtspWay[]
  readonly cseq: number
  readonly challenge?: Challenge
  /** How often the present nonce was answered. */
  readonly nonceCount: number
  readonly pending?: Pending
  readonly session?: { readonly id: string; readonly timeoutS: number }
  /** The Server header, once one came. */
  readonly server?: string
  /** By the Public header. */
  readonly methods?: readonly string[]
  /** Whoever started it knows that it plays. */
  readonly isAnswered: boolean
}

export interface GrantedTrack {
  readonly track: Track
  readonly grant: Grant
  /** Our even port; for datagrams. */
  readonly port?: number
}

export type SessionState =
  | ({ readonly name: 'connecting' } & Dialogue)
  | ({ readonly name: 'describing' } & Dialogue)
  /** `granted` of `tracks` so far; PLAY is asked when all are. */
  | ({ readonly name: 'setting-up'; readonly description: Description; readonly tracks: readonly Track[]; readonly ports: readonly number[]; readonly granted: readonly GrantedTrack[] } & Dialogue)
  | ({ readonly name: 'playing'; readonly control: string; readonly granted: readonly GrantedTrack[]; readonly isConfirmed: boolean; readonly hasPacket: boolean } & Dialogue)
  /** `next`: what follows when the camera has let go: the other way, or nothing. */
  | ({ readonly name: 'ending'; readonly next?: RtspWay } & Dialogue)
  | { readonly name: 'ended' }

type ConnectionEvent =
  | { readonly type: 'connected' }
  /** The connection did not come about. */
  | { readonly type: 'unreached'; readonly code: RtspFailureCode; readonly detail: string }
  | { readonly type: 'closed'; readonly reason: string }
  | { readonly type: 'response'; readonly response: RtspResponse }
  | { readonly type: 'request'; readonly request: RtspRequest }
  | { readonly type: 'ports'; readonly ports: readonly number[] }
  | { readonly type: 'no-ports'; readonly detail: string }
  /** The first bytes of media on the present way. */
  | { readonly type: 'packet' }
  | { readonly type: 'connect-timeout' }
  | { readonly type: 'silent'; readonly cseq: number }
  | { readonly type: 'no-packet' }
  | { readonly type: 'keepalive' }
  | { readonly type: 'report' }
  | { readonly type: 'teardown-timeout' }

export type SessionEvent = { readonly type: 'start' } | { readonly type: 'stop' } | (ConnectionEvent & { readonly connection: number })

export type SessionEffect =
  | { readonly type: 'connect'; readonly connection: number; readonly url: RtspUrl }
  /** Closes the connection and gives all ports back. */
  | { readonly type: 'disconnect' }
  | { readonly type: 'send'; readonly message: RtspRequest | RtspResponse }
  /** Port pairs for so many tracks. */
  | { readonly type: 'open-ports'; readonly connection: number; readonly count: number }
  /** Datagrams towards the camera's ports, so that a NAT in between lets its own pass. */
  | { readonly type: 'punch'; readonly granted: readonly GrantedTrack[] }
  | { readonly type: 'report'; readonly granted: readonly GrantedTrack[] }
  | { readonly type: 'answered'; readonly granted: readonly GrantedTrack[] }
  /** Before it was answered: why it will not be. */
  | { readonly type: 'failed'; readonly failure: RtspFailure }
  /** After it was answered: why it is over. */
  | { readonly type: 'over'; readonly reason: string }

export type Effect = SessionEffect | TimerEffect<SessionEvent>
export type Decision = readonly [SessionState, ...Effect[]]
export type Open = Exclude<SessionState, { name: 'ended' }>
