// An RTMP player for tests, written from the specification alone (Adobe RTMP 1.0): it asks, reads messages, and can stop reading.
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'

export interface PlayedMessage {
  readonly type: number
  readonly ms: number
  readonly messageStream: number
  readonly payload: Buffer
}

export interface ScriptedPlayer {
  readonly socket: Socket
  readonly messages: PlayedMessage[]
  /** Codes of the status messages that came. */
  readonly codes: () => readonly string[]
  readonly media: () => readonly PlayedMessage[]
  readonly isClosed: () => boolean
  readonly send: (type: number, payload: Buffer, messageStream?: number) => void
}

const text = (value: string): Buffer => Buffer.concat([Buffer.from([2, value.length >> 8, value.length & 255]), Buffer.from(value)])
const number = (value: number): Buffer => {
  const bytes = Buffer.alloc(9)
  bytes.writeDoubleBE(value, 1)
  return bytes
}
const key = (value: string): Buffer => text(value).subarray(1)
const none = Buffer.from([5])
const object = (fields: Readonly<Record<string, string>>): Buffer => Buffer.concat([Buffer.from([3]), ...Object.entries(fields).flatMap(([name, value]) => [key(name), text(value)]), Buffer.from([0, 0, 9])])
export const command = (name: string, transaction: number, ...rest: readonly Buffer[]): Buffer => Buffer.concat([text(name), number(transaction), ...rest])
export const amf = { text, number, none, object }

/** Shakes hands, connects, makes a stream, and plays (or publishes) `name`. */
export async function playRtmp(port: number, name: string, verb: 'play' | 'publish' = 'play'): Promise<ScriptedPlayer> {
  const socket = connect(port, '127.0.0.1')
  let isClosed = false
  socket.on('error', () => {})
  socket.on('close', () => (isClosed = true))
  await once(socket, 'connect')
  const messages: PlayedMessage[] = []
  const send = (type: number, payload: Buffer, messageStream = 0): void => {
    const head = Buffer.alloc(12)
    head[0] = 3
    head.writeUIntBE(payload.length, 4, 3)
    head[7] = type
    head.writeUInt32LE(messageStream, 8)
    const pieces: Buffer[] = [head]
    for (let at = 0; at < payload.length; at += 128) pieces.push(...(at > 0 ? [Buffer.from([0xc3])] : []), payload.subarray(at, at + 128))
    socket.write(Buffer.concat(pieces))
  }
  let bytes = Buffer.alloc(0)
  let isShaken = false
  let chunkBytes = 128
  const partial = new Map<number, { type: number; ms: number; messageStream: number; length: number; isLong: boolean; parts: Buffer[]; held: number }>()

  /** One chunk from the front, or false where more must come first. */
  const takeChunk = (): boolean => {
    const first = bytes[0]
    if (first === undefined) return false
    const id = first & 0x3f
    let at = 1
    if (first >> 6 === 0) {
      if (bytes.length < 12) return false
      const isLong = bytes.readUIntBE(1, 3) === 0xff_ffff
      if (isLong && bytes.length < 16) return false
      partial.set(id, { ms: isLong ? bytes.readUInt32BE(12) : bytes.readUIntBE(1, 3), length: bytes.readUIntBE(4, 3), type: bytes[7] ?? 0, messageStream: bytes.readUInt32LE(8), isLong, parts: [], held: 0 })
      at = isLong ? 16 : 12
    } else if (first >> 6 === 3) {
      if (partial.get(id)?.isLong === true) at += 4
    } else throw new Error(`chunk type ${first >> 6}`)
    const message = partial.get(id)
    if (!message) throw new Error('a chunk of no message')
    const size = Math.min(chunkBytes, message.length - message.held)
    if (bytes.length < at + size) {
      if (first >> 6 === 0) partial.delete(id)
      return false
    }
    message.parts.push(bytes.subarray(at, at + size))
    message.held += size
    bytes = bytes.subarray(at + size)
    if (message.held === message.length) {
      partial.delete(id)
      const payload = Buffer.concat(message.parts)
      if (message.type === 1) chunkBytes = payload.readUInt32BE(0)
      messages.push({ type: message.type, ms: message.ms, messageStream: message.messageStream, payload })
    }
    return true
  }
  socket.on('data', (data: Buffer) => {
    bytes = Buffer.concat([bytes, data])
    if (!isShaken) {
      if (bytes.length < 3073) return
      socket.write(bytes.subarray(1, 1537))
      bytes = bytes.subarray(3073)
      isShaken = true
      send(20, command('connect', 1, object({ app: 'live', tcUrl: `rtmp://127.0.0.1:${port}/live` })))
      send(20, command('createStream', 2, none))
      send(20, command(verb, 0, none, text(name), ...(verb === 'publish' ? [text('live')] : [])), 1)
    }
    while (takeChunk());
  })
  socket.write(Buffer.concat([Buffer.from([3]), Buffer.alloc(1536, 1)]))
  return {
    socket,
    messages,
    codes: () => messages.filter(({ type }) => type === 20).flatMap(({ payload }) => /Net\w+\.[\w.]+/.exec(payload.toString('latin1'))?.[0] ?? []),
    media: () => messages.filter(({ type }) => type === 8 || type === 9),
    isClosed: () => isClosed,
    send,
  }
}
