// One connection of an RTMP player. The protocol is node-media-server's; what may come in, and what a player that does not read is
// sent, is decided here: it has no bounds of its own.
import type { Socket } from 'node:net'
import Rtmp, { type RtmpCommand } from 'node-media-server/src/protocol/rtmp.js'
import { createReader, type ReaderBounds } from '../reader.ts'
import { messageBody, messageHead, type RtmpMessage } from '../rtmp/chunks.ts'
import type { RtmpGone } from '../rtmp/messages.ts'
import type { FlvTag } from '../rtmp/tags.ts'

/** A tag as it goes to all players. */
export interface SharedMessage extends RtmpMessage {
  readonly ms: number
  readonly role: FlvTag['role']
  readonly body: readonly Buffer[]
}

export interface PlayerAsk {
  readonly app: string
  readonly name: string
  readonly query: Readonly<Record<string, string>>
}

export interface RtmpPlayer {
  readonly from: string
  /** It may: what is published from now on is sent. */
  readonly admit: () => void
  readonly send: (message: SharedMessage) => void
  readonly end: (why: RtmpGone, detail: string) => void
  readonly counts: () => { readonly delivered: number; readonly dropped: number; readonly bytes: number }
}

export interface RtmpPlayerEvents {
  readonly onAsk: (ask: PlayerAsk) => void
  /** Once, whoever ended it; `detail` where it was shown out. */
  readonly onGone: (why: RtmpGone, detail?: string) => void
}

/** From connecting to asking for a stream. */
const askMs = 10_000
/** A player sends commands and acknowledgements, none of them long. */
const maxMessage = 65_536
const maxChunkStreams = 16
const maxBeforePlay = 262_144
const maxName = 1_024
/** A message that says why the connection ends gets so long to leave. */
const farewellMs = 2_000
const streamEnd = 1

export function serveRtmpPlayer(socket: Socket, bounds: ReaderBounds, events: RtmpPlayerEvents): RtmpPlayer {
  const rtmp = new Rtmp()
  const reader = createReader(bounds)
  const from = socket.remoteAddress ?? ''
  let state: 'silent' | 'asked' | 'playing' | 'over' = 'silent'
  let received = 0
  let bytes = 0
  let messageStream = 0
  let zeroMs: number | undefined
  let isFlowing = false

  const over = (why: RtmpGone, detail?: string): void => {
    if (state === 'over') return
    state = 'over'
    clearTimeout(patience)
    events.onGone(why, detail)
  }
  const showOut = (detail: string): void => {
    over('refused', detail)
    socket.destroy()
  }
  const patience = setTimeout(() => showOut('it asked for nothing'), askMs)

  const { packetAlloc } = rtmp
  rtmp.packetAlloc = () => {
    if (rtmp.parserPacket.header.length > maxMessage || rtmp.inPackets.size > maxChunkStreams) throw new Error('no player sends such messages')
    packetAlloc.call(rtmp)
  }
  rtmp.onOutputCallback = (out) => {
    if (!socket.destroyed) socket.write(out)
  }
  rtmp.onPacketCallback = () => {}
  rtmp.onPlay = ({ streamName }: RtmpCommand) => {
    if (state !== 'silent') throw new Error('one connection plays one stream')
    if (typeof streamName !== 'string' || streamName.length > maxName || typeof rtmp.streamApp !== 'string') throw new Error('a stream without a name')
    messageStream = rtmp.parserPacket.header.stream_id
    state = 'asked'
    clearTimeout(patience)
    const [name = '', query = ''] = streamName.split(/\?(.*)/s)
    events.onAsk({ app: rtmp.streamApp.slice(0, maxName), name, query: Object.fromEntries(new URLSearchParams(query)) })
  }
  rtmp.onPublish = () => {
    farewell('error', 'NetStream.Publish.BadName', 'nothing is published here')
    over('refused', 'it wanted to publish')
  }
  rtmp.onDeleteStream = () => void socket.end()

  const farewell = (level: 'status' | 'error', code: string, description: string): void => {
    rtmp.sendStatusMessage(messageStream, level, code, description)
    socket.end()
    setTimeout(() => socket.destroy(), farewellMs).unref()
  }

  socket.setNoDelay(true)
  socket.setKeepAlive(true, 30_000)
  socket.on('error', () => {})
  socket.on('close', () => over('closed'))
  socket.on('data', (data: Buffer) => {
    if (state === 'over') return
    received += data.length
    try {
      if (state !== 'playing' && received > maxBeforePlay) throw new Error('too much before a stream was asked for')
      const trouble = rtmp.parserData(data)
      if (trouble !== null) throw new Error(trouble)
    } catch (error) {
      showOut(error instanceof Error ? error.message : 'no RTMP')
    }
  })

  const write = (message: SharedMessage): void => {
    const ms = Math.max(0, message.ms - (zeroMs ?? message.ms))
    const head = messageHead(message, ms, messageStream)
    // Beyond 24 bits of milliseconds the time stands before every chunk.
    const body = head.length === 12 ? message.body : messageBody(message, ms)
    socket.cork()
    socket.write(head)
    for (const piece of body) socket.write(piece)
    socket.uncork()
    bytes += head.length + message.payload.length
  }

  return {
    from,
    admit: () => {
      if (state !== 'asked') return
      state = 'playing'
      rtmp.streamId = messageStream
      rtmp.respondPlay()
    },
    send: (message) => {
      if (state !== 'playing' || socket.destroyed) return
      if (message.role === 'configuration') return write(message)
      if (message.role === 'sound') return isFlowing ? write(message) : undefined
      const decision = reader.decide({ isKeyframe: message.role === 'keyframe' }, socket.writableLength, Math.round(performance.now() * 1000))
      isFlowing = decision === 'deliver'
      if (isFlowing) {
        zeroMs ??= message.ms
        return write(message)
      }
      if (decision !== 'cut') return
      over('cut')
      socket.destroy()
    },
    end: (why, detail) => {
      if (state === 'over') return
      if (isFlowing) {
        rtmp.sendStreamStatus(streamEnd, messageStream)
        farewell('status', 'NetStream.Play.UnpublishNotify', detail)
      } else {
        farewell('error', 'NetStream.Play.Failed', detail)
      }
      over(why)
    },
    counts: () => ({ ...reader.counts(), bytes }),
  }
}
