// Receivers on real sockets of this machine.
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'
import t from 'tap'
import { manualClock, silentLog, systemClock, type Clock } from '../../base/index.ts'
import { createPorts, type Ports } from '../ports.ts'
import { frameRfc4571 } from '../rtp/framing.ts'
import { writeRtcp } from '../rtp/rtcp.ts'
import { createReceivers } from './receivers.ts'
import type { OpenUdpPair } from './udp-pair.ts'
import { openUdpThreads } from './udp-threads.ts'

/** Lends what the system has free: 0. */
const anyPort: Ports = { lease: () => ({ port: 0, release: () => {} }), figures: () => ({ total: 1, leased: 0, resting: 0 }) }

const host = '127.0.0.1'
const receiversOn = (ports: Ports, clock: Clock = systemClock, udp?: OpenUdpPair) => createReceivers({ bindHost: '127.0.0.1', announcedHost: host, ports, clock, log: silentLog, ...(udp && { udp }) })
const threads = openUdpThreads({ threads: 1, clock: systemClock, log: silentLog })
t.teardown(threads.close)
/** Who listens to UDP cannot tell where it is received. */
const places: readonly (readonly [string, OpenUdpPair | undefined])[] = [['in the loop', undefined], ['in a thread', threads.open]]

/** Hears a receiver; `until` waits for what is to come, bounded by tap's own time-out. */
interface Heard {
  readonly bytes: Buffer
  readonly atUs: number
  readonly remote: { readonly host: string; readonly port: number }
  readonly at?: { readonly port: number }
}
function createEar() {
  const events: Heard[] = []
  const ends: string[] = []
  let changed = Promise.withResolvers<void>()
  const change = (): void => {
    changed.resolve()
    changed = Promise.withResolvers<void>()
  }
  return {
    events,
    ends,
    text: () => Buffer.concat(events.map((event) => event.bytes)).toString(),
    listener: {
      onBytes: (bytes: Buffer, atUs: number, host: string, port: number, at?: { readonly port: number }) => {
        events.push({ bytes, atUs, remote: { host, port }, ...(at && { at }) })
        change()
        return true
      },
      onEnd: (reason: string) => {
        ends.push(reason)
        change()
      },
    },
    until: async (isThere: () => boolean) => {
      while (!isThere()) await changed.promise
    },
  }
}

const dial = async (port: number): Promise<Socket> => {
  const socket = connect(port, host)
  socket.on('error', () => {})
  await once(socket, 'connect')
  return socket
}

for (const [place, udp] of places) t.test(`udp ${place}: each datagram with its arrival, from whom and to where`, async (t) => {
  const ear = createEar()
  const receiver = await receiversOn(anyPort, systemClock, udp)('udp', ear.listener)
  const camera = createSocket('udp4')
  const before = systemClock.nowUs()
  for (const word of ['one', 'two']) camera.send(word, receiver.landing.port, host)
  await ear.until(() => ear.events.length === 2)
  t.equal(receiver.landing.transport, 'udp')
  t.strictSame(ear.events.map((event) => event.bytes.toString()).sort(), ['one', 'two'])
  const remote = { host, port: camera.address().port }
  t.same(receiver.local, { host, port: receiver.landing.port })
  t.same(ear.events[0]?.remote, remote)
  const [first, second] = ear.events.map((event) => event.atUs)
  t.ok(first !== undefined && second !== undefined && before <= first && first <= second)
  camera.close()
  await receiver.close()
  await receiver.close()
})

t.test('tcp: one stream of chunks, and word of its end', async (t) => {
  const ear = createEar()
  const receiver = await receiversOn(anyPort)('tcp-passive', ear.listener)
  const camera = await dial(receiver.landing.port)
  camera.write('hello ')
  await ear.until(() => ear.text() === 'hello ')
  camera.write('again')
  await ear.until(() => ear.text() === 'hello again')
  t.same(receiver.local, { host, port: receiver.landing.port })
  t.same(ear.events[0]?.remote, { host, port: camera.localPort })
  camera.end()
  await receiver.close()
})

