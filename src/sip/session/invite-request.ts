// What is asked for with an INVITE of ours, and what the asker holds of it. GB/T 28181-2022 9.2, 9.8, 9.9.
import type { InviteEnd, InviteOutcome } from './invite-outcome.ts'
import type { PlaybackAction } from './mansrtsp.ts'
import type { ControlOutcome } from './playback-control.ts'
import type { Sdp } from './sdp.ts'
import type { InviteKind, MediaTransport, RecordType } from './sdp-offer.ts'
import type { TraceEntry } from '../types.ts'

export interface InviteRequest {
  readonly deviceId: string
  readonly channelId: string
  /** Live play unless said otherwise. */
  readonly kind?: InviteKind
  /** Of the recording, UNIX seconds; playback and download need it. */
  readonly range?: { readonly fromS: number; readonly toS: number }
  readonly recordType?: RecordType
  /** Of a download, times real time; 1 by default. */
  readonly downloadSpeed?: number
  /** A sub-stream, named in the way of the camera's vendor (Q75); without it nothing is said, which is the main stream. */
  readonly stream?: NonNullable<Sdp['stream']>
  /** Where media is awaited; the receiver must be open before this is asked. `tcp-active`: we connect to where the outcome's `remote` says, port 0 here. */
  readonly media: { readonly host: string; readonly port: number; readonly transport: MediaTransport }
  readonly answerTimeoutMs: number
  /** Every message of the Call-ID, both ways, from the INVITE on. */
  /** One more session of a stream that runs for others: where the device is busy, theirs is not ended for it. */
  readonly isBeside?: boolean
  readonly onTrace?: (entry: TraceEntry) => void
  /** The session ended without our doing. Not called after `bye` or `mediaLost`. */
  readonly onEnded?: (reason: string, how: InviteEnd) => void
}

export interface InviteSession {
  readonly kind: InviteKind
  readonly callId: string
  /** Settles once, within the answer timeout; never rejects. */
  readonly answered: Promise<InviteOutcome>
  /** Steers a playback or download that was answered; one action at a time, the others wait. Never rejects. */
  readonly control: (action: PlaybackAction) => Promise<ControlOutcome>
  /** BYE, or CANCEL before the answer. Resolves when the camera confirmed or was given up; twice is nothing. */
  readonly bye: () => Promise<void>
  /** No media comes any more: the same, said in the log (Annex K). */
  readonly mediaLost: () => Promise<void>
  /** No media for a while: the end of a recording that did not say so, nothing while it is paused, the loss of a live stream. */
  readonly mediaIdle: () => void
  /** How far media has come, in milliseconds of its own time and in payload bytes: the end of `t=` or of the file ends a recording that does not say so (complaint 15). */
  readonly mediaAt: (progress: { readonly ms: number; readonly bytes: number }) => void
}
