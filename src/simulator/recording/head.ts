// The start line and headers of a recorded message with this run's values in them, everything else as it was written: order, case, blanks, folds, oddities.
import type { RandomBytes } from '../../base/index.ts'
import { digestResponse, header, headers, parseNameAddr, type SipMessage, type SipRequest } from '../../sip/index.ts'
import { attempt } from './attempt.ts'

export type Swap = (text: string) => string

export interface Challenge {
  readonly realm: string
  readonly nonce: string
  readonly algorithm: 'MD5' | 'SHA-256'
}

export interface HeadChange {
  readonly swap: Swap
  readonly callId: (recorded: string) => string
  readonly branch: (recorded: string) => string
  readonly tag: (recorded: string) => string
  /** The request that a recorded response answers now. */
  readonly answered: SipRequest | undefined
  readonly recorded: SipMessage
  readonly authorize: (value: string) => string
  /** How much longer the body became: a Content-Length that was wrong stays wrong by as much. */
  readonly bodyDelta: number
}

const longNames: Readonly<Record<string, string>> = { v: 'via', f: 'from', t: 'to', i: 'call-id', l: 'content-length', m: 'contact' }

/** `head` with its empty line, latin-1. */
export function rewriteHead(head: string, change: HeadChange): string {
  let vias = 0
  const lines = head.split(/(?<=\r\n|\n)(?![ \t])/)
  return lines
    .map((line, n) => {
      const parts = /^([^:\s]+)([ \t]*:[ \t]*)([\s\S]*?)([ \t]*\r?\n?)$/.exec(line)
      if (n === 0 || !parts) return change.swap(line)
      const [, name = '', colon = '', value = '', end = ''] = parts
      const lower = name.toLowerCase()
      return `${name}${colon}${rewriteValue(longNames[lower] ?? lower, value, change, () => vias++)}${end}`
    })
    .join('')
}

function rewriteValue(name: string, value: string, change: HeadChange, nextVia: () => number): string {
  const { swap, answered } = change
  switch (name) {
    case 'via':
      if (answered) return headers(answered, 'Via')[nextVia()] ?? swap(value)
      return swap(value).replace(/(branch=)([^;,\s]+)/gi, (_, key: string, branch: string) => `${key}${change.branch(branch)}`)
    case 'from':
      return answered ? (header(answered, 'From') ?? value) : withTag(swap(value), change.tag)
    case 'to': {
      if (!answered) return withTag(swap(value), change.tag)
      const own = tagIn(change.recorded, 'To')
      const theirs = header(answered, 'To') ?? value
      return own === undefined || /;\s*tag=/i.test(theirs) ? theirs : `${theirs};tag=${change.tag(own)}`
    }
    case 'call-id':
      return answered ? (header(answered, 'Call-ID') ?? value) : change.callId(value.trim())
    case 'cseq':
      return answered ? (header(answered, 'CSeq') ?? value) : value
    case 'authorization':
    case 'proxy-authorization':
      return change.authorize(value)
    case 'content-length':
      return value.replace(/\d+/, (length) => String(Math.max(0, Number(length) + change.bodyDelta)))
    default:
      return swap(value)
  }
}

const withTag = (value: string, tag: (recorded: string) => string): string => value.replace(/(;\s*tag=)([^;,\s>]+)/i, (_, key: string, recorded: string) => `${key}${tag(recorded)}`)

export const tagIn = (message: SipMessage, name: 'From' | 'To'): string | undefined => attempt(() => parseNameAddr(header(message, name) ?? '').parameters['tag'])

/** A request and the responses to it share this. */
export const callOf = (message: SipMessage): string => JSON.stringify([header(message, 'Call-ID'), header(message, 'CSeq')?.trim().replace(/\s+/g, ' ')])

export const snOf = (message: SipMessage): string | undefined => /<SN>\s*(\d+)\s*<\/SN>/i.exec(message.body.toString('latin1'))?.[1]

/** Another value of the same looks: digits stay digits, letters letters, cookie and host part stay. */
export function likeness(recorded: string, random: RandomBytes): string {
  const [, cookie = '', local = '', host = ''] = /^(z9hG4bK)?([^@]*)(@.*)?$/i.exec(recorded) ?? []
  const bytes = random(Math.max(1, local.length))
  const other = [...local].map((char, n) => {
    const value = bytes[n] ?? 0
    if (/\d/.test(char)) return String(value % 10)
    if (/[a-f]/.test(char)) return 'abcdef'[value % 6]
    if (/[A-Z]/.test(char)) return String.fromCharCode(65 + (value % 26))
    return /[g-z]/.test(char) ? String.fromCharCode(103 + (value % 20)) : char
  })
  return `${cookie}${other.join('')}${host}`
}

/** In a fixture the digest itself is taken out: `right` is computed anew, whatever else stands there is sent as it stands. */
export const rightDigest = '0'.repeat(32)
export const wrongDigest = 'f'.repeat(32)

/** Nonce, realm and answer of this run in the recorded form. A nonce that no challenge of this recording gave stays: it is an old one (Q6). */
export function rewriteAuthorization(value: string, now: { readonly challengeFor: (nonce: string) => Challenge | undefined; readonly method: string; readonly password: string }): string {
  const read = (name: string): string | undefined => {
    const [, quoted, bare] = new RegExp(`\\b${name}\\s*=\\s*(?:"([^"]*)"|([^",\\s]+))`, 'i').exec(value) ?? []
    return quoted ?? bare
  }
  const replace = (text: string, name: string, to: string): string => text.replace(new RegExp(`(\\b${name}\\s*=\\s*"?)[^",]*`, 'i'), (_, key: string) => `${key}${to}`)
  const challenge = now.challengeFor(read('nonce') ?? '')
  if (!challenge) return value
  const renewed = replace(replace(value, 'realm', challenge.realm), 'nonce', challenge.nonce)
  if (read('response') === wrongDigest) return renewed
  const [qop, nc, cnonce] = [read('qop'), read('nc'), read('cnonce')]
  const counted = qop === undefined ? {} : { qop, ...(nc !== undefined && { nc }), ...(cnonce !== undefined && { cnonce }) }
  const algorithm = (read('algorithm') ?? '').toUpperCase() === 'SHA-256' ? 'SHA-256' : 'MD5'
  const response = digestResponse({ algorithm, username: read('username') ?? '', realm: challenge.realm, password: now.password, method: now.method, uri: read('uri') ?? '', nonce: challenge.nonce, ...counted })
  return replace(renewed, 'response', response)
}
