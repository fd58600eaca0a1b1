// One decision per REGISTER: challenge, accept or refuse; first, refreshing and unregistering alike.
// GB/T 28181-2022 9.1.2.1, 9.1.2.2, 9.10.3 (Date), Annex I (X-GB-Ver); RFC 3261 10.3, 22.4.
import { ParseError } from '../base/index.ts'
import { digestResponse, isSameResponse, parseCredentials, writeChallenge, type DigestCredentials, type Nonces } from './digest.ts'
import { header, headers, parseNameAddr, parseUri, writeNameAddr } from './message/index.ts'
import { createNonceUse, createTries } from './registrar-limits.ts'
import type { Address, Header, ResponseDraft, SipRequest } from './types.ts'

/** Where a device was when it last registered; kept across restarts. Times are wall milliseconds. */
export interface StoredBinding {
  readonly transport: 'udp' | 'tcp'
  /** The address the REGISTER came from, and requests go to; `contact` may be a private one behind NAT. */
  readonly host: string
  readonly port: number
  readonly contact: string
  readonly registeredAtMs: number
  readonly expiresAtMs: number
  /** X-GB-Ver as sent: 1.0, 1.1, 2.0 or 3.0. */
  readonly gbVersion?: string
  readonly userAgent?: string
  readonly callId: string
}

/** What is known of the device that a REGISTER names. */
export interface Credential {
  /** Its own password or the shared one; absent: an office must approve it first. */
  readonly password?: string
  /** An office turned it away. */
  readonly isRefused?: boolean
  /** Where it is registered now: the true device is never limited by what others try. */
  readonly current?: Pick<StoredBinding, 'transport' | 'host' | 'port'>
}

export type RegisterDecision =
  | { readonly type: 'challenge'; readonly response: ResponseDraft; readonly isStale: boolean }
  | { readonly type: 'accept'; readonly response: ResponseDraft; readonly deviceId: string; /** Absent: it unregistered. */ readonly binding?: StoredBinding }
  | { readonly type: 'refuse'; readonly response: ResponseDraft; /** `no-device`: neither To nor From names anything a device could be called. */ readonly reason: 'no-device' | 'wrong-password' | 'limited' | 'refused' | 'stranger' }

export interface RegistrarOptions {
  readonly realm: string
  readonly nonces: Nonces
  /** Longest lease we grant, in seconds. */
  readonly maxExpiresS: number
}

/** When neither the header nor the Contact says: the standard's least, so that a silent device comes back soon. Q8. */
const defaultExpiresS = 3600
/** Ours: a device that asks for less would do nothing but register. */
const leastExpiresS = 60
/** We speak the 2022 edition. Annex I: on every response to REGISTER, success or failure. */
const gbVersion: Header = { name: 'X-GB-Ver', value: '3.0' }

export interface Registrar {
  /** Pure but for the memory of used nonces and wrong tries. `now` in milliseconds: `wall` for leases and Date, `nowUs` monotonic. */
  readonly decide: (request: SipRequest, source: Address, credential: Credential, now: { readonly wallMs: number; readonly nowUs: number }) => RegisterDecision
}

export function createRegistrar({ realm, nonces, maxExpiresS }: RegistrarOptions): Registrar {
  const use = createNonceUse()
  const tries = createTries()

  const challenge = (bindTo: string, isStale: boolean): RegisterDecision => {
    const value = writeChallenge({ realm, nonce: nonces.issue(bindTo), algorithm: 'MD5', qop: 'auth', ...(isStale && { stale: true }) })
    return { type: 'challenge', isStale, response: { status: 401, headers: [{ name: 'WWW-Authenticate', value }, gbVersion] } }
  }
  return {
    decide: (request, source, credential, now) => {
      const deviceId = deviceIdOf(request)
      if (!deviceId) return refuse(404, 'no-device')
      // Not bound to the port: some devices rotate theirs between REGISTER and its repeat. Q19.
      const bindTo = `${deviceId}|${source.transport}|${source.host}`
      const credentials = credentialsOf(request)
      const state = credentials ? nonces.check(credentials.nonce, bindTo) : 'foreign'
      if (!credentials || state !== 'fresh') return challenge(bindTo, state === 'stale')
      // Only who can receive our challenge gets this far, so a forged source can neither fill the list of strangers nor use up tries.
      if (credential.isRefused) return refuse(403, 'refused')
      if (credential.password === undefined) return refuse(403, 'stranger')
      const isCurrent = credential.current?.host === source.host && credential.current.port === source.port && credential.current.transport === source.transport
      if (!isCurrent && tries.isLimited(bindTo, now.nowUs)) return refuse(403, 'limited', 'Too many failed attempts', [{ name: 'Retry-After', value: '300' }])
      if (!isSameResponse(digestResponse({ ...credentials, method: request.method, password: credential.password }), credentials.response)) {
        if (!isCurrent) tries.failed(bindTo, now.nowUs)
        return refuse(403, 'wrong-password')
      }
      if (!use.isFirst(credentials)) return challenge(bindTo, true)
      tries.succeeded(bindTo)
      return accept(request, source, deviceId, maxExpiresS, now.wallMs)
    },
  }
}

