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
export const schemeOf = (text: string): string | undefined => /^([a-z][a-z0-9+.-]*):/i.exec(text)?.[1]?.toLowerCase()

/** Reads a SIP URI. Any other scheme, blanks or a bad host or port: ParseError `sip.malformed`. */
export function parseUri(text: string): SipUri {
  const scheme = schemeOf(text)
  if (scheme !== 'sip' && scheme !== 'sips') throw new ParseError('sip.malformed', 'the URI is neither sip nor sips')
  if (/[\s<>"]/.test(text)) throw new ParseError('sip.malformed', 'the URI has a blank, a quote or a bracket in it')
  const rest = text.slice(scheme.length + 1)
  const at = rest.indexOf('@')
  const userInfo = at < 0 ? undefined : rest.slice(0, at)
  const afterUser = rest.slice(at + 1)
  const question = afterUser.indexOf('?')
  const beforeHeaders = question < 0 ? afterUser : afterUser.slice(0, question)
  const semicolon = beforeHeaders.indexOf(';')
  const { host, port } = parseHostPort(semicolon < 0 ? beforeHeaders : beforeHeaders.slice(0, semicolon))
  const colon = userInfo?.indexOf(':') ?? -1
  return {
    scheme,
    ...(userInfo !== undefined && { user: colon < 0 ? userInfo : userInfo.slice(0, colon) }),
    ...(userInfo !== undefined && colon >= 0 && { password: userInfo.slice(colon + 1) }),
    host,
    ...(port !== undefined && { port }),
    parameters: semicolon < 0 ? {} : parseParameters(beforeHeaders.slice(semicolon)),
    ...(question >= 0 && { headers: afterUser.slice(question + 1) }),
  }
}

/** Reads `host`, `host:port`, `[v6]` or `[v6]:port`; the host comes back in lower case and without brackets. */
export function parseHostPort(text: string): { readonly host: string; readonly port?: number } {
  const parts = /^(?:\[([0-9a-f:.%]+)\]|([\w.-]+))\s*(?::\s*(\d{1,5}))?$/i.exec(text.trim())
  const host = parts?.[1] ?? parts?.[2]
  const port = parts?.[3] === undefined ? undefined : Number(parts[3])
  if (host === undefined || (port !== undefined && (port === 0 || port > 65535))) throw new ParseError('sip.malformed', 'no valid host and port')
  return { host: host.toLowerCase(), ...(port !== undefined && { port }) }
}

/** `host:port` with brackets where the host is an IPv6 literal. */
export function writeHostPort(host: string, port?: number): string {
  const name = host.includes(':') ? `[${host}]` : host
  return port === undefined ? name : `${name}:${port}`
}
