// Recordings from a peer on real sockets: SIP by the library's wire code, PS in RTP over UDP or TCP, the file and the stream that come of it.
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Writable } from 'node:stream'
import t from 'tap'
import { silentLog, systemClock, systemRandom } from '../base/index.ts'
import { createAccessUnitAssembler, createPipeline, createPorts, createPsMuxer, createReceivers, createRelays, frameRfc4571, packetize, writableSink, type AccessUnit, type Relays } from '../media/index.ts'
import {
  actionsOf, digestResponse, header, liveAnswer, manscdpType, openTransactionLayer, parseChallenge, parseMansRtsp, parseManscdp, parseSdp, recordingOf, startUserAgent, writeCredentials, writeManscdp, writeSdp,
  type Address, type Header, type PlaybackAction, type Sdp, type ServerTransaction, type SipResponse,
} from '../sip/index.ts'
import { createDownloadFiles, type DownloadBounds } from './download-files.ts'
import type { PlaybackTimes } from './playback.ts'
import { createPlaybacks } from './playbacks.ts'

const deviceId = '32011600001180000001'
const channelId = '32011600001310000001'
const serverId = '32011600002000000001'
const realm = '3201160000'
const password = 'a-device-secret'
const fromMs = 1_767_225_600_000
// The tests wait for short times each; their sockets are their own.
t.jobs = 4
let nextPort = 41_000 + (process.pid % 50) * 400

const fast: PlaybackTimes = { lingerMs: 200, quietMs: 100, idleMs: 300, pauseMs: 1_000, answerMs: 2_000 }

