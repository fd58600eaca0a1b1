// An INVITE of ours. RFC 3261 17.1.1, figure 5, with the accepted state of RFC 6026 7.2; cancelling by RFC 3261 9.1.
import type { Step, TimerEffect } from '../../base/index.ts'
import type { ClientEvent, SipResponse } from '../types.ts'
import type { Timing } from './timing.ts'

export type ClientInviteState =
  /** `wantsCancel`: a CANCEL waits for the first provisional response. */
  | { readonly name: 'calling'; readonly intervalMs: number; readonly wantsCancel: boolean }
  | { readonly name: 'proceeding'; readonly isCancelled: boolean }
  | { readonly name: 'accepted' }
  | { readonly name: 'completed' }
  | { readonly name: 'terminated' }

export type ClientInviteEvent =
  | { readonly type: 'begin' }
  | { readonly type: 'cancel' }
  | { readonly type: 'timer-a' }
  | { readonly type: 'timer-b' }
  | { readonly type: 'timer-d' }
  | { readonly type: 'timer-m' }
  | Exclude<ClientEvent, { type: 'timeout' }>

export type ClientInviteEffect =
  | { readonly type: 'transmit' }
  | { readonly type: 'tell'; readonly event: ClientEvent }
  /** Send the ACK of a failure; the ACK of a 2xx is the user's. */
  | { readonly type: 'acknowledge'; readonly response: SipResponse }
  | { readonly type: 'send-cancel' }
  /** The transaction is over, its timers with it. */
  | { readonly type: 'finish' }

type Effect = ClientInviteEffect | TimerEffect<ClientInviteEvent>
type Decision = readonly [ClientInviteState, ...Effect[]]

export const clientInviteStart = (timing: Timing): ClientInviteState => ({ name: 'calling', intervalMs: timing.t1Ms, wantsCancel: false })

export function clientInvite(timing: Timing): Step<ClientInviteState, ClientInviteEvent, Effect> {
  const timerA = (ms: number): readonly Effect[] => (timing.isReliable ? [] : [{ type: 'timer', name: 'A', ms, event: { type: 'timer-a' } }])
  const timerB: Effect = { type: 'timer', name: 'B', ms: timing.lifeMs, event: { type: 'timer-b' } }
  const timerD: Effect = { type: 'timer', name: 'D', ms: timing.lifeMs, event: { type: 'timer-d' } }
  const timerM: Effect = { type: 'timer', name: 'M', ms: timing.lifeMs, event: { type: 'timer-m' } }
  const stopCalling: readonly Effect[] = [
    { type: 'cancel', name: 'A' },
    { type: 'cancel', name: 'B' },
  ]
  const end = (event: ClientEvent): Decision => [{ name: 'terminated' }, { type: 'tell', event }, { type: 'finish' }]
  const conclude = (event: Extract<ClientInviteEvent, { type: 'response' }>): Decision => {
    const tell: Effect = { type: 'tell', event }
    if (event.response.status < 300) return [{ name: 'accepted' }, ...stopCalling, tell, timerM]
    const acknowledge: Effect = { type: 'acknowledge', response: event.response }
    if (timing.isReliable) return [{ name: 'terminated' }, acknowledge, tell, { type: 'finish' }]
    return [{ name: 'completed' }, ...stopCalling, acknowledge, tell, timerD]
  }

  return (state, event) => {
    switch (state.name) {
      case 'calling':
        switch (event.type) {
          case 'begin':
            return [state, { type: 'transmit' }, ...timerA(timing.t1Ms), timerB]
          case 'timer-a': {
            const intervalMs = 2 * state.intervalMs
            return [{ ...state, intervalMs }, { type: 'transmit' }, ...timerA(intervalMs)]
          }
          case 'response':
            if (event.response.status >= 200) return conclude(event)
            if (!state.wantsCancel) return [{ name: 'proceeding', isCancelled: false }, ...stopCalling, { type: 'tell', event }]
            return [{ name: 'proceeding', isCancelled: true }, ...stopCalling, { type: 'send-cancel' }, timerB, { type: 'tell', event }]
          case 'cancel':
            return [{ ...state, wantsCancel: true }]
          case 'timer-b':
            return end({ type: 'timeout' })
          case 'transport-error':
            return end(event)
          case 'timer-d':
          case 'timer-m':
            return [state]
        }
        break
      case 'proceeding':
        switch (event.type) {
          case 'response':
            return event.response.status >= 200 ? conclude(event) : [state, { type: 'tell', event }]
          case 'cancel':
            // Timer B runs again: a peer that never answers the cancelled INVITE is taken for gone after 64 T1 (RFC 3261 9.1).
            return state.isCancelled ? [state] : [{ name: 'proceeding', isCancelled: true }, { type: 'send-cancel' }, timerB]
          case 'timer-b':
            return state.isCancelled ? end({ type: 'timeout' }) : [state]
          case 'transport-error':
            return end(event)
          case 'begin':
          case 'timer-a':
          case 'timer-d':
          case 'timer-m':
            return [state]
        }
        break
      case 'accepted':
        if (event.type === 'timer-m') return [{ name: 'terminated' }, { type: 'finish' }]
        return event.type === 'response' && event.response.status >= 200 && event.response.status < 300 ? [state, { type: 'tell', event }] : [state]
      case 'completed':
        if (event.type === 'timer-d' || event.type === 'transport-error') return [{ name: 'terminated' }, { type: 'finish' }]
        return event.type === 'response' && event.response.status >= 300 ? [state, { type: 'acknowledge', response: event.response }] : [state]
      case 'terminated':
        return [state]
    }
  }
}
