// Who is let in and who is believed, over real sockets: every rule of access as a device meets it.
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import t from 'tap'
import { manualClock, type Log } from '../../base/index.ts'
import { header, headers, type Header, type SipFact, type StoredBinding } from '../index.ts'
import { writeManscdp } from '../manscdp/index.ts'
import { deviceId, openDevice, password, realm, serve, serverId, until } from '../scripted-device.ts'

const keepaliveOf = (id: string): Buffer => writeManscdp({ type: 'notify-keepalive', sn: 1, deviceId: id, status: 'OK', faulty: [] }, 'gb2312')
const keepalive = keepaliveOf(deviceId)
const inName = (id: string): Header[] => [{ name: 'From', value: `<sip:${id}@${realm}>;tag=x` }, { name: 'Content-Type', value: 'Application/MANSCDP+xml' }]

/** A log that can be read. */
function listen() {
  const lines: { readonly level: string; readonly text: string; readonly fields: Record<string, unknown> }[] = []
  const at = (level: string) => (fields: Readonly<Record<string, unknown>>, text: string) => void lines.push({ level, text, fields })
  const log: Log = { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') }
  return { log, said: (text: string) => lines.filter((line) => line.text.startsWith(text)) }
}
const reasons = (facts: readonly SipFact[]): string[] => facts.flatMap((fact) => (fact.type === 'presence' ? [`${fact.from === fact.to ? '=' : ''}${fact.to} ${fact.reason}`] : []))

t.test('refresh, unregistration and a known Call-ID are authenticated like the first', async (t) => {
  const served = await serve(t)
  const device = await openDevice(t, served)
  t.equal((await device.register({ call: 'one' })).status, 200)
  const bound = served.agent.bindingOf(deviceId)
  for (const expires of ['3600', '0', '60']) {
    const answer = await device.send('REGISTER', [{ name: 'Expires', value: expires }], undefined, 'one')
    t.equal(answer.status, 401)
    t.equal(header(answer, 'X-GB-Ver'), '3.0')
    t.same(headers(answer, 'WWW-Authenticate').map((value) => /algorithm=([\w-]+)/.exec(value)?.[1]), ['MD5', 'SHA-256'])
  }
  t.equal(served.agent.bindingOf(deviceId), bound)
  t.equal(served.agent.presenceOf(deviceId), 'online')
  t.equal((await device.register({ secret: 'wrong', expires: 0, call: 'one' })).status, 403)
  t.equal(served.agent.presenceOf(deviceId), 'online')
})

t.test('a message is believed from the registered address alone; only a REGISTER changes it', async (t) => {
  const { log, said } = listen()
  const served = await serve(t, { log })
  const device = await openDevice(t, served)
  await device.register()
  const elsewhere = await openDevice(t, served)
  for (let i = 0; i < 5; i++) {
    const answer = await elsewhere.manscdp(keepalive)
    t.equal(answer.status, 403, 'a NAT that changed its port, or somebody else: it must register')
  }
  for (const method of ['MESSAGE', 'NOTIFY']) t.equal((await elsewhere.send(method, inName(deviceId), writeManscdp({ type: 'response-catalog', sn: 1, deviceId, sumNum: 0, items: [] }, 'gb2312'))).status, 403)
  t.equal(said('message from an address').length, 1, 'noted once')
  t.match(said('message from an address')[0]?.fields, { deviceId, source: { port: elsewhere.layer.localAddress('udp').port } })
  await until(() => served.facts.length === 3, 'three facts')
  t.same(reasons(served.facts), ['online registered', '=online heard-elsewhere'])
  t.equal((await device.manscdp(keepalive)).status, 200, 'where it is registered it is heard')

  t.equal((await elsewhere.register()).status, 200)
  t.equal(served.agent.bindingOf(deviceId)?.port, elsewhere.layer.localAddress('udp').port)
  t.equal((await elsewhere.manscdp(keepalive)).status, 200)
  t.equal((await device.manscdp(keepalive)).status, 403, 'the old address is nobody’s')
})

t.test('over TCP each connection registers first; the end of an old one is not the end of the device', async (t) => {
  const served = await serve(t)
  const first = await openDevice(t, served, 'tcp')
  await first.register()
  const second = await openDevice(t, served, 'tcp')
  t.equal((await second.manscdp(keepalive)).status, 403)
  t.equal((await second.register()).status, 200)
  await first.layer.close()
  t.equal((await second.manscdp(keepalive)).status, 200)
  t.equal(served.agent.presenceOf(deviceId), 'online', 'it had moved to the new connection before')
  await second.layer.close()
  await until(() => served.agent.presenceOf(deviceId) === 'offline', 'offline')
  const third = await openDevice(t, served, 'tcp')
  t.equal((await third.manscdp(keepalive)).status, 403)
  t.equal(served.agent.presenceOf(deviceId), 'offline', 'a keepalive over a new connection restores nobody')
  await third.register()
  await until(() => reasons(served.facts).length === 4, 'back')
  t.same(reasons(served.facts).filter((each) => !each.startsWith('=')), ['online registered', 'offline connection-lost', 'online registered'])
})

t.test('a keepalive that is sent again is answered again and counts once', async (t) => {
  const served = await serve(t)
  const socket = createSocket('udp4')
  t.teardown(() => socket.close())
  const answers: string[] = []
  socket.on('message', (bytes) => void answers.push(bytes.toString('latin1')))
  await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve))
  const { port } = socket.address()
  const binding: StoredBinding = { transport: 'udp', host: '127.0.0.1', port, contact: `sip:${deviceId}@127.0.0.1:${port}`, registeredAtMs: Date.now(), expiresAtMs: Date.now() + 3_600_000, callId: 'c' }
  const again = await serve(t, { restored: [{ deviceId, binding, wasOffline: true }] })
  t.equal(again.agent.presenceOf(deviceId), 'offline', 'it was offline when we stopped')
  const bytes = Buffer.concat([
    Buffer.from(
      [
        `MESSAGE sip:${serverId}@${realm} SIP/2.0`, `Via: SIP/2.0/UDP 127.0.0.1:${port};rport;branch=z9hG4bKone`, `From: <sip:${deviceId}@${realm}>;tag=1`, `To: <sip:${serverId}@${realm}>`,
        'Call-ID: constant', 'CSeq: 1 MESSAGE', 'Max-Forwards: 70', 'Content-Type: Application/MANSCDP+xml', `Content-Length: ${keepalive.length}`, '', '',
      ].join('\r\n'),
    ),
    keepalive,
  ])
  for (let i = 0; i < 3; i++) socket.send(bytes, again.agent.port, '127.0.0.1')
  await until(() => answers.length === 3, 'three answers')
  t.match(answers[0], /^SIP\/2\.0 200/)
  t.equal(new Set(answers).size, 1, 'the same answer, its tag included')
  t.same(reasons(again.facts), ['offline restored', 'online keepalive'], 'a stored binding is believed at once')
  t.equal(served.facts.length, 0)
})

