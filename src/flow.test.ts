// The whole application on loopback: register, catalog, watch, inspect, replay, lose the camera, come back after a restart.
import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { get } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import { silentLog, systemClock, systemRandom } from './base/index.ts'
import { connectTo } from './commands/client.ts'
import { clipCacheDir, readScenario } from './commands/simulate.ts'
import { loadConfig, type Config } from './config.ts'
import { draw, openDecoder, parsePopulation, replay, type Report } from './inspect/index.ts'
import { fieldTable, isFieldName, type FieldName } from './registry/index.ts'
import { observing } from './service/observing.ts'
import { software, startService, type Service } from './service/start.ts'
import { clipsFor, startFleet, type Fleet, type Scenario } from './simulator/index.ts'

const district = readScenario(new URL('../fixtures/scenarios/district.json', import.meta.url))
/** One camera of each kind that matters here: H.264 over UDP, H.265 over TCP, black, 486, not registered. */
const wanted = (fault: string, codec: 'h264' | 'h265', signalling: 'udp' | 'tcp') =>
  district.devices.find((device) => device.kind === 'camera' && device.signalling === signalling && device.channels.some((channel) => channel.truth.fault === fault && channel.codec === codec && channel.picture !== 'square'))
const devices = [wanted('none', 'h264', 'udp'), wanted('none', 'h265', 'tcp'), wanted('black picture', 'h265', 'tcp'), wanted('answers 486', 'h265', 'udp'), wanted('not registered at all', 'h264', 'tcp')].filter((device) => device !== undefined)
const scenario: Scenario = { ...district, keepaliveS: 1, devices }
const channels = devices.flatMap((device) => device.channels)
const password = 'a-password-of-the-test'

const dataDir = mkdtempSync(join(tmpdir(), 'yiji-flow-'))
const sipId = '32011600002000000001'
const config: Config = loadConfig(
  {
    YIJI_DATA_DIR: dataDir, YIJI_HTTP_PORT: '0', YIJI_SIP_HOST: '127.0.0.1', YIJI_SIP_PORT: '0', YIJI_SIP_ID: sipId, YIJI_SIP_PASSWORD: scenario.password,
    YIJI_MEDIA_PORTS: '18000-18399', YIJI_MEDIA_LINGER_MS: '300', YIJI_ADMIN_PASSWORD: password, YIJI_LOG_LEVEL: 'silent',
  },
  join(dataDir, 'none.yaml'),
)
const open: { service?: Service; fleet?: Fleet } = {}
t.teardown(async () => {
  await open.service?.close()
  await open.fleet?.close()
  rmSync(dataDir, { recursive: true, force: true })
})

