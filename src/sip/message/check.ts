// What every message must carry before a transaction looks at it. RFC 3261 8.1.1, 8.2.2.1, 16.3.
import { ParseError } from '../../base/index.ts'
import type { SipMessage } from '../types.ts'
import { headers } from './header.ts'
import { parseNameAddr } from './name-addr.ts'
import type { Fault } from './parse.ts'
import { parseUri, schemeOf } from './uri.ts'
import { parseCSeq, parseVia, type Via } from './via.ts'

/** Undefined when Via, From, To, Call-ID and CSeq are there once, readable, and fit the start line; a tag is not asked for (docs/interop.md Q14, Q15). */
export function checkMessage(message: SipMessage): Fault | undefined {
  const bad = (reason: string): Fault => ({ status: 400, reason })
  for (const name of ['From', 'To', 'Call-ID', 'CSeq']) {
    const values = headers(message, name)
    if (values.length === 0 || values[0] === '') return bad(`Missing ${name}`)
    if (values.length > 1) return bad(`More than one ${name}`)
  }
  if (!topVia(message)) return bad('No valid Via')
  for (const name of ['From', 'To']) if (!isReadable(() => parseNameAddr(headers(message, name)[0] ?? ''))) return bad(`Bad ${name}`)
  const cseq = headers(message, 'CSeq')[0] ?? ''
  if (!isReadable(() => parseCSeq(cseq))) return bad('Bad CSeq')
  if (message.kind === 'response') return undefined
  if (parseCSeq(cseq).method !== message.method) return bad('CSeq is of another method')
  const scheme = schemeOf(message.uri)
  if (scheme !== undefined && scheme !== 'sip' && scheme !== 'sips') return { status: 416, reason: 'Unsupported URI Scheme' }
  return isReadable(() => parseUri(message.uri)) ? undefined : bad('Bad Request-URI')
}

/** The first Via; undefined when there is none or it cannot be read, so that nothing can be answered. */
export function topVia(message: SipMessage): Via | undefined {
  const [value = ''] = headers(message, 'Via')
  return isReadable(() => parseVia(value)) ? parseVia(value) : undefined
}

function isReadable(parse: () => unknown): boolean {
  try {
    parse()
    return true
  } catch (error) {
    if (error instanceof ParseError) return false
    throw error
  }
}
