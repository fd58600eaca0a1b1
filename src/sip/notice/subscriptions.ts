// All subscriptions of one device: asks for them, keeps them up, counts what they bring. GB/T 28181-2022 9.11.
import { ParseError, runMachine, type Clock, type Log, type Machine } from '../../base/index.ts'
import type { Subscribing, SubscriptionView } from '../exchange/asking.ts'
import type { Party } from '../session/dialog.ts'
import type { SubscriptionKind } from './facts.ts'
import { hopOf, refusalOf } from '../exchange/hop.ts'
import { parseManscdp, type Manscdp } from '../manscdp/index.ts'
import { answeredDialog, grantedS, newSubscribe, newSubscriptionDialog, secondsOf, type SubscriptionDialog } from './subscribe-request.ts'
import { subscriptionStart, subscriptionStep, type SubscriptionEffect, type SubscriptionEvent, type SubscriptionState } from './subscription.ts'
import type { Address, ClientEvent, SipRequest } from '../types.ts'

export interface SubscriptionsOptions {
  readonly deviceId: string
  readonly us: () => Party
  readonly clock: Clock
  readonly log: Log
  readonly binding: () => Address | undefined
  readonly isThere: () => boolean
  readonly nextSn: () => number
  /** In the device's charset and edition. */
  readonly write: (value: Manscdp) => Buffer
  readonly request: (request: SipRequest, target: Address, on: (event: ClientEvent) => void) => void
  readonly onChanged: (kind: SubscriptionKind, isActive: boolean, detail: string) => void
}

export interface Subscriptions {
  readonly want: (wanted: Subscribing) => void
  readonly drop: (kind: SubscriptionKind, targetId?: string) => void
  /** The device registered anew or is heard again; or it went. */
  readonly present: () => void
  readonly absent: () => void
  /** A NOTIFY of this Call-ID, with its Subscription-State; false when it belongs to none. */
  readonly notified: (callId: string, state: string) => boolean
  readonly views: () => readonly SubscriptionView[]
  readonly close: () => void
}

/** Ours: subscriptions of one device, and the seconds asked for. */
const mostSubscriptions = 16
const defaultExpiresS = 600
const leastExpiresS = 60
const mostExpiresS = 86_400

function isError(body: Buffer): boolean {
  if (body.length === 0) return false
  try {
    const value = parseManscdp(body)
    return 'result' in value && value.result === 'ERROR'
  } catch (error) {
    if (error instanceof ParseError) return false
    throw error
  }
}

interface Live {
  readonly wanted: Subscribing & { readonly targetId: string; readonly expiresS: number }
  readonly machine: Machine<SubscriptionState, SubscriptionEvent>
  dialog: SubscriptionDialog
  /** Raised where the device's least is more. */
  expiresS: number
  expiresAtMs: number | undefined
  detail: string | undefined
  notifies: number
}

