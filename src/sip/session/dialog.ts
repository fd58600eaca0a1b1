// Requests we start, and those inside the dialog of an INVITE. RFC 3261 8.1.1, 12.2, 13.2.2.4; GB/T 28181-2022 9.2 (Subject), 9.8 (INFO).
import { ParseError, type RandomBytes } from '../../base/index.ts'
import { header, headers, parseCSeq, parseNameAddr, parseUri, writeHostPort, writeNameAddr } from '../message/index.ts'
import { manscdpType } from '../manscdp/index.ts'
import { formatSsrc } from './ssrc.ts'
import type { Address, Header, SipMessage, SipRequest, SipResponse } from '../types.ts'

/** Who we are in every request. `domain` is the first ten digits of our id, or whatever the realm is; nobody resolves it. */
export interface Party {
  readonly id: string
  readonly domain: string
  /** Where devices reach us, for Contact and Call-ID. */
  readonly host: string
  readonly port: number
  readonly random: RandomBytes
}

const token = (random: RandomBytes): string => random(8).toString('hex')
const nothing = Buffer.alloc(0)

/** A Call-ID nobody else has. */
export const newCallId = (us: Party): string => `${token(us.random)}@${us.host}`

interface Draft {
  readonly method: string
  readonly to: string
  readonly target: Address
  readonly callId: string
  readonly cseq?: number
  readonly tag?: string
  readonly headers: readonly Header[]
  readonly body: Buffer
}

function newRequest(us: Party, { method, to, target, callId, cseq = 1, tag = token(us.random), headers: more, body }: Draft): SipRequest {
  return {
    kind: 'request',
    method,
    uri: `sip:${to}@${writeHostPort(target.host, target.port)}`,
    headers: [
      { name: 'From', value: writeNameAddr({ uri: `sip:${us.id}@${us.domain}`, parameters: { tag } }) },
      { name: 'To', value: writeNameAddr({ uri: `sip:${to}@${us.domain}`, parameters: {} }) },
      { name: 'Call-ID', value: callId },
      { name: 'CSeq', value: `${cseq} ${method}` },
      ...more,
    ],
    body,
  }
}

/** A MANSCDP command to a device, outside any dialog. */
export function newMessage(us: Party, deviceId: string, target: Address, body: Buffer): SipRequest {
  return newRequest(us, { method: 'MESSAGE', to: deviceId, target, callId: newCallId(us), headers: [{ name: 'Content-Type', value: manscdpType }], body })
}

export interface Invite {
  readonly channelId: string
  readonly target: Address
  readonly callId: string
  /** Ours, in From: the same in a second try. */
  readonly tag: string
  readonly cseq: number
  readonly ssrc: number
  readonly sdp: Buffer
}

/**
 * Subject: sender id and its stream's number, receiver id and 0. The number is the ten digits of `y=`: at most 20 characters, the first
 * of them 0 live or 1 history, and one for each stream (9.2, Annex L).
 */
export function newInvite(us: Party, { channelId, ssrc, sdp, ...draft }: Invite): SipRequest {
  const more: Header[] = [
    { name: 'Contact', value: contactFor(us) },
    { name: 'Subject', value: `${channelId}:${formatSsrc(ssrc)},${us.id}:0` },
    { name: 'Content-Type', value: sdpType },
  ]
  return newRequest(us, { method: 'INVITE', to: channelId, ...draft, headers: more, body: sdp })
}

export const contactFor = (us: Party): string => `<sip:${us.id}@${writeHostPort(us.host, us.port)}>`
export const sdpType = 'APPLICATION/SDP'
export const mansrtspType = 'Application/MANSRTSP'

/** Our side of a dialog that an INVITE of ours began: what requests inside it are made of. */
export interface Dialog {
  readonly callId: string
  readonly uri: string
  readonly routes: readonly Header[]
  /** From and To as we write them, tags included. */
  readonly from: string
  readonly to: string
  readonly ourTag: string
  readonly peerTag: string
}

/**
 * By the INVITE and its 2xx. Interop: without a usable Contact (none, unreadable, a host of digits only, 0.0.0.0) requests go to the
 * INVITE's own URI (Q15, Q31).
 */
export function dialogOf(invite: SipRequest, response: SipResponse): Dialog {
  const from = header(invite, 'From') ?? ''
  const to = header(response, 'To') ?? header(invite, 'To') ?? ''
  return {
    callId: header(invite, 'Call-ID') ?? '',
    uri: contactOf(response) ?? invite.uri,
    routes: headers(response, 'Record-Route').reverse().map((value) => ({ name: 'Route', value })),
    from,
    to,
    ourTag: tagIn(from),
    peerTag: tagIn(to),
  }
}

/** The dialog that a 2xx speaks of when its INVITE is forgotten: From and Call-ID are copies of ours (RFC 3261 8.2.6.2). */
export function dialogOfStray(response: SipResponse, source: Address): Dialog {
  const copy = (name: string): Header => ({ name, value: header(response, name) ?? '' })
  const uri = `sip:${writeHostPort(source.host, source.port)}`
  return dialogOf({ kind: 'request', method: 'INVITE', uri, headers: [copy('From'), copy('To'), copy('Call-ID')], body: nothing }, response)
}

/** A request inside the dialog. An ACK has the number of its INVITE; every other request a higher one than the last. */
export function requestIn(dialog: Dialog, method: string, cseq: number, content?: { readonly type: string; readonly body: Buffer }): SipRequest {
  return {
    kind: 'request',
    method,
    uri: dialog.uri,
    headers: [
      ...dialog.routes,
      { name: 'From', value: dialog.from },
      { name: 'To', value: dialog.to },
      { name: 'Call-ID', value: dialog.callId },
      { name: 'CSeq', value: `${cseq} ${method}` },
      ...(content ? [{ name: 'Content-Type', value: content.type }] : []),
    ],
    body: content?.body ?? nothing,
  }
}

/**
 * Whether a request that carries our Call-ID is of this dialog. Interop: tags are missing or wrong (Q14), so that a request with
 * other tags is taken from the hosts where the peer is known to be; from elsewhere the tags must be right.
 */
export function belongsTo(request: SipRequest, source: Address, dialog: { readonly ourTag: string; readonly peerTag?: string | undefined }, hosts: ReadonlySet<string>): boolean {
  if (hosts.has(source.host)) return true
  return tagIn(header(request, 'To') ?? '') === dialog.ourTag && (dialog.peerTag === undefined || tagIn(header(request, 'From') ?? '') === dialog.peerTag)
}

/** The tag in a From or To; '' without one, or when it cannot be read. */
export const tagIn = (value: string): string => attempt(() => parseNameAddr(value).parameters['tag']) ?? ''

/** The number of CSeq; undefined when it cannot be read. */
export const cseqOf = (message: SipMessage): { readonly number: number; readonly method: string } | undefined => {
  const read = attempt(() => parseCSeq(header(message, 'CSeq') ?? ''))
  return read && { number: read.sequence, method: read.method }
}

export function contactOf(response: SipResponse): string | undefined {
  return attempt(() => {
    const [contact] = headers(response, 'Contact')
    if (contact === undefined) return undefined
    const { uri } = parseNameAddr(contact)
    const { host } = parseUri(uri)
    return /^\d+$/.test(host) || host === '0.0.0.0' ? undefined : uri
  })
}

function attempt<T>(read: () => T): T | undefined {
  try {
    return read()
  } catch (error) {
    if (error instanceof ParseError) return undefined
    throw error
  }
}
