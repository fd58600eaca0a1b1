// The values that cross files inside sip, and the few that leave it through the door.

export type Transport = 'udp' | 'tcp'

/** Where a packet came from or goes to. `host` is an IP literal without brackets. */
export interface Address {
  readonly transport: Transport
  readonly host: string
  readonly port: number
}

/** Header text is latin-1: one character per byte, so that raw GB bytes in a display name survive a round trip. */
export interface Header {
  readonly name: string
  readonly value: string
}

export interface SipRequest {
  readonly kind: 'request'
  readonly method: string
  readonly uri: string
  readonly headers: readonly Header[]
  readonly body: Buffer
}

export interface SipResponse {
  readonly kind: 'response'
  readonly status: number
  readonly reason: string
  readonly headers: readonly Header[]
  readonly body: Buffer
}

export type SipMessage = SipRequest | SipResponse

/** One message as it crossed the wire, for traces and recordings. `message` is absent when the bytes could not be parsed. */
export interface TraceEntry {
  readonly direction: 'in' | 'out'
  readonly atUs: number
  readonly local: Address
  readonly remote: Address
  readonly bytes: Buffer
  readonly message?: SipMessage
}

/** What a client transaction tells its user. Exactly one final event (final response, timeout or transport-error) ends it; an INVITE's repeated 2xx come as further responses. */
export type ClientEvent =
  | { readonly type: 'response'; readonly response: SipResponse; readonly source: Address; readonly atUs: number }
  | { readonly type: 'timeout' }
  | { readonly type: 'transport-error'; readonly detail: string }

export interface ClientTransaction {
  /** The request as sent, Via included: CANCEL and the ACK of a failure are built from it. */
  readonly request: SipRequest
  /** INVITE only: stops it by CANCEL once a provisional response is there (RFC 3261 9.1). */
  readonly cancel: () => void
}

export interface ServerTransaction {
  readonly request: SipRequest
  readonly source: Address
  readonly local: Address
  /** The tag that our responses carry in To: our side of a dialog that this request begins. Always there in the layer's own transactions. */
  readonly toTag?: string
  /** Completes and sends a response; To-tag, Via, received and rport are its business. A second final response is ignored, but a 2xx to INVITE given again is sent again (RFC 6026 7.1). */
  readonly respond: (response: ResponseDraft) => void
}

/** What a decision wants answered; the transaction copies Via, From, To, Call-ID and CSeq from the request. */
export interface ResponseDraft {
  readonly status: number
  readonly reason?: string
  readonly headers?: readonly Header[]
  readonly body?: Buffer
}

export interface TransactionUser {
  /** A new request (never a retransmission, never an ACK of a failure). Two answers are not remembered, so that a copy comes as a new one (RFC 3261 8.2.7): a challenge, and the refusal of a stranger's INVITE. */
  readonly onRequest: (transaction: ServerTransaction) => void
  /** The methods that are handed up; any other request is answered 405 without a transaction. ACK and CANCEL need not be named. Absent: all. */
  readonly serves?: readonly string[]
  /** What our refusals without a transaction carry in answer to a method, as the user's own answers do. Absent: nothing. */
  readonly refusalHeaders?: (method: string) => readonly Header[]
  /** Whether a registered device is at that address: when there is little room, strangers make way for it, and its connection is never closed for want of room. Absent: all are equal. */
  readonly isKnown?: (source: Address) => boolean
  /** An ACK of a 2xx: it belongs to no transaction (RFC 3261 13.2.2.4). */
  readonly onAck: (ack: SipRequest, source: Address) => void
  /** A 2xx that no transaction waits for any more: of an INVITE it made a dialog all the same (RFC 3261 13.2.2.4). */
  readonly onStray?: (response: SipResponse, source: Address) => void
  /** A kept TCP connection ended: the device behind it is unreachable (GB/T 28181-2022 9.1.1 f). */
  readonly onConnectionLost: (remote: Address) => void
}

/** Transactions over sockets. One per SIP entity (the service, or one simulated device). RFC 3261 17. */
export interface TransactionLayer {
  /** Sends a request; Via, Content-Length and Max-Forwards are added. A message above 1,300 bytes for UDP goes by TCP where the peer takes it (RFC 3261 18.1.1). */
  readonly request: (request: SipRequest, target: Address, on: (event: ClientEvent) => void) => ClientTransaction
  /** Sends without a transaction: the ACK of a 2xx. */
  readonly send: (request: SipRequest, target: Address) => void
  readonly localAddress: (transport: Transport) => Address
  /** Ends everything: running client transactions report transport-error, sockets close. */
  readonly close: () => Promise<void>
}
