import t from 'tap'
import type { Camera, Fields } from '../types.ts'
import { agrees } from './agree.ts'
import { distanceM, placeOf } from './distance.ts'
import { areaOfPlatform, expectedOf, isPlatform } from './listed.ts'
import { reconcile, reconciling } from './reconcile.ts'
import type { Listing, Platform, ReconcileContext, Standing } from './types.ts'

const id = '32011600001310000101'
const recorder = '32011600001180000001'
const district: Platform = { id: '32011600002000000001', area: '320116' }
const city: Platform = { id: '32010000002000000001', area: '3201' }
const day = 86_400_000
const nowMs = Date.UTC(2026, 2, 1)

const full: Fields = { code: id, name: '棠城路口', area: '320116', class: '2', longitude: '118.847231', latitude: '32.341872', networking: 'networked', managementUnit: '六合区公安分局', status: '1', encoding: '4', recordDays: '30', cameraType: '1', mac: '00-1A-2B-3C-4D-5E' }
const camera = (declared: Fields = {}, more: Partial<Camera> = {}): Camera => ({
  id, declared: { ...full, ...declared }, isRetired: false, isDraft: false, presence: 'online', findings: [], version: 1, updatedAtMs: 0, ...more,
})
const reports = (fields: Fields, deviceId = recorder): NonNullable<Camera['reported']> => ({ fields, deviceId, atMs: 1, raw: {} })
const listed = (deviceId = recorder, more: Partial<Listing> = {}): Listing => ({ deviceId, ...more })
const standing = (more: Partial<Standing> = {}): Standing => ({ id, listings: [listed()], isDevice: false, isPulled: false, ...more })
const context = (more: Partial<ReconcileContext> = {}): ReconcileContext => ({ ...reconciling, nowMs, platforms: [], ...more })
const found = (c: Camera, s: Standing = standing(), x: ReconcileContext = context()): readonly string[] => reconcile(c, s, x).flatMap(({ findings }) => findings.map(({ rule, field }) => `${rule} ${field}`))

t.test('in record, not in the catalog: only where a complete catalog says so, and which', (t) => {
  const none = standing({ listings: [] })
  t.same(found(camera(), none), [], 'nobody has given a complete catalog')
  t.same(found(camera(), none, context({ platforms: [{ id: '32010500002000000001', area: '320105' }] })), [], 'the neighbour has, and is not expected to list it')
  const [absent] = reconcile(camera(), none, context({ platforms: [city, district] })).flatMap(({ findings }) => findings)
  t.match(absent, { rule: 'catalog.absent', field: 'record', severity: 'warning', detail: { device: district.id }, message: { en: /32011600002000000001/ } }, 'the nearest is named')
  t.same(found(camera({}, { reported: reports({}) }), standing({ listings: [listed(recorder, { missingSinceMs: 5 })] })), ['catalog.absent record'], 'it was listed, and is missing')
  t.same(found(camera({}, { reported: reports({}) }), none), ['catalog.absent record'], 'it was listed, and the row is gone')
  t.same(found(camera({}, { reported: reports({}) }), standing({ listings: [listed(recorder, { missingSinceMs: 5 }), listed('x')] })), [], 'another still lists it')
  const expected = context({ platforms: [district] })
  t.same(found(camera({ status: '3' }, { presence: 'offline' }), none, expected), [], 'removed')
  t.same(found(camera({ networking: 'not-networked' }, { presence: 'unknown' }), none, expected), [], 'not networked')
  t.same(found(camera(), standing({ listings: [], isDevice: true }), expected), [], 'registers itself')
  t.same(found(camera(), standing({ listings: [], isPulled: true }), expected), [], 'pulled by RTSP')
  t.same(found(camera({}, { isDraft: true }), none, expected), [])
  t.same(found(camera({}, { isRetired: true, presence: 'offline' }), none, expected), [])
  const { area: _area, ...rest } = full
  t.same(found({ ...camera(), declared: rest }, none, expected), ['catalog.absent record'], 'without a division that of the code counts')
  t.end()
})