interface Owner {
  readonly teardown: (close: () => unknown) => unknown
}
async function until(check: () => boolean, what: string): Promise<void> {
  for (let i = 0; i < 500; i++) {
    if (check()) return
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
  throw new Error(`waited in vain: ${what}`)
}

/** Two GOPs of five pictures, 128 x 96. */
const clip: readonly AccessUnit[] = (() => {
  const assembler = createAccessUnitAssembler()
  const bytes = readFileSync(new URL('../../fixtures/h26x/plain.h264', import.meta.url))
  return [...assembler.push({ streamId: 0xe0, pts90k: 0, bytes, isDamaged: false, receivedUs: 0 }), ...assembler.flush()]
})()

/** What the recorder is told to do in a test. */
interface Habits {
  readonly pictures?: number
  readonly status?: number
  readonly answer?: Partial<Sdp>
  readonly says121?: boolean
  readonly infoStatus?: number
}

/** Sends `pictures` at 200 a second, stamped 25 a second, then says that it is over, or nothing. */
async function sender(offer: Sdp, pictures: number, onDone: () => void) {
  const isUdp = offer.transport === 'udp'
  const socket = isUdp ? undefined : connect(offer.port, '127.0.0.1')
  if (socket) await once(socket, 'connect')
  const udp = isUdp ? createSocket('udp4') : undefined
  const muxer = createPsMuxer({ codec: 'h264' })
  let [n, sequence, bytes] = [0, 0, 0]
  let isPaused = false
  let isDone = false
  const timer = setInterval(() => {
    if (isPaused || isDone) return
    if (n >= pictures) {
      isDone = true
      return onDone()
    }
    const timestamp = n * 3_600
    const { nalUnits = [], isKeyframe = false } = clip[n++ % clip.length] ?? {}
    const pack = muxer.push({ nalUnits, isKeyframe, pts90k: timestamp })
    bytes += pack.length
    const packets = packetize(pack, { ssrc: offer.ssrc ?? 0, payloadType: 96, timestamp, firstSequence: sequence, maxPayload: 1_200 })
    sequence = (sequence + packets.length) & 0xffff
    for (const packet of packets) if (udp) udp.send(packet, offer.port, '127.0.0.1')
      else socket?.write(frameRfc4571(packet))
  }, 5)
  return {
    bytes: () => bytes,
    pause: (is: boolean) => (isPaused = is),
    close: () => {
      clearInterval(timer)
      socket?.destroy()
      udp?.close()
    },
  }
}

async function house(t: Owner, more: { readonly transport?: 'udp' | 'tcp-passive'; readonly bounds?: Partial<DownloadBounds>; readonly times?: Partial<PlaybackTimes> } = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'yiji-playbacks-'))
  const common = { clock: systemClock, random: systemRandom, log: silentLog }
  const agent = await startUserAgent({ id: serverId, realm, bind: { host: '127.0.0.1', port: 0 }, ...common, t1Ms: 50, passwordOf: () => Promise.resolve(password), restored: [], onFact: () => Promise.resolve() })
  const us: Address = { transport: 'udp', host: agent.host, port: agent.port }
  let habits: Habits = {}
  const seen: string[] = []
  const actions: PlaybackAction[] = []
  const offers: Sdp[] = []
  let running: Awaited<ReturnType<typeof sender>> | undefined
  let cseq = 0
  const send = (method: string, callId: string, headers: readonly Header[], body: Buffer = Buffer.alloc(0)): Promise<SipResponse> =>
    new Promise((resolve, reject) => {
      const me = `<sip:${deviceId}@${realm}>`
      const local = layer.localAddress('udp')
      const own: Header[] = [
        { name: 'From', value: `${me};tag=device` }, { name: 'To', value: method === 'REGISTER' ? me : `<sip:${serverId}@${realm}>` }, { name: 'Call-ID', value: callId },
        { name: 'CSeq', value: `${++cseq} ${method}` }, { name: 'Contact', value: `<sip:${deviceId}@${local.host}:${local.port}>` },
      ]
      layer.request({ kind: 'request', method, uri: `sip:${serverId}@${realm}`, headers: [...own, ...headers], body }, us, (event) => {
        if (event.type !== 'response') reject(new Error(event.type))
        else if (event.response.status >= 200) resolve(event.response)
      })
    })
  const message = (body: Buffer, callId = `${systemRandom(6).toString('hex')}@device`) => send('MESSAGE', callId, [{ name: 'Content-Type', value: manscdpType }], body)

  const onRequest = (transaction: ServerTransaction): void => {
    const { request } = transaction
    const callId = header(request, 'Call-ID') ?? ''
    seen.push(request.method)
    switch (request.method) {
      case 'INVITE': {
        if (habits.status !== undefined) return transaction.respond({ status: habits.status })
        const offer = parseSdp(request.body)
        offers.push(offer)
        void sender(offer, habits.pictures ?? 1_000, () => {
          if (habits.says121) void message(writeManscdp({ type: 'notify-media-status', sn: 1, deviceId: channelId, notifyType: '121', raw: {} }, 'gb2312'), callId)
        }).then((made) => {
          running = made
          transaction.respond({ status: 200, headers: [{ name: 'Content-Type', value: 'APPLICATION/SDP' }], body: writeSdp({ ...liveAnswer({ offer, owner: deviceId, host: '127.0.0.1', port: 15060 }), ...habits.answer }) })
        })
        return
      }
      case 'INFO': {
        const read = parseMansRtsp(request.body)
        if (read.type === 'request') actions.push(...actionsOf(read))
        if (habits.infoStatus !== undefined) return transaction.respond({ status: habits.infoStatus })
        running?.pause(actions.at(-1)?.action === 'pause')
        return transaction.respond({ status: 200 })
      }
      case 'BYE':
        running?.close()
        running = undefined
        return transaction.respond({ status: 200 })
      case 'MESSAGE': {
        transaction.respond({ status: 200 })
        const query = parseManscdp(request.body)
        if (query.type !== 'query-record-info') return
        const record = { deviceId: channelId, name: '路口', startMs: fromMs, endMs: fromMs + 60_000, recordType: 'time', fileSize: 1_000, raw: {} } as const
        return void message(writeManscdp({ type: 'response-record-info', sn: query.sn, deviceId: query.deviceId, sumNum: 1, records: [record], raw: {} }, 'gb2312'))
      }
      default:
        return transaction.respond({ status: 200 })
    }
  }
  const layer = await openTransactionLayer({ bind: { host: '127.0.0.1', port: 0 }, transports: ['udp'], ...common, t1Ms: 50, agent: 'Recorder/1', user: { onRequest, onAck: () => {}, onConnectionLost: () => {} } })
  const register = async (): Promise<void> => {
    const expires: Header = { name: 'Expires', value: '3600' }
    const version: Header = { name: 'X-GB-Ver', value: '2.0' }
    const challenge = parseChallenge(header(await send('REGISTER', 'reg@device', [expires, version]), 'WWW-Authenticate') ?? '')
    if (!challenge) throw new Error('no challenge')
    const uri = `sip:${serverId}@${realm}`
    const input = { algorithm: 'MD5', username: deviceId, realm: challenge.realm, nonce: challenge.nonce, uri } as const
    await send('REGISTER', 'reg@device', [expires, version, { name: 'Authorization', value: writeCredentials({ ...input, response: digestResponse({ ...input, method: 'REGISTER', password }) }) }])
  }
  await register()

  const files = createDownloadFiles({ files: 2, maxBytes: 10_000_000, keepMs: 60_000, ...more.bounds, folder, ...common })
  const first = (nextPort += 40)
  const ports = createPorts({ first, last: first + 38, restMs: 0, clock: systemClock })
  const relays: Relays = createRelays({ upstreamFor: (id) => playbacks.sourceOf(id), openReceiver: createReceivers({ bindHost: '127.0.0.1', announcedHost: '127.0.0.1', ports, ...common }), createPipeline, ...common, timeouts: { silenceMs: 60_000, lingerMs: 0, restartMs: [] } })
  const device = { id: deviceId, approved: true, presence: 'online', mediaTransport: more.transport ?? 'udp', channelCount: 1, firstSeenMs: 0 } as const
  const playbacks = createPlaybacks({
    registry: { deviceOfChannel: (id) => Promise.resolve(id === channelId ? deviceId : undefined), device: () => Promise.resolve(device) },
    userAgent: agent, relays: () => relays, served: () => relays, files, mediaHost: '127.0.0.1', ...common, times: { ...fast, ...more.times },
  })
  t.teardown(async () => {
    await playbacks.close()
    await relays.close()
    await agent.close()
    running?.close()
    await layer.close()
    rmSync(folder, { recursive: true })
  })
  const start = (kind: 'playback' | 'download', seconds = 3600) => playbacks.start({ camera: channelId, fromMs, toMs: fromMs + seconds * 1000, kind, type: 'all', by: 'assessor', ...(kind === 'download' && { speed: 4 }) })
  const watch = (id: string) => {
    let bytes = 0
    const writable = new Writable({ write: (chunk: Buffer, _, done) => [(bytes += chunk.length), done()] })
    const handle = playbacks.serveFlv(id, () => writableSink(writable))
    return { handle, writable, bytes: () => bytes }
  }
  const state = (id: string): string => playbacks.get(id)?.state ?? 'gone'
  return { playbacks, start, watch, state, seen, offers, actions, folder, ports, sent: () => running?.bytes() ?? 0, will: (next: Habits) => (habits = next) }
}

