// Starts and stops streams, hundreds a second, over every transport, and says what was left behind: sockets, ports, timers, memory.
// By hand: `node scripts/churn-media.ts [SECONDS] [STARTS_PER_SECOND] [UDP_THREADS]`; a short run stands in its test.
import { createSocket, type Socket as Datagrams } from 'node:dgram'
import { once } from 'node:events'
import { connect, createServer, type AddressInfo, type Socket } from 'node:net'
import { fileURLToPath } from 'node:url'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { silentLog, systemClock, type Clock } from '../src/base/index.ts'
import { createPipeline, createPorts, createReceivers, createRelays, frameRfc4571, openUdpThreads, type Landing, type MediaTransport, type Upstream, type UpstreamOutcome } from '../src/media/index.ts'
import { pictureSource } from '../src/media/io/scripted-camera.ts'

export interface ChurnFigures {
  readonly starts: number
  /** Those that showed a picture; others left before, as they were told to. */
  readonly live: number
  readonly leftEarly: number
  readonly failed: readonly string[]
  readonly perSecond: number
  readonly p95Ms: number
  readonly after: {
    readonly streams: number
    readonly leased: number
    /** Pairs of sockets in threads. */
    readonly pairs: number
    readonly timers: number
    /** Handles of this process beyond those at the beginning, by kind. */
    readonly handles: Readonly<Record<string, number>>
    /** Heap after collection, against that after a quarter of the run. */
    readonly heapGrowthMb: number
    readonly rssMb: number
  }
}

const host = '127.0.0.1'
const ssrc = 7
const transports: readonly MediaTransport[] = ['udp', 'tcp-passive', 'tcp-active']
/** One in so many leaves before there is a picture. */
const earlyEvery = 10

export async function churn({ seconds, perSecond, threads }: { readonly seconds: number; readonly perSecond: number; readonly threads: number }): Promise<ChurnFigures> {
  const before = handles()
  const timers = countedClock()
  const { clock } = timers
  const ports = createPorts({ first: 16_000, last: 32_766, clock })
  const camera = await openCamera()
  const udp = threads === 0 ? undefined : openUdpThreads({ threads, clock, log: silentLog })
  let made = 0
  const relays = createRelays({
    upstreamFor: () => Promise.resolve({ ok: true, transport: transports[made++ % transports.length] ?? 'udp', upstream: camera.upstream() }),
    openReceiver: createReceivers({ bindHost: host, announcedHost: host, ports, clock, log: silentLog, ...(udp && { udp: udp.open }) }),
    createPipeline,
    clock,
    log: silentLog,
  })
  const tally = { live: 0, leftEarly: 0, failed: new Map<string, number>(), ms: [] as number[] }
  const one = async (n: number): Promise<void> => {
    const beganUs = clock.nowUs()
    const member = relays.join(`camera ${n}`, { kind: n % 2 === 0 ? 'viewer' : 'inspector', onUnit: () => {} })
    if (n % earlyEvery === 0) {
      tally.leftEarly++
      await member.leave({ linger: false })
      return
    }
    const joined = await member.joined
    if (joined.ok) tally.live++
    else tally.failed.set(`${joined.reason}: ${joined.detail}`, (tally.failed.get(`${joined.reason}: ${joined.detail}`) ?? 0) + 1)
    tally.ms.push((clock.nowUs() - beganUs) / 1000)
    await member.leave({ linger: false })
  }

  const running = new Set<Promise<void>>()
  const total = Math.round(seconds * perSecond)
  const beganUs = systemClock.nowUs()
  let warmHeap = 0
  for (let n = 0; n < total; n++) {
    const started = one(n).finally(() => running.delete(started))
    running.add(started)
    if (n === Math.floor(total / 4)) warmHeap = heapMb()
    const dueMs = ((n + 1) * 1000) / perSecond - (systemClock.nowUs() - beganUs) / 1000
    if (dueMs > 1) await pause(dueMs)
  }
  await Promise.all(running)
  const tookS = (systemClock.nowUs() - beganUs) / 1_000_000
  // Ports are watched for a while after their end.
  await pause(2_500)
  const leftTimers = timers.pending()
  const pairs = udp?.figures().pairs ?? 0
  await relays.close()
  await camera.close()
  await udp?.close()
  await pause(100)
  const left = handles()
  const kinds = [...left].map(([kind, count]) => [kind, count - (before.get(kind) ?? 0)] as const).filter(([kind, count]) => count > 0 && kind !== 'Timeout' && kind !== 'Immediate')
  tally.ms.sort((a, b) => a - b)
  return {
    starts: total,
    live: tally.live,
    leftEarly: tally.leftEarly,
    failed: [...tally.failed].map(([why, count]) => `${count} x ${why}`),
    perSecond: Math.round(total / tookS),
    p95Ms: Math.round((tally.ms[Math.floor(tally.ms.length * 0.95)] ?? 0) * 10) / 10,
    after: { streams: relays.list().length, leased: ports.figures().leased, pairs, timers: leftTimers, handles: Object.fromEntries(kinds), heapGrowthMb: Math.round((heapMb() - warmHeap) * 10) / 10, rssMb: Math.round(process.memoryUsage().rss / 1e6) },
  }
}

