// One import into a store of its own, in a process of its own, so that its memory is its own: `node run.ts FILE FOLDER`. Prints JSON.
import { createReadStream, createWriteStream, statSync } from 'node:fs'
import { basename, join } from 'node:path'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { pipeline } from 'node:stream/promises'
import { silentLog, systemClock, systemRandom } from '../../../src/base/index.ts'
import { createRegistry, type Camera } from '../../../src/registry/index.ts'
import { createImports } from '../../../src/service/imports.ts'
import { exportBytes } from '../../../src/service/transfer.ts'
import { openStore } from '../../../src/store/index.ts'

const [file = '', dataDir = '', exported = ''] = process.argv.slice(2)
const store = await openStore({ file: join(dataDir, 'yiji.sqlite'), clock: systemClock })
const turn = (): Promise<void> => new Promise(setImmediate)
const registry = createRegistry({ store: store.registry, clock: systemClock, log: silentLog, turn })
const imports = await createImports({ store, registry, dataDir, files: 20, maxBytes: 256 * 1024 * 1024, keepMs: 3600_000, clock: systemClock, log: silentLog, random: systemRandom })
const idleMb = process.memoryUsage.rss() / 1e6

let peak = 0
const sampling = setInterval(() => (peak = Math.max(peak, process.memoryUsage.rss())), 50)
/** A device that registers every 50 ms: how long its 200 waits. */
let waits: number[] = []
const binding = { deviceId: '34020000001320000001', contact: 'sip:1@10.0.0.1', source: { host: '10.0.0.1', port: 5060 }, transport: 'udp', registeredAtMs: 0, expiresAtMs: 1, expiresS: 3600 }
const registering = setInterval(() => {
  const from = performance.now()
  void registry.applyBinding(binding.deviceId, binding as unknown as Parameters<typeof registry.applyBinding>[1]).then(() => {
    waits.push(performance.now() - from)
  })
}, 50)

interface Stage {
  readonly name: string
  readonly seconds: number
  readonly cpuSeconds: number
  readonly longestBlockMs: number
  readonly registers: number
  readonly registerP99Ms: number
  readonly longestWriteMs: number
  readonly peakMb: number
}
const stages: Stage[] = []
async function stage<T>(name: string, work: () => Promise<T>): Promise<T> {
  const histogram = monitorEventLoopDelay({ resolution: 1 })
  histogram.enable()
  const [from, cpu] = [performance.now(), process.cpuUsage()]
  waits = []
  peak = process.memoryUsage.rss()
  const result = await work()
  await new Promise((resolve) => setTimeout(resolve, 20))
  histogram.disable()
  const sorted = waits.toSorted((a, b) => a - b)
  const { user, system } = process.cpuUsage(cpu)
  const round = (number: number): number => Math.round(number * 100) / 100
  stages.push({ name, seconds: round((performance.now() - from) / 1000), cpuSeconds: round((user + system) / 1e6), longestBlockMs: round(histogram.max / 1e6 - 1), registers: sorted.length, registerP99Ms: round(sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * 0.99))] ?? 0), longestWriteMs: round(sorted.at(-1) ?? 0), peakMb: Math.round(peak / 1e6) })
  return result
}

const shown = await stage('read and shown', async () => {
  const { id } = await imports.begin({ fileName: basename(file), stream: createReadStream(file), by: 'bench', area: '', choices: {} })
  return imports.settled(id, 600_000)
})
if (shown.state !== 'ready') throw new Error(JSON.stringify(shown.failure))
const done = await stage('applied', async () => {
  await imports.apply(shown.id, { by: 'bench', why: 'bench' })
  return imports.settled(shown.id, 600_000)
})
if (done.state !== 'done') throw new Error(JSON.stringify(done.failure))
if (exported !== '') {
  await stage('exported', async () => {
    const every = async function* (): AsyncGenerator<Camera> {
      for (let cursor: string | undefined = ''; cursor !== undefined; ) {
        const page: { readonly items: readonly Camera[]; readonly next?: string } = await registry.cameras({ limit: 1000, ...(cursor === '' ? {} : { cursor }) })
        yield* page.items
        cursor = page.next
      }
    }
    await pipeline(exportBytes(every(), { format: exported.endsWith('xlsx') ? 'xlsx' : 'csv', withContacts: () => true }), createWriteStream(exported))
  })
}
clearInterval(sampling)
clearInterval(registering)
await imports.close()
await store.close()
process.stdout.write(`${JSON.stringify({ file: basename(file), mb: Math.round(statSync(file).size / 1e5) / 10, idleMb: Math.round(idleMb), counts: shown.preview?.counts, outcome: done.outcome, stages })}\n`)
