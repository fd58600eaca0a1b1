// Who may register, and who stands behind a message: registrations, bindings by address, devices that wait. GB/T 28181-2022 9.1, 9.6.
import { ParseError, type Clock, type Log, type RandomBytes } from '../../base/index.ts'
import { createOncePer } from '../bounded.ts'
import type { Device, SipFact } from '../device.ts'
import { createNonces } from './digest.ts'
import type { Manscdp } from '../manscdp/index.ts'
import { header } from '../message/index.ts'
import { createRedirect, type RedirectPolicy } from './redirect.ts'
import { createRegistrar, gbVersion, userOf, type Answer, type DateForm, type DigestOffer, type RegisterDecision, type StoredBinding } from './registrar.ts'
import type { TraceNote } from '../trace/types.ts'
import type { Address, ResponseDraft, ServerTransaction } from '../types.ts'

/** What an office may choose. */
export interface AccessPolicy {
  /** Default `both`. */
  readonly digest?: DigestOffer
  /** Default `full`. */
  readonly date?: DateForm
  readonly redirect?: RedirectPolicy
}

/** A binding of before our restart. */
export interface Restored {
  readonly deviceId: string
  readonly binding: StoredBinding
  /** It was offline when we stopped: it is until it is heard. */
  readonly wasOffline?: boolean
}

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
  readonly policy?: AccessPolicy | undefined
  readonly onFact: (fact: SipFact) => Promise<void>
  /** What a trace keeps of our decisions: each one, said or not. */
  readonly onNote?: ((deviceId: string, note: TraceNote) => void) | undefined
  readonly known: (deviceId: string) => Device | undefined
  /** The device, made when it is not known yet. */
  readonly deviceOf: (deviceId: string) => Device
  /** A device that registered anew: another Call-ID, or after it was offline. */
  readonly onNew: (device: Device) => void
}

export interface Access {
  /** Answers a REGISTER, always; the fact is kept before its 200 leaves. */
  readonly register: (transaction: ServerTransaction) => Promise<void>
  /** Whether any device is registered at this address. */
  readonly isResident: (source: Address) => boolean
  /** The device behind a message from its registered address; undefined when there is none. */
  readonly senderOf: (transaction: ServerTransaction, value: Manscdp | undefined) => Device | undefined
  /** Refuses a message that nobody registered stands behind, so that its sender registers again, and notes it. Q9, Q20, Q35b. */
  readonly turnAway: (transaction: ServerTransaction) => void
  readonly restore: (restored: Restored) => void
  readonly connectionLost: (remote: Address) => void
  /** A device was given another password: wrong tries at the old one count no longer. */
  readonly forgetTries: (deviceId: string) => void
  readonly close: () => void
}

/** A refreshing REGISTER with an old nonce is asked again with stale=true. Q6. */
const nonceLifetimeMs = 300_000
/** Ours: how often the same is said again of one device or source, and of how many. */
const strangerEveryUs = 30_000_000
const sayEveryUs = 600_000_000
const maxSaid = 10_000
/** Ours: how long the store must have worked before it is said to work again. */
const steadyUs = 5_000_000
/** Devices that find the store failing come back between one and two minutes later, not all at once; the standard asks for 60 s at least. */
const retryAfterS = 60

const addressKey = ({ transport, host, port }: Address): string => `${transport} ${host} ${port}`

const pickAddress = (binding: StoredBinding | undefined): { readonly registeredAt?: Address } =>
  binding ? { registeredAt: { transport: binding.transport, host: binding.host, port: binding.port } } : {}

