// Whether a device is there: unknown, online, late, offline. GB/T 28181-2022 9.6.1 (three misses), 9.1.1 f (lost connection), 9.1.2.2 (lease).
import type { Step, TimerEffect } from '../../base/index.ts'

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
  /** When the registration ends; absent: never, or said already. */
  readonly leaseUntilUs?: number | undefined
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
  const silentMs = (state: PresenceState, nowUs: number): number => (nowUs - (state.heardUs ?? nowUs)) / 1000
  /** The next of the two timers of silence: late, and once it is late, lost. */
  const silence = (state: PresenceState, nowUs: number): TimerEffect<PresenceEvent> => {
    const { lateMs, offlineMs } = timesOf(state)
    if (state.name === 'late') return { type: 'timer', name: 'lost', ms: Math.max(0, offlineMs - silentMs(state, nowUs)), event: { type: 'lost' } }
    return { type: 'timer', name: 'late', ms: Math.max(0, lateMs - silentMs(state, nowUs)), event: { type: 'late' } }
  }
  const heard = (state: PresenceState, reason: PresenceReason, nowUs: number, more: Effects = []): Outcome => {
    const next: PresenceState = { ...state, name: 'online', heardUs: nowUs }
    const isBack = state.name === 'offline' && state.isRebooting === true
    return [
      isBack ? { ...next, isRebooting: false } : next,
      silence(next, nowUs),
      ...(state.name === 'late' ? [cancel('lost')] : []),
      ...(isFlapping(state) ? [cancel('reconnect')] : []),
      ...(isBack ? [cancel('reboot')] : []),
      ...changed(state.name, 'online', reason),
      ...more,
    ]
  }
  const gone = (state: PresenceState, reason: PresenceReason): Outcome => [
    { ...state, name: 'offline' },
    ...stillness,
    ...changed(state.name, 'offline', state.isRebooting === true ? 'rebooting' : reason),
  ]
  const note = (state: PresenceState, reason: PresenceReason): Outcome => [state, ...noted(state.name, reason)]

  return (state, event, nowUs) => {
    switch (event.type) {
      case 'registered': {
        const next = { ...state, isKept: false, leaseUntilUs: leaseUntil(event.leaseMs, nowUs) }
        return heard(next, 'registered', nowUs, [event.leaseMs === undefined ? cancel('lease') : leaseTimer(event.leaseMs)])
      }
      case 'restored': {
        if (event.wasOffline) return gone(state, 'restored')
        const isRunning = event.leaseMs !== undefined && event.leaseMs > 0
        return heard({ ...state, isKept: true, leaseUntilUs: isRunning ? leaseUntil(event.leaseMs, nowUs) : undefined }, 'restored', nowUs)
      }
      case 'keepalive': {
        const isExpired = state.leaseUntilUs !== undefined && nowUs >= state.leaseUntilUs
        const next = { ...state, ...observe(state, nowUs), isKept: true, ...(isExpired && { leaseUntilUs: undefined }) }
        return heard(next, 'keepalive', nowUs, [...(state.isKept ? [] : [cancel('lease')]), ...(isExpired ? noted('online', 'registration-expired') : [])])
      }
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
        return isThere(state) ? [next, silence(next, nowUs)] : [next]
      }
      case 'rebooting':
        return [{ ...state, isRebooting: true }, { type: 'timer', name: 'reboot', ms: rebootMs, event: { type: 'reboot-over' } }]
      case 'reboot-over':
        return state.isRebooting && state.name === 'offline' ? note({ ...state, isRebooting: false }, 'reboot-overdue') : [{ ...state, isRebooting: false }]
      case 'elsewhere':
        return note(state, 'heard-elsewhere')
      case 'late':
        if (state.name !== 'online') return [state]
        return [{ ...state, name: 'late' }, silence({ ...state, name: 'late' }, nowUs), ...changed('online', 'late', 'keepalive-late')]
      case 'lost':
        return isThere(state) ? gone(state, 'keepalive-lost') : [state]
      case 'lease-over':
        return isThere(state) && !state.isKept ? gone({ ...state, leaseUntilUs: undefined }, 'registration-expired') : [state]
    }
  }
}

const isThere = ({ name }: PresenceState): boolean => name === 'online' || name === 'late'

const isFlapping = ({ lossesUs = [] }: PresenceState): boolean => lossesUs.length >= flappingLosses

const cancel = (name: 'late' | 'lost' | 'lease' | 'reconnect' | 'reboot'): TimerEffect<PresenceEvent> => ({ type: 'cancel', name })
const stillness: Effects = [cancel('late'), cancel('lost'), cancel('lease'), cancel('reconnect')]

const leaseUntil = (leaseMs: number | undefined, nowUs: number): number | undefined => (leaseMs === undefined ? undefined : nowUs + (leaseMs + leaseSlackMs) * 1000)
/** Only for a device that has not kept alive since it registered; one that has is looked at when it does. */
const leaseTimer = (leaseMs: number): TimerEffect<PresenceEvent> => ({ type: 'timer', name: 'lease', ms: Math.min(mostTimerMs, leaseMs + leaseSlackMs), event: { type: 'lease-over' } })

const noted = (at: Presence, reason: PresenceReason): readonly PresenceEffect[] => [{ type: 'changed', from: at, to: at, reason }]
const changed = (from: Presence, to: Presence, reason: PresenceReason): readonly PresenceEffect[] => (from === to ? [] : [{ type: 'changed', from, to, reason }])

/** Two times between keepalives that agree within a fifth are how this device keeps alive, whatever it was told; one alone may be an outage. */
function observe(state: PresenceState, nowUs: number): Pick<PresenceState, 'keepaliveUs' | 'gapMs' | 'observedMs'> {
  if (state.keepaliveUs === undefined) return { keepaliveUs: nowUs }
  const gapMs = (nowUs - state.keepaliveUs) / 1000
  const agrees = state.gapMs !== undefined && Math.abs(gapMs - state.gapMs) <= Math.max(gapMs, state.gapMs) / 5
  return { keepaliveUs: nowUs, gapMs, ...(agrees && gapMs <= mostOwnIntervalMs && { observedMs: gapMs }) }
}
