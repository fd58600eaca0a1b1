import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import { silentLog, systemClock, systemRandom } from '../base/index.ts'
import { createPipeline, createPorts, createReceivers, type AccessUnit, type MediaTransport } from '../media/index.ts'
import { startUserAgent, type SipFact, type UserAgent } from '../sip/index.ts'
import { clipKey, makeClips } from './io/clips.ts'
import { expandDevices, parseScenario, startFleet, type Fleet, type Scenario, type ScenarioChannel, type ScenarioDevice } from './index.ts'

// A small fleet against a real user agent, over real sockets, with small pictures that are really encoded.

const registrarId = '32011600002000000001'
const channel = (serial: number, codec: 'h264' | 'h265', fault: ScenarioChannel['fault'] = 'ok'): ScenarioChannel => ({
  id: `3201160000132000000${serial}`, name: `演示${serial}`, codec, picture: 'colour-bars', fault, record: { area: '320116', class: '1', managementUnit: '六合分局' }, truth: { result: 'pass', reasons: [], fault: 'none' },
})
const device = (made: ScenarioChannel, signalling: 'udp' | 'tcp', charset: 'gb2312' | 'utf-8'): ScenarioDevice => ({ id: made.id, kind: 'camera', registers: true, signalling, media: 'udp', charset, edition: '2022', channels: [made] })
const scenario: Scenario = {
  name: 'test', area: '320116', password: 'secret-of-the-test', keepaliveS: 1,
  devices: [
    device(channel(1, 'h264'), 'udp', 'gb2312'),
    device(channel(2, 'h265'), 'tcp', 'utf-8'),
    device(channel(3, 'h264', 'busy'), 'udp', 'utf-8'),
    { ...device(channel(4, 'h264'), 'udp', 'gb2312'), id: '32011600001180000001', kind: 'recorder', channels: [channel(4, 'h264'), channel(5, 'h264', 'ends-midway'), channel(6, 'h265', 'no-media')] },
  ],
}

t.test('a fleet registers, lists its channels and sends what it was told to', async (t) => {
  const cacheDir = mkdtempSync(join(tmpdir(), 'yiji-clips-test-'))
  const facts: SipFact[] = []
  const open: { agent?: UserAgent; fleet?: Fleet } = {}
  t.teardown(async () => {
    await open.agent?.close()
    await open.fleet?.close()
    rmSync(cacheDir, { recursive: true, force: true })
  })
  const clips = await makeClips((['h264', 'h265'] as const).map((codec) => ({ kind: 'colour-bars', codec, width: 128, height: 96, fps: 25, seconds: 1, startS: 0 })), { cacheDir, children: 1 })
  t.equal(clips.get(clipKey({ kind: 'colour-bars', codec: 'h265' }))?.units.length, 25, 'one access unit a frame')
  t.equal(clips.get(clipKey({ kind: 'colour-bars', codec: 'h264' }))?.units[0]?.isKeyframe, true)

  const agent = (open.agent = await startUserAgent({
    id: registrarId, realm: '3201160000', bind: { host: '127.0.0.1', port: 0 }, clock: systemClock, random: systemRandom, log: silentLog,
    passwordOf: async () => scenario.password, restored: [], onFact: async (fact) => void facts.push(fact), catalogAfterRegister: true,
  }))
  const fleet = (open.fleet = await startFleet({ scenario: { ...scenario, registrar: { id: registrarId, host: '127.0.0.1', port: agent.port } }, clips, clock: systemClock, random: systemRandom, log: silentLog }))
  t.same(await fleet.registered, { devices: 4, registered: 4, streams: 0 })

  await until(() => facts.filter((fact) => fact.type === 'catalog').length === 4)
  const catalog = facts.find((fact) => fact.type === 'catalog' && fact.deviceId === '32011600001180000001')
  t.match(catalog, { isComplete: true, items: [{ name: '演示4', raw: { 'Info.PointType': '1', 'Info.ManagementUnit': '六合分局' } }, {}, {}] }, 'a recorder lists its channels in GB 2312')

  const pull = async (deviceId: string, channelId: string, transport: MediaTransport, ms: number) => {
    const units: AccessUnit[] = []
    const pipeline = createPipeline({ transport })
    const openReceiver = createReceivers({ bindHost: '127.0.0.1', announcedHost: '127.0.0.1', ports: createPorts({ first: 21_000 + 2 * (systemRandom(2).readUInt16BE() % 5_000), last: 32_000, clock: systemClock }), clock: systemClock, log: silentLog })
    const receiver = await openReceiver(transport, { onBytes: (bytes, atUs) => units.push(...pipeline.push(bytes, atUs)) === 0, onEnd: () => {} })
    const ended: string[] = []
    const session = agent.invite({ deviceId, channelId, media: { host: '127.0.0.1', port: receiver.landing.port, transport }, answerTimeoutMs: 3_000, onEnded: (reason) => ended.push(reason) })
    const answer = await session.answered
    if (answer?.ok) await new Promise<void>((done) => systemClock.after(ms, done))
    await session.bye()
    await receiver.close()
    return { answer, units, figures: pipeline.figures(), ended }
  }
  const [udp, tcp, busy, silent, midway] = await Promise.all([
    pull(channel(1, 'h264').id, channel(1, 'h264').id, 'udp', 1_500),
    pull(channel(2, 'h265').id, channel(2, 'h265').id, 'tcp-passive', 1_500),
    pull(channel(3, 'h264').id, channel(3, 'h264').id, 'udp', 500),
    pull('32011600001180000001', channel(6, 'h265').id, 'udp', 500),
    pull('32011600001180000001', channel(5, 'h264').id, 'udp', 3_500),
  ])
  t.ok(udp.units.length > 25 && udp.units.every((unit) => unit.codec === 'h264' && !unit.isDamaged), `H.264 over UDP: ${udp.units.length} units`)
  t.match(udp.units[0], { isKeyframe: true, width: 128, height: 96 })
  t.ok(tcp.units.length > 25 && tcp.units.every((unit) => unit.codec === 'h265' && !unit.isDamaged), `H.265 over TCP: ${tcp.units.length} units`)
  t.match(busy.answer, { ok: false, reason: 'refused', sipStatus: 486 })
  t.equal(silent.answer?.ok, true)
  t.equal(silent.figures.payloadBytes, 0, 'answers and sends nothing')
  t.ok(midway.units.length > 0 && midway.ended.length === 1, 'hangs up by itself')
  await until(() => fleet.figures().streams === 0)
  t.equal(fleet.figures().registered, 4, 'still registered: keepalives were answered')
})

