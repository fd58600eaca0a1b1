// The ways out of a stream through the whole application on loopback: who is let in, what comes, and what is said when nothing does.
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { get, type IncomingMessage } from 'node:http'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Demuxer, AV_LOG_QUIET, Log } from 'node-av'
import t, { type Test } from 'tap'
import { WebSocket, type ClientOptions } from 'ws'
import { silentLog, systemClock, systemRandom, type Clock } from './base/index.ts'
import { connectTo } from './commands/client.ts'
import { clipCacheDir, readScenario } from './commands/simulate.ts'
import { loadConfig } from './config.ts'
import { isFieldName, type FieldName } from './registry/index.ts'
import { startService } from './service/start.ts'
import { clipsFor, startFleet, type Scenario } from './simulator/index.ts'

Log.setLevel(AV_LOG_QUIET)

const district = readScenario(new URL('../fixtures/scenarios/district.json', import.meta.url))
const password = 'a-password-of-the-test'
const sipId = '32011600002000000001'
/** Two of H.265, one of H.264, and one that answers 486. */
const [modern, other, plain, busy] = ['32011600001320000007', '32011600001320000011', '32011600001320000002', '32011600001320000019'] as const
const cameras: readonly string[] = [modern, other, plain, busy]

interface Ways {
  readonly flv: string
  readonly ws: string
  readonly rtmp?: string
}
interface Addresses extends Ways {
  readonly jpg: string
  readonly external: Ways & { readonly jpg: string }
  readonly h264: Ways & { readonly external: Ways }
  readonly expiresAtMs: number
}

async function house(test: Test, ports: string, more: Record<string, string> = {}) {
  const scenario: Scenario = { ...district, keepaliveS: 1, devices: district.devices.filter(({ id }) => cameras.includes(id)) }
  const dataDir = mkdtempSync(join(tmpdir(), 'yiji-ways-'))
  const clips = await clipsFor(scenario, { cacheDir: clipCacheDir, children: 2 })
  let skewMs = 0
  const clock: Clock = { ...systemClock, wallMs: () => systemClock.wallMs() + skewMs }
  const environment = {
    YIJI_DATA_DIR: dataDir, YIJI_HTTP_PORT: '0', YIJI_SIP_HOST: '127.0.0.1', YIJI_SIP_PORT: '0', YIJI_SIP_ID: sipId, YIJI_SIP_PASSWORD: scenario.password,
    YIJI_MEDIA_PORTS: ports, YIJI_MEDIA_LINGER_MS: '0', YIJI_ADMIN_PASSWORD: password, YIJI_LOG_LEVEL: 'silent', ...more,
  }
  const service = await startService(loadConfig(environment, join(dataDir, 'none.yaml')), silentLog, clock)
  const fleet = await startFleet({ scenario: { ...scenario, registrar: { id: sipId, host: '127.0.0.1', port: service.sipPort } }, clips, clock: systemClock, random: systemRandom, log: silentLog })
  test.teardown(async () => {
    await service.close()
    await fleet.close()
    rmSync(dataDir, { recursive: true, force: true })
  })
  await fleet.registered
  const records = scenario.devices.flatMap((device) => device.channels.map(({ record }) => Object.fromEntries(Object.entries(record).filter((entry): entry is [FieldName, string] => isFieldName(entry[0])))))
  await service.registry.importRows(records, 'test')
  for (const id of cameras) await until(async () => (await service.registry.deviceOfChannel(id)) !== undefined, 'the catalogs')
  const client = await connectTo(service.url, 'admin', password)
  const login = await fetch(`${service.url}/api/v1/session`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ name: 'admin', password }) })
  const cookie = login.headers.getSetCookie()[0]?.split(';')[0] ?? ''
  return { service, fleet, client, cookie, addresses: (camera: string, query = '') => client.json<Addresses>('GET', `/live/${camera}${query}`), skew: (ms: number) => (skewMs = ms) }
}

async function until(check: () => boolean | Promise<boolean>, what: string): Promise<void> {
  for (let i = 0; i < 600; i++) {
    if (await check()) return
    await new Promise((resolve) => setTimeout(resolve, 25))
  }
  throw new Error(`waited in vain: ${what}`)
}

