// A request of ours that is no INVITE. RFC 3261 17.1.2, figure 6.
import type { Step, TimerEffect } from '../../base/index.ts'
import type { ClientEvent } from '../types.ts'
import type { Timing } from './timing.ts'

export type ClientOtherState =
  | { readonly name: 'trying'; readonly intervalMs: number }
  | { readonly name: 'proceeding' }
  | { readonly name: 'completed' }
  | { readonly name: 'terminated' }

export type ClientOtherEvent = { readonly type: 'begin' } | { readonly type: 'timer-e' } | { readonly type: 'timer-f' } | { readonly type: 'timer-k' } | Exclude<ClientEvent, { type: 'timeout' }>

export type ClientOtherEffect =
  | { readonly type: 'transmit' }
  | { readonly type: 'tell'; readonly event: ClientEvent }
  /** The transaction is over, its timers with it. */
  | { readonly type: 'finish' }

type Effect = ClientOtherEffect | TimerEffect<ClientOtherEvent>
type Decision = readonly [ClientOtherState, ...Effect[]]

export const clientOtherStart = (timing: Timing): ClientOtherState => ({ name: 'trying', intervalMs: timing.t1Ms })

export function clientOther(timing: Timing): Step<ClientOtherState, ClientOtherEvent, Effect> {
  const timerE = (ms: number): readonly Effect[] => (timing.isReliable ? [] : [{ type: 'timer', name: 'E', ms, event: { type: 'timer-e' } }])
  const timerF: Effect = { type: 'timer', name: 'F', ms: timing.lifeMs, event: { type: 'timer-f' } }
  const timerK: Effect = { type: 'timer', name: 'K', ms: timing.t4Ms, event: { type: 'timer-k' } }
  const stopWaiting: readonly Effect[] = [
    { type: 'cancel', name: 'E' },
    { type: 'cancel', name: 'F' },
  ]
  const end = (event: ClientEvent): Decision => [{ name: 'terminated' }, { type: 'tell', event }, { type: 'finish' }]
  const complete = (event: ClientEvent): Decision =>
    timing.isReliable ? end(event) : [{ name: 'completed' }, ...stopWaiting, { type: 'tell', event }, timerK]

  return (state, event) => {
    switch (state.name) {
      case 'trying':
        switch (event.type) {
          case 'begin':
            return [state, { type: 'transmit' }, ...timerE(timing.t1Ms), timerF]
          case 'timer-e': {
            const intervalMs = Math.min(2 * state.intervalMs, timing.t2Ms)
            return [{ ...state, intervalMs }, { type: 'transmit' }, ...timerE(intervalMs)]
          }
          case 'response':
            if (event.response.status >= 200) return complete(event)
            return [{ name: 'proceeding' }, { type: 'tell', event }]
          case 'timer-f':
            return end({ type: 'timeout' })
          case 'transport-error':
            return end(event)
          case 'timer-k':
            return [state]
        }
        break
      case 'proceeding':
        switch (event.type) {
          case 'timer-e':
            return [state, { type: 'transmit' }, ...timerE(timing.t2Ms)]
          case 'response':
            return event.response.status >= 200 ? complete(event) : [state, { type: 'tell', event }]
          case 'timer-f':
            return end({ type: 'timeout' })
          case 'transport-error':
            return end(event)
          case 'begin':
          case 'timer-k':
            return [state]
        }
        break
      case 'completed':
        return event.type === 'timer-k' ? [{ name: 'terminated' }, { type: 'finish' }] : [state]
      case 'terminated':
        return [state]
    }
  }
}
