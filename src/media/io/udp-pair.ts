// The two UDP sockets of one stream: media on the leased port, RTCP on the odd one above. RFC 3550 11. In the main loop, or in a thread that receives
// for it: whoever listens cannot tell.
import { createSocket, type Socket } from 'node:dgram'
import { once } from 'node:events'
import { giveBack } from './give-back.ts'

export type UdpEnd = 'media' | 'control'

export interface UdpListener {
  /**
   * A datagram with its arrival in monotonic microseconds. True: the bytes are kept; else they are whose memory they are in, and that may be written
   * over when the call returns.
   */
  readonly onDatagram: (bytes: Buffer, atUs: number, host: string, port: number, at: UdpEnd) => boolean
  /** Whether datagrams are kept just now: they are given in memory of their own then. Absent: always. */
  readonly isKeeping?: () => boolean
  readonly onError: (error: Error) => void
  /** So many datagrams did not reach the listener, which was too slow. */
  readonly onDropped?: (datagrams: number) => void
  /** Both sockets are gone and could not be opened again. */
  readonly onLost?: (reason: string) => void
}

export interface UdpPair {
  /** Of media. RTCP's is the one above, where it could be had. */
  readonly port: number
  readonly hasControl: boolean
  /** Nobody waits for it, and nobody hears of what does not arrive. */
  readonly send: (from: UdpEnd, bytes: Buffer, port: number, host: string) => void
  readonly closeControl: () => Promise<void>
  readonly close: () => Promise<void>
  /** What still comes does not hold the end of the process up. */
  readonly unref: () => void
}

/** Resolves when bound; rejects with the system's error (`EADDRINUSE`). RTCP's port is an extra: without it reports leave from the other. */
export type OpenUdpPair = (port: number, host: string, listener: UdpListener) => Promise<UdpPair>

/** 1 MiB asked of the kernel: at its default one keyframe's burst is lost (20.7 % at 50,000 packets/s measured). It grants `net.core.rmem_max` at most. */
const receiveBufferBytes = 1024 * 1024

/** In the loop of whoever calls. */
export function udpPairsHere(nowUs: () => number): OpenUdpPair {
  return async (wanted, host, { onDatagram, onError }) => {
    const media = createSocket({ type: 'udp4', recvBufferSize: receiveBufferBytes })
    await bound(media, wanted, host)
    const { port } = media.address()
    const control = await controlSocket(port + 1, host)
    media.on('message', (bytes, from) => {
      if (!onDatagram(bytes, nowUs(), from.address, from.port, 'media')) giveBack(bytes)
    })
    control?.on('message', (bytes, from) => void onDatagram(bytes, nowUs(), from.address, from.port, 'control'))
    for (const each of [media, control]) each?.on('error', onError)
    const socketOf = (end: UdpEnd): Socket | undefined => (end === 'media' ? media : control)
    return {
      port,
      hasControl: control !== undefined,
      send: (from, bytes, to, at) => socketOf(from)?.send(bytes, to, at, () => {}),
      closeControl: () => (control ? ended(control) : Promise.resolve()),
      close: () => ended(media),
      unref: () => void media.unref(),
    }
  }
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
