// From RTP payloads in order to access units: a program stream, or an elementary stream directly in RTP, whichever the bytes show.
// GB/T 28181-2022 Annex C.1, C.2. Payload types and descriptions are not asked: cameras contradict them (Q79, Q96).
import { createAccessUnitAssembler } from './h26x/access-unit.ts'
import { createDepacketizer, type Depacketizer, type NalPiece } from './h26x/depacketizer.ts'
import { createContainerWatch } from './ps/container-watch.ts'
import { createPsDemuxer, type ElementaryPiece } from './ps/demuxer.ts'
import { packStart } from './ps/start-code.ts'
import { elementaryCodec } from './rtp/elementary-watch.ts'
import { createMarkerWatch } from './rtp/marker.ts'
import type { RtpPacket } from './rtp/packet.ts'
import { createUnwrapper } from './rtp/sequence.ts'
import type { PictureClock } from './h26x/timeline.ts'
import type { AccessUnit, PipelineFigures, VideoCodec } from './types.ts'

export interface Unpacker {
  /** The next packet in order. */
  readonly push: (packet: RtpPacket, atUs: number) => readonly AccessUnit[]
  /** Packets are missing here. */
  readonly gap: () => readonly AccessUnit[]
  readonly flush: () => readonly AccessUnit[]
  readonly clock: PictureClock
  readonly figures: () => Pick<PipelineFigures, 'codec' | 'accessUnits' | 'keyframes' | 'packs' | 'resynchronisations' | 'container' | 'payloadBytes'>
}

/** An elementary stream as its description has it: believed until the bytes say otherwise. */
export interface Elementary {
  readonly codec: VideoCodec
  /** Sent beside the stream, for one that lacks them; those in the stream take their place. */
  readonly parameterSets: readonly Buffer[]
}

/** So many packets are looked at for a description that lies; by then a parameter set has come, or none comes with the stream. */
const doubtPackets = 1000
const nothing: readonly AccessUnit[] = []

export function createUnpacker(described?: Elementary): Unpacker {
  const container = createContainerWatch()
  const demuxer = createPsDemuxer()
  const assembler = createAccessUnitAssembler()
  const marker = createMarkerWatch()
  const unwrap = createUnwrapper(32)
  let depacketizer: Depacketizer | undefined = described && createDepacketizer(described.codec)
  let believed = described
  let doubts = described ? doubtPackets : 0
  let isProgram = false
  let pts90k = 0
  let lastUs = 0

  const assemble = (pieces: readonly ElementaryPiece[]): readonly AccessUnit[] => joined(pieces, assembler.push)
  const assembleNals = (pieces: readonly NalPiece[]): readonly AccessUnit[] => joined(pieces, (piece) => assembler.pushNal(piece, pts90k, lastUs))

  /** Asked until it is known, and again of each packet that begins like a pack: a camera may change its mind. */
  const look = (payload: Buffer): void => {
    if (payload.length >= 4 && payload.subarray(0, 4).equals(packStart)) depacketizer = undefined
    else if (!isProgram && !depacketizer) {
      const codec = elementaryCodec(payload)
      if (codec) depacketizer = createDepacketizer(codec)
    }
  }
  /** The description is held against the first parameter set that comes. */
  const doubt = (payload: Buffer): void => {
    const codec = elementaryCodec(payload)
    doubts = codec ? 0 : doubts - 1
    if (!codec || codec === described?.codec) return
    believed = undefined
    depacketizer = createDepacketizer(codec)
  }
  /** Parameter sets of the description stand before the first picture. */
  const introduce = (sets: readonly Buffer[]): void => {
    believed = undefined
    for (const nal of sets) assembler.pushNal({ nal, isDamaged: false }, pts90k, lastUs)
  }
  const unpack = (packet: RtpPacket, atUs: number): readonly AccessUnit[] => {
    if (depacketizer) {
      pts90k = unwrap(packet.timestamp)
      lastUs = atUs
      if (believed) introduce(believed.parameterSets)
      return assembleNals(depacketizer.push(packet.payload))
    }
    const units = assemble(demuxer.push(packet.payload, atUs))
    isProgram ||= demuxer.stats().packs > 0
    return units
  }
  const endFrame = (): readonly AccessUnit[] => {
    if (depacketizer) return assembler.frameEnd()
    const units = assemble(demuxer.frameEnd())
    return demuxer.isBetweenPackets() ? both(units, assembler.frameEnd()) : units
  }
  return {
    push: (packet, atUs) => {
      container.note(packet)
      if (!isProgram || depacketizer) look(packet.payload)
      if (doubts > 0 && depacketizer) doubt(packet.payload)
      const units = unpack(packet, atUs)
      return marker.endsFrame(packet) ? both(units, endFrame()) : units
    },
    gap: () => {
      container.gap()
      marker.gap()
      return depacketizer ? assembleNals(depacketizer.gap()) : assemble(demuxer.gap())
    },
    flush: () => both(assemble(demuxer.flush()), assembler.flush()),
    clock: assembler.clock,
    figures: () => {
      const { packs, resynchronisations } = demuxer.stats()
      const known = depacketizer ? 'elementary' : packs > 0 ? 'ps' : undefined
      return { ...assembler.stats(), packs, resynchronisations, container: known ?? (container.isEnough() ? 'other' : 'unknown'), payloadBytes: container.payloadBytes() }
    },
  }
}

const both = (first: readonly AccessUnit[], second: readonly AccessUnit[]): readonly AccessUnit[] => (first.length === 0 ? second : second.length === 0 ? first : [...first, ...second])

function joined<Piece>(pieces: readonly Piece[], push: (piece: Piece) => readonly AccessUnit[]): readonly AccessUnit[] {
  let units = nothing
  for (const piece of pieces) units = both(units, push(piece))
  return units
}
