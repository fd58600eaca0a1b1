// One device as a user agent sees it: its binding and presence, its exchanges and subscriptions, its alarms, its facts in order.
import { runMachine, type Clock, type Log } from '../base/index.ts'
import { alarmsStart, alarmsStep, type AlarmsEffect, type AlarmsEvent, type AlarmsState } from './notice/alarms.ts'
import type { CatalogOutcome } from './exchange/asking.ts'
import { queryCatalog } from './exchange/catalog.ts'
import type { Failure } from './exchange/exchange.ts'
import { createExchanges, type Exchanges, type ExchangesOptions } from './exchange/exchanges.ts'
import type { AlarmFact, CatalogChange, SipFact } from './notice/facts.ts'
import { createListing } from './notice/listing.ts'
import { presenceStep, type KeepaliveRule, type Presence, type PresenceEvent, type PresenceState } from './access/presence.ts'
import type { StoredBinding } from './access/registrar.ts'
import { createSpeech, type Speech } from './exchange/speech.ts'
import { createSubscriptions, type Subscriptions, type SubscriptionsOptions } from './notice/subscriptions.ts'
import { createTold } from './notice/told.ts'
import { catalogNote } from './trace/notes.ts'
import type { TraceNote } from './trace/types.ts'

export type { SipFact } from './notice/facts.ts'

/** Made at the first call; `peek` gives it if it was made. */
export interface Once<T> {
  (): T
  readonly peek: () => T | undefined
}
function once<T>(make: () => T): Once<T> {
  let made: T | undefined
  return Object.assign(() => (made ??= make()), { peek: () => made })
}

export interface Device {
  readonly id: string
  readonly binding: () => StoredBinding | undefined
  readonly bind: (binding: StoredBinding | undefined) => void
  readonly presence: () => Presence
  readonly heard: (event: PresenceEvent) => void
  /** Hands a fact over after all earlier ones of its lane; rejects when it could not be kept. */
  readonly tell: (fact: SipFact) => Promise<void>
  /** The same, for facts that nobody waits for. */
  readonly note: (fact: SipFact) => void
  readonly speech: Speech
  /** Made when first asked for, as the next: of ten thousand devices most are only there. */
  readonly exchanges: Once<Exchanges>
  readonly subscriptions: Once<Subscriptions>
  /** Asks for the catalog, or joins the query that is running. */
  readonly queryCatalog: () => Promise<CatalogOutcome>
  /** Told after the catalog that is being asked for, when one is. */
  readonly catalogChanged: (changes: readonly CatalogChange[]) => void
  readonly alarmed: (alarm: AlarmFact) => void
  /** Sub-devices that a keepalive calls faulty: told when they are others than before. */
  readonly faulty: (channelIds: readonly string[], isFaulty: boolean) => void
  /** Whether a running query asked with this serial number. */
  readonly asked: (sn: number) => boolean
  readonly alarmsMerged: () => number
  readonly close: () => void
}

export interface DeviceOptions extends Pick<ExchangesOptions, 'turns' | 'nextSn'>, Pick<SubscriptionsOptions, 'us' | 'request'> {
  readonly id: string
  readonly keepalive: KeepaliveRule
  readonly clock: Clock
  readonly log: Log
  readonly onFact: (fact: SipFact) => Promise<void>
  readonly onNote?: ((deviceId: string, note: TraceNote) => void) | undefined
  readonly send: (device: Device, ...message: Parameters<ExchangesOptions['send']>) => void
  readonly write: (device: Device, ...message: Parameters<SubscriptionsOptions['write']>) => Buffer
  /** An alarm was told: the doubles are gone. */
  readonly onAlarm: (device: Device, alarm: AlarmFact) => void
}

const isThere = (presence: Presence): boolean => presence === 'online' || presence === 'late'

