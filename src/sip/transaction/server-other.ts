// A request to us that is no INVITE. RFC 3261 17.2.2, figure 8.
import type { Step, TimerEffect } from '../../base/index.ts'
import type { SipResponse } from '../types.ts'
import type { Answered, Timing } from './timing.ts'

export type ServerOtherState<Answer extends Answered = SipResponse> =
  | { readonly name: 'trying' }
  | { readonly name: 'proceeding'; readonly last: Answer }
  | { readonly name: 'completed'; readonly last: Answer }
  | { readonly name: 'terminated' }

export type ServerOtherEvent<Answer extends Answered = SipResponse> =
  | { readonly type: 'begin' }
  /** The same request again. */
  | { readonly type: 'request' }
  | { readonly type: 'respond'; readonly response: Answer }
  | { readonly type: 'timer-j' }
  /** The user never answered: the client gave up long ago (its timer F), so nothing is sent (RFC 4320 4.2). */
  | { readonly type: 'timer-unanswered' }
  | { readonly type: 'transport-error'; readonly detail: string }

export type ServerOtherEffect<Answer extends Answered = SipResponse> = { readonly type: 'transmit'; readonly response: Answer } | { readonly type: 'finish' }

type Effect<Answer extends Answered> = ServerOtherEffect<Answer> | TimerEffect<ServerOtherEvent<Answer>>

export const serverOtherStart = { name: 'trying' } as const

export function serverOther<Answer extends Answered>(timing: Timing): Step<ServerOtherState<Answer>, ServerOtherEvent<Answer>, Effect<Answer>> {
  type Decision = readonly [ServerOtherState<Answer>, ...Effect<Answer>[]]
  const unanswered: Effect<Answer> = { type: 'timer', name: 'unanswered', ms: timing.lifeMs, event: { type: 'timer-unanswered' } }
  const timerJ: Effect<Answer> = { type: 'timer', name: 'J', ms: timing.lifeMs, event: { type: 'timer-j' } }
  const end: Decision = [{ name: 'terminated' }, { type: 'finish' }]
  const respond = (response: Answer): Decision => {
    const transmit: Effect<Answer> = { type: 'transmit', response }
    if (response.status < 200) return [{ name: 'proceeding', last: response }, transmit]
    if (timing.isReliable) return [{ name: 'terminated' }, transmit, { type: 'finish' }]
    return [{ name: 'completed', last: response }, { type: 'cancel', name: 'unanswered' }, transmit, timerJ]
  }

  return (state, event) => {
    switch (state.name) {
      case 'trying':
      case 'proceeding':
        switch (event.type) {
          case 'begin':
            return [state, unanswered]
          case 'request':
            return state.name === 'proceeding' ? [state, { type: 'transmit', response: state.last }] : [state]
          case 'respond':
            return respond(event.response)
          case 'timer-unanswered':
          case 'transport-error':
            return end
          case 'timer-j':
            return [state]
        }
        break
      case 'completed':
        switch (event.type) {
          case 'request':
            return [state, { type: 'transmit', response: state.last }]
          case 'timer-j':
          case 'transport-error':
            return end
          case 'begin':
          case 'respond':
          case 'timer-unanswered':
            return [state]
        }
        break
      case 'terminated':
        return [state]
    }
  }
}
