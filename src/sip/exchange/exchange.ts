// One MANSCDP message to a device and what comes of it: sending, awaiting, joining, ended. GB/T 28181-2022 9.3 (control), 9.5 (query), A.2.6.
import type { Step, TimerEffect } from '../../base/index.ts'
import type { ExchangeOutcome } from './asking.ts'

/** How an exchange is to end, by the kind of its message. */
export interface ExchangeRule {
  /** `none`: the standard has no response. `optional`: it has one, and devices that leave it out did what was asked (docs/interop.md Q60). */
  readonly answer: 'required' | 'optional' | 'none'
  /** For the SIP response. */
  readonly sipMs: number
  /** For the answer, after the SIP response. */
  readonly answerMs: number
  /** For further parts of an answer that is not whole yet. */
  readonly joinMs: number
}

export type ExchangeState<T> =
  | { readonly name: 'sending' }
  | { readonly name: 'awaiting'; readonly hop: string }
  | { readonly name: 'joining'; readonly value: T; readonly hop?: string }
  | { readonly name: 'ended' }

export type Failure = Extract<ExchangeOutcome<never>, { readonly ok: false }>

export type ExchangeEvent<T> =
  | { readonly type: 'begin' }
  | { readonly type: 'accepted'; readonly hop: string }
  | { readonly type: 'failed'; readonly failure: Failure }
  /** The answer as far as it has come; it may come before the SIP response to our message does. */
  | { readonly type: 'answer'; readonly value: T; readonly isWhole: boolean }
  | { readonly type: 'silent' }
  | { readonly type: 'stop'; readonly failure: Failure }

export type ExchangeEffect<T> = { readonly type: 'send' } | { readonly type: 'done'; readonly outcome: ExchangeOutcome<T | undefined> }

type Effect<T> = ExchangeEffect<T> | TimerEffect<ExchangeEvent<T>>
type Outcome<T> = readonly [ExchangeState<T>, ...Effect<T>[]]

export function exchangeStep<T>(rule: ExchangeRule): Step<ExchangeState<T>, ExchangeEvent<T>, Effect<T>> {
  const timer = (ms: number): Effect<T> => ({ type: 'timer', name: 'silence', ms, event: { type: 'silent' } })
  const end = (outcome: ExchangeOutcome<T | undefined>): Outcome<T> => [{ name: 'ended' }, { type: 'cancel', name: 'silence' }, { type: 'done', outcome }]
  const by = (hop: string | undefined): { readonly hop?: string } => (hop === undefined ? {} : { hop })

  return (state, event) => {
    if (state.name === 'ended') return [state]
    const hop = 'hop' in state ? state.hop : undefined
    switch (event.type) {
      case 'begin':
        return [state, timer(rule.sipMs), { type: 'send' }]
      case 'accepted':
        if (state.name === 'joining') return [{ ...state, hop: event.hop }]
        if (rule.answer === 'none') return end({ ok: true, value: undefined, hop: event.hop })
        return state.name === 'sending' ? [{ name: 'awaiting', hop: event.hop }, timer(rule.answerMs)] : [state]
      case 'failed':
        // Who has answered already may refuse what it likes: the refusal is of a repeat, or late.
        return state.name === 'sending' ? end(event.failure) : [state]
      case 'answer':
        return event.isWhole ? end({ ok: true, value: event.value, ...by(hop) }) : [{ name: 'joining', value: event.value, ...by(hop) }, timer(rule.joinMs)]
      case 'silent':
        if (state.name === 'joining') return end({ ok: true, value: state.value, ...by(hop) })
        if (state.name === 'sending') return end({ ok: false, reason: 'no-answer', detail: `no SIP response to the message within ${rule.sipMs} ms` })
        if (rule.answer === 'optional') return end({ ok: true, value: undefined, ...by(hop) })
        return end({ ok: false, reason: 'no-answer', ...by(hop), detail: `taken with 200, but no answer came within ${rule.answerMs} ms` })
      case 'stop':
        return state.name === 'joining' ? end({ ok: true, value: state.value, ...by(hop) }) : end({ ...event.failure, ...by(hop) })
    }
  }
}
