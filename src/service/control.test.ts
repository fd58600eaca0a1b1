// Control and notices through the whole service: API, signalling, a simulated device on the wire, registry, and back.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import { silentLog, systemClock, systemRandom } from '../base/index.ts'
import { connectTo } from '../commands/client.ts'
import { loadConfig } from '../config.ts'
import { startFleet, type OpenFleet, type Scenario, type ScenarioDevice } from '../simulator/index.ts'
import { startService, type Service } from './start.ts'

const sipId = '32011600002000000001'
const recorder = '32011600001180000001'
const old = '32011600001320000009'
const cameras = ['32011600001320000001', '32011600001320000002']
const password = 'a-password-of-the-test'
const channel = (id: string): ScenarioDevice['channels'][number] => ({ id, name: `通道${id.slice(-1)}`, codec: 'h264', picture: 'street', fault: 'ok', record: {}, truth: { result: 'pass', reasons: [], fault: 'none' } })
const scenario: Scenario = {
  name: 'control', area: '320116', password: 'sip-secret', keepaliveS: 60,
  devices: [
    { id: recorder, kind: 'recorder', registers: true, signalling: 'udp', media: 'udp', charset: 'gb2312', edition: '2022', channels: cameras.map(channel), habits: ['password-in-config'] },
    { id: old, kind: 'camera', registers: true, signalling: 'tcp', media: 'udp', charset: 'gb2312', edition: '2016', channels: [channel(old)] },
  ],
}
const dataDir = mkdtempSync(join(tmpdir(), 'yiji-control-'))
const config = loadConfig(
  {
    YIJI_DATA_DIR: dataDir, YIJI_HTTP_PORT: '0', YIJI_SIP_HOST: '127.0.0.1', YIJI_SIP_PORT: '0', YIJI_SIP_ID: sipId, YIJI_SIP_PASSWORD: scenario.password,
    YIJI_MEDIA_PORTS: '18400-18499', YIJI_ADMIN_PASSWORD: password, YIJI_LOG_LEVEL: 'silent',
  },
  join(dataDir, 'none.yaml'),
)
const open: { service?: Service; fleet?: OpenFleet } = {}
t.teardown(async () => {
  await open.fleet?.close()
  await open.service?.close()
  rmSync(dataDir, { recursive: true, force: true })
})

