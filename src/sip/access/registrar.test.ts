import { readFileSync } from 'node:fs'
import t from 'tap'
import { manualClock, seededBytes } from '../../base/index.ts'
import { createNonces, digestResponse, parseChallenge, writeCredentials, type DigestAlgorithm, type DigestCredentials, type DigestInput } from './digest.ts'
import { header, headers } from '../message/index.ts'
import { createNonceUse } from './registrar-limits.ts'
import { beijingDate, createRegistrar, deviceIdOf, type Credential, type RegisterDecision, type RegistrarOptions } from './registrar.ts'
import { readSignal } from '../signal.ts'
import type { Address, Header, SipRequest, SipResponse } from '../types.ts'

const id = '34020000001110000001'
const password = '12345678'
const source: Address = { transport: 'udp', host: '192.0.2.77', port: 5060 }

let cseq = 0

/** Each is another request: its CSeq rises. */
function register(more: readonly Header[] = [], contact = `<sip:${id}@10.0.0.7:5060>`): SipRequest {
  const own: Header[] = [
    { name: 'From', value: `<sip:${id}@3402000000>;tag=1` }, { name: 'To', value: `<sip:${id}@3402000000>` }, { name: 'Call-ID', value: 'helloVideo' },
    { name: 'CSeq', value: `${++cseq} REGISTER` }, ...(contact ? [{ name: 'Contact', value: contact }] : []), { name: 'User-Agent', value: 'IP Camera' }, { name: 'X-GB-Ver', value: '2.0' },
  ]
  return { kind: 'request', method: 'REGISTER', uri: 'sip:34020000002000000001@3402000000', headers: [...own, ...more], body: Buffer.alloc(0) }
}

/** A registrar with its clock; `answer` makes the Authorization for its challenge. */
function registrar(options: Partial<RegistrarOptions> = {}) {
  const clock = manualClock()
  const { first, judge, forgetTries, remembered } = createRegistrar({ realm: '3402000000', nonces: createNonces({ key: seededBytes(1)(32), clock, lifetimeMs: 300_000 }), maxExpiresS: 86_400, ...options })
  const ask = (request: SipRequest, from: Address = source, credential: Credential = { password }): RegisterDecision => {
    const step = first(request, from)
    return step.type === 'answer' ? judge(step, request, from, credential, { wallMs: clock.wallMs(), nowUs: clock.nowUs() }) : step
  }
  const responseTo = (decision: RegisterDecision): SipResponse => ({ kind: 'response', status: decision.response.status, reason: '', headers: decision.response.headers ?? [], body: Buffer.alloc(0) })
  const answer = (decision: RegisterDecision, secret = password, more: Partial<DigestInput> & { readonly named?: DigestAlgorithm } = {}): Header => {
    const challenge = parseChallenge(header(responseTo(decision), 'WWW-Authenticate') ?? '')
    const { named, ...changed } = more
    const input = { algorithm: 'MD5' as const, username: 'admin', realm: challenge?.realm ?? '', nonce: challenge?.nonce ?? '', uri: 'sip:34020000002000000001@3402000000', ...changed }
    const response = digestResponse({ method: 'REGISTER', password: secret, ...input })
    return { name: 'Authorization', value: writeCredentials({ ...input, response, ...(named && { algorithm: named }) }) }
  }
  /** Both rounds. */
  const twice = (more: readonly Header[] = [], contact?: string, from: Address = source): RegisterDecision => ask(register([...more, answer(ask(register(), from))], contact), from)
  return { clock, ask, answer, twice, responseTo, forgetTries, remembered }
}

t.test('every REGISTER is challenged, whatever it brings', async (t) => {
  const { ask, responseTo, twice } = registrar()
  for (const more of [[], [{ name: 'Expires', value: '0' }], [{ name: 'Authorization', value: 'Digest nonsense' }], [{ name: 'Authorization', value: 'Basic YTpi' }]]) {
    const decision = ask(register(more), source, { password, current: source })
    t.match(decision, { type: 'challenge', isStale: false, response: { status: 401 } })
    t.equal(header(responseTo(decision), 'X-GB-Ver'), '3.0')
  }
  t.match(twice(), { type: 'accept', deviceId: id, binding: { ...source, contact: `sip:${id}@10.0.0.7:5060`, gbVersion: '2.0', userAgent: 'IP Camera', callId: 'helloVideo' } })
})

