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
  /** Which figure `blurPx` is; absent: the first (picture/sharpness.ts). */
  readonly blurFigure?: 1 | 2
  readonly blocks: number
  readonly noise: number
  /** Greatest change of a piece of OSD text since the picture before, in levels; absent where there is no text, or no such picture. */
  readonly clockChange?: number
  /** The following are looked at once in a session, on its first picture with a scene. Luma between the 5th and the 95th percentile outside the OSD, in levels. */
  readonly contrast?: number
  /** Mean Cb and Cr less 128; that distance as a multiple of how far colours lie from their mean; mean distance of colours from neutral. */
  readonly cb?: number
  readonly cr?: number
  readonly castRatio?: number
  readonly saturation?: number
  /** Half the height, in levels, of a wave that runs through all rows (across) or columns (down). */
  readonly stripesAcross?: number
  readonly stripesDown?: number
  /** Steps on the borders of blocks of 8 beside those elsewhere: 1 is twice. */
  readonly blockiness?: number
  /** Levels and detail on a grid of 32 × 18, base64: to compare with a later picture of the camera. */
  readonly signature?: string
}

/** A decoded keyframe. */
export interface Picture {
  readonly measure: PictureMeasure
  /** Where it was wanted. */
  readonly jpeg?: Buffer
}

export interface PictureVerdict {
  readonly present: boolean
  readonly absence?: Absence
  readonly frozen: boolean
  readonly sharpness: { readonly blurPx?: number; /** Absent: the first. */ readonly figure?: 1 | 2; readonly band: Band }
  readonly brightness?: number
  readonly samples: number
  /** Each further figure beside its bound; absent of rule sets without a section `picture`. */
  readonly figures?: readonly Figure[]
  /** Whether the text over the picture changed from sample to sample: a clock runs. Absent where no text was found, or there was one sample. */
  readonly clock?: 'running' | 'standing'
  /** When the check began; absent where it is not known. */
  readonly atMs?: number
  /** The earlier picture of the camera that figures were held against. */
  readonly baseline?: Pick<Baseline, 'atMs' | 'hour' | 'inspection' | 'n'>
}

/** The last good picture of a camera at an hour of the day, as far as it is kept: figures, and no picture. */
export interface Baseline {
  readonly atMs: number
  /** Of the day in Beijing time, 0-23. */
  readonly hour: number
  readonly inspection: string
  readonly n: number
  readonly width: number
  readonly height: number
  readonly mean: number
  readonly blurPx?: number
  /** Absent: the first. Blur by two figures is not compared. */
  readonly blurFigure?: 1 | 2
  readonly cb?: number
  readonly cr?: number
  readonly signature: string
}

/** What is known of a camera's picture before it is seen: part of the recording, so that a replay knows the same. */
export interface PictureContext {
  /** When the check began, and its hour of the day in Beijing time, 0-23. */
  readonly atMs: number
  readonly hour: number
  readonly baseline?: Baseline
}
