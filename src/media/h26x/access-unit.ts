// Joins elementary pieces into access units. H.264 (2021) 7.4.1.2.3; H.265 (2021) 7.4.2.4.4.
// A picture ends where the PTS changes, a first slice comes again, or a NAL unit stands that only begins one.
import { adjacent } from '../arena.ts'
import type { ElementaryPiece } from '../ps/demuxer.ts'
import type { AccessUnit, VideoCodec } from '../types.ts'
import type { NalPiece } from './depacketizer.ts'
import { splitAnnexB, startsNalUnit, type NalRole } from './annexb.ts'
import { h264Role, isH264Keyframe } from './h264.ts'
import { h265Role, isH265Keyframe } from './h265.ts'
import { createParameterSetKeeper } from './parameter-sets.ts'
import { createTimeline, type PictureClock } from './timeline.ts'

export interface AccessUnitAssembler {
  /** One piece of a video byte stream; others are ignored. */
  readonly push: (piece: ElementaryPiece) => readonly AccessUnit[]
  /** A NAL unit of an elementary stream in RTP, with the time of its packet; unwrapped to 33 bits like a PTS. */
  readonly pushNal: (piece: NalPiece, pts90k: number, receivedUs: number) => readonly AccessUnit[]
  /** A piece of this time begins to come: the picture of another one is whole. */
  readonly begins: (streamId: number, pts90k: number | undefined) => readonly AccessUnit[]
  /** The pieces so far hold a whole picture, as the sender says: it need not wait for the next one. */
  readonly frameEnd: () => readonly AccessUnit[]
  readonly flush: () => readonly AccessUnit[]
  /** Nothing of what came waits for more. */
  readonly isEmpty: () => boolean
  /** Where its pictures lie in time. */
  readonly clock: PictureClock
  readonly stats: () => { readonly codec?: VideoCodec; readonly accessUnits: number; readonly keyframes: number }
}

/** A frame that grows beyond this is cut and marked: 4K keyframes exceed 1 MB (Q104). */
const maxUnitBytes = 8 * 1024 * 1024
const maxNalUnits = 1024
const nothing: readonly AccessUnit[] = []

/** What is known of a NAL unit beside its bytes. */
interface Origin {
  readonly pts90k: number | undefined
  receivedUs: number
  isDamaged: boolean
}

/** Pieces whose bytes may share a NAL unit: the first begins one, the others continue it. */
interface Run extends Origin {
  readonly parts: Buffer[]
  size: number
}

interface Picture {
  readonly nalUnits: Buffer[]
  pts90k: number | undefined
  receivedUs: number
  hasSlice: boolean
  isDamaged: boolean
}

