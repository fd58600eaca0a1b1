// Is one colour laid over the whole picture? A cast moves all colours the same way: their mean lies far from neutral, and they lie close together.
import type { Area, Planes } from './planes.ts'

export interface Colour {
  /** Mean colour: Cb and Cr less 128, in levels. */
  readonly cb: number
  readonly cr: number
  /** Distance of the mean colour from neutral as a multiple of how far colours lie from their mean: a lawn is far from neutral too, but with flowers in it. */
  readonly castRatio: number
  /** Mean distance from neutral: about 0 is a black-and-white picture. */
  readonly saturation: number
}

/** Darker or brighter pixels have no colour to speak of. */
const [darkest, brightest] = [30, 225]
const stride = 4

/** Undefined where hardly anything lies between dark and bright. */
export function colour({ width, luma, cb, cr }: Planes, area: Area, mask: Uint8Array): Colour | undefined {
  const halfWidth = (width + 1) >> 1
  let [n, u, v, far] = [0, 0, 0, 0]
  const each = (take: (b: number, r: number) => void): void => {
    for (let y = area.top; y < area.bottom; y += stride) {
      for (let x = area.left; x < area.right; x += stride) {
        const i = y * width + x
        if (mask[i] !== 0 || luma[i]! < darkest || luma[i]! > brightest) continue
        const c = (y >> 1) * halfWidth + (x >> 1)
        take(cb[c]! - 128, cr[c]! - 128)
      }
    }
  }
  each((b, r) => {
    n++
    u += b
    v += r
    far += Math.hypot(b, r)
  })
  if (n < 256) return undefined
  const [meanU, meanV] = [u / n, v / n]
  let spread = 0
  each((b, r) => (spread += Math.hypot(b - meanU, r - meanV)))
  return { cb: meanU, cr: meanV, castRatio: Math.hypot(meanU, meanV) / Math.max(1, spread / n), saturation: far / n }
}