t.test('a recorder is asked what it holds; who is not there is said so', async (t) => {
  const { playbacks } = await house(t)
  t.match(await playbacks.recordings({ camera: channelId, fromMs, toMs: fromMs + 3_600_000, type: 'all' }), { items: [{ name: '路口', startMs: fromMs, endMs: fromMs + 60_000, type: 'time', fileSize: 1_000 }], isComplete: true, missing: [] })
  await t.rejects(playbacks.recordings({ camera: '32011600001310000009', fromMs, toMs: fromMs + 1, type: 'all' }), { code: 'camera.unreachable', outcome: { reason: 'not-registered' } })
})

t.test('a playback: asked when the first viewer comes, steered, ended by MediaStatus 121', async (t) => {
  const { playbacks, start, watch, state, seen, offers, actions, will } = await house(t)
  will({ pictures: 60, says121: true })
  const { id } = await start('playback')
  t.match(playbacks.get(id), { state: 'waiting', deviceId, viewers: 0, by: 'assessor' })
  await t.rejects(playbacks.control(id, { action: 'pause' }), { code: 'conflict' })
  t.notOk(seen.includes('INVITE'))
  const viewer = watch(id)
  t.match(await viewer.handle.joined, { ok: true })
  t.match(offers[0] && recordingOf(offers[0]), { channelId, type: 'all' })
  t.match(offers[0]?.time, { startS: fromMs / 1000, endS: fromMs / 1000 + 3600 })
  await until(() => viewer.bytes() > 1_000 && state(id) === 'playing', 'playing')
  t.match(await playbacks.control(id, { action: 'pause' }), { state: 'paused', viewers: 1 })
  const { receivedBytes } = playbacks.get(id) ?? {}
  await new Promise((resolve) => setTimeout(resolve, 600))
  t.equal(state(id), 'paused', 'silence is what a pause is')
  t.match(playbacks.get(id), { receivedBytes })
  await playbacks.control(id, { action: 'resume' })
  await playbacks.control(id, { action: 'scale', scale: 2 })
  await playbacks.control(id, { action: 'seek', atMs: fromMs + 600_000 })
  await t.rejects(playbacks.control(id, { action: 'reverse' }), { code: 'conflict', message: /edition before 2022/ })
  t.same(actions, [{ action: 'pause' }, { action: 'resume' }, { action: 'scale', scale: 2 }, { action: 'seek', seconds: 600 }])
  await until(() => state(id) === 'ended', 'its end')
  t.match(playbacks.get(id), { end: { how: 'finished', reason: /MediaStatus 121/ }, hop: 'Recorder/1' })
  await until(() => seen.includes('BYE') && viewer.writable.writableEnded, 'hung up, and the viewer let go')
  await t.rejects(playbacks.control(id, { action: 'pause' }), { code: 'conflict' })
  t.match(await watch(id).handle.joined, { ok: false, reason: 'stopped' }, 'what is over is over')
})