async function until(what: string, holds: () => Promise<boolean> | boolean): Promise<void> {
  for (let n = 0; n < 400; n++) {
    if (await holds()) return
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
  throw new Error(`not in four seconds: ${what}`)
}

t.test('control and notices, from the API to a device and back', async (t) => {
  const service = (open.service = await startService(config, silentLog))
  const fleet = (open.fleet = await startFleet({ scenario: { ...scenario, registrar: { id: sipId, host: '127.0.0.1', port: service.sipPort } }, clips: new Map(), clock: systemClock, random: systemRandom, log: silentLog }))
  await fleet.registered
  const { registry } = service
  const client = await connectTo(service.url, 'admin', password)
  const device = fleet.device(recorder)
  if (!device) throw new Error('the recorder is in the scenario')
  const [camera = '', second = ''] = cameras
  await until('the catalog and what the device says', async () => (await registry.cameras({ limit: 10, online: true })).total === 3 && (await registry.information(recorder)).atMs !== undefined)

  await t.test('turned while held, and stopped without being told', async (t) => {
    t.match(await client.json('POST', `/cameras/${camera}/ptz`, { pan: 0.5, tilt: 0.5, zoom: -1, holdMs: 200 }), { isMoving: true })
    t.equal(device.state().moving, 'A50F01298080F0CE', 'right, up, out, at half and full speed')
    await until('our stop', () => device.state().moving === undefined)
    await client.json('POST', `/cameras/${camera}/ptz`, { pan: -1, holdMs: 15_000 })
    t.ok(device.state().moving)
    t.match(await client.json('POST', `/cameras/${camera}/ptz`, { stop: true }), { isMoving: false })
    t.equal(device.state().moving, undefined)
    await t.rejects(client.json('POST', `/cameras/${camera}/ptz`, { pan: 1, focus: 1 }), { message: /direction/ })
    await t.rejects(client.json('POST', `/cameras/${camera}/ptz`, { holdMs: 500 }), { message: /direction/ })
  })

  await t.test('presets, home position, cruises, where it looks', async (t) => {
    t.match(await client.json('PUT', `/cameras/${camera}/presets/7`, { name: '东门' }), { hop: /./ })
    t.same(await client.json('GET', `/cameras/${camera}/presets`), { items: [{ id: '1', name: '大门' }, { id: '2', name: '停车场' }, { id: '7', name: '东门' }] })
    await client.json('POST', `/cameras/${camera}/presets/7/call`)
    t.match(await client.json('GET', `/cameras/${camera}/ptz-position`), { pan: 70, horizontalFieldAngle: 60 })
    await client.json('DELETE', `/cameras/${camera}/presets/7`)
    t.notOk(device.state().presets.has(7))
    t.same(await client.json('GET', `/cameras/${camera}/home-position`), {}, 'none yet')
    t.match(await client.json('PUT', `/cameras/${camera}/home-position`, { isEnabled: true, resetTimeS: 60, presetIndex: 2 }), { result: 'OK' })
    t.same(await client.json('GET', `/cameras/${camera}/home-position`), { homePosition: { isEnabled: true, resetTimeS: 60, presetIndex: 2 } })
    t.same(await client.json('GET', `/cameras/${camera}/cruises`), { items: [{ number: 0, name: '巡航一' }] })
    t.match(await client.json('GET', `/cameras/${camera}/cruises/0`), { number: 0, points: [{ presetIndex: 1, stayTimeS: 10, speed: 7 }, { presetIndex: 2 }] })
  })

  await t.test('the rarer commands', async (t) => {
    const send = (command: object): Promise<unknown> => client.json('POST', `/cameras/${camera}/commands`, command)
    await send({ kind: 'cruise', action: 'start', track: 3 })
    t.equal(device.state().cruising, 3)
    await client.json('POST', `/cameras/${camera}/ptz`, { stop: true, everything: true })
    t.equal(device.state().cruising, undefined, 'a stop of everything ends a cruise')
    await send({ kind: 'auxiliary', number: 1, isOn: true })
    await send({ kind: 'ptz-precise', pan: 123, tilt: 10, zoom: 4 })
    await send({ kind: 'drag-zoom', direction: 'in', area: { length: 704, width: 576, midPointX: 100, midPointY: 100, lengthX: 50, lengthY: 50 } })
    await send({ kind: 'target-track', mode: 'Auto' })
    t.match(await send({ kind: 'guard', isOn: true }), { result: 'OK' })
    t.match(await send({ kind: 'record', isOn: false }), { result: 'OK' })
    await send({ kind: 'keyframe' })
    t.match(device.state(), { pan: 123, tilt: 10, zoom: 8, isGuarded: true, isRecording: false, tracking: 'Auto', auxiliaries: new Set([1]) })
    await client.json('POST', `/devices/${recorder}/sd-cards/format`, { card: 0 })
    t.match(await client.json('GET', `/devices/${recorder}/sd-cards`), { items: [{ id: 1, freeSpaceMb: 128_000 }] })
  })

  await t.test('what the device says of itself, and its configuration without its password', async (t) => {
    t.match(await client.json('GET', `/devices/${recorder}/information`), { name: '通道1', manufacturer: 'Yiji', channels: 2 })
    t.match(await client.json('GET', `/devices/${recorder}/status`), { online: 'online', clockOffsetMs: Number })
    const said = await client.json<{ basicParam: object }>('GET', `/devices/${recorder}/configuration?types=BasicParam,OSDConfig,FrameMirror`)
    t.same(said.basicParam, { name: '通道1', expirationS: 3600, heartBeatIntervalS: 60, heartBeatCount: 3 })
    t.match(said, { frameMirror: 0, osdConfig: { texts: [{ text: '通道1' }] } })
    t.notMatch(JSON.stringify([said, await registry.information(recorder)]), /sip-secret/)
    t.match(await client.json('PUT', `/devices/${recorder}/configuration`, { frameMirror: 3, osdConfig: { isTextShown: true, texts: [{ text: '西门', x: 1, y: 2 }] } }), { result: 'OK' })
    t.match(device.state().config, { frameMirror: 3, osdConfig: { texts: [{ text: '西门' }] }, basicParam: { name: '通道1' } })
    await t.rejects(client.json('GET', `/devices/${old}/configuration?types=OSDConfig`), { message: /ERROR/ }, 'a device of 2016 does not know it')
    await client.json('POST', `/devices/${recorder}/upgrade`, { firmware: 'V2', fileUrl: 'http://127.0.0.1:1/v2', manufacturer: 'Yiji' })
    await until('the end of the upgrade', async () => (await registry.information(recorder)).upgrade !== undefined)
    t.match((await registry.information(recorder)).upgrade, { firmware: 'V2', sessionId: /^[0-9a-f]{32}$/ })
  })

  await t.test('subscribed to: alarms, positions, changes of the catalog', async (t) => {
    type Answer = { states: { kind: string; state: string }[] }
    await client.json('PUT', `/devices/${recorder}/subscriptions`, { catalog: true, alarm: true, positionIntervalS: 1 })
    await until('the subscriptions', async () => (await client.json<Answer>('GET', `/devices/${recorder}/subscriptions`)).states.filter(({ state }) => state === 'active').length === 3)
    t.ok(device.alarm({ method: '5', type: '2', priority: 1 }))
    await until('the alarm', async () => (await registry.alarms({ limit: 10 })).items.length > 0)
    t.match(await client.json('GET', `/alarms?area=320116&type=2`), { items: [{ channelId: camera, deviceId: recorder, method: '5', priority: 1, description: '模拟报警', area: '320116' }] })
    t.match(await client.json('POST', `/devices/${recorder}/alarms/reset`, {}), { result: 'OK' })
    t.equal(device.state().isAlarmed, false)
    device.catalogChange(second, 'OFF')
    await until('the channel that is off', async () => (await registry.camera(second))?.presence === 'offline')
    t.match(await client.json('GET', `/devices/${recorder}/channels`), { items: [{ id: camera, status: 'on' }, { id: second, status: 'off', statusEvent: 'OFF' }], total: 2 })
    device.catalogChange(second, 'DEL')
    await until('the channel that is gone', async () => (await registry.device(recorder))?.channelCount === 1)
    device.catalogChange(second, 'ADD')
    await until('the channel that is back', async () => (await registry.camera(second))?.presence === 'online')
    await until('a position', async () => (await registry.positions(recorder, undefined, 10)).length > 0)
    t.match(await client.json('GET', `/devices/${recorder}/positions?limit=1`), { items: [{ longitude: Number, speedKmh: 12.5 }] })
    await client.json('PUT', `/devices/${recorder}/subscriptions`, {})
    await until('no subscription left', () => device.subscriptions() === 0)
  })

  await t.test('pictures that the device takes', async (t) => {
    type Orders = { items: { session: string; finishedAtMs?: number; fileIds?: string[]; pictures: { n: number; name: string }[] }[] }
    await client.json('POST', `/cameras/${camera}/device-snapshots`, { count: 2, intervalS: 1 })
    const orders = (): Promise<Orders> => client.json('GET', `/cameras/${camera}/device-snapshots`)
    await until('the pictures', async () => (await orders()).items[0]?.finishedAtMs !== undefined)
    const [order] = (await orders()).items
    t.equal(order?.fileIds?.length, 2)
    t.ok((order?.pictures.length ?? 0) >= 1)
    const jpeg = await client.bytes(`/cameras/${camera}/device-snapshots/${order?.pictures[0]?.n ?? 0}.jpg`)
    t.same([jpeg[0], jpeg[1]], [0xff, 0xd8])
  })

  await t.test('figures, and a device that is not there', async (t) => {
    const metrics = await (await fetch(new URL('/metrics', service.url))).text()
    t.match(metrics, /^yiji_sip_devices_online 2$/m)
    t.match(metrics, /^# TYPE yiji_sip_alarms_merged_total counter$/m)
    await fleet.device(old)?.close()
    await until('the lost connection', async () => (await registry.device(old))?.presence === 'offline')
    await t.rejects(client.json('POST', `/cameras/${old}/ptz`, { pan: 1 }), { message: /offline/ })
    await t.rejects(client.json('GET', `/devices/${old}/status`), { message: /offline/ })
  })
})
