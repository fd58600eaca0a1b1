// From, To, Contact, Route: a URI with an optional display name. RFC 3261 20.10, 25.1 name-addr.
import { ParseError } from '../../base/index.ts'
import { findParameter, parseParameters, writeParameters, type Parameters } from './parameters.ts'
import { closingQuote, quote, trimBlanks, unquote } from './quoted.ts'

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
  const { name, uri, after } = splitAddress(value)
  const displayName = unquote(name)
  return { ...(displayName !== '' && { displayName }), uri, parameters: parseParameters(after) }
}

/** The tag alone, of a value that `parseNameAddr` would take; throws as that does. */
export const readTag = (value: string): string | undefined => findParameter(splitAddress(value).after, 'tag')

function splitAddress(value: string): { readonly name: string; readonly uri: string; readonly after: string } {
  const text = trimBlanks(value)
  const open = openingBracket(text)
  if (open < 0) {
    const semicolon = text.indexOf(';')
    const uri = (semicolon < 0 ? text : text.slice(0, semicolon)).trim()
    if (uri === '' || /[\s"<>]/.test(uri)) throw new ParseError('sip.malformed', 'no URI in an address')
    return { name: '', uri, after: semicolon < 0 ? '' : text.slice(semicolon + 1) }
  }
  const close = text.indexOf('>', open)
  const uri = text.slice(open + 1, close).trim()
  if (close < 0 || uri === '') throw new ParseError('sip.malformed', 'an address has an open bracket or no URI')
  return { name: open === 0 ? '' : trimBlanks(text, 0, open), uri, after: text.slice(close + 1) }
}

/** Writes with brackets always, so that parameters can never be taken for the URI's. */
export function writeNameAddr(address: NameAddr): string {
  const name = address.displayName === undefined ? '' : `${quote(address.displayName)} `
  return `${name}<${address.uri}>${writeParameters(address.parameters)}`
}

/** Where the first `<` outside a quoted string stands; -1 without one. An open quote throws. */
function openingBracket(text: string): number {
  let bracket = text.indexOf('<')
  for (let from = 0; ; ) {
    const open = text.indexOf('"', from)
    if (bracket >= 0 && bracket < from) bracket = text.indexOf('<', from)
    if (open < 0 || (bracket >= 0 && bracket < open)) return bracket
    const close = closingQuote(text, open)
    if (close < 0) throw new ParseError('sip.malformed', 'an open quote in an address')
    from = close + 1
  }
}
