// One simulated device on the wire: it registers, keeps alive, lists its channels, answers INVITE as its faults say, sends, hangs up.
import { runMachine, type Cancel, type Clock, type Log, type RandomBytes } from '../../base/index.ts'
import { header, liveAnswer, openTransactionLayer, parseManscdp, parseSdp, writeSdp, type Address, type ClientEvent, type Manscdp, type ServerTransaction, type TransactionLayer } from '../../sip/index.ts'
import { registrationStep, type RegistrationEffect, type RegistrationEvent, type RegistrationState } from '../registration.ts'
import { authorizationFor, byeRequest, catalogItem, leaseS, messageRequest, registerRequest, type Identity } from '../requests.ts'
import type { ScenarioChannel, ScenarioDevice } from '../types.ts'
import type { Clip } from './clips.ts'
import { openMediaSender, type MediaSender } from './media-sender.ts'

export interface DeviceOptions {
  readonly device: ScenarioDevice
  readonly registrar: { readonly id: string; readonly host: string; readonly port: number }
  readonly password: string
  readonly keepaliveMs: number
  readonly clip: (channel: ScenarioChannel) => Clip | undefined
  readonly clock: Clock
  readonly random: RandomBytes
  readonly log: Log
}

export interface SimulatedDevice {
  /** Settles once: registered, or failed the first time. */
  readonly firstRegistration: Promise<boolean>
  readonly isRegistered: () => boolean
  readonly streams: () => number
  /** The registrar's last word, while the device is not registered. */
  readonly refusal: () => string | undefined
  readonly close: () => Promise<void>
}

const slowStartMs = 2_500
const endsMidwayMs = 2_500
/** Entries per catalog message: small, so that a recorder's catalog comes in several. */
const itemsPerMessage = 2

interface Session {
  readonly channel: ScenarioChannel
  readonly invite: ServerTransaction
  readonly localTag: string
  readonly sender: MediaSender
  timer?: Cancel
}