t.test('the whole application', async (t) => {
  t.equal(devices.length, 5, 'the district has one of each')
  const clips = await clipsFor(scenario, { cacheDir: clipCacheDir, children: 2 })
  const service = (open.service = await startService(config, silentLog))
  const fields = channels.map((channel) => Object.fromEntries(Object.entries(channel.record).filter((entry): entry is [FieldName, string] => isFieldName(entry[0]))))
  t.match(await service.registry.importRows(fields, 'test'), { created: 5, rejected: [] })
  t.ok(fieldTable.length >= 27)

  const fleet = (open.fleet = await startFleet({ scenario: { ...scenario, registrar: { id: sipId, host: '127.0.0.1', port: service.sipPort } }, clips, clock: systemClock, random: systemRandom, log: silentLog }))
  t.match(await fleet.registered, { devices: 4, registered: 4 })
  const [udp, tcp, black, busy, stranger] = channels
  if (!udp || !tcp || !black || !busy || !stranger) throw new Error('five channels were asked for')
  await service.registry.setMediaTransport(udp.id, 'udp')
  await service.registry.setMediaTransport(black.id, 'tcp-active')
  const client = await connectTo(service.url, 'admin', password)
  type List = { items: { id: string; presence: string; reported?: { fields: Record<string, string> } }[]; total: number }
  await until(async () => (await client.json<List>('GET', '/cameras?online=true&limit=50')).total === 4)
  const list = await client.json<List>('GET', '/cameras?limit=50')
  t.equal(list.total, 5)
  t.same(list.items.filter((camera) => camera.presence !== 'online').map((camera) => camera.id), [stranger.id], 'the one that never registered is not online')
  t.match(list.items.find((camera) => camera.id === udp.id), { reported: { fields: { name: udp.name } } }, 'the catalog stands beside the record')

  await t.test('two viewers share one upstream, and the last one out hangs up', async (t) => {
    const addresses = await client.json<{ external: { flv: string } }>('GET', `/live/${udp.id}`)
    const viewers = [watch(addresses.external.flv), watch(`${addresses.external.flv}&sound=0`)]
    const heads = await Promise.all(viewers.map((viewer) => viewer.first(20_000)))
    const tracks = heads.map((head) => head.subarray(0, 5).toString('latin1'))
    t.match(tracks[0], /^FLV\u0001[\u0001\u0005]$/, 'video, and sound where it has come')
    t.equal(tracks[1], 'FLV\u0001\u0001', 'no sound announced that never comes')
    t.match(service.relays.list(), [{ camera: udp.id, state: 'live', codec: 'h264', viewers: 2 }])
    t.equal(fleet.figures().streams, 1, 'one INVITE for both')
    for (const viewer of viewers) viewer.leave()
    await until(async () => fleet.figures().streams === 0)
    await until(async () => service.relays.list().length === 0)
    const jpeg = await client.bytes(`/live/${tcp.id}.jpg`)
    t.same([jpeg[0], jpeg[1]], [0xff, 0xd8], 'a picture of the H.265 camera')
    await t.rejects(client.bytes(`/live/${stranger.id}.jpg`), { message: /not registered|not-registered/ })
  })

  await t.test('a camera that we connect to', async (t) => {
    const { external } = await client.json<{ external: { flv: string } }>('GET', `/live/${black.id}`)
    const viewer = watch(external.flv)
    t.equal((await viewer.first(1_000)).subarray(0, 3).toString('latin1'), 'FLV')
    t.match(service.relays.list(), [{ camera: black.id, state: 'live', transport: 'tcp-active', viewers: 1 }])
    viewer.leave()
  })

  await t.test('an inspection finds what was simulated, and everything of it can be computed again', async (t) => {
    await until(async () => service.relays.list().length === 0)
    const seed = '00112233445566778899aabbccddeeff'
    const started = await client.json<{ id: string; total: number }>('POST', '/inspections', { area: '320116', seed, rules: 'demo' })
    t.equal(started.total, 5)
    const events: string[] = []
    for await (const event of client.events(`/inspections/${started.id}/events`)) events.push((event as { type: string }).type)
    t.equal(events.at(-1), 'finished')
    t.equal(events.filter((type) => type === 'check-done').length, 5)
    t.equal(events.filter((type) => type === 'check-started').length, 5, 'also of checks that began before anyone listened')
    const report = JSON.parse((await client.bytes(`/inspections/${started.id}/report.json`)).toString()) as Report
    for (const check of report.checks) {
      const truth = channels.find((channel) => channel.id === check.camera.id)?.truth
      t.same({ result: check.verdict.result, reasons: check.verdict.reasons }, { result: truth?.result, reasons: truth?.reasons }, `${check.camera.id}: ${truth?.fault}`)
      t.equal(check.attempts.length, 2, 'both attempts are kept')
    }
    t.match(report.checks.find((check) => check.camera.id === busy.id)?.attempts, [{ outcome: 'refused', sipStatus: 486 }, { outcome: 'refused' }])
    t.match(report.checks.find((check) => check.camera.id === black.id), { picture: { present: false, absence: 'black' }, stream: { transport: 'tcp-active' } })
    const healthy = report.checks.find((check) => check.camera.id === tcp.id)
    const times = healthy?.attempts[0]?.times
    t.ok(times?.ok !== undefined && times.firstPacket !== undefined && times.firstKeyframe !== undefined && times.firstPicture !== undefined, 'four times')
    t.ok((times?.ok ?? 9) <= (times?.firstKeyframe ?? 0) && (times?.firstPacket ?? 9) <= (times?.firstKeyframe ?? 0) && (times?.firstKeyframe ?? 9) < (times?.firstPicture ?? 0), 'in order')
    for (const item of healthy?.evidence ?? []) {
      t.equal(createHash('sha256').update(await client.bytes(`/inspections/${started.id}/evidence/${item.file}`)).digest('hex'), item.sha256, `${item.file} is what was hashed`)
    }

    t.match(await client.json('GET', `/cameras/${tcp.id}`), { verified: { networking: { value: 'networked', inspection: started.id }, encoding: { inspection: started.id } } }, 'what was seen is in the record')

    const population = parsePopulation(readFileSync(join(service.evidenceDir, started.id, 'population.tsv'), 'utf8'))
    const again = draw(population, { seed, strata: report.inspection.strata.map((stratum) => ({ class: stratum.class, count: stratum.asked })) })
    t.equal(again.population.sha256, report.inspection.population.sha256)
    t.same(again.members.map((member) => member.id), report.checks.map((check) => check.camera.id), 'the draw again')

    const decoder = openDecoder({ children: 1, clock: systemClock, log: silentLog })
    let replayed = 0
    for await (const { file, differences } of replay(join(service.evidenceDir, started.id, 'recordings'), { decoder, ...observing, software })) {
      t.same(differences, [], `${file} again`)
      replayed++
    }
    t.equal(replayed, 5)
    await decoder.close()
  })

  await t.test('a second service on the same data is refused in one line', async (t) => {
    const second = await run(['serve'], { YIJI_DATA_DIR: dataDir, YIJI_HTTP_PORT: '0', YIJI_SIP_PORT: '0' })
    t.match(second, { code: 1, stdout: '', stderr: /^yiji: .*(another|already|in use|held).*\n$/ })
  })

  await t.test('a lost camera is offline at once over TCP; a restart keeps what was known', async (t) => {
    await fleet.close()
    delete open.fleet
    await until(async () => (await service.registry.device(tcp.id))?.presence === 'offline')
    const history = await service.registry.presenceHistory(tcp.id)
    t.ok(history.some((change) => change.to === 'offline' && change.reason.length > 0), 'with its reason')
    await service.close()
    const restarted = (open.service = await startService(config, silentLog))
    const again = await connectTo(restarted.url, 'admin', password)
    t.equal((await again.json<List>('GET', '/cameras?limit=50')).total, 5)
    const kept = await again.json<{ items: { id: string; state: string; done: number }[] }>('GET', '/inspections')
    t.match(kept.items, [{ state: 'done', done: 5 }])
    const html = (await again.bytes(`/inspections/${kept.items[0]?.id}/report.html?lang=en`)).toString()
    t.ok(html.includes(udp.name) && html.includes('data:image/jpeg;base64,'), 'the report with its pictures')
    t.ok((await restarted.registry.device(udp.id))?.binding, 'the binding is still there')
  })
})

