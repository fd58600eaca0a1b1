import { createServer as createHttpServer } from 'node:http'
import { connect, createServer, type AddressInfo } from 'node:net'
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import t, { type Test } from 'tap'
import { manualClock, silentLog, systemClock, systemRandom } from '../../base/index.ts'
import { createPipeline, type AudioFrame } from '../../media/index.ts'
import { startUserAgent, type SipFact, type UserAgent } from '../../sip/index.ts'
import type { Scenario, ScenarioDevice } from '../types.ts'
import { startFleet, type OpenFleet } from './fleet.ts'
import { openMediaSender } from './media-sender.ts'
import { makeSound } from './sounds.ts'
import { snapshotId } from './upload.ts'

const id = '32011600001320000001'
const serverId = '32011600002000000001'
const start = Buffer.from([0, 0, 0, 1])
const nal = (header: number, fill: number): Buffer => Buffer.concat([start, Buffer.from([header]), Buffer.alloc(60, fill)])
/** Ten units, a keyframe every five; the fill byte tells one from another. */
const clip = { kind: 'street', codec: 'h264', width: 16, height: 16, fps: 25, seconds: 1, startS: 0, units: Array.from({ length: 10 }, (_, n) => ({ isKeyframe: n % 5 === 0, bytes: n % 5 === 0 ? Buffer.concat([nal(0x67, 0x42), nal(0x68, 0x42), nal(0x65, 0x80 + n)]) : nal(0x41, 0x80 + n) })) } as const

/** A sender into a socket that counts, on a clock that moves by hand. */
async function sending(t: Test) {
  const socket = createSocket('udp4')
  const got: Buffer[] = []
  socket.on('message', (bytes) => got.push(bytes))
  socket.bind(0, '127.0.0.1')
  await once(socket, 'listening')
  const clock = manualClock()
  const sender = await openMediaSender({ transport: 'udp', bindHost: '127.0.0.1', host: '127.0.0.1', port: socket.address().port, ssrc: 7 }, clock)
  t.teardown(() => {
    sender.close()
    socket.close()
  })
  /** Frames of the last while, by their fill byte. */
  const play = async (ms: number): Promise<readonly number[]> => {
    got.length = 0
    clock.advance(ms)
    await new Promise<void>((resolve) => void systemClock.after(40, resolve))
    return got.map((packet) => packet.at(-1) ?? 0).map((fill) => fill - 0x80)
  }
  return { sender, play }
}

t.test('a recording: paced, paused, faster, from elsewhere, backwards, ended', async (t) => {
  const { sender, play } = await sending(t)
  let ended = 0
  sender.start(clip, { lengthS: 3, scale: 1, onEnd: () => ended++ })
  t.equal((await play(390)).length, 10, 'the first went at once')
  sender.pause()
  t.same(await play(1_000), [])
  sender.resume()
  t.ok((await play(199)).length >= 4)
  sender.scale(4)
  const fast = (await play(199)).length
  t.ok(fast >= 18 && fast <= 21, `four times as many: ${fast}`)
  sender.scale(1)
  sender.seek(2)
  t.equal((await play(1)).at(-1), 0, 'a keyframe after a jump')
  sender.scale(-1)
  const back = await play(3_100)
  t.ok(back.length > 0 && back.every((unit) => unit === 0 || unit === 5), 'backwards keyframes alone')
  t.equal(ended, 1, 'the beginning is an end')
})

t.test('a keyframe request: the next frame sent is one', async (t) => {
  const { sender, play } = await sending(t)
  sender.start(clip)
  t.same(await play(41), [0, 1])
  sender.keyframe()
  t.same(await play(40), [5])
})

async function fleetOf(t: Test, more: Partial<ScenarioDevice> = {}, keepaliveS = 1): Promise<{ agent: UserAgent; fleet: OpenFleet; facts: SipFact[] }> {
  const facts: SipFact[] = []
  const agent = await startUserAgent({ id: serverId, realm: serverId.slice(0, 10), bind: { host: '127.0.0.1', port: 0 }, clock: systemClock, random: systemRandom, log: silentLog, passwordOf: async () => 'secret', restored: [], onFact: async (fact) => void facts.push(fact) })
  const device: ScenarioDevice = { id, kind: 'camera', registers: true, signalling: 'udp', media: 'udp', charset: 'gb2312', edition: '2022', channels: [{ id, name: '六合', codec: 'h264', picture: 'street', fault: 'ok', record: {}, truth: { result: 'pass', reasons: [], fault: 'none' } }], ...more }
  const scenario: Scenario = { name: 'test', area: '320116', password: 'secret', keepaliveS, registrar: { id: serverId, host: '127.0.0.1', port: agent.port }, devices: [device] }
  const fleet = await startFleet({ scenario, clips: new Map([['street/h264', clip]]), clock: systemClock, random: systemRandom, log: silentLog })
  t.teardown(async () => {
    await fleet.close()
    await agent.close()
  })
  await fleet.registered
  return { agent, fleet, facts }
}
const until = async (isTrue: () => boolean): Promise<void> => {
  for (let n = 0; !isTrue() && n < 300; n++) await new Promise<void>((resolve) => void systemClock.after(10, resolve))
}

