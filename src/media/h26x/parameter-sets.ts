// Keeps the latest parameter sets of a stream; they alone decide its codec. Interop: the PSM may name the wrong one (Q83).
import { ParseError } from '../../base/index.ts'
import type { ParameterSets, VideoCodec } from '../types.ts'
import { h264, h264Type, parseH264Sps } from './h264.ts'
import { h265, h265Type, parseH265Sps } from './h265.ts'

export interface KnownSets {
  readonly sets: ParameterSets
  readonly width: number
  readonly height: number
  readonly declaredFps?: number
}

export interface ParameterSetKeeper {
  /** True for a NAL unit that is a parameter set by its header: sequence and video sets of either codec, picture sets of the known one. */
  readonly isOne: (nal: Buffer) => boolean
  /** Takes note of a NAL unit if it is a parameter set. A sequence parameter set that cannot be read is no news. */
  readonly note: (nal: Buffer) => void
  readonly codec: () => VideoCodec | undefined
  /** Undefined until sequence and picture parameter set are known. */
  readonly known: () => KnownSets | undefined
  /** False where two fields may share one time stamp. */
  readonly isFramesOnly: () => boolean
}

interface Sequence {
  readonly codec: VideoCodec
  readonly width: number
  readonly height: number
  readonly isFramesOnly: boolean
  readonly declaredFps?: number
}

/** H.264 type 7 with nal_ref_idc 1 to 3, and H.265 type 33 of the base layer, differ in their first byte: 27, 47, 67 against 42. */
const isH264Sps = (nal: Buffer): boolean => h264Type(nal) === h264.sps && (nal[0] ?? 0) > 0x20 && (nal[0] ?? 0) < 0x80
const isH265Set = (nal: Buffer, type: number): boolean => h265Type(nal) === type && ((nal[0] ?? 0) & 0x81) === 0 && nal[1] === 0x01

function readSequence(nal: Buffer): Sequence | undefined {
  try {
    if (isH264Sps(nal)) return { codec: 'h264', ...parseH264Sps(nal) }
    if (isH265Set(nal, h265.sps)) return { codec: 'h265', isFramesOnly: true, ...parseH265Sps(nal) }
  } catch (error) {
    if (!(error instanceof ParseError)) throw error
  }
  return undefined
}

export function createParameterSetKeeper(): ParameterSetKeeper {
  let sequence: Sequence | undefined
  let vps: Buffer | undefined
  let sps: Buffer | undefined
  let pps: Buffer | undefined

  const isPps = (nal: Buffer): boolean => {
    if (!sequence) return false
    return sequence.codec === 'h264' ? h264Type(nal) === h264.pps : isH265Set(nal, h265.pps)
  }
  const isOne = (nal: Buffer): boolean => isH264Sps(nal) || isH265Set(nal, h265.sps) || isH265Set(nal, h265.vps) || isPps(nal)
  const note = (nal: Buffer): void => {
    if (sps?.equals(nal)) return
    if (isH265Set(nal, h265.vps)) vps = kept(vps, nal)
    else if (isPps(nal)) pps = kept(pps, nal)
    else {
      const read = readSequence(nal)
      if (!read) return
      if (read.codec !== sequence?.codec) pps = undefined
      sequence = read
      sps = Buffer.from(nal)
    }
  }
  const known = (): KnownSets | undefined => {
    if (!sequence || !sps || !pps) return undefined
    const sets = sequence.codec === 'h265' && vps ? { vps, sps, pps } : { sps, pps }
    const { width, height, declaredFps } = sequence
    return { sets, width, height, ...(declaredFps !== undefined && { declaredFps }) }
  }
  return { isOne, note, codec: () => sequence?.codec, known, isFramesOnly: () => sequence?.isFramesOnly ?? true }
}

/** Copied: a set must not keep the picture alive that it came with. */
const kept = (before: Buffer | undefined, nal: Buffer): Buffer => (before?.equals(nal) ? before : Buffer.from(nal))
