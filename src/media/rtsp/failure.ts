// Why an RTSP session did not come about, by the step that failed, and what the relay is told of it.
import type { UpstreamOutcome } from '../types.ts'

export type RtspFailureCode =
  | 'address' // the name does not resolve
  | 'tcp-refused' // nobody listens there
  | 'unreachable' // no route, or no answer to the connection
  | 'closed' // the camera closed the connection before it played
  | 'silent' // no answer to a request
  | 'unauthorised' // no credentials, wrong ones, or a challenge that cannot be answered
  | 'forbidden'
  | 'not-found'
  | 'busy' // 453, 503: too many sessions
  | 'unsupported' // neither datagrams nor interleaving, or a method it does not have
  | 'redirected' // too often, or nowhere
  | 'refused' // another status
  | 'malformed' // an answer that cannot be used
  | 'no-media' // described, but no picture that we can take
  | 'no-port' // ours are used up

export interface RtspFailure {
  readonly code: RtspFailureCode
  readonly detail: string
  readonly status?: number
  /** Who said so: the Server header, else the address. */
  readonly hop?: string
}

const reasonOf = {
  address: 'offline',
  'tcp-refused': 'offline',
  unreachable: 'offline',
  closed: 'no-answer',
  silent: 'no-answer',
  unauthorised: 'refused',
  forbidden: 'refused',
  'not-found': 'refused',
  busy: 'refused',
  unsupported: 'refused',
  redirected: 'refused',
  refused: 'refused',
  malformed: 'refused',
  'no-media': 'no-media',
  'no-port': 'no-port',
} as const satisfies Record<RtspFailureCode, Extract<UpstreamOutcome, { ok: false }>['reason']>

/** The relay's word for it; the status is RTSP's, which counts like SIP's. */
export function upstreamOutcome({ code, detail, status, hop }: RtspFailure): UpstreamOutcome {
  return { ok: false, reason: reasonOf[code], detail: `${code}: ${detail}`, ...(status !== undefined && { sipStatus: status }), ...(hop !== undefined && { hop }) }
}

/** What a status that is no success says of the session. RFC 2326 7.1.1, 11. */
export function codeOfStatus(status: number): RtspFailureCode {
  switch (status) {
    case 401:
    case 407:
      return 'unauthorised'
    case 403:
      return 'forbidden'
    case 404:
    case 410:
      return 'not-found'
    case 453:
    case 503:
      return 'busy'
    case 405:
    case 461:
    case 501:
    case 505:
    case 551:
      return 'unsupported'
    default:
      return status >= 300 && status < 400 ? 'redirected' : 'refused'
  }
}
