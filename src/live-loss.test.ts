// A camera that hangs up every few seconds, through the whole application on loopback: who watches goes on watching, and its sub stream is a stream of its own.
import { mkdtempSync, rmSync } from 'node:fs'
import { get } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import { silentLog, systemClock, systemRandom } from './base/index.ts'
import { connectTo } from './commands/client.ts'
import { clipCacheDir, readScenario } from './commands/simulate.ts'
import { loadConfig } from './config.ts'
import { isFieldName, type FieldName } from './registry/index.ts'
import { startService } from './service/start.ts'
import { clipsFor, startFleet, type Scenario } from './simulator/index.ts'

const district = readScenario(new URL('../fixtures/scenarios/district.json', import.meta.url))
const password = 'a-password-of-the-test'
const sipId = '32011600002000000001'

async function until(check: () => Promise<boolean>, what: string): Promise<void> {
  for (let i = 0; i < 400; i++) {
    if (await check()) return
    await new Promise((resolve) => setTimeout(resolve, 25))
  }
  throw new Error(`waited in vain: ${what}`)
}

t.test('a viewer of a camera that hangs up', async (t) => {
  const found = district.devices.find((each) => each.kind === 'camera' && each.registers && each.channels.some((channel) => channel.fault === 'ends-midway'))
  const channel = found?.channels[0]
  if (!found || !channel) throw new Error('the district has a camera that hangs up')
  const scenario: Scenario = { ...district, keepaliveS: 1, devices: [found] }
  const dataDir = mkdtempSync(join(tmpdir(), 'yiji-live-'))
  const clips = await clipsFor(scenario, { cacheDir: clipCacheDir, children: 1 })
  const environment = {
    YIJI_DATA_DIR: dataDir, YIJI_HTTP_PORT: '0', YIJI_SIP_HOST: '127.0.0.1', YIJI_SIP_PORT: '0', YIJI_SIP_ID: sipId, YIJI_SIP_PASSWORD: scenario.password,
    YIJI_MEDIA_PORTS: '18500-18599', YIJI_MEDIA_LINGER_MS: '0', YIJI_ADMIN_PASSWORD: password, YIJI_LOG_LEVEL: 'silent',
  }
  const service = await startService(loadConfig(environment, join(dataDir, 'none.yaml')), silentLog)
  const fleet = await startFleet({ scenario: { ...scenario, registrar: { id: sipId, host: '127.0.0.1', port: service.sipPort } }, clips, clock: systemClock, random: systemRandom, log: silentLog })
  t.teardown(async () => {
    await service.close()
    await fleet.close()
    rmSync(dataDir, { recursive: true, force: true })
  })
  await fleet.registered
  const fields = Object.fromEntries(Object.entries(channel.record).filter((entry): entry is [FieldName, string] => isFieldName(entry[0])))
  await service.registry.importRows([fields], 'test')
  await until(async () => (await service.registry.deviceOfChannel(channel.id)) !== undefined, 'its catalog')
  const client = await connectTo(service.url, 'admin', password)
  interface Figures {
    readonly stream: string
    readonly state: string
    readonly restarts: number
    readonly viewers: number
    readonly source?: { readonly host: string }
    readonly ssrcExpected?: number
    readonly ssrcSeen?: number
  }
  const figures = async (): Promise<Figures | undefined> => (await client.json<{ items: Figures[] }>('GET', '/live')).items[0]
  const watch = async (query: string) => {
    const { external } = await client.json<{ external: { flv: string } }>('GET', `/live/${channel.id}${query}`)
    const seen = { bytes: 0, isOver: false }
    const request = get(external.flv, (response) => {
      response.on('data', (chunk: Buffer) => (seen.bytes += chunk.length))
      response.on('close', () => (seen.isOver = true))
    })
    request.on('error', () => {})
    return { seen, leave: () => request.destroy() }
  }

  const viewer = await watch('')
  await until(() => Promise.resolve(viewer.seen.bytes > 10_000), 'its first pictures')
  t.match(await figures(), { stream: 'main', state: 'live', restarts: 0, viewers: 1, source: { host: '127.0.0.1' } })
  const { ssrcExpected, ssrcSeen } = (await figures()) ?? {}
  t.equal(ssrcSeen, ssrcExpected, 'the camera sends what it answered')
  await until(async () => (await figures())?.state === 'resting', 'the camera hangs up')
  const before = viewer.seen.bytes
  await until(async () => (await figures())?.state === 'live', 'it is asked again')
  await until(() => Promise.resolve(viewer.seen.bytes > before + 10_000), 'pictures on the same connection')
  t.match(await figures(), { restarts: 1, viewers: 1 })
  t.equal(viewer.seen.isOver, false)
  viewer.leave()
  await until(async () => (await figures()) === undefined, 'hung up')
  t.equal(fleet.figures().streams, 0)

  const small = await watch('?stream=sub')
  await until(() => Promise.resolve(small.seen.bytes > 10_000), 'pictures of the sub stream')
  t.match(await figures(), { stream: 'sub', state: 'live' })
  small.leave()
  await until(async () => (await figures()) === undefined, 'hung up too')
})
