// Whether a device is there: unknown, online, late, offline. GB/T 28181-2022 9.6.1 (three misses), 9.1.1 f (lost connection), 9.1.2.2 (lease).
import type { Step, TimerEffect } from '../base/index.ts'

export type Presence = 'unknown' | 'online' | 'late' | 'offline'

/** Literal reasons, kept in the device's history. */
export type PresenceReason =
  | 'registered'
  | 'restored'
  | 'keepalive'
  | 'keepalive-late'
  | 'keepalive-lost'
  | 'unregistered'
  | 'connection-lost'
  /** As a change: nothing was heard since it registered. As a note on a device that stays online: it registered once and only keeps alive. Q30. */
  | 'registration-expired'
  /** Gone because we asked it to start anew. Q9. */
  | 'rebooting'
  /** A note: it should be back by now. */
  | 'reboot-overdue'
  /** A note: a message in its name came from an address where it is not registered, and was refused. */
  | 'heard-elsewhere'

export interface PresenceState {
  readonly name: Presence
  /** The device's own rule, once it told. */
  readonly rule?: KeepaliveRule
  /** When it was heard last. Monotonic microseconds, as all times here. */
  readonly heardUs?: number
  /** Its last keepalive, the time from the one before, and what two such times agreed on. */
  readonly keepaliveUs?: number
  readonly gapMs?: number
  readonly observedMs?: number
  /** A keepalive came since it registered. */
  readonly isKept?: boolean
  readonly isRebooting?: boolean
  /** Connections lost lately, the oldest first. */
  readonly lossesUs?: readonly number[]
}

export type PresenceEvent =
  | { readonly type: 'registered'; /** How long the registration holds. */ readonly leaseMs?: number }
  /** A binding of before our restart: taken for online, if it was, until the keepalives say otherwise. */
  | { readonly type: 'restored'; readonly wasOffline?: boolean; readonly leaseMs?: number }
  | { readonly type: 'keepalive' }
  | { readonly type: 'unregistered' }
  | { readonly type: 'connection-lost' }
  /** The device told its HeartBeatInterval and HeartBeatCount. */
  | { readonly type: 'rule'; readonly rule: KeepaliveRule }
  /** It took our TeleBoot. */
  | { readonly type: 'rebooting' }
  | { readonly type: 'elsewhere' }
  | { readonly type: 'late' }
  | { readonly type: 'lost' }
  | { readonly type: 'lease-over' }
  | { readonly type: 'not-reconnected' }
  | { readonly type: 'reboot-over' }

/** A change, or, where `from` is `to`, a note. */
export type PresenceEffect = { readonly type: 'changed'; readonly from: Presence; readonly to: Presence; readonly reason: PresenceReason }

export interface KeepaliveRule {
  /** What devices are told to keep; the standard's default is 60 s. */
  readonly intervalMs: number
  readonly misses: number
}

/** Ours: a rule outside these would flap, or never notice. */
const leastOfflineMs = 1_000
const mostOfflineMs = 3_600_000
/** What devices say of themselves is clamped; one that says nothing sensible goes by our rule. Complaint 4 of the field: intervals that are null, 0 or a day. */
const leastOwnIntervalMs = 5_000
const mostOwnIntervalMs = 1_200_000
const leastOwnMisses = 3
const mostOwnMisses = 10
/** A refresh may come a little after its time. */
const leaseSlackMs = 10_000
/** Timers take no more; 23 days. */
const mostTimerMs = 2_000_000_000
/** A connection lost for the third time within this is given time to come back before it counts: one that reconnects every minute would fill the history. */
const flappingUs = 300_000_000
const flappingLosses = 3
const reconnectMs = 10_000
/** TeleBoot: a camera unregisters after 5 s, is silent for 47 s and back within two minutes. Q9. */
const rebootMs = 180_000

export function offlineAfterMs(rule: KeepaliveRule): number {
  return Math.min(mostOfflineMs, Math.max(leastOfflineMs, rule.intervalMs * Math.max(1, rule.misses)))
}

/** A device's own rule, made sensible. */
export function clampRule(own: KeepaliveRule, ours: KeepaliveRule): KeepaliveRule {
  const clamp = (value: number, least: number, most: number, otherwise: number): number => (Number.isFinite(value) && value > 0 ? Math.min(most, Math.max(least, value)) : otherwise)
  return { intervalMs: clamp(own.intervalMs, leastOwnIntervalMs, mostOwnIntervalMs, ours.intervalMs), misses: clamp(Math.round(own.misses), leastOwnMisses, mostOwnMisses, ours.misses) }
}

type PresenceStep = Step<PresenceState, PresenceEvent, PresenceEffect | TimerEffect<PresenceEvent>>
type Outcome = ReturnType<PresenceStep>
type Effects = readonly (PresenceEffect | TimerEffect<PresenceEvent>)[]

/**
 * A keepalive alone brings a device back and keeps it: some register once and never refresh. Late is one and a half intervals of silence, or
 * half the time to offline where that is shorter. The interval is the device's own where it told, and longer where its keepalives show it.
 */
