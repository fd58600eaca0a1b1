// Viewers over real sockets, HTTP and WebSocket side by side: whole messages, and what a slow or stuck one costs itself and nobody else.
import { once } from 'node:events'
import { createServer, get, type IncomingMessage } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import t, { type Test } from 'tap'
import { WebSocket, WebSocketServer } from 'ws'
import { silentLog, systemClock } from '../../base/index.ts'
import type { ReaderBounds } from '../reader.ts'
import { createStream } from '../stream.ts'
import type { AccessUnit, Relays } from '../types.ts'
import { serveFlv, type FlvView } from './flv-sender.ts'
import { writableSink } from './flv-sink.ts'
import { webSocketSink } from './ws-sink.ts'

const [sps, pps] = [Buffer.from('6742000af841a2', 'hex'), Buffer.from('68ce3880', 'hex')]
const gop = 10

/** Numbered in its last bytes. */
function picture(n: number, bytes: number): AccessUnit {
  const isKeyframe = n % gop === 0
  const slice = Buffer.alloc(bytes, 0x5a)
  slice[0] = isKeyframe ? 0x65 : 0x41
  slice.writeUInt32BE(n, bytes - 4)
  return { codec: 'h264', pts90k: n * 3600, isKeyframe, nalUnits: isKeyframe ? [sps, pps, slice] : [slice], ...(isKeyframe && { parameterSets: { sps, pps }, width: 128, height: 96 }), receivedUs: systemClock.nowUs(), isDamaged: false }
}

/** Numbers of the pictures in an FLV byte stream, as far as it came. */
function numbersOf(chunks: readonly Buffer[]): number[] {
  const flv = Buffer.concat(chunks)
  const numbers: number[] = []
  for (let at = 13; at + 15 <= flv.length; ) {
    const size = flv.readUIntBE(at + 1, 3)
    if (at + 15 + size > flv.length) break
    if (flv[at + 12] === 1) numbers.push(flv.readUInt32BE(at + 11 + size - 4))
    at += 15 + size
  }
  return numbers
}

interface Viewer {
  readonly chunks: Buffer[]
  readonly pause: () => void
  readonly resume: () => void
  readonly gone: Promise<unknown>
}

