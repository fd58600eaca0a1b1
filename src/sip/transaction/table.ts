// Which transaction a message belongs to. RFC 3261 17.1.3, 17.2.3, 9.2; good for senders of RFC 2543 too.
import { header, headers, parseCSeq, parseNameAddr, parseVia } from '../message/index.ts'
import type { Address, SipMessage, SipRequest } from '../types.ts'

/** Key of our own request and of every response to it: our branch and the method of the CSeq. */
export function clientKey(message: SipMessage): string {
  return JSON.stringify([parseVia(headers(message, 'Via')[0] ?? '').branch, parseCSeq(header(message, 'CSeq') ?? '').method])
}

/**
 * Key of a request to us, as `method` (its own, or INVITE for the ACK and the CANCEL that belong to one): branch, sent-by and method, and the call it is about.
 * Interop: the standard's first three do not tell requests apart in the field. Hikvision numbers its branches without the cookie and keeps one Call-ID for ever
 * (fixtures/sip/valid/message-no-cookie.sip), others repeat a branch with the next CSeq, and cameras behind one address translator share their sent-by.
 * A true retransmission has all of it in common (docs/interop.md Q10, Q11, Q16, Q19).
 */
function serverKey(request: SipRequest, source: Address, method: string): string {
  const via = parseVia(headers(request, 'Via')[0] ?? '')
  return JSON.stringify([via.branch, via.host, via.port ?? 5060, method, callKey(request, source)])
}

/** The call a request is about, enough by itself for an ACK or CANCEL whose branch fits nothing: Call-ID, CSeq number, From tag, and where it came from. */
function callKey(request: SipRequest, source: Address): string {
  const tag = parseNameAddr(header(request, 'From') ?? '').parameters['tag']
  return JSON.stringify([header(request, 'Call-ID'), parseCSeq(header(request, 'CSeq') ?? '').sequence, tag, source.transport, source.host, source.port])
}

export interface ServerTable<Entry> {
  readonly add: (request: SipRequest, source: Address, entry: Entry) => void
  readonly remove: (request: SipRequest, source: Address) => void
  /** The transaction this very request already has. */
  readonly find: (request: SipRequest, source: Address) => Entry | undefined
  /** The INVITE that an ACK or CANCEL belongs to: by branch, else by call. */
  readonly findInvite: (request: SipRequest, source: Address) => Entry | undefined
  readonly entries: () => Iterable<Entry>
  readonly size: () => number
  readonly clear: () => void
}

/** Requests in it have passed `checkMessage`. */
export function createServerTable<Entry>(): ServerTable<Entry> {
  const byRequest = new Map<string, Entry>()
  const byCall = new Map<string, Entry>()
  return {
    add: (request, source, entry) => {
      byRequest.set(serverKey(request, source, request.method), entry)
      if (request.method === 'INVITE') byCall.set(callKey(request, source), entry)
    },
    remove: (request, source) => {
      const key = serverKey(request, source, request.method)
      const entry = byRequest.get(key)
      byRequest.delete(key)
      const call = callKey(request, source)
      if (request.method === 'INVITE' && byCall.get(call) === entry) byCall.delete(call)
    },
    find: (request, source) => byRequest.get(serverKey(request, source, request.method)),
    findInvite: (request, source) => byRequest.get(serverKey(request, source, 'INVITE')) ?? byCall.get(callKey(request, source)),
    entries: () => byRequest.values(),
    size: () => byRequest.size,
    clear: () => {
      byRequest.clear()
      byCall.clear()
    },
  }
}