export function createDevice(options: DeviceOptions): Device {
  const { id, clock, log } = options
  const told = createTold({ deviceId: id, log, onFact: options.onFact })
  const note = (fact: SipFact): void => void told.tellOrLog(fact)
  let binding: StoredBinding | undefined
  let isClosed = false
  let lastFaulty = ''

  const unknown: PresenceState = { name: 'unknown' }
  const presence = runMachine({
    initial: unknown,
    step: presenceStep(options.keepalive),
    perform: ({ from, to, reason }) => {
      log.info({ deviceId: id, from, to, reason }, 'presence')
      note({ type: 'presence', deviceId: id, from, to, reason, atMs: clock.wallMs() })
      if (isThere(to) && !isThere(from)) subscriptions.peek()?.present()
      if (to === 'offline' && from !== to) {
        subscriptions.peek()?.absent()
        exchanges.peek()?.stop({ ok: false, reason: 'offline', detail: `${id} went offline: ${reason}` })
      }
    },
    clock, log, label: { deviceId: id, machine: 'presence' },
  })
  const obstacle = (): Failure | undefined => {
    if (isClosed) return { ok: false, reason: 'stopped', detail: 'the service is stopping' }
    if (!binding) return { ok: false, reason: 'not-registered', detail: `${id} is not registered` }
    return presence.state().name === 'offline' ? { ok: false, reason: 'offline', detail: `${id} is offline` } : undefined
  }
  const speech = createSpeech()
  const exchanges = once(() => createExchanges({ deviceId: id, clock, log, turns: options.turns, nextSn: options.nextSn, obstacle, send: (value, sent) => options.send(device, value, sent) }))
  const subscriptions = once(() => createSubscriptions({
    deviceId: id, us: options.us, clock, log, nextSn: options.nextSn, request: options.request,
    binding: () => binding,
    isThere: () => binding !== undefined && isThere(presence.state().name),
    write: (value) => options.write(device, value),
    onChanged: (kind, isActive, detail) => note({ type: 'subscription', deviceId: id, kind, isActive, detail, atMs: clock.wallMs() }),
  }))
  const alarms = once(() => runMachine<AlarmsState, AlarmsEvent, AlarmsEffect>({
    initial: alarmsStart,
    step: alarmsStep,
    perform: ({ alarm }) => {
      note(alarm)
      options.onAlarm(device, alarm)
    },
    clock, log, label: { deviceId: id, machine: 'alarms' },
  }))

  const listing = once(() => createListing({ deviceId: id, clock, log, tell: told.tellOrLog, ask: () => queryCatalog(exchanges(), id), onCollected: (collected) => options.onNote?.(id, catalogNote(collected)) }))

  const device: Device = {
    id, speech, exchanges, subscriptions, note,
    binding: () => binding,
    bind: (next) => {
      binding = next
      if (next) speech.registered(next.gbVersion)
    },
    presence: () => presence.state().name,
    heard: (event) => presence.send(event),
    tell: told.tell,
    queryCatalog: () => {
      const now = obstacle()
      if (now) return Promise.resolve({ ok: false, reason: now.reason })
      return listing().query()
    },
    catalogChanged: (changes) => listing().changed(changes),
    alarmed: (alarm) => alarms().send({ type: 'alarm', alarm }),
    faulty: (channelIds, isFaulty) => {
      const said = `${isFaulty} ${channelIds.join(' ')}`
      if (said === lastFaulty || (lastFaulty === '' && !isFaulty && channelIds.length === 0)) return
      lastFaulty = said
      note({ type: 'faulty', deviceId: id, channelIds, isFaulty, atMs: clock.wallMs() })
    },
    asked: (sn) => exchanges.peek()?.asked(sn) ?? false,
    alarmsMerged: () => alarms.peek()?.state().merged ?? 0,
    close: () => {
      isClosed = true
      exchanges.peek()?.stop({ ok: false, reason: 'stopped', detail: 'the service is stopping' })
      alarms.peek()?.send({ type: 'stop' })
      alarms.peek()?.close()
      subscriptions.peek()?.close()
      presence.close()
    },
  }
  return device
}
