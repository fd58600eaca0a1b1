// One check of a camera, as decisions: when to ask, when to give up, whether to ask again.
//
//             begin            first picture          enough, window over, lost        left, decoded
//   queued ----------> connecting ----------> sampling ----------------------> measuring ----------+--> done
//     ^                   | refused, timeout, ended, full                         ^                |
//     |                   +-------------------------------------------------------+                |
//     +---------------------------- another attempt, after a pause --------------------------------+
//
// Cancelled or broken from any state: failed. What belongs to an attempt carries its number.
import type { TimerEffect } from '../base/index.ts'
import type { AttemptOutcome, Note, RuleSet } from './types.ts'

type EndWhy = Extract<Note, { type: 'attempt-end' }>['why']

export type CheckState =
  /** Waiting for its turn, or through the pause before the next attempt. `blamed` counts the attempts that stand for the camera, well or ill. */
  | { readonly name: 'queued'; readonly attempt: number; readonly blamed: number }
  | { readonly name: 'connecting'; readonly attempt: number; readonly blamed: number }
  | { readonly name: 'sampling'; readonly attempt: number; readonly blamed: number }
  | { readonly name: 'measuring'; readonly attempt: number; readonly blamed: number }
  | { readonly name: 'done' }
  | { readonly name: 'failed' }

export type CheckEvent =
  | { readonly type: 'begin' }
  | { readonly type: 'cancel' }
  /** A bug, or a recording that could not be written. */
  | { readonly type: 'broke' }
  | (AttemptNews & { readonly attempt: number })

type AttemptNews =
  | { readonly type: 'asked' }
  | { readonly type: 'answered' }
  | { readonly type: 'packet' }
  | { readonly type: 'picture' }
  | { readonly type: 'sampled' }
  | { readonly type: 'hung-up' }
  | { readonly type: 'joined'; readonly isCold: boolean }
  | { readonly type: 'refused'; readonly reason: string; readonly detail: string }
  | { readonly type: 'ended'; readonly reason: string }
  | { readonly type: 'full' }
  | { readonly type: 'timeout' }
  /** Left and decoded: what the attempt was. `mayRepeat`: there is room in the recording for another. */
  | { readonly type: 'attempted'; readonly outcome: AttemptOutcome; readonly isOurFault: boolean; readonly mayRepeat: boolean }

export type CheckEffect =
  | { readonly type: 'join'; readonly attempt: number }
  /** Leave the stream and tell `attempted`. `failed`: the word of registrar or relay, for the recording. */
  | { readonly type: 'end'; readonly attempt: number; readonly why: EndWhy; readonly failed?: { readonly reason: string; readonly detail: string } }
  | { readonly type: 'conclude' }
  /** Leave what is joined, keep nothing. */
  | { readonly type: 'abandon' }

type Effect = CheckEffect | TimerEffect<CheckEvent>
type Decision = readonly [CheckState, ...Effect[]]
type InAttempt = Extract<CheckState, { name: 'connecting' | 'sampling' }>

/** Attempts that our own troubles may cost beyond those of the rule set. */
export const maxOwnFaults = 2

const timers = ['asking', 'answer', 'packet', 'keyframe', 'window'] as const

export function checkStep(rules: Pick<RuleSet, 'attempts' | 'betweenAttemptsMs' | 'timeouts' | 'sampling'>): (state: CheckState, event: CheckEvent) => Decision {
  const patience = (name: (typeof timers)[number], ms: number, attempt: number): Effect => ({ type: 'timer', name, ms, event: { type: 'timeout', attempt } })
  const stopTimers: readonly Effect[] = timers.map((name) => ({ type: 'cancel', name }))

  const connect = ({ attempt, blamed }: Extract<CheckState, { name: 'queued' }>): Decision => [
    { name: 'connecting', attempt, blamed },
    // The INVITE leaves at once, unless the last stream is still being given back.
    patience('asking', rules.timeouts.answerMs, attempt),
    { type: 'join', attempt },
  ]

  const end = ({ attempt, blamed }: InAttempt, why: EndWhy, failed?: { readonly reason: string; readonly detail: string }): Decision => [
    { name: 'measuring', attempt, blamed },
    ...stopTimers,
    { type: 'end', attempt, why, ...(failed && { failed }) },
  ]

  const inAttempt = (state: InAttempt, event: CheckEvent): Decision => {
    const { attempt, blamed } = state
    const { answerMs, firstPacketMs, firstKeyframeMs } = rules.timeouts
    const isConnecting = state.name === 'connecting'
    switch (event.type) {
      case 'asked':
        if (!isConnecting) return [state]
        return [state, { type: 'cancel', name: 'asking' }, patience('answer', answerMs, attempt), patience('packet', firstPacketMs, attempt), patience('keyframe', firstKeyframeMs, attempt)]
      case 'joined':
        if (!isConnecting || event.isCold) return [state]
        return [state, { type: 'cancel', name: 'asking' }, patience('packet', firstPacketMs, attempt), patience('keyframe', firstKeyframeMs, attempt)]
      case 'answered':
        return [state, { type: 'cancel', name: 'answer' }]
      case 'packet':
        return [state, { type: 'cancel', name: 'packet' }]
      case 'picture':
        if (!isConnecting) return [state]
        return [{ name: 'sampling', attempt, blamed }, ...stopTimers, patience('window', rules.sampling.windowMs, attempt)]
      case 'sampled':
        return end(state, 'sampled')
      case 'full':
      case 'timeout':
        return end(state, 'timeout')
      case 'hung-up':
        return end(state, 'ended')
      case 'refused':
        return end(state, 'failed', { reason: event.reason, detail: event.detail })
      case 'ended':
        return end(state, 'ended', { reason: 'ended', detail: event.reason })
      case 'begin':
      case 'attempted':
        return [state]
      case 'cancel':
      case 'broke':
        return fail()
    }
  }

  const fail = (): Decision => [{ name: 'failed' }, ...stopTimers, { type: 'cancel', name: 'pause' }, { type: 'abandon' }]

  const measured = (state: Extract<CheckState, { name: 'measuring' }>, attempted: Extract<CheckEvent, { type: 'attempted' }>): Decision => {
    const blamed = state.blamed + (attempted.isOurFault ? 0 : 1)
    const ownFaults = state.attempt - blamed
    // A first attempt that went well is followed by a second all the same: a cold start that cannot be repeated is worth knowing.
    if (!attempted.mayRepeat || blamed >= rules.attempts || ownFaults > maxOwnFaults) return [{ name: 'done' }, { type: 'conclude' }]
    return [{ name: 'queued', attempt: state.attempt + 1, blamed }, { type: 'timer', name: 'pause', ms: rules.betweenAttemptsMs, event: { type: 'begin' } }]
  }

  return (state, event) => {
    if (state.name === 'done' || state.name === 'failed') return [state]
    if (event.type === 'cancel' || event.type === 'broke') return fail()
    if ('attempt' in event && event.attempt !== state.attempt) return [state]
    switch (state.name) {
      case 'queued':
        return event.type === 'begin' ? connect(state) : [state]
      case 'connecting':
      case 'sampling':
        return inAttempt(state, event)
      case 'measuring':
        return event.type === 'attempted' ? measured(state, event) : [state]
    }
  }
}
