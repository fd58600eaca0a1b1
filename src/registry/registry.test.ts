import t, { type Test } from 'tap'
import { manualClock, silentLog, type ManualClock } from '../base/index.ts'
import { openStore } from '../store/index.ts'
import { createRegistry, readChannel, type Binding, type Channel, type Fields, type Registry } from './index.ts'

const recorder = '32011600001180000001'
const cameraId = '32011600001310000101'
const declared: Fields = {
  code: cameraId,
  name: '棠城路口',
  manufacturer: '1',
  area: '320116',
  class: '2',
  functionType: '5',
  address: '棠城路1号',
  longitude: '118.847231',
  latitude: '32.341872',
  positionType: '8',
  networking: 'networked',
  policeUnit: '320116000000',
  managementUnit: '六合区公安分局',
  status: '1',
}
const binding: Binding = { transport: 'udp', host: '10.0.0.7', port: 5060, contact: `sip:${recorder}@10.0.0.7:5060`, registeredAtMs: 1, expiresAtMs: 3_600_001, callId: 'a@b' }
const channel = (id: string, raw: Readonly<Record<string, string>> = {}, status: Channel['status'] = 'on'): Channel => ({ id, name: raw.Name ?? '通道', status, raw: { DeviceID: id, Name: '通道', ...raw } })

async function fresh(t: Test): Promise<{ readonly registry: Registry; readonly clock: ManualClock }> {
  const clock = manualClock()
  const store = await openStore({ file: ':memory:', clock })
  t.teardown(() => store.close())
  return { registry: createRegistry({ store: store.registry, clock, log: silentLog }), clock }
}

t.test('an office declares, changes and retires a record; nothing is forgotten', async (t) => {
  const { registry, clock } = await fresh(t)
  const created = await registry.create({ ...declared, class: '二类' }, 'wang', 'new point')
  t.match(created, { id: cameraId, version: 1, isDraft: false, isRetired: false, presence: 'unknown', findings: [], declared: { class: '2' } })
  clock.advance(1000)
  const changed = await registry.change(cameraId, { name: ' 棠城路北口 ', commonName: '老菜场', address: null }, 'li', 'renamed on site')
  t.match(changed, { version: 2, declared: { name: '棠城路北口', commonName: '老菜场' } })
  t.notOk('address' in changed.declared)
  t.match(changed.findings, [{ rule: 'address.missing' }])
  t.equal((await registry.change(cameraId, { name: '棠城路北口' }, 'li', 'again')).version, 2, 'no change, no version')
  clock.advance(1000)
  t.match(await registry.retire(cameraId, 'li', 'pole removed'), { version: 3, isRetired: true })
  t.equal((await registry.retire(cameraId, 'li', 'twice')).version, 3)
  t.equal((await registry.cameras({ limit: 10 })).total, 0)
  t.equal((await registry.cameras({ limit: 10, includeRetired: true })).total, 1)
  const at = clock.wallMs()
  t.same(await registry.history(cameraId), [
    { cameraId, field: 'record', to: 'declared', atMs: at - 2000, by: 'wang', why: 'new point' },
    { cameraId, field: 'name', from: '棠城路口', to: '棠城路北口', atMs: at - 1000, by: 'li', why: 'renamed on site' },
    { cameraId, field: 'commonName', to: '老菜场', atMs: at - 1000, by: 'li', why: 'renamed on site' },
    { cameraId, field: 'address', from: '棠城路1号', atMs: at - 1000, by: 'li', why: 'renamed on site' },
    { cameraId, field: 'record', from: 'declared', to: 'retired', atMs: at, by: 'li', why: 'pole removed' },
  ])
  await t.rejects(registry.change(cameraId, { name: 'x' }, 'li', 'y'), { code: 'conflict', message: /retired/ })
  t.match(await registry.create(declared, 'wang', 'the pole is back'), { version: 4, isRetired: false, declared })
  t.equal((await registry.history(cameraId)).length, 9, 'what came back differently is in the history too')
})

