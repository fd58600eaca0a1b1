import { createSocket } from 'node:dgram'
import t from 'tap'
import {
  formatSsrc, header, liveAnswer, parseManscdp, parseSdp, writeManscdp, writeSdp,
  type CatalogItem, type Header, type ResponseDraft, type ServerTransaction, type TraceEntry,
} from './index.ts'
import { channelId, deviceId, openDevice, password, realm, serve, serverId, until } from './scripted-device.ts'

const keepalive = writeManscdp({ type: 'notify-keepalive', sn: 1, deviceId, status: 'OK', faulty: [] }, 'gb2312')

for (const transport of ['udp', 'tcp'] as const) {
  t.test(`register, refresh, keep alive and unregister over ${transport}`, async (t) => {
    const served = await serve(t)
    const device = await openDevice(t, served, transport)

    const bare = await device.send('REGISTER', [{ name: 'Expires', value: '3600' }])
    t.equal(bare.status, 401)
    t.match(header(bare, 'WWW-Authenticate'), /^Digest realm="3201160000".*algorithm=MD5/)
    t.equal(header(bare, 'X-GB-Ver'), '3.0')

    const ok = await device.register()
    t.equal(ok.status, 200)
    t.equal(header(ok, 'Expires'), '3600')
    t.match(header(ok, 'Date'), /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}$/)
    await until(() => served.facts.length === 2, 'registered and online')
    t.match(served.facts, [{ type: 'registered', deviceId, binding: { transport, host: '127.0.0.1' } }, { type: 'presence', from: 'unknown', to: 'online' }])
    t.equal(served.agent.presenceOf(deviceId), 'online')
    t.match(served.agent.bindingOf(deviceId), { contact: /^sip:32011600001180000001@127/, userAgent: 'Scripted/1' })

    t.equal((await device.manscdp(keepalive)).status, 200)

    const reused = await device.send('REGISTER', [device.authorization(device.challenge(), password)])
    t.equal(reused.status, 401, 'a nonce serves once without qop')
    t.match(header(reused, 'WWW-Authenticate'), /stale=true/)
    t.equal((await device.register({ withQop: true })).status, 200, 'refreshed, with qop')
    const counted = await device.send('REGISTER', [device.authorization(device.challenge(), password, { withQop: true, nc: '00000002' })])
    t.equal(counted.status, 200, 'with qop the same nonce serves while its count rises')
    const replayed = await device.send('REGISTER', [device.authorization(device.challenge(), password, { withQop: true, nc: '00000002' })])
    t.equal(replayed.status, 401, 'and not when it does not')
    t.equal((await device.register({ algorithm: 'SHA-256' })).status, 200, 'SHA-256 is taken')

    const unauthenticated = await device.send('REGISTER', [{ name: 'Expires', value: '0' }])
    t.equal(unauthenticated.status, 401, 'unregistering is authenticated like the rest')
    t.equal(served.agent.presenceOf(deviceId), 'online')
    t.equal((await device.register({ expires: 0 })).status, 200)
    t.equal(served.agent.presenceOf(deviceId), 'offline')
    t.equal(served.agent.bindingOf(deviceId), undefined)
    t.equal((await device.manscdp(keepalive)).status, 403, 'it must register again')
  })
}

t.test('a wrong password is refused, and nothing is told', async (t) => {
  const served = await serve(t)
  const device = await openDevice(t, served)
  t.equal((await device.register({ secret: 'wrong' })).status, 403)
  t.equal((await device.register()).status, 200)
  await until(() => served.facts.length === 2, 'registered')
})

t.test('a device without a password waits, known by its id; a refused one is not told of', async (t) => {
  const served = await serve(t, { isRefused: (id) => Promise.resolve(id === '32011600001180000099') })
  const stranger = await openDevice(t, served, 'udp', '32011600001180000077')
  t.equal((await stranger.register()).status, 403)
  t.equal((await stranger.register()).status, 403)
  t.match(served.facts, [{ type: 'stranger', deviceId: '32011600001180000077', source: { transport: 'udp', host: '127.0.0.1' } }])
  const refused = await openDevice(t, served, 'udp', '32011600001180000099')
  t.equal((await refused.register()).status, 403)
  t.equal(served.facts.length, 1)
})

t.test('a fact that cannot be kept is a 503, and the repeat is served', async (t) => {
  let isBroken = true
  const served = await serve(t, { onFact: () => (isBroken ? Promise.reject(new Error('disk full')) : Promise.resolve()) })
  const device = await openDevice(t, served)
  t.equal((await device.register()).status, 503)
  t.equal(served.agent.bindingOf(deviceId), undefined)
  isBroken = false
  t.equal((await device.register()).status, 200)
})