for (const transport of ['udp', 'tcp-passive'] as const) {
  t.test(`a download over ${transport}: written to a file, with progress, whole when it is over`, async (t) => {
    const { playbacks, start, state, seen, offers, will, ports } = await house(t, { transport })
    will({ pictures: 100, says121: true, answer: { fileSize: 1_000_000 } })
    const { id } = await start('download', 4)
    await until(() => state(id) === 'playing', 'started by itself')
    t.match(offers[0], { session: 'Download', downloadSpeed: 4, transport: transport === 'udp' ? 'udp' : 'tcp' })
    t.equal(playbacks.file(id), undefined, 'not before it is over')
    const under = playbacks.get(id)
    t.ok((under?.progress ?? -1) >= 0 && (under?.progress ?? 2) < 1)
    t.equal(under?.fileSize, 1_000_000)
    await until(() => playbacks.file(id) !== undefined, 'its end')
    t.match(playbacks.get(id), { end: { how: 'finished' }, progress: 1, positionMs: 99 * 40, file: { isWhole: true } })
    const file = playbacks.file(id)
    const flv = readFileSync(file?.path ?? '')
    t.equal(flv.subarray(0, 3).toString(), 'FLV')
    t.equal(flv.length, file?.bytes)
    let [at, tags] = [13, 0]
    for (; at < flv.length; tags++) at += flv.readUIntBE(at + 1, 3) + 15
    t.equal(at, flv.length, 'whole tags to the last byte')
    t.ok(tags >= 100, `${tags} tags: every picture and a sequence header`)
    await until(() => seen.includes('BYE') && ports.figures().leased === 0, 'hung up, the port given back')
    await playbacks.stop(id)
    t.equal(playbacks.get(id), undefined, 'removed, its file with it')
    t.throws(() => readFileSync(file?.path ?? ''))
  })
}

