// The layer over a wire of the test's own: what belongs to which transaction, what reaches the user. RFC 3261 17.1.3, 17.2.3.
import { readFileSync } from 'node:fs'
import t from 'tap'
import { chew } from '../../base/chew.ts'
import { manualClock, seededBytes, silentLog, type ManualClock } from '../../base/index.ts'
import { header, headers, parseMessage, parseNameAddr, parseVia, writeMessage } from '../message/index.ts'
import type { Address, ClientEvent, ResponseDraft, ServerTransaction, SipMessage, SipRequest, SipResponse, TransactionUser } from '../types.ts'
import { createTransactionLayer, type LayerOptions, type WirelessLayer } from './index.ts'

const us: Address = { transport: 'udp', host: '192.0.2.40', port: 5060 }
const camera: Address = { transport: 'udp', host: '192.0.2.77', port: 40000 }
const other: Address = { ...camera, port: 40001 }

interface Bench {
  readonly layer: WirelessLayer
  readonly clock: ManualClock
  readonly sent: { readonly message: SipMessage; readonly remote: Address }[]
  readonly requests: ServerTransaction[]
  readonly acks: SipRequest[]
  readonly take: (text: string, source?: Address) => void
  /** Statuses sent so far. */
  readonly statuses: () => readonly number[]
}

function bench(answer?: (request: SipRequest) => ResponseDraft | undefined, options: Pick<TransactionUser, 'serves' | 'isKnown'> & { readonly limits?: LayerOptions['limits'] } = {}): Bench {
  const { limits, ...user } = options
  const clock = manualClock()
  const sent: Bench['sent'][number][] = []
  const requests: ServerTransaction[] = []
  const acks: SipRequest[] = []
  const layer = createTransactionLayer({
    clock,
    random: seededBytes(28181),
    log: silentLog,
    ...(limits && { limits }),
    wire: {
      send: (bytes, remote) => sent.push({ message: parseMessage(bytes), remote }),
      localOf: () => us,
      localAddress: (transport) => ({ ...us, transport }),
      isConnected: () => false,
    },
    user: {
      ...user,
      onRequest: (transaction) => {
        requests.push(transaction)
        const draft = answer?.(transaction.request)
        if (draft) transaction.respond(draft)
      },
      onAck: (ack) => acks.push(ack),
      onConnectionLost: () => {},
    },
  })
  return {
    layer,
    clock,
    sent,
    requests,
    acks,
    take: (text, source = camera) => layer.receive(Buffer.from(text, 'latin1'), source, us, clock.nowUs()),
    statuses: () => sent.flatMap(({ message }) => (message.kind === 'response' ? [message.status] : [])),
  }
}

function request(method: string, changes: { readonly branch?: string; readonly sentBy?: string; readonly callId?: string; readonly cseq?: number; readonly tag?: string; readonly toTag?: string; readonly of?: string } = {}): string {
  const { branch = 'z9hG4bKa', sentBy = '192.168.1.64:5060', callId = 'constant', cseq = 1, tag = '7', toTag } = changes
  return `${method} sip:a@3402000000 SIP/2.0\r\nVia: SIP/2.0/UDP ${sentBy};rport;branch=${branch}\r\nFrom: <sip:b@3402000000>;tag=${tag}\r\nTo: <sip:a@3402000000>${toTag ? `;tag=${toTag}` : ''}\r\nCall-ID: ${callId}\r\nCSeq: ${cseq} ${method}\r\nContent-Length: 0\r\n\r\n`
}