t.test('a lost TCP connection is offline at once', async (t) => {
  const served = await serve(t)
  const device = await openDevice(t, served, 'tcp')
  await device.register()
  await device.layer.close()
  await until(() => served.agent.presenceOf(deviceId) === 'offline', 'offline')
  t.match(served.facts.at(-1), { type: 'presence', to: 'offline', reason: 'connection-lost' })
})

t.test('silence makes a device late, then offline; a keepalive brings it back', async (t) => {
  const served = await serve(t, { keepalive: { intervalMs: 350, misses: 3 } })
  const device = await openDevice(t, served)
  await device.register()
  await until(() => served.presence().includes('offline'), 'offline')
  t.equal((await device.manscdp(keepalive)).status, 200)
  await until(() => served.presence().length === 4, 'back')
  t.same(served.presence(), ['online', 'late', 'offline', 'online'])
})

t.test('after a restart a keepalive from the stored binding is taken at once, from elsewhere not', async (t) => {
  const first = await serve(t)
  const device = await openDevice(t, first)
  await device.register()
  const binding = first.agent.bindingOf(deviceId)
  const { port } = first.agent
  await first.agent.close()
  const second = await serve(t, { bind: { host: '127.0.0.1', port }, restored: binding ? [{ deviceId, binding }] : [] })
  t.equal(second.agent.presenceOf(deviceId), 'online')
  t.equal((await device.manscdp(keepalive)).status, 200)
  const elsewhere = await openDevice(t, second)
  t.equal((await elsewhere.manscdp(keepalive)).status, 403)
})

t.test('after a restart a device that was there over TCP is offline until it connects again', async (t) => {
  const first = await serve(t)
  const device = await openDevice(t, first, 'tcp')
  await device.register()
  const binding = first.agent.bindingOf(deviceId)
  t.equal(binding?.transport, 'tcp')
  const { port } = first.agent
  await first.agent.close()
  const second = await serve(t, { bind: { host: '127.0.0.1', port }, restored: binding ? [{ deviceId, binding }] : [] })
  t.equal(second.agent.presenceOf(deviceId), 'offline')
  // The device may learn of the end only from its first try.
  await device.register().catch(() => device.register())
  t.equal(second.agent.presenceOf(deviceId), 'online')
})

/** A catalog answered page by page in GB2312, each after the 200 of the one before. */
async function sendCatalog(device: Awaited<ReturnType<typeof openDevice>>, query: ServerTransaction, pages: readonly (readonly CatalogItem[])[], sumNum: number): Promise<void> {
  query.respond({ status: 200 })
  const asked = parseManscdp(query.request.body)
  for (const items of pages) await device.manscdp(writeManscdp({ type: 'response-catalog', sn: asked.sn, deviceId, sumNum, items }, 'gb2312'))
}
const item = (n: number): CatalogItem => ({ id: `3201160000131000000${n}`, name: `路口${n}`, status: 'on', type: 'channel', raw: { 'Info.PTZType': '1' } })

t.test('the catalog is asked after registration and collected from several messages', async (t) => {
  const served = await serve(t, { catalogAfterRegister: true })
  const device = await openDevice(t, served)
  device.answerWith((query) => void sendCatalog(device, query, [[item(1)], [item(2), item(2)], [item(3)]], 3))
  await device.register()
  await until(() => served.facts.some((fact) => fact.type === 'catalog'), 'catalog')
  t.match(served.facts.at(-1), { type: 'catalog', deviceId, isComplete: true, sumNum: 3, items: [{ name: '路口1' }, { name: '路口2' }, { name: '路口3', raw: { 'Info.PTZType': '1' } }] })
  await device.register()
  t.equal(device.requests.length, 1, 'a refresh does not ask again')

  const [one, two] = await Promise.all([served.agent.queryCatalog(deviceId), served.agent.queryCatalog(deviceId)])
  t.match(one, { ok: true, isComplete: true })
  t.equal(one, two, 'one query at a time')
  t.same(await served.agent.queryCatalog('1'), { ok: false, reason: 'not-registered' })

  device.answerWith((query) => query.respond({ status: 500 }))
  t.same(await served.agent.queryCatalog(deviceId), { ok: false, reason: '500 Server Internal Error' })
})

