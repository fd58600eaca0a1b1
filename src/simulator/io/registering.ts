// How a simulated device stays registered, done: REGISTER and its digest, keepalives, what moves its port, the silence of a restart. GB/T 28181-2022 9.1, 9.6.
import { runMachine, type Clock, type Log, type RandomBytes } from '../../base/index.ts'
import { header, type ClientEvent, type SipResponse } from '../../sip/index.ts'
import { registrationStep, type RegistrationEffect, type RegistrationEvent, type RegistrationState } from '../registration.ts'
import { authorizationFor, leaseS, registerRequest } from '../requests.ts'
import type { Line } from './line.ts'
import { optionsPing } from './notices.ts'
import type { Port } from './port.ts'

export interface Registering {
  /** Begins, after a keepalive that comes too early where that is a habit. */
  readonly start: () => Promise<void>
  readonly reboot: () => void
  /** The connection to the registrar ended. */
  readonly lost: () => void
  /** Settles once: registered, or failed the first time. */
  readonly first: Promise<boolean>
  readonly isRegistered: () => boolean
  /** A restarting device hears nobody. */
  readonly isSilent: () => boolean
  /** The registrar's last word, while the device is not registered. */
  readonly refusal: () => string | undefined
  readonly close: () => void
}

export interface RegisteringOptions {
  readonly line: Line
  readonly port: Port
  readonly password: string
  readonly keepaliveMs: number
  readonly rebootMs: number | undefined
  readonly clock: Clock
  readonly random: RandomBytes
  readonly log: Log
}

export function createRegistering(options: RegisteringOptions): Registering {
  const { line, port, password, clock, random, log } = options
  const { who, habits } = line
  const { callId, tag } = line.call()
  let challenge: SipResponse | undefined
  let authorization: string | undefined
  let refusal: string | undefined
  let settle: (registered: boolean) => void = () => {}
  const first = new Promise<boolean>((resolve) => (settle = resolve))

  const perform = (effect: RegistrationEffect): void => {
    switch (effect.type) {
      case 'register':
      case 'unregister':
        authorization = challenge && habits.has('old-nonce-on-refresh') ? authorizationFor(challenge, who, password, random) : undefined
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
  const machine = runMachine<RegistrationState, RegistrationEvent, RegistrationEffect>({
    initial: { name: 'silent' },
    step: registrationStep({ keepaliveMs: options.keepaliveMs, refreshes: !habits.has('never-refreshes'), ...(options.rebootMs !== undefined && { rebootMs: options.rebootMs }) }),
    perform,
    clock,
    log,
    label: { deviceId: who.deviceId },
  })
  const moved = async (habit: 'rotating-port' | 'keepalive-from-another-port', isLasting: boolean): Promise<void> => {
    if (habits.has(habit)) await port.moved(isLasting)
  }
  const register = (expiresS: number): void => {
    void moved('rotating-port', true).then(() => line.request(registerRequest(who, { callId, tag, sequence: line.nextSn() }, authorization, expiresS), registered))
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
      authorization = authorizationFor(response, who, password, random)
      return machine.send(authorization === undefined ? { type: 'refused' } : { type: 'challenged' })
    }
    const granted = Number(header(response, 'Expires') ?? leaseS)
    machine.send(response.status < 300 ? { type: 'accepted', expiresS: Number.isFinite(granted) && granted > 0 ? granted : leaseS } : { type: 'refused' })
  }
  const keepalive = async (): Promise<void> => {
    await moved('keepalive-from-another-port', false)
    line.message({ type: 'notify-keepalive', sn: line.nextSn(), deviceId: who.deviceId, status: 'OK', faulty: [] }, (event) => {
      if (event.type !== 'response' || event.response.status < 200) return
      machine.send({ type: event.response.status < 300 ? 'keepalive-answered' : 'keepalive-refused' })
    })
    if (habits.has('options-pings')) line.request(optionsPing(line))
  }
  return {
    start: async () => {
      if (habits.has('keepalive-before-register')) await keepalive()
      machine.send({ type: 'start' })
    },
    reboot: () => machine.send({ type: 'reboot' }),
    lost: () => machine.send({ type: 'keepalive-refused' }),
    first,
    isRegistered: () => machine.state().name === 'registered',
    isSilent: () => {
      const now = machine.state()
      return now.name === 'restarting' && now.phase === 'silent'
    },
    refusal: () => (machine.state().name === 'registered' ? undefined : refusal),
    close: () => {
      machine.close()
      settle(false)
    },
  }
}
