// Our own requests and what comes back. RFC 3261 17.1, 8.1.1.7, 18.1.1.
import { runMachine } from '../../base/index.ts'
import { branchCookie, header, messageLength, writeHostPort, type Essentials } from '../message/index.ts'
import type { Address, ClientEvent, ClientTransaction, Header, SipRequest, SipResponse } from '../types.ts'
import { clientInvite, clientInviteStart, type ClientInviteEffect } from './client-invite.ts'
import { clientOther, clientOtherStart } from './client-other.ts'
import { ackOfFailure, cancelOf } from './derive.ts'
import { createLargeRoutes, largeConnectMs, type Route } from './large.ts'
import { clientKey, keyOfResponse } from './table.ts'
import { timingOf } from './timing.ts'
import { randomHex, type Surroundings, type Wire } from './wire.ts'

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
  readonly receive: (response: SipResponse, essentials: Essentials, source: Address, atUs: number) => boolean
  readonly connectionLost: (remote: Address) => void
  readonly size: () => number
  /** Every running transaction reports transport-error. */
  readonly close: () => void
}

export function createClients(around: Surroundings, wire: Wire): Clients {
  const running = new Map<string, Running>()
  const routes = createLargeRoutes(wire.isConnected)
  let isClosed = false

  const withVia = (request: SipRequest, transport: Address['transport']): SipRequest => {
    const local = wire.localAddress(transport)
    const via = `SIP/2.0/${transport.toUpperCase()} ${writeHostPort(local.host, local.port)};rport;branch=${branchCookie}${randomHex(around.random, 12)}`
    const fields: Header[] = [{ name: 'Via', value: via }, ...request.headers]
    if (header(request, 'Max-Forwards') === undefined) fields.push({ name: 'Max-Forwards', value: '70' })
    if (around.agent !== undefined && header(request, 'User-Agent') === undefined) fields.push({ name: 'User-Agent', value: around.agent })
    return { ...request, headers: fields }
  }

  /** Starts one machine for a request that has its Via; `on` hears its events up to the final one, and an INVITE's further 2xx. */
  const start = (sent: SipRequest, target: Address, on: (event: ClientEvent) => void, openMs?: number): Running => {
    const key = clientKey(sent)
    const timing = timingOf(target.transport, around.t1Ms)
    const perform = (effect: ClientInviteEffect): void => {
      switch (effect.type) {
        case 'transmit':
          return around.emit(sent, target, failed, openMs)
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

  /** A large request: over TCP, and by UDP after all when nothing took it there. A peer that answers nothing over TCP is asked by UDP the next time. */
  const startLarge = (request: SipRequest, target: Address, on: (event: ClientEvent) => void): ClientTransaction => {
    const byTcp: Address = { ...target, transport: 'tcp' }
    let hasAnswered = false
    let isCancelled = false
    const onFirst = (event: ClientEvent): void => {
      if (event.type === 'response') hasAnswered = true
      if (hasAnswered || event.type === 'response' || isClosed) return on(event)
      routes.refused(byTcp, around.clock.nowUs())
      if (event.type === 'timeout') return on(event)
      around.log.debug({ method: request.method, callId: header(request, 'Call-ID'), host: target.host, detail: event.detail }, 'a large request goes by UDP: its target takes no TCP')
      current = start(withVia(request, 'udp'), target, on)
      if (isCancelled) current.machine.cancel()
    }
    let current = start(withVia(request, 'tcp'), byTcp, onFirst, largeConnectMs)
    return {
      get request() {
        return current.sent
      },
      cancel: () => {
        isCancelled = true
        current.machine.cancel()
      },
    }
  }

  const routeOf = (sent: SipRequest, target: Address): Route => (target.transport === 'tcp' ? 'tcp' : routes.of({ ...target, transport: 'tcp' }, messageLength(sent), around.clock.nowUs()))

  return {
    request: (request, target, on) => {
      const sent = withVia(request, target.transport)
      if (target.transport === 'udp' && routeOf(sent, target) !== 'udp') return startLarge(request, target, on)
      const { machine } = start(sent, target, on)
      return { request: sent, cancel: machine.cancel }
    },
    send: (request, target) => {
      const isSwitched = target.transport === 'udp' && routeOf(withVia(request, 'udp'), target) === 'tcp'
      const sent = withVia(request, isSwitched ? 'tcp' : target.transport)
      around.emit(sent, isSwitched ? { ...target, transport: 'tcp' } : target, (detail) => around.log.debug({ method: sent.method, callId: header(sent, 'Call-ID'), detail }, 'could not be sent'))
    },
    receive: (response, essentials, source, atUs) => {
      const entry = running.get(keyOfResponse(essentials))
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
      isClosed = true
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
