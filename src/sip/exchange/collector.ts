// One answer that comes in many messages: asked, collecting, complete, incomplete. GB/T 28181-2022 Annex M.
//
// The machine sees figures only. What was collected lies in a collection that one run owns and only adds to (collection.ts): with
// the items in the state every message of a catalog of 100,000 would copy all of them.
import type { Step, TimerEffect } from '../../base/index.ts'

export interface CollectorTimes {
  /** For the first message: big recorders take minutes to begin. */
  readonly firstMs: number
  /** Between messages that bring something new. */
  readonly idleMs: number
  /** After the total is reached, for messages beyond a total that was told too low. */
  readonly settleMs: number
}

export type Attempt = 1 | 2

/** The figures of a run. An item is distinct by its key, since devices send entries twice. */
interface Figures {
  /** 2 is the one repeat that an incomplete answer earns. */
  readonly attempt: Attempt
  /** Distinct items of both attempts. */
  readonly size: number
  /** Distinct items that this attempt brought. */
  readonly fresh: number
  /** Entries that this attempt brought, doubles counted. */
  readonly entries: number
  /** The largest total that this attempt told, and the one before. Q49. */
  readonly told: number
  readonly toldBefore: number
  readonly isAnswered: boolean
  /** Items were left out, since the collection is full. */
  readonly isCut: boolean
}
export type CollectorState =
  | (Figures & { readonly name: 'asked' })
  | (Figures & { readonly name: 'collecting'; readonly isSettling: boolean })
  | (Figures & { readonly name: 'complete' })
  | (Figures & { readonly name: 'incomplete' })

export type CollectorEvent<Failure> =
  | { readonly type: 'begin' }
  /** A message, already in the collection: its total, its entries (0 when they answer an earlier attempt), and how the collection stands now. */
  | { readonly type: 'page'; readonly sumNum: number; readonly entries: number; readonly size: number; readonly fresh: number; readonly isCut: boolean }
  /** The query itself failed: a refusal, no answer to it, a lost connection. */
  | { readonly type: 'query-failed'; readonly attempt: Attempt; readonly failure: Failure }
  | { readonly type: 'silent' }
  | { readonly type: 'settled' }
  | { readonly type: 'stop' }

export interface CollectorDone<Failure> {
  readonly type: 'done'
  readonly isComplete: boolean
  /** False when no message came at all. */
  readonly isAnswered: boolean
  /** It said that there is nothing. */
  readonly isReportedEmpty: boolean
  readonly isCut: boolean
  readonly sumNum: number
  readonly attempts: Attempt
  readonly reason: string
  /** Why the last query failed, when one did and nothing came. */
  readonly failure?: Failure
}
export type CollectorEffect<Failure> = { readonly type: 'ask'; readonly attempt: Attempt } | CollectorDone<Failure>

type Running = Extract<CollectorState, { name: 'asked' | 'collecting' }>
type Effect<Failure> = CollectorEffect<Failure> | TimerEffect<CollectorEvent<Failure>>
type Outcome<Failure> = readonly [CollectorState, ...Effect<Failure>[]]

export const collectorStart: CollectorState = { name: 'asked', attempt: 1, size: 0, fresh: 0, entries: 0, told: 0, toldBefore: 0, isAnswered: false, isCut: false }

export function collectorStep<Failure>(times: CollectorTimes): Step<CollectorState, CollectorEvent<Failure>, Effect<Failure>> {
  const silence = (ms: number): Effect<Failure> => ({ type: 'timer', name: 'silence', ms, event: { type: 'silent' } })
  const cancel = (name: 'silence' | 'settle'): Effect<Failure> => ({ type: 'cancel', name })

  const finish = (state: Figures, isComplete: boolean, reason: string, failure?: Failure): Outcome<Failure> => {
    const { attempt, size, fresh, entries, told, toldBefore, isAnswered, isCut } = state
    const figures: Figures = { attempt, size, fresh, entries, told, toldBefore, isAnswered, isCut }
    const sumNum = Math.max(told, toldBefore)
    const isReportedEmpty = isAnswered && sumNum === 0 && size === 0
    const done: CollectorDone<Failure> = { type: 'done', isComplete, isAnswered, isReportedEmpty, isCut, sumNum, attempts: attempt, reason, ...(failure !== undefined && !isAnswered && { failure }) }
    return [isComplete ? { name: 'complete', ...figures } : { name: 'incomplete', ...figures }, cancel('silence'), cancel('settle'), done]
  }
  /** Asks once more, keeping what came, or ends for good. Whoever has begun to answer needs less time to begin again. */
  const giveUp = (state: Figures, reason: string, failure?: Failure): Outcome<Failure> => {
    if (state.attempt === 2 || state.isCut) return finish(state, false, reason, failure)
    const firstMs = state.isAnswered ? Math.min(times.firstMs, 2 * times.idleMs) : times.firstMs
    const again: CollectorState = { ...state, name: 'asked', attempt: 2, fresh: 0, entries: 0, told: 0, toldBefore: state.told }
    return [again, cancel('settle'), silence(firstMs), { type: 'ask', attempt: 2 }]
  }
  const collect = (state: Running, page: Extract<CollectorEvent<Failure>, { type: 'page' }>): Outcome<Failure> => {
    const { size, fresh, isCut } = page
    const figures: Figures = { attempt: state.attempt, size, fresh, isCut, entries: state.entries + page.entries, told: Math.max(state.told, page.sumNum), toldBefore: state.toldBefore, isAnswered: true }
    const isSettling = isWhole(figures)
    const next: CollectorState = { name: 'collecting', ...figures, isSettling }
    if (isSettling) return [next, cancel('silence'), { type: 'timer', name: 'settle', ms: times.settleMs, event: { type: 'settled' } }]
    // Only news keeps a query open: a device that repeats itself does not. A total that grew while settling reopens it; so does what finds no room.
    const isNews = state.name === 'asked' || state.isSettling || fresh > state.fresh || isCut
    return [next, cancel('settle'), ...(isNews ? [silence(times.idleMs)] : [])]
  }

  return (state, event) => {
    if (state.name === 'complete' || state.name === 'incomplete') return [state]
    switch (event.type) {
      case 'begin':
        return [state, silence(times.firstMs), { type: 'ask', attempt: 1 }]
      case 'page':
        return collect(state, event)
      case 'query-failed':
        return state.name === 'asked' && event.attempt === state.attempt ? giveUp(state, 'the query failed', event.failure) : [state]
      case 'silent':
        if (hasDoubles(state)) return finish(state, true, `complete: ${state.entries - state.fresh} of ${state.told} entries are doubles`)
        return giveUp(state, state.isAnswered ? `${state.size} of ${Math.max(state.told, state.toldBefore)} items, then silence` : 'no answer')
      case 'settled':
        return state.name === 'collecting' && state.isSettling ? finish(state, true, 'complete') : [state]
      case 'stop':
        return finish(state, false, 'stopped')
    }
  }
}

/** As many as were ever told; or the repeat brought all that is known and as many as it tells itself, so that a total that shrank is believed. */
const isWhole = ({ attempt, size, fresh, told, toldBefore, isCut }: Figures): boolean =>
  !isCut && (size >= Math.max(told, toldBefore) || (attempt === 2 && fresh === size && fresh >= told))

/** Interop: a total that counts entries listed twice. Believed when the repeat brings that many entries, and every item of before. docs/interop.md Q49. */
const hasDoubles = ({ attempt, size, fresh, entries, told }: Figures): boolean => attempt === 2 && told > 0 && entries >= told && fresh === size && size > 0
