// What carries a simulated camera's RTP: a UDP socket, a TCP connection that it opens, or one that it waits for. RFC 4571; RFC 4145.
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { connect, createServer, type AddressInfo, type Socket } from 'node:net'
import { frameRfc4571 } from '../../media/index.ts'

export interface MediaTarget {
  /** `tcp-listen`: the other side offered to connect. */
  readonly transport: 'udp' | 'tcp' | 'tcp-listen'
  readonly bindHost: string
  readonly host: string
  readonly port: number
  readonly ssrc: number
}

export interface MediaWire {
  readonly port: number
  readonly send: (packet: Buffer) => void
  readonly close: () => void
}

/** A peer that does not read costs packets, not memory. */
const backlogBytes = 4_000_000
/** RFC 4145 4.1: what one who only connects writes as its port. */
const discardPort = 9

export function openMediaWire(target: MediaTarget): Promise<MediaWire> {
  if (target.transport === 'udp') return openUdp(target)
  return target.transport === 'tcp-listen' ? openListening(target) : Promise.resolve(openConnecting(target))
}

async function openUdp({ bindHost, host, port }: MediaTarget): Promise<MediaWire> {
  const socket = createSocket(bindHost.includes(':') ? 'udp6' : 'udp4')
  let isOpen = true
  socket.bind(0, bindHost)
  await once(socket, 'listening')
  // A receiver that is gone answers with ICMP: a camera does not care.
  socket.on('error', () => {})
  return {
    port: socket.address().port,
    send: (packet) => isOpen && socket.send(packet, port, host),
    close: () => {
      if (isOpen) socket.close()
      isOpen = false
    },
  }
}

/** The connection is opened with the answer, before the ACK, as some vendors do (Q33). */
function openConnecting({ host, port }: MediaTarget): MediaWire {
  const socket = connect({ host, port, noDelay: true })
  socket.on('error', () => socket.destroy())
  return { port: discardPort, send: (packet) => write(socket, packet), close: () => socket.destroy() }
}

async function openListening({ bindHost }: MediaTarget): Promise<MediaWire> {
  const server = createServer({ noDelay: true })
  let socket: Socket | undefined
  server.on('connection', (made) => {
    socket?.destroy()
    socket = made
    made.on('error', () => made.destroy())
  })
  server.listen(0, bindHost)
  await once(server, 'listening')
  return {
    port: (server.address() as AddressInfo).port,
    send: (packet) => socket && write(socket, packet),
    close: () => {
      socket?.destroy()
      server.close()
    },
  }
}

function write(socket: Socket, packet: Buffer): void {
  if (!socket.destroyed && socket.writableLength < backlogBytes) socket.write(frameRfc4571(packet))
}