export function presenceStep(ours: KeepaliveRule): PresenceStep {
  const timesOf = (state: PresenceState): { readonly lateMs: number; readonly offlineMs: number } => {
    const rule = state.rule ?? ours
    const intervalMs = Math.max(rule.intervalMs, state.observedMs ?? 0)
    const offlineMs = offlineAfterMs({ ...rule, intervalMs })
    return { lateMs: Math.min(intervalMs * 1.5, offlineMs / 2), offlineMs }
  }
  /** The two timers of silence, `sinceMs` of which has passed. */
  const silence = (state: PresenceState, sinceMs = 0): Effects => {
    const { lateMs, offlineMs } = timesOf(state)
    return [
      { type: 'timer', name: 'late', ms: Math.max(0, lateMs - sinceMs), event: { type: 'late' } },
      { type: 'timer', name: 'lost', ms: Math.max(0, offlineMs - sinceMs), event: { type: 'lost' } },
    ]
  }
  const heard = (state: PresenceState, reason: PresenceReason, nowUs: number, more: Effects = []): Outcome => {
    const next: PresenceState = { ...state, name: 'online', heardUs: nowUs }
    const isBack = state.name === 'offline' && state.isRebooting === true
    return [
      isBack ? { ...next, isRebooting: false } : next,
      ...silence(next),
      { type: 'cancel', name: 'reconnect' },
      ...(isBack ? [{ type: 'cancel', name: 'reboot' } as const] : []),
      ...more,
      ...changed(state.name, 'online', reason),
    ]
  }
  const gone = (state: PresenceState, reason: PresenceReason): Outcome => [
    { ...state, name: 'offline' },
    ...stillness,
    ...changed(state.name, 'offline', state.isRebooting === true ? 'rebooting' : reason),
  ]
  const note = (state: PresenceState, reason: PresenceReason): Outcome => [state, { type: 'changed', from: state.name, to: state.name, reason }]

  return (state, event, nowUs) => {
    switch (event.type) {
      case 'registered':
        return heard({ ...state, isKept: false }, 'registered', nowUs, lease(event.leaseMs))
      case 'restored':
        if (event.wasOffline) return gone(state, 'restored')
        return heard({ ...state, isKept: true }, 'restored', nowUs, event.leaseMs !== undefined && event.leaseMs > 0 ? lease(event.leaseMs) : [])
      case 'keepalive':
        return heard({ ...state, ...observe(state, nowUs), isKept: true }, 'keepalive', nowUs)
      case 'unregistered':
        return gone(state, 'unregistered')
      case 'connection-lost': {
        if (state.name === 'offline') return [state]
        const lossesUs = [...(state.lossesUs ?? []).filter((lostUs) => nowUs - lostUs < flappingUs), nowUs].slice(-flappingLosses)
        const next = { ...state, lossesUs }
        if (lossesUs.length < flappingLosses || state.isRebooting) return gone(next, 'connection-lost')
        return [next, { type: 'timer', name: 'reconnect', ms: reconnectMs, event: { type: 'not-reconnected' } }]
      }
      case 'not-reconnected':
        return isThere(state) ? gone(state, 'connection-lost') : [state]
      case 'rule': {
        const next = { ...state, rule: clampRule(event.rule, ours) }
        return isThere(state) ? [next, ...silence(next, (nowUs - (state.heardUs ?? nowUs)) / 1000)] : [next]
      }
      case 'rebooting':
        return [{ ...state, isRebooting: true }, { type: 'timer', name: 'reboot', ms: rebootMs, event: { type: 'reboot-over' } }]
      case 'reboot-over':
        return state.isRebooting && state.name === 'offline' ? note({ ...state, isRebooting: false }, 'reboot-overdue') : [{ ...state, isRebooting: false }]
      case 'elsewhere':
        return note(state, 'heard-elsewhere')
      case 'late':
        return state.name === 'online' ? [{ ...state, name: 'late' }, ...changed('online', 'late', 'keepalive-late')] : [state]
      case 'lost':
        return isThere(state) ? gone(state, 'keepalive-lost') : [state]
      case 'lease-over':
        if (!isThere(state)) return [state]
        return state.isKept ? note(state, 'registration-expired') : gone(state, 'registration-expired')
    }
  }
}

const isThere = ({ name }: PresenceState): boolean => name === 'online' || name === 'late'

const stillness: Effects = ['late', 'lost', 'lease', 'reconnect'].map((name) => ({ type: 'cancel', name }))

const lease = (leaseMs: number | undefined): Effects =>
  leaseMs === undefined ? [] : [{ type: 'timer', name: 'lease', ms: Math.min(mostTimerMs, leaseMs + leaseSlackMs), event: { type: 'lease-over' } }]

const changed = (from: Presence, to: Presence, reason: PresenceReason): readonly PresenceEffect[] => (from === to ? [] : [{ type: 'changed', from, to, reason }])

/** Two times between keepalives that agree within a fifth are how this device keeps alive, whatever it was told; one alone may be an outage. */
function observe(state: PresenceState, nowUs: number): Pick<PresenceState, 'keepaliveUs' | 'gapMs' | 'observedMs'> {
  if (state.keepaliveUs === undefined) return { keepaliveUs: nowUs }
  const gapMs = (nowUs - state.keepaliveUs) / 1000
  const agrees = state.gapMs !== undefined && Math.abs(gapMs - state.gapMs) <= Math.max(gapMs, state.gapMs) / 5
  return { keepaliveUs: nowUs, gapMs, ...(agrees && gapMs <= mostOwnIntervalMs && { observedMs: gapMs }) }
}
