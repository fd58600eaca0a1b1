// What a trace keeps of a device: messages as they crossed the wire, what was decided about them, and what repeated itself.
import type { InviteKind } from '../session/sdp-offer.ts'
import type { Presence } from '../access/presence.ts'
import type { RefusalReason } from '../access/registrar.ts'
import type { ExchangeReason } from '../exchange/asking.ts'
import type { Address } from '../types.ts'

/** Which device a record is about; `strangers` is whoever cannot be told apart. */
export type TraceKey = string
export const strangersKey = ''

/** One message. Times are wall microseconds, so that they survive a restart. */
export interface KeptMessage {
  readonly kind: 'message'
  /** Counts all records of one run of the service; a run's own number stands in the upper digits. */
  readonly seq: number
  readonly atUs: number
  readonly direction: 'in' | 'out'
  readonly local: Address
  readonly remote: Address
  /** One byte per character, secrets taken out; shorter than `length` where the end was not kept. */
  readonly text: string
  readonly length: number
  /** It tells of trouble by itself. */
  readonly isTrouble?: true
}

export interface KeptNote {
  readonly kind: 'note'
  readonly seq: number
  readonly atUs: number
  readonly note: TraceNote
}

/** Exchanges that went as always, counted. `atUs` is the first one's time. A later record with the same `seq` takes its place. */
export interface KeptRun {
  readonly kind: 'run'
  readonly seq: number
  readonly atUs: number
  /** `keepalives` were all answered 200; `unkept` are messages above the rate that is kept. */
  readonly what: 'keepalives' | 'unkept'
  readonly count: number
  readonly lastUs: number
  readonly shortestMs?: number
  readonly longestMs?: number
  readonly remote: Address
}

export type TraceRecord = KeptMessage | KeptNote | KeptRun

/** What happened that no single message says. Values only: words are made of them when somebody asks. */
export type TraceNote = RegistrationNote | PresenceNote | ElsewhereNote | CatalogNote | InviteNote | MediaNote | EndedNote | ClockNote | RestoredNote

export interface RegistrationNote {
  readonly type: 'registration'
  readonly decision: 'accepted' | 'refused'
  /** Of a refusal. */
  readonly reason?: RefusalReason
  readonly source: Address
  readonly expiresS?: number
  readonly contact?: string
}

export interface PresenceNote {
  readonly type: 'presence'
  readonly from: Presence
  readonly to: Presence
  readonly reason: string
}

/** A message in its name came from where it is not registered, and was refused. */
export interface ElsewhereNote {
  readonly type: 'elsewhere'
  readonly isKeepalive: boolean
  readonly source: Address
  readonly registeredAt?: Address
}

export interface CatalogNote {
  readonly type: 'catalog'
  readonly outcome: 'complete' | 'incomplete' | 'failed'
  readonly items: number
  readonly sumNum: number
  /** In the words of the query: 12 of 140 items, then silence … */
  readonly reason: string
  /** Of a query that failed. */
  readonly failure?: ExchangeReason
  readonly sipStatus?: number
  readonly hop?: string
}

export interface InviteNote {
  readonly type: 'invite'
  readonly channelId: string
  /** Live play unless said otherwise. */
  readonly kind?: InviteKind
  readonly callId?: string
  readonly outcome: 'ok' | 'not-registered' | 'offline' | 'refused' | 'no-answer' | 'no-port' | 'stopped'
  readonly sipStatus?: number
  /** Who refused, by its User-Agent or address. */
  readonly hop?: string
  readonly detail: string
  /** What the camera's RTP should carry. */
  readonly ssrc?: number
}

/** What one attempt to get a picture brought, summed up at its end. */
export interface MediaNote {
  readonly type: 'media'
  readonly channelId: string
  readonly transport: 'udp' | 'tcp-passive' | 'tcp-active'
  /** Ours, as announced. */
  readonly port: number
  readonly outcome: 'ok' | 'no-media' | 'wrong-container' | 'no-keyframe' | 'lost-midway'
  /** Datagrams, or chunks of the connection, whatever they held. */
  readonly arrivals: number
  readonly bytes: number
  readonly firstSource?: { readonly host: string; readonly port: number }
  /** From the answer to the first RTP packet. */
  readonly firstPacketMs?: number
  readonly rtpPackets: number
  readonly rtcpPackets: number
  /** Neither RTP nor RTCP. */
  readonly malformed: number
  /** RTP of a second source beside the first. */
  readonly strangers: number
  readonly payloadType?: number
  readonly ssrcSeen?: number
  readonly ssrcExpected?: number
  readonly container: 'ps' | 'elementary' | 'unknown' | 'other'
  readonly codec?: string
  readonly keyframes: number
  readonly lossRate: number
  readonly detail: string
}

/** A stream that ran has ended, and not because we asked. */
export interface EndedNote {
  readonly type: 'ended'
  readonly channelId: string
  readonly reason: string
}

/** The device's clock minus ours. */
export interface ClockNote {
  readonly type: 'clock'
  readonly offsetMs: number
}

/** The service started; this binding is of before. */
export interface RestoredNote {
  readonly type: 'restored'
  readonly address: Address
  readonly expiresAtMs: number
}

/** Whether a record tells of trouble: such records are kept when others must go. */
export function isTrouble(record: TraceRecord): boolean {
  if (record.kind === 'run') return false
  if (record.kind === 'message') return record.isTrouble === true
  const { note } = record
  switch (note.type) {
    case 'registration':
      return note.decision === 'refused'
    case 'presence':
      return note.to === 'offline' || note.to === 'late' || note.reason === 'heard-elsewhere'
    case 'catalog':
      return note.outcome !== 'complete'
    case 'invite':
    case 'media':
      return note.outcome !== 'ok'
    case 'elsewhere':
    case 'ended':
      return true
    case 'clock':
    case 'restored':
      return false
  }
}

/** Of a message: a refusal, or no SIP at all. 401 and 407 are how a registration goes. */
export function hasTroubledText(text: string): boolean {
  const [, status] = /^\s*SIP\/2\.0 (\d{3})/i.exec(text) ?? []
  if (status !== undefined) return Number(status) >= 300 && status !== '401' && status !== '407'
  return !/^\s*\S+ +\S[^\r\n]* SIP\/2\.0/i.test(text)
}

/** Text, and what an object around it costs; measured. */
export const costOf = (record: TraceRecord): number => 180 + (record.kind === 'message' ? record.text.length : 0)
