// One check of a camera, as decisions: when to ask, when to give up, whether to ask again.
//
//             begin            first picture          enough, look over, lost          left, decoded
//   queued ----------> connecting ----------> sampling ----------------------> measuring ----------+--> done
//     ^                   | refused, timeout, ended, full                         ^                |
//     |                   +-------------------------------------------------------+                |
//     +---------------------------- another attempt, after a pause --------------------------------+
//
// Cancelled or broken from any state: failed. What belongs to an attempt carries its number.
import type { TimerEffect } from '../base/index.ts'
import { runningDefault } from './rules/running.ts'
import type { AttemptOutcome, CheckKind, Note, RuleSet } from './types.ts'

type EndWhy = Extract<Note, { type: 'attempt-end' }>['why']

export type CheckState =
  /** Waiting for its turn, or through the pause before the next attempt. */
  | (Counted & { readonly name: 'queued' | 'connecting' | 'sampling' | 'measuring' })
  | { readonly name: 'done' }
  | { readonly name: 'failed' }

/** `blamed` counts the attempts that stand for the camera, well or ill; `hasLooked`: one of them has looked as long as the running state takes. */
interface Counted {
  readonly attempt: number
  readonly blamed: number
  readonly hasLooked?: boolean
}

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
  /** `runningMs`: it is looked at for so long from its first picture. */
  | { readonly type: 'join'; readonly attempt: number; readonly runningMs?: number }
  /** Leave the stream and tell `attempted`. `failed`: the word of registrar or relay, for the recording. */
  | { readonly type: 'end'; readonly attempt: number; readonly why: EndWhy; readonly failed?: { readonly reason: string; readonly detail: string } }
  | { readonly type: 'conclude' }
  /** Leave what is joined, keep nothing. */
  | { readonly type: 'abandon' }

type Effect = CheckEffect | TimerEffect<CheckEvent>
type Decision = readonly [CheckState, ...Effect[]]
type InAttempt = Counted & { readonly name: 'connecting' | 'sampling' }
type Rules = Pick<RuleSet, 'attempts' | 'betweenAttemptsMs' | 'timeouts' | 'sampling' | 'running'>

/** Attempts that our own troubles may cost beyond those of the rule set. */
export const maxOwnFaults = 2

const timers = ['asking', 'answer', 'packet', 'keyframe', 'window'] as const

export function checkStep(rules: Rules, kinds: readonly CheckKind[] = ['record', 'image']): (state: CheckState, event: CheckEvent) => Decision {
  const wantsStream = kinds.includes('image') || kinds.includes('running')
  const { windowMs } = rules.running ?? runningDefault
  /** The first attempt that comes to anything is the long one. */
  const isLong = ({ hasLooked }: Counted): boolean => kinds.includes('running') && hasLooked !== true
  const countedOf = ({ attempt, blamed, hasLooked }: Counted): Counted => ({ attempt, blamed, ...(hasLooked && { hasLooked }) })
  const patience = (name: (typeof timers)[number], ms: number, attempt: number): Effect => ({ type: 'timer', name, ms, event: { type: 'timeout', attempt } })
  const stopTimers: readonly Effect[] = timers.map((name) => ({ type: 'cancel', name }))

  const connect = (state: Counted): Decision => [
    { name: 'connecting', ...countedOf(state) },
    // The INVITE leaves at once, unless the last stream is still being given back.
    patience('asking', rules.timeouts.answerMs, state.attempt),
    { type: 'join', attempt: state.attempt, ...(isLong(state) && { runningMs: windowMs }) },
  ]

  const end = (state: InAttempt, why: EndWhy, failed?: { readonly reason: string; readonly detail: string }): Decision => [
    { name: 'measuring', ...countedOf(state) },
    ...stopTimers,
    { type: 'end', attempt: state.attempt, why, ...(failed && { failed }) },
  ]

  const inAttempt = (state: InAttempt, event: CheckEvent): Decision => {
    const { attempt } = state
    const { answerMs, firstPacketMs, firstKeyframeMs } = rules.timeouts
    const isConnecting = state.name === 'connecting'
    switch (event.type) {
      case 'asked':
        if (!isConnecting) return [state]
        return [state, { type: 'cancel', name: 'asking' }, patience('answer', answerMs, attempt), patience('packet', firstPacketMs, attempt), patience('keyframe', firstKeyframeMs, attempt)]
      case 'joined':
        if (!isConnecting || event.isCold) return [state]
        return [state, { type: 'cancel', name: 'asking' }, { type: 'cancel', name: 'answer' }, patience('packet', firstPacketMs, attempt), patience('keyframe', firstKeyframeMs, attempt)]
      case 'answered':
        return [state, { type: 'cancel', name: 'answer' }]
      case 'packet':
        return [state, { type: 'cancel', name: 'packet' }]
      case 'picture':
        if (!isConnecting) return [state]
        return [{ name: 'sampling', ...countedOf(state) }, ...stopTimers, patience('window', isLong(state) ? windowMs : rules.sampling.windowMs, attempt)]
      case 'sampled':
        return end(state, 'sampled')
      case 'full':
      case 'timeout':
        return end(state, isLong(state) && !isConnecting ? 'watched' : 'timeout')
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

  const measured = (state: Counted, attempted: Extract<CheckEvent, { type: 'attempted' }>): Decision => {
    const blamed = state.blamed + (attempted.isOurFault ? 0 : 1)
    const ownFaults = state.attempt - blamed
    const hasLooked = state.hasLooked === true || (isLong(state) && attempted.outcome === 'ok')
    // A first attempt that went well is followed by a second all the same: a cold start that cannot be repeated is worth knowing. Of the running alone it says nothing.
    const isEnough = hasLooked && !kinds.includes('image')
    if (isEnough || !attempted.mayRepeat || blamed >= rules.attempts || ownFaults > maxOwnFaults) return [{ name: 'done' }, { type: 'conclude' }]
    return [{ name: 'queued', attempt: state.attempt + 1, blamed, ...(hasLooked && { hasLooked }) }, { type: 'timer', name: 'pause', ms: rules.betweenAttemptsMs, event: { type: 'begin' } }]
  }

  return (state, event) => {
    if (state.name === 'done' || state.name === 'failed') return [state]
    if (event.type === 'cancel' || event.type === 'broke') return fail()
    if ('attempt' in event && event.attempt !== state.attempt) return [state]
    switch (state.name) {
      case 'queued':
        if (event.type !== 'begin') return [state]
        return wantsStream ? connect(state) : [{ name: 'done' }, { type: 'conclude' }]
      case 'connecting':
      case 'sampling':
        return inAttempt({ ...state, name: state.name }, event)
      case 'measuring':
        return event.type === 'attempted' ? measured(state, event) : [state]
    }
  }
}
