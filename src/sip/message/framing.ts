// A TCP byte stream to messages: one in many segments, many in one, wrong lengths, noise between. RFC 3261 18.3; docs/interop.md Q2, Q22, Q23.
import { ParseError } from '../../base/index.ts'
import { createBodyEnd, startLine, type BodyEnd, type Repair } from './body-end.ts'
import { contentLength } from './length.ts'
import { bodyLimit, findBody, headLimit, readMessage } from './parse.ts'

export type FramedItem =
  /** Exactly one message; `repaired` says what was wrong with its Content-Length. */
  | { readonly type: 'message'; readonly bytes: Buffer; readonly repaired?: Repair | 'body-refused' }
  /** CRLF CRLF between messages; the answer is CRLF (RFC 5626 4.4.1). */
  | { readonly type: 'ping' }
  /** Bytes that belong to no message and were left out to find the next one. */
  | { readonly type: 'skipped'; readonly length: number }

export interface FramerStats {
  readonly messages: number
  readonly repaired: number
  readonly skippedBytes: number
  /** Messages given up because they passed a bound. */
  readonly oversize: number
}

export interface Framer {
  readonly push: (chunk: Buffer) => readonly FramedItem[]
  /** Call it when nothing has come for a while: gives a message that only waited to see whether more belongs to it. */
  readonly flush: () => readonly FramedItem[]
  /** Whether bytes of an unfinished message are held. */
  readonly isHolding: () => boolean
  /** Bytes of memory taken by them; none between messages. */
  readonly room: () => number
  /** Gives up the message that is held, and what of it may still come: the next start line is looked for. */
  readonly drop: () => void
  readonly stats: () => FramerStats
}

interface Head {
  /** Offset of the body after the start of the message. */
  readonly length: number
  readonly find: (body: Buffer, isQuiet: boolean) => BodyEnd | undefined
}

