// The sockets of a simulated device: UDP that may move to another port, TCP that is opened again when lost; messages split and glued as a habit has it.
import { createSocket, type Socket as UdpSocket } from 'node:dgram'
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import type { Clock } from '../../base/index.ts'
import { createFramer, type Address } from '../../sip/index.ts'
import type { Habits } from '../habits.ts'

export interface SocketOptions {
  readonly registrar: { readonly host: string; readonly port: number }
  readonly bindHost: string
  readonly habits: Habits
  readonly clock: Clock
  readonly receiveBufferBytes?: number
}

/** Sockets of earlier ports that are still heard. */
const maxOldSockets = 3
/** A glued message waits this long for the next one. */
const glueMs = 60
const segmentBytes = 200
/** Between two pieces of a message, so that they travel apart. */
const pieceMs = 3

/** What carries a device's SIP: sockets, and the habits of how bytes are handed to them. */
export interface Sockets {
  readonly local: () => Address
  readonly isOpen: () => boolean
  readonly send: (bytes: Buffer, remote: Address, failed: (detail: string) => void) => void
  readonly moved: (isLasting: boolean) => Promise<void>
  readonly close: () => Promise<void>
}

export async function openUdpSockets(options: SocketOptions, receive: (bytes: Buffer) => void): Promise<Sockets> {
  const { bindHost, receiveBufferBytes } = options
  const sockets: UdpSocket[] = []
  const open = async (): Promise<UdpSocket> => {
    const socket = createSocket({ type: bindHost.includes(':') ? 'udp6' : 'udp4', ...(receiveBufferBytes && { recvBufferSize: receiveBufferBytes }) })
    socket.on('message', receive)
    socket.bind(0, bindHost)
    await once(socket, 'listening')
    socket.on('error', () => {})
    return socket
  }
  let current = await open()
  /** Sends the next message only. */
  let once_: UdpSocket | undefined
  sockets.push(current)
  return {
    local: () => ({ transport: 'udp', host: bindHost, port: current.address().port }),
    isOpen: () => true,
    send: (bytes, remote, failed) => {
      const socket = once_ ?? current
      once_ = undefined
      if (sockets.length > 0) socket.send(bytes, remote.port, remote.host, (error) => error && failed(error.message))
    },
    moved: async (isLasting) => {
      const socket = await open()
      sockets.push(socket)
      if (isLasting) current = socket
      else once_ = socket
      if (sockets.length > maxOldSockets + 1) sockets.splice(isLasting ? 0 : 1, 1)[0]?.close()
    },
    close: async () => {
      for (const socket of sockets.splice(0)) socket.close()
    },
  }
}

/** One connection to the registrar, opened again when it is needed and lost. */
export async function openTcpSocket(options: SocketOptions, receive: (bytes: Buffer) => void, lost: () => unknown): Promise<Sockets> {
  const { registrar, bindHost, habits, clock } = options
  let socket: Socket | undefined
  let port = 0
  let isClosed = false
  let glued = Buffer.alloc(0)
  const pieces: Buffer[] = []
  let waiting: { readonly bytes: Buffer; readonly failed: (detail: string) => void }[] = []
  const open = (): Socket => {
    const made = connect({ ...registrar, localAddress: bindHost, noDelay: true })
    const framer = createFramer()
    made.on('connect', () => {
      port = made.localPort ?? 0
      for (const { bytes } of waiting.splice(0)) write(made, bytes)
    })
    made.on('data', (chunk: Buffer) => {
      for (const item of framer.push(chunk)) if (item.type === 'message') receive(item.bytes)
    })
    made.on('error', (error) => {
      for (const { failed } of waiting.splice(0)) failed(error.message)
    })
    made.on('close', () => {
      if (socket === made) socket = undefined
      if (!isClosed) lost()
    })
    return made
  }
  const write = (to: Socket, bytes: Buffer): void => {
    if (to.destroyed) return
    if (habits.has('split-messages')) {
      if (pieces.length === 0) clock.after(0, () => nextPiece(to))
      for (let at = 0; at < bytes.length; at += segmentBytes) pieces.push(bytes.subarray(at, at + segmentBytes))
    } else if (habits.has('glued-messages')) {
      if (glued.length === 0) clock.after(glueMs, () => unglue(to))
      glued = Buffer.concat([glued, bytes, Buffer.from('\r\n\r\n')])
    } else to.write(bytes)
  }
  const nextPiece = (to: Socket): void => {
    const piece = pieces.shift()
    if (piece && !to.destroyed) to.write(piece)
    if (pieces.length > 0) clock.after(pieceMs, () => nextPiece(to))
  }
  const unglue = (to: Socket): void => {
    if (!to.destroyed) to.write(glued)
    glued = Buffer.alloc(0)
  }
  // Opened at once, so that Via and Contact can name the connection's own port; a registrar that is not there yet is tried again with the first message.
  socket = open()
  const first = socket
  await new Promise<void>((resolve) => first.once('connect', resolve).once('close', resolve))
  return {
    local: () => ({ transport: 'tcp', host: bindHost, port: port === 0 ? 5060 : port }),
    isOpen: () => socket !== undefined && !socket.connecting,
    send: (bytes, _remote, failed) => {
      if (isClosed) return process.nextTick(failed, 'the connection is closed')
      socket ??= open()
      if (socket.connecting) waiting.push({ bytes, failed })
      else write(socket, bytes)
    },
    moved: async () => {},
    close: async () => {
      isClosed = true
      waiting = []
      socket?.destroy()
    },
  }
}
