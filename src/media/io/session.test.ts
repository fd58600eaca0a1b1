// Whole sessions over real sockets: relays, receivers and pipeline as they run in the service, with a camera that does as it is told.
import t from 'tap'
import { manualClock, silentLog, type Fields } from '../../base/index.ts'
import { createPipeline } from '../pipeline.ts'
import type { Ports } from '../ports.ts'
import { createRelays } from '../relays.ts'
import { frameRfc4571 } from '../rtp/framing.ts'
import { parseRtcp, writeRtcp, type RtcpPacket } from '../rtp/rtcp.ts'
import type { Landing, MediaTransport, ReaderOptions, UpstreamOutcome, WireEvent } from '../types.ts'
import { createReceivers } from './receivers.ts'
import { listeningWire, pictureSource, tcpWire, udpWire, type CameraWire } from './scripted-camera.ts'

const host = '127.0.0.1'
const anyPort: Ports = { lease: () => ({ port: 0, release: () => {} }), figures: () => ({ total: 1, leased: 0, resting: 0 }) }
const ssrc = 100_003_190

const until = async (isThere: () => boolean): Promise<void> => {
  while (!isThere()) await new Promise((resolve) => setTimeout(resolve, 2))
}

/** One camera whose upstream answers as told; time is the test's. */
function createWorld(transport: MediaTransport, answer: (landing: Landing) => Promise<UpstreamOutcome>) {
  const clock = manualClock()
  const warnings: { readonly message: string; readonly [field: string]: unknown }[] = []
  const log = { ...silentLog, warn: (fields: Fields, message: string) => void warnings.push({ ...fields, message }) }
  const landings: Landing[] = []
  let byes = 0
  const relays = createRelays({
    upstreamFor: () =>
      Promise.resolve({
        ok: true,
        transport,
        upstream: {
          start: (landing) => {
            landings.push(landing)
            return answer(landing)
          },
          stop: () => {
            byes++
            return Promise.resolve()
          },
        },
      }),
    openReceiver: createReceivers({ bindHost: host, announcedHost: host, ports: anyPort, clock, log, watchMs: 90 }),
    createPipeline,
    clock,
    log,
  })
  const reader = { units: 0, ends: [] as string[], wire: [] as WireEvent[] }
  const options: ReaderOptions = {
    kind: 'viewer',
    onUnit: () => void reader.units++,
    onWire: (event) => void reader.wire.push(event),
    onEnd: (reason) => void reader.ends.push(reason),
  }
  return { clock, warnings, relays, reader, options, landings, byes: () => byes }
}
const sent = (reader: { readonly wire: readonly WireEvent[] }): readonly WireEvent[] => reader.wire.filter(({ direction }) => direction === 'out')
const reportIn = (bytes: Buffer | undefined): Extract<RtcpPacket, { type: 'receiver-report' }> | undefined => parseRtcp(bytes ?? Buffer.alloc(0)).find((packet) => packet.type === 'receiver-report')
const senderReport = writeRtcp([{ type: 'sender-report', ssrc, ntp: { seconds: 0x12345678, fraction: 0x9abcdef0 }, rtpTimestamp: 0, packets: 1, octets: 1, reports: [] }])

t.test('udp: every five seconds a receiver report, recorded like what came', async (t) => {
  const world = createWorld('udp', () => Promise.resolve({ ok: true, ssrc }))
  const { clock, reader } = world
  const member = world.relays.join('cam', world.options)
  await until(() => world.landings.length > 0)
  const port = world.landings[0]?.port ?? 0
  const camera = await udpWire(port)
  const control = await udpWire(port + 1, camera.port + 1)
  const next = pictureSource(ssrc)
  clock.advance(1)
  await camera.send(next())
  await camera.send(next())
  await until(() => reader.units > 0)
  t.match(await member.joined, { ok: true })
  clock.advance(4_999)
  await camera.send(next())
  await until(() => reader.units > 1)
  t.same(sent(reader), [], 'not before its time')
  clock.advance(1)
  await camera.send(next())
  await until(() => control.received().length === 1)
  t.match(reportIn(control.received()[0]), { reports: [{ ssrc, lost: 0, lastSr: 0 }] }, 'to the port above its media, where nothing of its own was heard')
  t.match(sent(reader), [{ layer: 'media', transport: 'udp', local: { host, port: port + 1 }, remote: { host, port: control.port }, bytes: control.received()[0] }])

  await control.send([senderReport])
  await until(() => reader.wire.some(({ direction, local }) => direction === 'in' && local.port === port + 1))
  clock.advance(5_000)
  await camera.send(next())
  await until(() => control.received().length === 2)
  t.match(reportIn(control.received()[1]), { reports: [{ ssrc, lastSr: 0x56789abc, delaySinceLastSr: 5 * 65_536 }] })
  await member.leave({ linger: false })
  t.equal(world.byes(), 1)
  await Promise.all([camera.close(), control.close()])
})

