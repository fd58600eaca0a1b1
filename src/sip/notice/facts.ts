// What signalling learns, for whoever keeps it: one union, told in order for each device.
import type { CatalogItem } from '../manscdp/index.ts'
import type { Position } from '../manscdp/notify.ts'
import type { Presence, PresenceReason } from '../access/presence.ts'
import type { StoredBinding } from '../access/registrar.ts'
import type { Address } from '../types.ts'

/** Facts of one device come one after the other, in order. `atMs` is our wall time in milliseconds; times a device writes stay text. */
export type SipFact =
  | { readonly type: 'registered'; readonly deviceId: string; readonly binding: StoredBinding }
  | { readonly type: 'unregistered'; readonly deviceId: string }
  /** It answers our challenge, and nobody gave it a password yet. */
  | { readonly type: 'stranger'; readonly deviceId: string; readonly source: Address }
  | { readonly type: 'presence'; readonly deviceId: string; readonly from: Presence; readonly to: Presence; readonly reason: PresenceReason; readonly atMs: number }
  | CatalogFact
  | CatalogChangesFact
  | AlarmFact
  | { readonly type: 'positions'; readonly deviceId: string; readonly positions: readonly Position[]; readonly atMs: number }
  | DeviceInfoFact
  | DeviceStatusFact
  /** What keepalives say of sub-devices; told when it changes, an empty list when all are well again. */
  | { readonly type: 'faulty'; readonly deviceId: string; readonly channelIds: readonly string[]; readonly isFaulty: boolean; readonly atMs: number }
  | { readonly type: 'snapshot-finished'; readonly deviceId: string; readonly channelId: string; readonly sessionId: string; readonly files: readonly string[]; readonly atMs: number }
  | { readonly type: 'upgrade-result'; readonly deviceId: string; readonly channelId: string; readonly sessionId?: string; readonly isOk: boolean; readonly firmware?: string; /** 01, 02, 03 or 99. */ readonly reason?: string; readonly atMs: number }
  /** A mobile device wants to hand in what it recorded without a network. */
  | { readonly type: 'video-upload'; readonly deviceId: string; readonly channelId: string; readonly timeMs?: number; readonly longitude?: number; readonly latitude?: number; readonly raw: Readonly<Record<string, string>>; readonly atMs: number }
  | { readonly type: 'subscription'; readonly deviceId: string; readonly kind: SubscriptionKind; readonly isActive: boolean; readonly detail: string; readonly atMs: number }

/** What one catalog query brought. */
export interface CatalogFact {
  readonly type: 'catalog'
  readonly deviceId: string
  readonly items: readonly CatalogItem[]
  /** As many items as were told. */
  readonly isComplete: boolean
  /** The device says that it has nothing (SumNum 0), which recorders do that have just begun: nobody should be wiped for it. Q52. */
  readonly isReportedEmpty?: boolean
  /** Items beyond our bound were left out. */
  readonly isCut?: boolean
  readonly sumNum: number
}

/** A.2.5.7 and Annex N. The first four tell the state of a known channel and carry little more than its id; ADD and UPDATE carry the item. */
export type CatalogEventName = 'ON' | 'OFF' | 'VLOST' | 'DEFECT' | 'ADD' | 'DEL' | 'UPDATE'
export interface CatalogChange {
  readonly event: CatalogEventName
  readonly item: CatalogItem
}
export interface CatalogChangesFact {
  readonly type: 'catalog-changes'
  readonly deviceId: string
  readonly changes: readonly CatalogChange[]
  readonly atMs: number
}

/** GB/T 28181-2022 A.2.5.3. Codes as sent, of the tables of manscdp/alarm.ts; `alarmedAtMs` by the device's clock. */
export interface AlarmFact {
  readonly type: 'alarm'
  readonly deviceId: string
  /** What raised it: a channel, an alarm input, or the device itself. */
  readonly channelId: string
  /** 1-4, 1 the highest. */
  readonly priority?: number
  readonly method?: string
  readonly alarmType?: string
  /** Of an intrusion: 1 entered, 2 left. */
  readonly eventType?: number
  readonly alarmedAtMs?: number
  readonly description?: string
  readonly longitude?: number
  readonly latitude?: number
  readonly raw: Readonly<Record<string, string>>
  readonly atMs: number
}


export interface DeviceInfoFact {
  readonly type: 'device-info'
  readonly deviceId: string
  readonly name?: string
  readonly manufacturer?: string
  readonly model?: string
  readonly firmware?: string
  readonly channels?: number
  readonly raw: Readonly<Record<string, string>>
  readonly atMs: number
}

export interface DeviceStatusFact {
  readonly type: 'device-status'
  readonly deviceId: string
  /** What the device says of itself, which is not whether we reach it. Q43. */
  readonly online: 'online' | 'offline' | 'unknown'
  readonly deviceTimeMs?: number
  /** The device's clock minus ours, in milliseconds, to within the time of the exchange; absent without a readable DeviceTime. */
  readonly clockOffsetMs?: number
  readonly raw: Readonly<Record<string, string>>
  readonly atMs: number
}

export type SubscriptionKind = 'catalog' | 'alarm' | 'mobile-position'
