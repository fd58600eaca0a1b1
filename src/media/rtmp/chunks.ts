// An RTMP message as chunks: Adobe RTMP 1.0, 5.3.1.
//
// type 0: | 0 2, chunk stream 6 | time 24 | length 24 | type 8 | message stream 32, little end first | time 32, if those 24 are all ones |
// type 3: | 3 2, chunk stream 6 | time 32, as above |

/** As our server announces it. */
export const chunkBytes = 0xffff
const headBytes = 12
const longTime = 0xff_ffff

export interface RtmpMessage {
  readonly type: number
  readonly chunkStream: number
  readonly payload: Buffer
}

/** The head of a message, for one player: its time and its message stream. */
export function messageHead({ type, chunkStream, payload }: RtmpMessage, ms: number, messageStream: number): Buffer {
  const time = ms >>> 0
  const isLong = time >= longTime
  const head = Buffer.allocUnsafe(headBytes + (isLong ? 4 : 0))
  head[0] = chunkStream
  head.writeUIntBE(isLong ? longTime : time, 1, 3)
  head.writeUIntBE(payload.length, 4, 3)
  head[7] = type
  head.writeUInt32LE(messageStream, 8)
  if (isLong) head.writeUInt32BE(time, headBytes)
  return head
}

/** What follows the head: the payload, cut up where it is long. The same for all players of the first four and a half hours. */
export function messageBody({ chunkStream, payload }: RtmpMessage, ms = 0): readonly Buffer[] {
  if (payload.length <= chunkBytes) return [payload]
  const time = ms >>> 0
  const mark = Buffer.alloc(time >= longTime ? 5 : 1)
  mark[0] = 0xc0 | chunkStream
  if (mark.length > 1) mark.writeUInt32BE(time, 1)
  const pieces: Buffer[] = []
  for (let at = 0; at < payload.length; at += chunkBytes) {
    if (at > 0) pieces.push(mark)
    pieces.push(payload.subarray(at, at + chunkBytes))
  }
  return pieces
}
