// The service's side of sip-register and sip-keepalive: its user agent over its registry and its store on a real disk, without what looks at pictures.
import { fork, type ChildProcess } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { fileURLToPath } from 'node:url'
import { silentLog, systemClock, systemRandom } from '../../../src/base/index.ts'
import { createRegistry } from '../../../src/registry/index.ts'
import { applyFact } from '../../../src/service/facts.ts'
import { startUserAgent } from '../../../src/sip/index.ts'
import { openStore } from '../../../src/store/index.ts'
import type { Order, Report } from './devices.ts'

export const serverId = '34020000002000000001'
export const realm = '3402000000'
const password = 'bench-password'

export interface Cost {
  readonly report: Report
  /** Of this process, all threads. */
  readonly cpuSeconds: number
  /** The part of it that the kernel took. */
  readonly systemSeconds: number
  /** Longest and 99th percentile of how long the event loop kept others waiting, in ms. */
  readonly lagMs: number
  readonly lag99Ms: number
  readonly rssMb: number
}

/** Runs `work` against a fresh service on a fresh data directory, which is removed afterwards. */
export async function withRegistrar(work: (run: (order: Pick<Order, 'kind' | 'transport' | 'count' | 'atOnce'> & Partial<Order>) => Promise<Cost>) => Promise<void>, ended?: (file: string) => void): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'yiji-bench-'))
  const file = join(folder, 'yiji.sqlite')
  const store = await openStore({ file, clock: systemClock })
  const registry = createRegistry({ store: store.registry, clock: systemClock, log: silentLog })
  const agent = await startUserAgent({
    id: serverId, realm, bind: { host: '127.0.0.1', port: 0 }, clock: systemClock, random: systemRandom, log: silentLog,
    passwordOf: async (deviceId) => (await registry.passwordOf(deviceId)) ?? password,
    restored: [],
    onFact: (fact) => applyFact(registry, fact, silentLog),
  })
  const devices = fork(fileURLToPath(new URL('./devices.ts', import.meta.url)), { execArgv: [] })
  const order = (wanted: Parameters<Parameters<typeof withRegistrar>[0]>[0] extends (order: infer O) => unknown ? O : never): Promise<Cost> =>
    measure(devices, { port: agent.port, serverId, realm, password, ...wanted })
  try {
    await work(order)
  } finally {
    devices.disconnect()
    await agent.close()
    await store.close()
    ended?.(file)
    rmSync(folder, { recursive: true })
  }
}

async function measure(devices: ChildProcess, order: Order): Promise<Cost> {
  const lag = monitorEventLoopDelay({ resolution: 20 })
  lag.enable()
  const before = process.cpuUsage()
  const report = await new Promise<Report>((resolve, reject) => {
    devices.once('message', (message) => resolve(message as Report))
    devices.once('exit', () => reject(new Error('the devices ended')))
    devices.send(order)
  })
  const { user, system } = process.cpuUsage(before)
  lag.disable()
  return { report, cpuSeconds: (user + system) / 1e6, systemSeconds: system / 1e6, lagMs: lag.max / 1e6, lag99Ms: lag.percentile(99) / 1e6, rssMb: process.memoryUsage.rss() / 1e6 }
}
