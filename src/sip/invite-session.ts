// The life of one INVITE of ours: inviting, early, confirmed, ending, ended. RFC 3261 9.1, 13.2, 15; GB/T 28181-2022 9.2.
import type { Step, TimerEffect } from '../base/index.ts'
import type { SipResponse } from './types.ts'

export type InviteOutcome =
  | { readonly ok: true; /** What the camera's RTP should carry. */ readonly ssrc: number; /** Where it says it sends from. */ readonly remote?: { readonly host: string; readonly port: number } }
  | {
      readonly ok: false
      readonly reason: 'not-registered' | 'offline' | 'refused' | 'no-answer' | 'stopped'
      readonly sipStatus?: number
      /** Who refused: its User-Agent or Server header, else its address. */
      readonly hop?: string
      readonly detail: string
    }

export type InviteState =
  | { readonly name: 'inviting' }
  | { readonly name: 'early' }
  | { readonly name: 'confirmed' }
  /** `cancelling`: no final answer yet; `hanging-up`: our BYE is out. */
  | { readonly name: 'ending'; readonly how: 'cancelling' | 'hanging-up' }
  /** `wasConfirmed`: a 200 that still comes is a repeated one. */
  | { readonly name: 'ended'; readonly wasConfirmed: boolean }

export type InviteEvent =
  | { readonly type: 'begin' }
  | { readonly type: 'provisional' }
  | { readonly type: 'accepted'; readonly response: SipResponse; readonly outcome: InviteOutcome }
  | { readonly type: 'rejected'; readonly outcome: InviteOutcome }
  /** The transaction gave up: nothing came, or it could not be sent. */
  | { readonly type: 'failed'; readonly detail: string }
  | { readonly type: 'answer-late' }
  | { readonly type: 'stop' }
  | { readonly type: 'bye-received' }
  /** Our BYE was answered, whatever the answer, or given up. */
  | { readonly type: 'bye-done' }
  | { readonly type: 'waited' }
  | { readonly type: 'abandoned' }

export type InviteEffect =
  | { readonly type: 'invite' }
  | { readonly type: 'cancel-invite' }
  | { readonly type: 'ack'; readonly response: SipResponse }
  | { readonly type: 'bye' }
  /** Exactly once: the caller's answer. */
  | { readonly type: 'answered'; readonly outcome: InviteOutcome }
  /** The camera hung up. */
  | { readonly type: 'hung-up'; readonly reason: string }
  /** Whoever waits for the end need not wait longer; the session may still be finishing. */
  | { readonly type: 'released' }
  /** Nothing more will be sent. */
  | { readonly type: 'over' }

export interface InviteTimes {
  readonly answerMs: number
  /** How long a stopping caller waits for the camera's word. */
  readonly releaseMs: number
  /** A camera that takes the CANCEL and never answers the INVITE is given up (RFC 3261 9.1: 64 T1). */
  readonly abandonMs: number
}

type InviteStep = Step<InviteState, InviteEvent, InviteEffect | TimerEffect<InviteEvent>>
type Outcome = ReturnType<InviteStep>

export function inviteStep(times: InviteTimes): InviteStep {
  const cancelling = (outcome: InviteOutcome): Outcome => [
    { name: 'ending', how: 'cancelling' },
    { type: 'cancel', name: 'answer' },
    { type: 'answered', outcome },
    { type: 'cancel-invite' },
    { type: 'timer', name: 'release', ms: times.releaseMs, event: { type: 'waited' } },
    { type: 'timer', name: 'abandon', ms: times.abandonMs, event: { type: 'abandoned' } },
  ]
  const hangingUp = (): Outcome => [{ name: 'ending', how: 'hanging-up' }, { type: 'cancel', name: 'abandon' }, { type: 'bye' }, { type: 'timer', name: 'release', ms: times.releaseMs, event: { type: 'waited' } }]
  const ended = (wasConfirmed: boolean): Outcome => [
    { name: 'ended', wasConfirmed },
    { type: 'cancel', name: 'answer' },
    { type: 'cancel', name: 'release' },
    { type: 'cancel', name: 'abandon' },
    { type: 'released' },
    { type: 'over' },
  ]

  const beforeAnswer = (state: InviteState, event: InviteEvent): Outcome => {
    switch (event.type) {
      case 'begin':
        return [state, { type: 'timer', name: 'answer', ms: times.answerMs, event: { type: 'answer-late' } }, { type: 'invite' }]
      case 'provisional':
        return [{ name: 'early' }]
      case 'accepted':
        return [{ name: 'confirmed' }, { type: 'cancel', name: 'answer' }, { type: 'ack', response: event.response }, { type: 'answered', outcome: event.outcome }]
      case 'rejected':
        return then({ type: 'answered', outcome: event.outcome }, ended(false))
      case 'failed':
        return then({ type: 'answered', outcome: { ok: false, reason: 'no-answer', detail: event.detail } }, ended(false))
      case 'answer-late':
        return cancelling({ ok: false, reason: 'no-answer', detail: `no final answer within ${times.answerMs} ms` })
      case 'stop':
        return cancelling({ ok: false, reason: 'stopped', detail: 'stopped before the camera answered' })
      case 'bye-received':
        return cancelling({ ok: false, reason: 'refused', detail: 'BYE before an answer' })
      case 'bye-done':
      case 'waited':
      case 'abandoned':
        return [state]
    }
  }

  return (state, event) => {
    switch (state.name) {
      case 'inviting':
      case 'early':
        return beforeAnswer(state, event)
      case 'confirmed':
        switch (event.type) {
          case 'accepted':
            return [state, { type: 'ack', response: event.response }]
          case 'stop':
            return hangingUp()
          case 'bye-received':
            return then({ type: 'hung-up', reason: 'the camera sent BYE' }, ended(true))
          default:
            return [state]
        }
      case 'ending':
        switch (event.type) {
          case 'accepted':
            // A 200 that crossed the CANCEL still makes a dialog: acknowledge it, then hang up. Always.
            return state.how === 'cancelling' ? then({ type: 'ack', response: event.response }, hangingUp()) : [state, { type: 'ack', response: event.response }]
          case 'rejected':
          case 'failed':
          case 'abandoned':
            return state.how === 'cancelling' ? ended(false) : [state]
          case 'bye-done':
          case 'bye-received':
            return state.how === 'hanging-up' ? ended(true) : [state]
          case 'waited':
            return [state, { type: 'released' }]
          default:
            return [state]
        }
      case 'ended':
        if (event.type !== 'accepted') return [state]
        return state.wasConfirmed ? [state, { type: 'ack', response: event.response }] : [{ name: 'ended', wasConfirmed: true }, { type: 'ack', response: event.response }, { type: 'bye' }]
    }
  }
}

/** The effect, before those of what follows. */
const then = (effect: InviteEffect, [state, ...effects]: Outcome): Outcome => [state, effect, ...effects]
