// The signalling half of an attempt's timeline: what was asked, what was answered, by whom and when. A fold over SIP messages as they crossed
// the wire. Time zero is our INVITE leaving; first 200: GB/T 28181-2022 9.2; CANCEL and 487: RFC 3261 9.1; a camera's BYE: RFC 3261 15.
import type { MediaTransport, WireEvent } from '../media/index.ts'
import type { ReadSignal } from './types.ts'

export interface Timeline {
  /** Our first INVITE left. */
  readonly askedUs?: number
  /** The first 2xx to it came. */
  readonly okUs?: number
  /** First final response to the INVITE: a 2xx, or the refusal. */
  readonly final?: { readonly status: number; readonly reason?: string; readonly hop: string }
  /** Where our own offer awaits media. */
  readonly media?: { readonly port: number; readonly transport: MediaTransport }
  readonly isCancelled: boolean
  readonly isHungUp: boolean
}

export const emptyTimeline: Timeline = { isCancelled: false, isHungUp: false }

/** The timeline after one more signalling message; what cannot be read changes nothing. */
export function readTimeline(timeline: Timeline, wire: WireEvent, readSignal: ReadSignal): Timeline {
  const facts = readSignal(wire.bytes)
  if (!facts) return timeline
  const isRequest = facts.status === undefined
  if (isRequest && wire.direction === 'out') {
    if (facts.method === 'CANCEL') return { ...timeline, isCancelled: true }
    if (facts.method !== 'INVITE' || timeline.askedUs !== undefined) return timeline
    return { ...timeline, askedUs: wire.atUs, ...(facts.media && { media: facts.media }) }
  }
  if (isRequest) return facts.method === 'BYE' ? { ...timeline, isHungUp: true } : timeline
  if (wire.direction !== 'in' || facts.method !== 'INVITE' || facts.status === undefined || facts.status < 200 || timeline.final) return timeline
  // A 487 confirms our own CANCEL: the camera refused nothing.
  if (facts.status === 487 && timeline.isCancelled) return timeline
  const final = { status: facts.status, ...(facts.reason === undefined ? {} : { reason: facts.reason }), hop: facts.agent ?? `${wire.remote.host}:${wire.remote.port}` }
  return { ...timeline, final, ...(facts.status < 300 && { okUs: wire.atUs }) }
}