t.test('who is expected to list what', (t) => {
  t.equal(areaOfPlatform(district.id), '320116')
  t.equal(areaOfPlatform(city.id), '3201')
  t.equal(areaOfPlatform('32000000002000000001'), '32')
  t.equal(areaOfPlatform('32011601002000000001'), '32011601')
  t.equal(areaOfPlatform('00000000002000000001'), '')
  t.ok(isPlatform(district.id))
  for (const type of ['118', '111', '131', '215', '216', '300', '210']) t.notOk(isPlatform(`3201160000${type}0000001`), type)
  t.same(expectedOf('320116', [city, { id: 'x', area: '' }, district]).map((each) => each.id), [district.id, city.id])
  t.same(expectedOf('320105', [city, district]).map((each) => each.id), [city.id])
  t.end()
})

t.test('declared against reported', (t) => {
  const said = (fields: Fields): readonly string[] => found(camera({}, { reported: reports(fields) }))
  t.same(said({}), [], 'a device of 2016 says little: absent is not wrong')
  t.same(said({ name: '棠城路口', class: '2', managementUnit: '六合区公安分局', longitude: '118.8472', latitude: '32.3419' }), [])
  t.same(said({ name: '棠城路北口' }), ['catalog.renamed name'])
  t.same(said({ name: ' 棠城 路口' }), [], 'blanks make no other name')
  t.same(said({ class: '1' }), ['catalog.class class'])
  t.same(said({ managementUnit: '交警大队' }), ['catalog.owner managementUnit'])
  t.same(said({ encoding: '2', recordDays: '90', mac: '00-1A-2B-3C-4D-5F' }), ['catalog.differs mac', 'catalog.differs encoding', 'catalog.differs recordDays'])
  t.same(said({ address: '另一处', commonName: '菜场', model: 'X', contact: '13812345678' }), [], 'free text of two clerks, and persons, are not compared')
  t.same(said({ cameraType: '99' }), [], 'unknown says nothing')
  t.same(found(camera({ class: '4' }, { reported: reports({ class: '9' }) })), [], 'the catalog has no class 4')
  t.same(found(camera({ class: '4' }, { reported: reports({ class: '1' }) })), ['catalog.class class'])
  t.same(found(camera({}, { reported: reports({ name: 'x' }), isRetired: true, presence: 'offline' })), [], 'of a retired record nothing is compared')
  const { encoding: _encoding, ...less } = full
  t.same(found({ ...camera({}, { reported: reports({ encoding: '2' }) }), declared: less }), [], 'what the office does not say is missing, not different')
  t.end()
})

t.test('several devices report one camera: the first that differs speaks', (t) => {
  const other = listed(district.id, { fields: { name: '平台上的名' } })
  const both = (own: Fields, more: Partial<Listing> = {}) => reconcile(camera({}, { reported: reports(own) }), standing({ listings: [listed(), { ...other, ...more }] }), context()).flatMap(({ findings }) => findings)
  t.match(both({ name: '棠城路口' }), [{ rule: 'catalog.renamed', detail: { device: district.id, reported: '平台上的名', declared: '棠城路口' } }])
  t.match(both({ name: '现场的名' }), [{ rule: 'catalog.renamed', detail: { device: recorder, reported: '现场的名' } }])
  t.same(both({ name: '棠城路口' }, { missingSinceMs: 5 }), [], 'what it no longer lists it no longer says')
  t.end()
})

t.test('moved: metres, not degrees', (t) => {
  const at = (longitude: string, latitude: string, limit?: number) => found(camera({}, { reported: reports({ longitude, latitude }) }), standing(), context(limit === undefined ? {} : { distanceM: limit }))
  t.same(at('118.847231', '32.342312'), [], '49 m north')
  t.same(at('118.847231', '32.342331'), ['catalog.moved longitude'], '51 m')
  t.same(at('118.847771', '32.341872'), ['catalog.moved longitude'], '51 m east, where a degree is shorter')
  t.same(at('118.847751', '32.341872'), [], '49 m')
  t.same(at('118.847231', '32.342331', 100), [])
  t.same(at('0', '0'), [])
  const degree = distanceM({ longitude: 118, latitude: 32 }, { longitude: 118, latitude: 33 })
  t.ok(Math.abs(degree - 110_900) / 110_900 < 0.006, `a degree of the meridian at 32-33° is 110,900 m on the ellipsoid, ${Math.round(degree)} here`)
  t.equal(distanceM({ longitude: 10, latitude: 10 }, { longitude: 10, latitude: 10 }), 0)
  t.ok(Math.abs(distanceM({ longitude: 0, latitude: 0 }, { longitude: 180, latitude: 0 }) - Math.PI * 6_371_008.8) < 1)
  t.equal(placeOf({ longitude: '181', latitude: '1' }), undefined)
  t.equal(placeOf({ longitude: 'x', latitude: '1' }), undefined)
  t.equal(placeOf({ longitude: ' ', latitude: '1' }), undefined)
  t.equal(placeOf({ longitude: '1' }), undefined)
  t.end()
})

