// How a simulated device keeps itself registered: REGISTER, digest, keepalive, refresh, again after trouble and after a remote restart. GB/T 28181-2022 9.1, 9.3, 9.6.
import type { Step, TimerEffect } from '../base/index.ts'

export type RegistrationState =
  | { readonly name: 'silent' }
  | { readonly name: 'registering'; readonly isAnswered: boolean }
  | { readonly name: 'registered'; readonly missed: number }
  | { readonly name: 'waiting' }
  /** A remote restart: still there for some seconds, unregistering, then silent (Q9). */
  | { readonly name: 'restarting'; readonly phase: 'lingering' | 'leaving' | 'silent' }

export type RegistrationEvent =
  | { readonly type: 'start' }
  | { readonly type: 'challenged' }
  | { readonly type: 'accepted'; readonly expiresS: number }
  | { readonly type: 'refused' }
  | { readonly type: 'unanswered' }
  | { readonly type: 'keepalive-due' }
  | { readonly type: 'keepalive-answered' }
  | { readonly type: 'keepalive-refused' }
  | { readonly type: 'refresh-due' }
  | { readonly type: 'retry-due' }
  | { readonly type: 'reboot' }
  | { readonly type: 'reboot-due' }

/** `unregister`: REGISTER with Expires 0, challenged like any other. `authorize`: REGISTER again with credentials for the challenge that came with the answer. */
export type RegistrationEffect = { readonly type: 'register' } | { readonly type: 'authorize' } | { readonly type: 'unregister' } | { readonly type: 'keepalive' } | { readonly type: 'registered' } | { readonly type: 'failed' }

type Effect = RegistrationEffect | TimerEffect<RegistrationEvent>

/** Unanswered keepalives after which the device takes the registrar for lost (9.6.1 e). */
const missesAllowed = 3
const retryMs = 3_000
/** After a refusal: a registrar that counts wrong passwords is not made to shut the door. */
const refusedRetryMs = 10_000

/** Between the order to restart and the unregistration, as one was seen to do (Q9). */
const lingerMs = 5_000

export interface RegistrationRule {
  readonly keepaliveMs: number
  /** False: registers once for all (Q30). Default true. */
  readonly refreshes?: boolean
  /** Silence of a restart. */
  readonly rebootMs?: number
}

export function registrationStep({ keepaliveMs, refreshes = true, rebootMs = 47_000 }: RegistrationRule): Step<RegistrationState, RegistrationEvent, Effect> {
  const keepaliveTimer: Effect = { type: 'timer', name: 'keepalive', ms: keepaliveMs, event: { type: 'keepalive-due' } }
  const stopTimers: readonly Effect[] = ['keepalive', 'refresh', 'retry'].map((name) => ({ type: 'cancel', name }))
  const again: readonly [RegistrationState, ...Effect[]] = [{ name: 'registering', isAnswered: false }, ...stopTimers, { type: 'register' }]
  const later = (ms: number): readonly [RegistrationState, ...Effect[]] => [{ name: 'waiting' }, ...stopTimers, { type: 'failed' }, { type: 'timer', name: 'retry', ms, event: { type: 'retry-due' } }]
  const rebootTimer = (ms: number): Effect => ({ type: 'timer', name: 'reboot', ms, event: { type: 'reboot-due' } })
  const gone: readonly [RegistrationState, ...Effect[]] = [{ name: 'restarting', phase: 'silent' }, rebootTimer(rebootMs)]
  const restarting = (phase: 'lingering' | 'leaving' | 'silent', event: RegistrationEvent): readonly [RegistrationState, ...Effect[]] => {
    const state: RegistrationState = { name: 'restarting', phase }
    if (event.type === 'reboot-due') return phase === 'lingering' ? [{ name: 'restarting', phase: 'leaving' }, rebootTimer(rebootMs), { type: 'unregister' }] : again
    if (phase !== 'leaving') return [state]
    if (event.type === 'challenged') return [state, { type: 'authorize' }]
    return event.type === 'accepted' || event.type === 'refused' || event.type === 'unanswered' ? gone : [state]
  }
  return (state, event) => {
    switch (state.name) {
      case 'silent':
        return event.type === 'start' ? again : [state]
      case 'registering':
        if (event.type === 'challenged') return state.isAnswered ? later(refusedRetryMs) : [{ name: 'registering', isAnswered: true }, { type: 'authorize' }]
        if (event.type === 'accepted') {
          const refresh: Effect = { type: 'timer', name: 'refresh', ms: event.expiresS * 900, event: { type: 'refresh-due' } }
          return [{ name: 'registered', missed: 0 }, ...(refreshes ? [refresh] : []), keepaliveTimer, { type: 'registered' }]
        }
        if (event.type === 'refused') return later(refusedRetryMs)
        return event.type === 'unanswered' ? later(retryMs) : [state]
      case 'registered':
        if (event.type === 'keepalive-due') {
          return state.missed >= missesAllowed ? again : [{ name: 'registered', missed: state.missed + 1 }, { type: 'keepalive' }, keepaliveTimer]
        }
        if (event.type === 'keepalive-answered') return [{ name: 'registered', missed: 0 }]
        if (event.type === 'reboot') return [{ name: 'restarting', phase: 'lingering' }, ...stopTimers, rebootTimer(lingerMs)]
        return event.type === 'keepalive-refused' || event.type === 'refresh-due' ? again : [state]
      case 'restarting':
        return restarting(state.phase, event)
      case 'waiting':
        return event.type === 'retry-due' ? again : [state]
    }
  }
}
