// Whether a camera's marker bit tells the end of a frame, learned from the camera itself. RFC 3550 5.1; docs/interop.md Q98.
// Who marks rightly need not be waited for: its frame is whole with the marked packet, and not only with the next frame's first.
import type { RtpPacket } from './packet.ts'

export interface MarkerWatch {
  /** Packets in order. True where this one surely ends its frame. */
  readonly endsFrame: (packet: RtpPacket) => boolean
  /** Packets are missing here: what ended is not known. */
  readonly gap: () => void
}

/** Frames in a row that must have been marked on their last packet and nowhere else; twice as many after each time the camera was wrong. */
const firstTrustAfter = 8
const lastTrustAfter = 1024

export function createMarkerWatch(): MarkerWatch {
  let trustAfter = firstTrustAfter
  let right = 0
  let previous: { timestamp: number; hasMarker: boolean } | undefined

  const wrong = (): void => {
    if (right >= trustAfter) trustAfter = Math.min(lastTrustAfter, 2 * trustAfter)
    right = 0
  }
  return {
    endsFrame: ({ timestamp, hasMarker }) => {
      if (previous) {
        const isNewFrame = timestamp !== previous.timestamp
        if (isNewFrame !== previous.hasMarker) wrong()
        else if (isNewFrame) right++
        previous.timestamp = timestamp
        previous.hasMarker = hasMarker
      } else previous = { timestamp, hasMarker }
      return hasMarker && right >= trustAfter
    },
    gap: () => {
      previous = undefined
    },
  }
}
