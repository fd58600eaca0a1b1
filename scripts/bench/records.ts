// 100,000 records: a catalog of as many channels kept, a check of all of them, and what lists, counts and completeness cost. How long each holds up
// everybody else is measured on the loop, and by the longest call into the store.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { silentLog, systemClock } from '../../src/base/index.ts'
import { createRegistry, type Camera, type Channel, type Registry, type RegistryStore } from '../../src/registry/index.ts'
import { openStore } from '../../src/store/index.ts'

const cameras = 100_000
const platform = '32010000002000000001'
const districts = ['320102', '320104', '320105', '320106', '320111', '320113', '320114', '320115', '320116', '320117', '320118']
const turn = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve))
const say = (line: string): void => void process.stdout.write(`  ${line}\n`)

const idOf = (n: number): string => `${districts[n % districts.length] ?? ''}0000131${String(n).padStart(7, '0')}`
const channel = (n: number): Channel => {
  const id = idOf(n)
  const raw = {
    DeviceID: id, Name: `雄州街道第${n}路口北侧`, Manufacturer: 'Hikvision', Model: 'DS-2CD7A47EWD', Owner: 'Owner', CivilCode: id.slice(0, 6), Address: `雄州街道${n}号`, Parental: '0', ParentID: platform, SafetyWay: '0',
    RegisterWay: '1', Secrecy: '0', IPAddress: `10.${(n >> 16) & 255}.${(n >> 8) & 255}.${n & 255}`, Port: '5060', Status: 'ON', Longitude: (118.5 + (n % 7001) / 10_000).toFixed(6), Latitude: (31.9 + (n % 5003) / 10_000).toFixed(6),
    'Info.PTZType': String(1 + (n % 4)), 'Info.PointType': String(1 + (n % 3)), 'Info.EncodeType': '2', 'Info.RecordSaveDays': '30', 'Info.ManagementUnit': `第${n % 400}派出所`,
  }
  return { id, name: raw.Name, status: 'on', raw }
}

interface Slowest {
  name: string
  ms: number
}
/** The same store, with the longest synchronous stretch of each call noted. */
function timed(store: RegistryStore, slowest: Slowest): RegistryStore {
  const entries = Object.entries(store).map(([name, method]) => [
    name,
    (...given: unknown[]) => {
      const from = performance.now()
      const result = (method as (...given: unknown[]) => unknown)(...given)
      const ms = performance.now() - from
      if (ms > slowest.ms) Object.assign(slowest, { name, ms })
      return result
    },
  ])
  return Object.fromEntries(entries) as unknown as RegistryStore
}

async function watched(what: string, slowest: Slowest, work: () => Promise<unknown>): Promise<void> {
  Object.assign(slowest, { name: '', ms: 0 })
  const histogram = monitorEventLoopDelay({ resolution: 1 })
  histogram.enable()
  const from = performance.now()
  await work()
  const ms = performance.now() - from
  await new Promise((resolve) => setTimeout(resolve, 5))
  histogram.disable()
  say(`${what}: ${(ms / 1000).toFixed(2)} s; longest block of the loop ${(histogram.max / 1e6 - 1).toFixed(0)} ms, 99.9 % below ${(histogram.percentile(99.9) / 1e6 - 1).toFixed(0)} ms; longest call ${slowest.name} ${slowest.ms.toFixed(0)} ms; heap ${(process.memoryUsage().heapUsed / 1e6).toFixed(0)} MB`)
}

async function each(what: string, times: number, work: () => Promise<unknown>): Promise<void> {
  await work()
  const took: number[] = []
  for (let n = 0; n < times; n++) {
    const from = performance.now()
    await work()
    took.push(performance.now() - from)
  }
  took.sort((a, b) => a - b)
  say(`${what}: ${took[Math.floor(times / 2)]?.toFixed(1)} ms, at most ${took.at(-1)?.toFixed(1)} ms`)
}

