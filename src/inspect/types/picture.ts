// What a picture tells: its measures, and what the pictures of a check say together.
import type { Figure } from './figure.ts'

export type Absence = 'black' | 'white' | 'one-colour' | 'colour-bars' | 'no-signal-text' | 'snow' | 'grey-green' | 'frozen'

export type Band = 'clear' | 'doubtful' | 'unclear' | 'undetermined'

/** What one decoded keyframe measures; computed in the decoder's child process by pure functions of inspect/picture. */
export interface PictureMeasure {
  readonly width: number
  readonly height: number
  /** Luma 0-255 over the whole picture less letterbox. */
  readonly mean: number
  readonly std: number
  readonly p01: number
  readonly p99: number
  /** Share of pixels that the OSD mask covers. */
  readonly osdShare: number
  /** Absence patterns a single picture shows (frozen needs two). */
  readonly absence?: Exclude<Absence, 'frozen'>
  /** Mean absolute luma difference from the previous picture of the same session outside the OSD; absent for the first. */
  readonly difference?: number
  /** Blur in pixels at 1080p height; absent when fewer blocks than needed carry an edge. */
  readonly blurPx?: number
  readonly blocks: number
  readonly noise: number
}

/** A decoded keyframe. */
export interface Picture {
  readonly measure: PictureMeasure
  readonly jpeg: Buffer
}

export interface PictureVerdict {
  readonly present: boolean
  readonly absence?: Absence
  readonly frozen: boolean
  readonly sharpness: { readonly blurPx?: number; readonly band: Band }
  readonly brightness?: number
  readonly samples: number
  /** Each further figure beside its bound; absent of pictures that were judged before there were any. */
  readonly figures?: readonly Figure[]
}
