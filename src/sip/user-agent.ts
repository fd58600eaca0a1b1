// The service's user agent: access, catalog and invite sessions joined over one transaction layer. GB/T 28181-2022 9.
import { ParseError, type Clock, type Log, type RandomBytes } from '../base/index.ts'
import { createAccess } from './access.ts'
import { createDevice, type CatalogOutcome, type Device, type SipFact } from './device.ts'
import { newMessage, type Party } from './dialog.ts'
import { openTransactionLayer } from './io/open.ts'
import { parseManscdp, writeManscdp, type Manscdp } from './manscdp/index.ts'
import { header } from './message/index.ts'
import type { KeepaliveRule, Presence } from './presence.ts'
import type { StoredBinding } from './registrar.ts'
import { createSessions, type InviteRequest, type InviteSession } from './sessions.ts'
import { createSsrcs } from './ssrc.ts'
import type { ServerTransaction, TraceEntry } from './types.ts'

export interface UserAgentOptions {
  /** Our 20-digit code. */
  readonly id: string
  /** Of the digest, and the domain in our From. */
  readonly realm: string
  /** Port 0: any free one, the same for UDP and TCP. */
  readonly bind: { readonly host: string; readonly port: number }
  /** Where devices reach us, when it is not `bind.host`. */
  readonly advertiseHost?: string
  readonly clock: Clock
  readonly random: RandomBytes
  readonly log: Log
  /** The password that authenticates this device: its own, else the shared one; undefined = it must wait. */
  readonly passwordOf: (deviceId: string) => Promise<string | undefined>
  readonly isRefused?: (deviceId: string) => Promise<boolean>
  readonly restored: readonly { readonly deviceId: string; readonly binding: StoredBinding }[]
  /** Awaited before the 200 of a REGISTER leaves; a throw makes it a 500. */
  readonly onFact: (fact: SipFact) => Promise<void>
  readonly onTrace?: (entry: TraceEntry) => void
  readonly keepalive?: KeepaliveRule
  /** Longest lease, in seconds. */
  readonly maxExpiresS?: number
  /** Ask a device for its catalog when it registers anew. */
  readonly catalogAfterRegister?: boolean
  readonly t1Ms?: number
}

export interface UserAgent {
  readonly host: string
  readonly port: number
  readonly presenceOf: (deviceId: string) => Presence
  readonly bindingOf: (deviceId: string) => StoredBinding | undefined
  readonly queryCatalog: (deviceId: string) => Promise<CatalogOutcome>
  readonly invite: (request: InviteRequest) => InviteSession
  /** BYE for every open session, then the sockets. Closing twice is nothing. */
  readonly close: () => Promise<void>
}

const allowed = 'REGISTER, MESSAGE, NOTIFY, INVITE, ACK, BYE, CANCEL, INFO, OPTIONS'

