import { createSocket } from 'node:dgram'
import t from 'tap'
import { silentLog, systemClock, systemRandom, type Log } from '../../base/index.ts'
import { openTransactionLayer } from '../io/open.ts'
import { parseMansRtsp, writeMansRtsp } from './mansrtsp.ts'
import { header, parseMessage, withHeader, writeMessage } from '../message/index.ts'
import { parseSdp, writeSdp, type Sdp } from './sdp.ts'
import { liveAnswer } from './sdp-offer.ts'
import { createSessions, type InviteRequest } from './sessions.ts'
import { createSsrcs } from './ssrc.ts'
import type { Address, Header, ResponseDraft, ServerTransaction, SipRequest, SipResponse, TransactionLayer } from '../types.ts'

const serverId = '32011600002000000001'
const deviceId = '32011600001180000001'
const channelId = '32011600001310000001'
const t1Ms = 20
// The tests wait for short times each; their sockets are their own.
t.jobs = 4
const range = { fromS: 1_767_225_600, toS: 1_767_229_200 }

async function until(check: () => boolean, what: string): Promise<void> {
  for (let i = 0; i < 400; i++) {
    if (check()) return
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
  throw new Error(`waited in vain: ${what}`)
}
const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))

interface Owner {
  readonly teardown: (close: () => unknown) => unknown
}

/** Our side over real sockets, and a camera that says what the test tells it to. */
async function talk(t: Owner) {
  const logged: string[] = []
  const log: Log = { ...silentLog, info: (_, message) => void logged.push(message) }
  const common = { bind: { host: '127.0.0.1', port: 0 }, transports: ['udp'] as const, clock: systemClock, random: systemRandom, log: silentLog, t1Ms }
  const ours: TransactionLayer = await openTransactionLayer({
    ...common,
    user: {
      onRequest: (transaction) => void (sessions.take(transaction) || transaction.respond({ status: 481 })),
      onAck: (ack, source) => sessions.acknowledged(ack, source),
      onStray: (response, source) => sessions.stray(response, source),
      onConnectionLost: () => {},
    },
  })
  const { host, port } = ours.localAddress('udp')
  const ssrcs = createSsrcs({ id: serverId, random: systemRandom })
  const sessions = createSessions({ us: { id: serverId, domain: '3201160000', host, port, random: systemRandom }, layer: ours, ssrcs, clock: systemClock, log, t1Ms })

  const requests: ServerTransaction[] = []
  const acks: SipRequest[] = []
  let answer: (transaction: ServerTransaction) => void = (transaction) => transaction.respond(transaction.request.method === 'INVITE' ? accept(transaction) : { status: 200 })
  const camera = await openTransactionLayer({
    ...common,
    agent: 'Scripted/1',
    user: {
      onRequest: (transaction) => {
        requests.push(transaction)
        answer(transaction)
      },
      onAck: (ack) => void acks.push(ack),
      onConnectionLost: () => {},
    },
  })
  t.teardown(async () => {
    await sessions.close()
    await Promise.all([ours.close(), camera.close()])
  })
  const at: Address = camera.localAddress('udp')
  const us: Address = { transport: 'udp', host, port }
  const methods = (): readonly string[] => requests.map(({ request }) => request.method)
  const last = (method: string): ServerTransaction => requests.findLast(({ request }) => request.method === method) ?? raise(`no ${method}`)
  /** A request of the camera inside the session, with what `more` says instead. */
  const inside = (method: string, cseq: number, more: { readonly body?: Buffer; readonly headers?: readonly Header[] } = {}): Promise<SipResponse> => {
    const { request, toTag } = requests.find(({ request: each }) => each.method === 'INVITE') ?? raise('no INVITE')
    let message: SipRequest = {
      kind: 'request',
      method,
      uri: `sip:${serverId}@${host}:${port}`,
      headers: [
        { name: 'From', value: `${header(request, 'To') ?? ''};tag=${toTag}` },
        { name: 'To', value: header(request, 'From') ?? '' },
        { name: 'Call-ID', value: header(request, 'Call-ID') ?? '' },
        { name: 'CSeq', value: `${cseq} ${method}` },
        { name: 'Contact', value: `<sip:${channelId}@${at.host}:${at.port}>` },
      ],
      body: more.body ?? Buffer.alloc(0),
    }
    for (const field of more.headers ?? []) message = withHeader(message, field.name, field.value)
    return new Promise((resolve, reject) => {
      camera.request(message, us, (event) => {
        if (event.type !== 'response') reject(new Error(event.type))
        else if (event.response.status >= 200) resolve(event.response)
      })
    })
  }
  const ended: string[] = []
  const open = (more: Partial<InviteRequest> = {}) =>
    sessions.open({ deviceId, channelId, media: { host: '127.0.0.1', port: 30000, transport: 'udp' }, answerTimeoutMs: 2_000, onEnded: (reason, how) => void ended.push(`${how}: ${reason}`), ...more }, at)
  return { sessions, ssrcs, camera, requests, acks, methods, last, inside, open, ended, logged, us, answerWith: (how: typeof answer) => (answer = how) }
}

