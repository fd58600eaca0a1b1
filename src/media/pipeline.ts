// From the bytes of one media session to its access units: framing, RTP, order, program stream, pictures. GB/T 28181-2022 Annex C, D.
import { ParseError } from '../base/index.ts'
import { createAccessUnitAssembler } from './h26x/access-unit.ts'
import { createPsDemuxer } from './ps/demuxer.ts'
import { createRtpFramer } from './rtp/framing.ts'
import { isRtcp, parseRtp, type RtpPacket } from './rtp/packet.ts'
import { createReception } from './rtp/reception.ts'
import { createReorder, type Ordered } from './rtp/reorder.ts'
import type { AccessUnit, MediaTransport, Pipeline, PipelineFigures } from './types.ts'

/** Datagrams may overtake each other by this much; a keyframe's burst on a disordered path stays within it. */
const udpOrder = { depth: 128, waitUs: 100_000 }
/** TCP keeps the order: a hole in the numbers is a loss in the camera. */
const tcpOrder = { depth: 0, waitUs: 0 }
/** A stranger's SSRC is adopted when the known one was silent for so long: a camera that restarted (Q95). */
const silenceUs = 1_000_000
/** So much payload without a pack header is no program stream (Q79) … */
const enoughBytes = 64 * 1024
/** … and so are three whole frames of at least a kilobyte and two packets. */
const enoughFrames = 3
const frameBytes = 1024

/** The same pushes give the same units. Nothing is output before the first keyframe with parameter sets. */
export function createPipeline({ transport }: { readonly transport: MediaTransport }): Pipeline {
  const framer = transport === 'udp' ? undefined : createRtpFramer()
  const reception = createReception()
  const reorder = createReorder(transport === 'udp' ? udpOrder : tcpOrder)
  const demuxer = createPsDemuxer()
  const assembler = createAccessUnitAssembler()
  const container = createContainerWatch()
  const discarded = { malformed: 0, rtcp: 0, strangers: 0 }
  let latched: { readonly ssrc: number; lastUs: number } | undefined
  let firstPacketUs: number | undefined
  let isOpen = false

  const push = (bytes: Buffer, atUs: number): readonly AccessUnit[] => {
    const units: AccessUnit[] = []
    for (const framed of framer ? framer.push(bytes) : [bytes]) {
      const packet = admit(framed, atUs)
      if (!packet) continue
      reception.note(packet, framed.length, atUs)
      for (const ordered of reorder.push(packet, atUs)) demux(ordered, units)
    }
    return units
  }

  /** The packet, if it is one and from the latched source. */
  const admit = (bytes: Buffer, atUs: number): RtpPacket | undefined => {
    if (isRtcp(bytes)) {
      discarded.rtcp++
      return undefined
    }
    const packet = parseOrCount(bytes)
    if (!packet) return undefined
    firstPacketUs ??= atUs
    if (!latched || (packet.ssrc !== latched.ssrc && atUs - latched.lastUs >= silenceUs)) latched = { ssrc: packet.ssrc, lastUs: atUs }
    if (packet.ssrc !== latched.ssrc) {
      discarded.strangers++
      return undefined
    }
    latched.lastUs = atUs
    return packet
  }
  const parseOrCount = (bytes: Buffer): RtpPacket | undefined => {
    try {
      return parseRtp(bytes)
    } catch (error) {
      if (!(error instanceof ParseError)) throw error
      discarded.malformed++
      return undefined
    }
  }

  const demux = (ordered: Ordered, units: AccessUnit[]): void => {
    container.note(ordered)
    const pieces = ordered.type === 'gap' ? demuxer.gap() : demuxer.push(ordered.packet.payload, ordered.atUs)
    for (const piece of pieces) for (const unit of assembler.push(piece)) release(unit, units)
  }
  /** The gate: closed until a picture that can be decoded. */
  const release = (unit: AccessUnit, units: AccessUnit[]): void => {
    isOpen ||= unit.isKeyframe && unit.parameterSets !== undefined
    if (isOpen) units.push(unit)
  }

  const flush = (): readonly AccessUnit[] => {
    const units: AccessUnit[] = []
    for (const ordered of reorder.flush()) demux(ordered, units)
    for (const piece of demuxer.flush()) for (const unit of assembler.push(piece)) release(unit, units)
    for (const unit of assembler.flush()) release(unit, units)
    return units
  }

  const figures = (): PipelineFigures => {
    const { packs, resynchronisations } = demuxer.stats()
    const { codec, accessUnits, keyframes } = assembler.stats()
    return {
      reception: reception.figures(),
      ...(codec && { codec }),
      accessUnits,
      keyframes,
      packs,
      resynchronisations: resynchronisations + (framer?.stats().resynchronisations ?? 0),
      container: packs > 0 ? 'ps' : container.isForeign() ? 'other' : 'unknown',
      payloadBytes: container.payloadBytes(),
      discarded: { ...discarded },
    }
  }
  return { push, flush, figures, firstPacketUs: () => firstPacketUs }
}

/** Counts payload, and frames by RTP timestamp that were received from their first packet to their last. */
function createContainerWatch(): { note: (ordered: Ordered) => void; isForeign: () => boolean; payloadBytes: () => number } {
  let payloadBytes = 0
  let frames = 0
  let frame: { readonly timestamp: number; bytes: number; packets: number } | undefined
  const note = (ordered: Ordered): void => {
    if (ordered.type === 'gap') {
      frame = undefined
      return
    }
    const { timestamp, payload } = ordered.packet
    payloadBytes += payload.length
    if (frame?.timestamp !== timestamp) {
      if (frame && frame.bytes >= frameBytes && frame.packets >= 2) frames++
      frame = { timestamp, bytes: 0, packets: 0 }
    }
    frame.bytes += payload.length
    frame.packets++
  }
  return { note, isForeign: () => payloadBytes >= enoughBytes || frames >= enoughFrames, payloadBytes: () => payloadBytes }
}