export function createSubscriptions(options: SubscriptionsOptions): Subscriptions {
  const { deviceId, us, clock, log } = options
  const live = new Map<string, Live>()

  const bodyOf = ({ wanted: { kind, targetId, intervalS } }: Live): Manscdp => {
    const head = { sn: options.nextSn(), deviceId: targetId }
    if (kind === 'catalog') return { type: 'query-catalog', ...head }
    if (kind === 'mobile-position') return { type: 'query-mobile-position', ...head, intervalS: intervalS ?? 5 }
    return { type: 'query-alarm', ...head, startAlarmPriority: 0, endAlarmPriority: 0, alarmMethod: '0' }
  }

  const subscribe = (entry: Live, effect: Extract<SubscriptionEffect, { type: 'subscribe' }>, send: (event: SubscriptionEvent) => void): void => {
    const { turn } = effect
    const target = options.binding()
    if (!target) return send({ type: 'failed', turn, detail: 'not registered' })
    const { kind, targetId } = entry.wanted
    const expiresS = effect.isEnd ? 0 : entry.expiresS
    const dialog = effect.isRefresh ? entry.dialog : newSubscriptionDialog(us())
    const [request, spent] = newSubscribe(us(), { dialog, kind, form: effect.form, targetId, target, expiresS, body: options.write(bodyOf(entry)) })
    entry.dialog = spent
    options.request(request, target, (event) => {
      if (event.type === 'timeout') return send({ type: 'failed', turn, detail: 'no answer' })
      if (event.type === 'transport-error') return send({ type: 'failed', turn, detail: event.detail })
      const { response, source } = event
      if (response.status < 200) return
      if (response.status >= 300) {
        const least = secondsOf(response, 'Min-Expires')
        if (least !== undefined) entry.expiresS = Math.min(mostExpiresS, Math.max(entry.expiresS, least))
        const retryAfterS = secondsOf(response, 'Retry-After')
        return send({ type: 'refused', turn, status: response.status, detail: `${refusalOf(response)} (${hopOf(response, source)})`, ...(retryAfterS !== undefined && { retryAfterS }) })
      }
      // Interop: the 200 may carry a Response (Q27), and say in it what the status should have said.
      if (!effect.isEnd && isError(response.body)) return send({ type: 'refused', turn, status: response.status, detail: `200, but Result ERROR (${hopOf(response, source)})` })
      if (entry.dialog.callId === spent.callId) entry.dialog = answeredDialog(entry.dialog, response)
      const grantedForS = grantedS(response, entry.expiresS)
      if (!effect.isEnd) entry.expiresAtMs = clock.wallMs() + grantedForS * 1000
      send({ type: 'accepted', turn, expiresS: grantedForS })
    })
  }

  const start = (key: string, wanted: Live['wanted']): void => {
    const machine = runMachine<SubscriptionState, SubscriptionEvent, SubscriptionEffect>({
      initial: subscriptionStart,
      step: subscriptionStep,
      perform: (effect, send) => {
        if (effect.type === 'subscribe') return subscribe(entry, effect, send)
        if (effect.type === 'over') {
          if (live.get(key) === entry) live.delete(key)
          return machine.close()
        }
        entry.detail = effect.detail
        if (!effect.isActive) entry.expiresAtMs = undefined
        log.info({ deviceId, kind: wanted.kind, isActive: effect.isActive, detail: effect.detail }, 'subscription')
        options.onChanged(wanted.kind, effect.isActive, effect.detail)
      },
      clock, log, label: { deviceId, machine: 'subscription', kind: wanted.kind },
    })
    const entry: Live = { wanted, machine, dialog: newSubscriptionDialog(us()), expiresS: wanted.expiresS, expiresAtMs: undefined, detail: undefined, notifies: 0 }
    live.set(key, entry)
    if (options.isThere()) machine.send({ type: 'present' })
  }

  const keyOf = (kind: SubscriptionKind, targetId: string): string => `${kind} ${targetId}`
  const drop = (kind: SubscriptionKind, targetId = deviceId): void => {
    const key = keyOf(kind, targetId)
    const entry = live.get(key)
    live.delete(key)
    entry?.machine.send({ type: 'stop' })
  }
  return {
    want: (asked) => {
      const wanted = { ...asked, targetId: asked.targetId ?? deviceId, expiresS: Math.min(mostExpiresS, Math.max(leastExpiresS, asked.expiresS ?? defaultExpiresS)) }
      const key = keyOf(wanted.kind, wanted.targetId)
      const before = live.get(key)?.wanted
      if (before && before.expiresS === wanted.expiresS && before.intervalS === wanted.intervalS) return
      if (before) drop(wanted.kind, wanted.targetId)
      if (live.size >= mostSubscriptions) return log.warn({ deviceId, kind: wanted.kind }, `no more than ${mostSubscriptions} subscriptions of one device`)
      start(key, wanted)
    },
    drop,
    present: () => {
      for (const { machine } of [...live.values()]) machine.send({ type: 'present' })
    },
    absent: () => {
      for (const { machine } of [...live.values()]) machine.send({ type: 'absent' })
    },
    notified: (callId, state) => {
      for (const entry of live.values()) {
        if (entry.dialog.callId !== callId) continue
        entry.notifies++
        if (/^\s*terminated\b/i.test(state)) entry.machine.send({ type: 'terminated', detail: state.trim().slice(0, 100) })
        return true
      }
      return false
    },
    views: () =>
      [...live.values()].map(({ wanted, machine, expiresAtMs, detail, notifies }) => ({
        kind: wanted.kind, targetId: wanted.targetId, state: machine.state().name, notifies, ...(expiresAtMs !== undefined && { expiresAtMs }), ...(detail !== undefined && { detail }),
      })),
    close: () => {
      for (const { machine } of live.values()) machine.close()
      live.clear()
    },
  }
}
