// TCP connections of SIP: kept, and used in both directions. RFC 3261 18; GB/T 28181-2022 4.3.2: one connection for all signalling of a device, its loss means offline.
import { once } from 'node:events'
import { connect, createServer, type Server, type Socket } from 'node:net'
import type { Cancel, Clock } from '../../base/index.ts'
import { createFramer, type Framer } from '../message/index.ts'
import type { Address } from '../types.ts'
import { plainHost } from './udp.ts'

/** Connections held at once, one per device; a further one is refused. */
const connectionLimit = 20_000
/** Bytes that may wait for a peer that does not read; beyond it the peer counts as lost. */
const backlogLimit = 4 * 1024 * 1024
/** Messages that may wait for one connection to open. */
const waitingLimit = 1000
/** A message that waits only to see whether more belongs to it is taken after this silence. */
const quietMs = 300
/** How long a connection may take to open: as long as timer B lets a call try. */
const connectMs = 10_000

export interface TcpPort {
  /** Where it listens; undefined when it only connects. */
  readonly port: number | undefined
  /** Sends on the open connection to that address, or opens one if it may. `failed` is called later, when the bytes surely did not leave. */
  readonly send: (bytes: Buffer, remote: Address, mayOpen: boolean, failed: (detail: string) => void) => void
  /** Our end of the open connection to a remote. */
  readonly localOf: (remote: Address) => Address | undefined
  readonly stats: () => { readonly connections: number; readonly connectionsRefused: number }
  readonly close: () => Promise<void>
}

export interface TcpOptions {
  readonly host: string
  readonly port: number
  readonly listen: boolean
  readonly clock: Clock
  readonly onMessage: (bytes: Buffer, remote: Address, local: Address, atUs: number) => void
  /** An open connection ended, whoever ended it; not told while closing. */
  readonly onLost: (remote: Address) => void
  readonly onError: (error: Error) => void
}

interface Connection {
  readonly socket: Socket
  readonly remote: Address
  /** Undefined until it is open. */
  local: Address | undefined
  /** Whoever still waits to hear whether a connection being opened will take their bytes. */
  readonly waiting: { readonly bytes: Buffer; readonly failed: (detail: string) => void }[]
}

/** Opens the listening side (with `listen`) and keeps all connections; rejects with the system's error when the port cannot be had. */
export async function openTcp(options: TcpOptions): Promise<TcpPort> {
  const connections = new Map<string, Connection>()
  let refused = 0
  let isClosed = false

  const keep = (socket: Socket, remote: Address): Connection => {
    const connection: Connection = { socket, remote, local: undefined, waiting: [] }
    connections.set(keyOf(remote), connection)
    socket.setNoDelay(true)
    socket.setKeepAlive(true, 60_000)
    let reason = 'the connection was closed'
    socket.on('error', (error) => {
      reason = error.message
    })
    socket.on('close', () => {
      if (connections.get(keyOf(remote)) === connection) connections.delete(keyOf(remote))
      for (const { failed } of connection.waiting.splice(0)) failed(reason)
      if (connection.local && !isClosed) options.onLost(remote)
    })
    return connection
  }
  const begin = (connection: Connection): void => {
    const { socket, remote } = connection
    const local: Address = { transport: 'tcp', host: plainHost(socket.localAddress ?? ''), port: socket.localPort ?? 0 }
    connection.local = local
    feed(socket, options.clock, (bytes, atUs) => options.onMessage(bytes, remote, local, atUs))
  }
  const open = (remote: Address): Connection => {
    const socket = connect({ host: remote.host, port: remote.port, timeout: connectMs })
    const connection = keep(socket, remote)
    socket.on('timeout', () => socket.destroy(new Error(`no connection within ${connectMs / 1000} s`)))
    socket.on('connect', () => {
      socket.setTimeout(0)
      begin(connection)
      for (const { bytes } of connection.waiting.splice(0)) socket.write(bytes)
    })
    return connection
  }
  const server = options.listen ? createServer({ noDelay: true }) : undefined
  if (server) {
    server.on('connection', (socket) => {
      const remote: Address = { transport: 'tcp', host: plainHost(socket.remoteAddress ?? ''), port: socket.remotePort ?? 0 }
      if (connections.size >= connectionLimit || remote.port === 0) {
        refused++
        socket.destroy()
      } else begin(keep(socket, remote))
    })
    server.listen(options.port, options.host)
    await once(server, 'listening')
    server.on('error', options.onError)
  }

  return {
    port: portOf(server),
    send: (bytes, remote, mayOpen, failed) => {
      const connection = connections.get(keyOf(remote))
      if (isClosed || (!connection && !mayOpen)) return process.nextTick(failed, 'the connection is closed')
      if (!connection && connections.size >= connectionLimit) return process.nextTick(failed, 'too many connections are open')
      if (connection?.local) {
        if (connection.socket.writableLength > backlogLimit) connection.socket.destroy(new Error('the peer does not read'))
        else connection.socket.write(bytes)
        return
      }
      const { waiting } = connection ?? open(remote)
      if (waiting.length < waitingLimit) waiting.push({ bytes, failed })
      else process.nextTick(failed, 'too much waits for the connection to open')
    },
    localOf: (remote) => connections.get(keyOf(remote))?.local,
    stats: () => ({ connections: connections.size, connectionsRefused: refused }),
    close: async () => {
      if (isClosed) return
      isClosed = true
      const ended = [...connections.values()].map(({ socket }) => new Promise((resolve) => socket.once('close', resolve)))
      for (const { socket } of connections.values()) socket.destroy()
      await Promise.all(ended)
      if (server) await new Promise((resolve) => server.close(resolve))
    },
  }
}

const keyOf = (remote: Address): string => `${remote.host} ${remote.port}`

function portOf(server: Server | undefined): number | undefined {
  const address = server?.address()
  return address !== null && typeof address === 'object' ? address.port : undefined
}

/** Frames what a connection brings; a held message is flushed after a silence, a ping is answered. */
function feed(socket: Socket, clock: Clock, onMessage: (bytes: Buffer, atUs: number) => void): void {
  const framer: Framer = createFramer()
  let arrivedUs = 0
  let cancelQuiet: Cancel | undefined
  const take = (items: ReturnType<Framer['push']>): void => {
    for (const item of items) {
      if (item.type === 'message') onMessage(item.bytes, arrivedUs)
      else if (item.type === 'ping') socket.write('\r\n')
    }
  }
  socket.on('data', (chunk: Buffer) => {
    arrivedUs = clock.nowUs()
    cancelQuiet?.()
    cancelQuiet = undefined
    take(framer.push(chunk))
    if (framer.isHolding()) cancelQuiet = clock.after(quietMs, () => take(framer.flush()))
  })
  socket.on('close', () => cancelQuiet?.())
}

/** A port that nothing listens on just now: what a device that only connects says in its Via. */
export async function findFreePort(host: string): Promise<number> {
  const server = createServer()
  server.listen(0, host)
  await once(server, 'listening')
  const port = portOf(server) ?? 0
  await new Promise((resolve) => server.close(resolve))
  return port
}