void t.test('which requests are one', (t) => {
  const cases: readonly (readonly [string, string, string, number])[] = [
    ['the same again', request('MESSAGE'), request('MESSAGE'), 1],
    ['another branch', request('MESSAGE'), request('MESSAGE', { branch: 'z9hG4bKb' }), 2],
    ['the same branch of another sender', request('MESSAGE'), request('MESSAGE', { sentBy: '192.168.1.65:5060' }), 2],
    ['the same branch, another port', request('MESSAGE'), request('MESSAGE', { sentBy: '192.168.1.64:5061' }), 2],
    ['the same branch, another method', request('MESSAGE'), request('INFO'), 2],
    ['the standard port written or not', request('MESSAGE', { sentBy: '192.168.1.64' }), request('MESSAGE'), 1],
    ['the same branch, next CSeq', request('MESSAGE'), request('MESSAGE', { cseq: 2 }), 2],
    ['no cookie: the same again', request('MESSAGE', { branch: '123' }), request('MESSAGE', { branch: '123' }), 1],
    ['no cookie: next CSeq', request('MESSAGE', { branch: '123' }), request('MESSAGE', { branch: '123', cseq: 2 }), 2],
    ['no cookie: another call', request('MESSAGE', { branch: '123' }), request('MESSAGE', { branch: '123', callId: 'b' }), 2],
    ['no cookie: another From tag', request('MESSAGE', { branch: '123' }), request('MESSAGE', { branch: '123', tag: '8' }), 2],
    ['a cookie with nothing after it is none', request('MESSAGE', { branch: 'z9hG4bK' }), request('MESSAGE', { branch: 'z9hG4bK', cseq: 2 }), 2],
  ]
  for (const [name, first, second, wanted] of cases) {
    const { take, requests, statuses } = bench(() => ({ status: 200 }))
    take(first)
    take(second)
    t.equal(requests.length, wanted, name)
    t.equal(statuses().length, 2, `${name}: both are answered`)
  }
  for (const branch of ['z9hG4bKa', '123']) {
    const { take, requests, sent } = bench(() => ({ status: 200 }))
    for (const source of [camera, other, { ...camera, transport: 'tcp' as const }]) take(request('MESSAGE', { branch }), source)
    t.equal(requests.length, 3, `branch ${branch}: equal in all, but from three places: each is answered where it came from`)
    t.same(sent.map(({ remote }) => [remote.transport, remote.port]), [['udp', 40000], ['udp', 40001], ['tcp', 40000]])
  }
  t.end()
})

void t.test('a response carries what the request had, received and rport, and one To tag', (t) => {
  const { take, sent, requests } = bench((incoming) => (incoming.method === 'INVITE' ? { status: 180, headers: [{ name: 'X-GB-Ver', value: '3.0' }, { name: 'from', value: 'forged' }] } : undefined))
  take(request('INVITE'))
  requests[0]?.respond({ status: 200, reason: 'Fine', body: Buffer.from('v=0') })
  const [ringing, accepted] = sent.map(({ message }) => message)
  if (!ringing || !accepted) return t.fail('two responses were sent')
  const via = parseVia(header(ringing, 'Via') ?? '')
  t.match(via, { host: '192.168.1.64', received: '192.0.2.77', rport: 40000, branch: 'z9hG4bKa' })
  t.equal(header(ringing, 'X-GB-Ver'), '3.0')
  t.same(headers(ringing, 'From'), ['<sip:b@3402000000>;tag=7'], 'a draft cannot change what is the transaction\'s')
  const tags = [ringing, accepted].map((message) => parseNameAddr(header(message, 'To') ?? '').parameters['tag'])
  t.ok(tags[0])
  t.same(tags, [requests[0]?.toTag, requests[0]?.toTag])
  t.equal(accepted.kind === 'response' && accepted.reason, 'Fine')
  t.ok(sent.every(({ remote }) => remote === camera), 'to where it came from')

  const inside = bench(() => ({ status: 200 }))
  inside.take(request('BYE', { toTag: 'ours' }))
  t.equal(header(inside.sent[0]?.message ?? ringing, 'To'), '<sip:a@3402000000>;tag=ours', 'a tag that is there stays')
  t.equal(inside.requests[0]?.toTag, 'ours')
  t.end()
})

void t.test('ACK: of a failure to its machine by branch or by call, of a 2xx to the user', (t) => {
  for (const branch of ['z9hG4bKa', 'z9hG4bKnew', '123']) {
    const { take, acks, statuses, clock } = bench(() => ({ status: 486 }))
    take(request('INVITE'))
    take(request('ACK', { branch }))
    clock.advance(40_000)
    t.same(statuses(), [486], `branch ${branch}: sent once, acknowledged`)
    t.equal(acks.length, 0)
  }
  const { take, acks, requests } = bench(() => ({ status: 200 }))
  take(request('INVITE'))
  take(request('ACK', { branch: 'z9hG4bKnew' }))
  take(request('ACK', { branch: 'z9hG4bKa' }))
  take(request('ACK', { branch: 'z9hG4bKx', callId: 'unknown' }))
  t.equal(acks.length, 3, 'also one with the branch of its INVITE, and one of a call we do not know')
  t.equal(requests.length, 1)
  t.end()
})

