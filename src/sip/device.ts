// One device as a user agent sees it: its binding, its presence, its running catalog query, its facts in order.
import { runMachine, type Clock, type Log, type Machine } from '../base/index.ts'
import { catalogStart, catalogStep, catalogTimes, type CatalogDone, type CatalogEvent, type CatalogState } from './catalog.ts'
import type { CatalogOutcome } from './asking.ts'
import type { SipFact } from './facts.ts'
import type { CatalogResponse } from './manscdp/index.ts'
import { presenceStep, type KeepaliveRule, type Presence, type PresenceEvent, type PresenceState } from './presence.ts'
import type { StoredBinding } from './registrar.ts'

export type { SipFact } from './facts.ts'
export type { CatalogOutcome } from './asking.ts'

export interface Device {
  readonly id: string
  readonly binding: () => StoredBinding | undefined
  readonly bind: (binding: StoredBinding | undefined) => void
  readonly presence: () => Presence
  readonly heard: (event: PresenceEvent) => void
  /** Hands a fact over after all earlier ones; rejects when it could not be kept. */
  readonly tell: (fact: SipFact) => Promise<void>
  /** Asks for the catalog, or joins the query that is running. */
  readonly queryCatalog: () => Promise<CatalogOutcome>
  /** Takes a page of the running query; false when none is running. */
  readonly takePage: (page: CatalogResponse) => boolean
  /** Whether the running query asked with this serial number. */
  readonly asked: (sn: number) => boolean
  readonly close: () => void
}

export interface DeviceOptions {
  readonly id: string
  readonly keepalive: KeepaliveRule
  readonly clock: Clock
  readonly log: Log
  readonly onFact: (fact: SipFact) => Promise<void>
  readonly nextSn: () => number
  /** Sends the query to the device's binding; `failed` when the device or the network refuses it. */
  readonly ask: (device: Device, sn: number, failed: (detail: string) => void) => void
}

interface RunningQuery {
  readonly machine: Machine<CatalogState, CatalogEvent>
  readonly sns: readonly number[]
  readonly result: Promise<CatalogOutcome>
}

export function createDevice(options: DeviceOptions): Device {
  const { id, clock, log } = options
  let binding: StoredBinding | undefined
  let queue: Promise<void> = Promise.resolve()
  let query: RunningQuery | undefined

  const tell = (fact: SipFact): Promise<void> => {
    const told = queue.then(() => options.onFact(fact))
    queue = told.catch(() => {})
    return told
  }
  const tellOrLog = (fact: SipFact): Promise<void> => tell(fact).catch((error: unknown) => log.error({ deviceId: id, fact: fact.type, error }, 'fact not kept'))

  const unknown: PresenceState = { name: 'unknown' }
  const presence = runMachine({
    initial: unknown,
    step: presenceStep(options.keepalive),
    perform: ({ from, to, reason }) => {
      log.info({ deviceId: id, from, to, reason }, 'presence')
      void tellOrLog({ type: 'presence', deviceId: id, from, to, reason, atMs: clock.wallMs() })
    },
    clock, log, label: { deviceId: id, machine: 'presence' },
  })

  const finish = async ({ isAnswered, isComplete, items, sumNum, reason }: CatalogDone): Promise<CatalogOutcome> => {
    log.info({ deviceId: id, items: items.length, sumNum, isComplete, reason }, 'catalog')
    if (!isAnswered) return { ok: false, reason }
    await tellOrLog({ type: 'catalog', deviceId: id, items, isComplete, sumNum })
    return { ok: true, items, isComplete }
  }
  const startQuery = (): RunningQuery => {
    const result = Promise.withResolvers<CatalogOutcome>()
    const sns: number[] = []
    const machine = runMachine({
      initial: catalogStart,
      step: catalogStep(catalogTimes),
      perform: (effect, send) => {
        if (effect.type === 'done') {
          query = undefined
          return result.resolve(finish(effect))
        }
        const { attempt } = effect
        const sn = options.nextSn()
        sns.push(sn)
        options.ask(device, sn, (detail) => send({ type: 'query-failed', attempt, detail }))
      },
      clock, log, label: { deviceId: id, machine: 'catalog' },
    })
    return { machine, sns, result: result.promise }
  }

  const device: Device = {
    id,
    binding: () => binding,
    bind: (next) => {
      binding = next
    },
    presence: () => presence.state().name,
    heard: (event) => presence.send(event),
    tell,
    queryCatalog: () => {
      if (query) return query.result
      if (!binding) return Promise.resolve({ ok: false, reason: 'not-registered' })
      if (presence.state().name === 'offline') return Promise.resolve({ ok: false, reason: 'offline' })
      const started = startQuery()
      query = started
      started.machine.send({ type: 'begin' })
      return started.result
    },
    // A page with another serial number is taken too: some devices answer with 0, and only one query runs per device (Q49).
    takePage: (page) => {
      query?.machine.send({ type: 'page', sumNum: page.sumNum, items: page.items })
      return query !== undefined
    },
    asked: (sn) => query?.sns.includes(sn) ?? false,
    close: () => {
      query?.machine.send({ type: 'stop' })
      presence.close()
    },
  }
  return device
}
