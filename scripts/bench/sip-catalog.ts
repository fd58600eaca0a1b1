// A catalog of 10,000 and of 100,000 channels, from the query to the records: how long it takes, and how long it holds up everybody else.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { Worker } from 'node:worker_threads'
import { silentLog, systemClock, systemRandom } from '../../src/base/index.ts'
import { createRegistry } from '../../src/registry/index.ts'
import { applyFact } from '../../src/service/facts.ts'
import { startUserAgent, type SipFact } from '../../src/sip/index.ts'
import { openStore } from '../../src/store/index.ts'
import type { Scene } from './sip/platform.ts'

const server = { id: '32011600002000000001', realm: '3201160000', host: '127.0.0.1' }
const id = '32011600002000000007'
const password = 'a-platform-secret'

const scenes: readonly Pick<Scene, 'transport' | 'channels' | 'perMessage'>[] = [
  { transport: 'udp', channels: 10_000, perMessage: 1 },
  { transport: 'udp', channels: 10_000, perMessage: 50 },
  { transport: 'tcp', channels: 10_000, perMessage: 1 },
  { transport: 'tcp', channels: 10_000, perMessage: 100 },
  { transport: 'tcp', channels: 10_000, perMessage: 1_000 },
  { transport: 'tcp', channels: 100_000, perMessage: 100 },
]

/** Loop delay beyond the sampling interval itself, in milliseconds. A block counts when it has ended: one more turn is waited for before it is read. */
const samplingMs = 1
const watchLoop = (): { readonly longestMs: () => Promise<number> } => {
  const histogram = monitorEventLoopDelay({ resolution: samplingMs })
  histogram.enable()
  return {
    longestMs: async () => {
      await new Promise((resolve) => setTimeout(resolve, 5 * samplingMs))
      histogram.disable()
      return Math.max(0, histogram.max / 1e6 - samplingMs)
    },
  }
}
/** As the service lets everybody else have their turn. */
const turn = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve))

async function measure(scene: (typeof scenes)[number]): Promise<void> {
  const dir = mkdtempSync(join(tmpdir(), 'yiji-bench-'))
  const store = await openStore({ file: join(dir, 'yiji.sqlite'), clock: systemClock })
  const registry = createRegistry({ store: store.registry, clock: systemClock, log: silentLog, turn })
  let collectedMs = 0
  let collecting: ReturnType<typeof watchLoop> | undefined
  let collectingMs = 0
  let keeping: ReturnType<typeof watchLoop> | undefined
  let started = 0
  const userAgent = await startUserAgent({
    turn,
    id: server.id, realm: server.realm, bind: { host: server.host, port: 0 }, clock: systemClock, random: systemRandom, log: silentLog, restored: [],
    passwordOf: () => Promise.resolve(password),
    onFact: async (fact: SipFact) => {
      if (fact.type === 'catalog') {
        collectedMs = performance.now() - started
        keeping = watchLoop()
        collectingMs = (await collecting?.longestMs()) ?? 0
      }
      await applyFact(registry, fact, silentLog)
    },
  })
  const data: Scene = { ...scene, server: { ...server, port: userAgent.port }, id, password }
  const worker = new Worker(new URL('./sip/platform.ts', import.meta.url), { workerData: data })
  let bytes = 0
  await new Promise<void>((resolve, reject) => {
    worker.on('error', reject)
    worker.on('message', (message: { readonly type: string; readonly bytes?: number }) => {
      if (message.type === 'registered') resolve()
      if (message.bytes) {
        bytes = message.bytes
        started = performance.now()
        collecting = watchLoop()
      }
    })
  })
  const outcome = await userAgent.queryCatalog(id)
  const keptMs = performance.now() - started
  const keepingMs = (await keeping?.longestMs()) ?? 0
  const device = await registry.device(id)
  if (!outcome.ok || !outcome.isComplete || outcome.items.length !== scene.channels || device?.catalogComplete !== true) throw new Error(`not whole: ${JSON.stringify(outcome.ok ? outcome.items.length : outcome)}`)
  process.stdout.write(
    `  ${scene.transport} ${scene.channels} channels, ${String(scene.perMessage).padStart(4)} a message (${(bytes / 1e6).toFixed(1)} MB): collected in ${(collectedMs / 1000).toFixed(2)} s, ` +
      `in records after ${(keptMs / 1000).toFixed(2)} s; longest block of the loop ${collectingMs.toFixed(0)} ms collecting, ${keepingMs.toFixed(0)} ms keeping; heap ${(process.memoryUsage().heapUsed / 1e6).toFixed(0)} MB\n`,
  )
  await userAgent.close()
  await worker.terminate()
  await store.close()
  rmSync(dir, { recursive: true, force: true })
}

export async function run(): Promise<void> {
  for (const scene of scenes) await measure(scene)
}