const raise = (what: string): never => {
  throw new Error(what)
}

/** A socket without transactions, for responses that no transaction of a camera would send. Answers BYE with 200. */
async function openRaw(t: Owner, to: Address) {
  const received: SipRequest[] = []
  const socket = createSocket('udp4', (bytes, from) => {
    const message = parseMessage(bytes)
    if (message.kind !== 'request') return
    received.push(message)
    const fields = ['Via', 'From', 'To', 'Call-ID', 'CSeq'].map((name) => ({ name, value: header(message, name) ?? '' }))
    if (message.method === 'BYE') socket.send(writeMessage({ kind: 'response', status: 200, reason: 'OK', headers: fields, body: Buffer.alloc(0) }), from.port, from.address)
  })
  await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve))
  t.teardown(() => socket.close())
  return { at: { transport: 'udp', host: '127.0.0.1', port: socket.address().port } as const, received, send: (response: SipResponse): void => socket.send(writeMessage(response), to.port, to.host) }
}

function accept(transaction: ServerTransaction, more: { readonly sdp?: Partial<Sdp>; readonly contact?: string; readonly body?: Buffer } = {}): ResponseDraft {
  const { sdp, contact = `<sip:${channelId}@127.0.0.1:5999>`, body } = more
  return {
    status: 200,
    headers: [...(contact === '' ? [] : [{ name: 'Contact', value: contact }]), { name: 'Content-Type', value: 'APPLICATION/SDP' }],
    body: body ?? writeSdp({ ...liveAnswer({ offer: parseSdp(transaction.request.body), owner: channelId, host: '192.0.2.77', port: 15060 }), ...sdp }),
  }
}

t.test('what a playback asks for: Subject with a history number, u=, t= in UNIX seconds', async (t) => {
  const { open, last } = await talk(t)
  const session = open({ kind: 'playback', range, recordType: 'time' })
  t.match(await session.answered, { ok: true, hop: 'Scripted/1', encoding: 'PS', isPrivate: false, notes: [] })
  const { request } = last('INVITE')
  const subject = header(request, 'Subject') ?? ''
  const [, sequence = ''] = /^32011600001310000001:(\d+),32011600002000000001:0$/.exec(subject) ?? []
  t.match(sequence, /^1\d{9}$/, 'history, at most 20 characters')
  const offer = parseSdp(request.body)
  t.match(offer, { session: 'Playback', u: `${channelId}:3`, time: { startS: range.fromS, endS: range.toS }, ssrc: Number(sequence) })
  t.match(await open({ kind: 'download' }).answered, { ok: false, detail: 'a download needs a range of time' })
})