t.test('a lease that runs out while keepalives come is noted; two hours of keepalives are two rows', async (t) => {
  const clock = manualClock()
  const served = await serve(t, { clock, maxExpiresS: 3600 })
  const device = await openDevice(t, served)
  t.equal(header(await device.register({ expires: 86_400 }), 'Expires'), '3600', 'capped by us')
  for (let minute = 0; minute < 120; minute++) {
    clock.advance(60_000)
    t.equal((await device.manscdp(keepalive)).status, 200)
  }
  t.same(reasons(served.facts), ['online registered', '=online registration-expired'])
  t.equal(served.facts.length, 3)
  clock.advance(180_000)
  await until(() => served.facts.length === 5, 'gone')
  t.same(reasons(served.facts).slice(2), ['late keepalive-late', 'offline keepalive-lost'])
})

t.test('wrong tries limit who makes them, not the device, and a new password begins anew', async (t) => {
  const { log, said } = listen()
  let secret = password
  const served = await serve(t, { log, passwordOf: () => Promise.resolve(secret) })
  const device = await openDevice(t, served)
  await device.register()
  const thief = await openDevice(t, served)
  for (let i = 0; i < 10; i++) t.equal((await thief.register({ secret: 'guess' })).status, 403)
  for (let i = 0; i < 5; i++) {
    const limited = await thief.register()
    t.equal(limited.status, 403)
    t.match(header(limited, 'Retry-After'), /^(30|29)$/)
    t.equal(header(limited, 'X-GB-Ver'), '3.0')
  }
  t.equal(said('registration refused').filter(({ fields }) => fields['reason'] === 'limited').length, 1, 'said once')
  t.equal((await device.register()).status, 200, 'at its own address the device is never limited')
  t.equal(said('registered').length, 1, 'a refresh is not said')

  secret = 'another'
  t.equal((await device.register()).status, 403, 'the old password ends at once')
  t.equal((await device.manscdp(keepalive)).status, 200, 'its registration does not')
  t.equal((await thief.register({ secret })).status, 403)
  served.agent.forgetTries(deviceId)
  t.equal((await thief.register({ secret })).status, 200)
})

