import t from 'tap'
import { manualClock, silentLog } from '../base/index.ts'
import { createRegistry } from '../registry/index.ts'
import type { SipFact } from '../sip/index.ts'
import { openStore } from '../store/index.ts'
import { applyFact } from './facts.ts'

const deviceId = '32011600001180000001'
const camera = '32011600001320000001'
const item = (raw: Record<string, string> = {}) => ({ id: camera, name: '门口', status: 'on', type: 'channel', raw: { DeviceID: camera, ...raw } }) as const

t.test('each fact finds its place', async (t) => {
  const clock = manualClock()
  const store = await openStore({ file: ':memory:', clock })
  t.teardown(() => store.close())
  const registry = createRegistry({ store: store.registry, clock, log: silentLog })
  const told: string[] = []
  const apply = (fact: SipFact): Promise<void> => applyFact(registry, fact, { ...silentLog, info: (_fields, message) => void told.push(message) })

  await apply({ type: 'stranger', deviceId, source: { transport: 'udp', host: '10.0.0.7', port: 5060 } })
  t.match(await registry.device(deviceId), { approved: false })
  await registry.approve(deviceId)
  await apply({ type: 'presence', deviceId, from: 'unknown', to: 'online', reason: 'registered', atMs: 1 })
  await apply({ type: 'catalog', deviceId, items: [item(), { ...item(), id: '32011600001320000002' }], isComplete: true, sumNum: 2 })
  t.match(await registry.device(deviceId), { presence: 'online', channelCount: 2, catalogComplete: true })
  await apply({ type: 'catalog', deviceId, items: [item()], isComplete: true, isCut: true, sumNum: 2 })
  t.match(await registry.device(deviceId), { channelCount: 2, catalogComplete: false }, 'what was cut says nothing of the rest')
  await apply({ type: 'catalog', deviceId, items: [], isComplete: true, isReportedEmpty: true, sumNum: 0 })
  t.match(await registry.device(deviceId), { channelCount: 2, catalogEmpty: true })
  await apply({ type: 'catalog-changes', deviceId, changes: [{ event: 'OFF', item: item({ Event: 'OFF' }) }], atMs: 2 })
  t.equal((await registry.camera(camera))?.presence, 'offline')

  await apply({ type: 'alarm', deviceId, channelId: camera, method: '2', alarmType: '1', priority: 1, alarmedAtMs: 5, description: '视频丢失', longitude: 0, latitude: 0, raw: { Password: 'x', Info: 'y' }, atMs: 6 })
  t.same((await registry.alarms({ limit: 10 })).items, [{ n: 1, deviceId, channelId: camera, area: '320116', atMs: 6, priority: 1, method: '2', alarmType: '1', alarmedAtMs: 5, description: '视频丢失', raw: { Info: 'y' } }], 'no place is no place, and no password is kept')
  await apply({
    type: 'positions', deviceId, atMs: 7,
    positions: [{ deviceId: '', longitude: 118.5, latitude: 32.5, timeMs: 4, speedKmh: 60 }, { deviceId: camera, longitude: 0, latitude: 0 }, { deviceId: camera, longitude: 118 }, { deviceId: camera, longitude: 200, latitude: 1 }],
  })
  t.same(await registry.positions(deviceId, undefined, 10), [{ n: 1, deviceId, channelId: deviceId, atMs: 7, fixedAtMs: 4, longitude: 118.5, latitude: 32.5, speedKmh: 60 }])
  await apply({ type: 'device-info', deviceId, name: 'NVR', firmware: 'V1', raw: { MaxAlarm: '2' }, atMs: 8 })
  await apply({ type: 'device-status', deviceId, online: 'offline', clockOffsetMs: -3000, deviceTimeMs: 9, raw: {}, atMs: 9 })
  await apply({ type: 'faulty', deviceId, channelIds: [camera], isFaulty: true, atMs: 10 })
  await apply({ type: 'upgrade-result', deviceId, channelId: deviceId, sessionId: 's', isOk: false, reason: '02', atMs: 11 })
  t.same(await registry.information(deviceId), {
    name: 'NVR', firmware: 'V1', raw: { MaxAlarm: '2' }, atMs: 8,
    status: { online: 'offline', clockOffsetMs: -3000, deviceTimeMs: 9, raw: {}, atMs: 9 },
    faulty: { channelIds: [camera], atMs: 10 },
    upgrade: { channelId: deviceId, sessionId: 's', isOk: false, reason: '02', atMs: 11 },
  })
  await registry.orderSnapshots({ session: 'order', cameraId: camera, deviceId, by: 'wang', count: 1 })
  await apply({ type: 'snapshot-finished', deviceId, channelId: camera, sessionId: 'order', files: ['f1'], atMs: 12 })
  await apply({ type: 'snapshot-finished', deviceId, channelId: camera, sessionId: 'of nobody', files: [], atMs: 12 })
  t.match(await registry.snapshotOrder('order'), { fileIds: ['f1'], finishedAtMs: clock.wallMs() })
  await apply({ type: 'video-upload', deviceId, channelId: camera, raw: {}, atMs: 13 })
  await apply({ type: 'subscription', deviceId, kind: 'alarm', isActive: true, detail: '200 OK', atMs: 14 })
  t.equal(told.length, 2, 'what has no place is a line in the log')
  await apply({ type: 'unregistered', deviceId })
  t.notOk((await registry.device(deviceId))?.binding)
})
