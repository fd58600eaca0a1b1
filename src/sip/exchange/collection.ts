// What one run of a collector has collected: items by key, in the order they first came; only ever added to. GB/T 28181-2022 Annex M.
import { runMachine, type Clock, type Log } from '../../base/index.ts'
import { collectorStart, collectorStep, type Attempt, type CollectorDone, type CollectorEffect, type CollectorEvent, type CollectorState, type CollectorTimes } from './collector.ts'

export interface Collected<T, Failure> extends Omit<CollectorDone<Failure>, 'type'> {
  readonly items: readonly T[]
}

export interface Collecting<T, Failure> {
  /** One message of the answer; `attempt` is the one whose query it names, undefined when it names none. */
  readonly page: (page: { readonly sumNum: number; readonly items: readonly T[]; readonly attempt: Attempt | undefined }) => void
  readonly stop: () => void
  /** Settles once, never rejects. */
  readonly result: Promise<Collected<T, Failure>>
}

export interface CollectOptions<T, Failure> {
  readonly times: CollectorTimes
  /** Distinct items kept; what comes beyond is left out and said so. */
  readonly limit: number
  readonly keyOf: (item: T) => string
  /** Sends the query; `failed` when it was not taken. */
  readonly ask: (attempt: Attempt, failed: (failure: Failure) => void) => void
  readonly clock: Clock
  readonly log: Log
  readonly label: Readonly<Record<string, unknown>>
}

/** Begins at once. */
export function collect<T, Failure>(options: CollectOptions<T, Failure>): Collecting<T, Failure> {
  const { times, limit, keyOf, ask, clock, log, label } = options
  const result = Promise.withResolvers<Collected<T, Failure>>()
  const places = new Map<string, number>()
  const items: T[] = []
  /** By place: the attempt that last brought the item. */
  const broughtBy: Attempt[] = []
  let fresh = 0
  let isCut = false

  const put = (item: T, attempt: Attempt): void => {
    const key = keyOf(item)
    const place = places.get(key) ?? items.length
    if (place >= limit) {
      isCut = true
      return
    }
    if (broughtBy[place] !== attempt) fresh++
    places.set(key, place)
    items[place] = item
    broughtBy[place] = attempt
  }
  const machine = runMachine<CollectorState, CollectorEvent<Failure>, CollectorEffect<Failure>>({
    initial: collectorStart,
    step: collectorStep(times),
    perform: (effect, send) => {
      if (effect.type === 'done') {
        const { type: _, ...done } = effect
        return result.resolve({ ...done, items })
      }
      const { attempt } = effect
      fresh = 0
      ask(attempt, (failure) => send({ type: 'query-failed', attempt, failure }))
    },
    clock, log, label,
  })
  machine.send({ type: 'begin' })
  return {
    page: (page) => {
      const { name, attempt } = machine.state()
      if (name === 'complete' || name === 'incomplete') return
      for (const item of page.items) put(item, attempt)
      const isOurs = page.attempt === undefined || page.attempt === attempt
      machine.send({ type: 'page', sumNum: page.sumNum, entries: isOurs ? page.items.length : 0, size: items.length, fresh, isCut })
    },
    stop: () => machine.send({ type: 'stop' }),
    result: result.promise,
  }
}
