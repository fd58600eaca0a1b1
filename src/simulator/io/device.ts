// One simulated device on the wire: it registers and keeps alive; what reaches it goes to its commands, calls and subscriptions. GB/T 28181-2022 9.
import { runMachine, type Clock, type Log, type RandomBytes } from '../../base/index.ts'
import { header, parseManscdp, type ClientEvent, type ServerTransaction, type SipResponse, type TransactionUser } from '../../sip/index.ts'
import { freshState, type DeviceState } from '../device/state.ts'
import { habits as allHabits, type Habits } from '../habits.ts'
import { attempt } from '../recording/attempt.ts'
import { registrationStep, type RegistrationEffect, type RegistrationEvent, type RegistrationState } from '../registration.ts'
import { authorizationFor, leaseS, registerRequest, type Identity } from '../requests.ts'
import type { ScenarioChannel, ScenarioDevice } from '../types.ts'
import { createCalls } from './calls.ts'
import type { Clip } from './clips.ts'
import { createCommands } from './commands.ts'
import { createLine } from './line.ts'
import { createNotices, optionsPing, type Notices } from './notices.ts'
import type { Port } from './port.ts'
import { createSubscriptions } from './subscriptions.ts'

export interface DeviceOptions {
  readonly device: ScenarioDevice
  readonly registrar: { readonly id: string; readonly host: string; readonly port: number }
  readonly password: string
  readonly keepaliveMs: number
  readonly clip: (channel: ScenarioChannel) => Clip | undefined
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
  const { device, registrar, clock, random, log } = options
  const habits: Habits = new Set((device.habits ?? []).filter((habit) => habit in allHabits))
  let state = freshState(device.channels[0]?.name ?? device.id)
  let challenge: SipResponse | undefined
  let authorization: string | undefined
  let refusal: string | undefined
  let isClosed = false
  let settle: (registered: boolean) => void = () => {}
  const firstRegistration = new Promise<boolean>((resolve) => (settle = resolve))

  const port: Port = await options.openPort({ onRequest: (transaction) => answer(transaction), onAck: (ack) => calls.ack(ack), onConnectionLost: () => machine.send({ type: 'keepalive-refused' }) }, habits)
  const who: Identity = {
    deviceId: device.id, registrarId: registrar.id, domain: registrar.id.slice(0, 10), registrarAddress: `${registrar.host}:${registrar.port}`,
    contact: () => `sip:${device.id}@${port.local().host}:${port.local().port}`, edition: device.edition, habits,
  }
  const line = createLine({ device, who, port: () => port, target: { transport: device.signalling, host: registrar.host, port: registrar.port }, random })
  const setState = (next: DeviceState): void => {
    state = next
  }
  const notices = createNotices({ device, line, subscriptions: () => subscriptions, state: () => state, setState, clock })
  const subscriptions = createSubscriptions({ line, clock, position: notices.position })
  const calls = createCalls({ line, channelOf, clip: options.clip, onRecordingEnd: notices.mediaStatus, bindHost: options.bindHost, clock })
  const commands = createCommands({
    device, password: options.password, line, state: () => state, setState, clock, log,
    onReboot: () => machine.send({ type: 'reboot' }),
    onKeyframe: calls.keyframe,
  })
  const first = line.call()
  const registration = { callId: first.callId, tag: first.tag }

  const machine = runMachine<RegistrationState, RegistrationEvent, RegistrationEffect>({
    initial: { name: 'silent' },
    step: registrationStep({ keepaliveMs: options.keepaliveMs, refreshes: !habits.has('never-refreshes'), ...(device.rebootS !== undefined && { rebootMs: device.rebootS * 1000 }) }),
    perform: (effect) => perform(effect),
    clock,
    log,
    label: { deviceId: device.id },
  })
  const perform = (effect: RegistrationEffect): void => {
    switch (effect.type) {
      case 'register':
      case 'unregister':
        authorization = challenge && habits.has('old-nonce-on-refresh') ? authorizationFor(challenge, who, options.password, random) : undefined
        return register(effect.type === 'unregister' ? 0 : leaseS)
      case 'authorize':
        return register(machine.state().name === 'restarting' ? 0 : leaseS)
      case 'keepalive':
        return void keepalive()
      case 'registered':
      case 'failed':
        settle(effect.type === 'registered')
    }
  }
  const register = (expiresS: number): void => {
    void moved('rotating-port', true).then(() => line.request(registerRequest(who, { ...registration, sequence: line.nextSn() }, authorization, expiresS), registered))
  }
  const moved = async (habit: 'rotating-port' | 'keepalive-from-another-port', isLasting: boolean): Promise<void> => {
    if (habits.has(habit)) await port.moved(isLasting)
  }
  const registered = (event: ClientEvent): void => {
    if (event.type !== 'response') {
      refusal = 'no answer'
      return machine.send({ type: 'unanswered' })
    }
    const { response } = event
    if (response.status < 200) return
    refusal = response.status < 300 ? undefined : `${response.status} ${response.reason}`
    if (response.status === 401) {
      challenge = response
      authorization = authorizationFor(response, who, options.password, random)
      return machine.send(authorization === undefined ? { type: 'refused' } : { type: 'challenged' })
    }
    const granted = Number(header(response, 'Expires') ?? leaseS)
    machine.send(response.status < 300 ? { type: 'accepted', expiresS: Number.isFinite(granted) && granted > 0 ? granted : leaseS } : { type: 'refused' })
  }
  const keepalive = async (): Promise<void> => {
    await moved('keepalive-from-another-port', false)
    line.message({ type: 'notify-keepalive', sn: line.nextSn(), deviceId: device.id, status: 'OK', faulty: [] }, (event) => {
      if (event.type !== 'response' || event.response.status < 200) return
      machine.send({ type: event.response.status < 300 ? 'keepalive-answered' : 'keepalive-refused' })
    })
    if (habits.has('options-pings')) line.request(optionsPing(line))
  }

  /** A restarting device is silent, whoever asks. */
  const isSilent = (): boolean => {
    const now = machine.state()
    return now.name === 'restarting' && now.phase === 'silent'
  }
  function channelOf(id: string): ScenarioChannel | undefined {
    return device.channels.find((channel) => channel.id === id) ?? (device.catalog && id.startsWith(`${device.id.slice(0, 10)}132`) ? device.channels[0] : undefined)
  }
  const answer = (transaction: ServerTransaction): void => {
    const { request } = transaction
    if (isSilent() || isClosed) return
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
      case 'OPTIONS':
        return transaction.respond({ status: 200 })
      default:
        return transaction.respond({ status: 405 })
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
  if (device.alarmEveryS !== undefined) every(device.alarmEveryS * 1000, () => machine.state().name === 'registered' && notices.alarm())
  if (habits.has('ok-after-cancel')) port.muteStatus(487)
  if (habits.has('keepalive-before-register')) await keepalive()
  machine.send({ type: 'start' })
  return {
    id: device.id,
    firstRegistration,
    isRegistered: () => machine.state().name === 'registered',
    streams: calls.size,
    subscriptions: subscriptions.size,
    state: () => state,
    alarm: notices.alarm,
    catalogChange: notices.catalogChange,
    refusal: () => (machine.state().name === 'registered' ? undefined : refusal),
    close: async () => {
      isClosed = true
      machine.close()
      for (const stop of stops) stop()
      settle(false)
      calls.closeAll()
      subscriptions.closeAll()
      await port.close()
    },
  }
}
