// From, To, Contact, Route: a URI with an optional display name. RFC 3261 20.10, 25.1 name-addr.
import { ParseError } from '../../base/index.ts'
import { parseParameters, quote, unquote, writeParameters, type Parameters } from './parameters.ts'

export interface NameAddr {
  /** Latin-1 text, one character per byte: raw GB bytes stay whole. */
  readonly displayName?: string
  readonly uri: string
  /** The header's own parameters (tag, expires, q), not the URI's. */
  readonly parameters: Parameters
}

/**
 * Reads one value; the URI itself is not looked into. `*` (Contact) comes back as the URI. Without a URI or with an open quote or bracket: ParseError `sip.malformed`.
 * Interop: Hikvision writes the To of a BYE without brackets; what follows the semicolon then belongs to the header (RFC 3261 20). fixtures/sip/valid/bye-bare-to.sip
 */
export function parseNameAddr(value: string): NameAddr {
  const text = value.trim()
  const open = openingBracket(text)
  if (open < 0) {
    const semicolon = text.indexOf(';')
    const uri = (semicolon < 0 ? text : text.slice(0, semicolon)).trim()
    if (uri === '' || /[\s"<>]/.test(uri)) throw new ParseError('sip.malformed', 'no URI in an address')
    return { uri, parameters: semicolon < 0 ? {} : parseParameters(text.slice(semicolon)) }
  }
  const close = text.indexOf('>', open)
  const uri = text.slice(open + 1, close).trim()
  if (close < 0 || uri === '') throw new ParseError('sip.malformed', 'an address has an open bracket or no URI')
  const displayName = unquote(text.slice(0, open).trim())
  return { ...(displayName !== '' && { displayName }), uri, parameters: parseParameters(text.slice(close + 1)) }
}

/** Writes with brackets always, so that parameters can never be taken for the URI's. */
export function writeNameAddr(address: NameAddr): string {
  const name = address.displayName === undefined ? '' : `${quote(address.displayName)} `
  return `${name}<${address.uri}>${writeParameters(address.parameters)}`
}

/** Where the first `<` outside a quoted string stands; -1 without one. An open quote throws. */
function openingBracket(text: string): number {
  let isQuoted = false
  for (let i = 0; i < text.length; i++) {
    const char = text[i]
    if (char === '<' && !isQuoted) return i
    if (char === '"') isQuoted = !isQuoted
    else if (char === '\\' && isQuoted) i++
  }
  if (isQuoted) throw new ParseError('sip.malformed', 'an open quote in an address')
  return -1
}
