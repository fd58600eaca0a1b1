// The facts of one device on their way out: in order in each lane, and no more of them waiting than is good.
import type { Log } from '../../base/index.ts'
import type { SipFact } from './facts.ts'

/** Ours: facts of one lane that may wait to be kept. Registrations are never left out: their 200 waits with them. */
const mostWaiting = 1_000

/**
 * A catalog of 100,000 channels takes its time to be kept, and the REGISTER that comes meanwhile must not wait for it: who is where,
 * what is listed and what happened are three lanes, each in its own order.
 */
export type Lane = 'access' | 'list' | 'event'

export function laneOf(fact: SipFact): Lane {
  switch (fact.type) {
    case 'registered':
    case 'unregistered':
    case 'stranger':
    case 'presence':
      return 'access'
    case 'catalog':
    case 'catalog-changes':
      return 'list'
    default:
      return 'event'
  }
}

export interface Told {
  /** Rejects when the fact could not be kept. */
  readonly tell: (fact: SipFact) => Promise<void>
  /** The same for whoever cannot do anything about it: a failure is logged. */
  readonly tellOrLog: (fact: SipFact) => Promise<void>
}

export function createTold(options: { readonly deviceId: string; readonly log: Log; readonly onFact: (fact: SipFact) => Promise<void> }): Told {
  const { deviceId, log, onFact } = options
  const last: Record<Lane, Promise<void>> = { access: Promise.resolve(), list: Promise.resolve(), event: Promise.resolve() }
  const waiting: Record<Lane, number> = { access: 0, list: 0, event: 0 }

  let left = 0

  const tell = (fact: SipFact): Promise<void> => {
    const lane = laneOf(fact)
    waiting[lane]++
    const told = last[lane].then(() => onFact(fact)).finally(() => waiting[lane]--)
    last[lane] = told.catch(() => {})
    return told
  }
  /** A flood of what cannot be kept in time costs two lines in the log: when it begins and when it has ended. */
  const isFull = (fact: SipFact): boolean => {
    const lane = laneOf(fact)
    if (lane === 'access' || waiting[lane] < mostWaiting) {
      if (left > 0 && waiting[lane] < mostWaiting / 2) {
        log.warn({ deviceId, left }, 'facts are kept again')
        left = 0
      }
      return false
    }
    if (left++ === 0) log.warn({ deviceId, fact: fact.type, waiting: mostWaiting }, 'facts come faster than they can be kept: the latest are left out')
    return true
  }
  return {
    tell,
    tellOrLog: (fact) => (isFull(fact) ? Promise.resolve() : tell(fact).catch((error: unknown) => log.error({ deviceId, fact: fact.type, error }, 'fact not kept'))),
  }
}