/** What came of opening a WebSocket: its messages, or the HTTP status of the refusal. */
function open(url: string, options: ClientOptions = {}) {
  const ws = new WebSocket(url, options)
  const seen = { messages: [] as Buffer[], status: 0, body: '', code: 0, reason: '' }
  ws.on('message', (data: Buffer) => void seen.messages.push(data))
  ws.on('unexpected-response', (_request, response: IncomingMessage) => {
    seen.status = response.statusCode ?? 0
    response.on('data', (chunk: Buffer) => (seen.body += String(chunk)))
    response.on('end', () => (seen.code = -1))
  })
  ws.on('close', (code, reason) => Object.assign(seen, { code, reason: String(reason) }))
  ws.on('error', () => {})
  return { ws, seen }
}
const codecsOf = (messages: readonly Buffer[]): number[] => messages.slice(1).map((message) => message[11] ?? 0)

t.test('FLV over a WebSocket: who is let in, what comes, and what is said of a failure', async (t) => {
  const { service, client, cookie, addresses, skew } = await house(t, '18600-18699')
  const { external, ws: path } = await addresses(plain)
  const socketUrl = service.url.replace(/^http/, 'ws')
  t.equal(external.ws, external.flv.replace(/^http/, 'ws'))

  const viewer = open(external.ws)
  await until(() => viewer.seen.messages.length > 30, 'pictures')
  t.equal(viewer.seen.messages[0]?.toString('latin1', 0, 4), 'FLV\x01')
  t.same(codecsOf(viewer.seen.messages).slice(0, 2), [0x17, 0x17], 'the configuration, then a keyframe')
  const { items } = await client.json<{ items: { camera: string; viewers: number }[] }>('GET', '/live')
  t.match(items, [{ camera: plain, viewers: 1 }])

  const own = open(socketUrl + path, { headers: { cookie, origin: service.url } })
  await until(() => own.seen.messages.length > 3, 'pictures for our own page')
  for (const origin of ['https://elsewhere.example', 'http://127.0.0.1:1', 'null']) {
    const foreign = open(socketUrl + path, { headers: { cookie, origin } })
    await until(() => foreign.seen.code !== 0, 'an answer')
    t.equal(foreign.seen.status, 403, `a page of ${origin} cannot use the cookie`)
    t.match(JSON.parse(foreign.seen.body), { code: 'auth.refused' })
  }
  const signed = open(external.ws, { headers: { origin: 'https://elsewhere.example' } })
  await until(() => signed.seen.messages.length > 3, 'a signed address opens from any page')

  for (const [what, url, status] of [
    ['nothing', socketUrl + path, 401],
    ['a token of another camera', external.ws.replaceAll(plain, modern), 401],
    ['a token that was altered', `${external.ws.slice(0, -2)}xx`, 401],
    ['no such query', `${external.ws}&codec=vp9`, 400],
  ] as const) {
    const refused = open(url)
    await until(() => refused.seen.code !== 0, 'an answer')
    t.equal(refused.seen.status, status, what)
    t.match(refused.seen.body, /"code":"/)
  }
  for (const url of [external.flv, external.jpg]) {
    for (const wrong of [url.replaceAll(plain, modern), `${url.slice(0, -2)}xx`, url.replace(/token=.*/, '')]) t.equal((await fetch(wrong)).status, 401, wrong)
  }
  const picture = await fetch(external.jpg)
  t.same([picture.status, Buffer.from(await picture.arrayBuffer()).toString('hex', 0, 3)], [200, 'ffd8ff'])
  t.ok(Math.abs(Date.parse(picture.headers.get('x-taken-at') ?? '') - Date.now()) < 10_000, 'a picture says of when it is')
  const failing = open((await addresses(busy)).external.ws)
  await until(() => failing.seen.code !== 0, 'the camera refuses')
  t.equal(failing.seen.code, 4502, 'the status that HTTP would have had')
  t.match(failing.seen.reason, /^camera\.unreachable refused 486: /)
  const shouting = open(external.ws)
  await until(() => shouting.seen.messages.length > 3, 'pictures')
  shouting.ws.send(Buffer.alloc(10_000))
  await until(() => shouting.seen.code !== 0, 'it is shown out')
  const audit = (await client.json<{ items: { action: string; subject: string }[] }>('GET', '/audit')).items.filter(({ action, subject }) => action === 'live.view' && subject === plain)
  t.equal(audit.length, 4, 'each view is in the trail, refusals are not')

  skew(6 * 60_000)
  const late = open(external.ws)
  await until(() => late.seen.code !== 0, 'an answer')
  t.equal(late.seen.status, 401, 'an address that is over')
  t.equal((await fetch(external.flv)).status, 401)
  t.equal((await fetch(external.jpg)).status, 401)
  skew(0)

  await service.close()
  await until(() => viewer.seen.code !== 0, 'the farewell')
  t.equal(viewer.seen.code, 1001)
})

t.test('an upgrade to something else is a plain request', async (t) => {
  const { service, client, addresses } = await house(t, '18600-18699')
  const { hostname, port } = new URL(service.url)
  const say = async (text: string): Promise<string> => {
    const socket = connect(Number(port), hostname)
    socket.end(text)
    let answer = ''
    socket.on('data', (chunk: Buffer) => (answer += String(chunk)))
    await once(socket, 'close')
    return answer
  }
  t.match(await say('GET /healthz HTTP/1.1\r\nhost: x\r\nconnection: upgrade\r\nupgrade: h2c\r\n\r\n'), /^HTTP\/1\.1 200 /)
  t.match(await say('GET /api/v1/nowhere HTTP/1.1\r\nhost: x\r\nconnection: upgrade\r\nupgrade: websocket\r\nsec-websocket-key: x\r\n\r\n'), /^HTTP\/1\.1 404 /)
  t.match(await say('POST /api/v1/session HTTP/1.1\r\nhost: x\r\nconnection: upgrade\r\nupgrade: websocket\r\ncontent-length: 2\r\n\r\n{}'), /^HTTP\/1\.1 400 /)
  const { pathname, search } = new URL((await addresses(plain)).external.ws)
  for (const [what, headers] of [['an old version', 'sec-websocket-version: 7\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ=='], ['a bad key', 'sec-websocket-version: 13\r\nsec-websocket-key: short']] as const) {
    t.match(await say(`GET ${pathname}${search} HTTP/1.1\r\nhost: x\r\nconnection: upgrade\r\nupgrade: websocket\r\n${headers}\r\n\r\n`), /^HTTP\/1\.1 4\d\d /, what)
  }
  t.match(await client.json('GET', '/live'), { items: [] }, 'and no camera was asked')
  const request = get((await addresses(plain)).external.flv)
  const [response] = (await once(request, 'response')) as [IncomingMessage]
  t.equal(response.statusCode, 200, 'the service is well')
  request.destroy()
})

t.test('the H.264 version of an H.265 camera: over HTTP and WebSocket, of a limited number, told in the figures', async (t) => {
  const { service, client, addresses } = await house(t, '18600-18699', { YIJI_MEDIA_TRANSCODES: '1' })
  const { external, h264 } = await addresses(modern)
  const original = open(external.ws)
  await until(() => original.seen.messages.length > 3, 'the camera')
  t.equal(codecsOf(original.seen.messages)[0], 0x90, 'it is H.265')
  const viewer = open(h264.external.ws)
  await until(() => viewer.seen.messages.length > 30, 'its H.264 version')
  t.same(codecsOf(viewer.seen.messages).slice(0, 2), [0x17, 0x17])
  const request = get(h264.external.flv)
  const [response] = (await once(request, 'response')) as [IncomingMessage]
  t.equal(response.statusCode, 200)
  const metrics = await (await fetch(`${service.url}/metrics`)).text()
  for (const line of ['yiji_transcodes 1', 'yiji_transcode_viewers 2']) t.ok(metrics.split('\n').includes(line), line)
  const { transcodes } = await client.json<{ transcodes: { viewers: number }[] }>('GET', '/live')
  t.match(transcodes, [{ camera: modern, stream: 'main', state: 'live', from: 'h265', to: 'h264', viewers: 2, dropped: 0 }])
  t.match(await client.json('GET', '/live'), { items: [{ camera: modern, codec: 'h265', viewers: 2 }] }, 'the camera sends once')

  const second = await addresses(other)
  t.match(await (await fetch(second.h264.external.flv)).json(), { status: 503, code: 'busy', detail: /media\.transcodes/ })
  const refused = open(second.h264.external.ws)
  await until(() => refused.seen.code !== 0, 'a refusal')
  t.equal(refused.seen.code, 4503)
  t.match(refused.seen.reason, /^busy /)
  const straight = open((await addresses(plain)).h264.external.ws)
  await until(() => straight.seen.messages.length > 5, 'H.264 needs no place')

  viewer.ws.close()
  request.destroy()
  await until(async () => (await client.json<{ transcodes: unknown[] }>('GET', '/live')).transcodes.length === 0, 'it ends with its viewers')
  const next = open(second.h264.external.ws)
  await until(() => next.seen.messages.length > 5, 'the place is free')
})

/** What FFmpeg finds at an address: the codecs (27 H.264, 173 H.265, 86018 AAC) and whether pictures come. Throws where it is refused. */
async function playByFfmpeg(url: string): Promise<{ codec: number | undefined; sound: number | undefined; packets: number }> {
  await using input = await Demuxer.open(url, { options: { rw_timeout: '8000000', analyzeduration: '300000', probesize: '100000' } })
  let packets = 0
  for await (const packet of input.packets()) {
    if (!packet) break
    packet.free()
    if (++packets >= 20) break
  }
  return { codec: input.video()?.codecpar.codecId, sound: input.audio()?.codecpar.codecId, packets }
}

t.test('RTMP: played by FFmpeg from the address that is given, refused without permission', async (t) => {
  const { service, client, addresses, skew } = await house(t, '18600-18699', { YIJI_RTMP_PORT: '0', YIJI_RTMP_HOST: '127.0.0.1' })
  const { external, h264 } = await addresses(modern)
  const { rtmp = '' } = external
  t.match(rtmp, new RegExp(`^rtmp://127\\.0\\.0\\.1:\\d+/live/${modern}\\?token=`))
  t.match(await playByFfmpeg(rtmp), { codec: 173, packets: 20 }, 'H.265')
  t.match(await playByFfmpeg(h264.external.rtmp ?? ''), { codec: 27, packets: 20 }, 'its H.264 version')
  t.match(await playByFfmpeg((await addresses(plain)).external.rtmp ?? ''), { codec: 27, sound: 86018, packets: 20 }, 'with sound')
  t.match(await playByFfmpeg((await addresses(plain, '?stream=sub')).external.rtmp ?? ''), { codec: 27, packets: 20 }, 'a sub stream')
  const audit = (await client.json<{ items: { action: string; subject: string; detail: string }[] }>('GET', '/audit')).items.filter(({ action, detail }) => action === 'live.view' && detail === 'rtmp')
  t.same(audit.map(({ subject }) => subject).toSorted(), [modern, modern, plain, plain].toSorted())

  await t.rejects(playByFfmpeg(rtmp.replace(/token=.*/, '')), 'without a token')
  await t.rejects(playByFfmpeg(rtmp.replace(`/live/${modern}`, `/live/${other}`)), 'for another camera')
  await t.rejects(playByFfmpeg(`${rtmp.slice(0, -2)}xx`), 'altered')
  await t.rejects(playByFfmpeg(`${rtmp}&codec=vp9`), 'what is not there')
  await t.rejects(playByFfmpeg((await addresses(busy)).external.rtmp ?? ''), 'a camera that refuses')
  skew(6 * 60_000)
  await t.rejects(playByFfmpeg(rtmp), 'when it is over')
  skew(0)
  await until(async () => (await client.json<{ items: unknown[] }>('GET', '/live')).items.length === 0, 'everything is left')
  t.match(await (await fetch(`${service.url}/metrics`)).text(), /^yiji_rtmp_players 0$/m)
})