t.test('media over TCP with the device listening', async (t) => {
  const { agent } = await fleetOf(t)
  const session = agent.invite({ deviceId: id, channelId: id, media: { host: '127.0.0.1', port: 0, transport: 'tcp-active' }, answerTimeoutMs: 2_000 })
  const outcome = await session.answered
  t.match(outcome, { ok: true, remote: { host: '127.0.0.1' } })
  const pipeline = createPipeline({ transport: 'tcp-passive' })
  let units = 0
  const socket = connect(outcome.ok ? { ...(outcome.remote ?? { port: 1 }) } : { port: 1 })
  socket.on('data', (bytes: Buffer) => (units += pipeline.push(bytes, systemClock.nowUs()).length))
  await until(() => units > 5)
  t.ok(units > 5, `${units} units`)
  await session.bye()
  socket.destroy()
})

t.test('snapshots are drawn, uploaded and told of', async (t) => {
  const uploads: { readonly type: string | undefined; readonly bytes: Buffer }[] = []
  const server = createHttpServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      uploads.push({ type: request.headers['content-type'], bytes: Buffer.concat(chunks) })
      response.end()
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.teardown(() => server.close())
  const { agent, facts } = await fleetOf(t)
  const sessionId = 'a'.repeat(32)
  const taken = await agent.configure(id, id, { snapShotConfig: { snapNum: 2, intervalS: 1, uploadUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}/up`, sessionId } })
  t.match(taken, { ok: true, value: { result: 'OK' } })
  await until(() => facts.some(({ type }) => type === 'snapshot-finished'))
  t.same(uploads.map(({ type, bytes }) => [type, bytes.readUInt16BE(0)]), [['image/jpeg', 0xffd8], ['image/jpeg', 0xffd8]])
  const told = facts.find((fact) => fact.type === 'snapshot-finished')
  t.match(told, { sessionId, files: [new RegExp(`^${id}02\\d{17}01$`), new RegExp(`^${id}02\\d{17}02$`)] })
  t.equal(snapshotId(id, 0, 1).length, 41)
})

t.test('ten of one kind share a socket, each with an id and a catalog of its own', async (t) => {
  const { agent, fleet } = await fleetOf(t, { count: 10 })
  t.match(fleet.figures(), { devices: 10, registered: 10 })
  const bindings = Array.from({ length: 10 }, (_, n) => agent.bindingOf(`320116000013200000${String(n + 1).padStart(2, '0')}`))
  t.equal(new Set(bindings.map((binding) => binding?.port)).size, 1)
  const catalogs = await Promise.all([2, 9].map((n) => agent.queryCatalog(`3201160000132000000${n}`)))
  t.match(catalogs, [{ ok: true, items: [{ id: '32011600001320000002' }] }, { ok: true, items: [{ id: '32011600001320000009' }] }])
  t.match(await agent.command('32011600001320000004', '32011600001320000004', { kind: 'guard', isOn: true }), { ok: true, value: { result: 'OK' } })
  t.same([4, 5].map((n) => fleet.device(`3201160000132000000${n}`)?.state().isGuarded), [true, false])
})

t.test('a registrar that is not there is a line', async (t) => {
  const closed = createServer()
  closed.listen(0, '127.0.0.1')
  await once(closed, 'listening')
  const { port } = closed.address() as AddressInfo
  closed.close()
  const scenario: Scenario = { name: 'x', area: '320116', password: 'x', keepaliveS: 1, registrar: { id: serverId, host: '127.0.0.1', port }, devices: [{ id, kind: 'camera', registers: true, signalling: 'tcp', media: 'udp', charset: 'utf-8', edition: '2016', channels: [] }] }
  const fleet = await startFleet({ scenario, clips: new Map(), clock: systemClock, random: systemRandom, log: silentLog })
  t.match(await fleet.registered, { devices: 1, registered: 0, refusal: 'no answer' })
  await fleet.close()
})

t.test('sound beside the pictures: what was put in comes out, at its time', async (t) => {
  const socket = createSocket('udp4')
  const got: Buffer[] = []
  socket.on('message', (bytes) => got.push(bytes))
  socket.bind(0, '127.0.0.1')
  await once(socket, 'listening')
  t.teardown(() => socket.close())
  for (const codec of ['pcma', 'pcmu', 'aac'] as const) {
    const sound = await makeSound(codec, { clock: systemClock, log: silentLog })
    t.equal(Math.round((sound.packets.length * sound.packet90k) / 90_000), 2, `${codec}: two seconds`)
    const clock = manualClock()
    const sender = await openMediaSender({ transport: 'udp', bindHost: '127.0.0.1', host: '127.0.0.1', port: socket.address().port, ssrc: 7 }, clock)
    got.length = 0
    sender.start({ ...clip, sound })
    for (let ms = 0; ms < 3_000; ms += 100) {
      clock.advance(100)
      await new Promise<void>((resolve) => void systemClock.after(2, resolve))
    }
    await new Promise<void>((resolve) => void systemClock.after(40, resolve))
    sender.close()
    const frames: AudioFrame[] = []
    const pipeline = createPipeline({ transport: 'udp', onAudio: (frame) => frames.push(frame) })
    const units = got.flatMap((bytes, i) => [...pipeline.push(bytes, i * 20_000)])
    t.ok(units.length > 60, `${units.length} pictures`)
    t.match(pipeline.figures(), { container: 'ps', audio: { codec, declared: codec } })
    const kept = codec === 'aac' ? sound.packets.map((packet) => packet.subarray(7)) : sound.packets
    const first = kept.findIndex((packet) => frames[0]?.data.equals(packet))
    t.ok(frames.length > 40 && first >= 0 && frames.every(({ data }, i) => data.equals(kept[(first + i) % kept.length] ?? Buffer.alloc(0))), `${frames.length} frames in a row`)
    t.ok(frames.every(({ pts90k }, i) => i === 0 || pts90k - (frames[i - 1]?.pts90k ?? 0) === sound.packet90k))
  }
})