t.test('the digest is checked over the literal uri, the username may be anything', async (t) => {
  const { ask, answer } = registrar()
  t.match(ask(register([answer(ask(register()), password, { uri: 'sip:anything@10.0.0.1:7100' })])), { type: 'accept' })
  t.match(ask(register([answer(ask(register()), 'wrong')])), { type: 'refuse', reason: 'wrong-password', response: { status: 403 } })
})

t.test('the lease: header, then Contact, then 3600 s; at least 60 s, at most the cap', async (t) => {
  const expires = (value: string): Header[] => [{ name: 'Expires', value }]
  const lease = (decision: RegisterDecision): number | undefined => (decision.type === 'accept' && decision.binding ? (decision.binding.expiresAtMs - decision.binding.registeredAtMs) / 1000 : undefined)
  const { twice } = registrar()
  t.equal(lease(twice(expires('7200'), `<sip:${id}@10.0.0.7>;expires=600`)), 7200)
  t.equal(lease(twice([], `<sip:${id}@10.0.0.7>;expires=600`)), 600)
  t.equal(lease(twice(expires('never'))), 3600)
  t.equal(lease(twice()), 3600)
  t.equal(lease(twice(expires('5'))), 60)
  t.equal(lease(twice(expires('9999999999'))), 86_400)
  t.equal(lease(registrar({ maxExpiresS: 300 }).twice(expires('3600'))), 300)
  t.match(twice(expires('0'), '*'), { type: 'accept', binding: undefined })
  t.match(twice([], `<sip:${id}@10.0.0.7>;expires=0`), { type: 'accept', binding: undefined })
  t.match(twice([], ''), { type: 'accept', binding: { contact: `sip:${id}@192.0.2.77:5060` } }, 'without a Contact the source is it')
})

const registrarDate = (date: 'seconds' | 'none'): SipResponse => {
  const { responseTo, twice } = registrar({ date })
  return responseTo(twice())
}

t.test('the 200 says lease, contact, Beijing time and version', async (t) => {
  const { responseTo, twice } = registrar()
  const response = responseTo(twice())
  t.equal(header(response, 'Expires'), '3600')
  t.equal(header(response, 'Contact'), `<sip:${id}@10.0.0.7:5060>;expires=3600`)
  t.equal(header(response, 'Date'), '2026-01-01T08:00:00.000')
  t.equal(header(registrarDate('seconds'), 'Date'), '2026-01-01T08:00:00')
  t.equal(header(registrarDate('none'), 'Date'), undefined)
  t.equal(beijingDate(Date.UTC(2026, 11, 31, 20, 0, 0, 7)), '2027-01-01T04:00:00.007')
})

t.test('an old nonce is stale, one just made for another source is none', async (t) => {
  const { clock, ask, answer } = registrar()
  const old = answer(ask(register()))
  t.match(ask(register([old]), { ...source, host: '192.0.2.99' }), { type: 'challenge', isStale: false }, 'an address that changes with every message gets no endless round')
  t.match(ask(register([old]), { ...source, port: 6000 }), { type: 'accept' }, 'a rotated port is the same device')
  clock.advance(300_001)
  t.match(ask(register([old])), { type: 'challenge', isStale: true })
  t.match(ask(register([old]), { ...source, host: '192.0.2.99' }), { type: 'challenge', isStale: true }, 'it moved since')
  const before = registrar()
  before.clock.advance(900_000)
  t.match(ask(register([before.answer(before.ask(register()))])), { type: 'challenge', isStale: true }, 'the nonce of a run before ours')
})

t.test('MD5 is asked first, then SHA-256 with the same nonce; either is taken, told by its length', async (t) => {
  const { ask, answer, responseTo } = registrar()
  const asked = ask(register())
  const [first = '', second = '', ...more] = headers(responseTo(asked), 'WWW-Authenticate')
  t.equal(more.length, 0)
  t.match(first, /algorithm=MD5\b/)
  t.match(second, /algorithm=SHA-256\b/)
  t.equal(parseChallenge(first)?.nonce, parseChallenge(second)?.nonce)
  t.match(ask(register([answer(asked, password, { algorithm: 'SHA-256' })])), { type: 'accept' })
  t.match(ask(register([answer(ask(register()), password, { named: 'SHA-256' })])), { type: 'accept' }, 'an MD5 answer under the name of the last header read')
  t.match(ask(register([answer(ask(register()), password, { algorithm: 'SHA-256', named: 'MD5' })])), { type: 'accept' })
  const both = ask(register())
  t.match(ask(register([answer(both, password, { algorithm: 'SHA-256' }), answer(both)])), { type: 'accept' }, 'two answers')
})

