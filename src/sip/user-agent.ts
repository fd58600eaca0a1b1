// The service's user agent: access, exchanges, subscriptions and invite sessions joined over one transaction layer. GB/T 28181-2022 9.
import { ParseError, type Clock, type Log, type RandomBytes } from '../base/index.ts'
import { createAccess, type AccessPolicy, type Restored } from './access/access.ts'
import { createAlarmReplies } from './notice/alarm-replies.ts'
import type { Asking } from './exchange/asking.ts'
import { createAsks } from './exchange/asks.ts'
import { createDevice, type Device, type SipFact } from './device.ts'
import type { Party } from './session/dialog.ts'
import { createInbound } from './notice/inbound.ts'
import { askKeepalive, createIntroductions } from './exchange/introductions.ts'
import { openTransactionLayer } from './io/open.ts'
import { writeManscdp, type Manscdp } from './manscdp/index.ts'
import type { KeepaliveRule, Presence } from './access/presence.ts'
import { gbVersion, type StoredBinding } from './access/registrar.ts'
import { sendMessage } from './exchange/send-message.ts'
import { createSessions, type InviteRequest, type InviteSession } from './session/sessions.ts'
import { createSsrcs } from './session/ssrc.ts'
import { createTurns } from './exchange/turns.ts'
import { inviteNote } from './trace/notes.ts'
import type { TraceNote } from './trace/types.ts'
import { userAgentStats } from './user-agent-stats.ts'
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
  readonly restored: readonly Restored[]
  /** Awaited before the 200 of a REGISTER leaves; a throw makes it a 503. */
  readonly onFact: (fact: SipFact) => Promise<void>
  readonly onTrace?: (entry: TraceEntry) => void
  /** What no single message says, for a trace: refusals with their reason, catalogs and invitations with their outcome. */
  readonly onNote?: (deviceId: string, note: TraceNote) => void
  readonly keepalive?: KeepaliveRule
  /** Longest lease, in seconds. */
  readonly maxExpiresS?: number
  readonly access?: AccessPolicy
  /** What a device is asked when it registers anew: its catalog, who it is, how it keeps alive (BasicParam, which then sets its presence). */
  readonly catalogAfterRegister?: boolean
  readonly infoAfterRegister?: boolean
  readonly keepaliveAfterRegister?: boolean
  /** Devices that are asked so at once; 64 by default. */
  readonly askedAtOnce?: number
  /** Whether an alarm of the device itself, which fires once only, is reset by us. Q57. */
  readonly resetsAlarms?: (deviceId: string) => boolean
  /** Lets other work have its turn while a long catalog page is read. */
  readonly turn?: () => Promise<void>
  readonly t1Ms?: number
}

export interface UserAgent extends Asking {
  readonly host: string
  readonly port: number
  readonly presenceOf: (deviceId: string) => Presence
  readonly bindingOf: (deviceId: string) => StoredBinding | undefined
  readonly invite: (request: InviteRequest) => InviteSession
  /** BYE for every open session, then the sockets. Closing twice is nothing. */
  readonly close: () => Promise<void>
}

const allowed = 'REGISTER, MESSAGE, NOTIFY, INVITE, ACK, BYE, CANCEL, INFO, OPTIONS, UPDATE'
/** Ours: exchanges that run at once, and that wait, in all and for one device and kind. */
const exchangeBounds = { atOnce: 4_096, waiting: 20_000, waitingPerKey: 8 } as const