t.test('answers of every kind: y= changed, zero, absent; addresses, private streams, sizes, no description', async (t) => {
  const { open, answerWith, last } = await talk(t)
  const answered = async (more: Parameters<typeof accept>[1], request: Partial<InviteRequest> = {}) => {
    answerWith((transaction) => transaction.respond(transaction.request.method === 'INVITE' ? accept(transaction, more) : { status: 200 }))
    const session = open(request)
    const outcome = await session.answered
    await session.bye()
    return { outcome, ours: parseSdp(last('INVITE').request.body).ssrc }
  }
  const own = await answered({ sdp: { ssrc: 0x0396a9ca } })
  t.match(own.outcome, { ok: true, ssrc: 0x0396a9ca, notes: [/^the camera uses its own SSRC 0060205514/] })
  const zero = await answered({ sdp: { ssrc: 0 } })
  t.match(zero.outcome, { ok: true, ssrc: zero.ours, notes: ['y= is 0 in the answer: ours holds'] })
  const absent = await answered({ body: Buffer.from('v=0\r\no=- 0 0 IN IP4 127.0.0.1\r\nc=IN IP4 0.0.0.0\r\nm=video 6000 RTP/AVP 96\r\na=setup:active\r\na=rtpmap:96 DAHUA/90000\r\n') })
  t.match(absent.outcome, { ok: true, ssrc: absent.ours, encoding: 'DAHUA', isPrivate: true })
  t.same(absent.outcome.ok && absent.outcome.notes, ['no y= in the answer: ours holds', "the stream is announced as DAHUA: a vendor's own format", 'the answer does not say where media comes from'])
  t.notOk('remote' in absent.outcome, '0.0.0.0 is no address, and neither is that of o=')
  const bare = await answered({ body: Buffer.alloc(0) })
  t.match(bare.outcome, { ok: true, ssrc: bare.ours, notes: ['the answer has no session description'] })
  const declined = await answered({ sdp: { port: 0 } })
  t.match(declined.outcome, { ok: true, notes: ['the media line is declined (port 0)'] })
  const tcp = { media: { host: '127.0.0.1', port: 30000, transport: 'tcp-passive' as const } }
  t.match((await answered({ sdp: { setup: 'passive' } }, tcp)).outcome, { notes: ['the answer claims a=setup:passive, which is our role'] })
  t.match((await answered({ sdp: { transport: 'udp' } }, tcp)).outcome, { notes: ['answered with UDP media to an offer of TCP'] })
  t.match((await answered({ sdp: { fileSize: 1000 } }, { kind: 'download', range })).outcome, { ok: true, fileSize: 1000 })
})

t.test('tcp-active: the offer says so, and the outcome says where to connect', async (t) => {
  const { open, last, answerWith, methods } = await talk(t)
  const media = { host: '127.0.0.1', port: 0, transport: 'tcp-active' as const }
  const session = open({ media })
  t.match(await session.answered, { ok: true, remote: { host: '192.0.2.77', port: 15060 }, notes: [] })
  t.match(parseSdp(last('INVITE').request.body), { transport: 'tcp', setup: 'active', port: 9 })
  answerWith((transaction) => transaction.respond(transaction.request.method === 'INVITE' ? accept(transaction, { sdp: { host: '0.0.0.0' } }) : { status: 200 }))
  t.match(await open({ media }).answered, { ok: true, remote: { host: '127.0.0.1', port: 15060 } }, 'without a usable address, where the answer came from')
  answerWith((transaction) => transaction.respond(transaction.request.method === 'INVITE' ? accept(transaction, { body: Buffer.from('no description') }) : { status: 200 }))
  t.match(await open({ media }).answered, { ok: false, reason: 'refused', detail: 'answered 200, but not where we are to connect for media' })
  await until(() => methods().filter((method) => method === 'BYE').length > 0, 'such a session is hung up')
})

t.test('refusals keep their status, their words and who gave them (Q77)', async (t) => {
  const { open, answerWith } = await talk(t)
  answerWith((transaction) => transaction.respond({ status: 488, headers: [{ name: 'Warning', value: '304 platform.example "Media type not available"' }] }))
  t.match(await open().answered, { ok: false, reason: 'refused', sipStatus: 488, hop: 'Scripted/1 > platform.example', detail: '488 Not Acceptable Here: Media type not available' })
  answerWith((transaction) => transaction.respond({ status: 400, reason: 'Bad', headers: [{ name: 'Reason', value: 'SIP;cause=400;text="channel offline"' }] }))
  t.match(await open().answered, { sipStatus: 400, detail: '400 Bad: channel offline' })
})

t.test('no 100 ever, Contact missing or of digits only: ACK and BYE go to the URI of the INVITE (Q31, Q34)', async (t) => {
  const { open, answerWith, acks, last } = await talk(t)
  for (const contact of ['', `<sip:${channelId}@3402000000>`, '<no uri at all>', '<sip:x@0.0.0.0:5060>']) {
    answerWith((transaction) => transaction.respond(transaction.request.method === 'INVITE' ? accept(transaction, { contact }) : { status: 200 }))
    const session = open()
    t.match(await session.answered, { ok: true }, contact)
    await session.bye()
    const { uri } = last('INVITE').request
    t.equal(last('BYE').request.uri, uri)
    await until(() => acks.at(-1)?.uri === uri, 'ACK')
  }
})

