// The transaction layer over any wire: bytes in, transactions up, bytes out. RFC 3261 17, 18.
import { ParseError, type Clock, type Log, type RandomBytes } from '../../base/index.ts'
import { readEssentials, readMessage, writeMessage, type Essentials, type Flaw, type Reading } from '../message/index.ts'
import type { Address, SipMessage, SipRequest, SipResponse, TraceEntry, TransactionLayer, TransactionUser } from '../types.ts'
import { createGate, usualLimits, type Limits } from './admission.ts'
import { createClients } from './clients.ts'
import { createRefusals } from './refusals.ts'
import { createServers } from './servers.ts'
import { createTags, type Surroundings, type Wire, type Written } from './wire.ts'

/** How long a connection may take to open for a request whose target is TCP. */
const connectMs = 10_000

export interface LayerOptions {
  readonly wire: Wire
  readonly clock: Clock
  readonly random: RandomBytes
  readonly log: Log
  readonly user: TransactionUser
  readonly onTrace?: (entry: TraceEntry) => void
  readonly t1Ms?: number
  readonly agent?: string
  /** Bounds that are not to be the usual ones. */
  readonly limits?: Partial<Limits>
}

export interface LayerStats {
  /** Bytes that are no SIP message at all. */
  readonly unreadable: number
  /** Requests answered without a transaction: malformed, of a method or with an extension that is not served. */
  readonly refused: number
  /** Responses and damaged messages that nobody waits for. */
  readonly dropped: number
  /** Requests answered 503, since too many waited for the user. */
  readonly overload: number
  /** Messages of strangers left unread, since too many came in a second. */
  readonly shed: number
  /** Answers forgotten before their 64 T1, for want of room. */
  readonly forgotten: number
  /** Requests that wait for the user's answer. */
  readonly unanswered: number
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
  const limits = { ...usualLimits, ...options.limits }
  const count = { unreadable: 0, refused: 0, dropped: 0, overload: 0, shed: 0 }
  let isClosed = false

  const traceOut = (bytes: Buffer, message: SipMessage | undefined, remote: Address): void =>
    onTrace?.({ direction: 'out', atUs: clock.nowUs(), local: wire.localOf(remote), remote, bytes, ...(message && { message }) })
  const transmit = ({ bytes }: Written, message: SipMessage | undefined, remote: Address, failed: (detail: string) => void): void => {
    if (onTrace) traceOut(bytes, message ?? read(bytes)?.message, remote)
    wire.send(bytes, remote, 0, failed)
  }
  const emit = (message: SipMessage, remote: Address, failed: (detail: string) => void, openMs = connectMs): void => {
    const bytes = write(message)
    if (!bytes) return void clock.after(0, () => failed('it cannot be written'))
    traceOut(bytes, message, remote)
    // A response goes back on the connection its request came by, or not at all: behind NAT there is no other way (docs/interop.md Q19).
    wire.send(bytes, remote, message.kind === 'request' ? openMs : 0, failed)
  }
  /** A message that cannot be written is a bug of who made it: it ends that transaction, and no more. */
  const write = (message: SipMessage): Buffer | undefined => {
    try {
      return writeMessage(message)
    } catch (error) {
      log.error({ error, start: message.kind === 'request' ? message.method : message.status }, 'a message could not be written')
      return undefined
    }
  }
  const guard = (what: string, call: () => void): void => {
    try {
      call()
    } catch (error) {
      log.error({ error }, `an error while handling ${what}`)
    }
  }
  const around: Surroundings = { clock, random, log, write, emit, transmit, tagOf: createTags(random(16)), guard, t1Ms: options.t1Ms ?? 500, ...(options.agent !== undefined && { agent: options.agent }) }
  const clients = createClients(around, wire)
  const servers = createServers(around, user, limits)
  const refusals = createRefusals(around, user)
  const gate = createGate(limits.strangersPerSecond)

  const read = (bytes: Buffer): Reading | undefined => {
    try {
      return readMessage(bytes)
    } catch (error) {
      if (error instanceof ParseError) return undefined
      throw error
    }
  }
  const onResponse = (response: SipResponse, essentials: Essentials | Flaw, source: Address, atUs: number): void => {
    const isFlawed = 'fault' in essentials
    if (!isFlawed && clients.receive(response, essentials, source, atUs)) return
    count.dropped++
    if (!isFlawed && response.status >= 200 && response.status < 300) guard('a late answer', () => user.onStray?.(response, source))
  }
  const onRequest = (request: SipRequest, reading: Reading, essentials: Essentials | Flaw, at: { readonly source: Address; readonly local: Address; readonly isKnown: boolean }): void => {
    const { via } = essentials
    // Before its tag is looked at: a refusal of a transaction has the tag that a refusal without one would have.
    if (request.method === 'ACK' && !('fault' in essentials) && servers.takeAck(essentials, at.source)) return
    const refusal = refusals.find(request, reading, essentials, at.source)
    if (refusal === 'drop') count.dropped++
    else if (refusal) {
      count.refused++
      refusals.send(request, via?.branch, at.source, refusal)
    } else if (!('fault' in essentials)) {
      const instead = servers.receive({ request, essentials, ...at })
      if (instead?.status === 503) count.overload++
      if (instead) refusals.send(request, via?.branch, at.source, instead)
    }
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
      const isKnown = user.isKnown?.(source) ?? true
      if (!isKnown && !gate.admits(clock.nowUs())) {
        count.shed++
        return
      }
      const reading = read(bytes)
      onTrace?.({ direction: 'in', atUs, local, remote: source, bytes, ...(reading && { message: reading.message }) })
      if (!reading) {
        count.unreadable++
        return
      }
      const { message } = reading
      const essentials = readEssentials(message)
      if (message.kind === 'response') onResponse(message, essentials, source, atUs)
      else onRequest(message, reading, essentials, { source, local, isKnown })
    },
    connectionLost: (remote) => {
      if (isClosed) return
      clients.connectionLost(remote)
      guard('a lost connection', () => user.onConnectionLost(remote))
    },
    stats: () => ({ ...count, forgotten: servers.forgotten(), unanswered: servers.unanswered(), clientTransactions: clients.size(), serverTransactions: servers.size() }),
    close: () => {
      if (isClosed) return
      isClosed = true
      clients.close()
      servers.close()
    },
  }
}
