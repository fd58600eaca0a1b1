// The print of a stream for `GET /live`.
import type { Attempt } from './attempt-types.ts'
import type { RelayState } from './relay-state.ts'
import { parseStreamKey } from './stream-key.ts'
import type { StreamFigures, StreamKey } from './types.ts'

export interface RelayFacts {
  readonly viewers: number
  readonly nowUs: number
  readonly liveSinceUs: number | undefined
  readonly restarts: number
  readonly keyframeRequests: number
}

/** Nothing while the way to the camera is still being found. */
export function describeStream(key: StreamKey, state: RelayState['name'], attempt: Attempt | undefined, facts: RelayFacts): StreamFigures | undefined {
  const transport = attempt?.transport()
  if (!attempt || !transport || state === 'idle') return undefined
  const { reception, discarded, reordered, late, framing, rtcp, audio } = attempt.figures() ?? {}
  const { host, port, ssrc } = attempt.source() ?? {}
  const ssrcExpected = attempt.ssrc()
  const fallback = attempt.fallback()
  return {
    ...parseStreamKey(key),
    state,
    ...attempt.stream.figures(facts.nowUs),
    lossRate: reception?.lossRate ?? 0,
    jitterMs: reception?.jitterMs ?? 0,
    transport,
    ...(fallback && { fallback }),
    viewers: facts.viewers,
    uptimeMs: facts.liveSinceUs === undefined ? 0 : Math.round((facts.nowUs - facts.liveSinceUs) / 1000),
    ...(framing !== undefined && framing !== 'unknown' && { framing }),
    ...(host !== undefined && port !== undefined && { source: { host, port } }),
    ...(ssrcExpected !== undefined && { ssrcExpected }),
    ...(ssrc !== undefined && { ssrcSeen: ssrc }),
    packets: reception?.packets ?? 0,
    lost: reception?.lost ?? 0,
    duplicates: reception?.duplicates ?? 0,
    reordered: reordered ?? 0,
    late: late ?? 0,
    discarded: { malformed: discarded?.malformed ?? 0, strangers: discarded?.strangers ?? 0 },
    reports: { received: rtcp?.senderReports ?? 0, sent: rtcp?.sent ?? 0 },
    restarts: facts.restarts,
    keyframeRequests: facts.keyframeRequests,
    ...(audio && { audio }),
  }
}
