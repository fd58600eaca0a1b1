// One subscription that is wanted of a device: idle, asking, active, refreshing, waiting, ending, ended. GB/T 28181-2022 9.11; RFC 6665 4.1.
import type { Step, TimerEffect } from '../../base/index.ts'

interface Common {
  /** Number of the last SUBSCRIBE: an answer to an earlier one is nothing. */
  readonly turn: number
  /** Refusals and silences in a row. */
  readonly tries: number
  /** Which spelling of Event. */
  readonly form: number
}
export type SubscriptionState =
  /** The device is not there. */
  | (Common & { readonly name: 'idle'; readonly isInDialog: boolean })
  | (Common & { readonly name: 'asking' })
  | (Common & { readonly name: 'active' })
  | (Common & { readonly name: 'refreshing' })
  /** Refused or unanswered: asked again later. */
  | (Common & { readonly name: 'waiting' })
  | (Common & { readonly name: 'ending' })
  | (Common & { readonly name: 'ended' })

/** `turn` names the SUBSCRIBE that an answer is for. */
export type SubscriptionEvent =
  /** The device registered, or was heard again. */
  | { readonly type: 'present' }
  | { readonly type: 'absent' }
  | { readonly type: 'accepted'; readonly turn: number; /** Seconds granted. */ readonly expiresS: number }
  | { readonly type: 'refused'; readonly turn: number; readonly status: number; readonly detail: string; /** Retry-After or Min-Expires, in seconds. */ readonly retryAfterS?: number }
  | { readonly type: 'failed'; readonly turn: number; readonly detail: string }
  /** A NOTIFY said that the subscription is over. */
  | { readonly type: 'terminated'; readonly detail: string }
  | { readonly type: 'due' }
  | { readonly type: 'stop' }

export type SubscriptionEffect =
  /** `form`: which spelling of Event. A new dialog unless `isRefresh`. */
  | { readonly type: 'subscribe'; readonly turn: number; readonly isRefresh: boolean; readonly form: number; readonly isEnd: boolean }
  | { readonly type: 'changed'; readonly isActive: boolean; readonly detail: string }
  | { readonly type: 'over' }

/** Ours. A refresh leaves well before the end, so that one that is lost can be sent again. */
const refreshPart = 0.8
const leastRefreshMs = 5_000
/** Ours: pauses after a first, second, … refusal; the last goes on. */
const pausesMs: readonly number[] = [30_000, 60_000, 300_000, 900_000]
const longestPauseMs = 3_600_000
/** Spellings of Event, of which a device that says 489 or 400 may want another. docs/interop.md Q25. */
export const eventForms = 3

type Effect = SubscriptionEffect | TimerEffect<SubscriptionEvent>
type Outcome = readonly [SubscriptionState, ...Effect[]]

export const subscriptionStart: SubscriptionState = { name: 'idle', turn: 0, tries: 0, form: 0, isInDialog: false }

export const subscriptionStep: Step<SubscriptionState, SubscriptionEvent, Effect> = (state, event) => {
  if (state.name === 'ended') return [state]
  if (event.type === 'stop') return stop(state)
  switch (state.name) {
    case 'idle':
      return event.type === 'present' ? (state.isInDialog ? refresh(state) : ask(state)) : [state]
    case 'asking':
      if (event.type === 'absent') return leave(state)
      if (!isAnswer(event, state)) return [state]
      if (event.type === 'accepted') return activate(state, event.expiresS)
      // Interop: a spelling of Event that this device does not know is no refusal of what is asked.
      if (event.type === 'refused' && (event.status === 489 || event.status === 400) && state.form + 1 < eventForms) return ask({ ...state, form: state.form + 1 })
      return pause(state, event, state.tries === 0)
    case 'active':
      if (event.type === 'absent') return leave(state)
      if (event.type === 'due' || event.type === 'present') return refresh(state)
      return event.type === 'terminated' ? pause(state, event, true) : [state]
    case 'refreshing':
      if (event.type === 'absent') return leave(state)
      if (event.type === 'terminated') return pause(state, event, true)
      if (!isAnswer(event, state)) return [state]
      if (event.type === 'accepted') return activate(state, event.expiresS)
      // The device forgot the dialog, over a restart of its own: a new one at once. RFC 6665 4.1.2.2.
      if (event.type === 'refused') return [...ask(state), { type: 'changed', isActive: false, detail: event.detail }]
      return pause(state, event, true)
    case 'waiting':
      if (event.type === 'absent') return leave(state)
      return event.type === 'due' || event.type === 'present' ? ask(state) : [state]
    case 'ending':
      return event.type === 'absent' || isAnswer(event, state) ? over(state) : [state]
  }
}

