// Whether a device is there: unknown, online, late, offline. GB/T 28181-2022 9.6.1 (three misses), 9.1.1 f (lost connection).
import type { Step, TimerEffect } from '../base/index.ts'

export type Presence = 'unknown' | 'online' | 'late' | 'offline'

/** Literal reasons, kept in the device's history. */
export type PresenceReason = 'registered' | 'restored' | 'keepalive' | 'keepalive-late' | 'keepalive-lost' | 'unregistered' | 'connection-lost'

export interface PresenceState {
  readonly name: Presence
}

export type PresenceEvent =
  | { readonly type: 'registered' }
  /** A binding of before our restart: taken for online until the keepalives say otherwise. */
  | { readonly type: 'restored' }
  | { readonly type: 'keepalive' }
  | { readonly type: 'unregistered' }
  | { readonly type: 'connection-lost' }
  | { readonly type: 'late' }
  | { readonly type: 'lost' }

export type PresenceEffect = { readonly type: 'changed'; readonly from: Presence; readonly to: Presence; readonly reason: PresenceReason }

export interface KeepaliveRule {
  /** What devices are told to keep; the standard's default is 60 s. */
  readonly intervalMs: number
  readonly misses: number
}

/** Ours: a rule outside these would flap, or never notice. */
const leastOfflineMs = 1_000
const mostOfflineMs = 3_600_000

export function offlineAfterMs(rule: KeepaliveRule): number {
  return Math.min(mostOfflineMs, Math.max(leastOfflineMs, rule.intervalMs * Math.max(1, rule.misses)))
}

type PresenceStep = Step<PresenceState, PresenceEvent, PresenceEffect | TimerEffect<PresenceEvent>>
type Outcome = ReturnType<PresenceStep>

/**
 * A keepalive alone brings a device back and keeps it: some register once and never refresh. Late is one and a half intervals
 * of silence, or half the time to offline where that is shorter.
 */
export function presenceStep(rule: KeepaliveRule): PresenceStep {
  const offlineMs = offlineAfterMs(rule)
  const lateMs = Math.min(rule.intervalMs * 1.5, offlineMs / 2)
  const heard = (state: PresenceState, reason: PresenceReason): Outcome => [
    { name: 'online' },
    { type: 'timer', name: 'late', ms: lateMs, event: { type: 'late' } },
    { type: 'timer', name: 'lost', ms: offlineMs, event: { type: 'lost' } },
    ...changed(state.name, 'online', reason),
  ]
  const gone = (state: PresenceState, reason: PresenceReason): Outcome => [
    { name: 'offline' },
    { type: 'cancel', name: 'late' },
    { type: 'cancel', name: 'lost' },
    ...changed(state.name, 'offline', reason),
  ]
  return (state, event) => {
    switch (event.type) {
      case 'registered':
      case 'restored':
      case 'keepalive':
        return heard(state, event.type)
      case 'unregistered':
      case 'connection-lost':
        return gone(state, event.type)
      case 'late':
        return state.name === 'online' ? [{ name: 'late' }, ...changed('online', 'late', 'keepalive-late')] : [state]
      case 'lost':
        return state.name === 'online' || state.name === 'late' ? gone(state, 'keepalive-lost') : [state]
    }
  }
}

const changed = (from: Presence, to: Presence, reason: PresenceReason): readonly PresenceEffect[] => (from === to ? [] : [{ type: 'changed', from, to, reason }])
