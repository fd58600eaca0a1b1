// One invite session from the inside: what the table of sessions gives to it and asks of it.
import type { Clock, Log } from '../../base/index.ts'
import type { Party } from './dialog.ts'
import type { InviteRequest, InviteSession } from './invite-request.ts'
import type { InviteState } from './invite-session.ts'
import type { Address, ServerTransaction, SipRequest, SipResponse, TransactionLayer } from '../types.ts'

/** What sessions are opened with. */
export interface Surroundings {
  readonly us: Party
  readonly layer: TransactionLayer
  readonly clock: Clock
  readonly log: Log
  readonly t1Ms?: number
}

/** A session from the inside, as the table of sessions sees it. */
export interface LiveSession {
  readonly session: InviteSession
  readonly request: InviteRequest
  readonly state: () => InviteState['name']
  readonly begin: () => void
  /** Answers a request of the dialog; false when it belongs to none, or is of no concern here. */
  readonly take: (transaction: ServerTransaction) => boolean
  readonly acknowledged: (ack: SipRequest, source: Address) => void
  /** A 2xx that no transaction waits for any more. */
  readonly stray: (response: SipResponse, source: Address) => void
  /** The recording is over: MediaStatus 121. */
  readonly finished: (reason: string) => void
  /** Ends it in favour of a newer one; resolves when the camera confirmed or was given up. */
  readonly replace: () => Promise<void>
  /** Our BYE was never answered: the camera may hold the session still. */
  readonly isUnconfirmed: () => boolean
  readonly close: () => void
}

export interface SessionOptions {
  readonly request: InviteRequest
  readonly target: Address
  /** Where the device is reached now: bindings move while sessions last (Q19). */
  readonly current: () => Address | undefined
  readonly ssrc: number
  /** Older sessions of ours that may be why the camera is busy (Q32). */
  readonly older: () => readonly LiveSession[]
  readonly onOver: () => void
}
