// A leased pair of UDP ports for one RTSP track: RTP on the even one, RTCP on the odd one above. RFC 3550 11; RFC 2326 12.39.
import { createSocket, type Socket } from 'node:dgram'
import { once } from 'node:events'
import type { Clock, Log } from '../../base/index.ts'
import type { Ports } from '../ports.ts'
import type { WireEvent } from '../types.ts'

type Endpoint = WireEvent['local']

export interface PortPairOptions {
  readonly ports: Ports
  readonly bindHost: string
  readonly clock: Clock
  readonly log: Log
  readonly onDatagram: (bytes: Buffer, atUs: number, from: Endpoint, local: Endpoint) => void
}

export interface PortPair {
  /** The even one. */
  readonly port: number
  /** Sends from one of the two; returns where it left from. */
  readonly send: (from: 'rtp' | 'rtcp', bytes: Buffer, host: string, port: number) => Endpoint
  /** Gives both back; a second time is nothing. */
  readonly close: () => void
}

/** As for a port of GB/T 28181: a keyframe's burst must fit. */
const receiveBufferBytes = 1024 * 1024

/** Passes over ports that another program holds. Throws AppError `ports.too-few`, or the system's error. */
export async function openPortPair(options: PortPairOptions): Promise<PortPair> {
  const { ports, bindHost, clock, log, onDatagram } = options
  for (;;) {
    const lease = ports.lease()
    const opened: Socket[] = []
    try {
      for (const port of [lease.port, lease.port + 1]) opened.push(await openSocket(port, bindHost))
    } catch (error) {
      for (const socket of opened) socket.close()
      lease.release()
      if (!(error instanceof Error && 'code' in error && error.code === 'EADDRINUSE')) throw error
      log.warn({ port: lease.port }, 'media port is held by another program')
      continue
    }
    const [rtp, rtcp] = opened as [Socket, Socket]
    const localOf = (socket: Socket): Endpoint => ({ host: bindHost, port: socket === rtp ? lease.port : lease.port + 1 })
    let isOpen = true
    for (const socket of opened) {
      const local = localOf(socket)
      socket.on('message', (bytes, from) => onDatagram(bytes, clock.nowUs(), { host: from.address, port: from.port }, local))
      socket.on('error', (error) => log.warn({ port: local.port, error }, 'media socket'))
    }
    return {
      port: lease.port,
      send: (from, bytes, host, port) => {
        const socket = from === 'rtp' ? rtp : rtcp
        if (isOpen) socket.send(bytes, port, host, (error) => error && log.debug({ host, port, error }, 'datagram did not leave'))
        return localOf(socket)
      },
      close: () => {
        if (!isOpen) return
        isOpen = false
        for (const socket of opened) socket.close()
        lease.release()
      },
    }
  }
}

async function openSocket(port: number, host: string): Promise<Socket> {
  const socket = createSocket({ type: host.includes(':') ? 'udp6' : 'udp4', recvBufferSize: receiveBufferBytes })
  try {
    socket.bind(port, host)
    await once(socket, 'listening')
    return socket
  } catch (error) {
    socket.close()
    throw error
  }
}
