// WebSockets on the routes of the application: an upgrade request passes the same hooks as any other, then its handler takes the socket.
import { ServerResponse, type IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { WebSocketServer, type WebSocket } from 'ws'
import { AppError, type Cancel, type Clock } from '../base/index.ts'
import type { App } from './app.ts'
import { problemOf } from './errors.ts'

export interface OpenWebSocket {
  readonly ws: WebSocket
  readonly socket: Duplex
}

export interface WebSockets {
  readonly isUpgrade: (request: FastifyRequest) => boolean
  /** Answers 101; from then on the socket is the caller's, and the route must not answer any more. */
  readonly accept: (request: FastifyRequest, reply: FastifyReply) => Promise<OpenWebSocket>
}

/** A viewer has nothing to say. */
const maxPayload = 4096
/** A peer that has not answered a ping when the next is due is gone: its machine or network, else the socket would have closed. */
const pingMs = 30_000
/** How long peers have to take the farewell when the service stops. */
const farewellMs = 500
/** Codes for applications, RFC 6455 7.4.2: 4000 and the HTTP status that the refusal would have had. */
const privateCodes = 4000
const goingAway = 1001
/** A close frame holds 125 bytes, two of them the code. RFC 6455 5.5.1. */
const maxReasonBytes = 123

export function openWebSockets(app: App, clock: Clock): WebSockets {
  const server = new WebSocketServer({ noServer: true, perMessageDeflate: false, maxPayload, clientTracking: true })
  const upgrades = new WeakMap<IncomingMessage, { readonly socket: Duplex; readonly head: Buffer; readonly response: ServerResponse }>()

  app.server.on('upgrade', (raw, socket, head) => {
    socket.on('error', () => socket.destroy())
    // A body would still stand on the socket, and nobody upgrades a change.
    if (raw.method !== 'GET') return void socket.end('HTTP/1.1 400 Bad Request\r\nconnection: close\r\ncontent-length: 0\r\n\r\n')
    const response = new ServerResponse(raw)
    response.shouldKeepAlive = false
    response.assignSocket(socket as ConstructorParameters<typeof ServerResponse>[0]['socket'])
    response.once('finish', () => socket.end())
    if (isWebSocket(raw)) upgrades.set(raw, { socket, head, response })
    app.routing(raw, response)
  })
  app.addHook('preClose', async () => {
    const clients = [...server.clients]
    const gone = clients.map((ws) => new Promise<void>((resolve) => void ws.once('close', () => resolve())))
    for (const ws of clients) ws.close(goingAway, 'the service is stopping')
    const cancel = clock.after(farewellMs, () => {
      for (const ws of clients) ws.terminate()
    })
    await Promise.all(gone)
    cancel()
  })

  return {
    isUpgrade: ({ raw }) => upgrades.has(raw),
    accept: (request, reply) =>
      new Promise((resolve, reject) => {
        const upgrade = upgrades.get(request.raw)
        if (!upgrade) return reject(new AppError('request.invalid', 'this address is opened as a WebSocket'))
        const { socket, head, response } = upgrade
        reply.hijack()
        response.detachSocket(request.socket)
        // An ill-formed handshake is answered by ws itself.
        socket.once('close', () => reject(new AppError('request.invalid', 'no WebSocket came of it')))
        server.handleUpgrade(request.raw, socket, head, (ws) => {
          ws.on('error', () => ws.terminate())
          watch(ws, clock)
          resolve({ ws, socket })
        })
      }),
  }
}

const isWebSocket = ({ headers }: IncomingMessage): boolean => headers.upgrade?.toLowerCase() === 'websocket' && headers['sec-websocket-key'] !== undefined

function watch(ws: WebSocket, clock: Clock): void {
  let isHeard = true
  let cancel: Cancel = () => {}
  const beat = (): void => {
    // Behind what waits for a slow viewer a ping takes its time; that one is watched by what waits.
    if (!isHeard && ws.bufferedAmount === 0) return ws.terminate()
    isHeard = false
    ws.ping()
    cancel = clock.after(pingMs, beat)
  }
  cancel = clock.after(pingMs, beat)
  ws.on('pong', () => (isHeard = true))
  ws.once('close', () => cancel())
}

/** Says why there will be nothing, in the close frame: browsers show nothing else of a WebSocket that fails. The stable code comes first. */
export function closeWithProblem(ws: WebSocket, error: unknown): void {
  const { status, code, reason, sipStatus, detail } = problemOf(error) ?? { status: 500, code: 'internal' }
  const words = [code, reason, sipStatus].filter((each) => each !== undefined).join(' ')
  ws.close(privateCodes + status, cutText(detail ? `${words}: ${detail}` : words, maxReasonBytes))
}

/** The longest beginning of a text that takes so many bytes of UTF-8. */
function cutText(text: string, maxBytes: number): string {
  let cut = text.slice(0, maxBytes)
  while (Buffer.byteLength(cut) > maxBytes) cut = cut.slice(0, -1)
  return cut.toWellFormed()
}