t.test('a repeated 200 is acknowledged again, with another tag too; another camera is sent home', async (t) => {
  const { open, acks, last, methods, us } = await talk(t)
  const raw = await openRaw(t, us)
  const session = open()
  await session.answered
  await until(() => acks.length === 1, 'ACK')
  const { request } = last('INVITE')
  last('INVITE').respond(accept(last('INVITE')))
  await until(() => acks.length === 2, 'the second ACK: the first was lost')
  const again = (tag: string, contact: string): SipResponse => {
    const fields: Header[] = ['Via', 'From', 'Call-ID', 'CSeq'].map((name) => ({ name, value: header(request, name) ?? '' }))
    const own = [{ name: 'To', value: `<sip:${channelId}@3201160000>;tag=${tag}` }, { name: 'Contact', value: contact }, { name: 'Content-Type', value: 'APPLICATION/SDP' }]
    return { kind: 'response', status: 200, reason: 'OK', headers: [...fields, ...own], body: accept(last('INVITE')).body ?? Buffer.alloc(0) }
  }
  raw.send(again('another-tag', `<sip:${channelId}@127.0.0.1:5999>`))
  await until(() => acks.length === 3, 'ACK of the changed tag')
  t.match(header(acks.at(-1) ?? raise('no ACK'), 'To'), /tag=another-tag/)
  t.notOk(methods().includes('BYE'), 'the same camera goes on')
  raw.send(again('second-camera', `<sip:${channelId}@127.0.0.2:5999>`))
  await until(() => methods().includes('BYE'), 'the second camera is ended')
  t.match(header(last('BYE').request, 'To'), /tag=second-camera/)
  await session.bye()
  t.match(header(last('BYE').request, 'To'), /tag=another-tag/, 'the first by the tag it used last')
})

t.test('a 200 after everything was given up gets ACK and BYE: remembered, and forgotten', async (t) => {
  const { sessions, us } = await talk(t)
  const raw = await openRaw(t, us)
  const session = sessions.open({ deviceId, channelId, media: { host: '127.0.0.1', port: 30000, transport: 'udp' }, answerTimeoutMs: 100 }, raw.at)
  t.match(await session.answered, { ok: false, reason: 'no-answer' })
  await until(() => sessions.size() === 0, 'given up: the transaction is over')
  const [invite = raise('no INVITE')] = raw.received.splice(0)
  const copied: Header[] = ['Via', 'From', 'To', 'Call-ID', 'CSeq'].map((name) => ({ name, value: `${header(invite, name) ?? ''}${name === 'To' ? ';tag=late' : ''}` }))
  for (let i = 0; i < 2; i++) raw.send({ kind: 'response', status: 200, reason: 'OK', headers: copied, body: Buffer.alloc(0) })
  await until(() => raw.received.length >= 3, 'ACK and BYE')
  await pause(50)
  t.same(raw.received.splice(0).map((request) => header(request, 'CSeq')).sort(), ['1 ACK', '1 ACK', '2 BYE'])

  const headers: Header[] = [
    { name: 'Via', value: `SIP/2.0/UDP ${us.host}:${us.port};branch=z9hG4bKlong-ago` }, { name: 'From', value: `<sip:${serverId}@3201160000>;tag=ours` }, { name: 'To', value: `<sip:${channelId}@3201160000>;tag=late` },
    { name: 'Call-ID', value: 'of-another-day@us' }, { name: 'CSeq', value: '7 INVITE' },
  ]
  for (let i = 0; i < 3; i++) raw.send({ kind: 'response', status: 200, reason: 'OK', headers, body: Buffer.alloc(0) })
  await until(() => raw.received.length === 4, 'an ACK for each, and a BYE')
  await pause(100)
  t.same(raw.received.map((request) => header(request, 'CSeq')).sort(), ['7 ACK', '7 ACK', '7 ACK', '8 BYE'], 'and only one')
  t.ok(raw.received.every((request) => header(request, 'Call-ID') === 'of-another-day@us' && /tag=late/.test(header(request, 'To') ?? '')))
})

