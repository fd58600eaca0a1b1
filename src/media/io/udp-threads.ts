// A few threads that receive UDP for the main loop: 400 streams of 4 Mbit/s are more than one loop can receive and take apart, and what receives only
// is never late. Sockets are theirs; datagrams come through a ring of memory, everything else by messages. A thread that dies is begun again, with its ports.
import { Worker } from 'node:worker_threads'
import type { Clock, Log } from '../../base/index.ts'
import { createRingReader, ringMemory, type DatagramHead, type RingReader } from './datagram-ring.ts'
import { aheadOfSystem } from './monotonic.ts'
import { maxId, type ThreadStart, type UdpNews, type UdpOrder } from './udp-orders.ts'
import { createThreadPair, type ThreadPair } from './udp-thread-pair.ts'
import type { OpenUdpPair } from './udp-pair.ts'

/** Of each thread: 16 MiB hold what 400 streams bring in 80 ms; what comes later waits in the kernel. Touched only as far as it is needed. */
const defaultRingBytes = 16 * 1024 * 1024
/** While anything comes the ring is read this often, which costs less than to be woken for each datagram. */
const lookMs = 1
/** Looks without anything to read before the loop sleeps until it is woken. */
const idleLooks = 4
/** Datagrams read in one go: then others have their turn. */
const mostAtOnce = 4096
/** A bound, not a need: a thread lives on what is young. */
const resourceLimits = { maxOldGenerationSizeMb: 64, maxYoungGenerationSizeMb: 48 }
/** One that lived shorter than this may die for the same reason again: there is a pause, and an end to it. */
const shortLifeMs = 5_000
const pauseMs = 300
const maxShortLives = 3
/** What is less comes from looking at two clocks one after the other. More than that, and the clock is one of its own. */
const driftUs = 5_000
const roughlyAhead = (clock: Clock): number => clock.nowUs() - Number(process.hrtime.bigint() / 1000n)

export interface UdpThreadsOptions {
  readonly threads: number
  readonly clock: Clock
  readonly log: Log
  readonly ringBytes?: number
  /** The program of a thread; for tests. */
  readonly program?: URL
}

export interface UdpThreads {
  readonly open: OpenUdpPair
  readonly figures: () => { readonly running: number; readonly pairs: number; readonly restarts: number }
  /** Ends the threads as their death would; for tests. */
  readonly end: () => Promise<void>
  /** Every socket is gone afterwards. */
  readonly close: () => Promise<void>
}

/** Threads begin when their first port is opened. */
export function openUdpThreads({ threads: count, clock, log, ringBytes = defaultRingBytes, program = new URL('./udp-thread.ts', import.meta.url) }: UdpThreadsOptions): UdpThreads {
  let isClosed = false
  let nextId = 1
  let restarts = 0
  const options: ThreadOptions = { clock, log, ringBytes, program, isClosed: () => isClosed, onRestart: () => restarts++ }
  const threads = Array.from({ length: count }, (_, n) => createThread(n, options))
  return {
    open: async (port, host, listener) => {
      if (isClosed) throw new Error('the threads that receive media are closed')
      const thread = threads.reduce((least, each) => (each.pairs() < least.pairs() ? each : least))
      nextId = nextId === maxId ? 1 : nextId + 1
      return thread.open(createThreadPair({ id: nextId, port, host, listener }))
    },
    figures: () => ({ running: threads.filter((each) => each.isRunning()).length, pairs: threads.reduce((sum, each) => sum + each.pairs(), 0), restarts }),
    end: async () => void (await Promise.all(threads.map((each) => each.end()))),
    close: async () => {
      isClosed = true
      await Promise.all(threads.map((each) => each.end()))
    },
  }
}

interface ThreadOptions extends Required<Omit<UdpThreadsOptions, 'threads'>> {
  readonly isClosed: () => boolean
  readonly onRestart: () => void
}

