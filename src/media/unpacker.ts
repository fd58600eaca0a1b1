// From RTP payloads in order to access units: a program stream, or an elementary stream directly in RTP, whichever the bytes show.
// GB/T 28181-2022 Annex C.1, C.2. Payload types and descriptions are not asked: cameras contradict them (Q79, Q96).
import { freshMemory, type Arena } from './arena.ts'
import { createAccessUnitAssembler } from './h26x/access-unit.ts'
import { createSound, isRtpSound } from './audio/sound.ts'
import { createDepacketizer, type Depacketizer, type NalPiece } from './h26x/depacketizer.ts'
import { createContainerWatch } from './ps/container-watch.ts'
import { createPsDemuxer, type ElementaryPiece } from './ps/demuxer.ts'
import { packStart } from './ps/start-code.ts'
import { elementaryCodec } from './rtp/elementary-watch.ts'
import { createMarkerWatch } from './rtp/marker.ts'
import type { RtpPacket } from './rtp/packet.ts'
import { createUnwrapper } from './rtp/sequence.ts'
import type { PictureClock } from './h26x/timeline.ts'
import type { AccessUnit, AudioFrame, PipelineFigures, VideoCodec } from './types.ts'

export interface Unpacker {
  /** The next packet in order. */
  readonly push: (packet: RtpPacket, atUs: number) => readonly AccessUnit[]
  /** A packet of the camera under another SSRC: true where it is sound beside the pictures. */
  readonly pushSound: (packet: RtpPacket, atUs: number) => boolean
  /** Packets are missing here. */
  readonly gap: () => readonly AccessUnit[]
  readonly flush: () => readonly AccessUnit[]
  /** Nothing of what came waits for more: what was given is all that lies in the memory. */
  readonly isEmpty: () => boolean
  readonly clock: PictureClock
  readonly figures: () => Pick<PipelineFigures, 'codec' | 'accessUnits' | 'keyframes' | 'packs' | 'resynchronisations' | 'container' | 'payloadBytes' | 'audio'>
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
const lowestVideoId = 0xe0

export interface UnpackerOptions {
  readonly elementary?: Elementary | undefined
  /** Hears the sound beside the pictures; without it sound is not looked at. */
  readonly onAudio?: ((frame: AudioFrame) => void) | undefined
  /** What is known of sound that comes apart from the pictures. */
  readonly soundOf?: (() => AccessUnit['sound']) | undefined
  /** Where pictures are put together. */
  readonly memory?: Arena | undefined
}

export function createUnpacker({ elementary: described, onAudio, soundOf, memory = freshMemory }: UnpackerOptions = {}): Unpacker {
  const container = createContainerWatch()
  const demuxer = createPsDemuxer({ hasSound: onAudio !== undefined, memory })
  const assembler = createAccessUnitAssembler(onAudio ? () => sound?.state(demuxer.stats().map) : soundOf)
  const sound = onAudio && createSound(assembler.clock, onAudio)
  const marker = createMarkerWatch()
  const unwrap = createUnwrapper(32)
  let depacketizer: Depacketizer | undefined = described && createDepacketizer(described.codec)
  let believed = described
  let doubts = described ? doubtPackets : 0
  let isProgram = false
  let pictureType: number | undefined
  /** The packet of the program stream that was half here last. */
  let begun: ReturnType<typeof demuxer.opened>
  let pts90k = 0
  let lastUs = 0

  const assemble = (pieces: readonly ElementaryPiece[]): readonly AccessUnit[] => joined(pieces, takePiece)
  const takePiece = (piece: ElementaryPiece): readonly AccessUnit[] => {
    if (piece.streamId >= lowestVideoId) return assembler.push(piece)
    sound?.push(piece, demuxer.stats().map)
    return nothing
  }
  const assembleNals = (pieces: readonly NalPiece[]): readonly AccessUnit[] => joined(pieces, (piece) => assembler.pushNal(piece, pts90k, lastUs))

  /** Asked until it is known, and again of each packet that begins like a pack: a camera may change its mind. */
  const look = ({ payload, payloadType }: RtpPacket): void => {
    if (payload.length >= 4 && payload.subarray(0, 4).equals(packStart)) depacketizer = undefined
    else if (!isProgram && !depacketizer) {
      const codec = elementaryCodec(payload)
      if (codec) depacketizer = createDepacketizer(codec)
      if (codec) pictureType = payloadType
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
  /** Sound beside an elementary stream of pictures that has shown another payload type. A described one (RTSP) has tracks of their own. */
  const isOwnSound = (packet: RtpPacket): boolean => depacketizer !== undefined && !described && packet.payloadType !== pictureType && isRtpSound(packet)
  const unpack = (packet: RtpPacket, atUs: number): readonly AccessUnit[] => {
    if (depacketizer) {
      pts90k = unwrap(packet.timestamp)
      lastUs = atUs
      if (believed) introduce(believed.parameterSets)
      return assembleNals(depacketizer.push(packet.payload))
    }
    const pieces = assemble(demuxer.push(packet.payload, atUs))
    const open = demuxer.opened()
    const units = open && open !== begun ? both(pieces, assembler.begins(open.streamId, open.pts90k)) : pieces
    begun = open
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
      if (isOwnSound(packet)) {
        sound?.pushRtp(packet, atUs)
        return nothing
      }
      container.note(packet)
      if (!isProgram || depacketizer) look(packet)
      if (doubts > 0 && depacketizer) doubt(packet.payload)
      const units = unpack(packet, atUs)
      return marker.endsFrame(packet) ? both(units, endFrame()) : units
    },
    pushSound: (packet, atUs) => {
      if (!isOwnSound(packet)) return false
      sound?.pushRtp(packet, atUs)
      return true
    },
    gap: () => {
      sound?.gap()
      container.gap()
      marker.gap()
      return depacketizer ? assembleNals(depacketizer.gap()) : assemble(demuxer.gap())
    },
    flush: () => both(assemble(demuxer.flush()), assembler.flush()),
    isEmpty: () => demuxer.isBetweenPackets() && assembler.isEmpty(),
    clock: assembler.clock,
    figures: () => {
      const { packs, resynchronisations, map } = demuxer.stats()
      const audio = sound?.figures(map)
      const known = depacketizer ? 'elementary' : packs > 0 ? 'ps' : undefined
      return { ...assembler.stats(), packs, resynchronisations, container: known ?? (container.isEnough() ? 'other' : 'unknown'), payloadBytes: container.payloadBytes(), ...(audio && { audio }) }
    },
  }
}

const both = (first: readonly AccessUnit[], second: readonly AccessUnit[]): readonly AccessUnit[] => (first.length === 0 ? second : second.length === 0 ? first : [...first, ...second])

function joined<Piece>(pieces: readonly Piece[], push: (piece: Piece) => readonly AccessUnit[]): readonly AccessUnit[] {
  let units = nothing
  if (pieces.length === 0) return units
  for (const piece of pieces) units = both(units, push(piece))
  return units
}