t.test('486 with an old session of ours: BYE, half a second, asked again, answered (Q32)', async (t) => {
  const { open, answerWith, methods, ended, requests } = await talk(t)
  const old = open()
  await old.answered
  let isHeld = true
  let freedAt = 0
  let askedAt = 0
  answerWith((transaction) => {
    const { method } = transaction.request
    if (method === 'BYE') [isHeld, freedAt] = [false, performance.now()]
    if (method === 'INVITE' && !isHeld) askedAt = performance.now()
    transaction.respond(method !== 'INVITE' ? { status: 200 } : isHeld ? { status: 486 } : accept(transaction))
  })
  const session = open()
  t.match(await session.answered, { ok: true })
  t.same(methods(), ['INVITE', 'INVITE', 'BYE', 'INVITE'])
  t.ok(askedAt - freedAt >= 490, `${askedAt - freedAt} ms between`)
  t.same(ended, ['replaced: a newer session of ours took its place'])
  const [, first, , second] = requests.map(({ request }) => request)
  t.equal(first && header(first, 'Call-ID'), second && header(second, 'Call-ID'))
  t.match(second && header(second, 'CSeq'), '2 INVITE')

  answerWith((transaction) => transaction.respond({ status: 486 }))
  t.match(await open({ channelId: '32011600001310000009' }).answered, { ok: false, sipStatus: 486 }, 'a camera that is busy with others is not asked twice')
  t.equal(methods().filter((method) => method === 'INVITE').length, 4)
  t.match(await open({ isBeside: true }).answered, { ok: false, sipStatus: 486 }, 'one more beside a session: that one is not ended for it')
  t.same(methods().slice(-1), ['INVITE'])
})

t.test('what the camera sends inside: by Call-ID first, tags wrong, numbers that jump (Q14); strangers are refused', async (t) => {
  const { open, inside, ended, methods, sessions } = await talk(t)
  const session = open()
  await session.answered
  t.equal((await inside('INFO', 23)).status, 200)
  t.equal((await inside('INFO', 23)).status, 500, 'not above the last')
  t.equal((await inside('INFO', 40, { headers: [{ name: 'From', value: '<sip:x@y>;tag=wrong' }, { name: 'To', value: `sip:${serverId}@y` }] })).status, 200, 'other tags from the camera itself')
  let answered = 0
  const elsewhere = { request: { kind: 'request', method: 'BYE', uri: 'sip:x', headers: [{ name: 'Call-ID', value: session.callId }, { name: 'From', value: '<sip:x@y>;tag=a' }, { name: 'To', value: '<sip:x@y>;tag=b' }, { name: 'CSeq', value: '99 BYE' }], body: Buffer.alloc(0) }, source: { transport: 'udp', host: '192.0.2.66', port: 5060 }, local: { transport: 'udp', host: '127.0.0.1', port: 5060 }, respond: () => answered++ } as const
  t.equal(sessions.take(elsewhere), false, 'a stranger who knows the Call-ID')
  t.equal(answered, 0)
  t.equal((await inside('BYE', 2)).status, 200, 'who hangs up is believed, whatever the number')
  t.same(ended, ['hung-up: the camera sent BYE'])
  t.equal((await inside('BYE', 50)).status, 481, 'once')
  await session.bye()
  t.notOk(methods().includes('BYE'))
})

t.test('re-INVITE and UPDATE inside a session, glare before its answer', async (t) => {
  const { open, inside, answerWith, camera, requests, us, acks } = await talk(t)
  let hold: ServerTransaction | undefined
  answerWith((transaction) => (transaction.request.method === 'INVITE' ? (hold = transaction) : transaction.respond({ status: 200 })))
  const session = open()
  await until(() => hold !== undefined, 'INVITE')
  t.equal((await inside('INVITE', 1)).status, 491, 'glare')
  hold?.respond(accept(hold))
  t.match(await session.answered, { ok: true })
  await until(() => acks.length === 1, 'ACK')
  const offer = liveAnswer({ offer: parseSdp(requests[0]?.request.body ?? Buffer.alloc(0)), owner: channelId, host: '192.0.2.77', port: 15060 })
  const refreshed = await inside('INVITE', 2, { body: writeSdp(offer) })
  t.equal(refreshed.status, 200)
  t.match(parseSdp(refreshed.body), { port: 30000, direction: 'recvonly', ssrc: offer.ssrc })
  await pause(3 * t1Ms)
  camera.send({ kind: 'request', method: 'ACK', uri: 'sip:x', headers: [{ name: 'From', value: header(refreshed, 'From') ?? '' }, { name: 'To', value: header(refreshed, 'To') ?? '' }, { name: 'Call-ID', value: session.callId }, { name: 'CSeq', value: '2 ACK' }], body: Buffer.alloc(0) }, us)
  t.match(parseSdp((await inside('INVITE', 3, { body: writeSdp({ ...offer, direction: 'inactive' }) })).body), { direction: 'inactive' }, 'held')
  t.equal((await inside('INVITE', 4)).status, 200, 'an INVITE without an offer gets ours')
  const other = await inside('INVITE', 5, { body: writeSdp({ ...offer, transport: 'tcp' }) })
  t.equal(other.status, 488)
  t.match(header(other, 'Warning'), /304/)
  t.equal((await inside('UPDATE', 6)).status, 200)
  t.equal((await inside('UPDATE', 7, { body: Buffer.from('junk') })).status, 488)
  await session.bye()
  t.equal((await inside('INVITE', 8)).status, 481)
})