t.test('what cannot be a record is refused in one line', async (t) => {
  const { registry } = await fresh(t)
  await registry.create(declared, 'wang', 'new')
  await t.rejects(registry.create(declared, 'wang', 'again'), { code: 'conflict', message: /has a record already/ })
  await t.rejects(registry.create({ name: 'x' }, 'wang', 'no code'), { code: 'camera.invalid' })
  await t.rejects(registry.create({ ...declared, code: '3.2E+19' }, 'wang', 'spoilt'), { code: 'camera.invalid', message: /spreadsheet/ })
  await t.rejects(registry.create({ ...declared, code: '12345' }, 'wang', 'short'), { code: 'camera.invalid', message: /20 digits/ })
  await t.rejects(registry.create({ ...declared, code: '32011600001310000109', networking: '1' }, 'wang', 'ambiguous'), { code: 'camera.invalid', message: /networked or not-networked/ })
  await t.rejects(registry.change(cameraId, { code: '32011600001310000102' }, 'wang', 'other code'), { code: 'camera.invalid', message: /declare a new record/ })
  await t.rejects(registry.change(cameraId, { name: '名'.repeat(1001) }, 'wang', 'long'), { code: 'camera.invalid' })
  await t.rejects(registry.change('32011600001310000999', { name: 'x' }, 'wang', 'none'), { code: 'not-found' })
})

t.test('two people at one record: the second is told', async (t) => {
  const { registry } = await fresh(t)
  await registry.create(declared, 'wang', 'new')
  await registry.change(cameraId, { name: 'a' }, 'wang', 'x', 1)
  await t.rejects(registry.change(cameraId, { name: 'b' }, 'li', 'y', 1), { code: 'conflict', message: /version 2, not 1/ })
  await t.rejects(registry.retire(cameraId, 'li', 'y', 1), { code: 'conflict' })
  const [one, two] = await Promise.all([registry.change(cameraId, { model: 'm' }, 'wang', 'x'), registry.change(cameraId, { commonName: 'c' }, 'li', 'y')])
  t.same([one.version, two.version], [3, 4], 'changes at the same moment follow one another')
  t.match((await registry.camera(cameraId))?.declared, { name: 'a', model: 'm', commonName: 'c' })
})

t.test('a recorder registers, lists its channels, comes and goes', async (t) => {
  const { registry, clock } = await fresh(t)
  await registry.create(declared, 'wang', 'new')
  await registry.applyBinding(recorder, binding)
  t.match(await registry.device(recorder), { approved: true, binding, presence: 'unknown', mediaTransport: 'tcp-passive', channelCount: 0, firstSeenMs: clock.wallMs() })
  const other = '32011600001310000102'
  const catalog = [
    channel('320116', { Name: '六合区' }),
    channel('32011600002150000001', { Name: '分组' }),
    channel('32011600002160000001', { Name: '组织' }),
    channel(recorder, { Name: '录像机' }),
    channel('32011600001340000001', { Name: '报警输入' }),
    channel(cameraId, { Name: '现场改的名字', Longitude: '118.1', Latitude: '32.1', CivilCode: '320116', Status: 'ON' }),
    channel(other, { Name: '没有登记的通道', CivilCode: '320116', 'Info.PointType': '3', Owner: '街道办' }),
  ]
  await registry.applyCatalog(recorder, catalog, true)
  t.match(await registry.device(recorder), { channelCount: 2, catalogComplete: true, catalogAtMs: clock.wallMs(), binding })
  t.equal((await registry.channels(recorder, { limit: 10 })).items.length, 7)
  const known = await registry.camera(cameraId)
  t.same(known?.declared, declared, 'the catalog never touches what the office declared')
  t.match(known?.reported, { deviceId: recorder, fields: { name: '现场改的名字', longitude: '118.1' }, raw: { Status: 'ON' } })
  t.equal(known?.version, 1)
  const draft = await registry.camera(other)
  t.match(draft, { isDraft: true, declared: {}, findings: [{ rule: 'record.undeclared' }], reported: { fields: { name: '没有登记的通道', class: '3', managementUnit: '街道办' } } })
  t.same((await registry.cameras({ limit: 10, area: '320116' })).items.map((camera) => camera.id), [cameraId, other], 'regions, groups, recorders and alarms are no cameras')
  t.same((await registry.population('320116')).map((camera) => camera.id), [cameraId], 'a draft is in no population')

  await registry.applyPresence({ deviceId: recorder, from: 'unknown', to: 'online', reason: 'registered', atMs: 5 })
  t.same([(await registry.camera(cameraId))?.presence, (await registry.camera(other))?.presence], ['online', 'online'])
  t.equal((await registry.cameras({ limit: 10, online: true })).total, 2)
  t.equal(await registry.deviceOfChannel(other), recorder)
  await registry.applyPresence({ deviceId: recorder, from: 'unknown', to: 'online', reason: 'keepalive', atMs: 6 })
  t.equal((await registry.presenceHistory(recorder)).length, 1, 'the same presence again is no change')
  await registry.applyCatalog(recorder, [channel(cameraId, {}, 'off')], false)
  t.equal((await registry.channels(recorder, { limit: 10 })).items.length, 7, 'an incomplete catalog takes nothing away')
  t.same([(await registry.camera(cameraId))?.presence, (await registry.camera(other))?.presence], ['offline', 'online'], 'a channel that is off')
  await registry.applyPresence({ deviceId: recorder, from: 'online', to: 'offline', reason: 'no-keepalive', atMs: 7 })
  t.same((await registry.presenceHistory(recorder)).map(({ from, to }) => [from, to]), [['online', 'offline'], ['unknown', 'online']])
  t.equal((await registry.camera(other))?.presence, 'offline')
  await registry.applyBinding(recorder, undefined)
  t.notOk((await registry.device(recorder))?.binding)

  const taken = await registry.change(other, { ...declared, code: other, name: '认领' }, 'wang', 'claimed')
  t.match(taken, { isDraft: false, version: 2, declared: { name: '认领' }, reported: { deviceId: recorder } })
  t.match((await registry.history(other)).map(({ from, to, by }) => [from, to, by]), [[undefined, 'draft', recorder], ['draft', 'declared', 'wang']])
})

