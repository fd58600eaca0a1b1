// An observation told as an attempt: its outcome by the order in which blame is laid, its times, its stream. Pure.
// Order of causes: registry, catalog and presence, the answer to the INVITE (or to RTSP's requests), RTP, container, keyframe, decoding, the end.
import type { PipelineFigures } from '../media/index.ts'
import type { Observation } from './observe.ts'
import type { Attempt, AttemptOutcome, AttemptTimes, RunningFigures, StreamObservation } from './types.ts'

/** A stream that brought nothing for so long when the sampling gave up had ended, BYE or not. Ours: a camera sends several packets a second. */
const silentUs = 2_000_000

/** Reasons of the relay that are about this service, not about the camera. */
const ourFaults = new Set(['no-port', 'stopped'])
/** Reasons of the relay that are outcomes, where the wire itself said nothing. */
const relayOutcomes: ReadonlySet<string> = new Set(['not-registered', 'offline', 'refused', 'no-answer', 'no-media', 'wrong-container', 'no-keyframe'] satisfies AttemptOutcome[])

/** `figures` and `firstPacketUs` of the pipeline, if media came; `running`: of a longer look. */
export function describeAttempt(seen: Observation, figures: PipelineFigures | undefined, firstPacketUs: number | undefined, running?: RunningFigures): Attempt {
  const outcome = outcomeOf(seen, figures)
  const { final } = seen.timeline
  const detail = detailOf(seen, outcome)
  const isOurFault = isDecoderLost(seen) || (outcome !== 'ok' && outcome !== 'lost-midway' && ourFaults.has(seen.failed?.reason ?? ''))
  const stream = figures && streamOf(seen, figures)
  return {
    n: seen.n,
    isCold: seen.isCold,
    start: !seen.isCold ? 'joined' : seen.isBeside ? 'beside' : 'cold',
    outcome,
    ...(isOurFault && { isOurFault }),
    ...(final && { sipStatus: final.status, hop: final.hop }),
    ...(detail === undefined ? {} : { detail }),
    times: timesOf(seen, firstPacketUs),
    ...(stream && { stream }),
    pictures: seen.samples.flatMap(({ measure }) => (measure ? [measure] : [])),
    ...(running && { running }),
    loopLagMs: seen.loopLagMs,
  }
}

/** A decoder that died took what it knew of the pictures before with it: the attempt is spoilt, whatever else it showed. */
const isDecoderLost = ({ samples }: Observation): boolean => samples.some(({ failure }) => failure?.reason === 'decoder-lost')

function outcomeOf(seen: Observation, figures: PipelineFigures | undefined): AttemptOutcome {
  const { timeline, samples, failed } = seen
  const hasPackets = (figures?.reception.packets ?? 0) > 0
  if (isDecoderLost(seen)) return 'undecodable'
  if (samples.some(({ measure }) => measure)) return isLost(seen) ? 'lost-midway' : 'ok'
  if (samples.length > 0) return 'undecodable'
  const told = failed && relayOutcomes.has(failed.reason) ? (failed.reason as AttemptOutcome) : undefined
  // Our RTSP client has read the same answers, and knows what a status alone does not say: a description without a picture, a wrong password.
  if (timeline.protocol === 'rtsp' && told && !hasPackets) return told
  if (timeline.final && timeline.final.status >= 300) return 'refused'
  if (hasPackets) return figures?.container === 'other' ? 'wrong-container' : 'no-keyframe'
  if (timeline.okUs !== undefined) return 'no-media'
  if (timeline.askedUs === undefined && told) return told
  return seen.isCold ? 'no-answer' : 'no-media'
}

/** The stream ended before the sampling was complete: the camera hung up, the connection closed, or nothing came any more. */
function isLost({ isSampled, lookMs, timeline, end, endedUs, lastMediaUs }: Observation): boolean {
  if (isSampled && lookMs === undefined) return false
  if (timeline.isHungUp || end === 'ended') return true
  return (end === 'timeout' || end === 'watched') && endedUs !== undefined && lastMediaUs !== undefined && endedUs - lastMediaUs > silentUs
}