void t.test('CANCEL: 200, 487 to its INVITE, and the user is told; too late or unknown it changes nothing', (t) => {
  const early = bench()
  early.take(request('INVITE'))
  early.take(request('CANCEL'))
  early.requests.at(-1)?.respond({ status: 405 })
  early.requests[0]?.respond({ status: 200 })
  t.same(early.statuses(), [200, 487], 'what the user says after it is not sent')
  t.same(early.requests.map((transaction) => transaction.request.method), ['INVITE', 'CANCEL'])
  t.same(early.requests[0]?.toTag, early.requests[1]?.toTag)

  const noCookie = bench()
  noCookie.take(request('INVITE', { branch: '5' }))
  noCookie.take(request('CANCEL', { branch: '6' }))
  t.same(noCookie.statuses(), [200, 487], 'found by its call')

  const late = bench((incoming) => (incoming.method === 'INVITE' ? { status: 200 } : undefined))
  late.take(request('INVITE'))
  late.take(request('CANCEL'))
  t.same(late.statuses(), [200, 200])
  t.equal(late.requests.length, 1)

  const unknown = bench()
  unknown.take(request('CANCEL'))
  unknown.take(request('CANCEL'))
  t.same(unknown.statuses(), [481, 481])
  t.equal(unknown.requests.length, 0)
  t.end()
})

void t.test('a response finds the request by branch and method; any other is dropped', (t) => {
  const { layer, sent, take, clock } = bench()
  const heard: ClientEvent[] = []
  const message = parseMessage(Buffer.from(request('MESSAGE').replace(/Via.*\r\n/, '')))
  if (message.kind !== 'request') return t.fail('a request')
  const { request: asSent } = layer.request(message, camera, (event) => heard.push(event))
  t.equal(headers(asSent, 'Via').length, 1)
  t.match(header(asSent, 'Via'), /^SIP\/2\.0\/UDP 192\.0\.2\.40:5060;rport;branch=z9hG4bK[0-9a-f]{24}$/)
  t.equal(header(asSent, 'Max-Forwards'), '70')
  const reply = (via: string, cseq: string): string => `SIP/2.0 200 OK\r\nVia: ${via}\r\nFrom: <sip:a@b>\r\nTo: <sip:a@b>\r\nCall-ID: x\r\nCSeq: ${cseq}\r\n\r\n`
  const via = header(asSent, 'Via') ?? ''
  take(reply(via, '1 INFO'))
  take(reply(via.replace(/branch=.*/, 'branch=z9hG4bKother'), '1 MESSAGE'))
  take(reply(via.replace(/;branch=.*/, ''), '1 MESSAGE'))
  take('SIP/2.0 200 OK\r\n\r\n')
  t.equal(heard.length, 0)
  t.equal(layer.stats().dropped, 4)
  clock.advance(3)
  take(reply(via, '1 MESSAGE'), other)
  t.match(heard, [{ type: 'response', source: other, atUs: 3000 }], 'from wherever it comes: address translators move')
  t.equal(sent.length, 1)
  clock.advance(10_000)
  t.match(layer.stats(), { clientTransactions: 0 })
  t.end()
})

