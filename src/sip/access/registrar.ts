// One decision per REGISTER: challenge, accept or refuse; first, refreshing and unregistering alike.
// GB/T 28181-2022 9.1.2.1, 9.1.2.2, 9.10.3 (Date), Annex I (X-GB-Ver); RFC 3261 10.3, 22.4.
import { ParseError } from '../../base/index.ts'
import { ownText } from '../bounded.ts'
import { digestResponse, isSameResponse, parseCredentials, writeChallenge, type DigestAlgorithm, type DigestCredentials, type Nonces } from './digest.ts'
import { header, headers, parseNameAddr, parseUri, writeNameAddr } from '../message/index.ts'
import { createNonceUse } from './registrar-limits.ts'
import { createTries } from './tries.ts'
import type { Address, Header, ResponseDraft, SipRequest } from '../types.ts'

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

export type RefusalReason =
  /** Neither To nor From names anything a device could be called. */
  | 'no-device'
  | 'wrong-password'
  /** Too many wrong answers: this one was not looked at. */
  | 'limited'
  | 'refused'
  | 'stranger'
  /** It answers with MD5 where SHA-256 is insisted on. */
  | 'weak-digest'

export type RegisterDecision =
  | { readonly type: 'challenge'; readonly response: ResponseDraft; readonly isStale: boolean }
  | { readonly type: 'accept'; readonly response: ResponseDraft; readonly deviceId: string; /** Absent: it unregistered. */ readonly binding?: StoredBinding }
  | { readonly type: 'refuse'; readonly response: ResponseDraft; readonly reason: RefusalReason; /** Of `limited`: the first time in a window. */ readonly isNew: boolean }

/** A REGISTER that answers a challenge of ours: worth a look at what is known of the device. */
export interface Answer {
  readonly type: 'answer'
  readonly deviceId: string
  readonly credentials: DigestCredentials
}

/** `both`: MD5 first, then SHA-256 in a header of its own (RFC 8760 2.4). Some devices read one header only; the nonce is the same in both. */
export type DigestOffer = 'both' | 'md5' | 'sha-256'
/** Date in the 200: some devices choke on milliseconds, some on any. Q17. */
export type DateForm = 'full' | 'seconds' | 'none'

export interface RegistrarOptions {
  readonly realm: string
  readonly nonces: Nonces
  /** Longest lease we grant, in seconds. */
  readonly maxExpiresS: number
  readonly digest?: DigestOffer
  readonly date?: DateForm
}

/** When neither the header nor the Contact says: the standard's least, so that a silent device comes back soon. Q8. */
const defaultExpiresS = 3600
/** Ours: a device that asks for less would do nothing but register. */
const leastExpiresS = 60
/** Answers looked at in one request. */
const maxAnswers = 4
/** We speak the 2022 edition. Annex I: on every response to REGISTER, success or failure. */
export const gbVersion: Header = { name: 'X-GB-Ver', value: '3.0' }

/** `wall` in milliseconds for leases and Date, `nowUs` monotonic. */
export interface Now {
  readonly wallMs: number
  readonly nowUs: number
}

export interface Registrar {
  /** Without any memory or look-up: challenges who brings no answer to a challenge of ours. */
  readonly first: (request: SipRequest, source: Address) => Exclude<RegisterDecision, { type: 'accept' }> | Answer
  /** Pure but for the memory of used nonces and wrong tries. */
  readonly judge: (answer: Answer, request: SipRequest, source: Address, credential: Credential, now: Now) => RegisterDecision
  /** The device has a new password: tries at the old one count no longer. */
  readonly forgetTries: (deviceId: string) => void
  /** What is remembered, for a look at its bounds. */
  readonly remembered: () => { readonly nonces: number; readonly tries: number }
}

export function createRegistrar({ realm, nonces, maxExpiresS, digest = 'both', date = 'full' }: RegistrarOptions): Registrar {
  const use = createNonceUse(nonces)
  const tries = createTries()
  const offered: readonly DigestAlgorithm[] = digest === 'both' ? ['MD5', 'SHA-256'] : digest === 'md5' ? ['MD5'] : ['SHA-256']

  // Not bound to the port: some devices rotate theirs between REGISTER and its repeat. Q19.
  const bindingOf = (deviceId: string, source: Address): string => `${deviceId}|${source.transport}|${source.host}`
  const challenge = (deviceId: string, source: Address, isStale: boolean, request?: SipRequest): Extract<RegisterDecision, { type: 'challenge' }> => {
    const nonce = nonces.issue(bindingOf(deviceId, source), request && identityOf(request))
    const asked = offered.map((algorithm): Header => ({ name: 'WWW-Authenticate', value: writeChallenge({ realm, nonce, algorithm, qop: 'auth', ...(isStale && { stale: true }) }) }))
    return { type: 'challenge', isStale, response: { status: 401, headers: [...asked, gbVersion] } }
  }
  const isRight = (credentials: DigestCredentials, method: string, password: string): boolean =>
    isSameResponse(digestResponse({ ...credentials, method, password }), credentials.response)

  return {
    first: (request, source) => {
      const deviceId = deviceIdOf(request)
      if (!deviceId) return refuse(404, 'no-device')
      const states = credentialsOf(request).map((credentials) => ({ credentials, state: nonces.check(credentials.nonce, bindingOf(deviceId, source)) }))
      const fresh = states.filter(({ state }) => state === 'fresh').map(({ credentials }) => credentials)
      const credentials = fresh.find(({ algorithm }) => offered.includes(algorithm)) ?? fresh[0]
      return credentials ? { type: 'answer', deviceId, credentials } : challenge(deviceId, source, states.some(({ state }) => state === 'stale'), request)
    },
    judge: ({ deviceId, credentials }, request, source, credential, { wallMs, nowUs }) => {
      // Only who can receive our challenge gets this far, so a forged source can neither fill the list of strangers nor use up tries.
      if (credential.isRefused) return refuse(403, 'refused')
      if (credential.password === undefined) return refuse(403, 'stranger')
      if (digest === 'sha-256' && credentials.algorithm !== 'SHA-256') return refuse(403, 'weak-digest', 'SHA-256 required')
      const { current } = credential
      const isCurrent = current?.host === source.host && current.port === source.port && current.transport === source.transport
      const attempt = { deviceId, host: source.host, isAtHome: current?.host === source.host }
      const admission = isCurrent ? undefined : tries.admit(attempt, nowUs)
      if (admission?.isLimited) return refuse(403, 'limited', 'Too many failed attempts', [{ name: 'Retry-After', value: String(admission.retryAfterS) }], admission.isNew)
      if (!isRight(credentials, request.method, credential.password)) {
        if (!isCurrent) tries.failed(attempt, nowUs)
        return refuse(403, 'wrong-password')
      }
      if (!use.isFirst(credentials, nowUs)) return challenge(deviceId, source, true)
      // Its refreshing says nothing of who else tries behind the same NAT.
      if (!isCurrent) tries.succeeded(attempt)
      return accept(request, source, deviceId, { maxExpiresS, wallMs, date })
    },
    forgetTries: tries.forget,
    remembered: () => ({ nonces: use.size(), tries: tries.size() }),
  }
}

