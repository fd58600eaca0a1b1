// Broken devices against the whole service, on real sockets, and what the API says of each. The clock runs forty times as fast.
import { createSocket } from 'node:dgram'
import { mkdtempSync, rmSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import { readPcapng, silentLog, systemClock, systemRandom, type Clock } from '../base/index.ts'
import { connectTo } from '../commands/client.ts'
import { loadConfig } from '../config.ts'
import { packetize } from '../media/index.ts'
import {
  digestResponse, header, manscdpType, openTransactionLayer, parseChallenge, parseManscdp, parseSdp, writeCredentials, writeManscdp,
  type Header, type ServerTransaction, type SipResponse, type Transport,
} from '../sip/index.ts'
import { startService, type Service } from './start.ts'

const speed = 40
const beganUs = systemClock.nowUs()
const beganMs = systemClock.wallMs()
const passedUs = (): number => (systemClock.nowUs() - beganUs) * speed
const fast: Clock = { nowUs: passedUs, wallMs: () => beganMs + Math.floor(passedUs() / 1000), after: (ms, callback) => systemClock.after(ms / speed, callback) }

const serverId = '32011600002000000001'
const realm = '3201160000'
const secret = 'the-SIP-password-of-all'
const adminPassword = 'a-password-of-the-test'
const dataDir = mkdtempSync(join(tmpdir(), 'yiji-traces-'))
const config = loadConfig(
  {
    YIJI_DATA_DIR: dataDir, YIJI_HTTP_PORT: '0', YIJI_SIP_HOST: '127.0.0.1', YIJI_SIP_PORT: '0', YIJI_SIP_ID: serverId, YIJI_SIP_PASSWORD: secret,
    YIJI_MEDIA_PORTS: '19000-19199', YIJI_MEDIA_LINGER_MS: '0', YIJI_MEDIA_RETRY: 'off', YIJI_ADMIN_PASSWORD: adminPassword, YIJI_LOG_LEVEL: 'silent',
  },
  join(dataDir, 'none.yaml'),
)
const running: { service?: Service } = {}
const owned: (() => Promise<void>)[] = []
t.teardown(async () => {
  await running.service?.close()
  for (const close of owned) await close()
  rmSync(dataDir, { recursive: true, force: true })
})

const idOf = (n: number): string => `3201160000118${String(n).padStart(7, '0')}`
const channelOf = (n: number): string => `3201160000131${String(n).padStart(7, '0')}`

async function until(check: () => Promise<boolean> | boolean, what: string): Promise<void> {
  for (let i = 0; i < 400; i++) {
    if (await check()) return
    await new Promise((resolve) => setTimeout(resolve, 15))
  }
  throw new Error(`waited in vain: ${what}`)
}

/** A device made of the library's own transaction layer; it answers requests as the test says. */
async function device(id: string, sipPort: number, more: { transport?: Transport; onRequest?: (transaction: ServerTransaction) => void } = {}) {
  const { transport = 'udp', onRequest = (transaction) => transaction.respond({ status: 200 }) } = more
  const layer = await openTransactionLayer({
    bind: { host: '127.0.0.1', port: 0 }, transports: [transport], listen: false, clock: fast, random: systemRandom, log: silentLog, agent: 'Broken/1',
    user: { onRequest, onAck: () => {}, onConnectionLost: () => {} },
  })
  owned.push(() => layer.close())
  const target = { transport, host: '127.0.0.1', port: sipPort }
  let cseq = 0
  const send = (method: string, headers: readonly Header[] = [], body: Buffer = Buffer.alloc(0)): Promise<SipResponse | undefined> =>
    new Promise((resolve) => {
      const local = layer.localAddress(transport)
      const own: Header[] = [
        { name: 'From', value: `<sip:${id}@${realm}>;tag=d` }, { name: 'To', value: `<sip:${method === 'REGISTER' ? id : serverId}@${realm}>` }, { name: 'Call-ID', value: `${id}-${method}` },
        { name: 'CSeq', value: `${++cseq} ${method}` }, { name: 'Contact', value: `<sip:${id}@${local.host}:${local.port}>` },
      ]
      layer.request({ kind: 'request', method, uri: `sip:${serverId}@${realm}`, headers: [...own, ...headers], body }, target, (event) => {
        if (event.type !== 'response') resolve(undefined)
        else if (event.response.status >= 200) resolve(event.response)
      })
    })
  return {
    send,
    register: async (password = secret, ownRealm?: string): Promise<number | undefined> => {
      const expires = { name: 'Expires', value: '3600' }
      const asked = parseChallenge(header((await send('REGISTER', [expires])) ?? { kind: 'response', status: 0, reason: '', headers: [], body: Buffer.alloc(0) }, 'WWW-Authenticate') ?? '')
      if (!asked) return undefined
      const input = { algorithm: 'MD5' as const, username: id, realm: ownRealm ?? asked.realm, nonce: asked.nonce, uri: `sip:${serverId}@${realm}` }
      return (await send('REGISTER', [expires, { name: 'Authorization', value: writeCredentials({ ...input, response: digestResponse({ ...input, method: 'REGISTER', password }) }) }]))?.status
    },
    keepalive: () => send('MESSAGE', [{ name: 'Content-Type', value: manscdpType }], writeManscdp({ type: 'notify-keepalive', sn: 1, deviceId: id, status: 'OK', faulty: [] }, 'gb2312')),
    catalog: (sn: number, sumNum: number, ids: readonly string[]) =>
      send('MESSAGE', [{ name: 'Content-Type', value: manscdpType }], writeManscdp({ type: 'response-catalog', sn, deviceId: id, sumNum, items: ids.map((each) => ({ id: each, name: '路口', status: 'on', type: 'channel', raw: {} })) }, 'gb2312')),
    close: () => layer.close(),
  }
}

interface Words {
  readonly failed?: string
  readonly summary: { readonly zh: string; readonly en: string }
  readonly stages: readonly { readonly stage: string; readonly state: string; readonly code: string; readonly evidence: readonly unknown[] }[]
  readonly hints: readonly { readonly code: string }[]
  readonly records: readonly { readonly kind: string; readonly text: string }[]
  readonly disk: string
}

t.test('each broken device is told in words', async (t) => {
  const service = (running.service = await startService(config, silentLog, fast))
  const client = await connectTo(service.url, 'admin', adminPassword)
  const words = (id: string): Promise<Words> => client.json<Words>('GET', `/devices/${id}/trace`)
  const says = async (id: string, code: string): Promise<Words> => {
    await until(async () => (await words(id)).stages.some((stage) => stage.state === 'failed' && stage.code === code), `${id}: ${code}, not ${JSON.stringify((await words(id)).stages.map((stage) => stage.code))}`)
    return words(id)
  }
  const port = service.sipPort

  await t.test('wrong password, wrong domain, no answer to the challenge', async (t) => {
    const wrong = await device(idOf(1), port)
    for (let i = 0; i < 3; i++) t.equal(await wrong.register('guessed'), 403)
    const told = await says(idOf(1), 'authentication.wrong-password')
    t.equal(told.failed, 'authentication')
    t.match(told.summary.zh, /^认证.设备.用户名 32011600001180000001.域 3201160000.从 udp:127\.0\.0\.1:\d+ 应答了质询.但密码不对.已拒绝 3 次/)
    t.match(told.summary.en, /refused 3 times \(403\)\..*Enter the password/)
    t.match(told.records.map(({ text }) => text).join('\n'), /REGISTER sip:.*\nSIP\/2\.0 401.*\nREGISTER sip:.*\n.*refused: wrong-password\nSIP\/2\.0 403/s)
    t.equal(told.disk, 'ok')

    const elsewhere = await device(idOf(2), port)
    t.equal(await elsewhere.register('guessed', 'hik'), 403)
    t.match((await says(idOf(2), 'authentication.wrong-realm')).summary.zh, /域是“hik”.本平台的域是“3201160000”/)
    t.equal(await elsewhere.register(secret, 'hik'), 200, 'another domain alone is no obstacle')
    t.match((await words(idOf(2))).hints.map(({ code }) => code), ['hint.other-realm'])

    const mute = await device(idOf(3), port)
    for (let i = 0; i < 4; i++) await mute.send('REGISTER')
    t.match((await says(idOf(3), 'authentication.challenge-ignored')).summary.zh, /注册了 4 次.每次收到 401 质询后都没有带上认证信息/)
    t.equal((await words(idOf(99))).failed, 'address', 'and one that never came')
  })

  await t.test('keepalives from elsewhere', async (t) => {
    const home = await device(idOf(4), port)
    t.equal(await home.register(), 200)
    t.equal((await home.keepalive())?.status, 200)
    const moved = await device(idOf(4), port)
    t.equal((await moved.keepalive())?.status, 403)
    t.match((await says(idOf(4), 'keepalive.elsewhere')).summary.zh, /^心跳.心跳来自 udp:127\.0\.0\.1:\d+.而设备注册在 udp:127\.0\.0\.1:\d+/)
  })

  await t.test('half a catalog', async (t) => {
    const half = await device(idOf(5), port, {
      onRequest: (transaction) => {
        transaction.respond({ status: 200 })
        const query = transaction.request.method === 'MESSAGE' ? parseManscdp(transaction.request.body) : undefined
        if (query?.type === 'query-catalog') void half.catalog(query.sn, 3, [channelOf(50)])
      },
    })
    t.equal(await half.register(), 200)
    await half.keepalive()
    const told = await says(idOf(5), 'catalog.incomplete')
    t.match(told.summary.en, /1 of 3 channels/)
    t.ok((told.stages.find(({ stage }) => stage === 'catalog')?.evidence.length ?? 0) >= 2)
  })

  /** A device with one channel that meets an INVITE as the test says. */
  const withChannel = async (n: number, onInvite: (transaction: ServerTransaction) => void): Promise<void> => {
    const made = await device(idOf(n), port, {
      onRequest: (transaction) => {
        if (transaction.request.method === 'INVITE') return onInvite(transaction)
        transaction.respond({ status: 200 })
        const query = transaction.request.method === 'MESSAGE' ? parseManscdp(transaction.request.body) : undefined
        if (query?.type === 'query-catalog') void made.catalog(query.sn, 1, [channelOf(n)])
      },
    })
    t.equal(await made.register(), 200)
    await made.keepalive()
    await until(async () => (await service.registry.deviceOfChannel(channelOf(n))) === idOf(n), 'the channel is known')
    await service.registry.setMediaTransport(idOf(n), 'udp')
  }
  const watch = async (n: number): Promise<unknown> => {
    const member = service.relays.join(channelOf(n), { kind: 'viewer' })
    const outcome = await member.joined
    await member.leave({ linger: false })
    return outcome
  }
  const answer = (n: number): { readonly status: number; readonly headers: readonly Header[]; readonly body: Buffer } => ({
    status: 200,
    headers: [{ name: 'Contact', value: `<sip:${idOf(n)}@127.0.0.1:5060>` }, { name: 'Content-Type', value: 'application/sdp' }],
    body: Buffer.from(`v=0\r\no=${channelOf(n)} 0 0 IN IP4 127.0.0.1\r\ns=Play\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=video 15060 RTP/AVP 96\r\na=sendonly\r\na=rtpmap:96 PS/90000\r\na=password:${secret}\r\n`),
  })

  await t.test('INVITE refused with 488', async (t) => {
    await withChannel(6, (transaction) => transaction.respond({ status: 488 }))
    t.match(await watch(6), { ok: false, reason: 'refused', sipStatus: 488 })
    const told = await says(idOf(6), 'invite.not-acceptable')
    t.equal(told.failed, 'invite')
    t.match(told.summary.zh, /^点播信令.设备回复 488.由 Broken\/1 回复/)
  })

  await t.test('200 and no RTP; 200 and RTP that holds no program stream', async (t) => {
    await withChannel(7, (transaction) => transaction.respond(answer(7)))
    t.match(await watch(7), { ok: false, reason: 'no-media' })
    const silent = await says(idOf(7), 'media.nothing-came')
    t.match(silent.summary.zh, /^媒体.设备回复了 200.但 UDP 端口 \d+.地址 127\.0\.0\.1.没有收到任何包/)
    t.same(silent.stages.map(({ state }) => state), ['ok', 'ok', 'ok', 'ok', 'ok', 'failed'])

    const socket = createSocket('udp4')
    t.teardown(() => socket.close())
    await withChannel(8, (transaction) => {
      transaction.respond(answer(8))
      const { port: mediaPort } = parseSdp(transaction.request.body)
      const packets = packetize(Buffer.alloc(90_000, 0x41), { payloadType: 96, ssrc: 77, firstSequence: 0, timestamp: 0, maxPayload: 1400 })
      for (const packet of packets) socket.send(packet, mediaPort, '127.0.0.1')
    })
    t.match(await watch(8), { ok: false, reason: 'wrong-container' })
    t.match((await says(idOf(8), 'media.wrong-container')).summary.en, /payload type 96.*no program stream/)
  })

  await t.test('strangers: garbage and other protocols', async (t) => {
    const socket = createSocket('udp4')
    t.teardown(() => socket.close())
    for (const text of ['GET / HTTP/1.1\r\nHost: x\r\n\r\n', '\x16\x03\x01 no SIP at all']) socket.send(Buffer.from(text, 'latin1'), port, '127.0.0.1')
    interface Strangers {
      readonly sources: readonly { readonly host: string; readonly unreadable: number; readonly lastLine: string }[]
      readonly ids: readonly string[]
    }
    await until(async () => ((await client.json<Strangers>('GET', '/trace/strangers')).sources[0]?.unreadable ?? 0) >= 2, 'garbage is counted')
    const found = await client.json<Strangers>('GET', '/trace/strangers')
    t.match(found.sources, [{ host: '127.0.0.1' }])
    // A camera set to TLS: its first bytes hold no line end, and are waited for in vain.
    const hello = connect(port, '127.0.0.1', () => hello.end(Buffer.from('\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03', 'latin1')))
    hello.resume()
    await until(async () => ((await client.json<Strangers>('GET', '/trace/strangers')).sources[0]?.unreadable ?? 0) >= 3, 'TLS is counted')
    t.match((await client.json<Strangers>('GET', '/trace/strangers')).sources[0], { transports: ['tcp', 'udp'] })
    t.ok(found.ids.includes(idOf(3)), 'an id that nobody knows has a trace of its own')
  })

  await t.test('no secret leaves, in memory or on the disk; metrics count', async (t) => {
    const capture = await client.bytes(`/devices/${idOf(7)}/trace.pcapng`)
    const found = readPcapng(capture)
    const sip = found.flatMap((each) => (each.kind === 'wire' ? [each.wire.bytes.toString('latin1')] : []))
    t.ok(sip.some((text) => text.startsWith('INVITE')) && sip.some((text) => /response="x{32}"/.test(text)) && sip.some((text) => /a=password:x+/.test(text)))
    t.notOk(capture.includes(secret))
    t.notMatch(sip.join('\n'), /(?:response|nonce)="(?!x+")/)
    t.match(await (await fetch(`${service.url}/metrics`)).text(), /yiji_trace_devices \d+\n[^]*yiji_trace_memory_bytes \d+/)
  })

  await t.test('yesterday is readable after a restart', async (t) => {
    const before = await words(idOf(1))
    await service.close()
    const again = (running.service = await startService(config, silentLog, fast))
    const client = await connectTo(again.url, 'admin', adminPassword)
    const after = await client.json<Words>('GET', `/devices/${idOf(1)}/trace`)
    t.equal(after.summary.zh, before.summary.zh)
    t.same(after.records, before.records)
    const fromDisk = await client.bytes(`/devices/${idOf(7)}/trace.pcapng`)
    t.ok(fromDisk.includes('a=password:x') && !fromDisk.includes(secret), 'what came from the disk holds no secret either')
  })
})
