// Recorded RTSP sessions of an independent server (fixtures/rtsp), replayed twice: over real sockets against a server that says again what was
// recorded, and offline from the file. Both give the same access units and the same sound.
import { createHash } from 'node:crypto'
import { createSocket, type Socket as Datagrams } from 'node:dgram'
import { once } from 'node:events'
import { readdirSync, readFileSync } from 'node:fs'
import { connect, createServer, type AddressInfo, type Socket } from 'node:net'
import { join } from 'node:path'
import t from 'tap'
import { createPcapngWriter, readPcapng, systemClock, systemRandom, type CapturedWire, type Log } from '../../base/index.ts'
import { createRtspSource } from '../io/rtsp-connection.ts'
import { createPorts } from '../ports.ts'
import { createPipeline } from '../pipeline.ts'
import { createRelays } from '../relays.ts'
import type { AccessUnit, AudioFrame, WireEvent } from '../types.ts'
import { digestResponse, parseChallenges } from './digest.ts'
import { createRtspFramer } from './framing.ts'
import { header, headerValues, parseRtsp, type RtspRequest } from './message.ts'
import { createRtspPipeline } from './pipeline.ts'
import { askedPort } from './transport.ts'

const folder = join(import.meta.dirname, '../../../fixtures/rtsp')
const credentials = { username: 'admin', password: 'Test-pass-1' }
const files = readdirSync(folder).filter((name) => name.endsWith('.pcapng'))
const wiresOf = (bytes: Buffer): readonly CapturedWire[] => readPcapng(bytes).flatMap((each) => (each.kind === 'wire' ? [each.wire] : []))
const recording = (file: string): readonly CapturedWire[] => wiresOf(readFileSync(join(folder, file)))

interface Heard {
  readonly units: AccessUnit[]
  readonly frames: AudioFrame[]
}

/** What a recording holds, through the pipeline alone. */
function offline(wires: readonly WireEvent[]): Heard {
  const heard: Heard = { units: [], frames: [] }
  const pipeline = createRtspPipeline({ onAudio: (frame) => heard.frames.push(frame) })
  for (const { layer, direction, bytes, atUs, local } of wires) {
    if (layer === 'signal') pipeline.learn(direction, bytes)
    else if (direction === 'in') heard.units.push(...pipeline.push(bytes, atUs, local.port))
  }
  return heard
}

/** Everything of units and frames but their arrival. */
function print({ units, frames }: Heard): { readonly units: number; readonly keyframes: number; readonly size: string; readonly codec: string; readonly fps: number; readonly video: string; readonly sound: string } {
  const video = createHash('sha256')
  for (const { pts90k, isKeyframe, nalUnits, isDamaged } of units) video.update(`${pts90k} ${isKeyframe} ${isDamaged} `).update(Buffer.concat([...nalUnits]))
  const sound = createHash('sha256')
  for (const { data } of frames) sound.update(data)
  const [first, last] = [units[0], units.at(-1)]
  return {
    units: units.length,
    keyframes: units.filter(({ isKeyframe }) => isKeyframe).length,
    size: `${first?.width}x${first?.height}`,
    codec: first?.codec ?? '',
    fps: Math.round(((units.length - 1) * 90_000) / ((last?.pts90k ?? 0) - (first?.pts90k ?? 0))),
    video: video.digest('hex'),
    sound: `${frames[0]?.codec} ${frames[0]?.sampleRate} ${frames[0]?.config?.toString('hex') ?? ''} ${frames.length} ${sound.digest('hex')}`,
  }
}

const expected = {
  'h264-pcma-digest-tcp.pcapng': { codec: 'h264', sound: /^pcma 8000 / },
  'h264-pcmu-digest-udp.pcapng': { codec: 'h264', sound: /^pcmu 8000 / },
  'h265-aac-basic-udp.pcapng': { codec: 'h265', sound: /^aac 16000 1408 / },
  'h265-latm-basic-tcp.pcapng': { codec: 'h265', sound: /^aac 16000 1408 / },
} as const

t.test('offline: every recording gives its pictures and its sound', (t) => {
  t.strictSame(files, Object.keys(expected))
  for (const [file, what] of Object.entries(expected)) {
    const wires = recording(file)
    t.ok(wires.some((wire) => wire.layer === 'signal' && wire.direction === 'out' && wire.bytes.includes('Authorization: xxxx')), `${file}: its credentials are overwritten`)
    const heard = offline(wires)
    t.match(print(heard), { ...what, size: '320x180', fps: 10, keyframes: 3 }, file)
    t.ok(heard.units.length >= 20 && heard.frames.length >= 15, file)
    t.notOk(heard.units.some(({ isDamaged }) => isDamaged))
    t.strictSame(print(offline(wires)), print(heard), 'again the same')
  }
  t.end()
})

