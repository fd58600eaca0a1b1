// What one SIP message says to someone who knows no SIP: for timelines and traces in words.
import { ParseError } from '../base/index.ts'
import { header, parseCSeq, parseMessage } from './message/index.ts'
import { parseSdp } from './session/sdp.ts'
import type { SipMessage } from './types.ts'

export interface SignalFacts {
  /** Of a response: the method it answers. */
  readonly method: string
  readonly status?: number
  readonly reason?: string
  /** User-Agent or Server header. */
  readonly agent?: string
  /** Where media is to go by an SDP body. Over TCP by who listens: `tcp-active` where the offer says that its writer connects. */
  readonly media?: { readonly port: number; readonly transport: 'udp' | 'tcp-passive' | 'tcp-active' }
  /** By `y=` of an SDP body; 0 leaves it open. */
  readonly ssrc?: number
}

/** Undefined for bytes that are no SIP message. */
export function readSignal(bytes: Buffer): SignalFacts | undefined {
  return attempt(() => {
    const message = parseMessage(bytes)
    const agent = header(message, 'User-Agent') || header(message, 'Server')
    const method = message.kind === 'request' ? message.method : parseCSeq(header(message, 'CSeq') ?? '').method
    const { media, ssrc } = describedIn(message)
    return { method, ...(message.kind === 'response' && { status: message.status, reason: message.reason }), ...(agent && { agent }), ...(media && { media }), ...(ssrc !== undefined && { ssrc }) }
  })
}

function describedIn(message: SipMessage): Pick<SignalFacts, 'media' | 'ssrc'> {
  if (!/^application\/sdp/i.test(header(message, 'Content-Type')?.trim() ?? '')) return {}
  const sdp = attempt(() => parseSdp(message.body))
  if (!sdp) return {}
  const isDialled = message.kind === 'request' && sdp.setup === 'active'
  const media = { port: sdp.port, transport: sdp.transport === 'udp' ? 'udp' : isDialled ? 'tcp-active' : 'tcp-passive' } as const
  return { media, ...(sdp.ssrc !== undefined && { ssrc: sdp.ssrc }) }
}

function attempt<T>(parse: () => T): T | undefined {
  try {
    return parse()
  } catch (error) {
    if (error instanceof ParseError) return undefined
    throw error
  }
}
