// Sound in RTP: payloads in order to frames. G.711: RFC 3551 4.5.14; AAC: RFC 3640 3.2, 3.3 (mpeg4-generic), RFC 6416 4 (LATM).
import type { AudioFormat, RtpAudioFrame, AuHeaderShape } from './track.ts'

export interface AudioDepacketizer {
  /** One payload in order; `timestamp` unwrapped, of its first frame. */
  readonly push: (payload: Buffer, timestamp: number, hasMarker: boolean, atUs: number) => readonly RtpAudioFrame[]
  /** Payloads are missing here: what was begun is dropped. */
  readonly gap: () => void
}

/** Samples of one AAC access unit. ISO/IEC 14496-3 4.5.1.1; cameras do not use the 960 of broadcast. */
export const aacSamples = 1024
/** Ours: an AAC access unit has 8191 bytes at most in ADTS, 6144 bits a channel by the standard. */
const maxUnitBytes = 8192
const maxUnits = 64
const nothing: readonly RtpAudioFrame[] = []

export function createAudioDepacketizer(format: AudioFormat): AudioDepacketizer {
  const { codec, clockRate, channels } = format
  const frame = (bytes: Buffer, pts: number, receivedUs: number): RtpAudioFrame => ({ codec, pts, clockRate, channels, ...(format.codec === 'aac' && { config: format.config }), bytes: Buffer.from(bytes), receivedUs })
  let parts: Buffer[] = []
  let begunAt = 0

  const drop = (): void => {
    parts = []
  }
  /** A payload that is all, or a part, of one frame: whole when `isLast`. */
  const join = (bytes: Buffer, timestamp: number, isLast: boolean, atUs: number): readonly RtpAudioFrame[] => {
    if (parts.length > 0 && timestamp !== begunAt) drop()
    begunAt = timestamp
    parts.push(Buffer.from(bytes))
    const size = parts.reduce((sum, part) => sum + part.length, 0)
    if (size > maxUnitBytes * 4) drop()
    if (!isLast || parts.length === 0) return nothing
    const whole = Buffer.concat(parts)
    drop()
    return [frame(whole, timestamp, atUs)]
  }
  const generic = (shape: AuHeaderShape, payload: Buffer, timestamp: number, hasMarker: boolean, atUs: number): readonly RtpAudioFrame[] => {
    const read = readUnits(shape, payload)
    if (!read) return nothing
    const [first] = read.sizes
    const data = payload.subarray(read.at)
    // One header, and more bytes than this packet holds: a part of a large unit; the last part carries the marker.
    if (read.sizes.length === 1 && first !== undefined && (first > data.length || parts.length > 0)) return join(data, timestamp, hasMarker, atUs)
    drop()
    const frames: RtpAudioFrame[] = []
    let at = 0
    for (const [index, size] of read.sizes.entries()) {
      if (size === 0 || at + size > data.length) break
      frames.push(frame(data.subarray(at, at + size), timestamp + index * aacSamples, atUs))
      at += size
    }
    return frames
  }
  const latm = (whole: RtpAudioFrame): readonly RtpAudioFrame[] => {
    const frames: RtpAudioFrame[] = []
    for (let at = 0; at < whole.bytes.length && frames.length < maxUnits; ) {
      // PayloadLengthInfo: bytes of 255 go on, another one ends it.
      let size = 0
      while (whole.bytes[at] === 255) {
        size += 255
        at++
      }
      size += whole.bytes[at] ?? 0
      at++
      if (size === 0 || at + size > whole.bytes.length) break
      frames.push({ ...whole, pts: whole.pts + frames.length * aacSamples, bytes: whole.bytes.subarray(at, at + size) })
      at += size
    }
    return frames
  }
  return {
    push: (payload, timestamp, hasMarker, atUs) => {
      if (payload.length === 0) return nothing
      if (format.codec !== 'aac') return [frame(payload, timestamp, atUs)]
      if (format.payload.kind === 'generic') return generic(format.payload.headers, payload, timestamp, hasMarker, atUs)
      return join(payload, timestamp, hasMarker, atUs).flatMap(latm)
    },
    gap: drop,
  }
}

// AU-headers-length 16, in bits | AU headers: size, index (first) or index delta, then what `fmtp` switched on | auxiliary section | data
/** Sizes of the units and where they begin; undefined where the headers reach past the packet. */
function readUnits(shape: AuHeaderShape, payload: Buffer): { readonly sizes: readonly number[]; readonly at: number } | undefined {
  const headerBits = bitsOf(shape)
  if (headerBits === 0 && shape.auxiliarySizeLength === 0) {
    const size = shape.constantSize
    const count = size === 0 ? 1 : Math.min(maxUnits, Math.floor(payload.length / size))
    return { sizes: Array.from({ length: count }, () => (size === 0 ? payload.length : size)), at: 0 }
  }
  if (payload.length < 2) return undefined
  const sectionBits = headerBits === 0 ? 0 : payload.readUInt16BE(0)
  let at = headerBits === 0 ? 0 : 16
  const end = at + sectionBits
  if (end > payload.length * 8) return undefined
  const take = (bits: number): number => {
    let value = 0
    for (let taken = 0; taken < bits; taken++, at++) value = value * 2 + (((payload[at >> 3] ?? 0) >> (7 - (at & 7))) & 1)
    return value
  }
  const sizes: number[] = []
  while (at < end && sizes.length < maxUnits) {
    const size = take(shape.sizeLength)
    take(sizes.length === 0 ? shape.indexLength : shape.indexDeltaLength)
    if (shape.ctsDeltaLength > 0 && take(1) === 1) take(shape.ctsDeltaLength)
    if (shape.dtsDeltaLength > 0 && take(1) === 1) take(shape.dtsDeltaLength)
    take((shape.hasRandomAccess ? 1 : 0) + shape.streamStateLength)
    if (at > end) break
    sizes.push(shape.constantSize > 0 ? shape.constantSize : size)
  }
  at = Math.ceil(end / 8) * 8
  if (shape.auxiliarySizeLength > 0) {
    const auxiliary = take(shape.auxiliarySizeLength)
    at = Math.ceil((at + auxiliary) / 8) * 8
  }
  return at > payload.length * 8 ? undefined : { sizes, at: at / 8 }
}

const bitsOf = (shape: AuHeaderShape): number =>
  shape.sizeLength + shape.indexLength + shape.indexDeltaLength + shape.ctsDeltaLength + shape.dtsDeltaLength + (shape.hasRandomAccess ? 1 : 0) + shape.streamStateLength