t.test('a catalog that says the same writes no record', async (t) => {
  const { registry, clock } = await fresh(t)
  await registry.applyBinding(recorder, binding)
  await registry.applyCatalog(recorder, [channel(cameraId, { Model: 'x' })], true)
  const first = await registry.camera(cameraId)
  clock.advance(60_000)
  await registry.applyCatalog(recorder, [channel(cameraId, { Model: 'x' }), channel(cameraId, { Model: 'x' })], true)
  t.same(await registry.camera(cameraId), first)
  await registry.applyCatalog(recorder, [channel(cameraId, { Model: 'y' })], true)
  t.equal((await registry.camera(cameraId))?.updatedAtMs, clock.wallMs())
  await t.rejects(registry.applyCatalog('32011600001180000009', [], true), { code: 'not-found' })
})

t.test('an import during a catalog and a change lose nothing', async (t) => {
  const { registry } = await fresh(t)
  await registry.applyBinding(recorder, binding)
  await Promise.all([
    registry.importRows([declared], 'clerk'),
    registry.applyCatalog(recorder, [channel(cameraId, { Model: 'x' })], true),
    registry.importRows([{ code: cameraId, model: 'declared model' }], 'clerk'),
  ])
  t.match(await registry.camera(cameraId), { isDraft: false, declared: { ...declared, model: 'declared model' }, reported: { fields: { model: 'x' } } })
})

t.test('strangers wait for approval, and only so many', async (t) => {
  const { registry } = await fresh(t)
  await registry.applyStranger(recorder)
  await registry.applyStranger(recorder)
  t.match(await registry.devices(), [{ id: recorder, approved: false }])
  t.match(await registry.approve(recorder), { approved: true })
  await t.rejects(registry.approve('32011600001180000009'), { code: 'not-found' })
  for (let n = 0; n < 1010; n++) await registry.applyStranger(`3201160000118${1_000_000 + n}`)
  t.equal((await registry.devices()).length, 1001)
})

t.test('passwords and media transport of a device', async (t) => {
  const { registry } = await fresh(t)
  t.equal(await registry.passwordOf(recorder), undefined)
  await registry.setPassword(recorder, 'secret one')
  t.match(await registry.device(recorder), { approved: true, presence: 'unknown' }, 'a password makes the device known before it comes')
  await registry.applyBinding(recorder, binding)
  t.equal(await registry.passwordOf(recorder), 'secret one')
  t.notMatch(JSON.stringify(await registry.devices()), /secret/)
  t.match(await registry.setMediaTransport(recorder, 'udp'), { mediaTransport: 'udp', binding })
  await registry.setPassword(recorder, undefined)
  t.equal(await registry.passwordOf(recorder), undefined)
  await t.rejects(registry.setPassword('32011600001180000009', undefined), { code: 'not-found' })
})

