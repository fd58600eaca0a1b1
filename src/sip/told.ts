// The facts of one device on their way out: in order in each lane, and no more of them waiting than is good.
import type { Log } from '../base/index.ts'
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

  const tell = (fact: SipFact): Promise<void> => {
    const lane = laneOf(fact)
    if (lane !== 'access' && waiting[lane] >= mostWaiting) return Promise.reject(new Error(`${mostWaiting} facts wait to be kept`))
    waiting[lane]++
    const told = last[lane].then(() => onFact(fact)).finally(() => waiting[lane]--)
    last[lane] = told.catch(() => {})
    return told
  }
  return {
    tell,
    tellOrLog: (fact) => tell(fact).catch((error: unknown) => log.error({ deviceId, fact: fact.type, error }, 'fact not kept')),
  }
}
