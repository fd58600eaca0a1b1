// A picture file as the measuring functions see it: JPEG or PNG, of a size that a stream could have.
import { statSync } from 'node:fs'
import sharp from 'sharp'
import { AppError } from '../../base/index.ts'
import type { Planes } from '../picture/index.ts'

export const pictureName = /\.(jpe?g|png)$/i
const byteLimit = 64 * 1024 * 1024
/** 8192 × 4352, as of a stream (io/decoder-child.ts). */
const pixelLimit = 35_651_584

/** Throws AppError `request.invalid` for what is no picture, or too small or large for one. */
export async function readPicture(file: string): Promise<Planes> {
  if (statSync(file).size > byteLimit) throw new AppError('request.invalid', `${file} is larger than ${byteLimit / 1024 / 1024} MB`)
  try {
    const { data, info } = await sharp(file, { limitInputPixels: pixelLimit, failOn: 'error' }).rotate().toColourspace('srgb').removeAlpha().raw().toBuffer({ resolveWithObject: true })
    const { width, height, channels } = info
    if (width < 16 || height < 16) throw new AppError('request.invalid', `${file} is ${width}×${height}: too small`)
    return planesOf(data, width, height, channels)
  } catch (error) {
    if (error instanceof AppError) throw error
    throw new AppError('request.invalid', `${file} cannot be read as a picture: ${error instanceof Error ? error.message.split('\n')[0] : String(error)}`)
  }
}

/** Full-range luma and chroma of RGB or grey; chroma from every second pixel of every second row. ITU-R BT.601-7 2.5. */
function planesOf(pixels: Buffer, width: number, height: number, channels: number): Planes {
  const [w, h] = [(width + 1) >> 1, (height + 1) >> 1]
  const [luma, cb, cr] = [new Uint8Array(width * height), new Uint8Array(w * h).fill(128), new Uint8Array(w * h).fill(128)]
  for (let y = 0, i = 0; y < height; y++) {
    for (let x = 0; x < width; x++, i++) {
      const at = i * channels
      if (channels < 3) {
        luma[i] = pixels[at]!
        continue
      }
      const [r, g, b] = [pixels[at]!, pixels[at + 1]!, pixels[at + 2]!]
      luma[i] = Math.round(0.299 * r + 0.587 * g + 0.114 * b)
      if (x % 2 === 1 || y % 2 === 1) continue
      const c = (y >> 1) * w + (x >> 1)
      cb[c] = Math.min(255, Math.round(128 - 0.1687 * r - 0.3313 * g + 0.5 * b))
      cr[c] = Math.min(255, Math.round(128 + 0.5 * r - 0.4187 * g - 0.0813 * b))
    }
  }
  return { width, height, luma, cb, cr }
}
