// What a connection brings, cut into messages: held ones settled after a silence, pings answered, slow and noisy strangers ended.
import type { Socket } from 'node:net'
import type { Cancel, Clock } from '../../base/index.ts'
import { createFramer } from '../message/index.ts'

/** A message that waits only to see whether more belongs to it is taken after this silence. */
const quietMs = 300
/** From the first byte of a message to its last: a stranger has only small ones; a device may send 2 MB over a poor line. */
const strangerMessageMs = 30_000
const messageMs = 120_000
/** Bytes of no message that a stranger may send in a row. */
const noiseLimit = 256 * 1024
/** Of what a connection begins with, kept until its first message: enough to tell another protocol by. */
const headBytes = 256

export interface FeedOptions {
  readonly clock: Clock
  readonly isKnown: () => boolean
  readonly onMessage: (bytes: Buffer, atUs: number) => void
  readonly onPing: () => void
  /** How the connection began that has brought no message, once: when noise is seen, or it ends so. */
  readonly onNoise: (head: Buffer, atUs: number) => void
  /** It holds more memory than before. */
  readonly onGrown: () => void
  /** A stranger that takes too long for a message, or sends none at all: it is to be closed. */
  readonly onMisuse: (detail: string) => void
}

export interface Feed {
  /** Bytes of memory taken by an unfinished message. */
  readonly held: () => number
}

export function feed(socket: Socket, options: FeedOptions): Feed {
  const { clock, isKnown, onMessage, onPing, onNoise, onGrown, onMisuse } = options
  const framer = createFramer()
  let arrivedUs = 0
  let noise = 0
  let begun: { readonly head: Buffer; readonly atUs: number } | 'told' | undefined
  let cancelQuiet: Cancel | undefined
  let cancelLate: Cancel | undefined

  const tellNoise = (): void => {
    if (begun && begun !== 'told') onNoise(begun.head, begun.atUs)
    begun = 'told'
  }
  const onLate = (): void => {
    cancelLate = undefined
    if (!isKnown()) return onMisuse(`a message was not complete after ${strangerMessageMs / 1000} s`)
    cancelLate = clock.after(messageMs - strangerMessageMs, () => {
      cancelLate = undefined
      framer.drop()
    })
  }
  const take = (items: ReturnType<typeof framer.push>): void => {
    let hasMessage = false
    for (const item of items) {
      // Closed while its earlier messages were answered: nobody is there to hear the rest.
      if (socket.destroyed) return
      if (item.type === 'skipped') noise += item.length
      else if (item.type === 'ping') onPing()
      else {
        hasMessage = true
        noise = 0
        begun = 'told'
        onMessage(item.bytes, arrivedUs)
      }
    }
    if (hasMessage || !framer.isHolding()) {
      cancelLate?.()
      cancelLate = undefined
    }
    if (framer.isHolding()) cancelLate ??= clock.after(strangerMessageMs, onLate)
    if (noise > 0 && !hasMessage) tellNoise()
    if (noise > noiseLimit && !isKnown()) onMisuse(`${noise} bytes that are no message`)
  }
  socket.on('data', (chunk: Buffer) => {
    arrivedUs = clock.nowUs()
    cancelQuiet?.()
    cancelQuiet = undefined
    begun ??= { head: Buffer.from(chunk.subarray(0, headBytes)), atUs: arrivedUs }
    const before = framer.room()
    take(framer.push(chunk))
    if (framer.room() > before) onGrown()
    if (framer.isHolding()) cancelQuiet = clock.after(quietMs, () => take(framer.flush()))
  })
  socket.on('close', () => {
    if (begun) tellNoise()
    cancelQuiet?.()
    cancelLate?.()
  })
  return { held: framer.room }
}