/** What a copy of the request has in common with it, and another request has not. */
const identityOf = (request: SipRequest): string => ['Via', 'Call-ID', 'CSeq', 'Authorization'].map((name) => header(request, name)).join('\n')

function accept(request: SipRequest, source: Address, deviceId: string, { maxExpiresS, wallMs, date: form }: { readonly maxExpiresS: number; readonly wallMs: number; readonly date: DateForm }): RegisterDecision {
  const [contact = ''] = headers(request, 'Contact')
  const asked = expiresOf(request)
  const expiresS = asked === 0 ? 0 : Math.min(maxExpiresS, Math.max(leastExpiresS, asked))
  const date: readonly Header[] = form === 'none' ? [] : [{ name: 'Date', value: beijingDate(wallMs).slice(0, form === 'seconds' ? 19 : 23) }]
  if (expiresS === 0) return { type: 'accept', deviceId, response: { status: 200, headers: [{ name: 'Expires', value: '0' }, ...date, gbVersion] } }
  const uri = uriOf(contact) ?? `sip:${deviceId}@${source.host.includes(':') ? `[${source.host}]` : source.host}:${source.port}`
  const version = header(request, 'X-GB-Ver')?.trim()
  const userAgent = header(request, 'User-Agent')?.trim()
  const binding: StoredBinding = {
    transport: source.transport, host: source.host, port: source.port, contact: ownText(uri),
    registeredAtMs: wallMs, expiresAtMs: wallMs + expiresS * 1000,
    ...(version && { gbVersion: ownText(version.slice(0, 16)) }), ...(userAgent && { userAgent: ownText(userAgent.slice(0, 200)) }),
    callId: ownText(header(request, 'Call-ID') ?? ''),
  }
  const listed: Header = { name: 'Contact', value: writeNameAddr({ uri, parameters: { expires: String(expiresS) } }) }
  return { type: 'accept', deviceId, binding, response: { status: 200, headers: [listed, { name: 'Expires', value: String(expiresS) }, ...date, gbVersion] } }
}

type Refusal = Extract<RegisterDecision, { type: 'refuse' }>

function refuse(status: number, reason: RefusalReason, phrase?: string, more: readonly Header[] = [], isNew = true): Refusal {
  return { type: 'refuse', reason, isNew, response: { status, ...(phrase && { reason: phrase }), headers: [...more, gbVersion] } }
}

/** The id that registers: the user of To, or of From where To has none. Any token is taken, 20 digits or not. Q1, Q5. */
export function deviceIdOf(request: SipRequest): string | undefined {
  for (const name of ['To', 'From']) {
    const id = userOf(header(request, name) ?? '')
    if (id && /^[\w.-]{1,64}$/.test(id)) return ownText(id)
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

/** Answers we can check: a device that was offered two may send two. An answer that covers the body (auth-int) was never asked for. */
const credentialsOf = (request: SipRequest): readonly DigestCredentials[] =>
  headers(request, 'Authorization')
    .slice(0, maxAnswers)
    .flatMap((value) => parseCredentials(value) ?? [])
    .filter(({ qop }) => qop === undefined || qop.toLowerCase() === 'auth')

/** Header, then the first Contact's parameter, then 3600 s. Q8. */
function expiresOf(request: SipRequest): number {
  const [contact = ''] = headers(request, 'Contact')
  const texts = [header(request, 'Expires'), attempt(() => parseNameAddr(contact).parameters['expires'])]
  const seconds = texts.map((text) => text?.trim() ?? '').find((text) => /^\d{1,10}$/.test(text))
  return seconds === undefined ? defaultExpiresS : Number(seconds)
}

/** `yyyy-MM-dd'T'HH:mm:ss.SSS` in Beijing time: devices set their clocks from it. GB/T 28181-2022 9.10.3. */
export const beijingDate = (wallMs: number): string => new Date(wallMs + 8 * 3_600_000).toISOString().slice(0, 23)
