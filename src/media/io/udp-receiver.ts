// RTP over UDP on one leased port, and RTCP on the odd one above. Arrival is the moment Node hands the datagram over; who may speak is the pipeline's question.
import { createSocket, type RemoteInfo, type Socket } from 'node:dgram'
import { once } from 'node:events'
import type { Clock, Log } from '../../base/index.ts'
import type { Receiver, ReceiverListener } from '../attempt.ts'
import { isRtcp, rtpHeaderBytes } from '../rtp/packet.ts'
import { giveBack } from './give-back.ts'

export interface SocketOptions extends ReceiverListener {
  readonly bindHost: string
  /** Our address as the camera was told it: what a recording says where the bytes went. */
  readonly announcedHost: string
  readonly port: number
  readonly clock: Clock
  readonly log: Log
  /** How long after the end it is looked whether media still comes. */
  readonly watchMs?: number
}

/** 1 MiB asked of the kernel: at its default one keyframe's burst is lost (20.7 % at 50,000 packets/s measured). It grants `net.core.rmem_max` at most. */
const receiveBufferBytes = 1024 * 1024

/** Resolves when bound; rejects with the system's error (`EADDRINUSE`). RTCP's port is an extra: without it reports leave from the other. */
export async function openUdpReceiver(options: SocketOptions): Promise<Receiver> {
  const { bindHost, announcedHost, clock, log, onBytes } = options
  const socket = createSocket({ type: 'udp4', recvBufferSize: receiveBufferBytes })
  await bound(socket, options.port, bindHost)
  const local = { host: announcedHost, port: socket.address().port }
  const above = { transport: 'udp', host: announcedHost, port: local.port + 1 } as const
  const control = await controlSocket(above.port, bindHost)
  /** Where RTCP came from last, and on which port of ours. */
  let heard: { readonly from: RemoteInfo; readonly on: Socket } | undefined

  socket.on('message', (bytes, from) => {
    const isReport = isRtcp(bytes)
    if (isReport) heard = { from, on: socket }
    const isKept = onBytes(bytes, clock.nowUs(), from.address, from.port)
    if (!isKept && !isReport) giveBack(bytes)
  })
  control?.on('message', (bytes, from) => {
    if (!isRtcp(bytes)) return
    heard = { from, on: control }
    onBytes(bytes, clock.nowUs(), from.address, from.port, above)
  })
  for (const each of [socket, control]) each?.on('error', (error) => log.warn({ port: local.port, error }, 'media socket'))

  let closed: Promise<void> | undefined
  let isWatched = false
  return {
    landing: { transport: 'udp', port: local.port },
    local,
    report: (bytes, source) => {
      if (closed) return undefined
      const isHeard = heard?.from.address === source.host
      const on = isHeard ? heard?.on : (control ?? socket)
      const remote = isHeard && heard ? { host: heard.from.address, port: heard.from.port } : { host: source.host, port: source.port + 1 }
      if (remote.port > 65535) return undefined
      // A camera that takes no reports answers with ICMP, or not at all.
      on?.send(bytes, remote.port, remote.host, () => {})
      return { local: on === socket ? local : { host: above.host, port: above.port }, remote }
    },
    close: () => {
      closed ??= control ? ended(control) : Promise.resolve()
      if (!isWatched) watch(socket, options)
      isWatched = true
      return closed
    },
  }
}

/** Packets under way are nothing to speak of; who still sends after that goes on after BYE. Then the port is shut, and ICMP says so. */
const defaultWatchMs = 1_500

/** Holds nobody up: neither whoever closes nor the end of the process. */
function watch(socket: Socket, { onLate, watchMs = defaultWatchMs }: SocketOptions): void {
  let late: { readonly host: string; readonly port: number; readonly ssrc: number } | undefined
  let packets = 0
  const listen = (): void => {
    socket.on('message', (bytes, from) => {
      if (bytes.length < rtpHeaderBytes || (bytes[0] ?? 0) >> 6 !== 2 || isRtcp(bytes)) return
      late ??= { host: from.address, port: from.port, ssrc: bytes.readUInt32BE(8) }
      packets++
    })
  }
  const shut = (): void => {
    socket.close()
    if (late) onLate?.({ ...late, packets })
  }
  socket.removeAllListeners('message')
  socket.unref()
  setTimeout(listen, watchMs / 3).unref()
  setTimeout(shut, watchMs).unref()
}

async function bound(socket: Socket, port: number, host: string): Promise<void> {
  try {
    socket.bind(port, host)
    await once(socket, 'listening')
  } catch (error) {
    socket.close()
    throw error
  }
}

async function controlSocket(port: number, host: string): Promise<Socket | undefined> {
  if (port > 65535) return undefined
  const socket = createSocket('udp4')
  try {
    await bound(socket, port, host)
    return socket
  } catch {
    return undefined
  }
}

const ended = (socket: Socket): Promise<void> => new Promise((resolve) => socket.close(() => resolve()))