export async function openDevice(options: DeviceOptions): Promise<SimulatedDevice> {
  const { device, registrar, clock, random, log } = options
  const target: Address = { transport: device.signalling, host: registrar.host, port: registrar.port }
  const token = (): string => random(8).toString('hex')
  const callId = `${token()}@127.0.0.1`
  const tag = token()
  const sessions = new Map<string, Session>()
  let sequence = 0
  let authorization: string | undefined
  let refusal: string | undefined
  let isClosed = false
  let settle: (registered: boolean) => void = () => {}
  const firstRegistration = new Promise<boolean>((resolve) => (settle = resolve))

  const layer: TransactionLayer = await openTransactionLayer({
    bind: { host: '127.0.0.1', port: 0 },
    transports: [device.signalling],
    listen: false,
    clock,
    random,
    log,
    user: { onRequest: (transaction) => void answer(transaction), onAck: (ack) => begin(header(ack, 'Call-ID') ?? ''), onConnectionLost: () => machine.send({ type: 'keepalive-refused' }) },
  })
  const local = layer.localAddress(device.signalling)
  const who: Identity = { deviceId: device.id, registrarId: registrar.id, domain: registrar.id.slice(0, 10), contact: `sip:${device.id}@${local.host}:${local.port}`, edition: device.edition }

  const machine = runMachine<RegistrationState, RegistrationEvent, RegistrationEffect>({
    initial: { name: 'silent' },
    step: registrationStep(options.keepaliveMs),
    perform: (effect) => {
      if (effect.type === 'register') {
        authorization = undefined
        register()
      } else if (effect.type === 'authorize') register()
      else if (effect.type === 'keepalive') keepalive()
      else settle(effect.type === 'registered')
    },
    clock,
    log,
    label: { deviceId: device.id },
  })

  const register = (): void => {
    layer.request(registerRequest(who, callId, ++sequence, tag, authorization), target, (event: ClientEvent) => {
      if (event.type !== 'response') {
        refusal = 'no answer'
        return machine.send({ type: 'unanswered' })
      }
      const { response } = event
      if (response.status < 200) return
      refusal = response.status < 300 ? undefined : `${response.status} ${response.reason}`
      if (response.status === 401) {
        authorization = authorizationFor(response, who, options.password, random)
        return machine.send(authorization === undefined ? { type: 'refused' } : { type: 'challenged' })
      }
      const granted = Number(header(response, 'Expires') ?? leaseS)
      machine.send(response.status < 300 ? { type: 'accepted', expiresS: Number.isFinite(granted) && granted > 0 ? granted : leaseS } : { type: 'refused' })
    })
  }
  const message = (body: Manscdp, on: (event: ClientEvent) => void = () => {}): void => {
    layer.request(messageRequest(who, body, device.charset, `${token()}@127.0.0.1`, ++sequence, token()), target, on)
  }
  const keepalive = (): void => {
    message({ type: 'notify-keepalive', sn: ++sequence, deviceId: device.id, status: 'OK', faulty: [] }, (event) => {
      if (event.type !== 'response' || event.response.status < 200) return
      machine.send({ type: event.response.status < 300 ? 'keepalive-answered' : 'keepalive-refused' })
    })
  }

  const answer = async (transaction: ServerTransaction): Promise<void> => {
    const { request } = transaction
    switch (request.method) {
      case 'MESSAGE':
        transaction.respond({ status: 200 })
        return answerQuery(parseManscdp(request.body))
      case 'INVITE':
        return answerInvite(transaction)
      case 'BYE':
        end(header(request, 'Call-ID') ?? '')
        return transaction.respond({ status: 200 })
      case 'CANCEL':
        return transaction.respond({ status: 200 })
      default:
        return transaction.respond({ status: 405 })
    }
  }
  const answerQuery = (query: Manscdp): void => {
    if (query.type === 'query-device-info') {
      return message({ type: 'response-device-info', sn: query.sn, deviceId: device.id, result: 'OK', name: device.id, manufacturer: 'Yiji', model: 'Simulated', firmware: '1', channels: device.channels.length, raw: {} })
    }
    if (query.type !== 'query-catalog') return
    const items = device.channels.map((channel) => catalogItem(device, channel))
    // One after the other, each after the answer to the one before (GB/T 28181-2022 Annex M).
    const page = (from: number): void => {
      const part = items.slice(from, from + itemsPerMessage)
      message({ type: 'response-catalog', sn: query.sn, deviceId: query.deviceId, sumNum: items.length, items: part }, (event) => {
        if (event.type === 'response' && event.response.status >= 200 && from + itemsPerMessage < items.length) page(from + itemsPerMessage)
      })
    }
    page(0)
  }

  const answerInvite = async (transaction: ServerTransaction): Promise<void> => {
    const { request } = transaction
    const channel = device.channels.find((each) => request.uri.includes(each.id))
    if (!channel) return transaction.respond({ status: 404 })
    if (channel.fault === 'no-answer') return
    if (channel.fault === 'busy') return transaction.respond({ status: 486 })
    // A new request for the same stream clears the old one (GB/T 28181-2022 Annex K c).
    for (const [id, session] of sessions) if (session.channel.id === channel.id) end(id)
    const offer = parseSdp(request.body)
    const ssrc = offer.ssrc ?? 0
    const sender = await openMediaSender({ transport: offer.transport, host: offer.host ?? '127.0.0.1', port: offer.port, ssrc }, clock)
    if (isClosed) return sender.close()
    const localTag = token()
    sessions.set(header(request, 'Call-ID') ?? '', { channel, invite: transaction, localTag, sender })
    transaction.respond({
      status: 200,
      headers: [
        { name: 'To', value: `${header(request, 'To') ?? ''};tag=${localTag}` },
        { name: 'Contact', value: `<${who.contact}>` },
        { name: 'Content-Type', value: 'APPLICATION/SDP' },
      ],
      body: writeSdp(liveAnswer({ offer, owner: channel.id, host: '127.0.0.1', port: sender.port, ssrc })),
    })
  }
  /** The ACK came: media flows as the channel's fault has it. */
  const begin = (id: string): void => {
    const session = sessions.get(id)
    const clip = session && options.clip(session.channel)
    if (!session || !clip || session.timer || session.channel.fault === 'no-media') return
    const { sender, channel } = session
    if (channel.fault === 'slow-start') {
      session.timer = clock.after(slowStartMs, () => sender.start(clip))
      return
    }
    sender.start(clip)
    session.timer = channel.fault === 'ends-midway' ? clock.after(endsMidwayMs, () => hangUp(id)) : () => {}
  }
  const hangUp = (id: string): void => {
    const session = sessions.get(id)
    end(id)
    if (session) layer.request(byeRequest(session.invite.request, who, session.localTag), target, () => {})
  }
  const end = (id: string): void => {
    const session = sessions.get(id)
    session?.timer?.()
    session?.sender.close()
    sessions.delete(id)
  }

  machine.send({ type: 'start' })
  return {
    firstRegistration,
    isRegistered: () => machine.state().name === 'registered',
    streams: () => sessions.size,
    refusal: () => (machine.state().name === 'registered' ? undefined : refusal),
    close: async () => {
      isClosed = true
      machine.close()
      settle(false)
      for (const id of [...sessions.keys()]) end(id)
      await layer.close()
    },
  }
}
