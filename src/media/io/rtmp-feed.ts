// One stream for its RTMP players: keeps its GOP, so that a newcomer starts at once, and gives each message to all.
import { messageBody } from '../rtmp/chunks.ts'
import { metadataOf } from '../rtmp/metadata.ts'
import { createTagReader, flvTypes, type FlvTag } from '../rtmp/tags.ts'
import type { RtmpPlayer, SharedMessage } from './rtmp-player.ts'

export interface RtmpFeed {
  readonly push: (flv: Buffer) => void
  /** Sends what a newcomer needs, then what comes. */
  readonly join: (player: RtmpPlayer) => void
  readonly leave: (player: RtmpPlayer) => void
  readonly players: () => readonly RtmpPlayer[]
}

/** As for the stream itself: 20 s of 25 pictures a second, sound beside them. */
const maxKept = 1_500
const maxKeptBytes = 16 * 1024 * 1024
const chunkStreams: Readonly<Record<number, number>> = { [flvTypes.audio]: 4, [flvTypes.video]: 5, [flvTypes.script]: 6 }

export function createRtmpFeed(): RtmpFeed {
  const reader = createTagReader()
  const players = new Set<RtmpPlayer>()
  /** The latest of each type of tag. */
  const configurations = new Map<number, SharedMessage>()
  let gop: SharedMessage[] = []
  let gopBytes = 0

  const keep = (message: SharedMessage): void => {
    if (message.role === 'configuration') return void configurations.set(message.type, message)
    if (message.role === 'keyframe') {
      gop = []
      gopBytes = 0
    } else if (gop.length === 0) return
    gop.push(message)
    gopBytes += message.payload.length
    if (gop.length > maxKept || gopBytes > maxKeptBytes) gop = []
  }
  const give = (tag: FlvTag): void => {
    const message = share(tag)
    keep(message)
    for (const player of [...players]) player.send(message)
  }
  return {
    push: (flv) => {
      for (const tag of reader.push(flv)) {
        if (tag.type === flvTypes.video && tag.role === 'configuration') give({ type: flvTypes.script, ms: tag.ms, role: 'configuration', body: metadataOf(tag, { hasAudio: reader.hasAudio() }) })
        give(tag)
      }
    },
    join: (player) => {
      for (const message of [...configurations.values(), ...gop]) player.send(message)
      players.add(player)
    },
    leave: (player) => void players.delete(player),
    players: () => [...players],
  }
}

function share({ type, ms, body, role }: FlvTag): SharedMessage {
  const message = { type, chunkStream: chunkStreams[type] ?? 6, payload: body }
  return { ...message, ms, role, body: messageBody(message) }
}