function createThread(n: number, { clock, log, ringBytes, program, isClosed, onRestart }: ThreadOptions) {
  const pairs = new Map<number, ThreadPair>()
  let worker: Worker | undefined
  let reader: RingReader | undefined
  let timer: NodeJS.Timeout | undefined
  let idle = 0
  let begunUs = 0
  let shortLives = 0
  /** Between a death and the next beginning. */
  let isPausing = false
  /** The clock's microseconds minus those of the system's monotonic clock, by which threads stamp. */
  let aheadUs = aheadOfSystem(clock.nowUs)

  const order = (what: UdpOrder): void => worker?.postMessage(what)
  const take = (head: DatagramHead, bytes: Buffer): void => {
    const isControl = (head.socket & 1) === 1
    const pair = pairs.get(head.socket >> 1)
    try {
      pair?.receive(head, bytes, isControl, head.atUs + aheadUs)
    } catch (error) {
      log.error({ thread: n, port: pair?.port(), error }, 'a receiver of datagrams broke')
    }
  }
  const look = (): void => {
    if (!reader) return
    if (Math.abs(roughlyAhead(clock) - aheadUs) > driftUs) aheadUs = aheadOfSystem(clock.nowUs)
    const read = reader.drain(mostAtOnce, take)
    idle = read > 0 ? 0 : idle + 1
    if (read === mostAtOnce) setImmediate(look)
    else if (idle < idleLooks || !reader.sleep()) lookSoon()
  }
  const lookSoon = (): void => {
    if (timer) timer.refresh()
    else timer = setTimeout(look, lookMs).unref()
  }
  const hear = (news: UdpNews): void => {
    if (news.type === 'wake') return look()
    const pair = pairs.get(news.id)
    if (!pair) return
    if (news.type === 'closed' || news.type === 'refused') pairs.delete(news.id)
    pair.hear(news)
    hold()
  }
  /** Open sockets hold the process up, as they would in its own loop. */
  const hold = (): void => {
    const isHeld = [...pairs.values()].some((pair) => pair.isHolding())
    if (isHeld) worker?.ref()
    else worker?.unref()
  }
  const begin = (): void => {
    begunUs = clock.nowUs()
    const memory = ringMemory(ringBytes)
    const workerData: ThreadStart = { memory }
    const started = new Worker(program, { workerData, resourceLimits })
    worker = started
    reader = createRingReader(memory)
    reader.sleep()
    started.on('message', hear)
    started.on('error', (error) => log.error({ thread: n, error }, 'a thread that receives media broke'))
    started.on('exit', () => {
      if (worker === started) lose()
    })
    hold()
  }
  /** Those whose sockets went with a thread, and are wanted no more. */
  const forgetClosing = (): void => {
    for (const [id, pair] of pairs) {
      if (!pair.isClosing()) continue
      pairs.delete(id)
      pair.hear({ type: 'closed', id })
    }
  }
  /** What it wrote is read; then another one opens the same ports. */
  const lose = (): void => {
    while (reader && reader.drain(mostAtOnce, take) > 0);
    worker = reader = undefined
    forgetClosing()
    if (isClosed()) return
    shortLives = clock.nowUs() - begunUs < shortLifeMs * 1000 ? shortLives + 1 : 0
    log.error({ thread: n, ports: pairs.size, shortLives }, 'a thread that receives media is gone')
    if (shortLives > maxShortLives) return giveUp()
    isPausing = true
    setTimeout(again, shortLives > 0 ? pauseMs : 0)
  }
  const again = (): void => {
    isPausing = false
    forgetClosing()
    if (isClosed() || pairs.size === 0) return
    onRestart()
    begin()
    for (const [id, pair] of pairs) order({ type: 'open', id, port: pair.port(), host: pair.host })
    log.warn({ thread: n, ports: pairs.size }, 'its ports are opened again')
  }
  const giveUp = (): void => {
    for (const [id, pair] of pairs) {
      pairs.delete(id)
      pair.hear({ type: 'refused', id, code: 'unknown', message: 'the thread that receives media does not stay alive' })
    }
    shortLives = 0
  }
  return {
    open: (pair: ThreadPair) => {
      pairs.set(pair.id, pair)
      hold()
      if (!worker && !isPausing) begin()
      order({ type: 'open', id: pair.id, port: pair.port(), host: pair.host })
      return pair.opened({ order, onHold: hold })
    },
    pairs: () => pairs.size,
    isRunning: () => worker !== undefined,
    end: async () => void (await worker?.terminate()),
  }
}