t.test('a camera that registers itself is its own device', async (t) => {
  const { registry } = await fresh(t)
  await registry.create(declared, 'wang', 'new')
  await registry.applyBinding(cameraId, binding)
  await registry.applyPresence({ deviceId: cameraId, from: 'unknown', to: 'online', reason: 'registered', atMs: 1 })
  t.equal((await registry.camera(cameraId))?.presence, 'online')
  t.equal(await registry.deviceOfChannel(cameraId), cameraId)
})

t.test('what a channel reports, by the record’s tables', async (t) => {
  const cases: readonly (readonly [string, Readonly<Record<string, string>>, Fields])[] = [
    ['codes that differ', { 'Info.EncodeType': '5', 'Info.PTZType': '5', 'Info.PointType': '4', 'Info.SupplyLightType': '4' }, { encoding: '4', cameraType: '2', class: '9', supplyLight: '9' }],
    ['3GP has no counterpart', { 'Info.EncodeType': '4', 'Info.PTZType': '7' }, { cameraType: '99' }],
    ['tables of the standard alone have fields of their own', { 'Info.FunctionType': '01/03', 'Info.CapturePositionType': '0010000', 'Info.IndustrialClassification': 'I1300' }, { captureFunction: '01/03', capturePosition: '0010000', nationalIndustry: 'I1300' }],
    ['what says that there is none', { 'Info.GrassrootsCode': '000000', CivilCode: '000000', Address: 'Address', Owner: 'null', Longitude: '118.8', Latitude: '0.000' }, {}],
    ['sizes and codes of a resolution', { 'Info.Resolution': '2/1920x1080' }, { resolution: '6' }],
    ['several imagings, one unknown', { 'Info.PhotoelectricImagingType': '1/2/8', 'Info.RoomType': '02' }, { imaging: '1/2', room: '2' }],
    ['placeholders are missing (Q46)', { CivilCode: 'CivilCode', Address: 'Address', Owner: 'Owner', Longitude: '0.000', Latitude: '0.0' }, {}],
    ['a domain or an id is no division (Q46)', { CivilCode: '3201160000' }, {}],
    ['a parent id is no division', { CivilCode: recorder }, {}],
    ['eight digits: the grass-roots unit is left out', { CivilCode: '32011605' }, { area: '320116' }],
    ['the owner of 2022 before the one of 2016', { 'Info.ManagementUnit': '分局', Owner: '旧主' }, { managementUnit: '分局' }],
    ['names in any case, Info or not', { ptztype: '3', 'info.pointtype': '1', LONGITUDE: '118.5', latitude: '32.25' }, { cameraType: '3', class: '1', longitude: '118.5', latitude: '32.25' }],
    ['a maker by name', { Manufacturer: 'HIKVISION', Model: 'DS-2CD' }, { manufacturer: '1', model: 'DS-2CD' }],
    ['an unknown maker stays raw', { Manufacturer: 'Acme' }, {}],
    ['the rest', { 'Info.MAC': 'a4-14-37-00-00-01', Block: '320116000000', IPAddress: '10.0.0.8', 'Info.InstallTime': '2020-01-02T00:00:00', 'Info.DirectionType': '6', 'Info.PositionType': '10', 'Info.RecordSaveDays': '30' }, { mac: 'A4-14-37-00-00-01', policeUnit: '320116000000', ipv4: '10.0.0.8', installedAt: '2020-01-02', direction: '6', positionType: '10', recordDays: '30' }],
    ['one coordinate alone is none', { Longitude: '118.5' }, {}],
    ['odd names', { constructor: 'x', 'Info.PTZType': 'constructor', 'Info.EncodeType': '__proto__' }, {}],
  ]
  for (const [what, raw, fields] of cases) t.same(readChannel({ id: cameraId, name: '', status: 'on', raw }), { code: cameraId, ...fields }, what)
})