/** A camera that sends three pictures to whoever asks: from one socket, on connections that it makes, and on those that it is given. */
async function openCamera(): Promise<{ readonly upstream: () => Upstream; readonly close: () => Promise<void> }> {
  const next = pictureSource(ssrc)
  const packets = [...next(), ...next(), ...next()]
  const framed = Buffer.concat(packets.map(frameRfc4571))
  const datagrams: Datagrams = createSocket('udp4')
  datagrams.bind(0, host)
  await once(datagrams, 'listening')
  const server = createServer((socket) => {
    socket.on('error', () => socket.destroy())
    socket.write(framed)
    socket.resume()
  })
  server.listen(0, host)
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const send = (landing: Landing): Socket | undefined => {
    if (landing.transport === 'udp') for (const packet of packets) datagrams.send(packet, landing.port, host)
    if (landing.transport !== 'tcp-passive') return undefined
    const socket = connect(landing.port, host)
    socket.on('error', () => socket.destroy())
    socket.write(framed)
    return socket.resume()
  }
  return {
    upstream: () => {
      let socket: Socket | undefined
      return {
        start: (landing): Promise<UpstreamOutcome> => {
          socket = send(landing)
          return Promise.resolve({ ok: true, ssrc, remote: { host, port } })
        },
        stop: () => {
          socket?.destroy()
          return Promise.resolve()
        },
      }
    },
    close: async () => {
      await new Promise<void>((resolve) => datagrams.close(() => resolve()))
      await new Promise<void>((resolve) => server.close(() => resolve()))
    },
  }
}

function countedClock(): { readonly clock: Clock; readonly pending: () => number } {
  const open = new Set<object>()
  return {
    clock: {
      ...systemClock,
      after: (ms, callback) => {
        const mark = {}
        open.add(mark)
        const cancel = systemClock.after(ms, () => {
          open.delete(mark)
          callback()
        })
        return () => {
          open.delete(mark)
          cancel()
        }
      },
    },
    pending: () => open.size,
  }
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))

function handles(): Map<string, number> {
  const counts = new Map<string, number>()
  for (const kind of process.getActiveResourcesInfo()) counts.set(kind, (counts.get(kind) ?? 0) + 1)
  return counts
}

function heapMb(): number {
  setFlagsFromString('--expose-gc')
  const collect = runInNewContext('gc') as () => void
  collect()
  // What the first one found outside the heap is counted as free by the next.
  collect()
  const { heapUsed, external } = process.memoryUsage()
  return (heapUsed + external) / 1e6
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [seconds = 60, perSecond = 200, threads = 1] = process.argv.slice(2).map(Number)
  process.stdout.write(`${JSON.stringify(await churn({ seconds, perSecond, threads }), undefined, 2)}\n`)
}
