// Recordings through the whole application on loopback: asked for, played and steered, downloaded as a file, all over HTTP.
import { mkdtempSync, rmSync } from 'node:fs'
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
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  throw new Error(`waited in vain: ${what}`)
}

t.test('recordings of a simulated camera over HTTP', async (t) => {
  const device = district.devices.find((each) => each.kind === 'camera' && each.registers && each.signalling === 'udp' && each.channels.every((channel) => channel.codec === 'h264' && channel.fault === 'ok'))
  if (!device) throw new Error('the district has a healthy H.264 camera over UDP')
  const scenario: Scenario = { ...district, keepaliveS: 1, devices: [device] }
  const dataDir = mkdtempSync(join(tmpdir(), 'yiji-playback-'))
  const clips = await clipsFor(scenario, { cacheDir: clipCacheDir, children: 1 })
  const service = await startService(
    loadConfig({ YIJI_DATA_DIR: dataDir, YIJI_HTTP_PORT: '0', YIJI_SIP_HOST: '127.0.0.1', YIJI_SIP_PORT: '0', YIJI_SIP_ID: sipId, YIJI_SIP_PASSWORD: scenario.password, YIJI_MEDIA_PORTS: '18400-18499', YIJI_ADMIN_PASSWORD: password, YIJI_LOG_LEVEL: 'silent' }, join(dataDir, 'none.yaml')),
    silentLog,
  )
  const fleet = await startFleet({ scenario: { ...scenario, registrar: { id: sipId, host: '127.0.0.1', port: service.sipPort } }, clips, clock: systemClock, random: systemRandom, log: silentLog })
  t.teardown(async () => {
    await service.close()
    await fleet.close()
    rmSync(dataDir, { recursive: true, force: true })
  })
  await fleet.registered
  const [channel] = device.channels
  if (!channel) throw new Error('a camera has a channel')
  const fields = Object.fromEntries(Object.entries(channel.record).filter((entry): entry is [FieldName, string] => isFieldName(entry[0])))
  await service.registry.importRows([fields], 'test')
  await until(async () => (await service.registry.deviceOfChannel(channel.id)) !== undefined, 'its catalog')
  const client = await connectTo(service.url, 'admin', password)
  interface View {
    readonly id: string
    readonly state: string
    readonly positionMs: number
    readonly external?: { readonly flv: string }
    readonly end?: { readonly how: string; readonly reason: string }
    readonly file?: { readonly bytes: number; readonly isWhole: boolean }
  }
  const to = Math.floor(Date.now() / 1000) * 1000 - 3_600_000
  const get = (id: string): Promise<View> => client.json<View>('GET', `/playbacks/${id}`)

  const list = await client.json<{ items: { startMs: number; endMs: number }[]; isComplete: boolean }>('GET', `/cameras/${channel.id}/recordings?from=${to - 2 * 3_600_000}&to=${to}`)
  t.equal(list.isComplete, true)
  t.ok(list.items.length >= 2 && list.items.every(({ startMs, endMs }) => endMs > startMs), `${list.items.length} recordings`)

  const playback = await client.json<View>('POST', `/cameras/${channel.id}/playbacks`, { from: to - 600_000, to, kind: 'playback' })
  const leaving = new AbortController()
  const response = await fetch(playback.external?.flv ?? '', { signal: leaving.signal })
  const first = await response.body?.getReader().read()
  t.equal(Buffer.from(first?.value ?? []).subarray(0, 3).toString(), 'FLV')
  t.match(await get(playback.id), { state: 'playing' })
  t.equal(fleet.figures().streams, 1)
  t.match(await client.json<View>('POST', `/playbacks/${playback.id}/control`, { action: 'pause' }), { state: 'paused' })
  const { positionMs } = await get(playback.id)
  await new Promise((resolve) => setTimeout(resolve, 700))
  t.equal((await get(playback.id)).positionMs, positionMs, 'it stands still')
  t.match(await client.json<View>('POST', `/playbacks/${playback.id}/control`, { action: 'resume' }), { state: 'playing' })
  await until(async () => (await get(playback.id)).positionMs > positionMs, 'it goes on')
  t.match(await client.json<View>('DELETE', `/playbacks/${playback.id}`), { state: 'ended', end: { how: 'stopped' } })
  await until(() => Promise.resolve(fleet.figures().streams === 0), 'hung up')
  leaving.abort()

  const download = await client.json<View>('POST', `/cameras/${channel.id}/playbacks`, { from: to - 4_000, to, kind: 'download', speed: 4 })
  await until(async () => (await get(download.id)).state === 'ended', 'its end')
  await until(async () => (await get(download.id)).file?.isWhole === true, 'the file')
  const view = await get(download.id)
  t.match(view, { end: { how: 'finished' }, progress: 1 })
  t.ok(view.positionMs > 3_000, `${view.positionMs} ms of 4,000`)
  const file = await client.bytes(`/playbacks/${download.id}/file`)
  t.equal(file.length, view.file?.bytes)
  t.equal(file.subarray(0, 3).toString(), 'FLV')
  await until(() => Promise.resolve(fleet.figures().streams === 0), 'hung up')
})
