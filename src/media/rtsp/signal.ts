// What one RTSP message says to someone who knows no RTSP: for timelines.
import { ParseError } from '../../base/index.ts'
import { cseqOf, header, parseRtsp } from './message.ts'

export interface RtspFacts {
  readonly protocol: 'rtsp'
  /** Empty for a response: it answers the request of its number. */
  readonly method: string
  readonly cseq?: number
  readonly status?: number
  readonly reason?: string
  /** Server, of a response. */
  readonly agent?: string
}

/** Undefined for bytes that are no RTSP message. */
export function readRtspSignal(bytes: Buffer): RtspFacts | undefined {
  try {
    const message = parseRtsp(bytes)
    const cseq = cseqOf(message)
    const numbered = cseq === undefined ? {} : { cseq }
    if (message.kind === 'request') return { protocol: 'rtsp', method: message.method, ...numbered }
    const agent = header(message, 'Server')?.slice(0, 200)
    return { protocol: 'rtsp', method: '', ...numbered, status: message.status, reason: message.reason, ...(agent && { agent }) }
  } catch (error) {
    if (error instanceof ParseError) return undefined
    throw error
  }
}
