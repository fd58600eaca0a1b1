// Width and height of a JPEG, from its frame header. ISO/IEC 10918-1 B.2.2.

/** Undefined for what is no JPEG, or is cut before its frame header. */
export function jpegSize(jpeg: Buffer): { readonly width: number; readonly height: number } | undefined {
  if (jpeg.length < 4 || jpeg.readUInt16BE(0) !== 0xffd8) return undefined
  let at = 2
  while (at + 9 <= jpeg.length && jpeg[at] === 0xff) {
    const marker = jpeg[at + 1] ?? 0
    const isFrame = marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker)
    if (isFrame) {
      const [height, width] = [jpeg.readUInt16BE(at + 5), jpeg.readUInt16BE(at + 7)]
      return width > 0 && height > 0 ? { width, height } : undefined
    }
    at += 2 + Math.max(2, jpeg.readUInt16BE(at + 2))
  }
  return undefined
}
