// One RTSP connection cut into what stands on it: messages, and `$` frames of interleaved media between them. RFC 2326 10.12.
import { ParseError } from '../../base/index.ts'
import { bodyLengthOf, endOfHead, maxHeadBytes } from './message.ts'

/** `frames`: one or more whole interleaved frames, headers included. `noise`: neither; with the rest it is every byte that came, in order. */
export interface RtspPiece {
  readonly type: 'message' | 'frames' | 'noise'
  readonly bytes: Buffer
}

export interface InterleavedFrame {
  readonly channel: number
  readonly packet: Buffer
}

export interface RtspFramer {
  /** What is whole by now; views of the chunk where it holds them whole. Holds a head of 64 KiB and a body of 1 MiB at most. */
  readonly push: (chunk: Buffer) => readonly RtspPiece[]
  readonly stats: () => { readonly resynchronisations: number; readonly noiseBytes: number; readonly heldBytes: number }
}

const dollar = 0x24
const frameHeaderBytes = 4
/** Ours: channels of one connection; a session has two for each track. */
const maxChannels = 32

/** Frames one behind the other, as `frames` pieces hold them; a part at the end is left out. */
export function splitFrames(bytes: Buffer): readonly InterleavedFrame[] {
  const frames: InterleavedFrame[] = []
  for (let at = 0; at + frameHeaderBytes <= bytes.length && bytes[at] === dollar; ) {
    const end = at + frameHeaderBytes + bytes.readUInt16BE(at + 2)
    if (end > bytes.length) break
    frames.push({ channel: bytes.readUInt8(at + 1), packet: bytes.subarray(at + frameHeaderBytes, end) })
    at = end
  }
  return frames
}

/** `$`, channel, two bytes of length, then the packet. */
export function writeFrame(channel: number, packet: Buffer): Buffer {
  const frame = Buffer.allocUnsafe(frameHeaderBytes + packet.length)
  frame.writeUInt8(dollar, 0)
  frame.writeUInt8(channel, 1)
  frame.writeUInt16BE(packet.length, 2)
  packet.copy(frame, frameHeaderBytes)
  return frame
}

/** What stands at a place: a piece of so many bytes, nothing that we know, or too few bytes to say. */
type Look = { readonly type: 'message' | 'frames'; readonly end: number } | 'broken' | 'more'

export function createRtspFramer(): RtspFramer {
  const channels = new Set<number>()
  let rest: Buffer = Buffer.alloc(0)
  let isLost = false
  let resynchronisations = 0
  let noiseBytes = 0

  const look = (data: Buffer, at: number): Look => {
    const first = data[at]
    if (first === undefined) return 'more'
    return first === dollar ? lookFrame(data, at) : isLetter(first) ? lookMessage(data, at) : 'broken'
  }
  /** Version 2 stands at the head of RTP and RTCP alike. While lost, a frame must be of a known channel and have another piece right behind it. */
  const lookFrame = (data: Buffer, at: number): Look => {
    if (data.length < at + frameHeaderBytes) return 'more'
    const channel = data.readUInt8(at + 1)
    const length = data.readUInt16BE(at + 2)
    const end = at + frameHeaderBytes + length
    if (!channels.has(channel) && (channels.size >= maxChannels || isLost) && channels.size > 0) return 'broken'
    if (length > 0 && data.length > at + frameHeaderBytes && ((data[at + frameHeaderBytes] ?? 0) & 0xc0) !== 0x80) return 'broken'
    if (end > data.length || (isLost && end === data.length)) return 'more'
    return isLost && !mayBegin(data, end) ? 'broken' : { type: 'frames', end }
  }
  const lookMessage = (data: Buffer, at: number): Look => {
    const doubt = startLine(data, at)
    if (doubt !== 'start') return doubt
    const end = endOfHead(data.subarray(0, at + maxHeadBytes), at)
    if (end === -1) return data.length - at >= maxHeadBytes ? 'broken' : 'more'
    const length = announced(data.subarray(at, end))
    if (length === undefined) return 'broken'
    return end + length > data.length ? 'more' : { type: 'message', end: end + length }
  }

  const push = (chunk: Buffer): readonly RtspPiece[] => {
    const data = rest.length === 0 ? chunk : Buffer.concat([rest, chunk])
    const pieces: RtspPiece[] = []
    let at = 0
    /** A piece that may still grow: frames after frames, noise after noise. */
    let open: { readonly type: 'frames' | 'noise'; readonly from: number } | undefined
    const close = (): void => {
      if (open) pieces.push({ type: open.type, bytes: data.subarray(open.from, at) })
      open = undefined
    }
    const grow = (type: 'frames' | 'noise', end: number): void => {
      if (open?.type !== type) close()
      open ??= { type, from: at }
      at = end
    }
    while (at < data.length) {
      const seen = look(data, at)
      if (seen === 'more') break
      if (seen === 'broken') {
        const isBlank = data[at] === 0x0d || data[at] === 0x0a
        if (!isBlank && !isLost) resynchronisations++
        if (!isBlank) isLost = true
        noiseBytes++
        grow('noise', at + 1)
      } else if (seen.type === 'frames') {
        channels.add(data.readUInt8(at + 1))
        isLost = false
        grow('frames', seen.end)
      } else {
        close()
        pieces.push({ type: 'message', bytes: data.subarray(at, seen.end) })
        at = seen.end
        isLost = false
      }
    }
    close()
    rest = data.subarray(at)
    return pieces
  }
  return { push, stats: () => ({ resynchronisations, noiseBytes, heldBytes: rest.length }) }
}

const isLetter = (byte: number): boolean => (byte >= 0x41 && byte <= 0x5a) || (byte >= 0x61 && byte <= 0x7a)
/** Cheap: whether a piece may begin with this byte; blank lines between messages are no damage. */
const mayBegin = (data: Buffer, at: number): boolean => [dollar, 0x0d, 0x0a].includes(data[at] ?? 0) || isLetter(data[at] ?? 0)

/** A response begins with `RTSP/`, a request with a method, a space and a URI of RTSP or `*`. */
function startLine(data: Buffer, at: number): 'start' | 'more' | 'broken' {
  const text = data.toString('latin1', at, at + 48)
  if (/^RTSP\//i.test(text) || /^[A-Za-z_]{1,32} +(?:rtsps?:|\*|\/)/i.test(text)) return 'start'
  const mayGrow = data.length - at < 48 && (/^[A-Za-z_]{1,32}(?: +[a-z]{0,5})?$/i.test(text) || 'RTSP/'.startsWith(text.toUpperCase()))
  return mayGrow ? 'more' : 'broken'
}

function announced(head: Buffer): number | undefined {
  try {
    return bodyLengthOf(head)
  } catch (error) {
    if (error instanceof ParseError) return undefined
    throw error
  }
}