/** `soundOf`: what is known of the stream's sound, said on each keyframe. */
export function createAccessUnitAssembler(soundOf?: () => AccessUnit['sound']): AccessUnitAssembler {
  const parameterSets = createParameterSetKeeper()
  const timeline = createTimeline()
  let streamId: number | undefined
  let run: Run | undefined
  let picture = emptyPicture()
  /** What may begin the next picture, or stands between two slices of this one, as encoders with sliced threads have it: the next slice tells. */
  const held: { readonly nal: Buffer; readonly from: Origin }[] = []
  let accessUnits = 0
  let keyframes = 0
  let out: AccessUnit[] = []

  const finishPicture = (): void => {
    const { nalUnits, receivedUs, isDamaged, hasSlice, pts90k } = picture
    const codec = parameterSets.codec()
    picture = emptyPicture()
    if (!hasSlice || !codec) return
    const isKeyframe = codec === 'h264' ? isH264Keyframe(nalUnits) : isH265Keyframe(nalUnits)
    const known = isKeyframe ? parameterSets.known() : undefined
    const sound = isKeyframe ? soundOf?.() : undefined
    accessUnits++
    if (isKeyframe) keyframes++
    out.push({
      codec,
      pts90k: timeline.place(pts90k, receivedUs),
      isKeyframe,
      nalUnits,
      ...(known && { parameterSets: known.sets, width: known.width, height: known.height }),
      ...(known?.declaredFps !== undefined && { declaredFps: known.declaredFps }),
      receivedUs,
      isDamaged,
      ...(sound && { sound }),
    })
  }

  const place = (nal: Buffer, role: NalRole, from: Origin): void => {
    const hasOtherTime = differ(from.pts90k, picture.pts90k)
    // Two fields of one frame share a PTS and stay together.
    const mayBeField = !parameterSets.isFramesOnly() && from.pts90k !== undefined && !hasOtherTime
    if (role === 'before' && picture.hasSlice && !hasOtherTime && !mayBeField) {
      if (held.length < maxNalUnits) held.push({ nal, from })
      return
    }
    if (picture.hasSlice && (hasOtherTime || (role === 'first-slice' && !mayBeField))) finishPicture()
    // The rest of a frame whose slices were lost does not stain the next one.
    else if (picture.isDamaged && hasOtherTime) picture = emptyPicture()
    for (const each of held.splice(0)) add(each.nal, 'before', each.from)
    add(nal, role, from)
  }
  const add = (nal: Buffer, role: NalRole, from: Origin): void => {
    if (!picture.hasSlice) picture.pts90k = from.pts90k ?? picture.pts90k
    if (picture.nalUnits.length < maxNalUnits) picture.nalUnits.push(nal)
    else picture.isDamaged = true
    picture.hasSlice ||= role === 'first-slice' || role === 'slice'
    picture.isDamaged ||= from.isDamaged
    picture.receivedUs = from.receivedUs
  }

  const finishRun = (): void => {
    const finished = run
    run = undefined
    if (!finished) return
    const { parts, size, isDamaged } = finished
    const nalUnits = splitAnnexB(adjacent(parts) ?? Buffer.concat(parts, size))
    // The last NAL unit of a damaged run may be cut short: no parameter set to keep.
    nalUnits.forEach((nal, i) => sort(nal, finished, !isDamaged || i < nalUnits.length - 1))
  }

  const sort = (nal: Buffer, from: Origin, isWhole: boolean): void => {
    if (parameterSets.isOne(nal)) {
      place(nal, 'before', from)
      if (isWhole) parameterSets.note(nal)
      return
    }
    const codec = parameterSets.codec()
    if (codec) place(nal, codec === 'h264' ? h264Role(nal) : h265Role(nal), from)
    else picture = emptyPicture()
  }

  const mark = (): void => {
    if (run) run.isDamaged = true
    else if (picture.nalUnits.length > 0) picture.isDamaged = true
  }

  const take = (piece: ElementaryPiece): void => {
    const { bytes, pts90k, receivedUs, isDamaged } = piece
    if (!run || startsNalUnit(bytes) || differ(pts90k, run.pts90k)) {
      finishRun()
      if (picture.hasSlice && differ(pts90k, picture.pts90k)) finishPicture()
      run = { parts: [bytes], pts90k, size: bytes.length, receivedUs, isDamaged }
      return
    }
    const hasRoom = run.size + bytes.length <= maxUnitBytes
    if (hasRoom) run.parts.push(bytes)
    if (hasRoom) run.size += bytes.length
    run.receivedUs = receivedUs
    run.isDamaged ||= isDamaged || !hasRoom
  }

  const harvest = (): readonly AccessUnit[] => {
    if (out.length === 0) return nothing
    const units = out
    out = []
    return units
  }
  return {
    push: (piece) => {
      if (piece.streamId < 0xe0 || piece.streamId > 0xef || (streamId ?? piece.streamId) !== piece.streamId) return nothing
      streamId = piece.streamId
      if (piece.bytes.length > 0) take(piece)
      else if (piece.isDamaged) mark()
      return harvest()
    },
    begins: (id, pts90k) => {
      if (id !== streamId) return nothing
      if (run && differ(pts90k, run.pts90k)) finishRun()
      if (!run && picture.hasSlice && differ(pts90k, picture.pts90k)) finishPicture()
      return harvest()
    },
    pushNal: ({ nal, isDamaged }, pts90k, receivedUs) => {
      if (nal.length > 0) sort(nal, { pts90k, receivedUs, isDamaged }, !isDamaged)
      else if (isDamaged) mark()
      return harvest()
    },
    frameEnd: () => {
      finishRun()
      if (picture.hasSlice) finishPicture()
      return harvest()
    },
    flush: () => {
      finishRun()
      finishPicture()
      held.length = 0
      return harvest()
    },
    isEmpty: () => run === undefined && held.length === 0 && picture.nalUnits.length === 0,
    clock: timeline,
    stats: () => {
      const codec = parameterSets.codec()
      return { ...(codec && { codec }), accessUnits, keyframes }
    },
  }
}

const emptyPicture = (): Picture => ({ nalUnits: [], pts90k: undefined, receivedUs: 0, hasSlice: false, isDamaged: false })
const differ = (a: number | undefined, b: number | undefined): boolean => a !== undefined && b !== undefined && a !== b