void t.test('a large request: two seconds for TCP, then UDP, and ten minutes without another try', (t) => {
  const clock = manualClock()
  const sent: { readonly transport: string; readonly openMs: number; readonly via: string }[] = []
  let fail: (detail: string) => void = () => {}
  let isConnected = false
  const layer = createTransactionLayer({
    clock, random: seededBytes(1), log: silentLog, user: { onRequest: () => {}, onAck: () => {}, onConnectionLost: () => {} },
    wire: {
      send: (bytes, remote, openMs, failed) => {
        sent.push({ transport: remote.transport, openMs, via: (header(parseMessage(bytes), 'Via') ?? '').slice(8, 11) })
        if (remote.transport === 'tcp') fail = failed
      },
      localOf: () => us,
      localAddress: (transport) => ({ ...us, transport }),
      isConnected: () => isConnected,
    },
  })
  const message = parseMessage(Buffer.from(request('MESSAGE').replace(/Via.*\r\n/, '')))
  if (message.kind !== 'request') return t.fail('a request')
  const heard: ClientEvent[] = []
  const ask = (bytes: number): void => void layer.request({ ...message, body: Buffer.alloc(bytes) }, camera, (event) => heard.push(event))
  ask(1400)
  t.same(sent.splice(0), [{ transport: 'tcp', openMs: 2000, via: 'TCP' }])
  clock.advance(2000)
  fail('no connection within 2 s')
  t.match(sent.splice(0), [{ transport: 'udp', via: 'UDP' }])
  t.equal(heard.length, 0, 'the user hears nothing of it')
  ask(1400)
  t.match(sent.splice(0), [{ transport: 'udp' }], 'the next goes there at once')
  isConnected = true
  ask(1400)
  t.match(sent.splice(0), [{ transport: 'tcp' }], 'unless the peer has connected meanwhile')
  clock.advance(32_000)
  t.same(heard.map((event) => event.type), ['timeout', 'timeout', 'timeout'], 'silence over TCP is the end of that request')
  isConnected = false
  sent.length = 0
  clock.advance(600_000)
  ask(1400)
  ask(800)
  t.same(sent.map(({ transport }) => transport), ['tcp', 'udp'], 'after ten minutes TCP is tried again; what fits a datagram never asks')
  layer.close()
  t.same(heard.slice(3).map((event) => event.type), ['transport-error', 'transport-error'])
  t.equal(clock.pending(), 0)
  t.end()
})

void t.test('a refusal without a transaction is the same for a copy', (t) => {
  const { take, sent, layer } = bench()
  const bad = request('MESSAGE').replace('1 MESSAGE', '1 INFO')
  take(bad)
  take(bad)
  take(request('ACK').replace('1 ACK', '1 INFO'))
  t.equal(sent.length, 2)
  take(request('MESSAGE').replace('To:', 'Require: nothing-we-have, more\r\nTo:'))
  t.same([(sent[2]?.message as SipResponse).status, header(sent[2]?.message as SipResponse, 'Unsupported')], [420, 'nothing-we-have, more'])
  t.same(writeMessage(sent[0]?.message as SipMessage), writeMessage(sent[1]?.message as SipMessage))
  t.equal(layer.stats().serverTransactions, 0)
  t.end()
})

void t.test('what is not served is refused without a transaction: once, an INVITE too, and its ACK is nobody\'s', (t) => {
  const { take, sent, acks, requests, statuses, layer, clock } = bench(() => ({ status: 200 }), { serves: ['REGISTER', 'MESSAGE'] })
  take(request('INVITE'))
  take(request('INVITE'))
  const [first, second] = sent.map(({ message }) => message)
  t.same(statuses(), [405, 405])
  t.equal(header(first as SipResponse, 'Allow'), 'REGISTER, MESSAGE, ACK, CANCEL')
  t.same(writeMessage(first as SipMessage), writeMessage(second as SipMessage), 'a copy gets the same, tag and all')
  const toTag = parseNameAddr(header(first as SipResponse, 'To') ?? '').parameters['tag'] ?? ''
  take(request('ACK', { toTag }))
  t.equal(acks.length, 0)
  take(request('ACK', { toTag: 'another' }))
  t.equal(acks.length, 1)
  take(request('CANCEL'))
  take(request('MESSAGE'))
  clock.advance(40_000)
  t.same(statuses(), [405, 405, 481, 200], 'nothing is sent again')
  t.equal(requests.length, 1)
  t.match(layer.stats(), { refused: 2, serverTransactions: 0 })
  t.end()
})