t.test('a recorder that never says that it is over: by the size of the file, by the end of its range, by silence (complaint 15)', async (t) => {
  const { playbacks, start, state, will, sent } = await house(t)
  const ended = async (seconds: number): Promise<string> => {
    const { id } = await start('download', seconds)
    await until(() => state(id) === 'ended', 'its end')
    const reason = playbacks.get(id)?.end?.reason ?? ''
    await until(() => playbacks.file(id) !== undefined, 'the file is closed')
    t.match(playbacks.file(id), { isWhole: true })
    await playbacks.stop(id)
    return reason
  }
  will({ pictures: 40 })
  t.match(await ended(3600), /no media comes any more: the recording is over/)
  will({ pictures: 40 })
  t.match(await ended(1), /the end of the range was reached/)
  will({ pictures: 40, answer: { fileSize: 5_000 } })
  t.match(await ended(3600), /the whole file came \(5000 bytes\)/)
  t.equal(sent(), 0)
})

t.test('nobody comes, and nobody stays', async (t) => {
  const { playbacks, start, watch, state, seen } = await house(t)
  const alone = await start('playback')
  await until(() => state(alone.id) === 'ended', 'given up')
  t.match(playbacks.get(alone.id)?.end, { how: 'unwatched', reason: 'nobody came to watch' })
  t.notOk(seen.includes('INVITE'), 'the camera was never asked')
  const left = await start('playback')
  const viewer = watch(left.id)
  await viewer.handle.joined
  viewer.handle.close()
  await until(() => state(left.id) === 'ended', 'given up')
  t.match(playbacks.get(left.id)?.end, { how: 'unwatched', reason: 'nobody watches any more' })
  await until(() => seen.includes('BYE'), 'hung up')
  t.same(playbacks.list().map(({ id }) => id), [left.id, alone.id], 'newest first')
})

t.test('ended by its user while watched; paused for too long; refused by the camera', async (t) => {
  const { playbacks, start, watch, state, seen, will } = await house(t, { times: { pauseMs: 300 } })
  const one = await start('playback')
  const viewer = watch(one.id)
  await viewer.handle.joined
  t.match(await playbacks.stop(one.id), { state: 'ended', end: { how: 'stopped' } })
  await until(() => seen.includes('BYE') && viewer.writable.writableEnded, 'hung up, the viewer let go')

  const two = await start('playback')
  await watch(two.id).handle.joined
  await playbacks.control(two.id, { action: 'pause' })
  await until(() => state(two.id) === 'ended', 'given up')
  t.match(playbacks.get(two.id)?.end, { how: 'paused-too-long' })

  will({ infoStatus: 501 })
  const three = await start('playback')
  await watch(three.id).handle.joined
  await t.rejects(playbacks.control(three.id, { action: 'pause' }), { code: 'camera.unreachable', outcome: { reason: 'refused', sipStatus: 501, hop: 'Recorder/1' } })
  will({ status: 488 })
  const four = await start('playback')
  t.match(await watch(four.id).handle.joined, { ok: false, reason: 'refused', sipStatus: 488 })
  await until(() => state(four.id) === 'ended', 'its end')
  t.match(playbacks.get(four.id)?.end, { how: 'failed', reason: '488 Not Acceptable Here' })
})

t.test('bounds: per device, of files, of their size; what an earlier run left is gone', async (t) => {
  const { start, playbacks, state, will, folder } = await house(t, { bounds: { maxBytes: 20_000 }, times: { lingerMs: 5_000 } })
  will({ pictures: 2_000 })
  const big = await start('download')
  await until(() => playbacks.file(big.id) !== undefined, 'its end')
  t.match(playbacks.get(big.id)?.end, { how: 'too-large', reason: /downloads\.mb/ })
  t.match(playbacks.file(big.id), { isWhole: false, partialBecause: /passed/ })
  const second = await start('download')
  await t.rejects(start('download'), { code: 'busy', message: /2 downloads are kept already/ })
  await playbacks.stop(second.id)
  for (let i = 0; i < 4; i++) await start('playback')
  await t.rejects(start('playback'), { code: 'busy', message: /4 playbacks of device/ })
  t.equal(state(big.id), 'ended')
  writeFileSync(join(folder, 'p-0000000000000000.flv'), 'left over')
  createDownloadFiles({ files: 1, maxBytes: 1, keepMs: 1, folder, clock: systemClock, log: silentLog })
  t.same(readdirSync(folder), [])
})
