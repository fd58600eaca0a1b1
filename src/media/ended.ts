// Senders of sessions that are over: a device that goes on after BYE is known again when its packets come to another session's port.
// Interop: docs/interop.md Q103 (ZLMediaKit 1298, 1517). What counts as late, and what does not, so that no healthy camera suffers:
//  - only a session of another camera: packets of the same camera show the same picture, and many cameras keep one SSRC for all sessions (Q68);
//  - only address, port and SSRC together: a recorder sends all its cameras from one port, another numbers them all alike;
//  - for half a minute after it was heard last. The pipeline makes it wait; it is never shut out for good.
import type { Clock } from '../base/index.ts'
import type { MediaSource, StreamKey } from './types.ts'

export interface EndedSessions {
  /** The session is over, or its sender was heard again. */
  readonly note: (camera: StreamKey, source: MediaSource) => void
  readonly isLate: (camera: StreamKey, from: { readonly host: string; readonly port: number }, ssrc: number) => boolean
}

const rememberUs = 30_000_000
/** Ours: 200 ends a second for five seconds; the oldest are forgotten. */
const maxRemembered = 1000

export function createEndedSessions(clock: Pick<Clock, 'nowUs'>): EndedSessions {
  const ended = new Map<string, { readonly camera: StreamKey; readonly atUs: number }>()
  const keyOf = (host: string, port: number, ssrc: number): string => `${host} ${port} ${ssrc}`
  return {
    note: (camera, { host, port, ssrc }) => {
      if (host === undefined || port === undefined) return
      const key = keyOf(host, port, ssrc)
      ended.delete(key)
      ended.set(key, { camera, atUs: clock.nowUs() })
      for (const oldest of ended.keys()) {
        if (ended.size <= maxRemembered) break
        ended.delete(oldest)
      }
    },
    isLate: (camera, { host, port }, ssrc) => {
      const found = ended.get(keyOf(host, port, ssrc))
      return found !== undefined && found.camera !== camera && clock.nowUs() - found.atUs < rememberUs
    },
  }
}
