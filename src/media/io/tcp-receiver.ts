// RTP over TCP on one leased port: we listen, the camera connects (`a=setup:passive`). GB/T 28181-2022 Annex D; framing is the pipeline's.
// One connection carries the media, others are refused. A camera that lost it may connect again within its call: it tries three times and
// more, a second and more apart (Annex D); it is known by its address, and its packets by their SSRC like any others.
import { once } from 'node:events'
import { createServer, type Socket } from 'node:net'
import type { Cancel } from '../../base/index.ts'
import type { Receiver, Reported } from '../attempt-types.ts'
import { giveBack } from './give-back.ts'
import type { SocketOptions } from './udp-receiver.ts'

/** Connections that have not yet sent a byte. The first to send is the camera's; so a port scan does not take its place. */
const maxCandidates = 4
/** Three tries a second apart, and something for the last one to come through. The relay's patience with silence is longer. */
const returnMs = 4_000
/** A connection that was silent for so long is dead when its camera has made another one: a camera that lost power closes nothing. */
const staleUs = 1_000_000

/** Resolves when listening; rejects with the system's error (`EADDRINUSE`). */
export async function openTcpReceiver(options: SocketOptions): Promise<Receiver> {
  const { announcedHost, clock, log, onBytes, onEnd } = options
  const connections = new Set<Socket>()
  let carrier: Socket | undefined
  let heardUs = 0
  /** Who carried the media last: only that one may come back. */
  let known: string | undefined
  let cancelWait: Cancel = () => {}
  let isClosed = false

  const server = createServer({ noDelay: true }, (socket) => {
    const remote = { host: socket.remoteAddress ?? '', port: socket.remotePort ?? 0 }
    const isStranger = known !== undefined && known !== remote.host
    if (isStranger || isCarried() || connections.size >= maxCandidates) {
      log.warn({ port: local.port, remote, isStranger }, 'refused a second media connection')
      socket.destroy()
      return
    }
    connections.add(socket)
    let reason = 'closed by the camera'
    socket.on('data', (bytes) => {
      const atUs = clock.nowUs()
      if (carrier !== socket) {
        if (isCarried()) return void socket.destroy()
        elect(socket, remote)
      }
      heardUs = atUs
      if (!onBytes(bytes, atUs, remote.host, remote.port)) giveBack(bytes)
    })
    socket.on('error', (error) => (reason = error.message))
    socket.on('close', () => {
      connections.delete(socket)
      if (carrier === socket && !isClosed) lose(reason)
    })
  })
  /** Somebody sends; one whose connection is silent is not somebody. */
  const isCarried = (): boolean => carrier !== undefined && clock.nowUs() - heardUs < staleUs
  const elect = (socket: Socket, remote: { readonly host: string; readonly port: number }): void => {
    cancelWait()
    if (known !== undefined) log.info({ port: local.port, remote }, 'the camera has connected again')
    carrier = socket
    known = remote.host
    for (const other of connections) if (other !== socket) other.destroy()
  }
  const lose = (reason: string): void => {
    carrier = undefined
    cancelWait = clock.after(returnMs, () => onEnd(reason))
  }
  server.listen(options.port, options.bindHost)
  await once(server, 'listening')
  const address = server.address()
  const local = { host: announcedHost, port: typeof address === 'object' && address ? address.port : options.port }
  server.on('error', (error) => log.warn({ port: local.port, error }, 'media socket'))

  let closed: Promise<void> | undefined
  const close = (): Promise<void> => {
    isClosed = true
    cancelWait()
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
