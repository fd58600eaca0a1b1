// The transaction layer on real sockets: one port for UDP and TCP. RFC 3261 18; GB/T 28181-2022 4.3.2.
import { networkInterfaces } from 'node:os'
import { AppError, type Clock, type Log, type RandomBytes } from '../../base/index.ts'
import { createTransactionLayer, type LayerStats, type Limits, type Wire } from '../transaction/index.ts'
import type { Address, TraceEntry, TransactionLayer, TransactionUser, Transport } from '../types.ts'
import type { CrowdLimits } from './crowd.ts'
import { findFreePort, openTcp, type TcpPort, type TcpStats } from './tcp.ts'
import { openUdp, type UdpPort } from './udp.ts'
import { createWaitingRoom } from './waiting-room.ts'

export interface TransactionLayerOptions {
  /** Port 0 takes one that is free for every transport. */
  readonly bind: { readonly host: string; readonly port: number }
  readonly transports: readonly Transport[]
  /** False: TCP only connects, as a device does. Default true. */
  readonly listen?: boolean
  /** What Via and Contact say when it is not the address bound to. */
  readonly advertise?: { readonly host: string }
  readonly clock: Clock
  readonly random: RandomBytes
  readonly log: Log
  readonly user: TransactionUser
  readonly onTrace?: (entry: TraceEntry) => void
  /** Round trip estimate that all timers are multiples of; 500 ms by default. RFC 3261 17.1.1.1. */
  readonly t1Ms?: number
  /** Goes into User-Agent and Server where the user has set none. */
  readonly agent?: string
  /** Bounds that are not to be the usual ones. */
  readonly limits?: Partial<Limits & CrowdLimits>
}

export interface OpenTransactionLayer extends TransactionLayer {
  readonly stats: () => LayerStats & TcpStats & { /** Datagrams of strangers for which there was no room. */ readonly datagramsLost: number; /** Datagrams that only keep an address translator open. */ readonly keepalives: number }
}

const noConnections: TcpStats = { connections: 0, connectionsOfStrangers: 0, connectionsRefused: 0, connectionsExpelled: 0, connectionsMisused: 0 }

interface Datagram {
  readonly bytes: Buffer
  readonly source: Address
  readonly atUs: number
}

/** Ports tried when any will do and the one found for UDP is taken for TCP. */
const portAttempts = 20

interface Sockets {
  readonly port: number
  readonly udp: UdpPort | undefined
  readonly tcp: TcpPort | undefined
}

/** Opens the sockets; a port that is taken, or an address that is not ours, is an AppError `port.taken`. */
export async function openTransactionLayer(options: TransactionLayerOptions): Promise<OpenTransactionLayer> {
  const { bind, clock, log } = options
  const advertised = options.advertise?.host ?? reachableHost(bind.host)
  let sockets: Sockets = { port: bind.port, udp: undefined, tcp: undefined }
  let keepalives = 0

  const localAddress = (transport: Transport): Address => ({ transport, host: advertised, port: sockets.port })
  const wire: Wire = {
    send: (bytes, remote, openMs, failed) => {
      const { udp, tcp } = sockets
      if (!isPort(remote.port)) process.nextTick(failed, `${remote.port} is no port`)
      else if (remote.transport === 'udp' && udp) udp.send(bytes, remote, failed)
      else if (remote.transport === 'tcp' && tcp) tcp.send(bytes, remote, openMs, failed)
      else process.nextTick(failed, `no ${remote.transport.toUpperCase()} here`)
    },
    localOf: (remote) => (remote.transport === 'tcp' ? sockets.tcp?.localOf(remote) : undefined) ?? localAddress(remote.transport),
    localAddress,
    isConnected: (remote) => sockets.tcp?.localOf(remote) !== undefined,
  }
  const layer = createTransactionLayer({ ...options, wire })
  const receive = ({ bytes, source, atUs }: Datagram): void => layer.receive(bytes, source, localAddress('udp'), atUs)
  const room = createWaitingRoom<Datagram>({ take: receive, later: setImmediate })
  sockets = await openSockets(options, {
    onDatagram: (bytes, host, port) => {
      // Interop: Hikvision sends the four bytes "jaK\0" every 18 s, others CRLF or a zero, to keep the NAT open. They are no message and no fault (docs/interop.md Q2).
      if (bytes.length <= 4) keepalives++
      else {
        const datagram: Datagram = { bytes, source: { transport: 'udp', host, port }, atUs: clock.nowUs() }
        if (options.user.isKnown?.(datagram.source) ?? true) receive(datagram)
        else room.push(datagram, bytes.length)
      }
    },
    onMessage: layer.receive,
    onNoise: (bytes, remote, local, atUs) => options.onTrace?.({ direction: 'in', atUs, local, remote, bytes }),
    onLost: layer.connectionLost,
    onError: (error) => log.warn({ error: error.message }, 'a SIP socket reports an error'),
  })
  log.debug({ host: bind.host, port: sockets.port, transports: options.transports }, 'SIP is open')
  return {
    request: layer.request,
    send: layer.send,
    localAddress,
    stats: () => ({ ...layer.stats(), datagramsLost: room.lost(), keepalives, ...(sockets.tcp?.stats() ?? noConnections) }),
    close: async () => {
      layer.close()
      room.close()
      await Promise.all([sockets.udp?.close(), sockets.tcp?.close()])
    },
  }
}

