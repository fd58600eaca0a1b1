// One stream's place in the pipe to the RTMP process.
import type { Writable } from 'node:stream'
import { feedHead } from '../rtmp/feed-frames.ts'
import type { FlvSink } from './flv-sink.ts'

/** What waits in the pipe is counted for all streams together: they are read by the same process. */
export function feedSink(pipe: Writable, feed: number): FlvSink {
  const onClose = new Set<() => void>()
  let isOver = false
  const write = (pieces: readonly Buffer[], length: number): void => {
    if (isOver || pipe.destroyed) return
    pipe.cork()
    pipe.write(feedHead(feed, length))
    for (const piece of pieces) pipe.write(piece)
    pipe.uncork()
  }
  const end = (): void => {
    if (isOver) return
    // An empty frame is the end of its feed.
    write([], 0)
    isOver = true
    for (const callback of onClose) callback()
    onClose.clear()
  }
  return {
    write: (pieces) => {
      const length = pieces.reduce((sum, piece) => sum + piece.length, 0)
      if (length > 0) write(pieces, length)
    },
    backlogBytes: () => pipe.writableLength,
    onClose: (callback) => {
      if (isOver) callback()
      else onClose.add(callback)
    },
    end,
    cut: end,
  }
}
