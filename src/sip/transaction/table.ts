// Which transaction a message belongs to. RFC 3261 17.1.3, 17.2.3, 9.2; good for senders of RFC 2543 too.
import { headers, parseCSeq, parseVia, header, type Essentials } from '../message/index.ts'
import type { Address, SipMessage } from '../types.ts'

/** Key of our own request and of every response to it: our branch and the method of the CSeq. */
export function clientKey(message: SipMessage): string {
  return keyOfResponse({ via: parseVia(headers(message, 'Via')[0] ?? ''), method: parseCSeq(header(message, 'CSeq') ?? '').method })
}

export const keyOfResponse = ({ via, method }: { readonly via: { readonly branch?: string | undefined }; readonly method: string }): string => `${via.branch}\n${method}`

export interface ServerKeys {
  /**
   * The request itself: branch, sent-by and method, and the call it is about.
   * Interop: the standard's first three do not tell requests apart in the field. Hikvision numbers its branches without the cookie and keeps one Call-ID for ever
   * (fixtures/sip/valid/message-no-cookie.sip), others repeat a branch with the next CSeq, and cameras behind one address translator share their sent-by.
   * A true retransmission has all of it in common (docs/interop.md Q10, Q11, Q16, Q19).
   */
  readonly request: string
  /** The INVITE that an ACK or CANCEL of this branch belongs to. */
  readonly invite: string
  /** The call, enough by itself for an ACK or CANCEL whose branch fits nothing: Call-ID, CSeq number, From tag, and where it came from. */
  readonly call: string
}

/** No header value holds a line break, so that one separates. */
export function serverKeys({ via, callId, sequence, fromTag, method }: Essentials, source: Address): ServerKeys {
  const call = `${callId}\n${sequence}\n${fromTag}\n${source.transport} ${source.host} ${source.port}`
  const rest = `${via.branch}\n${via.host}\n${via.port ?? 5060}\n${call}`
  return { request: `${method}\n${rest}`, invite: `INVITE\n${rest}`, call }
}

/** Where an entry stands in the table: of the keys only what is needed to find it again. */
export interface Place {
  readonly request: string
  /** INVITE only. */
  readonly call?: string
}

export interface ServerTable<Entry> {
  readonly place: (keys: ServerKeys) => Place
  readonly add: (place: Place, entry: Entry) => void
  readonly remove: (place: Place) => void
  /** The transaction this very request already has. */
  readonly find: (keys: ServerKeys) => Entry | undefined
  /** The INVITE that an ACK or CANCEL belongs to: by branch, else by call. */
  readonly findInvite: (keys: ServerKeys) => Entry | undefined
  readonly entries: () => Iterable<Entry>
  readonly size: () => number
  readonly clear: () => void
}

export function createServerTable<Entry>(): ServerTable<Entry> {
  const byRequest = new Map<string, Entry>()
  const byCall = new Map<string, Entry>()
  return {
    place: ({ request, invite, call }) => (request === invite ? { request, call } : { request }),
    add: ({ request, call }, entry) => {
      byRequest.set(request, entry)
      if (call !== undefined) byCall.set(call, entry)
    },
    remove: ({ request, call }) => {
      const entry = byRequest.get(request)
      byRequest.delete(request)
      if (call !== undefined && byCall.get(call) === entry) byCall.delete(call)
    },
    find: (keys) => byRequest.get(keys.request),
    findInvite: (keys) => byRequest.get(keys.invite) ?? byCall.get(keys.call),
    entries: () => byRequest.values(),
    size: () => byRequest.size,
    clear: () => {
      byRequest.clear()
      byCall.clear()
    },
  }
}