void t.test('a stranger\'s INVITE refused at once is not remembered; one that was said something of is, and a device\'s always', (t) => {
  const isKnown = (source: Address): boolean => source.port === camera.port
  const stranger = bench((incoming) => (incoming.method === 'INVITE' ? { status: 488 } : undefined), { isKnown })
  stranger.take(request('INVITE'), other)
  stranger.take(request('INVITE'), other)
  const tags = stranger.sent.map(({ message }) => parseNameAddr(header(message, 'To') ?? '').parameters['tag'] ?? '')
  t.same([stranger.statuses(), stranger.requests.length, tags[0] === tags[1]], [[488, 488], 2, true])
  stranger.take(request('ACK', { toTag: tags[0] ?? '' }), other)
  stranger.clock.advance(40_000)
  t.same([stranger.statuses().length, stranger.acks.length, stranger.layer.stats().serverTransactions], [2, 0, 0])

  const slow = bench(undefined, { isKnown })
  slow.take(request('INVITE'), other)
  slow.clock.advance(300)
  slow.requests[0]?.respond({ status: 488 })
  slow.clock.advance(500)
  t.same(slow.statuses(), [100, 488, 488])

  const device = bench(() => ({ status: 488 }), { isKnown })
  device.take(request('INVITE'))
  device.clock.advance(500)
  t.same(device.statuses(), [488, 488])
  const tag = parseNameAddr(device.sent.map(({ message }) => header(message, 'To')).at(-1) ?? '').parameters['tag'] ?? ''
  device.take(request('ACK', { toTag: tag }))
  device.clock.advance(8_000)
  t.same([device.statuses(), device.layer.stats().serverTransactions], [[488, 488], 0], 'its ACK ends that, tag and branch as of the refusal')
  t.end()
})

void t.test('a challenge is not remembered, any other answer is', (t) => {
  const { take, requests, statuses, layer, clock } = bench((incoming) => ({ status: header(incoming, 'Authorization') === undefined ? 401 : 200 }))
  take(request('REGISTER'))
  t.equal(layer.stats().serverTransactions, 0)
  take(request('REGISTER'))
  t.same([requests.length, statuses()], [2, [401, 401]])
  const answer = request('REGISTER', { cseq: 2, branch: 'z9hG4bKb' }).replace('To:', 'Authorization: Digest x="y"\r\nTo:')
  take(answer)
  clock.advance(31_999)
  take(answer)
  t.same([requests.length, statuses()], [3, [401, 401, 200, 200]], 'for 64 T1 by its branch')
  clock.advance(1)
  take(answer)
  t.equal(requests.length, 4)
  t.end()
})

void t.test('when too much waits: 503 with Retry-After, strangers first, and what was answered makes room', (t) => {
  const isKnown = (source: Address): boolean => source.port === camera.port
  const { take, requests, sent, layer, clock, statuses } = bench(undefined, { isKnown, limits: { unanswered: 4, unansweredStrangers: 2 } })
  for (let cseq = 1; cseq <= 3; cseq++) take(request('MESSAGE', { cseq }), other)
  t.equal(requests.length, 2)
  t.same(statuses(), [503])
  const wait = Number(header(sent[0]?.message as SipResponse, 'Retry-After'))
  t.ok(wait >= 10 && wait < 30, `Retry-After: ${wait}`)
  for (let cseq = 1; cseq <= 3; cseq++) take(request('MESSAGE', { cseq }))
  t.equal(requests.length, 4, 'devices have room where strangers have none')
  t.same(statuses(), [503, 503])
  t.match(layer.stats(), { unanswered: 4, overload: 2, serverTransactions: 4, refused: 0 })
  take(request('MESSAGE', { cseq: 1 }))
  t.same(statuses(), [503, 503], 'a copy of one that waits is that one')
  requests[2]?.respond({ status: 200 })
  requests[2]?.respond({ status: 200 })
  take(request('MESSAGE', { cseq: 4 }))
  t.match(layer.stats(), { unanswered: 4 })
  clock.advance(64_000)
  t.match(layer.stats(), { unanswered: 0, serverTransactions: 0 }, 'who is never answered is given up')
  t.equal(clock.pending(), 0)
  t.end()
})

void t.test('answers kept for copies are bounded: those of strangers go first, the oldest first', (t) => {
  const isKnown = (source: Address): boolean => source.port === camera.port
  const { take, requests, layer, clock } = bench(() => ({ status: 403 }), { isKnown, limits: { answered: 5, answeredStrangers: 2 } })
  for (let cseq = 1; cseq <= 3; cseq++) take(request('MESSAGE', { cseq }))
  for (let cseq = 1; cseq <= 100; cseq++) take(request('MESSAGE', { cseq, branch: `z9hG4bK${cseq}` }), other)
  t.match(layer.stats(), { serverTransactions: 5, forgotten: 98 })
  for (let cseq = 1; cseq <= 3; cseq++) take(request('MESSAGE', { cseq }))
  take(request('MESSAGE', { cseq: 100, branch: 'z9hG4bK100' }), other)
  t.equal(requests.length, 103, 'the answers of devices are still there')
  for (let cseq = 4; cseq <= 9; cseq++) take(request('MESSAGE', { cseq }))
  t.match(layer.stats(), { serverTransactions: 5, forgotten: 104 })
  clock.advance(64_000)
  t.equal(clock.pending(), 0, 'what is forgotten has no timers')
  t.end()
})