/** A trace as `out INVITE`, `in 200`; 100 Trying left out. */
const flow = (traced: readonly TraceEntry[]): readonly string[] =>
  traced.map(({ direction, message }) => `${direction} ${message?.kind === 'request' ? message.method : message?.status}`).filter((line) => line !== 'in 100')
const media = { host: '127.0.0.1', port: 30000, transport: 'udp' as const }
const answerOf = (transaction: ServerTransaction, ssrc?: number): ResponseDraft => ({
  status: 200,
  headers: [{ name: 'Contact', value: `<sip:${channelId}@127.0.0.1:5999>` }, { name: 'Content-Type', value: 'APPLICATION/SDP' }],
  body: writeSdp(liveAnswer({ offer: parseSdp(transaction.request.body), owner: channelId, host: '127.0.0.1', port: 15060, ...(ssrc !== undefined && { ssrc }) })),
})

for (const transport of ['udp', 'tcp'] as const) {
  t.test(`INVITE, 200, ACK, BYE over ${transport}, every message traced`, async (t) => {
    const served = await serve(t)
    const device = await openDevice(t, served, transport)
    await device.register()
    device.answerWith((transaction) => transaction.respond(transaction.request.method === 'INVITE' ? answerOf(transaction) : { status: 200 }))
    const traced: TraceEntry[] = []
    const session = served.agent.invite({ deviceId, channelId, media, answerTimeoutMs: 2000, onTrace: (entry) => void traced.push(entry) })
    const answered = await session.answered
    if (!answered.ok) return t.fail(answered.detail)
    t.same(answered.remote, { host: '127.0.0.1', port: 15060 })
    const invite = device.requests[0]?.request
    t.match(invite && header(invite, 'Subject'), new RegExp(`^${channelId}:${formatSsrc(answered.ssrc)},${serverId}:0$`))
    t.match(invite && parseSdp(invite.body), { port: 30000, ssrc: answered.ssrc, session: 'Play' })
    await until(() => device.acks.length === 1, 'ACK')
    t.match(device.acks[0], { uri: `sip:${channelId}@127.0.0.1:5999` })
    await Promise.all([session.bye(), session.bye()])
    t.same(flow(traced), ['out INVITE', 'in 200', 'out ACK', 'out BYE', 'in 200'])
    t.ok(traced.every((entry, i) => entry.atUs >= (traced[i - 1]?.atUs ?? 0)))
  })
}

t.test('the camera hangs up', async (t) => {
  const served = await serve(t)
  const device = await openDevice(t, served)
  await device.register()
  device.answerWith((transaction) => transaction.respond(answerOf(transaction, 0x0396a9ca)))
  const ended: string[] = []
  const session = served.agent.invite({ deviceId, channelId, media, answerTimeoutMs: 2000, onEnded: (reason) => void ended.push(reason) })
  t.match(await session.answered, { ok: true, ssrc: 0x0396a9ca }, 'its own SSRC is taken')
  t.equal((await device.send('BYE', [], undefined, session.callId)).status, 200)
  t.same(ended, ['the camera sent BYE'])
  await session.bye()
  t.equal(device.requests.length, 1, 'nothing more is sent')
  t.equal((await device.send('BYE', [], undefined, session.callId)).status, 481)
})

t.test('486 is refused with its status and hop', async (t) => {
  const served = await serve(t)
  const device = await openDevice(t, served)
  await device.register()
  device.answerWith((transaction) => transaction.respond({ status: 486 }))
  const traced: TraceEntry[] = []
  const session = served.agent.invite({ deviceId, channelId, media, answerTimeoutMs: 2000, onTrace: (entry) => void traced.push(entry) })
  t.match(await session.answered, { ok: false, reason: 'refused', sipStatus: 486, hop: 'Scripted/1' })
  await session.bye()
  t.same(flow(traced), ['out INVITE', 'in 486', 'out ACK'])
})

t.test('a ringing camera that never answers is cancelled', async (t) => {
  const served = await serve(t)
  const device = await openDevice(t, served)
  await device.register()
  device.answerWith((transaction) => transaction.respond({ status: transaction.request.method === 'INVITE' ? 180 : 200 }))
  const traced: TraceEntry[] = []
  const session = served.agent.invite({ deviceId, channelId, media, answerTimeoutMs: 200, onTrace: (entry) => void traced.push(entry) })
  t.match(await session.answered, { ok: false, reason: 'no-answer', detail: 'no final answer within 200 ms' })
  await session.bye()
  t.same([...flow(traced)].sort(), ['in 180', 'in 200', 'in 487', 'out ACK', 'out CANCEL', 'out INVITE'])
})