function detailOf(seen: Observation, outcome: AttemptOutcome): string | undefined {
  if (outcome === 'ok') return undefined
  if (outcome === 'undecodable') {
    const failures = seen.samples.flatMap(({ failure }) => (failure ? [failure] : []))
    return (failures.find(({ reason }) => reason === 'decoder-lost') ?? failures[0])?.detail
  }
  if (outcome === 'refused' && seen.timeline.final?.reason !== undefined && seen.timeline.protocol !== 'rtsp') return seen.timeline.final.reason
  if (outcome === 'no-keyframe' && seen.damagedKeyframes > 0) return `keyframes that came: ${seen.damagedKeyframes}, all of them damaged on the way`
  if (outcome === 'no-media' && seen.firstMediaUs !== undefined) return 'bytes came, but no RTP packet'
  return seen.failed?.detail ?? (outcome === 'refused' ? seen.timeline.final?.reason : undefined) ?? waitedFor(seen)
}

/** How long was waited in vain, when it was this side that gave up. */
function waitedFor({ end, endedUs, timeline: { askedUs, protocol } }: Observation): string | undefined {
  if (end !== 'timeout' || endedUs === undefined) return undefined
  return askedUs === undefined ? 'no INVITE left' : `given up ${toTenths((endedUs - askedUs) / 1e6)} s after ${protocol === 'rtsp' ? 'DESCRIBE' : 'the INVITE'} left`
}

function timesOf({ timeline, samples }: Observation, firstPacketUs: number | undefined): AttemptTimes {
  const { askedUs, tryingUs, okUs, ackUs } = timeline
  if (askedUs === undefined) return {}
  const since = (us: number): number => toTenths((us - askedUs) / 1000)
  const firstKeyframeUs = samples[0]?.receivedUs
  const shown = samples.find(({ measure, decodeUs }) => measure && decodeUs !== undefined)
  return {
    ...(tryingUs === undefined ? {} : { trying: since(tryingUs) }),
    ...(okUs === undefined ? {} : { ok: since(okUs) }),
    ...(ackUs === undefined ? {} : { ack: since(ackUs) }),
    ...(firstPacketUs === undefined ? {} : { firstPacket: since(firstPacketUs) }),
    ...(firstKeyframeUs === undefined ? {} : { firstKeyframe: since(firstKeyframeUs) }),
    ...(shown?.decodeUs === undefined ? {} : { firstPicture: since(shown.receivedUs + shown.decodeUs) }),
  }
}

function streamOf(seen: Observation, figures: PipelineFigures): StreamObservation | undefined {
  const { reception, codec, container, payloadBytes } = figures
  const { transport, units = { count: 0, firstPts90k: 0, lastPts90k: 0 }, firstMediaUs = 0, lastMediaUs = 0 } = seen
  if (transport === undefined || reception.packets === 0) return undefined
  const size = seen.samples[0]
  const spanMs = (lastMediaUs - firstMediaUs) / 1000
  const spanS = (units.lastPts90k - units.firstPts90k) / 90_000
  return {
    ...(codec && { codec }),
    ...(size?.width === undefined ? {} : { width: size.width }),
    ...(size?.height === undefined ? {} : { height: size.height }),
    ...(units.count > 1 && spanS > 0 && { fps: toTenths((units.count - 1) / spanS) }),
    ...(spanMs > 0 && { kbps: Math.round((payloadBytes * 8) / spanMs) }),
    lossRate: Math.round(reception.lossRate * 1e6) / 1e6,
    jitterMs: toTenths(reception.jitterMs),
    packets: reception.packets,
    transport,
    container,
  }
}

const toTenths = (value: number): number => Math.round(value * 10) / 10
