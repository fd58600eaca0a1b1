// The transaction layer over any wire: bytes in, transactions up, bytes out. RFC 3261 17, 18.
import { createHash } from 'node:crypto'
import { ParseError, type Clock, type Log, type RandomBytes } from '../../base/index.ts'
import { checkMessage, header, headers, readMessage, topVia, writeMessage, type Reading } from '../message/index.ts'
import type { Address, ResponseDraft, SipMessage, SipRequest, TraceEntry, TransactionLayer, TransactionUser } from '../types.ts'
import { createClients } from './clients.ts'
import { completeResponse } from './derive.ts'
import { createServers } from './servers.ts'
import type { Surroundings, Wire } from './wire.ts'

export interface LayerOptions {
  readonly wire: Wire
  readonly clock: Clock
  readonly random: RandomBytes
  readonly log: Log
  readonly user: TransactionUser
  readonly onTrace?: (entry: TraceEntry) => void
  readonly t1Ms?: number
  readonly agent?: string
}

export interface LayerStats {
  /** Bytes that are no SIP message at all. */
  readonly unreadable: number
  /** Requests answered 400, 416, 420 or 505 without a transaction. */
  readonly refused: number
  /** Responses and damaged messages that nobody waits for. */
  readonly dropped: number
  /** Requests dropped because too many transactions were running. */
  readonly overload: number
  readonly clientTransactions: number
  readonly serverTransactions: number
}

/** A TransactionLayer without its sockets: whoever owns the wire feeds `receive`. */
export interface WirelessLayer extends Omit<TransactionLayer, 'close' | 'localAddress'> {
  /** Takes the bytes of one message. Never throws for what they hold. */
  readonly receive: (bytes: Buffer, source: Address, local: Address, atUs: number) => void
  readonly connectionLost: (remote: Address) => void
  readonly stats: () => LayerStats
  readonly close: () => void
}

export function createTransactionLayer(options: LayerOptions): WirelessLayer {
  const { wire, clock, random, log, user, onTrace } = options
  const count = { unreadable: 0, refused: 0, dropped: 0, overload: 0 }
  let isClosed = false

  const emit = (message: SipMessage, remote: Address, failed: (detail: string) => void): void => {
    const bytes = writeMessage(message)
    onTrace?.({ direction: 'out', atUs: clock.nowUs(), local: wire.localOf(remote), remote, bytes, message })
    // A response goes back on the connection its request came by, or not at all: behind NAT there is no other way (docs/interop.md Q19).
    wire.send(bytes, remote, message.kind === 'request', failed)
  }
  const guard = (what: string, call: () => void): void => {
    try {
      call()
    } catch (error) {
      log.error({ error }, `an error while handling ${what}`)
    }
  }
  const around: Surroundings = { clock, random, log, emit, guard, t1Ms: options.t1Ms ?? 500, ...(options.agent !== undefined && { agent: options.agent }) }
  const clients = createClients(around, wire)
  const servers = createServers(around, user)

  const read = (bytes: Buffer): Reading | undefined => {
    try {
      return readMessage(bytes)
    } catch (error) {
      if (error instanceof ParseError) return undefined
      throw error
    }
  }
  /** Answers a request that no transaction can be made of; the tag is made of the request, so that its retransmission gets the same. RFC 3261 8.2.7. */
  const refuse = (request: SipRequest, source: Address, draft: ResponseDraft): void => {
    const toTag = createHash('sha256').update(JSON.stringify([headers(request, 'Via')[0], header(request, 'Call-ID'), source])).digest('hex').slice(0, 10)
    count.refused++
    guard('a refusal', () => emit(completeResponse(request, draft, { source, toTag }), source, () => {}))
  }

  return {
    request: (request, target, on) => {
      if (!isClosed) return clients.request(request, target, on)
      clock.after(0, () => on({ type: 'transport-error', detail: 'the SIP layer is closed' }))
      return { request, cancel: () => {} }
    },
    send: (request, target) => {
      if (!isClosed) clients.send(request, target)
    },
    receive: (bytes, source, local, atUs) => {
      if (isClosed) return
      const reading = read(bytes)
      onTrace?.({ direction: 'in', atUs, local, remote: source, bytes, ...(reading && { message: reading.message }) })
      if (!reading) {
        count.unreadable++
        return
      }
      const { message } = reading
      const fault = reading.fault ?? checkMessage(message) ?? unknownExtension(message)
      if (message.kind === 'response') {
        if (!fault && clients.receive(message, source, atUs)) return
        count.dropped++
        if (!fault && message.status >= 200 && message.status < 300) guard('a late answer', () => user.onStray?.(message, source))
      } else if (!fault) {
        if (!servers.receive(message, source, local)) count.overload++
      } else if (message.method !== 'ACK' && topVia(message)) refuse(message, source, fault)
      else count.dropped++
    },
    connectionLost: (remote) => {
      if (isClosed) return
      clients.connectionLost(remote)
      guard('a lost connection', () => user.onConnectionLost(remote))
    },
    stats: () => ({ ...count, clientTransactions: clients.size(), serverTransactions: servers.size() }),
    close: () => {
      if (isClosed) return
      isClosed = true
      clients.close()
      servers.close()
    },
  }
}

/** What a request insists on and we have none of: every extension. RFC 3261 8.2.2.3; ACK and CANCEL are not asked. */
function unknownExtension(message: SipMessage): ResponseDraft | undefined {
  if (message.kind === 'response' || message.method === 'ACK' || message.method === 'CANCEL') return undefined
  const required = headers(message, 'Require')
  return required.length === 0 ? undefined : { status: 420, headers: [{ name: 'Unsupported', value: required.join(', ') }] }
}
