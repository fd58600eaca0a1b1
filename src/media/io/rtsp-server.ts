// The RTSP server: listens, and runs one session machine for each player. RFC 2326.
import { once } from 'node:events'
import { createServer, type AddressInfo, type Socket } from 'node:net'
import { AppError, type Clock, type Log, type RandomBytes } from '../../base/index.ts'
import type { Ports } from '../ports.ts'
import { defaultReaderBounds, type ReaderBounds } from '../reader.ts'
import { defaultServingTimes, type ServingTimes } from '../rtsp/server/session-types.ts'
import type { Target } from '../rtsp/server/target.ts'
import type { Relays } from '../types.ts'
import { createBytePool } from './byte-pool.ts'
import { serveRtspPlayer, type RtspPlayer } from './rtsp-player.ts'

/** What a player shows: the token of its address, or a name and a password. */
export interface RtspAsked extends Target {
  readonly token?: string
  readonly credentials?: { readonly name: string; readonly password: string }
  /** The player's address. */
  readonly from: string
}

/** `account`, and `session` where it has one: by what it ends. `realm`: a name and a password would do. */
export type RtspPermission = { readonly ok: true; readonly account: string; readonly session?: string } | { readonly ok: false; readonly status: 401 | 403 | 404 | 503; readonly realm?: string }

export interface RtspServerOptions {
  readonly host: string
  /** 0 for any free one. */
  readonly port: number
  /** The way to streams as they come, and to their H.264 versions, where those are made. */
  readonly relays: Relays
  readonly h264?: Relays
  readonly permit: (asked: RtspAsked) => Promise<RtspPermission>
  /** For players that want datagrams. */
  readonly ports: Ports
  readonly clock: Clock
  readonly log: Log
  readonly random: RandomBytes
  readonly software: string
  /** Streams that may be open at once; a connection has one at most. */
  readonly maxSessions: number
  readonly times?: Partial<ServingTimes>
  readonly bounds?: ReaderBounds
}

export interface RtspServer {
  readonly port: number
  readonly figures: () => { readonly connections: number; readonly sessions: number }
  /** Ends what was opened by the account, or by this session of it. */
  readonly end: (account: string, session?: string) => void
  /** Players are told, and their connections closed; a second time is nothing. */
  readonly close: () => Promise<void>
}

/** Ours: connections beside those with a session, which have said nothing yet or are being asked who they are. */
const spareConnections = 64

/** Throws AppError `port.taken`, `config.invalid`, or the system's error. */
export async function openRtspServer(options: RtspServerOptions): Promise<RtspServer> {
  const { host, port, maxSessions, log } = options
  const players = new Set<RtspPlayer>()
  const pool = createBytePool()
  const sessions = (): number => [...players].filter((player) => player.hasStream()).length
  const server = createServer({ noDelay: true, keepAlive: true, keepAliveInitialDelay: 30_000 }, (socket: Socket) => {
    const player = serveRtspPlayer(socket, {
      ...options,
      times: { ...defaultServingTimes, ...options.times },
      bounds: options.bounds ?? defaultReaderBounds,
      pool,
      hasRoom: () => sessions() < maxSessions,
      onGone: () => players.delete(player),
    })
    players.add(player)
  })
  server.maxConnections = maxSessions + spareConnections
  server.on('drop', () => log.warn({ connections: players.size }, 'an RTSP player was turned away: too many connections'))
  server.listen({ host, port })
  try {
    await once(server, 'listening')
  } catch (error) {
    throw listenError(error, options)
  }
  server.on('error', (error) => log.error({ error }, 'RTSP server'))
  let closing: Promise<void> | undefined
  const close = async (): Promise<void> => {
    const closed = once(server, 'close')
    server.close()
    for (const player of [...players]) player.close('the service is stopping')
    await closed
  }
  return {
    port: (server.address() as AddressInfo).port,
    end: (account, session) => {
      for (const player of [...players]) if (player.isOf(account, session)) player.close('its account may not watch any more')
    },
    figures: () => ({ connections: players.size, sessions: sessions() }),
    close: () => (closing ??= close()),
  }
}

function listenError(error: unknown, { host, port }: RtspServerOptions): unknown {
  switch (error instanceof Error && 'code' in error ? error.code : undefined) {
    case 'EADDRINUSE':
      return new AppError('port.taken', `the RTSP port ${port} on ${host} is taken: stop what uses it or set rtsp.port (YIJI_RTSP_PORT)`)
    case 'EACCES':
      return new AppError('port.taken', `the RTSP port ${port} on ${host} may not be opened by this user: set rtsp.port (YIJI_RTSP_PORT) to 1024 or more`)
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
      return new AppError('config.invalid', `rtsp.host (YIJI_RTSP_HOST) is "${host}", which is no address of this machine`)
    default:
      return error
  }
}
