// Inspections of a simulated fleet through the whole application on loopback: beside a viewer, over a longer window, with the device's own word, and across
// a restart.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { silentLog, systemClock, systemRandom } from './base/index.ts'
import { clipCacheDir, readScenario } from './commands/simulate.ts'
import { loadConfig } from './config.ts'
import { defaultRules, openDecoder, replay, type Check, type Plan, type RuleSet } from './inspect/index.ts'
import type { Membership } from './media/index.ts'
import { isFieldName, type FieldName } from './registry/index.ts'
import { observing } from './service/observing.ts'
import { software, startService, type Service } from './service/start.ts'
import { clipsFor, startFleet, type Fleet, type Scenario, type ScenarioChannel, type ScenarioDevice, type StreamFault } from './simulator/index.ts'

const district = readScenario(new URL('../fixtures/scenarios/district.json', import.meta.url))
const sipId = '32011600002000000001'
const healthy = district.devices.find(({ kind, registers, channels }) => kind === 'camera' && registers && channels[0]?.fault === 'ok' && channels[0].codec === 'h264' && channels[0].picture === 'street')
if (!healthy) throw new Error('the district has a healthy camera')

async function until(check: () => boolean | Promise<boolean>, what: string): Promise<void> {
  for (let i = 0; i < 1200; i++) {
    if (await check()) return
    await new Promise((resolve) => setTimeout(resolve, 25))
  }
  throw new Error(`waited in vain: ${what}`)
}

/** Healthy cameras, each with what it does otherwise; ids count up. */
const camera = (n: number, over: Partial<ScenarioDevice> = {}, fault: StreamFault = 'ok', more: Partial<ScenarioChannel> = {}): ScenarioDevice => {
  const id = `320116000013200009${String(n).padStart(2, '0')}`
  const [channel] = healthy.channels
  if (!channel) throw new Error('a camera has a channel')
  return { ...healthy, id, media: 'udp', channels: [{ ...channel, id, fault, record: { ...channel.record, code: id }, ...more }], ...over }
}

const rules: RuleSet = {
  ...defaultRules,
  name: 'quick',
  betweenAttemptsMs: 300,
  timeouts: { answerMs: 8_000, firstPacketMs: 10_000, firstKeyframeMs: 12_000 },
  sampling: { pictures: 3, spacingMs: 900, windowMs: 8_000 },
  running: { ...defaultRules.running!, windowMs: 7_000, pictureEveryMs: 2_000 },
}

async function setUp(t: Test, ports: string, devices: readonly ScenarioDevice[]): Promise<{ service: () => Service; fleet: Fleet; dataDir: string; restart: () => Promise<void>; check: (n: number, kinds?: Plan['samples'][number]['kinds']) => Promise<Check> }> {
  const scenario: Scenario = { ...district, keepaliveS: 1, devices }
  const dataDir = mkdtempSync(join(tmpdir(), 'yiji-inspection-'))
  const clips = await clipsFor(scenario, { cacheDir: clipCacheDir, children: 1 })
  const environment = (sipPort: number): Record<string, string> => ({
    YIJI_DATA_DIR: dataDir, YIJI_HTTP_PORT: '0', YIJI_SIP_HOST: '127.0.0.1', YIJI_SIP_PORT: String(sipPort), YIJI_SIP_ID: sipId, YIJI_SIP_PASSWORD: scenario.password,
    YIJI_MEDIA_PORTS: ports, YIJI_ADMIN_PASSWORD: 'a-password-of-the-test', YIJI_LOG_LEVEL: 'silent', YIJI_INSPECTIONS_RESUME_SECONDS: '1',
  })
  const open = (sipPort: number): Promise<Service> => startService(loadConfig(environment(sipPort), join(dataDir, 'none.yaml')), silentLog)
  let service = await open(0)
  const { sipPort } = service
  const fleet = await startFleet({ scenario: { ...scenario, registrar: { id: sipId, host: '127.0.0.1', port: sipPort } }, clips, clock: systemClock, random: systemRandom, log: silentLog })
  t.teardown(async () => {
    await service.close()
    await fleet.close()
    rmSync(dataDir, { recursive: true, force: true })
  })
  await fleet.registered
  for (const { id, channels, media } of devices) {
    const fields = Object.fromEntries(Object.entries(channels[0]?.record ?? {}).filter((entry): entry is [FieldName, string] => isFieldName(entry[0])))
    await service.registry.importRows([fields], 'test')
    await service.registry.setMediaTransport(id, media)
    await until(async () => (await service.registry.deviceOfChannel(id)) !== undefined, 'its catalog')
  }
  const check = async (n: number, kinds: Plan['samples'][number]['kinds'] = ['record', 'image']): Promise<Check> => {
    const code = devices[n]?.id ?? ''
    const { id } = await service.inspections.start({ area: district.area, rules, by: 'test', plan: planOf(code, kinds), redrawReason: 'test' })
    const [done] = (await service.inspections.finished(id)).checks
    if (!done) throw new Error('no check')
    return done
  }
  const restart = async (): Promise<void> => {
    await service.close()
    service = await open(sipPort)
  }
  return { service: () => service, fleet, dataDir, restart, check }
}