const wholeStartLine = /^(?:SIP\/\d\.\d \d+|[\w.!%*+`'~-]+ +\S.* SIP\/\d+\.\d+\s*$)/i
const laterStartLine = /(?<![\w.!%*+`'~-])(?:SIP\/\d\.\d \d{3} |[A-Z]{3,20} +(?:sips?|tel):\S{1,300} +SIP\/\d\.\d)/

/** Least room made for an unfinished message. */
const leastRoom = 4096
const nothing = Buffer.alloc(0)

/** A stage for one connection. Holds at most one unfinished message: 64 kB of header and 2 MB of body; nothing between messages. */
export function createFramer(): Framer {
  /** While a chunk is looked at, the chunk itself; afterwards a copy of what is left of it. */
  let store: Buffer = nothing
  let isOwn = true
  let start = 0
  let end = 0
  let blanks = ''
  let head: Head | undefined
  /** How far the end of the headers was looked for in vain. */
  let searched = 0
  /** The start line has been looked at and is one. */
  let isInHeaders = false
  const count = { messages: 0, repaired: 0, skippedBytes: 0, oversize: 0 }

  const append = (chunk: Buffer): void => {
    if (start === end) {
      store = chunk
      isOwn = false
      start = 0
      end = chunk.length
      return
    }
    if (end + chunk.length > store.length) own(end - start + chunk.length)
    chunk.copy(store, end)
    end += chunk.length
  }
  /** Moves what is held to a store of our own, with as much room again. */
  const own = (length: number): void => {
    const next = isOwn && length <= store.length / 2 ? store : Buffer.alloc(Math.max(leastRoom, 2 * length))
    store.copy(next, 0, start, end)
    end -= start
    start = 0
    store = next
    isOwn = true
  }
  const held = (): Buffer => store.subarray(start, end)
  const skip = (length: number): FramedItem => {
    start += length
    count.skippedBytes += length
    return { type: 'skipped', length }
  }

  /** Blank bytes between messages are no message's; two line ends in a row are a ping. */
  const takeBlank = (): FramedItem | undefined => {
    const byte = store[start]
    if (byte !== 0x0d && byte !== 0x0a && byte !== 0x20 && byte !== 0) {
      blanks = ''
      return undefined
    }
    start++
    blanks = (blanks + String.fromCharCode(byte)).slice(-4)
    if (blanks !== '\r\n\r\n') return { type: 'skipped', length: 0 }
    blanks = ''
    return { type: 'ping' }
  }

  /** Finds the start line and the end of the headers: a head, something skipped on the way, or undefined while more is needed. */
  const takeHead = (): Head | FramedItem | undefined => {
    const bytes = held()
    const lineEnd = bytes.indexOf(0x0a)
    if (lineEnd < 0) return bytes.length > headLimit ? giveUp(bytes.length) : undefined
    if (!isInHeaders) {
      const line = bytes.toString('latin1', 0, Math.min(lineEnd, headLimit)).trimEnd()
      if (!wholeStartLine.test(line)) {
        const later = line.search(laterStartLine)
        return skip(later > 0 ? later : lineEnd + 1)
      }
    }
    isInHeaders = true
    const { headEnd, bodyStart } = findBody(bytes, Math.max(0, searched - 3))
    searched = bytes.length
    if (headEnd === bytes.length && bytes.length <= headLimit) return undefined
    searched = 0
    isInHeaders = false
    const nextStart = bytes.toString('latin1', lineEnd, headEnd).search(startLine)
    if (nextStart >= 0) return skip(lineEnd + nextStart + 1)
    return headEnd > headLimit ? giveUp(bodyStart) : readHead(bytes.subarray(0, bodyStart))
  }
  const readHead = (bytes: Buffer): Head | FramedItem => {
    try {
      const { message } = readMessage(bytes)
      const claimed = contentLength(message.headers)
      if (typeof claimed === 'number' && claimed > bodyLimit) return refuse(bytes)
      return { length: bytes.length, find: createBodyEnd(message).find }
    } catch (error) {
      if (error instanceof ParseError) return skip(bytes.length)
      throw error
    }
  }
  const giveUp = (length: number): FramedItem => {
    count.oversize++
    return skip(length)
  }

  /** The headers alone are handed on, so that the sender hears why; its body is skipped like any noise. */
  const refuse = (bytes: Buffer): FramedItem => {
    count.oversize++
    start += bytes.length
    return { type: 'message', bytes: Buffer.from(bytes), repaired: 'body-refused' }
  }

  const takeMessage = (found: Head, isQuiet: boolean): FramedItem | undefined => {
    const body = store.subarray(start + found.length, end)
    const bodyEnd = found.find(body, isQuiet)
    if (!bodyEnd && body.length <= bodyLimit) return undefined
    head = undefined
    if (!bodyEnd) return giveUp(found.length)
    const bytes = Buffer.from(store.subarray(start, start + found.length + bodyEnd.at))
    start += bytes.length
    count.messages++
    if (bodyEnd.repaired) count.repaired++
    return { type: 'message', bytes, ...(bodyEnd.repaired && { repaired: bodyEnd.repaired }) }
  }

  const drain = (isQuiet: boolean): readonly FramedItem[] => {
    const items: FramedItem[] = []
    while (start < end) {
      let item = head ? takeMessage(head, isQuiet) : takeBlank()
      if (!item && !head) {
        const taken = takeHead()
        if (taken && 'find' in taken) {
          head = taken
          item = takeMessage(taken, isQuiet)
        } else item = taken
      }
      if (!item) break
      if (item.type !== 'skipped' || item.length > 0) items.push(item)
    }
    if (start === end) {
      store = nothing
      isOwn = true
      start = end = 0
    } else if (!isOwn) own(end - start)
    return items
  }

  return {
    push: (chunk) => {
      append(chunk)
      return drain(false)
    },
    flush: () => drain(true),
    isHolding: () => end > start,
    room: () => store.length,
    drop: () => {
      count.skippedBytes += end - start
      store = nothing
      isOwn = true
      start = end = searched = 0
      isInHeaders = false
      head = undefined
      blanks = ''
    },
    stats: () => ({ ...count }),
  }
}