void t.test('strangers above their rate are not read, devices are', (t) => {
  const isKnown = (source: Address): boolean => source.port === camera.port
  const { take, requests, layer, clock } = bench(() => ({ status: 401 }), { isKnown, limits: { strangersPerSecond: 10 } })
  for (let cseq = 1; cseq <= 50; cseq++) take(request('REGISTER', { cseq }), other)
  for (let cseq = 1; cseq <= 50; cseq++) take(request('REGISTER', { cseq }))
  t.equal(requests.length, 60)
  clock.advance(500)
  for (let cseq = 51; cseq <= 60; cseq++) take(request('REGISTER', { cseq }), other)
  t.equal(requests.length, 65)
  t.equal(layer.stats().shed, 45)
  t.end()
})

void t.test('a datagram cut short is told from a miscount, and a body above the bound has its own answer', (t) => {
  const { take, statuses } = bench(() => ({ status: 200 }))
  const withBody = (method: string, type: string, length: number): string => request(method).replace('Content-Length: 0', `Content-Type: ${type}\r\nContent-Length: ${length}`) + 'v=0\r\n'
  take(withBody('INVITE', 'application/sdp', 9999))
  take(withBody('INFO', 'Application/MANSRTSP', 9))
  take(withBody('MESSAGE', 'Application/MANSCDP+xml', 9999))
  take(withBody('INVITE', 'application/sdp', 9999), { ...camera, transport: 'tcp' })
  take(withBody('MESSAGE', 'Application/MANSCDP+xml', 2 * 1024 * 1024 + 1))
  t.same(statuses(), [400, 200, 200, 200, 413])
  t.end()
})

void t.test('a user that throws for each request loses none of its room', (t) => {
  const { take, layer, statuses } = bench(() => {
    throw new Error('a bug')
  }, { limits: { unanswered: 3 } })
  for (let cseq = 1; cseq <= 10; cseq++) take(request('MESSAGE', { cseq }))
  t.same(statuses(), Array.from({ length: 10 }, () => 500))
  t.equal(layer.stats().unanswered, 0)
  t.end()
})

void t.test('a message that cannot be written ends its transaction and no more', (t) => {
  const { take, layer, clock, statuses } = bench(() => ({ status: 200, headers: [{ name: 'Subject', value: '门' }] }))
  t.doesNotThrow(() => take(request('MESSAGE')))
  const heard: ClientEvent[] = []
  const message = parseMessage(Buffer.from(request('INFO').replace(/Via.*\r\n/, '')))
  if (message.kind !== 'request') return t.fail('a request')
  layer.request({ ...message, uri: 'sip:a b' }, camera, (event) => heard.push(event))
  clock.advance(0)
  t.match(heard, [{ type: 'transport-error', detail: 'it cannot be written' }])
  t.same(statuses(), [])
  t.match(layer.stats(), { clientTransactions: 0, serverTransactions: 0, unanswered: 0 })
  t.equal(clock.pending(), 0)
  t.end()
})

void t.test('chewed messages never throw, and everything ends', (t) => {
  const { layer, clock } = bench(() => ({ status: 200 }))
  const samples = ['valid/message-no-cookie.sip', 'valid/register-compact-folded.sip', 'valid/invite-list-headers.sip', 'valid/response-sdp.sip', 'valid/bye-bare-to.sip'].map((name) => readFileSync(new URL(`../../../fixtures/sip/${name}`, import.meta.url)))
  for (const bytes of chew(samples, 3000, 17)) layer.receive(bytes, camera, us, clock.nowUs())
  t.ok(layer.stats().serverTransactions > 50, `${layer.stats().serverTransactions} transactions were made of it`)
  clock.advance(64_000)
  t.match(layer.stats(), { serverTransactions: 0, clientTransactions: 0 })
  t.equal(clock.pending(), 0)
  layer.close()
  layer.close()
  t.end()
})