/** One camera, or all of them, by its code. */
function planOf(code: string | undefined, kinds: Plan['samples'][number]['kinds']): Plan {
  const words = { zh: '试', en: 'test' }
  return {
    name: 'test', title: words, population: { isNetworkedOnly: false, leavesOutExempted: false, where: [] },
    samples: [{ name: 'test', title: words, kinds, strata: [{ name: 'all', title: words, where: code === undefined ? [] : [{ field: 'code', match: 'equals', values: [code], says: words }], count: 'all' }] }],
  }
}

async function watch(service: Service, code: string): Promise<{ readonly units: () => number; readonly membership: Membership }> {
  let units = 0
  const membership = service.relays.join(code, { kind: 'viewer', onUnit: () => units++ })
  await membership.joined
  return { units: () => units, membership }
}

t.test('somebody watches: the device is asked for a stream of the check’s own, or the running one is listened to', async (t) => {
  const { service, fleet, check } = await setUp(t, '18700-18799', [camera(1), camera(2, { habits: ['busy-while-held'] }), camera(3, { media: 'tcp-passive' })])
  for (const n of [0, 2]) {
    const code = ['32011600001320000901', '', '32011600001320000903'][n] ?? ''
    const viewer = await watch(service(), code)
    const checking = check(n)
    await until(() => fleet.figures().streams === 2, 'two streams of one camera')
    const done = await checking
    t.match(done.attempts[0], { start: 'beside', isCold: true, outcome: 'ok' })
    const { ok = -1, ack = -1, firstPacket = -1, firstKeyframe = -1, firstPicture = -1 } = done.attempts[0]?.times ?? {}
    const inOrder = [0, ok, firstPacket, firstKeyframe, firstPicture]
    t.same(inOrder, [...inOrder].sort((a, b) => a - b), `in order: ${inOrder.join(' ')}`)
    t.ok(ack >= ok)
    t.equal(done.responseMs, firstPicture)
    const before = viewer.units()
    await until(() => viewer.units() > before + 10, 'whoever watches goes on watching')
    t.equal(service().relays.list().find(({ camera }) => camera === code)?.restarts, 0)
    await viewer.membership.leave({ linger: true })
    t.match((await check(n)).attempts[0], { start: 'cold' }, 'a stream that lingers for nobody is no reason')
  }
  const held = await watch(service(), '32011600001320000902')
  const joined = await check(1)
  t.match(joined, { attempts: [{ start: 'joined', isCold: false, outcome: 'ok', times: {} }, { start: 'joined' }], verdict: { result: 'review' } })
  t.ok(joined.verdict.reasons.includes('joined-running'))
  t.notOk('responseMs' in joined)
  const before = held.units()
  await until(() => held.units() > before + 10, 'it is not ended for the check')
  await held.membership.leave()
  const decoder = openDecoder({ children: 1, clock: systemClock, log: silentLog })
  t.teardown(() => decoder.close())
  for await (const { file, differences } of replay(service().evidenceDir, { decoder, ...observing, software })) t.same(differences, [], file)
})

