// What a user agent may be asked to do with a device, and how that ends: the shapes, without the doing. GB/T 28181-2022 9.3, 9.5, 9.7, 9.11.
import type { SubscriptionKind } from '../notice/facts.ts'
import type { DeviceConfiguration } from '../manscdp/config.ts'
import type { DeviceCommand } from '../manscdp/control.ts'
import type { CatalogItem, Charset, Manscdp } from '../manscdp/index.ts'
import type { RecordType } from '../manscdp/query.ts'
import type { FileItem } from '../manscdp/record.ts'

/** How one exchange with a device ended. `hop` is who answered or refused: its User-Agent or Server, what a Warning names, or its address. */
export type ExchangeOutcome<T> =
  | { readonly ok: true; readonly value: T; readonly hop?: string }
  | { readonly ok: false; readonly reason: ExchangeReason; readonly sipStatus?: number; readonly hop?: string; readonly detail: string }
/** `busy`: too many exchanges wait for this device or in all. */
export type ExchangeReason = 'not-registered' | 'offline' | 'refused' | 'no-answer' | 'busy' | 'stopped'

/** Those with one answer. Catalogs and recordings have questions of their own; alarms and positions are subscribed to. */
type Queries = Exclude<Extract<Manscdp, { readonly type: `query-${string}` }>, { readonly type: 'query-catalog' | 'query-record-info' | 'query-alarm' | 'query-mobile-position' }>
type Draft<T> = T extends unknown ? Omit<T, 'sn'> : never
/** A query without its serial number, which the exchange gives. */
export type QueryDraft = Draft<Queries>
/** The response of the same CmdType. */
export type AnswerOf<Q extends { readonly type: string }> = Q['type'] extends `query-${infer Name}` ? Extract<Manscdp, { readonly type: `response-${Name}` }> : never

/** `result` is absent where the standard has no response, or the device sent none of those that may be left out. */
export interface CommandAnswer {
  readonly result?: 'OK' | 'ERROR'
  /** Everything else that the response said. */
  readonly raw?: Readonly<Record<string, string>>
}

/** Times in wall milliseconds. */
export interface RecordsQuery {
  readonly channelId: string
  readonly fromMs: number
  readonly toMs: number
  readonly recordType?: RecordType
}
/** Partial lists are answers: `missing` are the spans in which the device told of more than it sent. */
export interface RecordsAnswer {
  readonly items: readonly FileItem[]
  readonly isComplete: boolean
  readonly missing: readonly { readonly fromMs: number; readonly toMs: number; readonly told: number; readonly got: number }[]
  readonly isCut: boolean
}

export type CatalogOutcome =
  | { readonly ok: true; readonly items: readonly CatalogItem[]; readonly isComplete: boolean; readonly isReportedEmpty?: boolean; readonly isCut?: boolean }
  /** `not-registered`, `offline`, `stopped`, or what went wrong in words. */
  | { readonly ok: false; readonly reason: string }

/** A subscription that is wanted: kept up over registrations and refusals until `unsubscribe`. */
export interface Subscribing {
  readonly kind: SubscriptionKind
  /** The device itself unless given. */
  readonly targetId?: string
  /** Seconds; the standard's default is 600. */
  readonly expiresS?: number
  /** Between positions, in seconds; 5 by default. */
  readonly intervalS?: number
}
export interface SubscriptionView {
  readonly kind: SubscriptionKind
  readonly targetId: string
  readonly state: 'idle' | 'asking' | 'active' | 'refreshing' | 'waiting' | 'ending' | 'ended'
  /** Wall milliseconds; of an active one. */
  readonly expiresAtMs?: number
  /** Why it is not active, or what the last answer was. */
  readonly detail?: string
  readonly notifies: number
}

export interface UserAgentStats {
  readonly devices: number
  readonly bindings: number
  readonly online: number
  readonly exchanges: { readonly running: number; readonly waiting: number; readonly refused: number }
  /** New devices that are being asked their first questions, and that wait for that. */
  readonly introductions: { readonly running: number; readonly waiting: number }
  readonly subscriptions: number
  readonly sessions: number
  readonly clientTransactions: number
  readonly serverTransactions: number
  readonly connections: number
  /** Of the wire, since the start. */
  readonly unreadable: number
  readonly refused: number
  readonly dropped: number
  readonly overload: number
  /** Doubles of alarms that were merged. */
  readonly alarmsMerged: number
}

export interface Asking {
  /** Asks for the catalog, or joins the query that is running. */
  readonly queryCatalog: (deviceId: string) => Promise<CatalogOutcome>
  /** One query and its answer by serial number; answers that come in parts are joined. */
  readonly ask: <Q extends QueryDraft>(deviceId: string, query: Q) => Promise<ExchangeOutcome<AnswerOf<Q>>>
  readonly command: (deviceId: string, channelId: string, command: DeviceCommand) => Promise<ExchangeOutcome<CommandAnswer>>
  readonly configure: (deviceId: string, channelId: string, config: DeviceConfiguration) => Promise<ExchangeOutcome<CommandAnswer>>
  readonly queryRecords: (deviceId: string, query: RecordsQuery) => Promise<ExchangeOutcome<RecordsAnswer>>
  /** Wants a subscription from now on; one of the same kind and target is replaced when it differs. */
  readonly subscribe: (deviceId: string, wanted: Subscribing) => void
  readonly unsubscribe: (deviceId: string, kind: SubscriptionKind, targetId?: string) => void
  readonly subscriptionsOf: (deviceId: string) => readonly SubscriptionView[]
  /** The charset of what we send to a device, whatever its own messages are in; undefined: as it writes itself. */
  readonly setCharset: (deviceId: string, charset: Charset | undefined) => void
  readonly stats: () => UserAgentStats
  /** Failed attempts under this id no longer count: its password was changed. */
  readonly forgetTries: (deviceId: string) => void
}
