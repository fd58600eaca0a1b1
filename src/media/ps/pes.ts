// PES packet header. ISO/IEC 13818-1 2.4.3.6; the older form of ISO/IEC 11172-1 2.4.3.3 is read too.

export interface PesHeader {
  /** 33 bits, 90 kHz; absent where the header carries none. */
  readonly pts90k?: number
  /** Where the payload begins, counted from the start code. */
  readonly payloadAt: number
}

/** PES_packet_length is two bytes. */
export const maxPesLength = 0xffff
/** Header after PES_packet_length, with a PTS and without more. */
const ptsHeaderBytes = 8
/** Payload of one PES packet that carries a PTS. */
export const maxPesPayload = maxPesLength - ptsHeaderBytes
const maxMpeg1Stuffing = 16

// 0010 PTS[32..30] 1 | PTS[29..22] | PTS[21..15] 1 | PTS[14..7] | PTS[6..0] 1
export const readPts = (data: Buffer, at: number): number =>
  ((data.readUInt8(at) >> 1) & 0x07) * 2 ** 30 + (data.readUInt8(at + 1) << 22) + ((data.readUInt8(at + 2) >> 1) << 15) + (data.readUInt8(at + 3) << 7) + (data.readUInt8(at + 4) >> 1)

const isPts = (data: Buffer, at: number): boolean => data.length >= at + 5 && ((data[at] ?? 0) & 0xe1) === 0x21 && ((data[at + 2] ?? 0) & 1) === 1 && ((data[at + 4] ?? 0) & 1) === 1

/**
 * Reads the header of the PES packet whose start code stands at `at`. `end` is where the packet ends, Infinity when its length
 * is 0. Returns 'more' while the header is not whole, 'broken' when it cannot be one.
 */
export function parsePesHeader(data: Buffer, at: number, end: number): PesHeader | 'more' | 'broken' {
  if (end < at + 9) return { payloadAt: end - at }
  if (data.length < at + 9) return 'more'
  if (data.readUInt8(at + 6) >> 6 !== 2) return parseMpeg1(data, at, end)
  // 10 scrambling 2, priority, alignment, copyright, original | PTS_DTS_flags 2, six flags | header length 8
  const payloadAt = 9 + data.readUInt8(at + 8)
  if (at + payloadAt > end) return 'broken'
  if (data.length < at + payloadAt) return 'more'
  // Interop: a length that is one short (Q90) leaves the PTS where it is, and it tells itself by its marker bits.
  const hasPts = data.readUInt8(at + 7) & 0x80 && (payloadAt >= 14 || (payloadAt === 13 && isPts(data, at + 9)))
  return hasPts ? { pts90k: readPts(data, at + 9), payloadAt } : { payloadAt }
}

/** Up to 16 bytes FF, then optionally 01 and a buffer size, then 0010 PTS, 0011 PTS and DTS, or 0F. */
function parseMpeg1(data: Buffer, at: number, end: number): PesHeader | 'more' | 'broken' {
  const lookahead = Math.min(end, at + 6 + maxMpeg1Stuffing + 2 + 10)
  if (data.length < lookahead) return 'more'
  let p = at + 6
  while (p < lookahead && data[p] === 0xff) p++
  if (p < lookahead && data.readUInt8(p) >> 6 === 1) p += 2
  if (p >= lookahead) return 'broken'
  const kind = data.readUInt8(p)
  if (kind === 0x0f) return { payloadAt: p + 1 - at }
  const size = kind >> 4 === 2 ? 5 : kind >> 4 === 3 ? 10 : 0
  if (size === 0 || p + size > lookahead) return 'broken'
  return { pts90k: readPts(data, p), payloadAt: p + size - at }
}

/** One packet with its PTS; `payload` is at most `maxPesPayload` bytes. */
export function writePes(streamId: number, pts90k: number, payload: Buffer): Buffer {
  const packet = Buffer.allocUnsafe(6 + ptsHeaderBytes + payload.length)
  packet.writeUInt32BE(0x100 | streamId, 0)
  packet.writeUInt16BE(ptsHeaderBytes + payload.length, 4)
  packet[6] = 0x80
  packet[7] = 0x80
  packet[8] = 5
  const high = Math.floor(pts90k / 2 ** 30) & 0x07
  packet[9] = 0x21 | (high << 1)
  packet[10] = (pts90k >>> 22) & 0xff
  packet[11] = 0x01 | ((pts90k >>> 14) & 0xfe)
  packet[12] = (pts90k >>> 7) & 0xff
  packet[13] = 0x01 | ((pts90k << 1) & 0xfe)
  payload.copy(packet, 14)
  return packet
}
