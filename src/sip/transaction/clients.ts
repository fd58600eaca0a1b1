// Our own requests and what comes back. RFC 3261 17.1, 8.1.1.7, 18.1.1.
import { runMachine } from '../../base/index.ts'
import { branchCookie, header, writeHostPort, writeMessage } from '../message/index.ts'
import type { Address, ClientEvent, ClientTransaction, Header, SipRequest, SipResponse } from '../types.ts'
import { clientInvite, clientInviteStart, type ClientInviteEffect } from './client-invite.ts'
import { clientOther, clientOtherStart } from './client-other.ts'
import { ackOfFailure, cancelOf } from './derive.ts'
import { clientKey } from './table.ts'
import { timingOf } from './timing.ts'
import { randomHex, type Surroundings, type Wire } from './wire.ts'

/** A request above this goes over TCP where the peer takes it. RFC 3261 18.1.1; chosen for paths of unknown MTU. */
const datagramLimit = 1300

/** Either client machine, as far as both are used alike. */
interface ClientMachine {
  readonly send: (event: { readonly type: 'begin' } | Exclude<ClientEvent, { type: 'timeout' }>) => void
  readonly cancel: () => void
  readonly close: () => void
}

interface Running {
  readonly sent: SipRequest
  readonly target: Address
  readonly machine: ClientMachine
  readonly tell: (event: ClientEvent) => void
  /** The final event was told; an accepted INVITE goes on running for further 2xx. */
  hasEnded: boolean
}

export interface Clients {
  readonly request: (request: SipRequest, target: Address, on: (event: ClientEvent) => void) => ClientTransaction
  /** Sends without a transaction, with a branch of its own. */
  readonly send: (request: SipRequest, target: Address) => void
  /** Gives a response to its transaction; false when there is none. */
  readonly receive: (response: SipResponse, source: Address, atUs: number) => boolean
  readonly connectionLost: (remote: Address) => void
  readonly size: () => number
  /** Every running transaction reports transport-error. */
  readonly close: () => void
}

export function createClients(around: Surroundings, wire: Wire): Clients {
  const running = new Map<string, Running>()

  const withVia = (request: SipRequest, transport: Address['transport']): SipRequest => {
    const local = wire.localAddress(transport)
    const via = `SIP/2.0/${transport.toUpperCase()} ${writeHostPort(local.host, local.port)};rport;branch=${branchCookie}${randomHex(around.random, 12)}`
    const fields: Header[] = [{ name: 'Via', value: via }, ...request.headers]
    if (header(request, 'Max-Forwards') === undefined) fields.push({ name: 'Max-Forwards', value: '70' })
    if (around.agent !== undefined && header(request, 'User-Agent') === undefined) fields.push({ name: 'User-Agent', value: around.agent })
    return { ...request, headers: fields }
  }

  /** The request as it will be sent, and where: too big for a datagram it takes the peer's open TCP connection. */
  const address = (request: SipRequest, target: Address): { readonly sent: SipRequest; readonly to: Address } => {
    const sent = withVia(request, target.transport)
    const size = target.transport === 'udp' ? writeMessage(sent).length : 0
    if (size <= datagramLimit) return { sent, to: target }
    const byTcp: Address = { ...target, transport: 'tcp' }
    if (wire.isConnected(byTcp)) return { sent: withVia(request, 'tcp'), to: byTcp }
    around.log.debug({ method: request.method, callId: header(request, 'Call-ID'), bytes: size, host: target.host }, 'large request over UDP: no TCP connection to the peer')
    return { sent, to: target }
  }

  /** Starts one machine for a request that has its Via; `on` hears its events up to the final one, and an INVITE's further 2xx. */
  const start = (sent: SipRequest, target: Address, on: (event: ClientEvent) => void): Running => {
    const key = clientKey(sent)
    const timing = timingOf(target.transport, around.t1Ms)
    const perform = (effect: ClientInviteEffect): void => {
      switch (effect.type) {
        case 'transmit':
          return around.emit(sent, target, failed)
        case 'acknowledge':
          return around.emit(ackOfFailure(sent, effect.response), target, failed)
        case 'send-cancel':
          start(cancelOf(sent), target, () => {})
          return
        case 'tell':
          return tell(effect.event)
        case 'finish':
          running.delete(key)
          machine.close()
      }
    }
    const tell = (event: ClientEvent): void => {
      if (event.type !== 'response' || event.response.status >= 200) entry.hasEnded = true
      around.guard(`the answer to ${sent.method}`, () => on(event))
    }
    const failed = (detail: string): void => machine.send({ type: 'transport-error', detail })
    const common = { clock: around.clock, log: around.log, perform, label: { transaction: 'client', method: sent.method, callId: header(sent, 'Call-ID') } }
    const startInvite = (): ClientMachine => {
      const invite = runMachine({ ...common, initial: clientInviteStart(timing), step: clientInvite(timing) })
      return { ...invite, cancel: () => invite.send({ type: 'cancel' }) }
    }
    const startOther = (): ClientMachine => ({ ...runMachine({ ...common, initial: clientOtherStart(timing), step: clientOther(timing) }), cancel: () => {} })
    const machine = sent.method === 'INVITE' ? startInvite() : startOther()
    const entry: Running = { sent, target, machine, tell, hasEnded: false }
    running.set(key, entry)
    machine.send({ type: 'begin' })
    return entry
  }

  return {
    request: (request, target, on) => {
      const { sent, to } = address(request, target)
      const { machine } = start(sent, to, on)
      return { request: sent, cancel: machine.cancel }
    },
    send: (request, target) => {
      const { sent, to } = address(request, target)
      around.emit(sent, to, (detail) => around.log.debug({ method: sent.method, callId: header(sent, 'Call-ID'), detail }, 'could not be sent'))
    },
    receive: (response, source, atUs) => {
      const entry = running.get(clientKey(response))
      entry?.machine.send({ type: 'response', response, source, atUs })
      return entry !== undefined
    },
    connectionLost: (remote) => {
      for (const entry of [...running.values()]) {
        if (isSameAddress(entry.target, remote)) entry.machine.send({ type: 'transport-error', detail: 'the connection was lost' })
      }
    },
    size: () => running.size,
    close: () => {
      const entries = [...running.values()]
      running.clear()
      for (const entry of entries) {
        entry.machine.close()
        if (!entry.hasEnded) entry.tell({ type: 'transport-error', detail: 'the SIP layer was closed' })
      }
    },
  }
}

const isSameAddress = (one: Address, other: Address): boolean => one.transport === other.transport && one.host === other.host && one.port === other.port