for (const transport of ['tcp-passive', 'tcp-active'] as const) {
  t.test(`${transport}: reports only to one who reports, in his framing`, async (t) => {
    const listening = await listeningWire()
    const dialled = listening.next()
    const world = createWorld(transport, () => Promise.resolve({ ok: true, ssrc, remote: { host, port: listening.port } }))
    const { clock, reader } = world
    const member = world.relays.join('cam', world.options)
    await until(() => world.landings.length > 0)
    const camera: CameraWire = transport === 'tcp-passive' ? await tcpWire(world.landings[0]?.port ?? 0) : await dialled
    const next = pictureSource(ssrc)
    clock.advance(1)
    await camera.send(next())
    await camera.send(next())
    await until(() => reader.units > 0)
    clock.advance(5_000)
    await camera.send(next())
    await until(() => reader.units > 1)
    t.same(camera.received(), [])
    await camera.send([senderReport])
    clock.advance(5_000)
    await camera.send(next())
    await until(() => camera.received().length === 1)
    const framed = camera.received()[0] ?? Buffer.alloc(0)
    t.match(reportIn(framed.subarray(2)), { reports: [{ ssrc, lastSr: 0x56789abc }] })
    t.same(framed, frameRfc4571(framed.subarray(2)))
    t.match(sent(reader), [{ transport: 'tcp', bytes: framed }])
    t.match(world.relays.list(), [{ transport, state: 'live' }])
    await member.leave({ linger: false })
    await camera.close()
    listening.close()
  })
}

t.test('who sends on after BYE is noted once, and with it nothing else', async (t) => {
  const world = createWorld('udp', () => Promise.resolve({ ok: true, ssrc }))
  const member = world.relays.join('cam', world.options)
  await until(() => world.landings.length > 0)
  const camera = await udpWire(world.landings[0]?.port ?? 0)
  const next = pictureSource(ssrc)
  await camera.send(next())
  await camera.send(next())
  await member.joined
  await member.leave({ linger: false })
  const units = world.reader.units
  await camera.send(next())
  for (let n = 0; n < 12; n++) {
    await new Promise((resolve) => setTimeout(resolve, 10))
    await camera.send(next())
  }
  await until(() => world.warnings.length > 0)
  t.match(world.warnings, [{ message: 'keeps sending after BYE', camera: 'cam', host, port: camera.port, ssrc }])
  t.ok(Number(world.warnings[0]?.packets) > 0)
  t.equal(world.warnings.length, 1)
  t.equal(world.reader.units, units)
  t.same(world.relays.list(), [])
  await camera.close()
})

t.test('two senders on one port: the one that the answer names is shown, the other counted', async (t) => {
  const world = createWorld('udp', () => Promise.resolve({ ok: true, ssrc }))
  const member = world.relays.join('cam', world.options)
  await until(() => world.landings.length > 0)
  const port = world.landings[0]?.port ?? 0
  const [intruder, camera] = [await udpWire(port), await udpWire(port)]
  const [foreign, own] = [pictureSource(5, 40_000), pictureSource(ssrc)]
  await intruder.send(foreign())
  for (let n = 0; n < 10; n++) {
    await camera.send(own())
    await intruder.send(foreign())
    world.clock.advance(40)
  }
  await until(() => world.reader.wire.length > 20)
  t.match(await member.joined, { ok: true })
  await until(() => (world.relays.list()[0]?.packets ?? 0) > 10)
  t.match(world.relays.list(), [{ ssrcExpected: ssrc, ssrcSeen: ssrc, source: { host, port: camera.port }, lost: 0 }])
  t.ok((world.relays.list()[0]?.discarded.strangers ?? 0) >= 10)
  await member.leave({ linger: false })
  await Promise.all([intruder.close(), camera.close()])
})
