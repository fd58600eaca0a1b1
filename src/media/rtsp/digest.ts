// Answers to a camera's challenge: digest with MD5 and SHA-256, with and without qop, and basic. RFC 7616 3.4; RFC 2617 2, 3.2.2; RFC 2069; RFC 7235 2.1.
import { hash } from 'node:crypto'

export type DigestAlgorithm = 'MD5' | 'SHA-256' | 'MD5-sess' | 'SHA-256-sess'

/** One of the ways a camera offers to be answered. */
export type Challenge =
  | { readonly scheme: 'basic'; readonly realm: string }
  | { readonly scheme: 'digest'; readonly realm: string; readonly nonce: string; readonly algorithm: DigestAlgorithm; readonly isStale: boolean; readonly hasQop: boolean; readonly opaque?: string }

export interface Credentials {
  readonly username: string
  readonly password: string
}

export interface Answering extends Credentials {
  readonly method: string
  readonly uri: string
  /** Chosen by us; used with a qop and with the `-sess` algorithms. */
  readonly cnonce: string
  /** How often this nonce was answered, from 1. */
  readonly count: number
}

/** Ours: challenges that one answer may offer. */
const maxChallenges = 8
const algorithms: readonly DigestAlgorithm[] = ['MD5', 'SHA-256', 'MD5-sess', 'SHA-256-sess']

/** Challenges of all WWW-Authenticate values, in their order; a value may hold several. What we cannot answer is left out. */
export function parseChallenges(values: readonly string[]): readonly Challenge[] {
  return values.flatMap((value) => splitChallenges(value).map(readChallenge).filter((each) => each !== undefined)).slice(0, maxChallenges)
}

/** The value of Authorization for one request. The password is UTF-8. */
export function authorization(challenge: Challenge, answering: Answering): string {
  const { username, password } = answering
  if (challenge.scheme === 'basic') return `Basic ${Buffer.from(`${username}:${password}`, 'utf8').toString('base64')}`
  const { realm, nonce, algorithm, hasQop, opaque } = challenge
  const nc = answering.count.toString(16).padStart(8, '0')
  const parts = [`username=${quote(username)}`, `realm=${quote(realm)}`, `nonce=${quote(nonce)}`, `uri=${quote(answering.uri)}`, `response="${digestResponse(challenge, answering)}"`]
  // Interop: servers of the RFC 2069 time stop at an algorithm that they did not name; MD5 is what they mean.
  if (algorithm !== 'MD5') parts.push(`algorithm=${algorithm}`)
  if (hasQop) parts.push('qop=auth', `nc=${nc}`)
  if (hasQop || algorithm.endsWith('-sess')) parts.push(`cnonce=${quote(answering.cnonce)}`)
  if (opaque !== undefined) parts.push(`opaque=${quote(opaque)}`)
  return `Digest ${parts.join(', ')}`
}

/** The `response` value, hexadecimal in lower case. */
export function digestResponse(challenge: Extract<Challenge, { scheme: 'digest' }>, answering: Answering): string {
  const { realm, nonce, algorithm, hasQop } = challenge
  const { username, password, method, uri, cnonce, count } = answering
  const digest = (text: string): string => hash(algorithm.startsWith('MD5') ? 'md5' : 'sha256', Buffer.from(text, 'utf8'), 'hex')
  const plain = digest(`${username}:${realm}:${password}`)
  const ha1 = algorithm.endsWith('-sess') ? digest(`${plain}:${nonce}:${cnonce}`) : plain
  const ha2 = digest(`${method}:${uri}`)
  const middle = hasQop ? `${nonce}:${count.toString(16).padStart(8, '0')}:${cnonce}:auth` : nonce
  return digest(`${ha1}:${middle}:${ha2}`)
}

/** Stronger first; basic only where nothing else is offered: over plain TCP it gives the password away. */
export function preferred(challenges: readonly Challenge[]): readonly Challenge[] {
  const digests = challenges.filter((each) => each.scheme === 'digest')
  if (digests.length === 0) return challenges
  return [...digests.filter(({ algorithm }) => algorithm.startsWith('SHA-256')), ...digests.filter(({ algorithm }) => algorithm.startsWith('MD5'))]
}

interface RawChallenge {
  readonly scheme: string
  readonly fields: ReadonlyMap<string, string>
}

/** Cut at the commas outside quotes; a part that begins with a word before its `name=value` begins another challenge. */
function splitChallenges(value: string): readonly RawChallenge[] {
  const found: { scheme: string; fields: Map<string, string> }[] = []
  for (const part of value.match(/(?:"(?:[^"\\]|\\.)*"|[^",])+/g) ?? []) {
    const begun = /^\s*([A-Za-z][\w-]*)(?:\s+(?=\S)|\s*$)(?!\s*=)/.exec(part)
    if (begun?.[1]) found.push({ scheme: begun[1].toLowerCase(), fields: new Map() })
    const field = /^\s*([\w-]+)\s*=\s*(.*?)\s*$/s.exec(begun ? part.slice(begun[0].length) : part)
    const fields = found.at(-1)?.fields
    if (field?.[1] && field[2] !== undefined && fields && !fields.has(field[1].toLowerCase())) fields.set(field[1].toLowerCase(), unquote(field[2]))
  }
  return found
}

function readChallenge({ scheme, fields }: RawChallenge): Challenge | undefined {
  const realm = fields.get('realm') ?? ''
  if (scheme === 'basic') return { scheme: 'basic', realm }
  const nonce = fields.get('nonce')
  const named = (fields.get('algorithm') ?? 'MD5').toLowerCase()
  const algorithm = algorithms.find((each) => each.toLowerCase() === named)
  const qops = fields.get('qop')?.toLowerCase().split(/[,\s]+/).filter((qop) => qop !== '') ?? []
  if (scheme !== 'digest' || nonce === undefined || !algorithm || (qops.length > 0 && !qops.includes('auth'))) return undefined
  const opaque = fields.get('opaque')
  return { scheme: 'digest', realm, nonce, algorithm, isStale: fields.get('stale')?.toLowerCase() === 'true', hasQop: qops.length > 0, ...(opaque !== undefined && { opaque }) }
}

const unquote = (text: string): string => (text.startsWith('"') ? text.slice(1, text.endsWith('"') && text.length > 1 ? -1 : undefined).replace(/\\(.)/g, '$1') : text)
const quote = (text: string): string => `"${text.replace(/[\\"]/g, '\\$&')}"`