t.test('a longer look, and what the device says of itself', async (t) => {
  const faults: readonly (readonly [StreamFault, Partial<ScenarioChannel>, readonly string[]])[] = [
    ['ok', {}, []],
    ['pauses', {}, ['interrupted-stream']],
    ['half-rate', {}, ['low-frame-rate']],
    ['restarts', {}, ['stream-restarted']],
    ['loses-packets', {}, ['packet-loss']],
    ['ok', { picture: 'frozen' }, ['picture-froze']],
    ['rare-keyframes', {}, []],
    ['busy', {}, ['refused']],
    ['ends-midway', {}, ['lost-midway', 'short-look', 'stream-restarted']],
  ]
  const { service } = await setUp(t, '18800-18899', faults.map(([fault, more], n) => camera(10 + n, { edition: n === 0 ? '2016' : '2022', ...(n === 1 && { clockOffsetS: -600 }) }, fault, more)))
  const { id } = await service().inspections.start({ area: district.area, rules: { ...rules, concurrency: { total: 10, perDevice: 2 } }, by: 'test', plan: planOf(undefined, ['running']), redrawReason: 'test' })
  const { checks } = await service().inspections.finished(id)
  for (const [n, [fault, , wanted]] of faults.entries()) {
    const check = checks.find(({ camera }) => camera.id.endsWith(String(10 + n)))
    const { reasons = [] } = check?.verdict ?? {}
    for (const reason of wanted) t.ok(reasons.some((each) => each === reason), `${fault}: ${reason} is among ${reasons.join(' ')}; ${JSON.stringify(check?.attempts.map(({ running }) => running))}`)
    t.equal(check?.verdict.result === 'fail', fault === 'busy', `${fault}: only a stream that does not come fails (${reasons.join(' ')})`)
    if (fault !== 'busy') t.ok((check?.running?.figures ?? []).every(({ code, unit }) => code !== '' && unit !== undefined))
  }
  const of = (n: number): Check | undefined => checks.find(({ camera }) => camera.id.endsWith(String(10 + n)))
  const looked = of(0)?.attempts[0]?.running
  t.match(looked, { wantedSeconds: 7, gaps: 0, freezes: 0, restarts: 0, sizes: ['960x540'], declaredFps: 25 })
  t.ok((looked?.fps ?? 0) > 23 && (looked?.seconds ?? 0) >= 6.9, JSON.stringify(looked))
  t.equal(of(0)?.attempts.length, 1, 'one look is enough')
  t.ok(Math.abs(of(0)?.device?.said.clock?.offsetS ?? 99) < 2, JSON.stringify(of(0)?.device))
  t.notOk(of(0)?.device?.said.osd ?? of(0)?.device?.said.osdMissing, 'a device of the 2016 edition is not asked for it')
  t.match(of(1)?.device?.figures.find(({ code }) => code === 'clock-offset'), { threshold: 30, result: 'doubtful', unit: 's' })
  t.ok(of(1)?.verdict.reasons.includes('clock-off'))
  t.ok(of(1)?.device?.said.osd ?? of(1)?.device?.said.osdMissing, 'one of the 2022 edition is')
  const decoder = openDecoder({ children: 1, clock: systemClock, log: silentLog })
  t.teardown(() => decoder.close())
  for await (const { file, differences } of replay(join(service().evidenceDir, id), { decoder, ...observing, software })) t.same(differences, [], file)
})

t.test('the service ends in the middle of an inspection: the next one goes on, and says so', async (t) => {
  const devices = Array.from({ length: 6 }, (_, n) => camera(30 + n))
  const { service, restart } = await setUp(t, '18900-18999', devices)
  const slow = { ...rules, concurrency: { total: 2, perDevice: 2 } }
  const { id } = await service().inspections.start({ area: district.area, rules: slow, by: 'test', plan: planOf(undefined, ['record', 'image']) })
  await until(async () => ((await service().inspections.outline(id))?.counts?.done ?? 0) >= 2, 'some checks')
  const before = (await service().inspections.get(id))?.checks ?? []
  await restart()
  await until(async () => (await service().inspections.outline(id))?.resumedAtMs !== undefined, 'it is picked up')
  const done = await service().inspections.finished(id)
  t.match(done, { state: 'done', resumedAtMs: { length: 1 }, checks: { length: 6 } })
  t.same(done.checks.filter(({ n }) => before.some((each) => each.n === n)), before, 'what was done stays as it was')
  const cut = done.checks.filter(({ cutBefore }) => cutBefore === 1).length
  t.ok(cut >= 1 && cut <= 2, `${cut} of the two at a time were in the middle`)
  t.ok(done.checks.every(({ attempts }) => attempts.every(({ outcome }) => outcome === 'ok')), 'our restart is nobody’s fault')
})
