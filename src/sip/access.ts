// Who may register, and who stands behind a message: registrations, bindings by address, devices that wait. GB/T 28181-2022 9.1, 9.6.
import type { Clock, Log, RandomBytes } from '../base/index.ts'
import type { Device, SipFact } from './device.ts'
import { createNonces } from './digest.ts'
import type { Manscdp } from './manscdp/index.ts'
import { header } from './message/index.ts'
import { createRegistrar, deviceIdOf, userOf, type StoredBinding } from './registrar.ts'
import type { Address, ServerTransaction } from './types.ts'

export interface AccessOptions {
  readonly realm: string
  readonly clock: Clock
  readonly random: RandomBytes
  readonly log: Log
  /** The password that authenticates this device: its own, else the shared one; undefined = it must wait. */
  readonly passwordOf: (deviceId: string) => Promise<string | undefined>
  readonly isRefused?: ((deviceId: string) => Promise<boolean>) | undefined
  /** Longest lease, in seconds. */
  readonly maxExpiresS: number
  readonly onFact: (fact: SipFact) => Promise<void>
  readonly known: (deviceId: string) => Device | undefined
  /** The device, made when it is not known yet. */
  readonly deviceOf: (deviceId: string) => Device
  /** A device that registered anew: another Call-ID, or after it was offline. */
  readonly onNew: (device: Device) => void
}

export interface Access {
  /** Answers a REGISTER; the fact is kept before its 200 leaves. */
  readonly register: (transaction: ServerTransaction) => Promise<void>
  /** Whether any device is registered at this address. */
  readonly isResident: (source: Address) => boolean
  /** The device behind a message from its registered address; undefined when there is none. */
  readonly senderOf: (transaction: ServerTransaction, value: Manscdp | undefined) => Device | undefined
  /** A binding of before our restart. */
  readonly restore: (deviceId: string, binding: StoredBinding) => void
  readonly connectionLost: (remote: Address) => void
  readonly close: () => void
}

/** A refreshing REGISTER with an old nonce is asked again with stale=true. Q6. */
const nonceLifetimeMs = 300_000
/** Ours: how often a device that waits for approval is told of, and how many are remembered. */
const strangerEveryUs = 30_000_000
const maxStrangers = 10_000

const addressKey = ({ transport, host, port }: Address): string => `${transport} ${host} ${port}`

export function createAccess(options: AccessOptions): Access {
  const { realm, clock, random, log, maxExpiresS, known, deviceOf } = options
  /** Who is registered where: one address may carry several devices. */
  const residents = new Map<string, Set<Device>>()
  const strangers = new Map<string, number>()
  const registrar = createRegistrar({ realm, nonces: createNonces({ key: random(32), clock, lifetimeMs: nonceLifetimeMs }), maxExpiresS })
  let isClosing = false

  const bind = (device: Device, binding: StoredBinding | undefined): void => {
    const before = device.binding()
    if (before) {
      const there = residents.get(addressKey(before))
      there?.delete(device)
      if (there?.size === 0) residents.delete(addressKey(before))
    }
    if (binding) residents.set(addressKey(binding), (residents.get(addressKey(binding)) ?? new Set()).add(device))
    device.bind(binding)
  }

  const tellStranger = (deviceId: string, source: Address): void => {
    const last = strangers.get(deviceId)
    if (last !== undefined && clock.nowUs() - last < strangerEveryUs) return
    strangers.delete(deviceId)
    strangers.set(deviceId, clock.nowUs())
    const [oldest] = strangers.keys()
    if (strangers.size > maxStrangers && oldest !== undefined) strangers.delete(oldest)
    log.info({ deviceId, source }, 'a device without a password waits for approval')
    options.onFact({ type: 'stranger', deviceId, source }).catch((error: unknown) => log.error({ deviceId, error }, 'fact not kept'))
  }

  const register = async (transaction: ServerTransaction): Promise<void> => {
    const { request, source } = transaction
    const named = deviceIdOf(request) ?? ''
    // Looked up only for who answers a challenge: a first REGISTER costs no query.
    const isAnswer = header(request, 'Authorization') !== undefined && named !== ''
    const password = isAnswer ? await options.passwordOf(named) : undefined
    const isRefused = isAnswer && (await options.isRefused?.(named)) === true
    const before = known(named)?.binding()
    const credential = { ...(password !== undefined && { password }), isRefused, ...(before && { current: before }) }
    const decision = registrar.decide(request, source, credential, { wallMs: clock.wallMs(), nowUs: clock.nowUs() })
    if (decision.type === 'refuse') {
      if (decision.reason === 'stranger') tellStranger(named, source)
      else log.warn({ deviceId: named, source, reason: decision.reason }, 'registration refused')
    }
    if (decision.type !== 'accept') return transaction.respond(decision.response)

    const { deviceId, binding } = decision
    const device = deviceOf(deviceId)
    await device.tell(binding ? { type: 'registered', deviceId, binding } : { type: 'unregistered', deviceId })
    if (isClosing) return
    const isNew = binding !== undefined && (before?.callId !== binding.callId || device.presence() === 'offline')
    if (isNew || !binding) log.info({ deviceId, source, callId: header(request, 'Call-ID') }, binding ? 'registered' : 'unregistered')
    bind(device, binding)
    transaction.respond(decision.response)
    device.heard({ type: binding ? 'registered' : 'unregistered' })
    if (isNew) options.onNew(device)
  }

  /**
   * The device behind a message, registered at exactly this address: the one whose query it answers, else the one it names. A
   * keepalive must name one; other messages may come in the name of a channel or a platform, so that any device there will do (Q53, Q63).
   */
  const senderOf = ({ request, source }: ServerTransaction, value: Manscdp | undefined): Device | undefined => {
    const here = [...(residents.get(addressKey(source)) ?? [])]
    const names = [userOf(header(request, 'From') ?? ''), value?.deviceId]
    const asked = value?.type === 'response-catalog' ? here.find((device) => device.asked(value.sn)) : undefined
    return asked ?? here.find((device) => names.includes(device.id)) ?? (value?.type === 'notify-keepalive' ? undefined : here[0])
  }

  return {
    register,
    isResident: (source) => residents.has(addressKey(source)),
    senderOf,
    restore: (deviceId, binding) => {
      const device = deviceOf(deviceId)
      bind(device, binding)
      // A connection ended with the process that held it (GB/T 28181-2022 9.1.1 f); a datagram's sender never noticed.
      device.heard({ type: binding.transport === 'tcp' ? 'connection-lost' : 'restored' })
    },
    connectionLost: (remote) => {
      for (const device of residents.get(addressKey(remote)) ?? []) device.heard({ type: 'connection-lost' })
    },
    close: () => {
      isClosing = true
    },
  }
}
