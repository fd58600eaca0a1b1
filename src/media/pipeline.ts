// From the bytes of one media session to its access units: framing, RTP, order, container, pictures. GB/T 28181-2022 Annex C, D.
import { ParseError } from '../base/index.ts'
import { createArena, freshMemory } from './arena.ts'
import { createRtpFramer, frameInterleaved, frameRfc4571 } from './rtp/framing.ts'
import { createSourceLatch, type Sender } from './rtp/latch.ts'
import { isRtcp, readRtp, rtpSlot, type RtpPacket } from './rtp/packet.ts'
import { createReception } from './rtp/reception.ts'
import { createReorder, type Ordered } from './rtp/reorder.ts'
import { createReporter } from './rtp/reporter.ts'
import type { AccessUnit, AudioFrame, MediaTransport, Pipeline, PipelineFigures } from './types.ts'
import { createUnpacker, type Elementary } from './unpacker.ts'

/** Datagrams may overtake each other by this much; a keyframe's burst on a disordered path stays within it. */
const udpOrder = { depth: 128, waitUs: 100_000 }
/** TCP keeps the order: a hole in the numbers is a loss in the camera. */
const tcpOrder = { depth: 0, waitUs: 0 }

const nothing: readonly AccessUnit[] = []

export interface PipelineOptions {
  readonly transport: MediaTransport
  /** Packets come one by one although over TCP: somebody else has cut the stream. */
  readonly isCut?: boolean
  /** What a description says of an elementary stream. */
  readonly elementary?: Elementary
  /** Known from an ended session of another camera. */
  readonly isLate?: (from: Sender, ssrc: number) => boolean
  /** Units are seen to by all before the next push, and not looked at again: their memory is that of the next ones. */
  readonly isBrief?: boolean
  /** Hears the sound of the session, as it comes; without it sound is not looked at. */
  readonly onAudio?: (frame: AudioFrame) => void
  /** What is known of sound that comes apart from the pictures (RTSP), said on each keyframe. */
  readonly soundOf?: () => AccessUnit['sound']
}

/** The same pushes give the same units. Nothing is output before the first keyframe with parameter sets; figures count what came before it too. */
export function createPipeline({ transport, isCut, elementary, isLate, isBrief, onAudio, soundOf }: PipelineOptions): Pipeline {
  const framer = transport === 'udp' || isCut === true ? undefined : createRtpFramer()
  const latch = createSourceLatch(isLate)
  const reception = createReception()
  const reporter = createReporter()
  const reorder = createReorder(transport === 'udp' ? udpOrder : tcpOrder)
  const memory = isBrief === true ? createArena() : freshMemory
  const unpacker = createUnpacker({ elementary, onAudio, soundOf, memory })
  const discarded = { malformed: 0, rtcp: 0, strangers: 0 }
  let firstPacketUs: number | undefined
  let isOpen = false

  /** The one that is read just now; what is held is copied. */
  const packet = rtpSlot()
  let units: AccessUnit[] = []
  let hasGiven = false

  const push = (bytes: Buffer, atUs: number, _port?: number, from?: Sender): readonly AccessUnit[] => {
    if (hasGiven && unpacker.isEmpty()) memory.reset()
    hasGiven = false
    if (framer) {
      if (from && carrier && (from.port !== carrier.port || from.host !== carrier.host)) framer.restart()
      carrier = from
      framedUs = atUs
      framer.each(bytes, receiveFramed)
    } else receive(bytes, 0, bytes.length, atUs, from)
    return harvest()
  }
  const harvest = (): readonly AccessUnit[] => {
    if (units.length === 0) return nothing
    const given = units
    units = []
    return given
  }

  /** True where it is RTP: `packet` then is that one. */
  const readPacket = (bytes: Buffer, start: number, end: number, atUs: number): boolean => {
    if (isRtcp(bytes, start, end)) {
      discarded.rtcp++
      reporter.heard(bytes.subarray(start, end), atUs)
      return false
    }
    try {
      readRtp(packet, bytes, start, end)
      return true
    } catch (error) {
      if (!(error instanceof ParseError)) throw error
      discarded.malformed++
      return false
    }
  }

  const receive = (bytes: Buffer, start: number, end: number, atUs: number, from?: Sender): void => {
    if (!readPacket(bytes, start, end, atUs)) return
    firstPacketUs ??= atUs
    const source = latch.admit(packet, atUs, from)
    if (source === 'stranger') {
      if (!isSamePlace(from) || !unpacker.pushSound(packet, atUs)) discarded.strangers++
      return
    }
    reception.note(packet, end - start, atUs)
    if (source === 'changed') for (const ordered of reorder.restart()) settle(ordered)
    if (reorder.passes(packet)) release(unpacker.push(packet, atUs))
    else for (const ordered of reorder.push(holdable(packet), atUs)) settle(ordered)
  }
  /** A camera may send sound under an SSRC of its own. */
  const isSamePlace = (from: Sender | undefined): boolean => {
    const known = latch.source()
    return known?.host === from?.host && known?.port === from?.port
  }
  let framedUs = 0
  /** The far end of the connection; another one is a new connection. */
  let carrier: Sender | undefined
  const receiveFramed = (bytes: Buffer, start: number, end: number): void => receive(bytes, start, end, framedUs)
  const settle = (ordered: Ordered): void => release(ordered.type === 'packet' ? unpacker.push(ordered.packet, ordered.atUs) : unpacker.gap())

  /** The gate: closed until a picture that decoding can begin with. */
  const release = (unpacked: readonly AccessUnit[]): void => {
    if (unpacked.length === 0) return
    for (const unit of unpacked) {
      hasGiven = true
      isOpen ||= unit.isKeyframe && unit.parameterSets !== undefined
      if (isOpen) units.push(unit)
    }
  }

  const flush = (): readonly AccessUnit[] => {
    for (const ordered of reorder.flush()) settle(ordered)
    release(unpacker.flush())
    return harvest()
  }

  const figures = (): PipelineFigures => {
    const unpacked = unpacker.figures()
    const resynchronisations = unpacked.resynchronisations + (framer?.stats().resynchronisations ?? 0)
    const { reordered, late } = reorder.stats()
    const framing = framer && { framing: framer.stats().framing }
    return { reception: reception.figures(), ...unpacked, resynchronisations, discarded: { ...discarded }, rtcp: reporter.figures(), reordered, late, ...framing }
  }
  /** Interop: over TCP only who reports himself expects to be answered; the others' parsers have never seen RTCP there. */
  const report = (name: string, nowUs: number): Buffer | undefined => {
    const soFar = reception.soFar()
    if (!soFar || (framer && reporter.figures().senderReports === 0)) return undefined
    const bytes = reporter.report(soFar, name, nowUs)
    if (!framer) return bytes
    return framer.stats().framing === 'interleaved' ? frameInterleaved(bytes, 1) : frameRfc4571(bytes)
  }
  return { push, flush, figures, firstPacketUs: () => firstPacketUs, report, expect: latch.expect, source: latch.source, strangers: latch.strangers, clock: unpacker.clock }
}

/** With bytes of its own: a packet that waits for others outlives the datagram that it came in. */
const holdable = (packet: RtpPacket): RtpPacket => ({ ...packet, payload: Buffer.from(packet.payload) })
