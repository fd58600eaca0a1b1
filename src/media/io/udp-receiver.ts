// RTP over UDP on one leased port, and RTCP on the odd one above. Who may speak is the pipeline's question.
import type { Clock, Log } from '../../base/index.ts'
import type { Receiver, ReceiverListener } from '../attempt-types.ts'
import { isRtcp, rtpHeaderBytes } from '../rtp/packet.ts'
import { udpPairsHere, type OpenUdpPair, type UdpEnd } from './udp-pair.ts'

export interface SocketOptions extends ReceiverListener {
  readonly bindHost: string
  /** Our address as the camera was told it: what a recording says where the bytes went. */
  readonly announcedHost: string
  readonly port: number
  readonly clock: Clock
  readonly log: Log
  /** How long after the end it is looked whether media still comes. */
  readonly watchMs?: number
  /** Where the sockets live; in this loop. */
  readonly udp?: OpenUdpPair
}

/** Packets under way are nothing to speak of; who still sends after that goes on after BYE. Then the port is shut, and ICMP says so. */
const defaultWatchMs = 1_500

/** Resolves when bound; rejects with the system's error (`EADDRINUSE`). */
export async function openUdpReceiver(options: SocketOptions): Promise<Receiver> {
  const { bindHost, announcedHost, clock, log, onBytes, onLate, onDropped, isKeeping, watchMs = defaultWatchMs, udp = udpPairsHere(clock.nowUs) } = options
  const local = { host: announcedHost, port: 0 }
  const above = { transport: 'udp' as const, host: announcedHost, port: 0 }
  /** Where RTCP came from last, and on which port of ours. */
  let heard: { readonly host: string; readonly port: number; readonly on: UdpEnd } | undefined
  let closed: Promise<void> | undefined
  let isWatching = false
  let late: { readonly host: string; readonly port: number; readonly ssrc: number } | undefined
  let latePackets = 0

  const noteLate = (bytes: Buffer, host: string, port: number): void => {
    if (bytes.length < rtpHeaderBytes || (bytes[0] ?? 0) >> 6 !== 2 || isRtcp(bytes)) return
    late ??= { host, port, ssrc: bytes.readUInt32BE(8) }
    latePackets++
  }
  const receive = (bytes: Buffer, atUs: number, host: string, port: number, on: UdpEnd): boolean => {
    const isReport = isRtcp(bytes)
    if (closed) {
      if (isWatching && on === 'media') noteLate(bytes, host, port)
      return false
    }
    if (on === 'control' && !isReport) return false
    if (!isReport) return onBytes(bytes, atUs, host, port)
    heard = { host, port, on }
    onBytes(bytes, atUs, host, port, on === 'control' ? above : undefined)
    return true
  }
  const pair = await udp(options.port, bindHost, {
    onDatagram: receive,
    onError: (error) => log.warn({ port: local.port, error }, 'media socket'),
    onLost: (reason) => closed ?? options.onEnd(reason),
    ...(isKeeping && { isKeeping }),
    ...(onDropped && { onDropped }),
  })
  local.port = pair.port
  above.port = pair.port + 1

  /** Holds nobody up: neither whoever closes nor the end of the process. */
  const watch = (): void => {
    const shut = (): void => {
      void pair.close()
      if (late) onLate?.({ ...late, packets: latePackets })
    }
    pair.unref()
    setTimeout(() => (isWatching = true), watchMs / 3).unref()
    setTimeout(shut, watchMs).unref()
  }
  return {
    landing: { transport: 'udp', port: local.port },
    local,
    report: (bytes, source) => {
      if (closed) return undefined
      const known = heard?.host === source.host ? heard : undefined
      const on = known ? known.on : pair.hasControl ? 'control' : 'media'
      const remote = known ? { host: known.host, port: known.port } : { host: source.host, port: source.port + 1 }
      if (remote.port > 65535) return undefined
      // A camera that takes no reports answers with ICMP, or not at all.
      pair.send(on, bytes, remote.port, remote.host)
      return { local: on === 'media' ? local : { host: above.host, port: above.port }, remote }
    },
    close: () => {
      if (!closed) {
        closed = pair.closeControl()
        watch()
      }
      return closed
    },
  }
}
