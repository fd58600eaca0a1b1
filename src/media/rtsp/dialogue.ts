// What an RTSP session carries along from state to state, and what is asked of it. RFC 2326 12.37.
import { header, type RtspResponse } from './message.ts'
import type { Dialogue, Effect } from './session-types.ts'
import { defaultTimeoutS, parseSession, type RtspWay } from './transport.ts'

/** The conversation so far, without what only one state has. */
export function dialogueOf(state: Dialogue): Dialogue {
  const { url, redirects, reconnects, connection, way, triedWays, cseq, challenge, nonceCount, pending, session, server, methods, isAnswered } = state
  return {
    url, redirects, reconnects, connection, way, triedWays, cseq, nonceCount, isAnswered,
    ...(challenge && { challenge }), ...(pending && { pending }), ...(session && { session }), ...(server !== undefined && { server }), ...(methods && { methods }),
  }
}

/** The session by an answer. Cameras name its time-out in the answer to SETUP alone: it stays. */
export function sessionOf(state: Dialogue, response: RtspResponse): Dialogue['session'] {
  const named = parseSession(header(response, 'Session') ?? '')
  return named ? { id: named.id, timeoutS: named.timeoutS ?? state.session?.timeoutS ?? defaultTimeoutS } : state.session
}

/** The way that was not tried yet; undefined when both were. */
export function otherWay({ way, triedWays }: Dialogue): RtspWay | undefined {
  const other = way === 'udp' ? 'tcp' : 'udp'
  return triedWays.includes(other) ? undefined : other
}

/** Half the time-out that the camera gave, between one second and a minute. */
export const keepaliveMs = (timeoutS: number): number => Math.min(60_000, Math.max(1_000, timeoutS * 500))

export const stopTimers: readonly Effect[] = ['answer', 'packet', 'keepalive', 'report', 'teardown'].map((name) => ({ type: 'cancel', name }))
