// A stream as FLV over a WebSocket.
import type { FastifyReply, FastifyRequest } from 'fastify'
import { webSocketSink, type FlvSink } from '../media/index.ts'
import type { FlvHandle } from './deps.ts'
import { UnreachableError } from './errors.ts'
import { closeWithProblem, type WebSockets } from './web-sockets.ts'

/** The handshake is answered first: a browser hears no reason of one that failed, but it hears that of a close frame. */
export async function sendFlvOverWebSocket(webSockets: WebSockets, request: FastifyRequest, reply: FastifyReply, join: (open: () => FlvSink) => FlvHandle): Promise<void> {
  const { ws, socket } = await webSockets.accept(request, reply)
  try {
    request.socket.setNoDelay(true)
    const handle = join(() => webSocketSink(ws, socket))
    ws.once('close', handle.close)
    if (ws.readyState === ws.CLOSED) handle.close()
    const joined = await handle.joined
    if (!joined.ok) closeWithProblem(ws, new UnreachableError(joined))
  } catch (error) {
    closeWithProblem(ws, error)
  }
}
