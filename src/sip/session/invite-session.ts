// The life of one INVITE of ours: inviting, early, confirmed, ending, ended. RFC 3261 9.1, 13.2, 14.2, 15; GB/T 28181-2022 9.2, 9.8, 9.9, Annex K.
//
//                 1xx            2xx                  stop, finished, media lost, 481
//   inviting ---------> early --------> confirmed ---------------------------------------+
//    ^  | 486 and an old session of ours: BYE it, wait, ask once more     | BYE received   v
//    +--+   | refused, silent --> ended <---------------------------------+------------ ending
//           | stop, late: CANCEL -------------------------------------------------------^
import type { Step, TimerEffect } from '../../base/index.ts'
import type { End, InviteOutcome } from './invite-outcome.ts'
import type { SipResponse } from '../types.ts'

export type { End, InviteEnd, InviteOutcome } from './invite-outcome.ts'

export type InviteState =
  /** `isClearing`: refused as busy, the old session is being ended and the second try is to come. */
  | { readonly name: 'inviting'; readonly attempt: 1 | 2; readonly isClearing: boolean }
  | { readonly name: 'early'; readonly attempt: 1 | 2 }
  /** `end`: the recording is over, and its last packets may still come. `again`: how often our 200 to its re-INVITE went out without ACK. */
  | { readonly name: 'confirmed'; readonly end?: End; readonly again?: number }
  /** `cancelling`: no final answer yet; `hanging-up`: our BYE is out. */
  | { readonly name: 'ending'; readonly how: 'cancelling' | 'hanging-up' }
  /** `wasConfirmed`: a 200 that still comes is a repeated one. */
  | { readonly name: 'ended'; readonly wasConfirmed: boolean }

export type InviteEvent =
  | { readonly type: 'begin' }
  | { readonly type: 'provisional' }
  /** `isFork`: of another dialog than the one we keep. */
  | { readonly type: 'accepted'; readonly response: SipResponse; readonly outcome: InviteOutcome; readonly isFork: boolean }
  /** `isBusy`: refused with 486, and an older session of ours may be why. */
  | { readonly type: 'rejected'; readonly outcome: Extract<InviteOutcome, { ok: false }>; readonly isBusy: boolean }
  /** The transaction gave up: nothing came, or it could not be sent. */
  | { readonly type: 'failed'; readonly detail: string }
  | { readonly type: 'answer-late' }
  | { readonly type: 'stop' }
  | { readonly type: 'bye-received' }
  /** Our BYE was answered, whatever the answer, or given up. */
  | { readonly type: 'bye-done' }
  | { readonly type: 'waited' }
  | { readonly type: 'abandoned' }
  /** The old session was ended, or given up. */
  | { readonly type: 'cleared' }
  | { readonly type: 'retry' }
  /** The recording is over: its last packets are waited for. */
  | { readonly type: 'finished'; readonly reason: string }
  | { readonly type: 'drained' }
  | { readonly type: 'cut'; readonly end: End }
  /** We answered a re-INVITE with 200, which is sent again until its ACK comes. */
  | { readonly type: 'reinvited' }
  | { readonly type: 'unacknowledged' }
  | { readonly type: 'acknowledged' }

export type InviteEffect =
  | { readonly type: 'invite'; readonly attempt: 1 | 2 }
  | { readonly type: 'cancel-invite' }
  | { readonly type: 'ack'; readonly response: SipResponse }
  /** ACK and BYE of a dialog that is not kept. */
  | { readonly type: 'farewell'; readonly response: SipResponse }
  | { readonly type: 'bye' }
  /** End older sessions of ours with the same channel, then say `cleared`. */
  | { readonly type: 'clear' }
  | { readonly type: 'answer-again' }
  /** Exactly once: the caller's answer. */
  | { readonly type: 'answered'; readonly outcome: InviteOutcome }
  /** At most once: the session ended without the caller's doing. */
  | { readonly type: 'end'; readonly end: End }
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
  /** Between the end of the old session and the second try. Interop: cameras need it to let go of the old one (Q32). */
  readonly retryMs: number
  /** From the news that a recording is over to our BYE: the tail may still be under way. */
  readonly drainMs: number
  readonly t1Ms: number
}

type InviteStep = Step<InviteState, InviteEvent, InviteEffect | TimerEffect<InviteEvent>>
type Outcome = ReturnType<InviteStep>
type Confirmed = Extract<InviteState, { name: 'confirmed' }>
type Waiting = Extract<InviteState, { name: 'inviting' | 'early' }>

export const inviteStart: InviteState = { name: 'inviting', attempt: 1, isClearing: false }

/** T1, 2 T1, 4 T1 … up to T2 (8 T1): ten intervals are 64 T1 and more (RFC 3261 13.3.1.4). */
const againLimit = 10

