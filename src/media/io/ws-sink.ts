// A viewer at the end of a WebSocket: each write is one binary message. ws does the rest of the protocol; frames are written here
// because ws would copy or split what is shared between viewers.
import type { Duplex } from 'node:stream'
import type { WebSocket } from 'ws'
import type { FlvSink } from './flv-sink.ts'

const normalClosure = 1000

/** `socket` is the one that `ws` was made over. Nothing may be sent through `ws` itself beside control frames. */
export function webSocketSink(ws: WebSocket, socket: Duplex): FlvSink {
  return {
    write: (pieces) => {
      if (ws.readyState !== ws.OPEN || socket.destroyed) return
      socket.cork()
      socket.write(binaryFrameHead(pieces.reduce((sum, piece) => sum + piece.length, 0)))
      for (const piece of pieces) socket.write(piece)
      socket.uncork()
    },
    lend: (piece) => {
      if (ws.readyState !== ws.OPEN || socket.destroyed) return true
      socket.cork()
      socket.write(binaryFrameHead(piece.length))
      socket.write(piece)
      socket.uncork()
      return socket.writableLength === 0
    },
    backlogBytes: () => ws.bufferedAmount,
    onClose: (callback) => {
      if (ws.readyState === ws.CLOSED || socket.destroyed) return callback()
      ws.once('close', callback)
    },
    end: () => ws.close(normalClosure, 'the stream has ended'),
    cut: () => ws.terminate(),
  }
}

//  0                1
// | fin 1, rsv 3, opcode 4 | mask 1, length 7 | length 16 where that is 126, 64 where it is 127 | payload     RFC 6455 5.2
const finBinary = 0x82

/** The head of a whole binary message; a server does not mask. */
function binaryFrameHead(length: number): Buffer {
  if (length < 126) return Buffer.from([finBinary, length])
  const head = Buffer.allocUnsafe(length < 0x1_0000 ? 4 : 10)
  head[0] = finBinary
  if (head.length === 4) {
    head[1] = 126
    head.writeUInt16BE(length, 2)
    return head
  }
  head[1] = 127
  head.writeBigUInt64BE(BigInt(length), 2)
  return head
}