t.test('tcp: a camera that lost its connection is taken again, and given up when it does not come', async (t) => {
  const ear = createEar()
  const clock = manualClock()
  const receiver = await receiversOn(anyPort, clock)('tcp-passive', ear.listener)
  const first = await dial(receiver.landing.port)
  first.write('one ')
  await ear.until(() => ear.text() === 'one ')
  first.destroy()
  while (clock.pending() === 0) await new Promise((resolve) => setImmediate(resolve))
  clock.advance(3_900)
  const second = await dial(receiver.landing.port)
  second.write('two')
  await ear.until(() => ear.text() === 'one two')
  t.not(ear.events[1]?.remote.port, ear.events[0]?.remote.port)
  t.equal(clock.pending(), 0, 'nobody waits any more')

  const early = await dial(receiver.landing.port)
  await once(early, 'close')
  t.pass('one more is refused while the second sends')
  clock.advance(1_000)
  const third = await dial(receiver.landing.port)
  const replaced = once(second, 'close')
  third.write(', three')
  await ear.until(() => ear.text() === 'one two, three')
  await replaced
  t.strictSame(ear.ends, [], 'the silent one had to go: its camera had lost power, and nothing was closed')

  third.end()
  while (clock.pending() === 0) await new Promise((resolve) => setImmediate(resolve))
  clock.advance(3_999)
  t.strictSame(ear.ends, [])
  clock.advance(1)
  t.strictSame(ear.ends, ['closed by the camera'])
  await receiver.close()
})

t.test('tcp: nobody else comes in its place', async (t) => {
  const ear = createEar()
  const clock = manualClock()
  const receiver = await receiversOn(anyPort, clock)('tcp-passive', ear.listener)
  const camera = connect({ port: receiver.landing.port, host, localAddress: '127.0.0.2' })
  camera.on('error', () => {})
  camera.write('one')
  await ear.until(() => ear.text() === 'one')
  camera.destroy()
  while (clock.pending() === 0) await new Promise((resolve) => setImmediate(resolve))
  const other = await dial(receiver.landing.port)
  await once(other, 'close')
  const again = connect({ port: receiver.landing.port, host, localAddress: '127.0.0.2' })
  again.write(' two')
  await ear.until(() => ear.text() === 'one two')
  again.destroy()
  await receiver.close()
  t.equal(clock.pending(), 0)
})

t.test('tcp: who sends first carries the media, all others are refused', async (t) => {
  const ear = createEar()
  const receiver = await receiversOn(anyPort)('tcp-passive', ear.listener)
  const scan = await dial(receiver.landing.port)
  const scanned = once(scan, 'close')
  const camera = await dial(receiver.landing.port)
  camera.write('media')
  await scanned
  const late = await dial(receiver.landing.port)
  await once(late, 'close')
  camera.write('!')
  await ear.until(() => ear.text() === 'media!')
  t.strictSame(ear.ends, [])
  const hungUp = once(camera, 'close')
  await receiver.close()
  await hungUp
  t.strictSame(ear.ends, [], 'our own closing is no news')
})

t.test('tcp: those who connect and say nothing are few', async (t) => {
  const receiver = await receiversOn(anyPort)('tcp-passive', createEar().listener)
  const silent = await Promise.all([1, 2, 3, 4].map(() => dial(receiver.landing.port)))
  const fifth = await dial(receiver.landing.port)
  await once(fifth, 'close')
  const closed = silent.map((socket) => once(socket, 'close'))
  await receiver.close()
  await Promise.all(closed)
  t.equal(silent.length, 4)
})

t.test('a port held by another program is passed over; none left is said; a closed receiver gives its port back', async (t) => {
  const holder = createServer()
  holder.listen(0, host)
  await once(holder, 'listening')
  const address = holder.address()
  const held = typeof address === 'object' && address ? address.port : 0
  const first = held - (held % 2)
  const clock = manualClock()
  const lent: number[] = []
  const range = createPorts({ first, last: first + 1, clock })
  const ports: Ports = {
    figures: range.figures,
    lease: () => {
      const lease = range.lease()
      lent.push(lease.port)
      return { port: held, release: lease.release }
    },
  }
  await t.rejects(receiversOn(ports)('tcp-passive', createEar().listener), { code: 'ports.too-few' })
  t.strictSame(lent, [first])
  t.strictSame(range.figures(), { total: 1, leased: 0, resting: 1 })
  holder.close()
  await once(holder, 'close')
  clock.advance(30_000)
  const receiver = await receiversOn(ports)('tcp-passive', createEar().listener)
  t.strictSame(range.figures(), { total: 1, leased: 1, resting: 0 })
  await receiver.close()
  t.strictSame(range.figures(), { total: 1, leased: 0, resting: 1 })
})