export function createAccess(options: AccessOptions): Access {
  const { realm, clock, random, log, maxExpiresS, policy = {}, known, deviceOf } = options
  /** Who is registered where, by id: one address may carry several devices, a translator's or a load balancer's thousands. */
  const residents = new Map<string, Map<string, Device>>()
  const registrar = createRegistrar({
    realm, maxExpiresS, nonces: createNonces({ key: random(32), clock, lifetimeMs: nonceLifetimeMs }),
    ...(policy.digest && { digest: policy.digest }), ...(policy.date && { date: policy.date }),
  })
  const redirect = createRedirect(policy.redirect)
  const isToTell = createOncePer(strangerEveryUs, maxSaid)
  const isToSay = createOncePer(sayEveryUs, maxSaid)
  const failing = { count: 0, lastUs: 0 }
  let registered = 0
  let isClosing = false

  const leave = (device: Device, address: Address): void => {
    const there = residents.get(addressKey(address))
    there?.delete(device.id)
    if (there?.size === 0) residents.delete(addressKey(address))
  }
  const bind = (device: Device, binding: StoredBinding | undefined): void => {
    const before = device.binding()
    if (before) leave(device, before)
    if (binding) residents.set(addressKey(binding), (residents.get(addressKey(binding)) ?? new Map<string, Device>()).set(device.id, device))
    registered += Number(binding !== undefined) - Number(before !== undefined)
    device.bind(binding)
  }

  const tellStranger = (deviceId: string, source: Address): void => {
    if (!isToTell(deviceId, clock.nowUs())) return
    log.info({ deviceId, source }, 'a device without a password waits for approval')
    options.onFact({ type: 'stranger', deviceId, source }).catch((error: unknown) => log.error({ deviceId, error }, 'fact not kept'))
  }
  const noteRefusal = (decision: Extract<RegisterDecision, { type: 'refuse' }>, deviceId: string, source: Address): void => {
    options.onNote?.(deviceId, { type: 'registration', decision: 'refused', reason: decision.reason, source })
    if (decision.reason === 'stranger') return tellStranger(deviceId, source)
    // A wrong password is said each time: it is what an installer looks for, and soon limited.
    const isSaid = decision.reason === 'limited' ? decision.isNew : decision.reason === 'wrong-password' || isToSay(`${decision.reason} ${deviceId} ${source.host}`, clock.nowUs())
    if (isSaid) log.warn({ deviceId, source, reason: decision.reason }, 'registration refused')
  }

  /** Runs what the store may refuse; its trouble is said when it begins and when it has ended, not for each device. */
  const stored = async <T>(work: () => Promise<T>): Promise<T | undefined> => {
    try {
      const result = await work()
      if (failing.count > 0 && clock.nowUs() - failing.lastUs > steadyUs) {
        log.info({ refused: failing.count }, 'registrations are kept again')
        failing.count = 0
      }
      return result
    } catch (error) {
      if (failing.count === 0) log.error({ error }, 'registrations cannot be kept: they are answered 503 until they can')
      failing.count++
      failing.lastUs = clock.nowUs()
      return undefined
    }
  }
  const unavailable = (): ResponseDraft => ({ status: 503, headers: [{ name: 'Retry-After', value: String(retryAfterS + (random(1)[0] ?? 0) % retryAfterS) }, gbVersion] })

  const take = async (transaction: ServerTransaction, answer: Answer): Promise<void> => {
    const { request, source } = transaction
    const { deviceId } = answer
    const looked = await stored(async () => ({ password: await options.passwordOf(deviceId), isRefused: (await options.isRefused?.(deviceId)) === true }))
    if (!looked) return transaction.respond(unavailable())
    const before = known(deviceId)?.binding()
    const credential = { isRefused: looked.isRefused, ...(looked.password !== undefined && { password: looked.password }), ...(before && { current: before }) }
    const now = { wallMs: clock.wallMs(), nowUs: clock.nowUs() }
    const decision = registrar.judge(answer, request, source, credential, now)
    if (decision.type === 'refuse') noteRefusal(decision, deviceId, source)
    if (decision.type !== 'accept') return transaction.respond(decision.response)

    const { binding } = decision
    const isThere = before !== undefined && known(deviceId)?.presence() !== 'offline'
    const target = binding && redirect.target(deviceId, { isRegistered: isThere, count: registered }, now.nowUs)
    if (binding && target !== undefined) {
      log.info({ deviceId, source, target }, 'sent on to another server')
      const expires = String(Math.round((binding.expiresAtMs - binding.registeredAtMs) / 1000))
      return transaction.respond({ status: 302, headers: [{ name: 'Contact', value: `<${target}>` }, { name: 'Expires', value: expires }, gbVersion] })
    }
    const device = deviceOf(deviceId)
    const isKept = await stored(async () => {
      await device.tell(binding ? { type: 'registered', deviceId, binding } : { type: 'unregistered', deviceId })
      return true
    })
    if (isClosing) return
    if (!isKept) return transaction.respond(unavailable())
    const isNew = binding !== undefined && (before?.callId !== binding.callId || device.presence() === 'offline')
    if (isNew || !binding) log.info({ deviceId, source, callId: header(request, 'Call-ID') }, binding ? 'registered' : 'unregistered')
    bind(device, binding)
    transaction.respond(decision.response)
    device.heard(binding ? { type: 'registered', leaseMs: binding.expiresAtMs - binding.registeredAtMs } : { type: 'unregistered' })
    if (isNew) options.onNew(device)
  }

  return {
    register: async (transaction) => {
      try {
        // Without an answer to our challenge there is no look-up and no memory: a flood of first REGISTERs costs a hash each.
        const decision = registrar.first(transaction.request, transaction.source)
        if (decision.type === 'answer') return await take(transaction, decision)
        if (decision.type === 'refuse') noteRefusal(decision, '', transaction.source)
        transaction.respond(decision.response)
      } catch (error) {
        const isMalformed = error instanceof ParseError
        log[isMalformed ? 'info' : 'error']({ source: transaction.source, error }, isMalformed ? 'malformed REGISTER' : 'REGISTER failed')
        transaction.respond({ status: isMalformed ? 400 : 500, headers: [gbVersion] })
      }
    },
    isResident: (source) => residents.has(addressKey(source)),
    /**
     * The one whose query it answers, else the one it names. A keepalive must name one; other messages may come in the name of a channel
     * or a platform, so that any device there will do (Q53, Q63).
     */
    senderOf: ({ request, source }, value) => {
      const here = residents.get(addressKey(source))
      const named = here?.get(userOf(header(request, 'From') ?? '') ?? '') ?? here?.get(value?.deviceId ?? '')
      if (!here || value?.type === 'notify-keepalive') return named
      if (value?.type.startsWith('response-') && !named?.asked(value.sn)) for (const device of here.values()) if (device.asked(value.sn)) return device
      if (named) return named
      for (const device of here.values()) return device
      return undefined
    },
    turnAway: (transaction) => {
      const { request, source } = transaction
      transaction.respond({ status: 403, reason: 'Not registered from here' })
      const named = userOf(header(request, 'From') ?? '') ?? ''
      const device = known(named)
      options.onNote?.(named, { type: 'elsewhere', isKeepalive: request.body.includes('>Keepalive<'), source, ...pickAddress(device?.binding()) })
      if (!isToSay(device ? `elsewhere ${named}` : `nobody ${source.host}`, clock.nowUs())) return
      log.info({ ...(device && { deviceId: named, bound: device.binding() && addressKey(device.binding() as StoredBinding) }), source, method: request.method }, 'message from an address where no such device is registered')
      device?.heard({ type: 'elsewhere' })
    },
    restore: ({ deviceId, binding, wasOffline }) => {
      const device = deviceOf(deviceId)
      bind(device, binding)
      // A connection ended with the process that held it (GB/T 28181-2022 9.1.1 f); a datagram's sender never noticed.
      if (binding.transport === 'tcp') {
        leave(device, binding)
        device.heard({ type: 'connection-lost' })
      } else device.heard({ type: 'restored', wasOffline: wasOffline === true, leaseMs: binding.expiresAtMs - clock.wallMs() })
    },
    connectionLost: (remote) => {
      const there = residents.get(addressKey(remote))
      if (!there) return
      // Whoever connects from the same port later is somebody else until it has registered.
      residents.delete(addressKey(remote))
      for (const device of there.values()) device.heard({ type: 'connection-lost' })
    },
    forgetTries: registrar.forgetTries,
    close: () => {
      isClosing = true
    },
  }
}
