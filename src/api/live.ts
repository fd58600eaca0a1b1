// Live views: figures of every stream, the addresses of one, and the stream itself as FLV over HTTP or a WebSocket.
import type { FastifyReply, FastifyRequest } from 'fastify'
import { parseStreamKey, streamKey, socketSink, type FlvSink } from '../media/index.ts'
import type { App } from './app.ts'
import { areaOfCode, cameraFor } from './areas.ts'
import { mayThere, note, sessionOf } from './auth.ts'
import { Binary } from './binary.ts'
import type { ApiDeps, FlvHandle } from './deps.ts'
import { UnreachableError } from './errors.ts'
import { addressesOf } from './live-addresses.ts'
import type { LiveTokens } from './live-token.ts'
import { sendFlvOverWebSocket } from './live-web-socket.ts'
import { CameraParams, LiveAddresses, LiveFlvQuery, LiveStreamQuery, LiveViewQuery, StreamList, type StreamFigures, type TranscodeFigures } from './schema/index.ts'
import type { WebSockets } from './web-sockets.ts'

export function liveRoutes(app: App, { registry, relays, transcodes, playbacks, serveFlv, snapshot, accounts, ways }: ApiDeps, liveTokens: LiveTokens, webSockets: WebSockets): void {
  /** Versions of live streams go by the camera's key, those of recordings by the playback's id. */
  const versionOf = (key: string): Pick<TranscodeFigures, 'camera' | 'stream' | 'playback'> => {
    const playback = playbacks.get(key)
    return playback ? { camera: playback.camera, stream: 'main', playback: playback.id } : parseStreamKey(key)
  }

  app.get(
    '/live',
    { schema: { tags: ['live'], summary: 'Every stream with its figures', response: { 200: StreamList } }, config: { allow: 'live.view' } },
    async (request) => {
      const items: StreamFigures[] = []
      for (const figures of relays.list()) {
        if (mayThere(request, 'live.view', await areaOfCode(registry, figures.camera))) items.push(figures)
      }
      const made: TranscodeFigures[] = []
      for (const { key, ...figures } of transcodes?.() ?? []) {
        const of = versionOf(key)
        if (mayThere(request, 'live.view', await areaOfCode(registry, of.camera))) made.push({ ...of, ...figures })
      }
      return { items, transcodes: made }
    },
  )

  app.get(
    '/live/:camera',
    { schema: { tags: ['live'], summary: 'Where one camera is watched', params: CameraParams, querystring: LiveStreamQuery, response: { 200: LiveAddresses } }, config: { allow: 'live.view' } },
    async (request, reply) => {
      const { id } = await cameraFor(request, registry, 'live.view', request.params.camera)
      const { token, expiresAtMs } = liveTokens.make(id, sessionOf(request).account.name)
      const path = request.url.split('?')[0] ?? ''
      const { stream: name = 'main' } = request.query
      const stream = relays.list().find((figures) => figures.camera === id && figures.stream === name)
      void reply.header('cache-control', 'no-store')
      return {
        camera: id,
        ...addressesOf(request, { path, name: id, query: name === 'main' ? {} : { stream: name }, token }, ways?.() ?? {}),
        expiresAtMs,
        ...(stream ? { stream } : {}),
      }
    },
  )

  app.get(
    '/live/:camera.flv',
    {
      schema: {
        tags: ['live'],
        summary: 'The stream as FLV, over HTTP or a WebSocket, for as long as the client stays',
        params: CameraParams,
        querystring: LiveFlvQuery,
        response: { 200: { description: 'FLV without end', content: { 'video/x-flv': { schema: Binary } } } },
      },
      config: { allow: 'live.view', takesLiveToken: true },
    },
    async (request, reply) => {
      const { id } = await cameraFor(request, registry, 'live.view', request.params.camera)
      request.audited = { subject: id }
      await note(accounts, request, 'live.view')
      const { stream, codec, sound } = request.query
      const join = (open: () => FlvSink): FlvHandle => serveFlv(streamKey(id, stream), open, { codec, withSound: sound !== '0' })
      if (webSockets.isUpgrade(request)) await sendFlvOverWebSocket(webSockets, request, reply, join)
      else await sendFlv(request, reply, join)
      return reply
    },
  )

  app.get(
    '/live/:camera.jpg',
    {
      schema: {
        tags: ['live'],
        summary: 'A picture of now; the header X-Taken-At says of when',
        params: CameraParams,
        querystring: LiveViewQuery,
        response: { 200: { description: 'JPEG', content: { 'image/jpeg': { schema: Binary } } } },
      },
      config: { allow: 'live.view', takesLiveToken: true, audit: 'live.snapshot' },
    },
    async (request, reply) => {
      const { id } = await cameraFor(request, registry, 'live.view', request.params.camera)
      request.audited = { subject: id }
      const { jpeg, takenAtMs } = await snapshot(streamKey(id, request.query.stream))
      return reply.type('image/jpeg').header('cache-control', 'no-store').header('x-taken-at', new Date(takenAtMs).toISOString()).send(jpeg)
    },
  )
}

/** Joins first: until the stream is live a failure is an answer with its reason. From then on the socket belongs to the stream. */
export async function sendFlv(request: FastifyRequest, reply: FastifyReply, join: (open: () => FlvSink) => FlvHandle): Promise<void> {
  const { raw } = reply
  const handle = join(() => {
    reply.hijack()
    request.socket.setNoDelay(true)
    // The body ends with the connection: each picture is one write to the socket, without the frame of a chunk around it.
    raw.useChunkedEncodingByDefault = false
    raw.writeHead(200, { ...(reply.getHeaders() as Record<string, string>), 'content-type': 'video/x-flv', 'cache-control': 'no-store', 'x-accel-buffering': 'no' })
    raw.flushHeaders()
    return socketSink(request.socket)
  })
  raw.once('close', handle.close)
  if (raw.destroyed) handle.close()
  const joined = await handle.joined
  if (!joined.ok && !reply.sent) throw new UnreachableError(joined)
}