t.test('control: INFO after INFO, numbers rising in both parts; answers in the 200, empty, refused; 481 ends the session', async (t) => {
  const { open, answerWith, requests, ended, methods } = await talk(t)
  let reply: ResponseDraft = { status: 200 }
  answerWith((transaction) => transaction.respond(transaction.request.method === 'INVITE' ? accept(transaction) : transaction.request.method === 'INFO' ? reply : { status: 200 }))
  const live = open()
  await live.answered
  t.match(await live.control({ action: 'pause' }), { ok: false, reason: 'not-playing' }, 'a live stream is not steered')
  const session = open({ kind: 'playback', range })
  t.match(await session.control({ action: 'pause' }), { ok: false, reason: 'not-playing' }, 'nor one that is not answered')
  await session.answered
  const together = await Promise.all([session.control({ action: 'pause' }), session.control({ action: 'resume' }), session.control({ action: 'scale', scale: 2 })])
  t.match(together, [{ ok: true, hop: 'Scripted/1' }, { ok: true }, { ok: true }])
  reply = { status: 200, headers: [{ name: 'Content-Type', value: 'Application/MANSRTSP' }], body: writeMansRtsp({ type: 'response', protocol: 'RTSP/1.0', status: 200, reason: 'OK', cseq: 9, range: { from: 100 } }) }
  t.match(await session.control({ action: 'seek', seconds: 100 }), { ok: true, range: { from: 100 } })
  reply = { status: 200, body: writeMansRtsp({ type: 'response', protocol: 'RTSP/1.0', status: 455, reason: 'Method Not Valid in This State' }) }
  t.match(await session.control({ action: 'reverse' }), { ok: false, reason: 'refused', rtspStatus: 455, detail: '455 Method Not Valid in This State' })
  reply = { status: 501 }
  t.match(await session.control({ action: 'pause' }), { ok: false, reason: 'refused', sipStatus: 501, hop: 'Scripted/1' })
  const infos = requests.filter(({ request }) => request.method === 'INFO').map(({ request }) => request)
  t.same(infos.map((info) => header(info, 'CSeq')), [2, 3, 4, 5, 6, 7].map((number) => `${number} INFO`))
  const inner = infos.map((info) => parseMansRtsp(info.body).cseq ?? 0)
  t.ok(inner.every((number, i) => i === 0 || number > (inner[i - 1] ?? 0)), 'rising')
  t.match(infos.map((info) => header(info, 'Content-Type')), Array(6).fill('Application/MANSRTSP'))
  const many = Array.from({ length: 12 }, () => session.control({ action: 'pause' }))
  t.equal((await Promise.all(many)).filter((outcome) => !outcome.ok && outcome.reason === 'busy').length, 4, 'bounded')
  reply = { status: 481 }
  t.match(await session.control({ action: 'resume' }), { ok: false, reason: 'forgotten' })
  t.same(ended, ['forgotten: the camera no longer knows the session (481 to INFO)'])
  await session.bye()
  t.ok(methods().includes('BYE'))
})

t.test('TEARDOWN is followed by our BYE', async (t) => {
  const { open, methods } = await talk(t)
  const session = open({ kind: 'playback', range })
  await session.answered
  t.match(await session.control({ action: 'teardown' }), { ok: true })
  await session.bye()
  t.same(methods(), ['INVITE', 'INFO', 'BYE'])
})

