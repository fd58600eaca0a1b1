// RTP over TCP on one leased port: we listen, the camera connects (`a=setup:passive`). GB/T 28181-2022 Annex D; framing is the pipeline's.
import { once } from 'node:events'
import { createServer, type Socket } from 'node:net'
import type { Receiver, Reported } from '../attempt.ts'
import { giveBack } from './give-back.ts'
import type { SocketOptions } from './udp-receiver.ts'

/** Connections that have not yet sent a byte. The first to send is the camera's; so a port scan does not take its place. */
const maxCandidates = 4

/** Resolves when listening; rejects with the system's error (`EADDRINUSE`). One connection carries the media, others are refused. */
export async function openTcpReceiver(options: SocketOptions): Promise<Receiver> {
  const { announcedHost, clock, log, onBytes, onEnd } = options
  const connections = new Set<Socket>()
  let carrier: Socket | undefined
  let isClosed = false

  const server = createServer({ noDelay: true }, (socket) => {
    const remote = { host: socket.remoteAddress ?? '', port: socket.remotePort ?? 0 }
    if (carrier || connections.size >= maxCandidates) {
      log.warn({ port: local.port, remote }, 'refused a second media connection')
      socket.destroy()
      return
    }
    connections.add(socket)
    let reason = 'closed by the camera'
    socket.on('data', (bytes) => {
      const atUs = clock.nowUs()
      carrier ??= elect(socket)
      if (carrier === socket && !onBytes(bytes, atUs, remote.host, remote.port)) giveBack(bytes)
    })
    socket.on('error', (error) => (reason = error.message))
    socket.on('close', () => {
      connections.delete(socket)
      if (carrier === socket && !isClosed) onEnd(reason)
    })
  })
  const elect = (socket: Socket): Socket => {
    for (const other of connections) if (other !== socket) other.destroy()
    return socket
  }
  server.listen(options.port, options.bindHost)
  await once(server, 'listening')
  const address = server.address()
  const local = { host: announcedHost, port: typeof address === 'object' && address ? address.port : options.port }
  server.on('error', (error) => log.warn({ port: local.port, error }, 'media socket'))

  let closed: Promise<void> | undefined
  const close = (): Promise<void> => {
    isClosed = true
    const done = new Promise<void>((resolve) => server.close(() => resolve()))
    for (const socket of connections) socket.destroy()
    return done
  }
  return {
    landing: { transport: 'tcp-passive', port: local.port },
    local,
    report: (bytes) => reportOn(carrier, bytes, local),
    close: () => (closed ??= close()),
  }
}

/** A camera that does not read its reports gets no more of them. */
const maxUnreadBytes = 4096

export function reportOn(socket: Socket | undefined, bytes: Buffer, local: Receiver['local']): Reported | undefined {
  if (!socket?.writable || socket.writableLength > maxUnreadBytes) return undefined
  socket.write(bytes)
  return { local, remote: { host: socket.remoteAddress ?? '', port: socket.remotePort ?? 0 } }
}
