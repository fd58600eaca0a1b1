// The signalling half of an attempt over RTSP. Time zero is our first DESCRIBE leaving; answered is the first 2xx to PLAY (RFC 2326 10.5), which is when
// media may come; refused is a status of 300 and above to DESCRIBE, SETUP or PLAY after which we asked no more. A fold like the one over SIP.
import type { WireEvent } from '../media/index.ts'
import type { Timeline } from './timeline.ts'
import type { SignalFacts } from './types.ts'

/** Ours: requests that may be open at once; our client has one. */
const maxOpen = 8
const asking: ReadonlySet<string> = new Set(['DESCRIBE', 'SETUP', 'PLAY'])

export function readRtspTimeline(timeline: Timeline, wire: WireEvent, facts: SignalFacts): Timeline {
  if (facts.status === undefined) return wire.direction === 'out' ? asked({ ...timeline, protocol: 'rtsp' }, wire, facts) : requested(timeline, facts)
  return wire.direction === 'in' ? answered({ ...timeline, protocol: 'rtsp' }, wire, facts) : timeline
}

/** Who is asked once more has not been refused yet: by a challenge, a redirection, another transport. */
function asked(timeline: Timeline, wire: WireEvent, { method, cseq = 0 }: SignalFacts): Timeline {
  const open = [...(timeline.open ?? []).filter((each) => each.cseq !== cseq), { cseq, method }].slice(-maxOpen)
  if (!asking.has(method)) return { ...timeline, open }
  const { final, ...rest } = timeline
  return { ...rest, open, ...(final && final.status < 300 && { final }), askedUs: timeline.askedUs ?? wire.atUs }
}

/** What the camera asks of us: to end, or to go elsewhere, which is the same. RFC 2326 10.7, 10.10. */
const requested = (timeline: Timeline, { method }: SignalFacts): Timeline => (method === 'TEARDOWN' || method === 'REDIRECT' ? { ...timeline, isHungUp: true } : timeline)

/** An answer without a number is to what was asked last. */
function answered(timeline: Timeline, wire: WireEvent, { status = 0, reason, agent, cseq }: SignalFacts): Timeline {
  const { open = [] } = timeline
  const request = cseq === undefined ? open.at(-1) : open.findLast((each) => each.cseq === cseq)
  if (!request || status < 200) return timeline
  const rest = { ...timeline, open: open.filter((each) => each !== request) }
  if (!asking.has(request.method) || timeline.okUs !== undefined) return rest
  if (status < 300 && request.method !== 'PLAY') return rest
  const final = { status, ...(reason === undefined || reason === '' ? {} : { reason }), hop: agent ?? `${wire.remote.host}:${wire.remote.port}` }
  return { ...rest, final, ...(status < 300 && { okUs: wire.atUs }) }
}
