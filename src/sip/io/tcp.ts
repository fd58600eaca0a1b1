// TCP connections of SIP: kept, and used in both directions. RFC 3261 18; GB/T 28181-2022 4.3.2: one connection for all signalling of a device, its loss means offline.
import { once } from 'node:events'
import { connect, createServer, type Server, type Socket } from 'node:net'
import type { Cancel, Clock } from '../../base/index.ts'
import type { Address } from '../types.ts'
import { createCrowd, usualCrowd, type CrowdLimits, type Member } from './crowd.ts'
import { feed } from './feed.ts'
import { plainHost } from './udp.ts'

/** Bytes that may wait for a peer that does not read; beyond it the peer counts as lost. A stranger has nothing to read but refusals. */
const backlogLimit = 4 * 1024 * 1024
const strangerBacklogLimit = 64 * 1024
/** Messages that may wait for one connection to open. */
const waitingLimit = 1000

export interface TcpStats {
  readonly connections: number
  /** Of them, those that no registered device is behind. */
  readonly connectionsOfStrangers: number
  /** Not accepted: all that are held are devices. */
  readonly connectionsRefused: number
  /** Closed to make room for others. */
  readonly connectionsExpelled: number
  /** Closed for a message that never ended, noise, or answers never read. */
  readonly connectionsMisused: number
}

export interface TcpPort {
  /** Where it listens; undefined when it only connects. */
  readonly port: number | undefined
  /** Sends on the open connection to that address, or opens one within `openMs` (0: none). `failed` is called later, when the bytes surely did not leave. */
  readonly send: (bytes: Buffer, remote: Address, openMs: number, failed: (detail: string) => void) => void
  /** Our end of the open connection to a remote. */
  readonly localOf: (remote: Address) => Address | undefined
  readonly stats: () => TcpStats
  readonly close: () => Promise<void>
}

export interface TcpOptions {
  readonly host: string
  readonly port: number
  readonly listen: boolean
  readonly clock: Clock
  readonly crowd?: Partial<CrowdLimits>
  /** Whether a registered device is at that address. */
  readonly isKnown: (remote: Address) => boolean
  readonly onMessage: (bytes: Buffer, remote: Address, local: Address, atUs: number) => void
  /** How a connection began that brought no message. */
  readonly onNoise: (head: Buffer, remote: Address, local: Address, atUs: number) => void
  /** An open connection ended, whoever ended it; not told while closing. */
  readonly onLost: (remote: Address) => void
  readonly onError: (error: Error) => void
}

interface Waiting {
  readonly bytes: Buffer
  readonly failed: (detail: string) => void
  readonly cancel: Cancel
}

interface Connection extends Member {
  readonly socket: Socket
  readonly remote: Address
  held: () => number
  /** Undefined until it is open. */
  local: Address | undefined
  /** Whoever still waits to hear whether a connection being opened will take their bytes. */
  readonly waiting: Set<Waiting>
}

