// Requests we start, and those inside the dialog of an INVITE. RFC 3261 8.1.1, 12.2.1.1, 13.2.2.4; GB/T 28181-2022 9.2 (Subject).
import { ParseError, type RandomBytes } from '../base/index.ts'
import { header, headers, parseNameAddr, parseUri, writeHostPort, writeNameAddr } from './message/index.ts'
import { manscdpType } from './manscdp/index.ts'
import { formatSsrc } from './ssrc.ts'
import type { Address, Header, SipRequest, SipResponse } from './types.ts'

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

/** A Call-ID nobody else has. */
export const newCallId = (us: Party): string => `${token(us.random)}@${us.host}`

function newRequest(us: Party, request: { readonly method: string; readonly to: string; readonly target: Address; readonly callId: string; readonly headers: readonly Header[]; readonly body: Buffer }): SipRequest {
  const { method, to, target, callId, body } = request
  return {
    kind: 'request',
    method,
    uri: `sip:${to}@${writeHostPort(target.host, target.port)}`,
    headers: [
      { name: 'From', value: writeNameAddr({ uri: `sip:${us.id}@${us.domain}`, parameters: { tag: token(us.random) } }) },
      { name: 'To', value: writeNameAddr({ uri: `sip:${to}@${us.domain}`, parameters: {} }) },
      { name: 'Call-ID', value: callId },
      { name: 'CSeq', value: `1 ${method}` },
      ...request.headers,
    ],
    body,
  }
}

/** A MANSCDP command to a device, outside any dialog. */
export function newMessage(us: Party, deviceId: string, target: Address, body: Buffer): SipRequest {
  return newRequest(us, { method: 'MESSAGE', to: deviceId, target, callId: newCallId(us), headers: [{ name: 'Content-Type', value: manscdpType }], body })
}

/** The INVITE of live play. Subject: sender id and its stream's number, receiver id and 0. */
export function newInvite(us: Party, invite: { readonly channelId: string; readonly target: Address; readonly callId: string; readonly ssrc: number; readonly sdp: Buffer }): SipRequest {
  const { channelId, target, callId, ssrc, sdp } = invite
  const more: Header[] = [
    { name: 'Contact', value: `<sip:${us.id}@${writeHostPort(us.host, us.port)}>` },
    { name: 'Subject', value: `${channelId}:${formatSsrc(ssrc)},${us.id}:0` },
    { name: 'Content-Type', value: 'APPLICATION/SDP' },
  ]
  return newRequest(us, { method: 'INVITE', to: channelId, target, callId, headers: more, body: sdp })
}

/** The ACK of a 2xx. */
export const ackOf = (invite: SipRequest, response: SipResponse): SipRequest => inDialog(invite, response, 'ACK', 1)

/** The BYE of a dialog that we opened; it is our second request in it. */
export const byeOf = (invite: SipRequest, response: SipResponse): SipRequest => inDialog(invite, response, 'BYE', 2)

/** To, with its tag, is the response's. Interop: a 200 without a usable Contact is answered at the INVITE's own URI (Q31). */
function inDialog(invite: SipRequest, response: SipResponse, method: string, cseq: number): SipRequest {
  const copied = (name: string, message: SipRequest | SipResponse): Header => ({ name, value: header(message, name) ?? '' })
  const routes = headers(response, 'Record-Route').reverse().map((value) => ({ name: 'Route', value }))
  return {
    kind: 'request',
    method,
    uri: contactOf(response) ?? invite.uri,
    headers: [...routes, copied('From', invite), copied('To', response), copied('Call-ID', invite), { name: 'CSeq', value: `${cseq} ${method}` }],
    body: Buffer.alloc(0),
  }
}

function contactOf(response: SipResponse): string | undefined {
  try {
    const [contact] = headers(response, 'Contact')
    if (contact === undefined) return undefined
    const { uri } = parseNameAddr(contact)
    parseUri(uri)
    return uri
  } catch (error) {
    if (error instanceof ParseError) return undefined
    throw error
  }
}