t.test('the user name may be anything, and the version is told both ways', async (t) => {
  const served = await serve(t)
  const device = await openDevice(t, served)
  const ok = await device.register({ version: '2.0' })
  t.match(served.agent.bindingOf(deviceId), { gbVersion: '2.0' }, 'the scripted device calls itself admin')
  t.equal(header(ok, 'X-GB-Ver'), '3.0')
  t.match(header(ok, 'Date'), /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}$/)
  const plain = await serve(t, { access: { date: 'none', digest: 'md5' } })
  const other = await openDevice(t, plain)
  const answer = await other.register()
  t.equal(header(answer, 'Date'), undefined)
  t.equal(headers(await other.send('REGISTER'), 'WWW-Authenticate').length, 1)
})

t.test('a store that fails is 503 with Retry-After, said when it begins and when it is over', async (t) => {
  const { log, said } = listen()
  const clock = manualClock()
  let isBroken = true
  const broken = (): Promise<void> => (isBroken ? Promise.reject(new Error('disk full')) : Promise.resolve())
  const served = await serve(t, { log, clock, onFact: broken })
  const device = await openDevice(t, served)
  for (let i = 0; i < 5; i++) {
    const answer = await device.register()
    t.equal(answer.status, 503)
    t.ok(Number(header(answer, 'Retry-After')) >= 60 && Number(header(answer, 'Retry-After')) < 120)
    t.equal(header(answer, 'X-GB-Ver'), '3.0')
  }
  t.equal(served.agent.bindingOf(deviceId), undefined, 'what is not kept is not so')
  t.equal((await device.manscdp(keepalive)).status, 403)
  t.equal(said('registrations cannot be kept').length, 1)
  isBroken = false
  t.equal((await device.register()).status, 200)
  t.equal(said('registrations are kept again').length, 0, 'not before it has worked a while')
  clock.advance(5_001)
  t.equal((await device.register()).status, 200)
  t.match(said('registrations are kept again'), [{ fields: { refused: 5 } }])

  const blind = await serve(t, { passwordOf: () => Promise.reject(new Error('disk gone')) })
  t.equal((await (await openDevice(t, blind)).register()).status, 503)
  const buggy = await serve(t, { access: { get redirect(): never { throw new TypeError('a bug') } } }).catch((error: unknown) => error)
  t.ok(buggy instanceof TypeError, 'a bug is none of the store’s')
})

t.test('302 after authentication; who comes back is taken, and stays', async (t) => {
  const clock = manualClock()
  const to = 'sip:32011600002000000002@192.0.2.9:5060'
  const served = await serve(t, { clock, access: { redirect: { to, above: 0, prefixes: ['320116'] } }, passwordOf: () => Promise.resolve(password) })
  const device = await openDevice(t, served)
  t.equal((await device.register({ secret: 'wrong' })).status, 403, 'nobody learns of the other server without a password')
  const sent = await device.register()
  t.equal(sent.status, 302)
  t.equal(header(sent, 'Contact'), `<${to}>`)
  t.equal(header(sent, 'Expires'), '3600')
  t.equal(header(sent, 'X-GB-Ver'), '3.0')
  t.equal(served.agent.bindingOf(deviceId), undefined)
  t.equal(served.facts.length, 0)
  clock.advance(60_000)
  t.equal((await device.register({ call: 'back' })).status, 200, 'the other server was not there')
  clock.advance(60_000)
  await device.manscdp(keepalive)
  t.equal((await device.register({ call: 'back' })).status, 200, 'its refreshing is no reason to go')
  t.equal((await device.register({ call: 'back', expires: 0 })).status, 200)
  clock.advance(600_000)
  t.equal((await device.register({ call: 'later' })).status, 302)
  const other = await openDevice(t, served, 'udp', '32010500001180000001')
  t.equal((await other.register()).status, 200, 'not among those who are sent on')
})