export async function startUserAgent(options: UserAgentOptions): Promise<UserAgent> {
  const { id, realm, clock, random, log } = options
  const devices = new Map<string, Device>()
  let isClosing = false
  let lastSn = random(2).readUInt16BE()

  const deviceOf = (deviceId: string): Device => {
    const known = devices.get(deviceId)
    if (known) return known
    const device = createDevice({
      id: deviceId, clock, log, onFact: options.onFact, keepalive: options.keepalive ?? { intervalMs: 60_000, misses: 3 },
      nextSn: () => (lastSn = (lastSn % 999_999) + 1),
      ask: (asking, sn, failed) => {
        const body = writeManscdp({ type: 'query-catalog', sn, deviceId }, 'gb2312')
        const target = asking.binding()
        if (!target) return failed('not-registered')
        layer.request(newMessage(us, deviceId, target, body), target, (event) => {
          if (event.type === 'timeout') failed('the query was not answered')
          else if (event.type === 'transport-error') failed(event.detail)
          else if (event.response.status >= 300) failed(`${event.response.status} ${event.response.reason}`)
        })
      },
    })
    devices.set(deviceId, device)
    return device
  }

  const access = createAccess({
    realm, clock, random, log, deviceOf,
    passwordOf: options.passwordOf, isRefused: options.isRefused, onFact: options.onFact, maxExpiresS: options.maxExpiresS ?? 86_400,
    known: (deviceId) => devices.get(deviceId),
    onNew: (device) => {
      if (options.catalogAfterRegister) void device.queryCatalog()
    },
  })

  /** MESSAGE and NOTIFY alike: devices send either for the same thing, in or out of a dialog. Q26. */
  const onMessage = (transaction: ServerTransaction): void => {
    const { request, source } = transaction
    const value = access.isResident(source) && request.body.length > 0 ? parseManscdp(request.body) : undefined
    const device = access.senderOf(transaction, value)
    if (!device) {
      // Unknown, or moved: refused, so that it registers again. Q35b.
      log.info({ source, from: header(request, 'From') }, 'message from an address where no such device is registered')
      return transaction.respond({ status: 403, reason: 'Not registered from here' })
    }
    transaction.respond({ status: 200 })
    if (value) heard(device, value)
  }
  const heard = (device: Device, value: Manscdp): void => {
    if (value.type === 'notify-keepalive') device.heard({ type: 'keepalive' })
    else if (value.type === 'response-catalog') device.takePage(value)
    else log.debug({ deviceId: device.id, type: value.type }, 'message')
  }

  const onRequest = async (transaction: ServerTransaction): Promise<void> => {
    switch (transaction.request.method) {
      case 'REGISTER':
        return access.register(transaction)
      case 'MESSAGE':
      case 'NOTIFY':
        return onMessage(transaction)
      case 'BYE':
      case 'INFO':
        return sessions.take(transaction) ? undefined : transaction.respond({ status: 481 })
      case 'OPTIONS':
        return transaction.respond({ status: 200, headers: [{ name: 'Allow', value: allowed }] })
      default:
        return transaction.respond({ status: 405, headers: [{ name: 'Allow', value: allowed }] })
    }
  }

  const layer = await openTransactionLayer({
    bind: options.bind, transports: ['udp', 'tcp'], clock, random, log,
    ...(options.advertiseHost && { advertise: { host: options.advertiseHost } }), ...(options.t1Ms && { t1Ms: options.t1Ms }),
    onTrace: (entry) => {
      options.onTrace?.(entry)
      sessions.trace(entry)
    },
    user: {
      onRequest: (transaction) => {
        onRequest(transaction).catch((error: unknown) => {
          const isMalformed = error instanceof ParseError
          log[isMalformed ? 'info' : 'error']({ method: transaction.request.method, source: transaction.source, error }, isMalformed ? 'malformed request' : 'request failed')
          transaction.respond({ status: isMalformed ? 400 : 500 })
        })
      },
      onAck: () => {},
      onConnectionLost: access.connectionLost,
    },
  })
  const { host, port } = layer.localAddress('udp')
  const us: Party = { id, domain: realm, host, port, random }
  const sessions = createSessions({ us, layer, ssrcs: createSsrcs({ id, random }), clock, log })

  for (const { deviceId, binding } of options.restored) access.restore(deviceId, binding)

  return {
    host,
    port,
    presenceOf: (deviceId) => devices.get(deviceId)?.presence() ?? 'unknown',
    bindingOf: (deviceId) => devices.get(deviceId)?.binding(),
    queryCatalog: (deviceId) => devices.get(deviceId)?.queryCatalog() ?? Promise.resolve({ ok: false, reason: 'not-registered' }),
    invite: (request) => {
      const device = devices.get(request.deviceId)
      const binding = device?.binding()
      if (isClosing) return sessions.refuse({ ok: false, reason: 'stopped', detail: 'the service is stopping' })
      if (!device || !binding) return sessions.refuse({ ok: false, reason: 'not-registered', detail: `${request.deviceId} is not registered` })
      if (device.presence() === 'offline') return sessions.refuse({ ok: false, reason: 'offline', detail: `${request.deviceId} is offline` })
      return sessions.open(request, binding)
    },
    close: async () => {
      if (isClosing) return
      isClosing = true
      access.close()
      await sessions.close()
      for (const device of devices.values()) device.close()
      await layer.close()
    },
  }
}