const isPort = (port: number): boolean => Number.isInteger(port) && port > 0 && port < 65536

interface Receivers {
  readonly onDatagram: (bytes: Buffer, host: string, port: number) => void
  readonly onMessage: (bytes: Buffer, remote: Address, local: Address, atUs: number) => void
  readonly onNoise: (head: Buffer, remote: Address, local: Address, atUs: number) => void
  readonly onLost: (remote: Address) => void
  readonly onError: (error: Error) => void
}

async function openSockets(options: TransactionLayerOptions, receivers: Receivers): Promise<Sockets> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await trySockets(options, receivers)
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? String(error.code) : ''
      if (options.bind.port === 0 && code === 'EADDRINUSE' && attempt < portAttempts) continue
      throw refusal(options.bind, code) ?? error
    }
  }
}

async function trySockets(options: TransactionLayerOptions, receivers: Receivers): Promise<Sockets> {
  const { bind, transports, clock, user } = options
  const { onDatagram, onMessage, onNoise, onLost, onError } = receivers
  const listen = options.listen ?? true
  const udp = transports.includes('udp') ? await openUdp({ ...bind, onDatagram, onError }) : undefined
  const port = udp?.port ?? (bind.port === 0 && !listen ? await findFreePort(bind.host) : bind.port)
  if (!transports.includes('tcp')) return { port, udp, tcp: undefined }
  try {
    const tcp = await openTcp({ host: bind.host, port, listen, clock, isKnown: user.isKnown ?? (() => true), ...(options.limits && { crowd: options.limits }), onMessage, onNoise, onLost, onError })
    return { port: tcp.port ?? port, udp, tcp }
  } catch (error) {
    await udp?.close()
    throw error
  }
}

/** The one line an operator needs; undefined for errors that are not about the port. */
function refusal(bind: { readonly host: string; readonly port: number }, code: string): AppError | undefined {
  const where = `SIP port ${bind.port} on ${bind.host}`
  if (code === 'EADDRINUSE') return new AppError('port.taken', `${where} is taken: stop the program that holds it, or set sip.port (YIJI_SIP_PORT) to a free one`)
  if (code === 'EACCES') return new AppError('port.taken', `${where} may not be opened by this user: set sip.port (YIJI_SIP_PORT) to one above 1023`)
  if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND') return new AppError('port.taken', `${where} cannot be opened: ${bind.host} is no address of this machine; set sip.host (YIJI_SIP_HOST)`)
  return undefined
}

/** What a peer may be told when we listen on every address: our first one that leaves the machine. */
function reachableHost(host: string): string {
  if (host !== '0.0.0.0' && host !== '::') return host
  const family = host === '::' ? 'IPv6' : 'IPv4'
  const own = Object.values(networkInterfaces()).flatMap((addresses) => addresses ?? [])
  return own.find((address) => !address.internal && address.family === family)?.address ?? (family === 'IPv4' ? '127.0.0.1' : '::1')
}
