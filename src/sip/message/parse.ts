// Bytes to a message, tolerant of what devices send. RFC 3261 7; torture cases of RFC 4475 and RFC 5118.
import { ParseError } from '../../base/index.ts'
import type { Header, SipMessage } from '../types.ts'
import { headerName } from './header-names.ts'
import { contentLength, cutBody } from './length.ts'
import { isBlank, trimBlanks } from './quoted.ts'
import { readStartLine, type Fault } from './start-line.ts'

/** Start line and headers together. Field maximum 3.5 kB; the bound is against memory, see docs/interop.md Q23. */
export const headLimit = 64 * 1024
export const bodyLimit = 2 * 1024 * 1024
/** Header fields in one message: the longest lists seen have some forty. */
const headerLimit = 500
/** Decoded first: nearly every header part ends within it. */
const usualHead = 2048

/** What was read, and what was wrong with it: enough of a request to answer 400 with. */
export interface Reading {
  readonly message: SipMessage
  readonly fault?: Fault
}

const lineFeed = 0x0a
const carriageReturn = 0x0d

/**
 * Reads one message from exactly its bytes (a datagram, or what the framer cut out). The body is a view of `bytes`.
 * Anything that is not a SIP/2.0 message throws ParseError `sip.malformed`.
 */
export function parseMessage(bytes: Buffer): SipMessage {
  const { message, fault } = readMessage(bytes)
  if (fault) throw new ParseError('sip.malformed', fault.reason)
  return message
}

/**
 * As `parseMessage`, but gives a damaged message back with its fault; throws only where there is no start line to go by.
 * A line that is no header is left out, as RFC 3261 8.2.2 asks for what is not needed.
 */
export function readMessage(bytes: Buffer): Reading {
  let from = 0
  while (bytes[from] === carriageReturn || bytes[from] === lineFeed || bytes[from] === 0) from++
  const { start, headers, bodyStart } = readHead(bytes, from)
  if (bodyStart > headLimit) throw new ParseError('sip.malformed', `the header part is longer than ${headLimit} bytes`)
  const length = bytes.length - from - bodyStart
  if (length > bodyLimit) throw new ParseError('sip.malformed', `the body is longer than ${bodyLimit} bytes`)
  const { line } = start
  const bare = length <= 0 ? noBody : bytes.subarray(from + bodyStart)
  const claimed = contentLength(headers)
  const body = claimed === undefined || claimed === 'bad' || claimed >= bare.length ? bare : cutBody(headers, bare, claimed)
  const message: SipMessage =
    line.kind === 'request' ? { kind: 'request', method: line.method, uri: line.uri, headers, body } : { kind: 'response', status: line.status, reason: line.reason, headers, body }
  const fault = start.fault ?? (claimed === 'bad' ? badLength : undefined)
  return fault ? { message, fault } : { message }
}

const badLength: Fault = { status: 400, reason: 'Bad Content-Length' }
const noBody = Buffer.alloc(0)

interface Head {
  readonly start: ReturnType<typeof readStartLine>
  readonly headers: readonly Header[]
  /** Offset after the empty line; without one, all of it is headers. */
  readonly bodyStart: number
}

function readHead(bytes: Buffer, from: number): Head {
  const text = bytes.toString('latin1', from, Math.min(bytes.length, from + usualHead))
  const head = readLines(text)
  if (head.hasEnd || text.length < usualHead) return head
  return readLines(bytes.toString('latin1', from, Math.min(bytes.length, from + headLimit + 4)))
}

/** Line by line up to the empty one; bare line feeds count as line ends too. */
function readLines(text: string): Head & { readonly hasEnd: boolean } {
  const plain = hasStrayReturn(text) ? text.replace(/\r(?!\n)/g, ' ') : text
  const headers: Header[] = []
  const firstEnd = lineEndAfter(plain, 0)
  const start = readStartLine(trimBlanks(plain, 0, firstEnd))
  let colon = plain.indexOf(':', firstEnd)
  for (let at = firstEnd + 1; at < plain.length; ) {
    const first = plain.charCodeAt(at)
    if (first === lineFeed) return { start, headers, bodyStart: at + 1, hasEnd: true }
    if (first === carriageReturn) return { start, headers, bodyStart: Math.min(at + 2, plain.length), hasEnd: at + 1 < plain.length }
    let end = lineEndAfter(plain, at)
    const lineEnd = end
    while (isBlank(plain.charCodeAt(end + 1))) end = lineEndAfter(plain, end + 1)
    if (colon >= 0 && colon < at) colon = plain.indexOf(':', at)
    const name = colon < 0 || colon >= lineEnd ? undefined : headerName(trimBlanks(plain, at, colon))
    if (name !== undefined) headers.push({ name, value: end === lineEnd ? trimBlanks(plain, colon + 1, end) : unfold(plain.slice(colon + 1, end)) })
    if (headers.length > headerLimit) throw new ParseError('sip.malformed', `more than ${headerLimit} headers`)
    at = end + 1
  }
  return { start, headers, bodyStart: text.length, hasEnd: false }
}

/** A return that ends no line is a blank: it must never reach a header that we write again. */
function hasStrayReturn(text: string): boolean {
  for (let at = text.indexOf('\r'); at >= 0; at = text.indexOf('\r', at + 1)) if (text.charCodeAt(at + 1) !== lineFeed && at + 1 < text.length) return true
  return false
}

function lineEndAfter(text: string, from: number): number {
  const end = text.indexOf('\n', from)
  return end < 0 ? text.length : end
}

const unfold = (text: string): string => text.split('\n').map((line) => trimBlanks(line, 0, line.length)).filter((line) => line !== '').join(' ')

/** The same in bytes, for the framer, whose header part is still arriving. */
export function findBody(bytes: Buffer, from: number): { readonly headEnd: number; readonly bodyStart: number } {
  for (let at = bytes.indexOf(lineFeed, from); at >= 0; at = bytes.indexOf(lineFeed, at + 1)) {
    if (bytes[at + 1] === lineFeed) return { headEnd: at, bodyStart: at + 2 }
    if (bytes[at + 1] === carriageReturn && bytes[at + 2] === lineFeed) return { headEnd: at, bodyStart: at + 3 }
  }
  return { headEnd: bytes.length, bodyStart: bytes.length }
}
