// The media side of the service alone: N streams received, taken apart and served as FLV, as `yiji serve` does it, without signalling.
// `server.ts STREAMS udp|tcp FIRST_PORT [UDP_THREADS]`; prints one line of JSON when it listens: the HTTP port and where each stream is awaited.
import { createServer } from 'node:http'
import { silentLog, systemClock } from '../../../src/base/index.ts'
import { createPipeline, createPorts, createReceivers, createRelays, openUdpThreads, serveFlv, socketSink, type Upstream } from '../../../src/media/index.ts'

const [streams = '1', mode = 'udp', firstPort = '26000', threads = '0'] = process.argv.slice(2)
const count = Number(streams)
const transport = mode === 'tcp' ? 'tcp-passive' : 'udp'
const first = Number(firstPort)
const landed = new Map<string, number>()
const allLanded = Promise.withResolvers<void>()
const clock = systemClock

const upstream = (camera: string): Upstream => ({
  start: (landing) => {
    landed.set(camera, landing.port)
    if (landed.size === count) allLanded.resolve()
    return Promise.resolve({ ok: true })
  },
  stop: () => Promise.resolve(),
})
const udp = threads === '0' ? undefined : openUdpThreads({ threads: Number(threads), clock, log: silentLog })
const relays = createRelays({
  upstreamFor: (camera) => Promise.resolve({ ok: true, transport, upstream: upstream(camera) }),
  openReceiver: createReceivers({ bindHost: '127.0.0.1', announcedHost: '127.0.0.1', ports: createPorts({ first, last: first + 2 * count + 1, clock }), clock, log: silentLog, ...(udp && { udp: udp.open }) }),
  createPipeline,
  clock,
  log: silentLog,
  timeouts: { answerMs: 60_000, firstPacketMs: 60_000, firstKeyframeMs: 60_000, lingerMs: 60_000, silenceMs: 60_000 },
})
for (let i = 0; i < count; i++) relays.join(`s${i}`, { kind: 'inspector' })

const server = createServer((request, response) => {
  const camera = /^\/live\/(s\d+)\.flv$/.exec(request.url ?? '')?.[1]
  if (camera === undefined) {
    response.writeHead(200, { 'content-type': 'application/json' })
    return response.end(JSON.stringify(relays.list()))
  }
  const view = serveFlv({
    relays, camera, clock, log: silentLog,
    open: () => {
      response.useChunkedEncodingByDefault = false
      response.writeHead(200, { 'content-type': 'video/x-flv' })
      response.flushHeaders()
      request.socket.setNoDelay(true)
      return socketSink(request.socket)
    },
  })
  request.on('close', view.close)
})
server.listen(0, '127.0.0.1', () => {
  void allLanded.promise.then(() => {
    const address = server.address()
    const ports = Array.from({ length: count }, (_, i) => landed.get(`s${i}`))
    process.stdout.write(`${JSON.stringify({ http: typeof address === 'object' ? address?.port : undefined, ports })}\n`)
  })
})
process.on('SIGTERM', () => process.exit(0))