export async function startUserAgent(options: UserAgentOptions): Promise<UserAgent> {
  const { id, realm, clock, random, log, onFact } = options
  const devices = new Map<string, Device>()
  const turns = createTurns(exchangeBounds)
  let isClosing = false
  let lastSn = random(2).readUInt16BE()

  const write = (device: Device, value: Manscdp): Buffer => writeManscdp(value, device.speech.charset(), device.speech.edition())
  const deviceOf = (deviceId: string): Device => {
    const known = devices.get(deviceId)
    if (known) return known
    const device = createDevice({
      id: deviceId, clock, log, onFact, onNote: options.onNote, turns, write,
      keepalive: options.keepalive ?? { intervalMs: 60_000, misses: 3 },
      us: () => us,
      nextSn: () => (lastSn = (lastSn % 999_999) + 1),
      request: (request, target, on) => void layer.request(request, target, on),
      send: (to, value, told) => sendMessage(layer, us, to, write(to, value), told),
      onAlarm: (from, alarm) => alarmReplies.reset(from, alarm),
    })
    devices.set(deviceId, device)
    return device
  }

  const asks = createAsks({ device: (deviceId) => devices.get(deviceId), clock })
  const alarmReplies = createAlarmReplies({ asks, clock, log, resets: options.resetsAlarms ?? (() => false) })
  const introductions = createIntroductions({
    clock, log, atOnce: options.askedAtOnce ?? 64,
    questions: [
      ...(options.infoAfterRegister ? [(device: Device) => asks.ask(device.id, { type: 'query-device-info', deviceId: device.id })] : []),
      ...(options.keepaliveAfterRegister ? [(device: Device) => askKeepalive(asks, device)] : []),
      ...(options.catalogAfterRegister ? [(device: Device) => device.queryCatalog()] : []),
    ],
  })
  const access = createAccess({
    realm, clock, random, log, deviceOf, onFact, onNote: options.onNote,
    passwordOf: options.passwordOf, isRefused: options.isRefused, maxExpiresS: options.maxExpiresS ?? 86_400, policy: options.access,
    known: (deviceId) => devices.get(deviceId),
    onNew: (device) => {
      device.subscriptions.peek()?.present()
      introductions.welcome(device)
    },
  })
  const onMessage = createInbound({ access, sessions: () => sessions, turn: options.turn, clock, log, acknowledgeAlarm: alarmReplies.acknowledge })

  const onRequest = async (transaction: ServerTransaction): Promise<void> => {
    switch (transaction.request.method) {
      case 'REGISTER':
        return access.register(transaction)
      case 'MESSAGE':
      case 'NOTIFY':
        return onMessage(transaction)
      case 'BYE':
      case 'INFO':
      case 'INVITE':
      case 'UPDATE':
        return sessions.take(transaction) ? undefined : transaction.respond({ status: transaction.request.method === 'INVITE' ? 488 : 481 })
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
      serves: allowed.split(', '),
      refusalHeaders: (method) => (method === 'REGISTER' ? [gbVersion] : []),
      isKnown: access.isResident,
      onRequest: (transaction) => {
        onRequest(transaction).catch((error: unknown) => {
          const isMalformed = error instanceof ParseError
          log[isMalformed ? 'info' : 'error']({ method: transaction.request.method, source: transaction.source, error }, isMalformed ? 'malformed request' : 'request failed')
          transaction.respond({ status: isMalformed ? 400 : 500 })
        })
      },
      onAck: (ack, source) => sessions.acknowledged(ack, source),
      onStray: (response, source) => sessions.stray(response, source),
      onConnectionLost: access.connectionLost,
    },
  })
  const { host, port } = layer.localAddress('udp')
  const us: Party = { id, domain: realm, host, port, random }
  const sessions = createSessions({ us, layer, ssrcs: createSsrcs({ id, random }), clock, log, ...(options.t1Ms && { t1Ms: options.t1Ms }) })

  for (const restored of options.restored) access.restore(restored)

  const invite = (request: InviteRequest): InviteSession => {
    const device = devices.get(request.deviceId)
    const binding = device?.binding()
    if (isClosing) return sessions.refuse({ ok: false, reason: 'stopped', detail: 'the service is stopping' }, request.kind)
    if (!device || !binding) return sessions.refuse({ ok: false, reason: 'not-registered', detail: `${request.deviceId} is not registered` }, request.kind)
    if (device.presence() === 'offline') return sessions.refuse({ ok: false, reason: 'offline', detail: `${request.deviceId} is offline` }, request.kind)
    return sessions.open(request, binding, device.binding)
  }

  return {
    ...asks,
    host,
    port,
    presenceOf: (deviceId) => devices.get(deviceId)?.presence() ?? 'unknown',
    bindingOf: (deviceId) => devices.get(deviceId)?.binding(),
    subscribe: (deviceId, wanted) => deviceOf(deviceId).subscriptions().want(wanted),
    unsubscribe: (deviceId, kind, targetId) => devices.get(deviceId)?.subscriptions.peek()?.drop(kind, targetId),
    subscriptionsOf: (deviceId) => devices.get(deviceId)?.subscriptions.peek()?.views() ?? [],
    setCharset: (deviceId, charset) => deviceOf(deviceId).speech.override(charset),
    forgetTries: access.forgetTries,
    stats: () => userAgentStats({ devices: devices.values(), exchanges: turns.stats(), introductions: introductions.stats(), sessions: sessions.size(), layer: layer.stats() }),
    invite: (request) => {
      const session = invite(request)
      void session.answered.then((outcome) => options.onNote?.(request.deviceId, inviteNote(request, session.callId, outcome)))
      return session
    },
    close: async () => {
      if (isClosing) return
      isClosing = true
      access.close()
      introductions.close()
      turns.close()
      await sessions.close()
      for (const device of devices.values()) device.close()
      await layer.close()
    },
  }
}
