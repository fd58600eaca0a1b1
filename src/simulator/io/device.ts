// One simulated device on the wire: it registers; what reaches it goes to its commands, calls and subscriptions. GB/T 28181-2022 9.
import type { Clock, Log, RandomBytes } from '../../base/index.ts'
import { parseManscdp, type ServerTransaction, type TransactionUser } from '../../sip/index.ts'
import { freshState, type DeviceState } from '../device/state.ts'
import type { Habits } from '../habits.ts'
import { attempt } from '../recording/attempt.ts'
import type { Identity } from '../requests.ts'
import type { ScenarioChannel, ScenarioDevice } from '../types.ts'
import { createCalls } from './calls.ts'
import type { Clip } from './clips.ts'
import { createCommands } from './commands.ts'
import { createLine } from './line.ts'
import { createNotices, type Notices } from './notices.ts'
import type { Port } from './port.ts'
import { createRegistering } from './registering.ts'
import { createSubscriptions } from './subscriptions.ts'

export interface DeviceOptions {
  readonly device: ScenarioDevice
  readonly registrar: { readonly id: string; readonly host: string; readonly port: number }
  readonly password: string
  readonly keepaliveMs: number
  readonly clip: (channel: ScenarioChannel, isLater: boolean) => Clip | undefined
  /** Its own sockets, or a share of others'. */
  readonly openPort: (user: TransactionUser, habits: Habits) => Promise<Port>
  readonly bindHost: string
  readonly clock: Clock
  readonly random: RandomBytes
  readonly log: Log
}

export interface SimulatedDevice extends Pick<Notices, 'alarm' | 'catalogChange'> {
  readonly id: string
  /** Settles once: registered, or failed the first time. */
  readonly firstRegistration: Promise<boolean>
  readonly isRegistered: () => boolean
  readonly streams: () => number
  readonly subscriptions: () => number
  readonly state: () => DeviceState
  /** The registrar's last word, while the device is not registered. */
  readonly refusal: () => string | undefined
  readonly close: () => Promise<void>
}

/** What one sends to keep a NAT open, and how often (Q2). */
const natBytes = Buffer.from('jaK\0', 'latin1')
const natMs = 18_000

export async function openDevice(options: DeviceOptions): Promise<SimulatedDevice> {
  const { device, registrar, password, clock, random, log, bindHost } = options
  const habits: Habits = new Set(device.habits)
  let state = freshState(device.channels[0]?.name ?? device.id)
  let isClosed = false

  const port = await options.openPort({ onRequest: (transaction) => answer(transaction), onAck: (ack) => calls.ack(ack), onConnectionLost: () => registering.lost() }, habits)
  const who: Identity = {
    deviceId: device.id, registrarId: registrar.id, domain: registrar.id.slice(0, 10), registrarAddress: `${registrar.host}:${registrar.port}`,
    contact: () => `sip:${device.id}@${port.local().host}:${port.local().port}`, edition: device.edition, habits,
  }
  const line = createLine({ device, who, port: () => port, target: { transport: device.signalling, host: registrar.host, port: registrar.port }, random })
  const kept = {
    state: () => state,
    setState: (next: DeviceState): void => {
      state = next
    },
  }
  const channelOf = (id: string): ScenarioChannel | undefined =>
    device.channels.find((channel) => channel.id === id) ?? (device.catalog && id.startsWith(`${device.id.slice(0, 10)}132`) ? device.channels[0] : undefined)
  const notices = createNotices({ device, line, subscriptions: () => subscriptions, ...kept, clock })
  const subscriptions = createSubscriptions({ line, clock, position: notices.position })
  const calls = createCalls({ line, channelOf, clip: options.clip, onRecordingEnd: notices.mediaStatus, bindHost, clock })
  const registering = createRegistering({ line, port, password, keepaliveMs: options.keepaliveMs, rebootMs: device.rebootS === undefined ? undefined : device.rebootS * 1000, clock, random, log })
  const commands = createCommands({ device, password, line, ...kept, onReboot: registering.reboot, onKeyframe: calls.keyframe, clock, log })

  const answer = (transaction: ServerTransaction): void => {
    const { request } = transaction
    if (registering.isSilent() || isClosed) return
    switch (request.method) {
      case 'MESSAGE': {
        const value = attempt(() => parseManscdp(request.body))
        transaction.respond({ status: value ? 200 : 400 })
        if (value) commands(value)
        return
      }
      case 'INVITE':
        return void calls.invite(transaction).catch((error: unknown) => {
          log.error({ deviceId: device.id, error }, 'a simulated call could not be answered')
          transaction.respond({ status: 500 })
        })
      case 'BYE':
        return calls.bye(transaction)
      case 'INFO':
        return calls.info(transaction)
      case 'CANCEL':
        return calls.cancelled(request)
      case 'SUBSCRIBE':
        return subscriptions.subscribe(transaction)
      default:
        return transaction.respond({ status: request.method === 'OPTIONS' ? 200 : 405 })
    }
  }

  const stops: (() => void)[] = []
  const every = (ms: number, act: () => void): void => {
    const at = stops.length
    stops[at] = clock.after(ms, function again() {
      act()
      stops[at] = clock.after(ms, again)
    })
  }
  if (habits.has('nat-bytes')) {
    port.raw(natBytes)
    every(natMs, () => port.raw(natBytes))
  }
  if (device.alarmEveryS !== undefined) every(device.alarmEveryS * 1000, () => registering.isRegistered() && notices.alarm())
  if (habits.has('ok-after-cancel')) port.muteStatus(487)
  await registering.start()
  return {
    id: device.id,
    firstRegistration: registering.first,
    isRegistered: registering.isRegistered,
    streams: calls.size,
    subscriptions: subscriptions.size,
    state: kept.state,
    alarm: notices.alarm,
    catalogChange: notices.catalogChange,
    refusal: registering.refusal,
    close: async () => {
      isClosed = true
      registering.close()
      for (const stop of stops) stop()
      calls.closeAll()
      subscriptions.closeAll()
      await port.close()
    },
  }
}
