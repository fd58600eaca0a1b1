// One TCP connection to an RTSP camera: its bytes as messages and interleaved frames, its end with the reason. RFC 2326 10.12.
import { connect } from 'node:net'
import type { Clock } from '../../base/index.ts'
import type { RtspFailureCode } from '../rtsp/failure.ts'
import { createRtspFramer, type RtspPiece } from '../rtsp/framing.ts'
import type { WireEvent } from '../types.ts'

export interface Ends {
  readonly local: WireEvent['local']
  readonly remote: WireEvent['remote']
}

export interface RtspLinkOptions {
  readonly host: string
  readonly port: number
  readonly clock: Clock
  readonly onOpen: () => void
  readonly onPiece: (piece: RtspPiece, atUs: number, ends: Ends) => void
  /** Once, unless we closed it. `code`: why it never came about. */
  readonly onClose: (reason: string, code?: RtspFailureCode) => void
}

export interface RtspLink {
  /** Undefined until it is open. */
  readonly ends: () => Ends | undefined
  /** False when it is not open: nothing was sent. */
  readonly write: (bytes: Buffer) => boolean
  /** What was written last still leaves; nothing is told any more. A second time is nothing. */
  readonly close: () => void
}

/** A camera that does not take what was written last loses the connection all the same. */
const partingMs = 1_000

export function openRtspLink(options: RtspLinkOptions): RtspLink {
  const { host, port, clock, onOpen, onPiece, onClose } = options
  const socket = connect({ host, port, noDelay: true })
  const framer = createRtspFramer()
  let ends: Ends | undefined
  let failure: Error | undefined
  let isClosed = false

  socket.on('connect', () => {
    ends = { local: { host: socket.localAddress ?? '', port: socket.localPort ?? 0 }, remote: { host: socket.remoteAddress ?? host, port: socket.remotePort ?? port } }
    if (!isClosed) onOpen()
  })
  socket.on('data', (chunk) => {
    const atUs = clock.nowUs()
    for (const piece of framer.push(chunk)) if (!isClosed && ends) onPiece(piece, atUs, ends)
  })
  socket.on('error', (error) => (failure = error))
  socket.on('close', () => {
    if (!isClosed) onClose(failure?.message ?? 'without a word', ends ? undefined : codeOf(failure))
    isClosed = true
  })
  return {
    ends: () => ends,
    write: (bytes) => {
      if (!ends || isClosed || socket.destroyed) return false
      socket.write(bytes)
      return true
    },
    close: () => {
      if (isClosed) return
      isClosed = true
      if (!ends) return void socket.destroy()
      socket.destroySoon()
      socket.once('close', clock.after(partingMs, () => socket.destroy()))
    },
  }
}

function codeOf(error: Error | undefined): RtspFailureCode {
  switch (error && 'code' in error ? error.code : undefined) {
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
    case 'EAI_FAIL':
      return 'address'
    case 'ECONNREFUSED':
      return 'tcp-refused'
    default:
      return 'unreachable'
  }
}
