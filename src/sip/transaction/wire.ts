// What transactions need of the sockets below them. io/ fits it; a test may join two layers without any.
import { createKeyedHash, type Clock, type Log, type RandomBytes } from '../../base/index.ts'
import { header } from '../message/index.ts'
import type { Address, SipMessage, SipRequest, Transport } from '../types.ts'

export interface Wire {
  /**
   * Sends one message. Where no connection is open, one may be opened for it within `openMs`; 0: only an open one will do.
   * `failed` is called at most once, later, and only when the bytes surely did not leave.
   */
  readonly send: (bytes: Buffer, remote: Address, openMs: number, failed: (detail: string) => void) => void
  /** Our address towards a remote: the connection's own end, else where we listen. */
  readonly localOf: (remote: Address) => Address
  /** What Via and Contact may say for a transport. */
  readonly localAddress: (transport: Transport) => Address
  /** Whether a TCP connection to exactly this address is open. */
  readonly isConnected: (remote: Address) => boolean
}

/** What both sides of the transaction layer share. */
export interface Surroundings {
  readonly clock: Clock
  readonly random: RandomBytes
  readonly log: Log
  readonly t1Ms: number
  readonly agent?: string
  /** Writes, traces and sends; `openMs` as in `Wire`, for a request that may not wait as long as others for a connection. */
  readonly emit: (message: SipMessage, remote: Address, failed: (detail: string) => void, openMs?: number) => void
  /** The bytes of a message; undefined when it cannot be written, which is a bug of who made it and is logged. */
  readonly write: (message: SipMessage) => Buffer | undefined
  /** Traces and sends an answer that was written before; `message` where it is still at hand. */
  readonly transmit: (answer: Written, message: SipMessage | undefined, remote: Address, failed: (detail: string) => void) => void
  /** Our tag in To, made of the request: a copy of it gets the same, and the ACK of a refusal can be told, with nothing kept. RFC 3261 8.2.7. */
  readonly tagOf: (request: SipRequest, branch: string | undefined, source: Address) => string
  /** Runs a user's callback: an error in it is logged and ends nothing but itself. */
  readonly guard: (what: string, call: () => void) => void
}

/** An answer as bytes: all that a transaction keeps of it. */
export interface Written {
  readonly status: number
  readonly bytes: Buffer
}

/** Tags that nobody can guess who has not the key. */
export function createTags(key: Buffer): Surroundings['tagOf'] {
  const keyed = createKeyedHash(key)
  return (request, branch, { transport, host, port }) =>
    keyed(`${branch}\n${header(request, 'Call-ID')}\n${header(request, 'CSeq')?.split(' ', 1)[0]}\n${transport} ${host} ${port}`).slice(0, 12)
}

/** `length` bytes as hexadecimal: branches and tags. RFC 3261 19.3 asks for 32 random bits at least. */
export const randomHex = (random: RandomBytes, length: number): string => random(length).toString('hex')
