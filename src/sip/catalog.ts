// One catalog query: asked, collecting, complete, incomplete. GB/T 28181-2022 9.5, A.2.4.3, Annex M (split answers).
import type { Step, TimerEffect } from '../base/index.ts'
import type { CatalogItem } from './manscdp/index.ts'

export interface CatalogTimes {
  /** For the first page: big recorders take minutes to begin. */
  readonly firstMs: number
  /** Between pages that bring something new. */
  readonly idleMs: number
  /** After the total is reached, for pages beyond a total that was told too low. */
  readonly settleMs: number
}
export const catalogTimes: CatalogTimes = { firstMs: 120_000, idleMs: 8_000, settleMs: 400 }

/** Ours: ten messages of the largest size that Annex M allows. */
export const maxItems = 100_000

type Attempt = 1 | 2

interface Collected {
  /** 2 is the one repeat that an incomplete answer earns. */
  readonly attempt: Attempt
  /** By id, since devices send entries twice, with the attempt that last brought it. Copied for each page, never altered. */
  readonly items: ReadonlyMap<string, { readonly item: CatalogItem; readonly attempt: Attempt }>
  /** The largest total told; undefined before any answer. */
  readonly sumNum?: number
}
export type CatalogState =
  | (Collected & { readonly name: 'asked' })
  | (Collected & { readonly name: 'collecting'; readonly isSettling: boolean })
  | (Collected & { readonly name: 'complete' })
  | (Collected & { readonly name: 'incomplete' })

export type CatalogEvent =
  | { readonly type: 'begin' }
  | { readonly type: 'page'; readonly sumNum: number; readonly items: readonly CatalogItem[] }
  /** The query itself failed: a SIP refusal, no answer to it, a lost connection. */
  | { readonly type: 'query-failed'; readonly attempt: Attempt; readonly detail: string }
  | { readonly type: 'silent' }
  | { readonly type: 'settled' }
  | { readonly type: 'stop' }

export interface CatalogDone {
  readonly type: 'done'
  readonly isComplete: boolean
  /** False when no page came at all. */
  readonly isAnswered: boolean
  readonly items: readonly CatalogItem[]
  readonly sumNum: number
  readonly reason: string
}
export type CatalogEffect = { readonly type: 'ask'; readonly attempt: Attempt } | CatalogDone

type CatalogStep = Step<CatalogState, CatalogEvent, CatalogEffect | TimerEffect<CatalogEvent>>
type Outcome = ReturnType<CatalogStep>

export const catalogStart: CatalogState = { name: 'asked', attempt: 1, items: new Map() }

export function catalogStep(times: CatalogTimes): CatalogStep {
  return (state, event) => {
    if (state.name === 'complete' || state.name === 'incomplete') return [state]
    switch (event.type) {
      case 'begin':
        return [state, silence(times.firstMs), { type: 'ask', attempt: 1 }]
      case 'page':
        return collect(times, state, event)
      case 'query-failed':
        return state.name === 'asked' && event.attempt === state.attempt ? giveUp(times, state, event.detail) : [state]
      case 'silent':
        return giveUp(times, state, state.name === 'asked' ? 'no answer' : `${state.items.size} of ${state.sumNum ?? 0} items, then silence`)
      case 'settled':
        return state.name === 'collecting' && state.isSettling ? finish(state, true, 'complete') : [state]
      case 'stop':
        return finish(state, false, 'stopped')
    }
  }
}

function collect(times: CatalogTimes, state: Extract<CatalogState, { name: 'asked' | 'collecting' }>, page: Extract<CatalogEvent, { type: 'page' }>): Outcome {
  const { attempt } = state
  const items = new Map(state.items)
  let isNews = state.name === 'asked'
  for (const item of page.items) {
    const known = items.get(item.id)
    if (!known && items.size >= maxItems) continue
    if (known?.attempt !== attempt) isNews = true
    items.set(item.id, { item, attempt })
  }
  const sumNum = Math.max(state.sumNum ?? 0, page.sumNum)
  const isSettling = items.size >= sumNum
  const next: CatalogState = { name: 'collecting', attempt, items, sumNum, isSettling }
  if (isSettling) return [next, cancel('silence'), { type: 'timer', name: 'settle', ms: times.settleMs, event: { type: 'settled' } }]
  // Only news keeps a query open: a device that repeats itself does not. A total that grew while settling reopens it.
  const isReopened = state.name === 'collecting' && state.isSettling
  return [next, cancel('settle'), ...(isNews || isReopened ? [silence(times.idleMs)] : [])]
}

/** Asks once more, keeping what came, or ends for good. Whoever has begun to answer needs less time to begin again. */
function giveUp(times: CatalogTimes, state: Collected, reason: string): Outcome {
  if (state.attempt === 2) return finish(state, false, reason)
  const { items, sumNum } = state
  const firstMs = sumNum === undefined ? times.firstMs : Math.min(times.firstMs, 2 * times.idleMs)
  return [{ name: 'asked', attempt: 2, items, ...(sumNum !== undefined && { sumNum }) }, cancel('settle'), silence(firstMs), { type: 'ask', attempt: 2 }]
}

function finish({ attempt, items, sumNum }: Collected, isComplete: boolean, reason: string): Outcome {
  const found = [...items.values()].map(({ item }) => item)
  const done: CatalogDone = { type: 'done', isComplete, isAnswered: sumNum !== undefined, items: found, sumNum: sumNum ?? 0, reason }
  const collected: Collected = { attempt, items, ...(sumNum !== undefined && { sumNum }) }
  return [isComplete ? { name: 'complete', ...collected } : { name: 'incomplete', ...collected }, cancel('silence'), cancel('settle'), done]
}

const silence = (ms: number): TimerEffect<CatalogEvent> => ({ type: 'timer', name: 'silence', ms, event: { type: 'silent' } })
const cancel = (name: 'silence' | 'settle'): TimerEffect<CatalogEvent> => ({ type: 'cancel', name })
