// Opens a receiver on a leased port; the port goes back when the receiver closes. Where we connect ourselves the system gives the port.
import type { Clock, Log } from '../../base/index.ts'
import type { OpenReceiver } from '../attempt-types.ts'
import type { PortLease, Ports } from '../ports.ts'
import { openTcpDialler } from './tcp-dialler.ts'
import { openTcpReceiver } from './tcp-receiver.ts'
import type { OpenUdpPair } from './udp-pair.ts'
import { openUdpReceiver } from './udp-receiver.ts'

export interface ReceiversOptions {
  readonly bindHost: string
  /** Our media address as SDP says it. */
  readonly announcedHost: string
  readonly ports: Ports
  readonly clock: Clock
  readonly log: Log
  /** How long after the end it is looked whether media still comes over UDP; 1.5 s. */
  readonly watchMs?: number
  /** Where UDP is received: in the loop of the caller, or in threads. */
  readonly udp?: OpenUdpPair
}

/** A port that another program holds is passed over and rests; when none is left the lease throws AppError `ports.too-few`. */
export function createReceivers(options: ReceiversOptions): OpenReceiver {
  const { ports, log } = options
  return async (transport, listener) => {
    if (transport === 'tcp-active') return openTcpDialler({ ...options, ...listener })
    const open = transport === 'udp' ? openUdpReceiver : openTcpReceiver
    for (;;) {
      const lease: PortLease = ports.lease()
      try {
        const receiver = await open({ ...options, ...listener, port: lease.port })
        return { ...receiver, close: () => receiver.close().finally(lease.release) }
      } catch (error) {
        lease.release()
        if (!isTaken(error)) throw error
        log.warn({ port: lease.port }, 'media port is held by another program')
      }
    }
  }
}

const isTaken = (error: unknown): boolean => error instanceof Error && 'code' in error && error.code === 'EADDRINUSE'
