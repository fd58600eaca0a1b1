// An INVITE to us. RFC 3261 17.2.1, figure 7, with the accepted state of RFC 6026 7.1.
import type { Step, TimerEffect } from '../../base/index.ts'
import type { SipResponse } from '../types.ts'
import type { Answered, Timing } from './timing.ts'

export type ServerInviteState<Answer extends Answered = SipResponse> =
  | { readonly name: 'proceeding'; readonly last?: Answer }
  | { readonly name: 'accepted' }
  | { readonly name: 'completed'; readonly last: Answer; readonly intervalMs: number }
  | { readonly name: 'confirmed' }
  | { readonly name: 'terminated' }

export type ServerInviteEvent<Answer extends Answered = SipResponse> =
  | { readonly type: 'begin' }
  /** The same INVITE again. */
  | { readonly type: 'request' }
  | { readonly type: 'ack' }
  | { readonly type: 'respond'; readonly response: Answer }
  | { readonly type: 'timer-trying' }
  | { readonly type: 'timer-g' }
  | { readonly type: 'timer-h' }
  | { readonly type: 'timer-i' }
  | { readonly type: 'timer-l' }
  | { readonly type: 'transport-error'; readonly detail: string }

export type ServerInviteEffect<Answer extends Answered = SipResponse> =
  | { readonly type: 'transmit'; readonly response: Answer }
  /** Send 100: the user has not answered for a while. */
  | { readonly type: 'transmit-trying' }
  | { readonly type: 'finish' }

type Effect<Answer extends Answered> = ServerInviteEffect<Answer> | TimerEffect<ServerInviteEvent<Answer>>

export const serverInviteStart = { name: 'proceeding' } as const

export function serverInvite<Answer extends Answered>(timing: Timing): Step<ServerInviteState<Answer>, ServerInviteEvent<Answer>, Effect<Answer>> {
  type Decision = readonly [ServerInviteState<Answer>, ...Effect<Answer>[]]
  // 200 ms at the standard's T1 of 500 ms (RFC 3261 17.2.1).
  const timerTrying: Effect<Answer> = { type: 'timer', name: 'trying', ms: (timing.t1Ms * 2) / 5, event: { type: 'timer-trying' } }
  const timerG = (ms: number): readonly Effect<Answer>[] => (timing.isReliable ? [] : [{ type: 'timer', name: 'G', ms, event: { type: 'timer-g' } }])
  const timerH: Effect<Answer> = { type: 'timer', name: 'H', ms: timing.lifeMs, event: { type: 'timer-h' } }
  const timerI: Effect<Answer> = { type: 'timer', name: 'I', ms: timing.t4Ms, event: { type: 'timer-i' } }
  const timerL: Effect<Answer> = { type: 'timer', name: 'L', ms: timing.lifeMs, event: { type: 'timer-l' } }
  const stop = (name: string): Effect<Answer> => ({ type: 'cancel', name })
  const end: Decision = [{ name: 'terminated' }, { type: 'finish' }]
  const respond = (response: Answer): Decision => {
    const transmit: Effect<Answer> = { type: 'transmit', response }
    if (response.status < 200) return [{ name: 'proceeding', last: response }, stop('trying'), transmit]
    if (response.status < 300) return [{ name: 'accepted' }, stop('trying'), transmit, timerL]
    return [{ name: 'completed', last: response, intervalMs: timing.t1Ms }, stop('trying'), transmit, ...timerG(timing.t1Ms), timerH]
  }

  return (state, event) => {
    switch (state.name) {
      case 'proceeding':
        switch (event.type) {
          case 'begin':
            return [state, timerTrying]
          case 'timer-trying':
            return state.last ? [state] : [state, { type: 'transmit-trying' }]
          case 'request':
            return [state, state.last ? { type: 'transmit', response: state.last } : { type: 'transmit-trying' }]
          case 'respond':
            return respond(event.response)
          case 'transport-error':
            return end
          case 'ack':
          case 'timer-g':
          case 'timer-h':
          case 'timer-i':
          case 'timer-l':
            return [state]
        }
        break
      case 'accepted':
        // Its INVITE again is absorbed; the user sends its 2xx again until the ACK comes (RFC 3261 13.3.1.4).
        if (event.type === 'timer-l') return end
        if (event.type === 'respond' && event.response.status >= 200 && event.response.status < 300) return [state, { type: 'transmit', response: event.response }]
        return [state]
      case 'completed':
        switch (event.type) {
          case 'request':
            return [state, { type: 'transmit', response: state.last }]
          case 'timer-g': {
            const intervalMs = Math.min(2 * state.intervalMs, timing.t2Ms)
            return [{ ...state, intervalMs }, { type: 'transmit', response: state.last }, ...timerG(intervalMs)]
          }
          case 'ack':
            return timing.isReliable ? end : [{ name: 'confirmed' }, stop('G'), stop('H'), timerI]
          case 'timer-h':
          case 'transport-error':
            return end
          case 'begin':
          case 'respond':
          case 'timer-trying':
          case 'timer-i':
          case 'timer-l':
            return [state]
        }
        break
      case 'confirmed':
        return event.type === 'timer-i' ? end : [state]
      case 'terminated':
        return [state]
    }
  }
}