t.test('what is offered is a choice', async (t) => {
  const offered = (digest: 'both' | 'md5' | 'sha-256'): (string | undefined)[] => {
    const { ask, responseTo } = registrar({ digest })
    return headers(responseTo(ask(register())), 'WWW-Authenticate').map((value) => parseChallenge(value)?.algorithm)
  }
  t.same([offered('both'), offered('md5'), offered('sha-256')], [['MD5', 'SHA-256'], ['MD5'], ['SHA-256']])
  const strict = registrar({ digest: 'sha-256' })
  t.match(strict.ask(register([strict.answer(strict.ask(register()))])), { type: 'refuse', reason: 'weak-digest', response: { status: 403 } })
  t.match(strict.ask(register([strict.answer(strict.ask(register()), password, { algorithm: 'SHA-256' })])), { type: 'accept' })
})

t.test('with qop and without; a count must rise, a nonce serves once, a protection of the body was not asked for', async (t) => {
  const { ask, answer } = registrar()
  const asked = ask(register())
  const counted = (nc: string, qop = 'auth'): RegisterDecision => ask(register([answer(asked, password, { qop, nc, cnonce: 'c' })]))
  t.match(counted('00000002'), { type: 'accept' })
  t.match(counted('00000002'), { type: 'challenge', isStale: true }, 'played again')
  t.match(counted('00000001'), { type: 'challenge', isStale: true }, 'an earlier one')
  t.match(counted('0000000a'), { type: 'accept' })
  t.match(ask(register([answer(asked)])), { type: 'accept' }, 'the same nonce without a count, once')
  t.match(ask(register([answer(asked)])), { type: 'challenge', isStale: true })
  t.match(counted('0000000b'), { type: 'challenge', isStale: true }, 'and nothing after it')
  t.match(ask(register([answer(ask(register()), password, { qop: 'auth-int', nc: '00000001', cnonce: 'c' })])), { type: 'challenge' })
})

t.test('a copy of a request gets the same challenge; a request that looks like one before is served in a round more', async (t) => {
  const { ask, answer, responseTo, clock } = registrar()
  const request = register()
  const [first, copy] = [ask(request), ask(request)]
  t.same(responseTo(first).headers, responseTo(copy).headers)
  t.match(ask(register([answer(first)])), { type: 'accept' })
  clock.advance(5_000)
  const again = ask(request)
  const used = ask(register([answer(again)]))
  t.match(used, { type: 'challenge', isStale: true }, 'a device whose Call-ID, CSeq and branch are constants')
  t.match(ask(register([answer(used)])), { type: 'accept' })
  clock.advance(32_000)
  t.notSame(responseTo(ask(request)).headers, responseTo(first).headers)
})

t.test('two nonces of one microsecond are two', async (t) => {
  const { ask, answer } = registrar()
  const [one, other] = [answer(ask(register())), answer(ask(register()))]
  t.not(one.value, other.value)
  t.match(ask(register([one])), { type: 'accept' })
  t.match(ask(register([other])), { type: 'accept' })
})

t.test('what was used is remembered as long as it could be used, and no longer', async (t) => {
  const { clock, twice, remembered } = registrar()
  for (let i = 0; i < 50; i++) twice()
  t.equal(remembered().nonces, 50)
  for (let i = 0; i < 3; i++) {
    clock.advance(300_001)
    twice()
  }
  t.equal(remembered().nonces, 2)
})

t.test('a full memory of used nonces lets none serve twice', async (t) => {
  const clock = manualClock()
  const nonces = createNonces({ key: seededBytes(1)(32), clock, lifetimeMs: 300_000 })
  const use = createNonceUse(nonces, 4)
  const credentials = (nonce: string): DigestCredentials => ({ username: '', realm: '', nonce, uri: '', response: '', algorithm: 'MD5' })
  const made = Array.from({ length: 5 }, () => {
    clock.advance(1)
    return credentials(nonces.issue('x'))
  })
  const [oldest, ...later] = made
  for (const each of later) t.ok(use.isFirst(each, clock.nowUs()))
  for (const each of made) t.notOk(use.isFirst(each, clock.nowUs()), 'used, forgotten or older than what was forgotten')
  t.ok(oldest)
  t.ok(use.size() <= 4)
})

