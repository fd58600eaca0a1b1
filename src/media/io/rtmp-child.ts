// The child process that serves RTMP players. It knows no camera and no permission: who may see what is asked of the parent, and what
// there is to see comes through a pipe. Whatever befalls it costs RTMP players and nobody else.
import { createServer, Socket, type AddressInfo } from 'node:net'
import logger from 'node-media-server/src/core/logger.js'
import { createFeedReader } from '../rtmp/feed-frames.ts'
import type { RtmpReport, RtmpRequest, RtmpSettings } from '../rtmp/messages.ts'
import { createRtmpFeed, type RtmpFeed } from './rtmp-feed.ts'
import { serveRtmpPlayer, type RtmpPlayer } from './rtmp-player.ts'

/** The fifth of its descriptors: stdin, stdout, stderr, messages, media. */
export const mediaDescriptor = 4
const aliveMs = 2_000

const say = (report: RtmpReport): void => void process.send?.(report)

const feeds = new Map<number, RtmpFeed>()
/** Those that asked and are not gone; `feed` once they were let in. */
const players = new Map<number, { readonly player: RtmpPlayer; feed?: number }>()
let lastPlayer = 0

/** A feed's first bytes and its first player may come in either order. */
function feedOf(id: number): RtmpFeed {
  const known = feeds.get(id)
  if (known) return known
  const feed = createRtmpFeed()
  feeds.set(id, feed)
  return feed
}

function serve(socket: Socket, { bounds }: RtmpSettings): void {
  const id = ++lastPlayer
  const player: RtmpPlayer = serveRtmpPlayer(socket, bounds, {
    onAsk: (ask) => {
      players.set(id, { player })
      say({ type: 'ask', player: id, from: player.from, ...ask })
    },
    onGone: (why, detail) => {
      const known = players.get(id)
      players.delete(id)
      if (known?.feed !== undefined) feeds.get(known.feed)?.leave(player)
      if (known) say({ type: 'gone', player: id, why, ...player.counts() })
      if (detail !== undefined) say({ type: 'shown-out', from: player.from, detail })
    },
  })
}

function endFeed(id: number, detail: string): void {
  const feed = feeds.get(id)
  feeds.delete(id)
  for (const player of feed?.players() ?? []) player.end('over', detail)
}

function begin(settings: RtmpSettings): void {
  const server = createServer((socket) => serve(socket, settings))
  server.maxConnections = settings.maxPlayers
  server.on('error', (error: NodeJS.ErrnoException) => {
    say({ type: 'unheard', code: error.code ?? '', detail: error.message })
    process.exitCode = 1
    process.disconnect()
  })
  server.listen({ host: settings.host, port: settings.port }, () => say({ type: 'ready', port: (server.address() as AddressInfo).port }))
  setInterval(() => say({ type: 'alive' }), aliveMs)

  const frames = createFeedReader()
  const pipe = new Socket({ fd: mediaDescriptor, readable: true, writable: false })
  pipe.on('data', (piece: Buffer) => {
    for (const { feed, payload } of frames.push(piece)) {
      if (payload.length > 0) feedOf(feed).push(payload)
      else endFeed(feed, 'the stream has ended')
    }
  })
}

function answer({ player: id, outcome }: Extract<RtmpRequest, { type: 'answer' }>): void {
  const known = players.get(id)
  if (!known) return
  if (!outcome.ok) return known.player.end('refused', outcome.detail)
  known.feed = outcome.feed
  known.player.admit()
  feedOf(outcome.feed).join(known.player)
}

// What node-media-server logs is for nobody: the parent logs what is told it.
logger.level = 'error'
// Ctrl-C reaches the whole process group; the parent decides when its children end. Nothing must keep an orphan alive.
process.on('SIGINT', () => {})
process.on('disconnect', () => process.exit())
process.on('message', (request: RtmpRequest) => {
  if (request.type === 'settings') begin(request)
  else if (request.type === 'answer') answer(request)
  else if (request.type === 'out') players.get(request.player)?.player.end('over', request.detail)
  else endFeed(request.feed, request.detail)
})
