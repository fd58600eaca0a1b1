// A camera for tests of reception, on real sockets of this machine: it sends when it is told to, from where and how it is told to.
import { createSocket, type Socket as Datagrams } from 'node:dgram'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { connect, createServer, type AddressInfo, type Socket } from 'node:net'
import { join } from 'node:path'
import { createAccessUnitAssembler } from '../h26x/access-unit.ts'
import { createPsMuxer } from '../ps/muxer.ts'
import { frameRfc4571 } from '../rtp/framing.ts'
import { packetize } from '../rtp/packet.ts'
import type { AccessUnit } from '../types.ts'

const host = '127.0.0.1'

/** Ten pictures, the first and the sixth of them keyframes. */
export const pictures: readonly AccessUnit[] = readPictures()

function readPictures(): readonly AccessUnit[] {
  const assembler = createAccessUnitAssembler()
  const bytes = readFileSync(join(import.meta.dirname, '../../../fixtures/h26x/plain.h264'))
  return [...assembler.push({ streamId: 0xe0, bytes, isDamaged: false, receivedUs: 0 }), ...assembler.flush()]
}

/** RTP packets of the pictures, round and round, each call the next one. */
export function pictureSource(ssrc: number, firstSequence = 1): () => readonly Buffer[] {
  const muxer = createPsMuxer({ codec: 'h264' })
  let sequence = firstSequence
  let n = 0
  return () => {
    const picture = pictures[n % pictures.length]
    if (!picture) return []
    const pack = muxer.push({ nalUnits: picture.nalUnits, pts90k: n * 3600, isKeyframe: picture.isKeyframe })
    const packets = packetize(pack, { payloadType: 96, ssrc, timestamp: n * 3600, firstSequence: sequence, maxPayload: 1000 })
    sequence += packets.length
    n++
    return packets
  }
}

export interface CameraWire {
  readonly port: number
  readonly send: (packets: readonly Buffer[]) => Promise<void>
  /** What came back. */
  readonly received: () => readonly Buffer[]
  readonly close: () => Promise<void>
}

export async function udpWire(toPort: number, fromPort = 0): Promise<CameraWire> {
  const socket: Datagrams = createSocket('udp4')
  const got: Buffer[] = []
  socket.on('message', (bytes) => got.push(bytes))
  socket.bind(fromPort, host)
  await once(socket, 'listening')
  return {
    port: socket.address().port,
    send: async (packets) => {
      for (const packet of packets) await new Promise((resolve) => socket.send(packet, toPort, host, resolve))
    },
    received: () => got,
    close: () => new Promise((resolve) => socket.close(() => resolve())),
  }
}

const carried = (socket: Socket, port: number): CameraWire => {
  const got: Buffer[] = []
  socket.on('data', (bytes: Buffer) => got.push(bytes))
  socket.on('error', () => socket.destroy())
  return {
    port,
    send: async (packets) => {
      for (const packet of packets) await new Promise((resolve) => socket.write(frameRfc4571(packet), resolve))
    },
    received: () => got,
    close: async () => {
      if (socket.closed) return
      const closed = once(socket, 'close')
      socket.destroy()
      await closed
    },
  }
}

export async function tcpWire(toPort: number): Promise<CameraWire> {
  const socket = connect({ port: toPort, host, noDelay: true })
  await once(socket, 'connect')
  return carried(socket, socket.localPort ?? 0)
}

/** Listens; the wire is there when somebody has connected. */
export async function listeningWire(): Promise<{ readonly port: number; readonly next: () => Promise<CameraWire>; readonly close: () => void }> {
  const server = createServer({ noDelay: true })
  server.listen(0, host)
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return { port, next: async () => carried(((await once(server, 'connection')) as [Socket])[0], port), close: () => void server.close() }
}
