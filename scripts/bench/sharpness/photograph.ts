// A scene's photograph at a height, never enlarged. Packages may be installed, or unpacked into a folder (`dpkg-deb -x`).
import { readFileSync } from 'node:fs'
import sharp from 'sharp'
import type { Luma } from './degrade.ts'

/** Rows that the middle of a photograph has as 16:9. */
export async function rowsOf(file: string): Promise<number> {
  const { width = 0, height = 0 } = await sharp(pictureOf(file)).metadata()
  return Math.floor(Math.min(height, (width * 9) / 16))
}

/** The middle of a photograph as 16:9 at this height: undefined where the photograph is too small. */
export async function photograph(file: string, height: number): Promise<Luma | undefined> {
  const width = Math.round((height * 16) / 9 / 2) * 2
  if ((await rowsOf(file)) < height) return undefined
  const { data } = await sharp(pictureOf(file)).removeAlpha().greyscale().resize(width, height, { fit: 'cover', kernel: 'lanczos3' }).raw().toBuffer({ resolveWithObject: true })
  return { width, height, values: Float32Array.from(data.subarray(0, width * height)) }
}

const pictureOf = (file: string): string | Buffer => (file.endsWith('.edj') ? largestJpeg(readFileSync(file)) : file)

/** The JPEG of most pixels that the bytes hold: each begins with its marker (ITU-T T.81 B.1.1.3), and what follows its end is not read. */
function largestJpeg(bytes: Buffer): Buffer {
  let [best, most] = [bytes, 0]
  for (let at = bytes.indexOf('ffd8ff', 0, 'hex'); at >= 0; at = bytes.indexOf('ffd8ff', at + 3, 'hex')) {
    const pixels = pixelsAt(bytes, at)
    if (pixels > most) [best, most] = [bytes.subarray(at), pixels]
  }
  return best
}

/** Walks the segments from the start of an image to its frame header; 0 where there is none. ITU-T T.81 B.2.2. */
function pixelsAt(bytes: Buffer, start: number): number {
  for (let at = start + 2; at + 9 < bytes.length && bytes[at] === 0xff; at += 2 + bytes.readUInt16BE(at + 2)) {
    const marker = bytes[at + 1]!
    if (marker >= 0xc0 && marker <= 0xc2) return bytes.readUInt16BE(at + 5) * bytes.readUInt16BE(at + 7)
    if (marker === 0xda) return 0
  }
  return 0
}
