// Subscriptions to a simulated device: SUBSCRIBE answered and refreshed, NOTIFY inside its dialog, positions by interval, the end told.
// GB/T 28181-2022 9.11, Annex M, Annex N; RFC 6665 4.1, 4.2.
import type { Cancel, Clock } from '../../base/index.ts'
import { header, parseManscdp, type Header, type Manscdp, type ServerTransaction, type SipRequest } from '../../sip/index.ts'
import { attempt } from '../recording/attempt.ts'
import { dialogRequest } from '../requests.ts'
import type { Line } from './line.ts'

export type Subscribed = 'catalog' | 'alarm' | 'mobile-position' | 'ptz-position'

export interface Subscriptions {
  readonly subscribe: (transaction: ServerTransaction) => void
  /** Notifies every subscriber of this; false when there is none. */
  readonly notify: (what: Subscribed, value: Manscdp) => boolean
  readonly size: () => number
  readonly closeAll: () => void
}

interface Subscription {
  readonly what: Subscribed
  readonly opening: SipRequest
  readonly localTag: string
  readonly event: string
  sequence: number
  untilUs: number
  readonly cancels: Cancel[]
}

/** When a SUBSCRIBE names none (Q29). */
const defaultExpiresS = 600
const defaultIntervalS = 5
/** Ours: subscriptions that one device keeps. */
const maxSubscriptions = 100

export function createSubscriptions(options: { readonly line: Line; readonly clock: Clock; readonly position: (sn: number, deviceId: string) => Manscdp }): Subscriptions {
  const { line, clock } = options
  const open = new Map<string, Subscription>()

  const end = (id: string): void => {
    for (const cancel of open.get(id)?.cancels.splice(0) ?? []) cancel()
    open.delete(id)
  }
  const send = (subscription: Subscription, value: Manscdp | undefined, isOver = false): void => {
    const leftS = Math.max(0, Math.round((subscription.untilUs - clock.nowUs()) / 1_000_000))
    const state: readonly Header[] = [
      { name: 'Event', value: subscription.event },
      { name: 'Subscription-State', value: isOver ? 'terminated;reason=timeout' : `active;expires=${leftS}` },
    ]
    const body = value && line.body(value)
    line.request(dialogRequest('NOTIFY', subscription.opening, line.who, subscription.localTag, ++subscription.sequence, [...state, ...(body ? [line.contentType] : [])], body))
  }
  const arm = (id: string, subscription: Subscription, expiresS: number, intervalS: number): void => {
    for (const cancel of subscription.cancels.splice(0)) cancel()
    subscription.untilUs = clock.nowUs() + expiresS * 1_000_000
    subscription.cancels.push(
      clock.after(expiresS * 1000, () => {
        send(subscription, undefined, true)
        end(id)
      }),
    )
    if (subscription.what !== 'mobile-position') return
    const report = (): void => {
      send(subscription, options.position(line.nextSn(), line.who.deviceId))
      subscription.cancels[1] = clock.after(intervalS * 1000, report)
    }
    subscription.cancels[1] = clock.after(0, report)
  }

  return {
    subscribe: (transaction) => {
      const { request } = transaction
      const id = header(request, 'Call-ID') ?? ''
      const query = attempt(() => parseManscdp(request.body))
      const what = query && subscribedBy(query)
      const asked = Number(header(request, 'Expires') ?? defaultExpiresS)
      const expiresS = Number.isInteger(asked) && asked >= 0 ? asked : defaultExpiresS
      const known = open.get(id)
      if (!known && !what) return transaction.respond({ status: 489 })
      if (!known && open.size >= maxSubscriptions) return transaction.respond({ status: 503 })
      const event = header(request, 'Event')
      const more: Header[] = [
        { name: 'Contact', value: `<${line.who.contact()}>` },
        ...(event === undefined ? [] : [{ name: 'Event', value: event }]),
        ...(line.habits.has('subscribe-without-expires') ? [] : [{ name: 'Expires', value: String(expiresS) }]),
      ]
      const type = known?.what ?? what
      const plain = line.habits.has('subscribe-body') && query && type ? line.body(plainAnswer(type, query.sn, query.deviceId)) : undefined
      transaction.respond({ status: 200, headers: plain ? [...more, line.contentType] : more, ...(plain && { body: plain }) })
      if (expiresS === 0) {
        if (known) send({ ...known, untilUs: clock.nowUs() }, undefined, true)
        return end(id)
      }
      const subscription = known ?? (type && { what: type, opening: request, localTag: transaction.toTag ?? '', event: event ?? 'presence', sequence: 0, untilUs: 0, cancels: [] })
      if (!subscription) return
      open.set(id, subscription)
      arm(id, subscription, expiresS, query?.type === 'query-mobile-position' ? (query.intervalS ?? defaultIntervalS) : defaultIntervalS)
    },
    notify: (what, value) => {
      const wanted = [...open.values()].filter((subscription) => subscription.what === what)
      for (const subscription of wanted) send(subscription, value)
      return wanted.length > 0
    },
    size: () => open.size,
    closeAll: () => {
      for (const id of [...open.keys()]) end(id)
    },
  }
}

function subscribedBy(query: Manscdp): Subscribed | undefined {
  switch (query.type) {
    case 'query-catalog':
      return 'catalog'
    case 'query-alarm':
      return 'alarm'
    case 'query-mobile-position':
      return 'mobile-position'
    case 'query-ptz-position':
      return 'ptz-position'
    default:
      return undefined
  }
}

function plainAnswer(what: Subscribed, sn: number, deviceId: string): Manscdp {
  const head = { sn, deviceId, result: 'OK' } as const
  if (what === 'catalog') return { type: 'response-catalog', ...head, sumNum: 0, items: [] }
  return what === 'alarm' ? { type: 'response-alarm', ...head } : what === 'ptz-position' ? { type: 'response-ptz-position', ...head } : { type: 'response-mobile-position', ...head }
}
