// RTP over UDP on one leased port. Arrival is the moment Node hands the datagram over; who may speak is the pipeline's question.
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import type { Clock, Log } from '../../base/index.ts'
import type { Receiver, ReceiverListener } from '../attempt.ts'

export interface SocketOptions extends ReceiverListener {
  readonly bindHost: string
  /** Our address as the camera was told it: what a recording says where the bytes went. */
  readonly announcedHost: string
  readonly port: number
  readonly clock: Clock
  readonly log: Log
}

/** 1 MiB asked of the kernel: at its default one keyframe's burst is lost (20.7 % at 50,000 packets/s measured). It grants `net.core.rmem_max` at most. */
const receiveBufferBytes = 1024 * 1024

/** Resolves when bound; rejects with the system's error (`EADDRINUSE`). */
export async function openUdpReceiver(options: SocketOptions): Promise<Receiver> {
  const { bindHost, announcedHost, clock, log, onBytes } = options
  const socket = createSocket({ type: 'udp4', recvBufferSize: receiveBufferBytes })
  try {
    socket.bind(options.port, bindHost)
    await once(socket, 'listening')
  } catch (error) {
    socket.close()
    throw error
  }
  const local = { host: announcedHost, port: socket.address().port }
  socket.on('message', (bytes, from) => onBytes(bytes, clock.nowUs(), from.address, from.port))
  socket.on('error', (error) => log.warn({ port: local.port, error }, 'media socket'))

  let closed: Promise<void> | undefined
  return {
    landing: { transport: 'udp', port: local.port },
    local,
    close: () => (closed ??= new Promise((resolve) => socket.close(() => resolve()))),
  }
}
