// What the final answer to an INVITE of ours means: where media comes from, under which SSRC, and what is odd about it; or who refused. GB/T 28181-2022 Annex G.
import { ParseError } from '../../base/index.ts'
import { hopOf, refusalOf } from '../exchange/hop.ts'
import type { InviteOutcome } from './invite-session.ts'
import { parseSdp, type Sdp } from './sdp.ts'
import { encodingOf, type MediaTransport } from './sdp-offer.ts'
import { formatSsrc } from './ssrc.ts'
import type { Address, SipResponse } from '../types.ts'

export interface Offered {
  readonly ssrc: number
  readonly transport: MediaTransport
}

export function refusalOutcome(response: SipResponse, source: Address): Extract<InviteOutcome, { ok: false }> {
  return { ok: false, reason: 'refused', sipStatus: response.status, hop: hopOf(response, source), detail: refusalOf(response) }
}

/**
 * Of a 2xx. An answer without a readable description is taken all the same, the media will tell; only where we are to connect, and it
 * does not say where, is it a refusal.
 */
export function answerOutcome(response: SipResponse, source: Address, offered: Offered): InviteOutcome {
  const hop = hopOf(response, source)
  const sdp = readable(response.body)
  const notes = sdp ? oddities(sdp, offered) : [response.body.length === 0 ? 'the answer has no session description' : 'the session description of the answer cannot be read']
  const remote = sdp && remoteOf(sdp, source, offered.transport)
  if (offered.transport === 'tcp-active' && !remote) {
    return { ok: false, reason: 'refused', sipStatus: response.status, hop, detail: 'answered 200, but not where we are to connect for media' }
  }
  const encoding = sdp && encodingOf(sdp)
  return {
    ok: true,
    // Interop: cameras number by their own rule; only an absent or zero y= leaves ours standing (Q66, Q67).
    ssrc: sdp?.ssrc || offered.ssrc,
    ...(remote && { remote }),
    hop,
    ...(encoding && { encoding: encoding.encoding, isPrivate: encoding.isPrivate }),
    ...(sdp?.fileSize !== undefined && { fileSize: sdp.fileSize }),
    ...(sdp?.f && { f: sdp.f }),
    notes,
  }
}

/** Where media is said to come from, by c= and never by o= (Q71). Where we connect, an unusable address is replaced by the answer's own source. */
function remoteOf({ host, port }: Sdp, source: Address, transport: MediaTransport): { readonly host: string; readonly port: number } | undefined {
  const isUsable = host !== undefined && host !== '0.0.0.0' && host !== '::'
  if (port === 0 || (!isUsable && transport !== 'tcp-active')) return undefined
  return { host: isUsable ? host : source.host, port }
}

/** In words for a report; none of them stops the session. */
function oddities(sdp: Sdp, { ssrc, transport }: Offered): readonly string[] {
  const notes: string[] = []
  if (sdp.ssrc === undefined) notes.push('no y= in the answer: ours holds')
  else if (sdp.ssrc === 0) notes.push('y= is 0 in the answer: ours holds')
  else if (sdp.ssrc !== ssrc) notes.push(`the camera uses its own SSRC ${formatSsrc(sdp.ssrc)}, not ${formatSsrc(ssrc)}`)
  const encoding = encodingOf(sdp)
  if (encoding?.isPrivate) notes.push(`the stream is announced as ${encoding.encoding}: a vendor's own format`)
  if (sdp.port === 0) notes.push('the media line is declined (port 0)')
  if (sdp.host === undefined || sdp.host === '0.0.0.0') notes.push('the answer does not say where media comes from')
  const isTcp = transport !== 'udp'
  if (isTcp !== (sdp.transport === 'tcp')) notes.push(`answered with ${sdp.transport.toUpperCase()} media to an offer of ${isTcp ? 'TCP' : 'UDP'}`)
  // Roles over TCP follow from our offer, whatever the answer claims (Q74); over UDP the attribute means nothing.
  const ours = transport === 'tcp-active' ? 'active' : 'passive'
  if (isTcp && sdp.setup === ours) notes.push(`the answer claims a=setup:${ours}, which is our role`)
  return notes
}

function readable(body: Buffer): Sdp | undefined {
  try {
    return parseSdp(body)
  } catch (error) {
    if (error instanceof ParseError) return undefined
    throw error
  }
}
