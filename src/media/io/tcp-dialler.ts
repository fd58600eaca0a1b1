// RTP over TCP towards the camera: it listens, we connect once its answer says where (`a=setup:active` is ours). RFC 4145; GB/T 28181-2022 Annex D.
import { connect, type Socket } from 'node:net'
import type { Cancel } from '../../base/index.ts'
import type { Receiver } from '../attempt-types.ts'
import { giveBack } from './give-back.ts'
import { reportOn } from './tcp-receiver.ts'
import type { SocketOptions } from './udp-receiver.ts'

/** Annex D: at least one second apart, at least three times again. Ours: four, so that a camera has five seconds to listen. */
const pauseMs = 1_000
const maxTries = 5
/** A try that nobody answers, for a firewall that drops: five of them are given up within RFC 3261's timer B. */
const tryMs = 3_000

/** Nothing is opened before `dial`; a connection that is lost is made again, one at a time. `onEnd` when it cannot be made. */
export function openTcpDialler(options: Omit<SocketOptions, 'port'>): Receiver {
  const { announcedHost, bindHost, clock, log, onBytes, onEnd } = options
  let local = { host: announcedHost, port: 0 }
  let remote: { readonly host: string; readonly port: number } | undefined
  let socket: Socket | undefined
  let waiting: Cancel | undefined
  /** Tries since media last came. */
  let tries = 0
  let isClosed = false

  const dial = (): void => {
    if (isClosed || !remote) return
    tries++
    const { host, port } = remote
    const made = connect({ host, port, noDelay: true, ...(isWildcard(bindHost) ? {} : { localAddress: bindHost }) })
    let reason = 'closed by the camera'
    socket = made
    const late = clock.after(tryMs, () => made.destroy(new Error('no answer')))
    made.on('connect', () => {
      late()
      local = { host: announcedHost, port: made.localPort ?? 0 }
    })
    made.on('data', (bytes) => {
      tries = 0
      if (!isClosed && !onBytes(bytes, clock.nowUs(), made.remoteAddress ?? host, port)) giveBack(bytes)
    })
    made.on('error', (error) => (reason = error.message))
    made.on('close', () => {
      late()
      if (!isClosed) again(reason)
    })
  }
  const again = (reason: string): void => {
    if (!remote) return
    if (tries >= maxTries) return onEnd(`no connection to ${remote.host}:${remote.port} in ${tries} tries: ${reason}`)
    log.info({ remote, tries, reason }, 'media connection is made again')
    waiting = clock.after(pauseMs, dial)
  }
  return {
    landing: { transport: 'tcp-active', port: 0 },
    get local() {
      return local
    },
    dial: (to) => {
      if (remote) return
      remote = to
      dial()
    },
    report: (bytes) => reportOn(socket, bytes, local),
    close: () => {
      isClosed = true
      waiting?.()
      if (!socket || socket.closed) return Promise.resolve()
      const closing = socket
      return new Promise((resolve) => {
        closing.once('close', () => resolve())
        closing.destroy()
      })
    },
  }
}

const isWildcard = (host: string): boolean => host === '0.0.0.0' || host === '::'