/** The drafts of the catalog declared as an office would: what is reported, with a fault in every tenth. */
async function declareAll(registry: Registry): Promise<void> {
  for (let n = 0; n < cameras; n += 500) {
    const ids = Array.from({ length: 500 }, (_, k) => idOf(n + k))
    await registry.adoptMany(ids, { fields: { functionType: '5', positionType: '8', networking: 'networked', policeUnit: '320116000000', status: '1', installedAt: '2024-05-01', contact: '025-55550100', ...(n % 10_000 === 0 ? { ipv4: '1.2.3' } : {}) } }, 'bench', 'adopted')
    await turn()
  }
}

export async function run(): Promise<void> {
  const dir = mkdtempSync(join(tmpdir(), 'yiji-bench-'))
  const store = await openStore({ file: join(dir, 'yiji.sqlite'), clock: systemClock })
  const slowest: Slowest = { name: '', ms: 0 }
  const registry = createRegistry({ store: timed(store.registry, slowest), clock: systemClock, log: silentLog, turn })
  await registry.applyBinding(platform, { transport: 'udp', host: '10.0.0.7', port: 5060, contact: 'sip:x', registeredAtMs: 1, expiresAtMs: 2, callId: 'c' })
  await registry.applyPresence({ deviceId: platform, from: 'unknown', to: 'online', reason: 'registered', atMs: systemClock.wallMs() })
  const list = Array.from({ length: cameras }, (_, n) => channel(n))
  await watched('a catalog of 100,000 channels, all new', slowest, () => registry.applyCatalog(platform, list, true))
  await watched('the same again', slowest, () => registry.applyCatalog(platform, list, true))
  await watched('all declared, 500 at a time', slowest, () => declareAll(registry))
  await watched('the catalog again, every tenth channel renamed', slowest, () => registry.applyCatalog(platform, list.map((each, n) => (n % 10 === 0 ? { ...each, name: '改名', raw: { ...each.raw, Name: '改名' } } : each)), true))
  for (const what of ['a check of everything', 'the same again']) {
    await watched(what, slowest, async () => {
      const run = await registry.checkEnded(registry.startCheck('', 'bench').id)
      if (run?.state !== 'done' || run.done !== cameras) throw new Error(JSON.stringify(run))
    })
  }
  const found = await registry.findings({ limit: 1 })
  say(`${found.total} findings: ${found.counts.map(({ rule, n }) => `${n} ${rule}`).join(', ')}`)
  await each('findings: a page of 50 with counts', 50, () => registry.findings({ limit: 50 }))
  await each('findings: of one rule, in a district', 50, () => registry.findings({ limit: 50, rule: 'catalog.renamed', area: '320118', state: 'open' }))
  await each('findings: a rule without any', 50, () => registry.findings({ limit: 50, rule: 'mac.duplicate' }))
  await each('findings: overdue', 20, () => registry.findings({ limit: 50, dueBeforeMs: systemClock.wallMs() }))
  await each('counts of everything', 50, () => registry.counts(''))
  for (const by of ['class', 'owner', 'builtBy', 'division'] as const) await each(`completeness by ${by}`, 50, () => registry.completeness({ area: '' }, by, 200))
  await each('the figures of a day', 1, () => registry.keepDay())
  await each('the history of the figures', 20, () => registry.completenessHistory({ area: '' }, ''))
  await watched('findings of one rule and district waived at once', slowest, () => registry.editFindings({ rule: 'catalog.renamed', area: '320102' }, '', { state: 'waived', reason: 'bench' }, 'bench').then((outcome) => say(JSON.stringify(outcome))))
  const one: Camera | undefined = await registry.camera(idOf(7))
  await each('one record changed', 50, () => registry.change(one?.id ?? '', { name: `改${Math.random()}` }, 'bench', 'x'))
  await store.close()
  rmSync(dir, { recursive: true, force: true })
}
