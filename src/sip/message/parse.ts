// Bytes to a message, tolerant of what devices send. RFC 3261 7; torture cases of RFC 4475 and RFC 5118.
import { ParseError } from '../../base/index.ts'
import type { Header, SipMessage } from '../types.ts'
import { headerName } from './header-names.ts'
import { contentLength, cutBody } from './length.ts'
import { readStartLine, type Fault } from './start-line.ts'

/** Start line and headers together. Field maximum 3.5 kB; the bound is against memory, see docs/interop.md Q23. */
export const headLimit = 64 * 1024
export const bodyLimit = 2 * 1024 * 1024
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
  const headers: Header[] = []
  const firstEnd = lineEndAfter(text, 0)
  const start = readStartLine(plainText(text, 0, firstEnd))
  let at = firstEnd + 1
  for (; at < text.length; ) {
    const first = text.charCodeAt(at)
    if (first === lineFeed) return { start, headers, bodyStart: at + 1, hasEnd: true }
    if (first === carriageReturn && text.charCodeAt(at + 1) === lineFeed) return { start, headers, bodyStart: at + 2, hasEnd: true }
    const end = lineEndAfter(text, at)
    const folded = isBlank(first) ? headers.pop() : undefined
    if (folded) headers.push({ name: folded.name, value: `${folded.value} ${plainText(text, at, end)}`.trim() })
    else addHeader(headers, text, at, end)
    at = end + 1
  }
  return { start, headers, bodyStart: text.length, hasEnd: false }
}

function lineEndAfter(text: string, from: number): number {
  const end = text.indexOf('\n', from)
  return end < 0 ? text.length : end
}

function addHeader(headers: Header[], text: string, from: number, end: number): void {
  const colon = text.indexOf(':', from)
  if (colon < 0 || colon >= end) return
  let nameEnd = colon
  while (nameEnd > from && isBlank(text.charCodeAt(nameEnd - 1))) nameEnd--
  const name = headerName(text.slice(from, nameEnd))
  if (name !== undefined) headers.push({ name, value: plainText(text, colon + 1, end) })
}

/** Text without the blanks and the return around it. A return inside it is a blank: it must never reach a header that we write again. */
function plainText(text: string, from: number, end: number): string {
  let first = from
  let last = end
  if (last > first && text.charCodeAt(last - 1) === carriageReturn) last--
  while (first < last && isBlank(text.charCodeAt(first))) first++
  while (last > first && isBlank(text.charCodeAt(last - 1))) last--
  const stray = text.indexOf('\r', first)
  return stray < 0 || stray >= last ? text.slice(first, last) : text.slice(first, last).replaceAll('\r', ' ').trim()
}

const isBlank = (code: number): boolean => code === 0x20 || code === 0x09

/** The same in bytes, for the framer, whose header part is still arriving. */
export function findBody(bytes: Buffer, from: number): { readonly headEnd: number; readonly bodyStart: number } {
  for (let at = bytes.indexOf(lineFeed, from); at >= 0; at = bytes.indexOf(lineFeed, at + 1)) {
    if (bytes[at + 1] === lineFeed) return { headEnd: at, bodyStart: at + 2 }
    if (bytes[at + 1] === carriageReturn && bytes[at + 2] === lineFeed) return { headEnd: at, bodyStart: at + 3 }
  }
  return { headEnd: bytes.length, bodyStart: bytes.length }
}