function accept(request: SipRequest, source: Address, deviceId: string, maxExpiresS: number, wallMs: number): RegisterDecision {
  const [contact = ''] = headers(request, 'Contact')
  const asked = expiresOf(request)
  const expiresS = asked === 0 ? 0 : Math.min(maxExpiresS, Math.max(leastExpiresS, asked))
  const date: Header = { name: 'Date', value: beijingDate(wallMs) }
  if (expiresS === 0) return { type: 'accept', deviceId, response: { status: 200, headers: [{ name: 'Expires', value: '0' }, date, gbVersion] } }
  const uri = uriOf(contact) ?? `sip:${deviceId}@${source.host.includes(':') ? `[${source.host}]` : source.host}:${source.port}`
  const version = header(request, 'X-GB-Ver')?.trim()
  const userAgent = header(request, 'User-Agent')?.trim()
  const binding: StoredBinding = {
    transport: source.transport, host: source.host, port: source.port, contact: uri,
    registeredAtMs: wallMs, expiresAtMs: wallMs + expiresS * 1000,
    ...(version && { gbVersion: version.slice(0, 16) }), ...(userAgent && { userAgent: userAgent.slice(0, 200) }),
    callId: header(request, 'Call-ID') ?? '',
  }
  const listed: Header = { name: 'Contact', value: writeNameAddr({ uri, parameters: { expires: String(expiresS) } }) }
  return { type: 'accept', deviceId, binding, response: { status: 200, headers: [listed, { name: 'Expires', value: String(expiresS) }, date, gbVersion] } }
}

function refuse(status: number, reason: Extract<RegisterDecision, { type: 'refuse' }>['reason'], phrase?: string, more: readonly Header[] = []): RegisterDecision {
  return { type: 'refuse', reason, response: { status, ...(phrase && { reason: phrase }), headers: [...more, gbVersion] } }
}

/** The id that registers: the user of To, or of From where To has none. Any token is taken, 20 digits or not. Q1, Q5. */
export function deviceIdOf(request: SipRequest): string | undefined {
  for (const name of ['To', 'From']) {
    const id = userOf(header(request, name) ?? '')
    if (id && /^[\w.-]{1,64}$/.test(id)) return id
  }
  return undefined
}

/** The user part of an address header; undefined when it cannot be read. */
export function userOf(value: string): string | undefined {
  const uri = uriOf(value)
  return uri === undefined ? undefined : attempt(() => parseUri(uri).user)
}

/** `*` is no address: it stands in the Contact of an unregistration. */
function uriOf(value: string): string | undefined {
  const uri = attempt(() => parseNameAddr(value).uri)
  return uri === '*' ? undefined : uri
}

function attempt<T>(parse: () => T): T | undefined {
  try {
    return parse()
  } catch (error) {
    if (error instanceof ParseError) return undefined
    throw error
  }
}

function credentialsOf(request: SipRequest): DigestCredentials | undefined {
  return headers(request, 'Authorization').map(parseCredentials).find((found) => found !== undefined)
}

/** Header, then the first Contact's parameter, then 3600 s. Q8. */
function expiresOf(request: SipRequest): number {
  const [contact = ''] = headers(request, 'Contact')
  const texts = [header(request, 'Expires'), attempt(() => parseNameAddr(contact).parameters['expires'])]
  const seconds = texts.map((text) => text?.trim() ?? '').find((text) => /^\d{1,10}$/.test(text))
  return seconds === undefined ? defaultExpiresS : Number(seconds)
}

/** `yyyy-MM-dd'T'HH:mm:ss.SSS` in Beijing time: devices set their clocks from it. GB/T 28181-2022 9.10.3. */
export const beijingDate = (wallMs: number): string => new Date(wallMs + 8 * 3_600_000).toISOString().slice(0, 23)