/** Says again what a recorded server said: to each request the answers that followed it then, and its media after PLAY. Deaf to datagrams, it sends none. */
async function replayServer(wires: readonly CapturedWire[], isDeaf = false) {
  const asked: RtspRequest[] = []
  const sockets = new Set<Socket>()
  const datagrams: Datagrams = createSocket('udp4')
  datagrams.bind(0, '127.0.0.1')
  await once(datagrams, 'listening')
  const ports = new Map<number, number>()
  const recorded = wires.flatMap((wire) => (wire.layer === 'signal' && wire.direction === 'out' ? [parseRtsp(wire.bytes) as RtspRequest] : []))
  const answersTo = (index: number): readonly Buffer[] => {
    const places = wires.flatMap((wire, place) => (wire.layer === 'signal' && wire.direction === 'out' ? [place] : []))
    return wires.slice(places[index], places[index + 1]).flatMap((wire) => (wire.layer === 'signal' && wire.direction === 'in' ? [wire.bytes] : []))
  }
  const sendMedia = async (socket: Socket): Promise<void> => {
    for (const wire of wires) {
      if (wire.layer !== 'media' || wire.direction !== 'in') continue
      if (wire.transport === 'tcp') socket.write(wire.bytes)
      else datagrams.send(wire.bytes, ports.get(wire.local.port & ~1) === undefined ? 9 : (ports.get(wire.local.port & ~1) ?? 0) + (wire.local.port & 1), '127.0.0.1')
      await new Promise((resolve) => setImmediate(resolve))
    }
  }
  const server = createServer((socket) => {
    sockets.add(socket)
    const framer = createRtspFramer()
    socket.on('error', () => {})
    socket.on('data', (chunk) => {
      for (const { type, bytes } of framer.push(chunk)) {
        if (type !== 'message') continue
        const request = parseRtsp(bytes) as RtspRequest
        const then = recorded[asked.length]
        const [now, before] = [header(request, 'Transport') ?? '', then ? (header(then, 'Transport') ?? '') : ''].map(askedPort)
        if (now !== undefined && before !== undefined) ports.set(before, now)
        for (const answer of answersTo(asked.length)) socket.write(answer)
        asked.push(request)
        if (request.method === 'PLAY' && !isDeaf) void sendMedia(socket)
      }
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    port: (server.address() as AddressInfo).port,
    asked,
    recorded,
    close: () => {
      for (const socket of sockets) socket.destroy()
      server.close()
      datagrams.close()
    },
  }
}

for (const file of files) {
  t.test(`over sockets: ${file}`, async (t) => {
    const wires = recording(file)
    const before = offline(wires)
    const server = await replayServer(wires)
    t.teardown(server.close)
    const lines: string[] = []
    const note = (fields: object, text: string): void => void lines.push(JSON.stringify(fields) + text)
    const log: Log = { debug: note, info: note, warn: note, error: note }
    const ports = createPorts({ first: 42_000, last: 42_398, restMs: 0, clock: systemClock })
    const live: Heard = { units: [], frames: [] }
    const events: WireEvent[] = []
    const relays = createRelays({
      clock: systemClock,
      log,
      createPipeline,
      openReceiver: () => Promise.reject(new Error('a camera that is pulled needs no port of ours')),
      upstreamFor: () => {
        const path = /rtsp:\/\/[^/]+(\/\S*)/.exec(server.recorded[0]?.uri ?? '')?.[1] ?? '/'
        const url = `rtsp://127.0.0.1:${server.port}${path}`
        return Promise.resolve(createRtspSource({ url, ...credentials, transport: file.includes('udp') ? 'udp' : 'tcp', ports, bindHost: '127.0.0.1', clock: systemClock, log, random: systemRandom }))
      },
    })
    const all = Promise.withResolvers<void>()
    const member = relays.join('cam', {
      kind: 'inspector',
      onUnit: (unit) => {
        live.units.push(unit)
        if (live.units.length === before.units.length) all.resolve()
      },
      onAudio: (frame) => live.frames.push(frame),
      onWire: (event) => events.push(event),
    })
    t.match(await member.joined, { ok: true, isCold: true })
    await all.promise
    while (live.frames.length < before.frames.length) await new Promise((resolve) => setTimeout(resolve, 5))
    t.match(relays.list(), [{ transport: file.includes('udp') ? 'rtsp-udp' : 'rtsp-tcp', codec: before.units[0]?.codec, width: 320, lossRate: 0 }])
    await member.leave({ linger: false })
    await relays.close()

    t.strictSame(print(live), print(before), 'the same pictures and sound as from the file')
    t.strictSame(server.asked.map(({ method }) => method), server.recorded.map(({ method }) => method), 'asked in the same order')
    t.strictSame(ports.figures().leased, 0)
    const writer = createPcapngWriter('test')
    const written = Buffer.concat([writer.header(), ...events.map((event) => writer.wire(event))])
    t.strictSame(print(offline(wiresOf(written))), print(before), 'and as from what was recorded of it')

    const [challenge] = parseChallenges(headerValues(parseRtsp(wires.find((wire) => wire.direction === 'in')?.bytes ?? Buffer.alloc(0)), 'WWW-Authenticate'))
    for (const request of server.asked.slice(1)) {
      const proof = header(request, 'Authorization') ?? ''
      const right = challenge?.scheme === 'digest' ? digestResponse(challenge, { ...credentials, method: request.method, uri: request.uri, cnonce: '', count: 1 }) : Buffer.from('admin:Test-pass-1').toString('base64')
      t.ok(proof.includes(right), `${request.method} is answered for`)
      t.notOk(written.includes(right), 'which is not recorded')
    }
    t.notMatch(lines.join('\n'), /Test-pass-1|admin|Authorization/)
  })
}

t.test('datagrams that never come: the camera is let go and asked again, interleaved', async (t) => {
  const wires = recording('h264-pcma-digest-tcp.pcapng')
  const [deaf, server] = [await replayServer(recording('h264-pcmu-digest-udp.pcapng'), true), await replayServer(wires)]
  t.teardown(deaf.close)
  t.teardown(server.close)
  const ports = createPorts({ first: 42_400, last: 42_498, restMs: 0, clock: systemClock })
  const log: Log = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} }
  // One address, two cameras behind it: the first connection meets the one whose datagrams are lost.
  const through = createServer((socket) => {
    const to = connect(count++ === 0 ? deaf.port : server.port, '127.0.0.1')
    for (const each of [socket, to]) each.on('error', () => {})
    socket.pipe(to).pipe(socket)
  })
  let count = 0
  through.listen(0, '127.0.0.1')
  await once(through, 'listening')
  const { port } = through.address() as AddressInfo
  const relays = createRelays({
    clock: systemClock,
    log,
    createPipeline,
    openReceiver: () => Promise.reject(new Error('no port of ours')),
    upstreamFor: () => Promise.resolve(createRtspSource({ url: `rtsp://127.0.0.1:${port}/a`, ...credentials, transport: 'udp', ports, bindHost: '127.0.0.1', clock: systemClock, log, random: systemRandom, times: { firstDatagramMs: 50 } })),
  })
  const member = relays.join('cam', { kind: 'viewer', onUnit: () => {} })
  t.match(await member.joined, { ok: true })
  t.match(relays.list(), [{ transport: 'rtsp-tcp' }])
  t.equal(deaf.asked.at(-1)?.method, 'TEARDOWN')
  t.equal(ports.figures().leased, 0, 'the ports are given back')
  await member.leave({ linger: false })
  await relays.close()
  through.close()
})

t.test('nobody listens; an address that is none; a wrong answer to everything', async (t) => {
  const lines: string[] = []
  const note = (fields: object, text: string): void => void lines.push(JSON.stringify(fields) + text)
  const log: Log = { debug: note, info: note, warn: note, error: note }
  const ports = createPorts({ first: 42_400, last: 42_402, clock: systemClock })
  const pull = async (url: string) => {
    const source = createRtspSource({ url, ...credentials, transport: 'udp', ports, bindHost: '127.0.0.1', clock: systemClock, log, random: systemRandom })
    if (!source.ok) return source
    const receiver = await source.own?.openReceiver({ onBytes: () => false, onEnd: () => {} })
    const outcome = await source.upstream.start({ transport: 'udp', port: 0 }, () => {}, () => {})
    await source.upstream.stop()
    await receiver?.close()
    return outcome
  }
  const closed = createServer()
  closed.listen(0, '127.0.0.1')
  await once(closed, 'listening')
  const { port } = closed.address() as AddressInfo
  closed.close()
  await once(closed, 'close')
  t.match(await pull(`rtsp://127.0.0.1:${port}/a`), { ok: false, reason: 'offline', detail: /^tcp-refused: / })
  t.match(await pull('http://127.0.0.1/'), { ok: false, reason: 'refused' })

  const noise = createServer((socket) => socket.on('error', () => {}).end('HTTP/1.1 400 Bad Request\r\n\r\n'))
  noise.listen(0, '127.0.0.1')
  await once(noise, 'listening')
  t.match(await pull(`rtsp://127.0.0.1:${(noise.address() as AddressInfo).port}/a`), { ok: false, reason: 'no-answer', detail: /^closed: / })
  noise.close()
  t.notMatch(lines.join('\n'), /Test-pass-1|admin/)
})