for (const [place, udp] of places) t.test(`udp ${place}: a held port is passed over too`, async (t) => {
  const holder = createSocket('udp4')
  holder.bind(0, host)
  await once(holder, 'listening')
  const wanted = [holder.address().port, 0]
  const ports: Ports = { figures: anyPort.figures, lease: () => ({ port: wanted.shift() ?? 0, release: () => {} }) }
  const receiver = await receiversOn(ports, systemClock, udp)('udp', createEar().listener)
  t.not(receiver.landing.port, holder.address().port)
  holder.close()
  await receiver.close()
})

const report = writeRtcp([{ type: 'receiver-report', ssrc: 1, reports: [] }])
/** A socket of a camera, and the next datagram that it gets. */
async function cameraSocket(port = 0) {
  const socket = createSocket('udp4')
  socket.bind(port, host)
  await once(socket, 'listening')
  return { socket, port: socket.address().port, next: async () => (await once(socket, 'message')) as [Buffer, { readonly port: number }] }
}

for (const [place, udp] of places) t.test(`udp ${place}: RTCP is heard on the port above, and nothing else is`, async (t) => {
  const ear = createEar()
  const receiver = await receiversOn(anyPort, systemClock, udp)('udp', ear.listener)
  const camera = await cameraSocket()
  for (const bytes of [Buffer.from('no rtcp at all'), report]) camera.socket.send(bytes, receiver.landing.port + 1, host)
  await ear.until(() => ear.events.length === 1)
  t.match(ear.events, [{ bytes: report, at: { transport: 'udp', host, port: receiver.landing.port + 1 }, remote: { port: camera.port } }])
  camera.socket.close()
  await receiver.close()
})

for (const [place, udp] of places) t.test(`udp ${place}: our report goes to where the camera's came from, and before any came to the port above its media`, async (t) => {
  const ear = createEar()
  const receiver = await receiversOn(anyPort, systemClock, udp)('udp', ear.listener)
  const media = await cameraSocket()
  const control = await cameraSocket(media.port + 1)
  const source = { host, port: media.port }
  const above = control.next()
  t.same(receiver.report?.(report, source), { local: { host, port: receiver.landing.port + 1 }, remote: { host, port: control.port } })
  t.same((await above)[0], report)

  media.socket.send(report, receiver.landing.port, host)
  await ear.until(() => ear.events.length === 1)
  const back = media.next()
  t.same(receiver.report?.(report, source), { local: receiver.local, remote: source }, 'its own came to the port of media: so does the answer')
  t.equal((await back)[1].port, receiver.landing.port)
  t.match(receiver.report?.(report, { host: '127.0.0.2', port: 7000 }), { remote: { host: '127.0.0.2', port: 7001 } }, 'what a stranger sent is no direction')
  t.equal(receiver.report?.(report, { host: '127.0.0.2', port: 65_535 }), undefined)
  media.socket.close()
  control.socket.close()
  await receiver.close()
  t.equal(receiver.report?.(report, source), undefined)
})

for (const [place, udp] of places) t.test(`udp ${place}: without the port above everything else is as before`, async (t) => {
  const holder = await cameraSocket()
  const ports: Ports = { figures: anyPort.figures, lease: () => ({ port: holder.port - 1, release: () => {} }) }
  const receiver = await receiversOn(ports, systemClock, udp)('udp', createEar().listener)
  const got = holder.next()
  t.match(receiver.report?.(report, { host, port: holder.port - 1 }), { local: { port: holder.port - 1 }, remote: { port: holder.port } })
  t.equal((await got)[1].port, holder.port - 1)
  holder.socket.close()
  await receiver.close()
})

t.test('tcp: our report goes back on the connection that carries the media', async (t) => {
  const ear = createEar()
  const receiver = await receiversOn(anyPort)('tcp-passive', ear.listener)
  t.equal(receiver.report?.(report, { host, port: 1 }), undefined, 'nobody is there')
  const camera = await dial(receiver.landing.port)
  camera.write('media')
  await ear.until(() => ear.text() === 'media')
  const got = once(camera, 'data') as Promise<[Buffer]>
  t.same(receiver.report?.(frameRfc4571(report), { host, port: 1 }), { local: receiver.local, remote: { host, port: camera.localPort } })
  t.same((await got)[0], frameRfc4571(report))
  camera.destroy()
  await receiver.close()
})