/** Opens the listening side (with `listen`) and keeps all connections; rejects with the system's error when the port cannot be had. */
export async function openTcp(options: TcpOptions): Promise<TcpPort> {
  const { clock } = options
  const limits = { ...usualCrowd, ...options.crowd }
  const connections = new Map<string, Connection>()
  const crowd = createCrowd<Connection>(limits)
  const count = { refused: 0, expelled: 0, misused: 0 }
  let isClosed = false

  const keep = (socket: Socket, remote: Address, isKnown: () => boolean): Connection => {
    const connection: Connection = { socket, remote, host: remote.host, isKnown, held: () => 0, local: undefined, waiting: new Set() }
    connections.get(keyOf(remote))?.socket.destroy()
    connections.set(keyOf(remote), connection)
    socket.setNoDelay(true)
    socket.setKeepAlive(true, 60_000)
    let reason = 'the connection was closed'
    socket.on('error', (error) => {
      reason = error.message
    })
    socket.on('close', () => {
      crowd.remove(connection)
      const isCurrent = connections.get(keyOf(remote)) === connection
      if (isCurrent) connections.delete(keyOf(remote))
      for (const { cancel, failed } of connection.waiting) {
        cancel()
        failed(reason)
      }
      connection.waiting.clear()
      if (isCurrent && connection.local && !isClosed) options.onLost(remote)
    })
    return connection
  }
  const misused = (connection: Connection, detail: string): void => {
    if (connection.socket.destroyed) return
    count.misused++
    connection.socket.destroy(new Error(detail))
  }
  const expel = (connection: Connection): void => {
    count.expelled++
    connection.socket.destroy()
  }
  const write = (connection: Connection, bytes: Buffer | string): void => {
    const { socket, isKnown } = connection
    const waiting = socket.writableLength
    if (waiting > backlogLimit || (waiting > strangerBacklogLimit && !isKnown())) misused(connection, 'the peer does not read')
    else socket.write(bytes)
  }
  const begin = (connection: Connection): void => {
    const { socket, remote, isKnown } = connection
    const local: Address = { transport: 'tcp', host: plainHost(socket.localAddress ?? ''), port: socket.localPort ?? 0 }
    connection.local = local
    connection.held = feed(socket, {
      clock,
      isKnown,
      onMessage: (bytes, atUs) => {
        crowd.heard(connection, atUs)
        options.onMessage(bytes, remote, local, atUs)
      },
      onPing: () => write(connection, '\r\n'),
      onNoise: (head, atUs) => options.onNoise(head, remote, local, atUs),
      onGrown: () => {
        const gone = crowd.grown()
        if (gone) expel(gone)
      },
      onMisuse: (detail) => misused(connection, detail),
    }).held
  }
  const open = (remote: Address): Connection => {
    const socket = connect({ host: remote.host, port: remote.port })
    // Whom we call we know.
    const connection = keep(socket, remote, () => true)
    socket.on('connect', () => {
      begin(connection)
      for (const { bytes, cancel } of connection.waiting) {
        cancel()
        socket.write(bytes)
      }
      connection.waiting.clear()
    })
    return connection
  }
  /** Lets bytes wait until the connection is open, `openMs` at most; one that nobody waits for any more is given up. */
  const wait = ({ socket, waiting }: Connection, bytes: Buffer, openMs: number, failed: (detail: string) => void): void => {
    if (waiting.size >= waitingLimit) return process.nextTick(failed, 'too much waits for the connection to open')
    const cancel = clock.after(openMs, () => {
      waiting.delete(entry)
      failed(`no connection within ${openMs / 1000} s`)
      if (waiting.size === 0) socket.destroy()
    })
    const entry: Waiting = { bytes, failed, cancel }
    waiting.add(entry)
  }
  const accept = (socket: Socket): void => {
    const remote: Address = { transport: 'tcp', host: plainHost(socket.remoteAddress ?? ''), port: socket.remotePort ?? 0 }
    if (remote.port === 0) return void socket.destroy()
    const connection = keep(socket, remote, () => options.isKnown(remote))
    const gone = crowd.add(connection, clock.nowUs())
    if (!gone) {
      count.refused++
      socket.destroy()
      return
    }
    begin(connection)
    for (const one of gone) expel(one)
  }
  const server = options.listen ? createServer({ noDelay: true }, accept) : undefined
  if (server) {
    server.listen(options.port, options.host)
    await once(server, 'listening')
    server.on('error', options.onError)
  }

  return {
    port: portOf(server),
    send: (bytes, remote, openMs, failed) => {
      const connection = connections.get(keyOf(remote))
      if (isClosed || (!connection && openMs === 0)) return process.nextTick(failed, 'the connection is closed')
      if (!connection && connections.size >= limits.connections) return process.nextTick(failed, 'too many connections are open')
      if (connection?.local) write(connection, bytes)
      else wait(connection ?? open(remote), bytes, openMs, failed)
    },
    localOf: (remote) => connections.get(keyOf(remote))?.local,
    stats: () => ({ connections: connections.size, connectionsOfStrangers: crowd.strangers(), connectionsRefused: count.refused, connectionsExpelled: count.expelled, connectionsMisused: count.misused }),
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

/** A port that nothing listens on just now: what a device that only connects says in its Via. */
export async function findFreePort(host: string): Promise<number> {
  const server = createServer()
  server.listen(0, host)
  await once(server, 'listening')
  const port = portOf(server) ?? 0
  await new Promise((resolve) => server.close(resolve))
  return port
}
