// Recordings: what a device holds of a camera, and their playback and download as streams and files.
import { createReadStream } from 'node:fs'
import type { FastifyRequest } from 'fastify'
import { AppError } from '../base/index.ts'
import type { FlvSink } from '../media/index.ts'
import type { App } from './app.ts'
import { areaOfCode, cameraFor } from './areas.ts'
import { mayThere, note, sessionOf } from './auth.ts'
import { Binary } from './binary.ts'
import type { ApiDeps, FlvHandle } from './deps.ts'
import { addressesOf } from './live-addresses.ts'
import { sendFlv } from './live.ts'
import type { LiveTokens } from './live-token.ts'
import { sendFlvOverWebSocket } from './live-web-socket.ts'
import { IdParams, Playback, PlaybackControl, PlaybackCreate, PlaybackFlvQuery, PlaybackList, PlaybackOpened, PlaybackParams, RecordingList, RecordingsQuery } from './schema/index.ts'
import type { WebSockets } from './web-sockets.ts'

/** Ours: the longest span one query or one playback may ask for. */
const maxQueryMs = 31 * 86_400_000
const maxPlaybackMs = 24 * 3_600_000

export function playbackRoutes(app: App, { registry, playbacks, accounts }: ApiDeps, tokens: LiveTokens, webSockets: WebSockets): void {
  const found = async (request: FastifyRequest, id: string): Promise<Playback> => {
    const playback = playbacks.get(id)
    if (!playback || !mayThere(request, 'recordings.see', await areaOfCode(registry, playback.camera))) throw new AppError('not-found', `there is no playback ${id}`)
    request.audited = { subject: playback.camera, detail: id }
    return playback
  }
  /** Where it is watched, steered and fetched; nothing once it is over, but for its file. */
  const opened = (request: FastifyRequest, playback: Playback, path: string): PlaybackOpened => {
    const file = playback.kind === 'download' ? { fileUrl: `${path}/file` } : {}
    if (playback.end) return { ...playback, ...file }
    const control = { control: `${path}/control` }
    if (playback.kind === 'download') return { ...playback, ...control, ...file }
    const { token, expiresAtMs } = tokens.make(playback.id, sessionOf(request).account.name)
    const { flv, ws, h264, external } = addressesOf(request, { path, name: playback.id, query: {}, token }, {})
    return { ...playback, ...control, flv, ws, h264: { flv: h264.flv, ws: h264.ws }, external: { flv: external.flv, ws: external.ws }, expiresAtMs }
  }

  app.get(
    '/cameras/:id/recordings',
    {
      schema: { tags: ['recordings'], summary: 'What the device holds of a camera in a span of time', params: IdParams, querystring: RecordingsQuery, response: { 200: RecordingList } },
      config: { allow: 'recordings.see', audit: 'recordings.query' },
    },
    async (request) => {
      const { from, to, type = 'all' } = request.query
      const { id } = await cameraFor(request, registry, 'recordings.see', request.params.id)
      insistOnSpan(from, to, maxQueryMs)
      request.audited = { subject: id, detail: span(from, to) }
      return playbacks.recordings({ camera: id, fromMs: from, toMs: to, type })
    },
  )

  app.post(
    '/cameras/:id/playbacks',
    {
      schema: { tags: ['recordings'], summary: 'Play or download a recording', params: IdParams, body: PlaybackCreate, response: { 201: PlaybackOpened } },
      config: { allow: 'recordings.see', audit: 'playback.start' },
    },
    async (request, reply) => {
      const { from, to, kind, type = 'all', speed } = request.body
      const { id } = await cameraFor(request, registry, 'recordings.see', request.params.id)
      insistOnSpan(from, to, maxPlaybackMs)
      const playback = await playbacks.start({ camera: id, fromMs: from, toMs: to, kind, type, by: sessionOf(request).account.name, ...(speed === undefined ? {} : { speed }) })
      request.audited = { subject: id, detail: `${playback.id} ${kind} ${span(from, to)}` }
      const path = `${(request.url.split('?')[0] ?? '').replace(/\/cameras\/[^/]+\/playbacks$/, '/playbacks')}/${playback.id}`
      return reply.code(201).header('location', path).header('cache-control', 'no-store').send(opened(request, playback, path))
    },
  )

  app.get(
    '/playbacks',
    { schema: { tags: ['recordings'], summary: 'Playbacks and downloads, newest first', response: { 200: PlaybackList } }, config: { allow: 'recordings.see' } },
    async (request) => {
      const items: Playback[] = []
      for (const playback of playbacks.list()) if (mayThere(request, 'recordings.see', await areaOfCode(registry, playback.camera))) items.push(playback)
      return { items }
    },
  )

  app.get(
    '/playbacks/:id',
    { schema: { tags: ['recordings'], summary: 'One playback, where it is watched and how far it came', params: PlaybackParams, response: { 200: PlaybackOpened } }, config: { allow: 'recordings.see' } },
    async (request, reply) => {
      const playback = await found(request, request.params.id)
      void reply.header('cache-control', 'no-store')
      return opened(request, playback, request.url.split('?')[0] ?? '')
    },
  )

  app.get(
    '/playbacks/:id.flv',
    {
      schema: {
        tags: ['recordings'],
        summary: 'The recording as FLV, over HTTP or a WebSocket, from where it is played now',
        params: PlaybackParams,
        querystring: PlaybackFlvQuery,
        response: { 200: { description: 'FLV until the recording ends', content: { 'video/x-flv': { schema: Binary } } } },
      },
      config: { allow: 'recordings.see', takesLiveToken: true },
    },
    async (request, reply) => {
      const { id } = await found(request, request.params.id)
      await note(accounts, request, 'playback.view')
      const join = (open: () => FlvSink): FlvHandle => playbacks.serveFlv(id, open, { codec: request.query.codec, withSound: request.query.sound !== '0' })
      if (webSockets.isUpgrade(request)) await sendFlvOverWebSocket(webSockets, request, reply, join)
      else await sendFlv(request, reply, join)
      return reply
    },
  )

  app.post(
    '/playbacks/:id/control',
    {
      schema: { tags: ['recordings'], summary: 'Pause, resume, change speed, go elsewhere, play backwards', params: PlaybackParams, body: PlaybackControl, response: { 200: Playback } },
      config: { allow: 'recordings.see', audit: 'playback.control' },
    },
    async (request) => {
      const { id } = await found(request, request.params.id)
      request.audited = { subject: request.audited?.subject ?? '', detail: `${id} ${JSON.stringify(request.body)}` }
      return playbacks.control(id, request.body)
    },
  )

  app.delete(
    '/playbacks/:id',
    { schema: { tags: ['recordings'], summary: 'End a playback; of one that is over, remove it and its file', params: PlaybackParams, response: { 200: Playback } }, config: { allow: 'recordings.see', audit: 'playback.stop' } },
    async (request) => {
      const { id } = await found(request, request.params.id)
      return playbacks.stop(id)
    },
  )

  app.get(
    '/playbacks/:id/file',
    {
      schema: {
        tags: ['recordings'],
        summary: 'What a download has brought, once it is over; the header X-Partial says why where it is not the whole',
        params: PlaybackParams,
        response: { 200: { description: 'FLV', content: { 'video/x-flv': { schema: Binary } } } },
      },
      config: { allow: 'recordings.see', audit: 'playback.file' },
    },
    async (request, reply) => {
      const playback = await found(request, request.params.id)
      const file = playbacks.file(playback.id)
      if (!file) {
        if (playback.kind === 'download' && !playback.end) throw new AppError('conflict', 'the download is not over yet: its state says how far it came')
        throw new AppError('not-found', `playback ${playback.id} has no file`)
      }
      const name = `${playback.camera}-${playback.fromMs}-${playback.toMs}${file.isWhole ? '' : '-partial'}.flv`
      if (!file.isWhole) void reply.header('x-partial', encodeURIComponent(file.partialBecause ?? ''))
      return reply.type('video/x-flv').header('content-length', file.bytes).header('content-disposition', `attachment; filename="${name}"`).send(createReadStream(file.path, { end: Math.max(0, file.bytes - 1) }))
    },
  )
}

function insistOnSpan(fromMs: number, toMs: number, limitMs: number): void {
  if (!(toMs > fromMs)) throw new AppError('request.invalid', '`to` must lie after `from`')
  if (toMs - fromMs > limitMs) throw new AppError('request.invalid', `at most ${limitMs / 3_600_000} hours at once`)
}

const span = (fromMs: number, toMs: number): string => `${new Date(fromMs).toISOString()}/${new Date(toMs).toISOString()}`