async function stage(test: Test, bounds?: ReaderBounds) {
  const stream = createStream()
  const relays: Relays = {
    join: (_camera, reader) => {
      const detach = stream.attach((unit) => reader.onUnit?.(unit))
      return { joined: Promise.resolve({ ok: true, isCold: false }), leave: async () => detach() }
    },
    list: () => [],
    close: async () => {},
  }
  const views = new Map<string, FlvView>()
  const sockets = new Set<Socket>()
  const common = { relays, camera: 'cam', clock: systemClock, log: silentLog, ...(bounds && { bounds }) }
  const upgrades = new WebSocketServer({ noServer: true, perMessageDeflate: false })
  const server = createServer((request, response) => void views.set(request.url ?? '', serveFlv({ ...common, open: () => writableSink(response) })))
  server.on('connection', (socket: Socket) => void sockets.add(socket))
  server.on('upgrade', (request, socket, head) => {
    upgrades.handleUpgrade(request, socket, head, (ws) => void views.set(request.url ?? '', serveFlv({ ...common, open: () => webSocketSink(ws, socket) })))
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const { port } = server.address() as AddressInfo
  test.teardown(() => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  const overHttp = async (name: string): Promise<Viewer> => {
    const chunks: Buffer[] = []
    const request = get(`http://127.0.0.1:${port}/${name}`)
    const [response] = (await once(request, 'response')) as [IncomingMessage]
    response.on('data', (chunk: Buffer) => void chunks.push(chunk))
    response.on('error', () => {})
    return { chunks, pause: () => void response.socket.pause(), resume: () => void response.socket.resume(), gone: new Promise((resolve) => void response.once('close', resolve)) }
  }
  const overWebSocket = async (name: string): Promise<Viewer> => {
    const chunks: Buffer[] = []
    const ws = new WebSocket(`ws://127.0.0.1:${port}/${name}`)
    ws.on('message', (data: Buffer) => void chunks.push(data))
    ws.on('error', () => {})
    await once(ws, 'open')
    return { chunks, pause: () => ws.pause(), resume: () => ws.resume(), gone: new Promise((resolve) => void ws.once('close', resolve)) }
  }
  const view = (name: string): FlvView => {
    const found = views.get(`/${name}`)
    if (!found) throw new Error(`no viewer ${name}`)
    return found
  }
  return { stream, overHttp, overWebSocket, view }
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))
async function until(isSo: () => boolean, what: string): Promise<void> {
  for (let i = 0; i < 2_000; i++) {
    if (isSo()) return
    await pause(5)
  }
  throw new Error(`waited in vain: ${what}`)
}

t.test('a message for each write, whatever its length', async (t) => {
  const server = createServer()
  const upgrades = new WebSocketServer({ noServer: true, perMessageDeflate: false })
  const lengths = [1, 11, 125, 126, 127, 65_535, 65_536, 1_000_000]
  server.on('upgrade', (request, socket, head) => {
    upgrades.handleUpgrade(request, socket, head, (ws) => {
      const sink = webSocketSink(ws, socket)
      for (const length of lengths) sink.write([Buffer.alloc(Math.floor(length / 2), length & 255), Buffer.alloc(Math.ceil(length / 2), length & 255)])
      sink.end()
      sink.write([Buffer.from('late')])
    })
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  t.teardown(() => void server.close())
  const ws = new WebSocket(`ws://127.0.0.1:${(server.address() as AddressInfo).port}/`)
  const got: Buffer[] = []
  ws.on('message', (data: Buffer, isBinary) => {
    t.ok(isBinary)
    got.push(data)
  })
  const [code, reason] = (await once(ws, 'close')) as [number, Buffer]
  t.equal(code, 1000)
  t.equal(String(reason), 'the stream has ended')
  t.same(got.map((each) => each.length), lengths)
  t.ok(got.every((each) => each.every((byte) => byte === (each.length & 255))))
})

t.test('stuck viewers are cut, over HTTP and WebSocket; the others miss nothing', async (t) => {
  const bounds: ReaderBounds = { maxBacklogBytes: 1_000_000, cutAfterMs: 700 }
  const { stream, overHttp, overWebSocket, view } = await stage(t, bounds)
  stream.publish(picture(0, 50_000))
  const good = [await overHttp('good-http'), await overWebSocket('good-ws')]
  const stuck = [await overHttp('stuck-http'), await overWebSocket('stuck-ws')]
  for (const each of stuck) each.pause()
  const names = ['stuck-http', 'stuck-ws']
  let isCut = false
  const ends = Promise.all(names.map((name) => view(name).done)).then((done) => {
    isCut = true
    return done
  })
  let n = 1
  for (; !isCut && n < 2_000; n++) {
    stream.publish(picture(n, 50_000))
    await pause(4)
  }
  t.ok(isCut, `both were cut, after ${n} pictures`)
  for (const { why, dropped, bytes } of await ends) {
    t.equal(why, 'cut')
    t.ok(dropped > 0)
    t.ok(bytes < 40 * 50_000 + 20_000_000, 'what was kept for it is bounded by the limit and what the kernel takes')
  }
  for (const each of stuck) each.resume()
  await Promise.all(stuck.map((each) => each.gone))
  for (let more = 0; more < gop; more++) stream.publish(picture(n++, 50_000))
  const all = Array.from({ length: n }, (_, i) => i)
  await until(() => good.every((each) => each.chunks.reduce((sum, chunk) => sum + chunk.length, 0) >= n * 50_000), 'the rest')
  for (const [i, name] of ['good-http', 'good-ws'].entries()) {
    t.same(numbersOf(good[i]?.chunks ?? []), all, `${name}: every picture, in order`)
    t.match(view(name).counts(), { dropped: 0, delivered: n })
  }
})

t.test('a slow viewer over a WebSocket goes on at a keyframe', async (t) => {
  const { stream, overWebSocket, view } = await stage(t, { maxBacklogBytes: 1_000_000, cutAfterMs: 60_000 })
  stream.publish(picture(0, 50_000))
  const slow = await overWebSocket('slow')
  await until(() => slow.chunks.length > 0, 'its first picture')
  slow.pause()
  let n = 1
  for (; view('slow').counts().dropped < 3 * gop && n < 4_000; n++) {
    stream.publish(picture(n, 50_000))
    if (n % 20 === 0) await pause(1)
  }
  slow.resume()
  const resumedAt = n
  while (numbersOf(slow.chunks).at(-1) !== n - 1 && n < resumedAt + 200) {
    stream.publish(picture(n++, 50_000))
    await pause(20)
  }
  const numbers = numbersOf(slow.chunks)
  const jumps = numbers.flatMap((number, i) => (i > 0 && number !== (numbers[i - 1] ?? 0) + 1 ? [number] : []))
  t.ok(jumps.length >= 1 && jumps.every((number) => number % gop === 0), `it goes on at ${jumps.join(', ')}`)
  t.equal(numbers.at(-1), n - 1, 'and is at the live edge again')
})
