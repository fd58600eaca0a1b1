// Tells a payload that is no program stream. Interop: PT 96 announced as PS that never holds a pack header (Q79).
import type { RtpPacket } from '../rtp/packet.ts'

export interface ContainerWatch {
  readonly note: (packet: RtpPacket) => void
  /** Packets are missing here. */
  readonly gap: () => void
  /** True when enough came to hold a pack header for certain; asked only while none was seen. */
  readonly isEnough: () => boolean
  readonly payloadBytes: () => number
}

/** A 4K keyframe may exceed this, but its first packet holds a pack header. */
const enoughBytes = 64 * 1024
/** Or three frames by RTP timestamp, whole, of at least a kilobyte and two packets: some cameras stamp every packet (Q97). */
const enoughFrames = 3
const minFrameBytes = 1024
const minFramePackets = 2

export function createContainerWatch(): ContainerWatch {
  let payloadBytes = 0
  let frames = 0
  let frame: { readonly timestamp: number; bytes: number; packets: number } | undefined
  const note = ({ timestamp, payload }: RtpPacket): void => {
    payloadBytes += payload.length
    if (frame?.timestamp !== timestamp) {
      if (frame && frame.bytes >= minFrameBytes && frame.packets >= minFramePackets) frames++
      frame = { timestamp, bytes: 0, packets: 0 }
    }
    frame.bytes += payload.length
    frame.packets++
  }
  const gap = (): void => {
    frame = undefined
  }
  return { note, gap, isEnough: () => payloadBytes >= enoughBytes || frames >= enoughFrames, payloadBytes: () => payloadBytes }
}