t.test('verified against both others', (t) => {
  const seen = (fields: Fields): NonNullable<Camera['verified']> => Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, { value, by: 'zhang', atMs: 5 }]))
  t.same(found(camera({}, { verified: seen({ encoding: '4', networking: 'networked' }) })), [])
  t.same(found(camera({}, { verified: seen({ encoding: '2' }), reported: reports({ encoding: '4' }) })), ['verified.declared encoding', 'verified.reported encoding'])
  t.same(found(camera({}, { verified: seen({ encoding: '2' }), reported: reports({ encoding: '2' }) })), ['catalog.differs encoding', 'verified.declared encoding'])
  t.same(found(camera({}, { verified: seen({ longitude: '118.847231', latitude: '32.351872' }) })), ['verified.declared longitude'], 'a place is one value')
  t.same(found(camera({}, { verified: seen({ longitude: '118.847232', latitude: '32.341873' }) })), [])
  t.same(found(camera({ networking: 'not-networked' }, { presence: 'unknown', verified: seen({ networking: 'networked' }) }), standing({ listings: [] })), ['verified.declared networking'])
  const [secret] = reconcile(camera({ contact: '13812345678' }, { verified: seen({ contact: '13887654321' }) }), standing(), context()).flatMap(({ findings }) => findings)
  t.match(secret, { rule: 'verified.declared', field: 'contact' })
  t.notMatch(JSON.stringify(secret), /138/, 'no number of a person stands in a finding')
  t.end()
})

t.test('there although gone, gone although there', (t) => {
  t.same(found(camera({ status: '3' })), ['presence.removed-online status'])
  t.same(found(camera({}, { isRetired: true, presence: 'late' })), ['presence.removed-online status'])
  t.same(found(camera({ status: '3' }, { presence: 'offline' })), [])
  t.same(found(camera({ networking: 'not-networked' })), ['catalog.networked networking'])
  const gone = (days: number, more: Partial<Camera> = {}, s: Partial<Standing> = {}, declared: Fields = {}) => found(camera(declared, { presence: 'offline', ...more }), standing({ goneSinceMs: nowMs - days * day, ...s }))
  t.same(gone(7), ['presence.offline status'])
  t.same(gone(6.99), [])
  t.same(gone(30, { presence: 'unknown' }), ['presence.offline status'], 'not heard of since the service started')
  t.same(gone(30, { presence: 'late' }), [])
  t.same(gone(30, {}, {}, { status: '2' }), [], 'in repair')
  t.same(gone(30, {}, { isPulled: true }), [])
  t.same(gone(30, {}, { listings: [listed(recorder, { missingSinceMs: 3 })] }), ['catalog.absent record'], 'what nobody lists is missed for that')
  t.same(gone(30, {}, { listings: [], isDevice: true }), ['presence.offline status'])
  t.end()
})

t.test('values that say the same', (t) => {
  t.ok(agrees('name', 'ＡＢ路', 'ab路'))
  t.ok(agrees('functionType', '1/5', '5/1'))
  t.notOk(agrees('functionType', '1/5', '1'))
  t.ok(agrees('recordDays', '30', '030'))
  t.ok(agrees('installedAt', '2020-01-02', '2020-01-02T08:00:00'))
  t.notOk(agrees('installedAt', '2020-01-02', '2020-01-03'))
  t.ok(agrees('supplyLight', '2', '9'), 'other')
  t.notOk(agrees('manufacturer', '2', '9'), '宇视 is a maker like any')
  t.notOk(agrees('direction', '1', '8'))
  t.end()
})
