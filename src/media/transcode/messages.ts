// What is said between the house and the process that encodes anew.
import type { VideoCodec } from '../types.ts'

/** Bounds of what is made, whatever comes in. */
export interface PictureBounds {
  /** Lines; a picture with more is scaled down, and one wider than 16:9 of it too. */
  readonly maxHeight: number
  /** kbit/s at 1920 × 1080; a smaller picture gets its share. */
  readonly maxKbps: number
  /** Between keyframes. */
  readonly gopMs: number
}

export interface UnitRequest {
  readonly type: 'unit'
  readonly codec: VideoCodec
  readonly pts90k: number
  readonly isKeyframe: boolean
  /** Of a kept GOP, to begin with: it is only decoded. */
  readonly isOld: boolean
  /** Units before this one were left out: nothing that was decoded counts any more. */
  readonly isAfterGap: boolean
  /** Annex B. */
  readonly bytes: Uint8Array
}
export type TranscoderRequest = { readonly type: 'bounds'; readonly bounds: PictureBounds } | UnitRequest

export interface MadePicture {
  readonly pts90k: number
  /** Annex B; parameter sets are in every keyframe. */
  readonly bytes: Uint8Array
}
export type TranscoderAnswer =
  | { readonly type: 'ready' }
  /** One for each unit, in order: what came of it, which is mostly one picture. `isSkipped`: it was only decoded, others wait behind it. */
  | { readonly type: 'done'; readonly pictures: readonly MadePicture[]; readonly isSkipped: boolean; readonly isUndecodable: boolean }
  /** Share of a core since the last time. */
  | { readonly type: 'load'; readonly cpu: number }