t.test('MediaStatus 121 by Call-ID, by channel, ambiguous; 122 is only logged (Q63, Q64)', async (t) => {
  const { open, sessions, ended, methods } = await talk(t)
  const live = open()
  const [one, two] = [open({ kind: 'playback', range }), open({ kind: 'playback', range })]
  await Promise.all([live.answered, one.answered, two.answered])
  t.equal(sessions.mediaStatus('unknown', channelId, 121), false, 'of two recordings none can be meant')
  t.equal(sessions.mediaStatus(one.callId, 'whatever', '122'), false)
  t.same(ended, [])
  t.equal(sessions.mediaStatus(one.callId, 'another channel', '121'), true)
  await until(() => ended.length === 1 && sessions.size() === 2, 'the one is over')
  t.equal(sessions.mediaStatus(undefined, channelId, 121), true, 'now only one can be meant, and never the live view')
  await until(() => sessions.size() === 1, 'the other too')
  t.same(ended, Array(2).fill('finished: the camera said that the recording is over (MediaStatus 121)'))
  t.equal(methods().filter((method) => method === 'BYE').length, 2)
  t.equal(sessions.mediaStatus(undefined, channelId, 121), false)
})

t.test('a recording that does not say that it is over: the end of t=, of the file, or silence; not while paused (complaint 15)', async (t) => {
  const { open, ended, answerWith } = await talk(t)
  answerWith((transaction) => transaction.respond(transaction.request.method === 'INVITE' ? accept(transaction, { sdp: { fileSize: 5_000 } }) : { status: 200 }))
  const one = async (act: (session: ReturnType<typeof open>) => unknown, request: Partial<InviteRequest> = {}): Promise<readonly string[]> => {
    ended.length = 0
    const session = open({ kind: 'playback', range, ...request })
    await session.answered
    await act(session)
    await pause(350)
    await session.bye()
    return [...ended]
  }
  t.same(await one((session) => session.mediaAt({ ms: 3_599_999, bytes: 9_999 })), [], 'not yet; and the size is a matter of downloads')
  t.same(await one((session) => session.mediaAt({ ms: 3_600_000, bytes: 0 })), ['finished: the end of the range was reached'])
  t.same(await one((session) => session.mediaAt({ ms: 0, bytes: 5_000 }), { kind: 'download' }), ['finished: the whole file came (5000 bytes)'])
  t.same(await one(async (session) => [await session.control({ action: 'seek', seconds: 10 }), session.mediaAt({ ms: 3_600_000, bytes: 0 })]), [], 'after a seek media time says nothing of the end')
  t.same(await one((session) => session.mediaIdle()), ['finished: no media comes any more: the recording is over'])
  t.same(await one(async (session) => [await session.control({ action: 'pause' }), session.mediaIdle()]), [], 'silence is what a pause is')
})

t.test('media lost: a live session is hung up (Annex K)', async (t) => {
  const { open, methods, ended, logged } = await talk(t)
  const session = open()
  await session.answered
  await session.mediaLost()
  t.same(methods(), ['INVITE', 'BYE'])
  t.same(ended, [], 'who says so needs not be told')
  t.ok(logged.includes('media lost: the session is ended'))
  const idle = open()
  await idle.answered
  idle.mediaIdle()
  await until(() => ended.length === 1, 'told')
  t.same(ended, ['media-lost: no media comes any more'])
})

t.test('BYE before the answer; a device that answers our BYE with 481', async (t) => {
  const { open, inside, answerWith, last } = await talk(t)
  answerWith((transaction) => transaction.respond({ status: transaction.request.method === 'INVITE' ? 180 : 481 }))
  const early = open()
  await until(() => last('INVITE') !== undefined, 'INVITE').catch(() => {})
  await pause(30)
  t.equal((await inside('BYE', 1)).status, 200)
  t.match(await early.answered, { ok: false, reason: 'refused', detail: 'BYE before an answer' })
  await early.bye()
  answerWith((transaction) => transaction.respond(transaction.request.method === 'INVITE' ? accept(transaction) : { status: 481 }))
  const session = open()
  await session.answered
  await session.bye()
  t.pass('481 to our BYE ends it as well')
})

t.test('SSRCs: unique while in use, given back, and their end is said in words', async (t) => {
  const { open, ssrcs, requests } = await talk(t)
  const some = Array.from({ length: 20 }, () => open())
  await Promise.all(some.map(({ answered }) => answered))
  t.equal(new Set(requests.map(({ request }) => parseSdp(request.body).ssrc)).size, 20)
  t.equal(ssrcs.inUse(), 20)
  await Promise.all(some.map((session) => session.bye()))
  t.equal(ssrcs.inUse(), 0)
  while (ssrcs.take('history') !== undefined);
  t.match(await open({ kind: 'playback', range }).answered, { ok: false, detail: 'every SSRC of the domain for recordings is in use: 10,000 at once' })
})
