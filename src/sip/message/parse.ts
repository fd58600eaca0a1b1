// Bytes to a message, tolerant of what devices send. RFC 3261 7; torture cases of RFC 4475 and RFC 5118.
import { ParseError } from '../../base/index.ts'
import type { Header, SipMessage } from '../types.ts'
import { header } from './header.ts'

/** Start line and headers together. Field maximum 3.5 kB; the bound is against memory, see docs/interop.md Q23. */
export const headLimit = 64 * 1024
export const bodyLimit = 2 * 1024 * 1024

/** Why a message that could be read is still refused, with the status that says so. */
export interface Fault {
  readonly status: 400 | 416 | 505
  readonly reason: string
}

/** What was read, and what was wrong with it: enough of a request to answer 400 with. */
export interface Reading {
  readonly message: SipMessage
  readonly fault?: Fault
}

const token = /^[\w.!%*+`'~-]+$/

/**
 * Reads one message from exactly its bytes (a datagram, or what the framer cut out). The body is a view of `bytes`.
 * Anything that is not a SIP/2.0 message throws ParseError `sip.malformed`.
 */
export function parseMessage(bytes: Buffer): SipMessage {
  const { message, fault } = readMessage(bytes)
  if (fault) throw new ParseError('sip.malformed', fault.reason)
  return message
}

/** As `parseMessage`, but gives a damaged message back with its fault; throws only where there is no start line to go by. */
export function readMessage(bytes: Buffer): Reading {
  let from = 0
  while (bytes[from] === 0x0d || bytes[from] === 0x0a || bytes[from] === 0) from++
  const { headEnd, bodyStart } = findBody(bytes, from)
  if (headEnd - from > headLimit) throw new ParseError('sip.malformed', `the header part is longer than ${headLimit} bytes`)
  if (bytes.length - bodyStart > bodyLimit) throw new ParseError('sip.malformed', `the body is longer than ${bodyLimit} bytes`)
  const [first = '', ...lines] = bytes.toString('latin1', from, headEnd).split('\n').map(withoutReturn)
  const start = readStartLine(first)
  const fields = readHeaders(lines)
  const bare: SipMessage = { ...start.line, headers: fields.headers, body: bytes.subarray(bodyStart) }
  const length = readLength(bare)
  const fault = start.fault ?? fields.fault ?? length.fault
  return { message: { ...bare, body: cutBody(bare, length.value) }, ...(fault && { fault }) }
}

/** The empty line after the headers; bare line feeds count too. Without one all of it is headers. */
export function findBody(bytes: Buffer, from: number): { readonly headEnd: number; readonly bodyStart: number } {
  for (let at = bytes.indexOf(0x0a, from); at >= 0; at = bytes.indexOf(0x0a, at + 1)) {
    if (bytes[at + 1] === 0x0a) return { headEnd: at, bodyStart: at + 2 }
    if (bytes[at + 1] === 0x0d && bytes[at + 2] === 0x0a) return { headEnd: at, bodyStart: at + 3 }
  }
  return { headEnd: bytes.length, bodyStart: bytes.length }
}

/** A return that ends no line is a blank: it must never reach a header that we write again. */
const withoutReturn = (line: string): string => (line.endsWith('\r') ? line.slice(0, -1) : line).replaceAll('\r', ' ')

type StartLine = { readonly kind: 'request'; readonly method: string; readonly uri: string } | { readonly kind: 'response'; readonly status: number; readonly reason: string }

function readStartLine(text: string): { readonly line: StartLine; readonly fault?: Fault } {
  const line = text.trim()
  const status = /^SIP\/(\d+\.\d+) +(\d+)(?: (.*))?$/i.exec(line)
  if (status) {
    if (status[1] !== '2.0' || !/^[1-6]\d\d$/.test(status[2] ?? '')) throw new ParseError('sip.malformed', 'no valid status line')
    return { line: { kind: 'response', status: Number(status[2]), reason: status[3] ?? '' } }
  }
  const methodEnd = line.indexOf(' ')
  const versionStart = line.lastIndexOf(' ')
  const version = /^SIP\/(\d+\.\d+)$/i.exec(line.slice(versionStart + 1))?.[1]
  const method = line.slice(0, Math.max(0, methodEnd))
  if (version === undefined || versionStart <= methodEnd || !token.test(method)) throw new ParseError('sip.malformed', 'no start line')
  const uri = line.slice(methodEnd, versionStart).trim()
  const request = { kind: 'request' as const, method, uri }
  if (version !== '2.0') return { line: request, fault: { status: 505, reason: 'Version Not Supported' } }
  if (uri === '' || /\s/.test(uri)) return { line: request, fault: { status: 400, reason: 'Bad Request-URI' } }
  return { line: request }
}

function readHeaders(lines: readonly string[]): { readonly headers: readonly Header[]; readonly fault?: Fault } {
  const headers: Header[] = []
  let fault: Fault | undefined
  for (const line of lines) {
    const last = headers.at(-1)
    const colon = line.indexOf(':')
    const name = line.slice(0, Math.max(0, colon)).trim()
    if (line === '') continue
    if (last && /^[ \t]/.test(line)) headers[headers.length - 1] = { name: last.name, value: `${last.value} ${line.trim()}`.trim() }
    else if (token.test(name)) headers.push({ name, value: line.slice(colon + 1).trim() })
    else fault ??= { status: 400, reason: 'Bad header line' }
  }
  return { headers, ...(fault && { fault }) }
}

/** The Content-Length, where there is one; one that is no number, or two that differ, is a fault and counts as absent. */
function readLength(message: SipMessage): { readonly value?: number; readonly fault?: Fault } {
  const value = contentLength(message)
  if (value === 'bad') return { fault: { status: 400, reason: 'Bad Content-Length' } }
  return value === undefined ? {} : { value }
}

/** Bytes of body the sender claims; `bad` when it is no number or said twice with different numbers. */
export function contentLength(message: SipMessage): number | 'bad' | undefined {
  const values = new Set<string>()
  for (const field of message.headers) if (/^(l|content-length)$/i.test(field.name)) values.add(field.value)
  const [value] = values
  if (value === undefined) return undefined
  return values.size === 1 && /^\d{1,9}$/.test(value) ? Number(value) : 'bad'
}

/**
 * The body is the rest of the bytes whatever Content-Length says, since devices count wrongly in both directions (docs/interop.md Q22).
 * It cuts only what cannot be body: padding, a second message, or anything at all where no Content-Type announces a body.
 */
function cutBody(message: SipMessage, length: number | undefined): Buffer {
  const body = message.body
  if (length === undefined || length >= body.length) return body
  const surplus = body.toString('latin1', length, length + 200)
  const isBody = header(message, 'Content-Type') !== undefined && /[^\s\0]/.test(surplus) && !isStartLine(surplus.trimStart())
  return isBody ? body : body.subarray(0, length)
}

/** Whether a text begins like a SIP message: enough of a start line to tell. */
export const isStartLine = (text: string): boolean => /^(?:SIP\/\d\.\d \d{3}|[A-Z]{3,20} +(?:sips?|tel):)/i.test(text)
