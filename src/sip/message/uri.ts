// SIP and SIPS URIs. RFC 3261 19.1. The host is text: GB/T 28181 puts a ten-digit domain there, which nobody may resolve.
import { ParseError } from '../../base/index.ts'
import { parseParameters, type Parameters } from './parameters.ts'

export interface SipUri {
  /** `sip` or `sips`. */
  readonly scheme: string
  /** As written: escapes stay, so that `%40` cannot become an address of its own. */
  readonly user?: string
  readonly password?: string
  /** Domain, IP literal without brackets, or ten digits; in lower case. */
  readonly host: string
  readonly port?: number
  readonly parameters: Parameters
  /** What follows the question mark, as written. */
  readonly headers?: string
}

/** The scheme of any URI in lower case; undefined when the text has none. */
export function schemeOf(text: string): string | undefined {
  return text.startsWith('sip:') ? 'sip' : /^([a-z][a-z0-9+.-]*):/i.exec(text)?.[1]?.toLowerCase()
}

/** Reads a SIP URI. Any other scheme, blanks or a bad host or port: ParseError `sip.malformed`. */
export function parseUri(text: string): SipUri {
  const { scheme, from, at, hostEnd, end } = measure(text)
  const { host, port } = parseHostPort(text.slice(at < 0 ? from : at + 1, hostEnd))
  const colon = at < 0 ? -1 : text.indexOf(':', from)
  const hasPassword = colon >= 0 && colon < at
  return {
    scheme,
    ...(at >= 0 && { user: text.slice(from, hasPassword ? colon : at) }),
    ...(hasPassword && { password: text.slice(colon + 1, at) }),
    host,
    ...(port !== undefined && { port }),
    parameters: hostEnd === end ? {} : parseParameters(text.slice(hostEnd + 1, end)),
    ...(end < text.length && { headers: text.slice(end + 1) }),
  }
}

/** Throws as `parseUri` does, and reads no further than it must to know. */
export function checkUri(text: string): void {
  const { from, at, hostEnd } = measure(text)
  parseHostPort(text.slice(at < 0 ? from : at + 1, hostEnd))
}

/** Where the parts lie: after the scheme, the @ (-1 without), the end of host and port, the end before a question mark. */
function measure(text: string): { readonly scheme: string; readonly from: number; readonly at: number; readonly hostEnd: number; readonly end: number } {
  const scheme = schemeOf(text)
  if (scheme !== 'sip' && scheme !== 'sips') throw new ParseError('sip.malformed', 'the URI is neither sip nor sips')
  if (/[\s<>"]/.test(text)) throw new ParseError('sip.malformed', 'the URI has a blank, a quote or a bracket in it')
  const from = scheme.length + 1
  const at = text.indexOf('@', from)
  const hostFrom = at < 0 ? from : at
  const question = text.indexOf('?', hostFrom)
  const end = question < 0 ? text.length : question
  const semicolon = text.indexOf(';', hostFrom)
  return { scheme, from, at, hostEnd: semicolon < 0 || semicolon > end ? end : semicolon, end }
}

/** Brackets round an IPv6 literal, with the zone of a link-local one; blanks around the colon, as RFC 3261 lets Via have. */
const anyHostPort = /^(?:\[([0-9a-f:.]+(?:%[\w.-]+)?)\]|([\w.-]+))\s*(?::\s*(\d{1,5}))?$/i

/** Reads `host`, `host:port`, `[v6]` or `[v6]:port`; the host comes back in lower case and without brackets. */
export function parseHostPort(text: string): { readonly host: string; readonly port?: number } {
  const length = plainHostLength(text)
  if (length > 0 && length === text.length) return { host: text.toLowerCase() }
  if (length > 0 && text.charCodeAt(length) === 0x3a) {
    const port = plainPort(text, length + 1)
    if (port !== undefined) return { host: text.slice(0, length).toLowerCase(), port }
  }
  const parts = anyHostPort.exec(text.trim())
  const host = parts?.[1] ?? parts?.[2]
  if (host === undefined) throw new ParseError('sip.malformed', 'no valid host')
  if (parts?.[3] === undefined) return { host: host.toLowerCase() }
  const port = Number(parts[3])
  if (port === 0 || port > 65535) throw new ParseError('sip.malformed', 'no valid port')
  return { host: host.toLowerCase(), port }
}

/** How far letters, digits, dots, dashes and underscores reach. */
function plainHostLength(text: string): number {
  let at = 0
  for (; at < text.length; at++) {
    const code = text.charCodeAt(at)
    const isPlain = (code >= 0x30 && code <= 0x39) || (code >= 0x61 && code <= 0x7a) || (code >= 0x41 && code <= 0x5a) || code === 0x2e || code === 0x2d || code === 0x5f
    if (!isPlain) break
  }
  return at
}

/** One to five digits up to the end that make a port; anything else is for the slower way to judge. */
function plainPort(text: string, from: number): number | undefined {
  let port = 0
  for (let at = from; at < text.length; at++) {
    const digit = text.charCodeAt(at) - 0x30
    if (digit < 0 || digit > 9) return undefined
    port = port * 10 + digit
  }
  return text.length - from <= 5 && port > 0 && port <= 65535 ? port : undefined
}

/** `host:port` with brackets where the host is an IPv6 literal. */
export function writeHostPort(host: string, port?: number): string {
  const name = host.includes(':') ? `[${host}]` : host
  return port === undefined ? name : `${name}:${port}`
}