interface Viewer {
  readonly first: (bytes: number) => Promise<Buffer>
  readonly leave: () => void
}

function watch(url: string): Viewer {
  const chunks: Buffer[] = []
  const request = get(url, (response) => response.on('data', (chunk: Buffer) => chunks.push(chunk)))
  request.on('error', () => {})
  return {
    first: async (bytes) => {
      await until(async () => chunks.reduce((sum, chunk) => sum + chunk.length, 0) >= bytes)
      return Buffer.concat(chunks)
    },
    leave: () => request.destroy(),
  }
}

function run(args: readonly string[], environment: Readonly<Record<string, string>>): Promise<{ code: number | null; stdout: string; stderr: string }> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, ['bin/yiji.js', ...args], { env: { PATH: process.env.PATH ?? '', ...environment }, cwd: new URL('..', import.meta.url).pathname })
    let [stdout, stderr] = ['', '']
    child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()))
    child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()))
    child.on('close', (code) => resolve({ code, stdout, stderr }))
  })
}

async function until(isTrue: () => Promise<boolean>): Promise<void> {
  const limit = systemClock.nowUs() + 20_000_000
  while (!(await isTrue())) {
    if (systemClock.nowUs() > limit) throw new Error('waited 20 s in vain')
    await new Promise<void>((done) => systemClock.after(25, done))
  }
}