t.test('who has no password waits; who was turned away is refused; neither before answering a challenge', async (t) => {
  const { ask, answer } = registrar()
  t.match(ask(register(), source, {}), { type: 'challenge' })
  t.match(ask(register([answer(ask(register()))]), source, {}), { type: 'refuse', reason: 'stranger', response: { status: 403 } })
  t.match(ask(register([answer(ask(register()))]), source, { password, isRefused: true }), { type: 'refuse', reason: 'refused' })
})

t.test('guessing is limited where it comes from, and never locks the true device out', async (t) => {
  const { clock, ask, answer, twice, responseTo, forgetTries } = registrar()
  const thief: Address = { transport: 'udp', host: '198.51.100.1', port: 1000 }
  const guess = (): RegisterDecision => ask(register([answer(ask(register(), thief), 'guess')]), thief)
  const knowing = (credential: Credential = { password }): RegisterDecision => ask(register([answer(ask(register(), thief))]), thief, credential)
  for (let i = 0; i < 10; i++) t.match(guess(), { reason: 'wrong-password' })
  const limited = guess()
  t.match(limited, { reason: 'limited', isNew: true, response: { status: 403 } })
  t.equal(header(responseTo(limited), 'Retry-After'), '30')
  clock.advance(12_000)
  t.match(guess(), { reason: 'limited', isNew: false }, 'said once')
  t.equal(header(responseTo(guess()), 'Retry-After'), '18', 'the time that remains')
  t.match(knowing(), { reason: 'limited' }, 'the right guess is not looked at')
  t.match(twice(), { type: 'accept' }, 'elsewhere the device registers')
  t.match(knowing({ password, current: thief }), { type: 'accept' }, 'and where it is registered already')
  for (let i = 0; i < 10; i++) guess()
  t.match(knowing(), { reason: 'limited' })
  clock.advance(30_000)
  t.match(knowing(), { type: 'accept' }, 'a device that moved and knows its password waits half a minute at most')
  for (let i = 0; i < 11; i++) guess()
  t.match(knowing(), { reason: 'limited' })
  forgetTries(id)
  t.match(knowing(), { type: 'accept' }, 'a new password begins anew')
})

t.test('the id is the user of To, or of From; anything else is no device', async (t) => {
  const request = register()
  const withTo = (value: string): SipRequest => ({ ...request, headers: request.headers.map((field) => (field.name === 'To' ? { name: 'To', value } : field)) })
  t.equal(deviceIdOf(request), id)
  t.equal(deviceIdOf(withTo('sip:340200000011100001@3402000000')), '340200000011100001', '18 digits, no brackets')
  t.equal(deviceIdOf(withTo('<sip:3402000000>')), id, 'From stands in')
  const nameless: SipRequest = { ...request, headers: request.headers.filter(({ name }) => name !== 'To' && name !== 'From') }
  t.match(registrar().ask(nameless), { type: 'refuse', reason: 'no-device', response: { status: 404 } })
  t.match(registrar().ask(withTo('<sip:null-%00-null@example.com>')), { type: 'challenge' }, 'From stands in for an escaped user too')
})

t.test('a message in a few words, for timelines', async (t) => {
  const sdp = readFileSync(new URL('../../../fixtures/sdp/offer-tcp-passive.sdp', import.meta.url))
  const invite = `INVITE sip:1@2 SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK1\r\nFrom: <sip:1@2>;tag=1\r\nTo: <sip:2@2>\r\nCall-ID: a\r\nCSeq: 1 INVITE\r\nContent-Type: application/sdp\r\nContent-Length: ${sdp.length}\r\n\r\n${sdp.toString('latin1')}`
  t.same(readSignal(Buffer.from(invite, 'latin1')), { method: 'INVITE', media: { port: 30002, transport: 'tcp-passive' }, ssrc: 116000002 })
  const busy = 'SIP/2.0 486 Busy Here\r\nVia: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK1\r\nFrom: <sip:1@2>;tag=1\r\nTo: <sip:2@2>;tag=2\r\nCall-ID: a\r\nCSeq: 1 INVITE\r\nServer: Gate/2\r\nContent-Length: 0\r\n\r\n'
  t.same(readSignal(Buffer.from(busy)), { method: 'INVITE', status: 486, reason: 'Busy Here', agent: 'Gate/2' })
  t.equal(readSignal(Buffer.from([0, 1, 2, 3, 4, 5])), undefined)
})
