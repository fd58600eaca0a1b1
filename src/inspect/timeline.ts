// The signalling half of an attempt's timeline: what was asked, what was answered, by whom and when. A fold over messages as they crossed
// the wire; those of RTSP are read in timeline-rtsp.ts. Time zero is our INVITE leaving; first 200: GB/T 28181-2022 9.2; CANCEL and 487: RFC 3261 9.1; a camera's BYE: RFC 3261 15.
import type { MediaTransport, WireEvent } from '../media/index.ts'
import { readRtspTimeline } from './timeline-rtsp.ts'
import type { ReadSignal } from './types.ts'

export interface Timeline {
  /** Absent: SIP, or nothing was said. */
  readonly protocol?: 'rtsp'
  /** RTSP: requests of ours without an answer, the oldest first. */
  readonly open?: readonly { readonly cseq: number; readonly method: string }[]
  /** Our first INVITE left. */
  readonly askedUs?: number
  /** The first 1xx to it came. */
  readonly tryingUs?: number
  /** The first 2xx to it came. */
  readonly okUs?: number
  /** Our ACK of that left. */
  readonly ackUs?: number
  /** First final response to the INVITE: a 2xx, or the refusal. */
  readonly final?: { readonly status: number; readonly reason?: string; readonly hop: string }
  /** Where our own offer awaits media. */
  readonly media?: { readonly port: number; readonly transport: MediaTransport }
  /** Agreed for RTP: the offer's, or the answer's own. GB/T 28181-2022 Annex G. */
  readonly ssrc?: number
  readonly isCancelled: boolean
  readonly isHungUp: boolean
}

export const emptyTimeline: Timeline = { isCancelled: false, isHungUp: false }

/** The timeline after one more signalling message; what cannot be read changes nothing. */
export function readTimeline(timeline: Timeline, wire: WireEvent, readSignal: ReadSignal): Timeline {
  const facts = readSignal(wire.bytes)
  if (!facts) return timeline
  if (facts.protocol === 'rtsp') return readRtspTimeline(timeline, wire, facts)
  const isRequest = facts.status === undefined
  if (isRequest && wire.direction === 'out') {
    if (facts.method === 'CANCEL') return { ...timeline, isCancelled: true }
    if (facts.method === 'ACK' && timeline.okUs !== undefined) return { ...timeline, ackUs: timeline.ackUs ?? wire.atUs }
    if (facts.method !== 'INVITE' || timeline.askedUs !== undefined) return timeline
    return { ...timeline, askedUs: wire.atUs, ...(facts.media && { media: facts.media }), ...(facts.ssrc ? { ssrc: facts.ssrc } : {}) }
  }
  if (isRequest) return facts.method === 'BYE' ? { ...timeline, isHungUp: true } : timeline
  if (wire.direction !== 'in' || facts.method !== 'INVITE' || facts.status === undefined || timeline.final) return timeline
  if (facts.status < 200) return timeline.tryingUs === undefined ? { ...timeline, tryingUs: wire.atUs } : timeline
  // A 487 confirms our own CANCEL: the camera refused nothing.
  if (facts.status === 487 && timeline.isCancelled) return timeline
  const final = { status: facts.status, ...(facts.reason === undefined ? {} : { reason: facts.reason }), hop: facts.agent ?? `${wire.remote.host}:${wire.remote.port}` }
  return { ...timeline, final, ...(facts.status < 300 && { okUs: wire.atUs, ...(facts.ssrc ? { ssrc: facts.ssrc } : {}) }) }
}
