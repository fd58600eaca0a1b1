// Where the bytes of one viewer go: a connection, a response, a file.
import type { Socket } from 'node:net'
import type { Writable } from 'node:stream'

export interface FlvSink {
  /** Pieces of one write, in order; they are shared between viewers and must not be altered. */
  readonly write: (pieces: readonly Buffer[]) => void
  /** Writes a piece that it is only lent. True: the network has all of it, its memory may be written over. Only connections can say so. */
  readonly lend?: (piece: Buffer) => boolean
  /** Bytes taken but not yet given to the network. */
  readonly backlogBytes: () => number
  /** At once where it is closed already. */
  readonly onClose: (callback: () => void) => void
  /** After what was written. */
  readonly end: () => void
  /** At once. */
  readonly cut: () => void
}

/** A viewer at the end of any Writable: an HTTP response, a file. */
export function writableSink(writable: Writable): FlvSink {
  return {
    write: (pieces) => {
      if (writable.destroyed || writable.writableEnded) return
      const [only] = pieces
      if (only && pieces.length === 1) return void writable.write(only)
      writable.cork()
      for (const piece of pieces) writable.write(piece)
      writable.uncork()
    },
    backlogBytes: () => writable.writableLength,
    onClose: (callback) => {
      if (writable.destroyed) return callback()
      writable.on('error', callback)
      writable.on('close', callback)
    },
    end: () => void writable.end(),
    cut: () => void writable.destroy(),
  }
}

/** A viewer at the end of a connection that carries nothing else any more. What a socket does not hold after a write, the system has. */
export function socketSink(socket: Socket): FlvSink {
  return {
    ...writableSink(socket),
    lend: (piece) => {
      if (socket.destroyed || socket.writableEnded) return true
      socket.write(piece)
      return socket.writableLength === 0
    },
  }
}
