// What a camera asks inside a session of ours, and what it is answered: BYE, INFO, a new offer by re-INVITE or UPDATE. RFC 3261 14.2, 15.1.2; RFC 3311; RFC 3264 8.
import { ParseError } from '../../base/index.ts'
import { contactFor, sdpType, type Party } from './dialog.ts'
import type { InviteState } from './invite-session.ts'
import { parseSdp, writeSdp, type Sdp } from './sdp.ts'
import type { ResponseDraft, SipRequest } from '../types.ts'

export interface InsideAnswer {
  /** Absent where the transaction layer has answered already (CANCEL). */
  readonly draft?: ResponseDraft
  /** `reinvite`: the 200 is sent again until its ACK comes. */
  readonly means?: 'hang-up' | 'reinvite'
}

/** Undefined for methods that are no concern of a session. */
export function answerInside({ method, body }: SipRequest, state: InviteState['name'], ours: { readonly us: Party; readonly offer: Sdp }): InsideAnswer | undefined {
  switch (method) {
    case 'BYE':
      return { draft: { status: state === 'ended' ? 481 : 200 }, means: 'hang-up' }
    case 'INFO':
      return { draft: { status: state === 'confirmed' ? 200 : 481 } }
    case 'CANCEL':
      return {}
    case 'INVITE':
    case 'UPDATE': {
      const isRefresh = method === 'UPDATE' && body.length === 0
      // Glare: our own INVITE is not answered yet, and one offer must wait for the other (RFC 3261 14.2).
      if (state === 'inviting' || state === 'early') return { draft: { status: isRefresh ? 200 : 491 } }
      if (state !== 'confirmed') return { draft: { status: 481 } }
      const contact = { name: 'Contact', value: contactFor(ours.us) }
      if (isRefresh) return { draft: { status: 200, headers: [contact] } }
      const answer = answerReoffer(body, ours.offer)
      if (!answer) return { draft: { status: 488, headers: [{ name: 'Warning', value: `304 ${ours.us.host} "media of a session in progress cannot be changed to this"` }] } }
      const draft = { status: 200, headers: [contact, { name: 'Content-Type', value: sdpType }], body: writeSdp(answer) }
      return method === 'INVITE' ? { draft, means: 'reinvite' } : { draft }
    }
    default:
      return undefined
  }
}

/**
 * Our description, which stays as it was, with the counterpart of what is wanted: refreshing and holding are taken; undefined for
 * another transport, a declined line or no description that can be read. A re-INVITE without a body asks for our offer.
 */
function answerReoffer(body: Buffer, ours: Sdp): Sdp | undefined {
  if (body.length === 0) return ours
  const offer = readable(body)
  if (!offer || offer.port === 0 || offer.transport !== ours.transport || offer.media !== ours.media) return undefined
  const isHeld = offer.direction === 'inactive' || offer.direction === 'recvonly'
  return { ...ours, direction: isHeld ? 'inactive' : 'recvonly' }
}

function readable(body: Buffer): Sdp | undefined {
  try {
    return parseSdp(body)
  } catch (error) {
    if (error instanceof ParseError) return undefined
    throw error
  }
}