t.test('silence is no-answer, and stopping it is bounded', async (t) => {
  const served = await serve(t)
  const device = await openDevice(t, served)
  await device.register()
  const { port } = device.layer.localAddress('udp')
  await device.layer.close()
  let heard = 0
  const silent = createSocket('udp4', () => heard++)
  await new Promise<void>((resolve) => silent.bind(port, '127.0.0.1', resolve))
  t.teardown(() => silent.close())
  const session = served.agent.invite({ deviceId, channelId, media, answerTimeoutMs: 200 })
  t.match(await session.answered, { ok: false, reason: 'no-answer' })
  const started = performance.now()
  await session.bye()
  t.ok(performance.now() - started < 3500, 'stopping is bounded')
  t.ok(heard > 1, 'the INVITE was sent again')
})

t.test('a 200 that crosses the CANCEL is acknowledged and ended by BYE', async (t) => {
  const served = await serve(t)
  const device = await openDevice(t, served)
  await device.register()
  let invite: ServerTransaction | undefined
  device.answerWith((transaction) => {
    if (transaction.request.method !== 'INVITE') return transaction.respond({ status: 200 })
    invite = transaction
  })
  const session = served.agent.invite({ deviceId, channelId, media, answerTimeoutMs: 150 })
  t.match(await session.answered, { ok: false, reason: 'no-answer' })
  invite?.respond(answerOf(invite))
  await session.bye()
  await until(() => device.acks.length > 0 && device.requests.some(({ request }) => request.method === 'BYE'), 'ACK and BYE')
})

t.test('who is not there is not asked', async (t) => {
  const served = await serve(t)
  const ask = () => served.agent.invite({ deviceId, channelId, media, answerTimeoutMs: 200 })
  t.match(await ask().answered, { ok: false, reason: 'not-registered' })
  const device = await openDevice(t, served, 'tcp')
  await device.register()
  await device.layer.close()
  await until(() => served.agent.presenceOf(deviceId) === 'offline', 'offline')
  t.match(await ask().answered, { ok: false, reason: 'offline' })
})

t.test('closing hangs up every session and opens none', async (t) => {
  const served = await serve(t)
  const device = await openDevice(t, served)
  await device.register()
  device.answerWith((transaction) => transaction.respond(transaction.request.method === 'INVITE' ? answerOf(transaction) : { status: 200 }))
  await Promise.all([1, 2].map(() => served.agent.invite({ deviceId, channelId, media, answerTimeoutMs: 2000 }).answered))
  await served.agent.close()
  t.equal(device.requests.filter(({ request }) => request.method === 'BYE').length, 2)
  t.match(await served.agent.invite({ deviceId, channelId, media, answerTimeoutMs: 200 }).answered, { ok: false, reason: 'stopped' })
  await served.agent.close()
})

t.test('one address may carry several devices; a keepalive must name one of them', async (t) => {
  const other = '32011600001180000002'
  const served = await serve(t, { passwordOf: () => Promise.resolve(password) })
  const device = await openDevice(t, served)
  await device.register()
  const of = (id: string): Buffer => writeManscdp({ type: 'notify-keepalive', sn: 1, deviceId: id, status: 'OK', faulty: [] }, 'utf-8')
  t.equal((await device.manscdp(of(deviceId))).status, 200)
  const stranger = await openDevice(t, served, 'udp', other)
  t.equal((await stranger.manscdp(of(other))).status, 403, 'an address where nobody is registered')
  const named: Header[] = [{ name: 'From', value: `<sip:${other}@${realm}>;tag=x` }]
  t.equal((await device.send('MESSAGE', named, of(other))).status, 403, 'an address where another device is registered')
  t.equal((await device.send('MESSAGE', named, writeManscdp({ type: 'other', root: 'Notify', cmdType: 'Alarm', sn: 1, deviceId: other }, 'utf-8'))).status, 200, 'an alarm of a channel')
})

t.test('odd methods and bodies get their own answers', async (t) => {
  const served = await serve(t)
  const device = await openDevice(t, served)
  await device.register()
  t.equal((await device.send('OPTIONS')).status, 200)
  t.equal((await device.send('INFO')).status, 481)
  const publish = await device.send('PUBLISH')
  t.equal(publish.status, 405)
  t.match(header(publish, 'Allow'), /REGISTER/)
  t.equal((await device.send('MESSAGE', [], Buffer.from('no xml'))).status, 400)
  t.equal((await device.send('NOTIFY', [], keepalive)).status, 200, 'NOTIFY is read like MESSAGE')
})
