// One decoded picture as the measuring functions see it.

/** yuv420p, rows without padding, all three planes 0-255 ("full range"): black is 0, white 255, neutral chroma 128. */
export interface Planes {
  readonly width: number
  readonly height: number
  readonly luma: Uint8Array
  /** Half width and half height, rounded up. */
  readonly cb: Uint8Array
  readonly cr: Uint8Array
}

/** Rows and columns that hold the picture: first included, last excluded. */
export interface Area {
  readonly left: number
  readonly top: number
  readonly right: number
  readonly bottom: number
}

const table = (black: number, range: number, zero: number): Uint8Array => {
  const levels = new Uint8ClampedArray(256)
  for (let level = 0; level < 256; level++) levels[level] = zero + ((level - black) * 255) / range
  return new Uint8Array(levels.buffer)
}
const lumaLevels = table(16, 219, 0)
const chromaLevels = table(128, 224, 128)

const mapped = (plane: Uint8Array, levels: Uint8Array): Uint8Array => {
  const out = new Uint8Array(plane.length)
  for (let i = 0; i < plane.length; i++) out[i] = levels[plane[i] ?? 0] ?? 0
  return out
}

/** From studio range (luma 16-235, chroma 16-240; what a stream means that does not say) to full range. ITU-R BT.601-7 2.5.3. */
export function expandRange(planes: Planes): Planes {
  return { ...planes, luma: mapped(planes.luma, lumaLevels), cb: mapped(planes.cb, chromaLevels), cr: mapped(planes.cr, chromaLevels) }
}

function halvePlane(plane: Uint8Array, width: number, height: number): Uint8Array {
  const w = Math.ceil(width / 2)
  const h = Math.ceil(height / 2)
  const out = new Uint8Array(w * h)
  for (let y = 0; y < h; y++) {
    const upper = 2 * y * width
    const lower = Math.min(2 * y + 1, height - 1) * width
    for (let x = 0; x < w; x++) {
      const left = 2 * x
      const right = Math.min(left + 1, width - 1)
      out[y * w + x] = ((plane[upper + left] ?? 0) + (plane[upper + right] ?? 0) + (plane[lower + left] ?? 0) + (plane[lower + right] ?? 0) + 2) >> 2
    }
  }
  return out
}

/** Half the width and height by 2×2 means: pictures far above 1080 rows are measured so, which bounds the time. */
export function halve({ width, height, luma, cb, cr }: Planes): Planes {
  const w = Math.ceil(width / 2)
  const h = Math.ceil(height / 2)
  return { width: w, height: h, luma: halvePlane(luma, width, height), cb: halvePlane(cb, w, h), cr: halvePlane(cr, w, h) }
}
