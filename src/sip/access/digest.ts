// Digest: answers, headers and nonces that need no memory. RFC 2617, RFC 8760 (SHA-256); GB/T 28181-2022 9.1.2.1; RFC 3261 22.4.
import { hash, timingSafeEqual } from 'node:crypto'
import { createKeyedHash, type Clock } from '../../base/index.ts'
import { splitList } from '../message/header.ts'
import { quote, unquote } from '../message/parameters.ts'

export type DigestAlgorithm = 'MD5' | 'SHA-256'

/** What an Authorization header says. */
export interface DigestCredentials {
  readonly username: string
  readonly realm: string
  readonly nonce: string
  /** The literal text the answer was computed over: never the request's own URI (docs/interop.md Q3). */
  readonly uri: string
  /** Hexadecimal, lower case. */
  readonly response: string
  readonly algorithm: DigestAlgorithm
  readonly qop?: string
  readonly nc?: string
  readonly cnonce?: string
  readonly opaque?: string
}

/** What a WWW-Authenticate or Proxy-Authenticate header asks. */
export interface DigestChallenge {
  readonly realm: string
  readonly nonce: string
  readonly algorithm: DigestAlgorithm
  readonly stale?: boolean
  /** Absent: the answer has no nc and cnonce (RFC 2069 style), which is what devices do. */
  readonly qop?: 'auth'
  readonly opaque?: string
}

export interface DigestInput {
  readonly algorithm: DigestAlgorithm
  readonly username: string
  readonly realm: string
  readonly password: string
  readonly method: string
  readonly uri: string
  readonly nonce: string
  readonly qop?: string
  readonly nc?: string
  readonly cnonce?: string
}

/** The `response` value in lower-case hexadecimal. With a qop it covers nc and cnonce too (empty where missing). The password is UTF-8; the rest is header text, one byte per character. */
export function digestResponse(input: DigestInput): string {
  const digest = (text: string, secret = ''): string => hash(input.algorithm === 'MD5' ? 'md5' : 'sha256', Buffer.concat([Buffer.from(text, 'latin1'), Buffer.from(secret, 'utf8')]), 'hex')
  const ha1 = digest(`${input.username}:${input.realm}:`, input.password)
  const ha2 = digest(`${input.method}:${input.uri}`)
  const middle = input.qop === undefined ? input.nonce : `${input.nonce}:${input.nc ?? ''}:${input.cnonce ?? ''}:${input.qop}`
  return digest(`${ha1}:${middle}:${ha2}`)
}

/** Reads an Authorization value. Undefined when it is no Digest, lacks a part or names an algorithm we do not have: the caller then challenges as if it were not there. */
export function parseCredentials(headerValue: string): DigestCredentials | undefined {
  const fields = parseFields(headerValue)
  const named = algorithmOf(fields?.get('algorithm'))
  const algorithm = named && algorithmByLength(fields?.get('response') ?? '', named)
  const [username, realm, nonce, uri, response] = ['username', 'realm', 'nonce', 'uri', 'response'].map((name) => fields?.get(name))
  if (!fields || !algorithm || username === undefined || realm === undefined || nonce === undefined || uri === undefined || response === undefined) return undefined
  return { username, realm, nonce, uri, response: response.toLowerCase(), algorithm, ...optional(fields, ['qop', 'nc', 'cnonce', 'opaque']) }
}

/** Reads a challenge. Undefined when it is no Digest, lacks realm or nonce, or asks for an algorithm or qop we do not have. */
export function parseChallenge(headerValue: string): DigestChallenge | undefined {
  const fields = parseFields(headerValue)
  const algorithm = algorithmOf(fields?.get('algorithm'))
  const realm = fields?.get('realm')
  const nonce = fields?.get('nonce')
  if (!fields || !algorithm || realm === undefined || nonce === undefined) return undefined
  const qops = fields.get('qop')?.toLowerCase().split(',').map((qop) => qop.trim())
  if (qops && !qops.includes('auth')) return undefined
  const isStale = fields.get('stale')?.toLowerCase() === 'true'
  return { realm, nonce, algorithm, ...(isStale && { stale: true }), ...(qops && { qop: 'auth' as const }), ...optional(fields, ['opaque']) }
}

export function writeChallenge(challenge: DigestChallenge): string {
  const parts = [`realm=${quote(challenge.realm)}`, `nonce=${quote(challenge.nonce)}`, `algorithm=${challenge.algorithm}`]
  if (challenge.stale) parts.push('stale=true')
  if (challenge.qop) parts.push(`qop="${challenge.qop}"`)
  if (challenge.opaque !== undefined) parts.push(`opaque=${quote(challenge.opaque)}`)
  return `Digest ${parts.join(', ')}`
}

export function writeCredentials(credentials: DigestCredentials): string {
  const parts = (['username', 'realm', 'nonce', 'uri', 'response'] as const).map((name) => `${name}=${quote(credentials[name])}`)
  parts.push(`algorithm=${credentials.algorithm}`)
  if (credentials.qop !== undefined) parts.push(`qop=${credentials.qop}`)
  if (credentials.nc !== undefined) parts.push(`nc=${credentials.nc}`)
  if (credentials.cnonce !== undefined) parts.push(`cnonce=${quote(credentials.cnonce)}`)
  if (credentials.opaque !== undefined) parts.push(`opaque=${quote(credentials.opaque)}`)
  return `Digest ${parts.join(', ')}`
}