type Answered = Extract<SubscriptionEvent, { type: 'accepted' | 'refused' | 'failed' }>
const isAnswer = (event: SubscriptionEvent, { turn }: Common): event is Answered => (event.type === 'accepted' || event.type === 'refused' || event.type === 'failed') && event.turn === turn

const cancelDue: Effect = { type: 'cancel', name: 'due' }
const due = (ms: number): Effect => ({ type: 'timer', name: 'due', ms, event: { type: 'due' } })

function ask({ turn, tries, form }: Common): Outcome {
  return [{ name: 'asking', turn: turn + 1, tries, form }, cancelDue, { type: 'subscribe', turn: turn + 1, isRefresh: false, form, isEnd: false }]
}
function refresh({ turn, tries, form }: Common): Outcome {
  return [{ name: 'refreshing', turn: turn + 1, tries, form }, cancelDue, { type: 'subscribe', turn: turn + 1, isRefresh: true, form, isEnd: false }]
}
function activate({ name, turn, form }: SubscriptionState, expiresS: number): Outcome {
  const news: readonly Effect[] = name === 'asking' ? [{ type: 'changed', isActive: true, detail: `${expiresS} s granted` }] : []
  return [{ name: 'active', turn, tries: 0, form }, due(Math.max(leastRefreshMs, expiresS * 1000 * refreshPart)), ...news]
}
/** `isNews`: whether this is where it fell, and not one more refusal. */
function pause({ turn, tries, form }: Common, event: Answered | Extract<SubscriptionEvent, { type: 'terminated' }>, isNews: boolean): Outcome {
  const ownMs = pausesMs[Math.min(tries, pausesMs.length - 1)] ?? longestPauseMs
  const wantedMs = event.type === 'refused' ? (event.retryAfterS ?? 0) * 1000 : 0
  const detail = event.type === 'accepted' ? '' : event.detail
  const news: readonly Effect[] = isNews ? [{ type: 'changed', isActive: false, detail }] : []
  return [{ name: 'waiting', turn, tries: tries + 1, form: event.type === 'refused' ? 0 : form }, due(Math.min(Math.max(ownMs, wantedMs), longestPauseMs)), ...news]
}
/** The device went: what stood may stand again when it returns. */
function leave(state: SubscriptionState): Outcome {
  const { turn, form } = state
  const isInDialog = state.name === 'active' || state.name === 'refreshing'
  const news: readonly Effect[] = isInDialog ? [{ type: 'changed', isActive: false, detail: 'the device is not there' }] : []
  return [{ name: 'idle', turn, tries: 0, form, isInDialog }, cancelDue, ...news]
}
function stop(state: Exclude<SubscriptionState, { name: 'ended' }>): Outcome {
  const { name, turn, tries, form } = state
  if (name === 'ending') return [state]
  if (name === 'idle' || name === 'waiting') return over(state)
  // While it is asked: the answer may still come and leave the device with a subscription, so it is ended all the same.
  const news: readonly Effect[] = name === 'asking' ? [] : [{ type: 'changed', isActive: false, detail: 'no longer wanted' }]
  return [{ name: 'ending', turn: turn + 1, tries, form }, cancelDue, { type: 'subscribe', turn: turn + 1, isRefresh: true, form, isEnd: true }, ...news]
}
function over({ turn, tries, form }: Common): Outcome {
  return [{ name: 'ended', turn, tries, form }, cancelDue, { type: 'over' }]
}
