// FLV of several streams in one pipe. An empty frame ends its feed.
//
// | length of the payload 32 | feed 32 | payload ... |

export const feedHeadBytes = 8
/** Above every write of a viewer; a longer one is a bug, and nothing after it could be found again. */
const maxPayload = 64 * 1024 * 1024

export function feedHead(feed: number, length: number): Buffer {
  const head = Buffer.allocUnsafe(feedHeadBytes)
  head.writeUInt32BE(length, 0)
  head.writeUInt32BE(feed, 4)
  return head
}

export interface FeedFrame {
  readonly feed: number
  readonly payload: Buffer
}

/** A stage: pieces of the pipe in, whole frames out. Throws on a length that cannot be. */
export function createFeedReader(): { readonly push: (piece: Buffer) => readonly FeedFrame[] } {
  let pieces: Buffer[] = []
  let held = 0
  let wanted = feedHeadBytes
  return {
    push: (piece) => {
      pieces.push(piece)
      held += piece.length
      if (held < wanted) return []
      const bytes = pieces.length === 1 ? piece : Buffer.concat(pieces, held)
      const frames: FeedFrame[] = []
      let at = 0
      wanted = feedHeadBytes
      while (bytes.length - at >= feedHeadBytes) {
        const length = bytes.readUInt32BE(at)
        if (length > maxPayload) throw new Error(`a frame of ${length} bytes`)
        if (bytes.length - at < feedHeadBytes + length) {
          wanted = feedHeadBytes + length
          break
        }
        frames.push({ feed: bytes.readUInt32BE(at + 4), payload: bytes.subarray(at + feedHeadBytes, at + feedHeadBytes + length) })
        at += feedHeadBytes + length
      }
      pieces = at < bytes.length ? [bytes.subarray(at)] : []
      held = bytes.length - at
      return frames
    },
  }
}