/** Whether two answers are the same, in a time that does not tell how far they agree. */
export function isSameResponse(one: string, other: string): boolean {
  const [a, b] = [Buffer.from(one), Buffer.from(other)]
  return a.length === b.length && timingSafeEqual(a, b)
}

export interface Nonces {
  /**
   * A fresh nonce for whom `bindTo` names (device and source). No two are the same, but for one `request`, whatever tells it from others: a copy of it
   * gets the same nonce again within a while, so that nobody takes the second challenge for another.
   */
  readonly issue: (bindTo: string, request?: string) => string
  /**
   * `stale`: like one of ours, but past its lifetime, or of an earlier run, or of where the device was before: challenge with stale=true,
   * and it answers again at once instead of taking its password for wrong. `foreign`: anything else.
   */
  readonly check: (nonce: string, bindTo: string) => 'fresh' | 'stale' | 'foreign'
  /** When a nonce that is `fresh` was issued, on the clock's microseconds. */
  readonly issuedUs: (nonce: string) => number
  readonly lifetimeUs: number
}

/** Nonces for one request are stamped with the beginning of such a while; RFC 3261's copies come within 32 s. */
const whileUs = 32_000_000
/** A nonce this young that was made for another source: the address changes with every message, and stale=true would be an endless round. */
const hastyUs = whileUs + 10_000_000

/**
 * Nonces made of the time, a count or what tells the request, and a keyed hash over both and the binding; nothing is stored. The count keeps two
 * of one microsecond apart. The key belongs to one run of one process, as its clock does.
 */
export function createNonces(options: { readonly key: Buffer; readonly clock: Clock; readonly lifetimeMs: number }): Nonces {
  const { key, clock, lifetimeMs } = options
  const keyed = createKeyedHash(key)
  const seal = (stamp: string, bindTo: string): string => keyed(`${stamp}:${bindTo}`).slice(0, 32)
  const issuedUs = (nonce: string): number => Number.parseInt(nonce.slice(0, 14), 16)
  const lifetimeUs = lifetimeMs * 1000
  let count = 0
  return {
    lifetimeUs,
    issuedUs,
    issue: (bindTo, request) => {
      const now = clock.nowUs()
      count = (count + 1) & 0xffff
      const time = request === undefined ? now : now - (now % whileUs)
      const told = request === undefined ? `0000${count.toString(16).padStart(4, '0')}` : `1${keyed(request).slice(0, 7)}`
      const stamp = time.toString(16).padStart(14, '0') + told
      return stamp + seal(stamp, bindTo)
    },
    check: (nonce, bindTo) => {
      const parts = /^([0-9a-f]{22})([0-9a-f]{32})$/.exec(nonce)
      if (!parts?.[1] || !parts[2]) return 'foreign'
      const ageUs = clock.nowUs() - issuedUs(nonce)
      const isOurs = isSameResponse(parts[2], seal(parts[1], bindTo))
      if (!isOurs) return ageUs >= 0 && ageUs < hastyUs ? 'foreign' : 'stale'
      return ageUs >= 0 && ageUs <= lifetimeUs ? 'fresh' : 'stale'
    },
  }
}

/** `Digest a="x", b=y` as a map with names in lower case; undefined for another scheme. The first of a name wins. */
function parseFields(headerValue: string): ReadonlyMap<string, string> | undefined {
  const list = /^\s*Digest\s+([\s\S]*)$/i.exec(headerValue)?.[1]
  if (list === undefined) return undefined
  const fields = new Map<string, string>()
  for (const part of splitList(list)) {
    const equals = part.indexOf('=')
    const name = part.slice(0, Math.max(0, equals)).trim().toLowerCase()
    if (name !== '' && !fields.has(name)) fields.set(name, unquote(part.slice(equals + 1).trim()))
  }
  return fields
}

/** MD5 when nothing is said. RFC 2617 3.2.1. Devices quote the name or not. */
function algorithmOf(text: string | undefined): DigestAlgorithm | undefined {
  const name = (text ?? 'MD5').toUpperCase()
  return name === 'MD5' || name === 'SHA-256' ? name : undefined
}

/** Interop: a device that copies the algorithm it was asked for, and knows one, is told by the length of its answer (docs/interop.md Q6). */
const algorithmByLength = (response: string, named: DigestAlgorithm): DigestAlgorithm => (response.length === 32 ? 'MD5' : response.length === 64 ? 'SHA-256' : named)

function optional<Name extends string>(fields: ReadonlyMap<string, string>, names: readonly Name[]): { readonly [Key in Name]?: string } {
  const found: { [Key in Name]?: string } = {}
  for (const name of names) {
    const value = fields.get(name)
    if (value !== undefined) found[name] = value
  }
  return found
}
