// Messages that follow from others: responses, the ACK of a failure, CANCEL. RFC 3261 8.2.6, 17.1.1.3, 9.1.
import { header, headers, isSameHeader, markSource, parseNameAddr, reasonPhrase } from '../message/index.ts'
import { ParseError } from '../../base/index.ts'
import type { Address, Header, ResponseDraft, SipRequest, SipResponse } from '../types.ts'

/** Completes a draft: Via (with received and rport), From, To, Call-ID, CSeq from the request, as far as it has them; a tag for To except in a 100. */
export function completeResponse(request: SipRequest, draft: ResponseDraft, from: { readonly source: Address; readonly toTag: string; readonly agent?: string }): SipResponse {
  const [topVia, ...otherVias] = headers(request, 'Via')
  const copied: Header[] = topVia === undefined ? [] : [{ name: 'Via', value: markSource(topVia, from.source) }]
  for (const value of otherVias) copied.push({ name: 'Via', value })
  for (const name of ['From', 'To', 'Call-ID', 'CSeq']) {
    const value = header(request, name)
    if (value === undefined) continue
    copied.push({ name, value: name === 'To' && draft.status > 100 && toTagOf(request) === undefined ? `${value};tag=${from.toTag}` : value })
  }
  if (draft.status < 300) for (const value of headers(request, 'Record-Route')) copied.push({ name: 'Record-Route', value })
  const own = (draft.headers ?? []).filter((field) => !copied.some((copy) => isSameHeader(copy.name, field.name)))
  const hasServer = own.some((field) => isSameHeader(field.name, 'Server') || isSameHeader(field.name, 'User-Agent'))
  const agent = from.agent === undefined || hasServer ? [] : [{ name: 'Server', value: from.agent }]
  return { kind: 'response', status: draft.status, reason: draft.reason ?? reasonPhrase(draft.status), headers: [...copied, ...agent, ...own], body: draft.body ?? Buffer.alloc(0) }
}

/** The tag a request carries in To; undefined without one, or when To cannot be read. */
export function toTagOf(request: SipRequest): string | undefined {
  try {
    return parseNameAddr(header(request, 'To') ?? '').parameters['tag']
  } catch (error) {
    if (error instanceof ParseError) return undefined
    throw error
  }
}

/** The ACK of a failure: the INVITE's top Via and Route, the response's To. RFC 3261 17.1.1.3. */
export const ackOfFailure = (invite: SipRequest, response: SipResponse): SipRequest => follow(invite, 'ACK', header(response, 'To'))

/** The CANCEL of an INVITE: same target, Via and CSeq number. RFC 3261 9.1. */
export const cancelOf = (invite: SipRequest): SipRequest => follow(invite, 'CANCEL', undefined)

function follow(invite: SipRequest, method: 'ACK' | 'CANCEL', to: string | undefined): SipRequest {
  const fields: Header[] = [{ name: 'Via', value: headers(invite, 'Via')[0] ?? '' }]
  for (const value of headers(invite, 'Route')) fields.push({ name: 'Route', value })
  fields.push({ name: 'From', value: header(invite, 'From') ?? '' })
  fields.push({ name: 'To', value: to ?? header(invite, 'To') ?? '' })
  fields.push({ name: 'Call-ID', value: header(invite, 'Call-ID') ?? '' })
  fields.push({ name: 'CSeq', value: (header(invite, 'CSeq') ?? '').replace(/\S+\s*$/, method) })
  fields.push({ name: 'Max-Forwards', value: '70' })
  const agent = header(invite, 'User-Agent')
  if (agent !== undefined) fields.push({ name: 'User-Agent', value: agent })
  return { kind: 'request', method, uri: invite.uri, headers: fields, body: Buffer.alloc(0) }
}
