// How large a picture is made, and how many bits it may take.
import type { PictureBounds } from './messages.ts'

export interface Size {
  readonly width: number
  readonly height: number
}

const fullHd = 1920 * 1080
/** Below this a moving picture falls apart, however small it is. */
const minKbps = 400

/** Within the bounds, in its own proportions, with even sides (4:2:0). Never enlarged. */
export function madeSize({ width, height }: Size, { maxHeight }: Pick<PictureBounds, 'maxHeight'>): Size {
  const maxWidth = (maxHeight * 16) / 9
  const scale = Math.min(1, maxHeight / height, maxWidth / width)
  return { width: even(width * scale), height: even(height * scale) }
}

/** The bit rate grows more slowly than the number of pixels. */
export function madeKbps({ width, height }: Size, { maxKbps }: Pick<PictureBounds, 'maxKbps'>): number {
  return Math.round(Math.min(maxKbps, Math.max(minKbps, maxKbps * ((width * height) / fullHd) ** 0.75)))
}

const even = (side: number): number => Math.max(16, Math.floor((side + 0.5) / 2) * 2)