t.test('a flood of first REGISTERs costs no memory, and the true device is served meanwhile', async (t) => {
  const served = await serve(t)
  const device = await openDevice(t, served)
  await device.register()
  const sockets = Array.from({ length: 20 }, () => createSocket('udp4'))
  for (const socket of sockets) t.teardown(() => socket.close())
  let answered = 0
  await Promise.all(
    sockets.map(
      (socket) =>
        new Promise<void>((resolve) => {
          socket.on('message', () => answered++)
          socket.bind(0, '127.0.0.1', resolve)
        }),
    ),
  )
  let n = 0
  const flood = (count: number): void => {
    for (let i = 0; i < count; i++) {
      const socket = sockets[n % sockets.length]
      const id = String(34020000001310000000n + BigInt(n++))
      const text = [
        `REGISTER sip:${serverId}@${realm} SIP/2.0`, `Via: SIP/2.0/UDP 127.0.0.1:${socket?.address().port};rport;branch=z9hG4bK${n}`, `From: <sip:${id}@${realm}>;tag=1`, `To: <sip:${id}@${realm}>`,
        `Call-ID: ${n}`, 'CSeq: 1 REGISTER', `Contact: <sip:${id}@127.0.0.1:5060>`, 'Max-Forwards: 70', ...(n % 2 ? [`Authorization: Digest username="${id}", realm="${realm}", nonce="${n}", uri="sip:a@b", response="${'0'.repeat(32)}"`] : []),
        'Content-Length: 0', '', '',
      ].join('\r\n')
      socket?.send(text, served.agent.port, '127.0.0.1')
    }
  }
  for (let round = 0; round < 20; round++) {
    flood(200)
    t.equal((await device.manscdp(keepalive)).status, 200)
    if (round % 5 === 0) t.equal((await device.register()).status, 200)
  }
  await until(() => answered >= 3000, 'most of them are challenged')
  const stats = served.agent.stats()
  t.equal(stats.devices, 1)
  t.ok(stats.serverTransactions < 50, `${stats.serverTransactions} transactions: the device's own`)
  t.equal(served.facts.filter(({ type }) => type === 'stranger').length, 0, 'nobody who answers no challenge is told of')
  t.equal(served.agent.presenceOf(deviceId), 'online')
})

t.test('X-GB-Ver is on every answer to REGISTER, on a refusal of the layer below too (Annex I)', async (t) => {
  const served = await serve(t)
  const socket = createSocket('udp4')
  t.teardown(() => socket.close())
  const ask = async (method: string, more = ''): Promise<string> => {
    const lines = [
      `${method} sip:32011600002000000001@3201160000 SIP/2.0`, `Via: SIP/2.0/UDP 127.0.0.1:5060;rport;branch=z9hG4bK${method}${more.length}`, 'From: <sip:32011600001180000001@3201160000>;tag=1',
      'To: <sip:32011600001180000001@3201160000>', `Call-ID: ${method}-${more.length}`, `CSeq: 1 ${method}`, 'Contact: <sip:32011600001180000001@127.0.0.1>', `${more}Content-Length: 0`, '', '',
    ]
    socket.send(lines.join('\r\n'), served.agent.port, '127.0.0.1')
    const [answer] = (await once(socket, 'message')) as [Buffer]
    return answer.toString('latin1')
  }
  t.match(await ask('REGISTER'), /^SIP\/2\.0 401 [\s\S]*\r\nX-GB-Ver: 3\.0\r\n/)
  t.match(await ask('REGISTER', 'Require: nothing-of-ours\r\n'), /^SIP\/2\.0 420 [\s\S]*\r\nX-GB-Ver: 3\.0\r\n/)
  t.notMatch(await ask('PUBLISH'), /X-GB-Ver/)
})