t.test('a broken scenario is one line that names the place', async (t) => {
  const broken: readonly (readonly [unknown, RegExp | undefined])[] = [
    ['{', /it is not JSON/],
    [{ ...scenario, area: '3201' }, /area is "3201": it takes 6 digits/],
    [{ ...scenario, devices: [{ ...scenario.devices[0], media: 'tcp' }] }, /devices\[0\]\.media is "tcp": it takes one of udp, tcp-passive/],
    [{ ...scenario, devices: [scenario.devices[0], scenario.devices[0]] }, /is there twice/],
    [{ ...scenario, devices: 7 }, /devices must be a list/],
    [{ ...scenario, devices: [{ ...scenario.devices[0], habits: ['unheard-of'] }] }, /devices\[0\]\.habits\[0\] is "unheard-of": `yiji simulate --habits` lists them/],
    [{ ...scenario, devices: [{ ...scenario.devices[0], count: 0 }] }, /devices\[0\]\.count must be a whole number above 0/],
    [{ ...scenario, devices: [{ ...scenario.devices[0], count: 4 }] }, undefined],
    [{ ...scenario, devices: [{ ...scenario.devices[0], count: 4 }, scenario.devices[1]] }, /the id 32011600001320000002 is there twice/],
    [{ ...scenario, devices: [{ ...scenario.devices[0], count: 60_000 }] }, /60000 devices, at most 50000/],
    [{ ...scenario, devices: [{ ...scenario.devices[0], id: '320116001113200001' }] }, undefined],
  ]
  for (const [value, message] of broken) {
    const parse = () => parseScenario(typeof value === 'string' ? value : JSON.stringify(value))
    if (message) t.throws(parse, { code: 'scenario.invalid', message })
    else t.doesNotThrow(parse)
  }
  const many = expandDevices([{ ...device(channel(1, 'h264'), 'udp', 'gb2312'), count: 3 }, { ...device(channel(8, 'h264'), 'udp', 'gb2312'), id: '32011600001180000001', count: 2, channels: [channel(4, 'h264'), channel(5, 'h264')] }])
  t.same(many.map((each) => [each.id.slice(-3), ...each.channels.map(({ id }) => id.slice(-3))]), [['001', '001'], ['002', '002'], ['003', '003'], ['001', '004', '005'], ['002', '006', '007']], 'ids count up, channels with their device')
  t.same(parseScenario(JSON.stringify(scenario)), scenario)
})

async function until(isTrue: () => boolean): Promise<void> {
  for (let waited = 0; !isTrue(); waited += 20) {
    if (waited > 10_000) throw new Error('waited 10 s in vain')
    await new Promise<void>((done) => systemClock.after(20, done))
  }
}