export function inviteStep(times: InviteTimes): InviteStep {
  const stopAll = (['answer', 'retry', 'drain', 'again'] as const).map((name) => ({ type: 'cancel', name }) as const)
  const release = { type: 'timer', name: 'release', ms: times.releaseMs, event: { type: 'waited' } } as const
  const cancelling = (outcome: InviteOutcome): Outcome => [
    { name: 'ending', how: 'cancelling' },
    ...stopAll,
    { type: 'answered', outcome },
    { type: 'cancel-invite' },
    release,
    { type: 'timer', name: 'abandon', ms: times.abandonMs, event: { type: 'abandoned' } },
  ]
  const hangingUp = (): Outcome => [{ name: 'ending', how: 'hanging-up' }, ...stopAll, { type: 'cancel', name: 'abandon' }, { type: 'bye' }, release]
  const ended = (wasConfirmed: boolean): Outcome => [
    { name: 'ended', wasConfirmed },
    ...stopAll,
    { type: 'cancel', name: 'release' },
    { type: 'cancel', name: 'abandon' },
    { type: 'released' },
    { type: 'over' },
  ]
  const repeatAnswer = (state: Confirmed, again: number): Outcome => [
    { ...state, again },
    { type: 'timer', name: 'again', ms: times.t1Ms * Math.min(8, 2 ** again), event: { type: 'unacknowledged' } },
  ]

  const beforeAnswer = (state: Waiting, event: InviteEvent): Outcome => {
    const { attempt } = state
    const isClearing = state.name === 'inviting' && state.isClearing
    /** While the old session is being ended there is no transaction to cancel. */
    const giveUp = (outcome: InviteOutcome): Outcome => (isClearing ? then({ type: 'answered', outcome }, ended(false)) : cancelling(outcome))
    switch (event.type) {
      case 'begin':
        return [state, { type: 'timer', name: 'answer', ms: times.answerMs, event: { type: 'answer-late' } }, { type: 'invite', attempt }]
      case 'provisional':
        return isClearing ? [state] : [{ name: 'early', attempt }]
      case 'accepted': {
        if (isClearing) return [state, { type: 'farewell', response: event.response }]
        const effects = [{ type: 'ack', response: event.response }, { type: 'answered', outcome: event.outcome }] as const
        if (event.outcome.ok) return [{ name: 'confirmed' }, ...stopAll, ...effects]
        const [next, ...rest] = hangingUp()
        return [next, ...effects, ...rest]
      }
      case 'rejected':
        if (isClearing) return [state]
        if (event.isBusy && attempt === 1) return [{ name: 'inviting', attempt, isClearing: true }, { type: 'clear' }]
        return then({ type: 'answered', outcome: event.outcome }, ended(false))
      case 'failed':
        return isClearing ? [state] : then({ type: 'answered', outcome: { ok: false, reason: 'no-answer', detail: event.detail } }, ended(false))
      case 'cleared':
        return isClearing ? [state, { type: 'timer', name: 'retry', ms: times.retryMs, event: { type: 'retry' } }] : [state]
      case 'retry':
        return isClearing ? [{ name: 'inviting', attempt: 2, isClearing: false }, { type: 'invite', attempt: 2 }] : [state]
      case 'answer-late':
        return giveUp({ ok: false, reason: 'no-answer', detail: `no final answer within ${times.answerMs} ms` })
      case 'stop':
        return giveUp({ ok: false, reason: 'stopped', detail: 'stopped before the camera answered' })
      case 'cut':
        return giveUp({ ok: false, reason: 'stopped', detail: event.end.reason })
      case 'bye-received':
        return giveUp({ ok: false, reason: 'refused', detail: 'BYE before an answer' })
      case 'bye-done':
      case 'waited':
      case 'abandoned':
      case 'finished':
      case 'drained':
      case 'reinvited':
      case 'unacknowledged':
      case 'acknowledged':
        return [state]
    }
  }

  const confirmed = (state: Confirmed, event: InviteEvent): Outcome => {
    switch (event.type) {
      case 'accepted':
        return [state, { type: event.isFork ? 'farewell' : 'ack', response: event.response }]
      case 'stop':
        return hangingUp()
      case 'bye-received':
        return then({ type: 'end', end: state.end ?? { how: 'hung-up', reason: 'the camera sent BYE' } }, ended(true))
      case 'finished':
        if (state.end) return [state]
        return [{ ...state, end: { how: 'finished', reason: event.reason } }, { type: 'timer', name: 'drain', ms: times.drainMs, event: { type: 'drained' } }]
      case 'drained':
        return state.end ? then({ type: 'end', end: state.end }, hangingUp()) : [state]
      case 'cut':
        return then({ type: 'end', end: event.end }, hangingUp())
      case 'reinvited':
        return repeatAnswer(state, 0)
      case 'unacknowledged':
        // A stream that flows is not cut because an ACK is missing; the 200 is no longer repeated.
        if (state.again === undefined || state.again >= againLimit) return [withoutAgain(state)]
        return then({ type: 'answer-again' }, repeatAnswer(state, state.again + 1))
      case 'acknowledged':
        return [withoutAgain(state), { type: 'cancel', name: 'again' }]
      case 'begin':
      case 'provisional':
      case 'rejected':
      case 'failed':
      case 'answer-late':
      case 'bye-done':
      case 'waited':
      case 'abandoned':
      case 'cleared':
      case 'retry':
        return [state]
    }
  }

  return (state, event) => {
    switch (state.name) {
      case 'inviting':
      case 'early':
        return beforeAnswer(state, event)
      case 'confirmed':
        return confirmed(state, event)
      case 'ending':
        switch (event.type) {
          case 'accepted':
            // A 200 that crossed the CANCEL still makes a dialog: acknowledge it, then hang up. Always.
            if (state.how === 'cancelling') return then({ type: 'ack', response: event.response }, hangingUp())
            return [state, { type: event.isFork ? 'farewell' : 'ack', response: event.response }]
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
        if (state.wasConfirmed) return [state, { type: event.isFork ? 'farewell' : 'ack', response: event.response }]
        return [{ name: 'ended', wasConfirmed: true }, { type: 'ack', response: event.response }, { type: 'bye' }]
    }
  }
}

const withoutAgain = ({ end }: Confirmed): Confirmed => ({ name: 'confirmed', ...(end && { end }) })

/** The effect, before those of what follows. */
const then = (effect: InviteEffect, [state, ...effects]: Outcome): Outcome => [state, effect, ...effects]
