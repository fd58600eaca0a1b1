import t, { type Test } from 'tap'
import Database from 'better-sqlite3'
import { getTableConfig, type SQLiteTable } from './drizzle.ts'
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { manualClock } from '../base/index.ts'
import type { Account, StoredSession } from '../accounts/index.ts'
import type { Check, Inspection, PopulationMember } from '../inspect/index.ts'
import type { Camera, CameraQuery, Device, Fields, ListedChannel } from '../registry/index.ts'
import { connect } from './database.ts'
import { openStore, type Store } from './index.ts'
import { migrate } from './migrate.ts'
import { registryStore } from './registry-store.ts'
import * as schema from './schema/index.ts'
import { taskOn, translate } from './trouble.ts'

const clock = manualClock()
const codeOf = (n: number): string => `320116000013100${String(n).padStart(5, '0')}`
const camera = (n: number, declared: Fields = {}, more: Partial<Camera> = {}): Camera => ({
  id: codeOf(n),
  declared: { code: codeOf(n), name: `点位${n}`, area: '320116', class: '1', ...declared },
  isRetired: false,
  isDraft: false,
  presence: 'unknown',
  findings: [],
  version: 1,
  updatedAtMs: 1000 + n,
  ...more,
})
const device = (id: string, more: Partial<Device> = {}): Device => ({ id, approved: true, presence: 'unknown', mediaTransport: 'udp', channelCount: 0, firstSeenMs: 5, ...more })
const lost = { field: 'longitude', rule: 'coordinates.missing', severity: 'error', message: { zh: '缺少经纬度', en: 'missing' } } as const
const member = (n: number): PopulationMember => ({ id: codeOf(n), name: `点位${n}`, class: '1', area: '320116', owner: '分局', policeUnit: '', networking: 'networked', functionType: '5', longitude: '118.1', latitude: '32.1', builtBy: '', findings: [] })
const check = (n: number): Check => ({
  n,
  camera: member(n),
  record: { result: 'pass', findings: [] },
  attempts: [{ n: 1, isCold: true, outcome: 'ok', times: { ok: 12.5, firstPicture: 800 }, pictures: [], loopLagMs: 1 }],
  verdict: { result: 'pass', reasons: [] },
  evidence: [{ file: 'recordings/1.pcapng', sha256: 'ab', kind: 'recording' }],
})
const inspection = (id: string, startedAtMs: number): Inspection => ({
  id,
  area: '320116',
  startedAtMs,
  state: 'running',
  createdBy: 'admin',
  draw: { algorithm: 'sha256-order-1', seed: '00ff', population: { size: 3, sha256: 'cd' }, strata: [{ class: '1', population: 3, asked: 10, drawn: 3 }], members: [member(1)] },
  rules: { name: 'default', version: 1 } as Inspection['rules'],
  checks: [],
  total: 3,
})
const page = async (store: Store, query: Partial<CameraQuery>): Promise<readonly number[]> => (await store.registry.cameras({ limit: 100, ...query })).items.map(({ id }) => Number(id.slice(-5)))

/** Every promise of the three interfaces, over one store; `again` closes and opens it where that means something. */
async function suite(t: Test, open: () => Promise<Store>, persists: boolean): Promise<void> {
  let store = await open()
  t.teardown(() => store.close())
  const again = async (): Promise<void> => {
    if (!persists) return
    await store.close()
    store = await open()
  }

  await t.test('records and their history', async (t) => {
    const reported = { fields: { name: '现场' }, deviceId: '1', atMs: 3, raw: { Name: '现场', 'Info.PTZType': '1' } }
    const one = camera(1, { longitude: '118.847231', latitude: '32.341872' }, { findings: [lost], reported })
    await store.registry.saveCameras([one, camera(2, {}, { isRetired: true })], [{ cameraId: one.id, field: 'name', from: 'a', to: 'b', atMs: 1, by: 'w', why: 'x' }, { cameraId: one.id, field: 'model', to: 'm', atMs: 2, by: 'w', why: 'y' }])
    await again()
    t.same(await store.registry.camera(one.id), one)
    t.equal((await store.registry.camera(codeOf(2)))?.isRetired, true)
    t.equal(await store.registry.camera('none'), undefined)
    t.same(await store.registry.history(one.id), [{ cameraId: one.id, field: 'name', from: 'a', to: 'b', atMs: 1, by: 'w', why: 'x' }, { cameraId: one.id, field: 'model', to: 'm', atMs: 2, by: 'w', why: 'y' }])
    await t.rejects(store.registry.saveCameras([camera(3), { ...one, version: 3 }], [{ cameraId: one.id, field: 'name', atMs: 3, by: 'w', why: 'z' }]), { code: 'conflict' })
    t.equal(await store.registry.camera(codeOf(3)), undefined, 'a conflict writes nothing of the whole')
    t.equal((await store.registry.history(one.id)).length, 2)
    await store.registry.saveCameras([{ ...one, version: 2, findings: [] }], [])
    t.match(await store.registry.camera(one.id), { version: 2, findings: [] })
  })

  await t.test('where cameras are pulled', async (t) => {
    const id = camera(1).id
    const source = { url: 'rtsp://10.0.0.64/ch1', username: 'admin', password: 'p', transport: 'udp' } as const
    await store.registry.saveCameraSource(id, source)
    await again()
    t.same(await store.registry.cameraSource(id), source)
    await store.registry.saveCameraSource(id, { url: 'rtsp://10.0.0.64/ch2', transport: 'tcp' })
    t.same(await store.registry.cameraSource(id), { url: 'rtsp://10.0.0.64/ch2', transport: 'tcp' })
    await store.registry.saveCameraSource(id, undefined)
    t.equal(await store.registry.cameraSource(id), undefined)
  })

  await t.test('devices, passwords and bindings', async (t) => {
    const binding = { transport: 'tcp', host: '10.0.0.7', port: 5060, contact: 'sip:x', registeredAtMs: 1, expiresAtMs: 9, callId: 'c', gbVersion: '3.0', userAgent: 'ua' } as const
    const full = device('34020000001180000001', { binding, presenceReason: 'r', presenceSinceMs: 4, catalogAtMs: 7, catalogComplete: false, channelCount: 3 })
    await store.registry.saveDevice(full)
    await store.registry.setDevicePassword(full.id, 'p')
    await store.registry.saveDevice({ ...full, channelCount: 4 })
    await store.registry.saveDevice(device('34020000001180000002', { approved: false }))
    await again()
    t.same(await store.registry.devices(), [{ ...full, channelCount: 4 }, device('34020000001180000002', { approved: false })])
    t.equal(await store.registry.devicePassword(full.id), 'p', 'saving a device leaves its password')
    await store.registry.setDevicePassword(full.id, undefined)
    t.equal(await store.registry.devicePassword(full.id), undefined)
    t.equal(await store.registry.devicePassword('none'), undefined)
    const { binding: _gone, ...unbound } = full
    await store.registry.saveDevice(unbound)
    t.same((await store.registry.device(full.id))?.binding, binding, 'who writes a device back does not write over where it is now')
    const moved = { ...binding, host: '10.0.0.8' }
    t.equal(await store.registry.saveBinding({ ...device(full.id), binding: moved }), false)
    t.same(await store.registry.device(full.id), { ...full, binding: moved }, 'nor the other way round')
    t.equal(await store.registry.saveBinding(device(full.id)), false)
    t.same(await store.registry.device(full.id), unbound)
    t.equal(await store.registry.saveBinding(device('34020000001180000004')), false, 'who was never there leaves nothing')
    t.equal(await store.registry.device('34020000001180000004'), undefined)
    t.equal(await store.registry.saveBinding(device('34020000001180000002', { binding })), true, 'it waited for approval')
    t.equal(await store.registry.saveBinding(device('34020000001180000003', { binding })), false)
    await again()
    t.match(await store.registry.device('34020000001180000002'), { approved: true, binding })
    t.same(await store.registry.device('34020000001180000003'), device('34020000001180000003', { binding }))
    t.equal(await store.registry.device('none'), undefined)
  })

  await t.test('channels and the presence of the cameras behind them', async (t) => {
    const [direct, platform] = ['34020000001180000001', '34020000002000000009']
    const at = async (...ns: readonly number[]): Promise<readonly (string | undefined)[]> => Promise.all(ns.map(async (n) => (await store.registry.camera(codeOf(n)))?.presence))
    await store.registry.saveDevice(device(direct))
    await store.registry.saveDevice(device(platform))
    await store.registry.saveCameras([10, 11, 12, 13].map((n) => camera(n)), [])
    const listed = (n: number, status: 'on' | 'off' | 'unknown' = 'on') => ({ id: codeOf(n), name: `c${n}`, status, parentId: direct, raw: { Name: `c${n}` }, kind: 'camera' as const, parents: [] })
    const save = (deviceId: string, channels: readonly ListedChannel[]) => store.registry.saveCatalogPart({ deviceId, channels, cameras: [], changes: [] })
    await save(direct, [listed(10), { ...listed(11, 'off'), statusEvent: 'VLOST' }, listed(12, 'unknown')])
    await save(platform, [listed(10)])
    await again()
    t.same(await store.registry.channelPage(direct, { limit: 10 }), {
      items: [listed(10), { ...listed(11, 'off'), statusEvent: 'VLOST' as const }, listed(12, 'unknown')].map((each) => ({ ...each, hasChildren: false })),
      total: 3,
    })
    t.same(await store.registry.channelsById(direct, [codeOf(12), codeOf(99)]), [listed(12, 'unknown')])
    t.same(await store.registry.channelIds(direct, codeOf(10), 1), [{ id: codeOf(11) }])
    const change = (deviceId: string, from: Device['presence'], to: Device['presence'], atMs: number) => store.registry.savePresenceChange({ deviceId, from, to, reason: 'test', atMs })
    await change(direct, 'unknown', 'online', 1)
    t.same(await at(10, 11, 12, 13), ['online', 'offline', 'online', 'unknown'])
    t.match(await store.registry.device(direct), { presence: 'online', presenceReason: 'test', presenceSinceMs: 1 })
    await change(direct, 'online', 'late', 2)
    t.same(await page(store, { online: true }), [10, 12], 'late is still there')
    t.same(await at(10), ['late'])
    await change(platform, 'unknown', 'online', 3)
    t.same(await at(10), ['online'], 'the better of two ways')
    t.equal(await store.registry.deviceOfChannel(codeOf(10)), platform)
    t.equal(await store.registry.deviceOfChannel(codeOf(12)), direct)
    t.equal(await store.registry.deviceOfChannel(codeOf(13)), undefined)
    await change(platform, 'online', 'offline', 4)
    t.equal(await store.registry.deviceOfChannel(codeOf(10)), direct)
    await save(direct, [listed(11), listed(13)])
    await store.registry.missChannels(direct, [codeOf(10), codeOf(12)], 50)
    t.same(await at(10, 11, 12, 13), ['offline', 'late', 'unknown', 'late'], 'what is no longer listed is not known to be there')
    t.equal(await store.registry.deviceOfChannel(codeOf(12)), direct, 'and may still be asked for')
    t.same((await store.registry.channelIds(direct, '', 1)), [{ id: codeOf(10), missingSinceMs: 50 }])
    t.same(await store.registry.channelCounts(direct), { total: 4, cameras: 2 })
    await store.registry.missChannels(direct, [codeOf(12)], 60)
    t.equal((await store.registry.channelsById(direct, [codeOf(12)]))[0]?.missingSinceMs, 50, 'missing since the first time')
    await store.registry.dropChannels(direct, [codeOf(10), codeOf(12)])
    t.equal(await store.registry.deviceOfChannel(codeOf(12)), undefined)
    await save(direct, [{ ...listed(11), parents: [codeOf(13)] }])
    t.same((await store.registry.channelPage(direct, { limit: 10, parent: codeOf(13) })).items.map(({ id }) => id), [codeOf(11)])
    t.match(await store.registry.channelPage(direct, { limit: 10, parent: '' }), { items: [{ id: codeOf(13), hasChildren: true }], total: 1 })
    await store.registry.saveCameras([camera(14)], [])
    await store.registry.saveDevice(device(codeOf(14), { presence: 'online' }))
    t.same(await at(14), ['online'], 'a camera that is its own device')
    await save(codeOf(14), [listed(14, 'off')])
    t.same(await at(14), ['offline'])
    t.equal(await change(platform, 'online', 'offline', 9), undefined)
    t.equal((await store.registry.presenceHistory(platform, 9)).length, 2, 'it is offline already')
    await change('none', 'online', 'offline', 9)
    await change(platform, 'online', 'online', 9)
    t.match((await store.registry.presenceHistory(platform, 1))[0], { from: 'offline', to: 'offline' }, 'a note changes nothing')
    t.equal((await store.registry.device(platform))?.presenceSinceMs, 4)
    await Promise.all(Array.from({ length: 1005 }, (_, n) => change(platform, n % 2 ? 'online' : 'offline', n % 2 ? 'offline' : 'online', 10 + n)))
    t.equal((await store.registry.presenceHistory(platform, 5000)).length, 1000, 'bounded')
    t.same((await store.registry.presenceHistory(platform, 2)).map((each) => each.atMs), [1014, 1013])
    await t.rejects(save('none', [listed(10)]), { code: 'SQLITE_CONSTRAINT_FOREIGNKEY' })
    if (!persists) return
    await again()
    t.same(await at(10, 11), ['unknown', 'unknown'], 'who is present is not known after a restart')
    t.match((await store.registry.presenceHistory(direct, 1))[0], { from: 'late', to: 'unknown', reason: 'service-restarted' })
  })

  await t.test('inspections', async (t) => {
    const { inspections } = store
    await inspections.saveInspection(inspection('a', 100), [member(3), member(1), member(2)])
    await inspections.saveInspection(inspection('b', 200), [])
    await inspections.saveCheck('a', check(2))
    await inspections.saveCheck('a', check(1))
    await inspections.saveReview({ inspection: 'a', n: 1, result: 'fail', reason: 'too dark', by: 'zhang', atMs: 300 })
    await inspections.saveReview({ inspection: 'a', n: 1, result: 'pass', reason: 'looked again', by: 'zhang', atMs: 400 })
    await t.rejects(inspections.saveInspection(inspection('a', 1), []), { code: 'conflict' })
    await t.rejects(inspections.saveCheck('none', check(1)), { code: 'not-found' })
    await t.rejects(inspections.finish('none', 'done', 1), { code: 'not-found' })
    await t.rejects(inspections.saveReview({ inspection: 'a', n: 9, result: 'pass', reason: '', by: '', atMs: 1 }), { code: 'not-found' })
    await inspections.finish('b', 'done', 250)
    await again()
    t.same(await store.inspections.inspection('a'), { ...inspection('a', 100), checks: [check(1), check(2)] })
    t.same(await store.inspections.population('a'), [member(3), member(1), member(2)], 'in the order it was frozen')
    t.same((await store.inspections.inspections(10)).map(({ id, state, checks }) => [id, state, checks.length]), [['b', 'done', 0], ['a', 'running', 0]])
    t.same((await store.inspections.inspections(10))[1]?.counts, { done: 2, pass: 2, fail: 0, review: 0 }, 'a list has counts for checks')
    t.same((await store.inspections.inspections(1)).length, 1)
    t.same((await store.inspections.reviews('a')).map(({ result, reason }) => [result, reason]), [['fail', 'too dark'], ['pass', 'looked again']])
    t.equal((await store.inspections.inspection('a'))?.checks[0]?.verdict.result, 'pass', 'the machine’s verdict stays')
    t.same((await store.inspections.unfinished()).map(({ id, checks }) => [id, checks.length]), [['a', 0]])
    t.same(await store.inspections.doneChecks('a'), [1, 2])
    await store.inspections.setState('a', 'paused', { pausedBecause: { code: 'disk.full', detail: 'no room' } })
    t.match(await store.inspections.inspection('a'), { state: 'paused', pausedBecause: { code: 'disk.full', detail: 'no room' } })
    t.equal((await store.inspections.unfinished()).length, 1)
    for (const resumedAtMs of [600, 700]) await store.inspections.setState('a', 'running', { resumedAtMs })
    const resumed = await store.inspections.inspection('a')
    t.match(resumed, { state: 'running', resumedAtMs: [600, 700] })
    t.notOk('pausedBecause' in (resumed ?? {}))
    await store.inspections.finish('a', 'done', 800)
    t.match(await store.inspections.inspection('a'), { state: 'done', finishedAtMs: 800, resumedAtMs: [600, 700] })
    await store.inspections.setState('a', 'running')
    t.notOk('finishedAtMs' in ((await store.inspections.inspection('a')) ?? {}), 'an interrupted one that goes on has no end any more')
    await t.rejects(store.inspections.setState('none', 'running'), { code: 'not-found' })
    t.equal(await store.inspections.inspection('none'), undefined)
  })

  await t.test('accounts, sessions and the audit trail', async (t) => {
    const account: Account = { name: 'admin', role: 'admin', area: '', passwordHash: 'scrypt$x', createdAtMs: 1, disabled: false }
    await store.accounts.saveAccount(account)
    await store.accounts.saveAccount({ ...account, name: 'zhang', role: 'assessor', area: '320116' })
    await store.accounts.saveAccount({ ...account, disabled: true })
    const session = (tokenSha256: string, account: string, expiresAtMs: number): StoredSession => ({ tokenSha256, id: `id ${tokenSha256}`, kind: 'session', account, name: '', createdAtMs: 1, seenAtMs: 1, expiresAtMs, address: '10.0.0.1', agent: 'test' })
    await store.accounts.saveSession(session('aa', 'admin', clock.wallMs() - 1))
    await store.accounts.saveSession(session('bb', 'zhang', clock.wallMs() + 1000))
    await store.accounts.saveSession({ ...session('cc', 'zhang', clock.wallMs() + 1000), kind: 'token', name: 'nightly', createdAtMs: 2 })
    const setting = { account: 'zhang', key: 'columns', value: '["name"]', version: 1, updatedAtMs: 5 }
    t.same([await store.accounts.saveSetting(setting), await store.accounts.saveSetting(setting), await store.accounts.saveSetting({ ...setting, value: '[]', version: 2 }), await store.accounts.saveSetting({ ...setting, version: 4 })], [true, false, true, false], 'only upon the version before')
    t.same([await store.accounts.settings('zhang'), await store.accounts.settings('admin')], [[{ ...setting, value: '[]', version: 2 }], []])
    await store.accounts.audit({ atMs: 1, account: 'admin', action: 'login', subject: '', detail: '' })
    await store.accounts.audit({ atMs: 2, account: 'zhang', action: 'draw', subject: 'a', detail: 'seed', address: '10.0.0.1' })
    await again()
    t.same(await store.accounts.account('admin'), { ...account, disabled: true })
    await store.accounts.saveAccount({ ...account, mustChange: true, passwordAtMs: 9 })
    t.same(await store.accounts.account('admin'), { ...account, mustChange: true, passwordAtMs: 9 })
    t.same((await store.accounts.accounts()).map(({ name }) => name), ['admin', 'zhang'])
    t.equal(await store.accounts.account('none'), undefined)
    t.same(await store.accounts.session('bb'), session('bb', 'zhang', clock.wallMs() + 1000))
    t.equal(await store.accounts.session('aa'), undefined, 'an expired session is cleared when another begins')
    t.same((await store.accounts.sessionsOf('zhang')).map(({ tokenSha256, kind, name }) => [tokenSha256, kind, name]), [['cc', 'token', 'nightly'], ['bb', 'session', '']])
    await store.accounts.touchSession('bb', 7)
    t.equal((await store.accounts.session('bb'))?.seenAtMs, 7)
    await store.accounts.deleteSession('bb')
    t.equal(await store.accounts.session('bb'), undefined)
    t.match(await store.accounts.auditPage({ limit: 1 }), [{ n: 2, action: 'draw', address: '10.0.0.1', hash: /^[0-9a-f]{64}$/ }])
    t.same((await store.accounts.auditStretch(0, 9)).map(({ n }) => n), [1, 2])
    t.same(await store.accounts.auditCuts(), [])
  })
}

t.test('an entry of the audit trail is neither changed, replaced nor deleted, whatever asks', async (t) => {
  const file = join(t.testdir(), 'yiji.db')
  const store = await openStore({ file, clock })
  for (let n = 1; n <= 3; n++) await store.accounts.audit({ atMs: n, account: 'li', action: 'x.y', subject: String(n), detail: '' })
  await store.accounts.cutAudit(2, 10)
  await store.close()
  const raw = new Database(file)
  for (const sql of [
    `UPDATE audit SET detail = 'other' WHERE n = 3`, `UPDATE audit SET hash = '' WHERE n = 3`, 'DELETE FROM audit WHERE n = 3', 'DELETE FROM audit', `REPLACE INTO audit SELECT n, at_ms, 'other', action, subject, detail, address, hash FROM audit WHERE n = 3`,
    'UPDATE audit_cuts SET through = 99', 'DELETE FROM audit_cuts', `REPLACE INTO audit_cuts SELECT n, at_ms, 99, hash, entries FROM audit_cuts`,
  ]) t.throws(() => raw.exec(sql), /audit trail is not (changed|deleted|replaced)/, sql)
  t.same(raw.prepare('SELECT n FROM audit ORDER BY n').pluck().all(), [2, 3, 4])
  raw.close()
})

t.test('in memory', (t) => suite(t, () => openStore({ file: ':memory:', clock }), false))
t.test('in a file, closed and opened again', (t) => {
  const folder = t.testdir()
  return suite(t, () => openStore({ file: join(folder, 'deep', 'yiji.db'), clock }), true)
})

t.test('finding cameras', async (t) => {
  const store = await openStore({ file: ':memory:', clock })
  t.teardown(() => store.close())
  await store.registry.saveCameras(
    [
      camera(1, { name: '棠城路口', managementUnit: '六合区公安分局', longitude: '118.847231', latitude: '32.341872' }),
      camera(2, { name: '龙池50%_站', class: '2', address: '龙池街道', longitude: '118.832417', latitude: '32.318264' }),
      camera(3, { area: '320105', class: '2', managementUnit: '街道办', longitude: 'abc', latitude: '32' }, { findings: [lost] }),
      camera(4, {}, { isRetired: true }),
      camera(5, {}, { isDraft: true, declared: {}, reported: { fields: { name: '草稿', class: '3', longitude: '118.9', latitude: '32.3' }, deviceId: '1', atMs: 1, raw: {} } }),
      camera(6, { name: 'ABC Road', longitude: '118.9', latitude: '32.3' }, { findings: [{ ...lost, severity: 'warning' }] }),
    ],
    [],
  )
  const cases: readonly (readonly [Partial<CameraQuery>, readonly number[]])[] = [
    [{}, [1, 2, 3, 5, 6]],
    [{ includeRetired: true }, [1, 2, 3, 4, 5, 6]],
    [{ area: '3201' }, [1, 2, 3, 5, 6]],
    [{ area: '320105' }, [3]],
    [{ area: '' }, [1, 2, 3, 5, 6]],
    [{ area: '320' }, [1, 2, 3, 5, 6]],
    [{ class: '2' }, [2, 3]],
    [{ class: '3' }, [5]],
    [{ owner: '公安' }, [1]],
    [{ complete: true }, [1, 2, 6]],
    [{ complete: false }, [3, 5]],
    [{ online: false }, [1, 2, 3, 5, 6]],
    [{ online: true }, []],
    [{ text: '棠城' }, [1]],
    [{ text: '池街' }, [2]],
    [{ text: '0%_' }, [2]],
    [{ text: '%' }, [2]],
    [{ text: '_' }, [2]],
    [{ text: '\\' }, []],
    [{ text: 'abc r' }, [6]],
    [{ text: codeOf(3) }, [3]],
    [{ text: "'; DROP TABLE cameras; --" }, []],
    [{ box: { west: 118.83, south: 32.3, east: 118.85, north: 32.35 } }, [1, 2]],
    [{ box: { west: 118.847231, south: 32.341872, east: 118.847231, north: 32.341872 } }, [1]],
    [{ box: { west: 118.8472311, south: 32, east: 119, north: 33 } }, [5, 6]],
    [{ box: { west: -180, south: -90, east: 180, north: 90 }, class: '2' }, [2]],
    [{ area: '320116', class: '1', complete: true, text: '路口', owner: '分局' }, [1]],
    [{ cursor: codeOf(2) }, [3, 5, 6]],
  ]
  for (const [query, found] of cases) t.same(await page(store, query), found, JSON.stringify(query))
  const seen: string[] = []
  let cursor: string | undefined
  do {
    const { items, next, total } = await store.registry.cameras({ limit: 2, ...(cursor === undefined ? {} : { cursor }) })
    t.equal(total, 5, 'the total does not depend on the page')
    seen.push(...items.map(({ id }) => id))
    cursor = next
  } while (cursor !== undefined)
  t.same(seen, [1, 2, 3, 5, 6].map(codeOf))
  t.same((await store.registry.population('3201')).map(({ id }) => id), [1, 2, 3, 6].map(codeOf), 'neither retired nor draft')
  await store.registry.saveCameras([camera(1, { name: 'moved', longitude: '100.5', latitude: '30.5' }, { version: 2 }), camera(2, { name: 'no place' }, { version: 2 })], [])
  t.same(await page(store, { box: { west: 118.83, south: 32.3, east: 118.85, north: 32.35 } }), [], 'the map follows the record')
  t.same(await page(store, { box: { west: 100, south: 30, east: 101, north: 31 } }), [1])
})

t.test('a database of the first migration is brought up to date with what is in it', async (t) => {
  const file = join(t.testdir(), 'yiji.db')
  const old = new Database(file)
  const first = readFileSync(new URL('migrations/0000_tables.sql', import.meta.url), 'utf8')
  const journal = JSON.parse(readFileSync(new URL('migrations/meta/_journal.json', import.meta.url), 'utf8')) as { entries: readonly { when: number }[] }
  for (const statement of first.split('--> statement-breakpoint')) old.exec(statement)
  old.exec('CREATE TABLE __drizzle_migrations (id SERIAL PRIMARY KEY, hash text NOT NULL, created_at numeric)')
  old.prepare('INSERT INTO __drizzle_migrations (hash, created_at) VALUES (?, ?)').run('first', journal.entries[0]?.when)
  old.exec(`INSERT INTO cameras VALUES (7, '${codeOf(1)}', '320116', '1', '', 'online', 1, 0, 0, '旧点位', '', 118.5, 32.5, 4, 9)`)
  old.exec(`INSERT INTO camera_documents VALUES (7, '{"name":"旧点位"}', NULL, '[]')`)
  old.exec(`INSERT INTO devices (id, approved, presence, media_transport, channel_count, first_seen_ms) VALUES ('34020000001180000001', 1, 'online', 'udp', 1, 5)`)
  for (const [id, kind] of [[codeOf(1), 'camera'], ['320116', 'region'], ['32011600002160000001', 'group'], ['32011600001340000001', 'other']] as const) {
    old.exec(`INSERT INTO channels VALUES ('34020000001180000001', '${id}', '${kind}', 'on', NULL, '{}')`)
  }
  old.close()
  const store = await openStore({ file, clock })
  t.match(await store.registry.camera(codeOf(1)), { declared: { name: '旧点位' }, version: 4, presence: 'unknown' })
  t.same(await page(store, { box: { west: 118, south: 32, east: 119, north: 33 } }), [1], 'the places of before the migration are found')
  const { items } = await store.registry.channelPage('34020000001180000001', { parent: '', limit: 10 })
  t.same(items.map(({ kind, name }) => [kind, name]), ['region', 'camera', 'other', 'group'].map((kind) => [kind, kind]), 'channels of before have a kind, and stand at the top until the next catalog')
  await store.close()

  const later = new Database(file)
  later.prepare('INSERT INTO __drizzle_migrations (hash, created_at) VALUES (?, ?)').run('later', Date.UTC(2100, 0))
  later.close()
  await t.rejects(openStore({ file, clock }), { code: 'data.unwritable', message: /newer version/ })
})

t.test('the tables are those of the schema', async (t) => {
  const { raw } = connect(':memory:')
  for (const table of Object.values(schema) as SQLiteTable[]) {
    const { name, columns, indexes } = getTableConfig(table)
    const migrated = raw.pragma(`table_info(${name})`) as { name: string; notnull: number }[]
    t.same(migrated.map((column) => column.name), columns.map((column) => column.name), name)
    t.same(migrated.map((column) => column.notnull === 1), columns.map((column) => column.notNull), `${name}: what may be absent`)
    const made = (raw.pragma(`index_list(${name})`) as { name: string }[]).map((index) => index.name)
    for (const index of indexes) t.ok(made.includes(index.config.name), index.config.name)
  }
  raw.close()
})

/** Another process that opens the store, says so and stays. */
async function holder(t: Test, file: string): Promise<ChildProcess> {
  const url = (path: string): string => JSON.stringify(new URL(path, import.meta.url).href)
  const code = `const { openStore } = await import(${url('./index.ts')}); const { systemClock } = await import(${url('../base/index.ts')})
    const store = await openStore({ file: ${JSON.stringify(file)}, clock: systemClock })
    await store.accounts.saveAccount({ name: 'other', role: 'viewer', area: '', passwordHash: '', createdAtMs: 1, disabled: false })
    process.stdout.write('open'); process.stdin.on('data', async () => { await store.close(); process.exit(0) })`
  const child = spawn(process.execPath, ['--input-type=module', '-e', code], { stdio: ['pipe', 'pipe', 'inherit'] })
  t.teardown(() => child.kill('SIGKILL'))
  await once(child.stdout, 'data')
  return child
}

t.test('a second process is told who has the data; a dead one has nothing', async (t) => {
  const file = join(t.testdir(), 'yiji.db')
  const first = await holder(t, file)
  await t.rejects(openStore({ file, clock }), { code: 'data.locked', message: new RegExp(`is in use by process ${first.pid}: `) })
  first.kill('SIGKILL')
  await once(first, 'exit')
  t.ok(existsSync(`${file}.pid`), 'it died without tidying up')
  const store = await openStore({ file, clock })
  t.ok(await store.accounts.account('other'), 'what it had acknowledged is there')
  await t.rejects(openStore({ file, clock }), { code: 'data.locked', message: new RegExp(`process ${process.pid}`) }, 'nor twice in one process')
  t.ok(await store.accounts.account('other'), 'the refusal did not disturb the one that has it')
  await store.close()
  await store.close()
  t.notOk(existsSync(`${file}.pid`))
  const second = await holder(t, file)
  second.stdin?.write('close')
  await once(second, 'exit')
  await (await openStore({ file, clock })).close()
})

t.test('trouble with the disk is one line that says what to do', async (t) => {
  const folder = t.testdir({ file: 'x', 'none.db': 'this is not a database, but long enough to look like one: '.repeat(20) })
  await t.rejects(openStore({ file: join(folder, 'file', 'yiji.db'), clock }), { code: 'data.unwritable', message: /is not a folder/ })
  mkdirSync(join(folder, 'taken.db'))
  await t.rejects(openStore({ file: join(folder, 'taken.db'), clock }), { code: 'data.unwritable' })
  await t.rejects(openStore({ file: join(folder, 'none.db'), clock }), { code: 'data.unwritable', message: /not a sound database/ })
  await t.rejects(openStore({ file: join(folder, 'none.db'), clock }), { code: 'data.unwritable' }, 'a failed opening leaves no lock')
  if (existsSync('/dev/full')) {
    try {
      writeFileSync('/dev/full', 'x')
    } catch (error) {
      t.match(translate(error, '/data/yiji.db'), { code: 'disk.full', message: /no space left/ })
    }
  }
  const bug = new TypeError('bug')
  t.equal(translate(bug, 'x'), bug)
})

t.test('a disk that is full at the first start is said to be full, and leaves no half of a schema', (t) => {
  const raw = new Database(':memory:')
  raw.pragma('max_page_count = 6')
  let problem: unknown
  try {
    migrate(raw, 'x')
  } catch (error) {
    problem = translate(error, 'x')
  }
  t.match(problem, { code: 'disk.full' })
  t.equal(raw.pragma('schema_version', { simple: true }), 0)
  raw.pragma('max_page_count = 10000')
  migrate(raw, 'x')
  const version = raw.pragma('schema_version', { simple: true })
  migrate(raw, 'x')
  t.equal(raw.pragma('schema_version', { simple: true }), version, 'the second time there is nothing to do')
  raw.close()
  t.end()
})

t.test('a full database refuses the whole change and stays sound', async (t) => {
  const file = join(t.testdir(), 'yiji.db')
  const connection = connect(file)
  const store = registryStore(connection, taskOn(file))
  await store.saveCameras([camera(1)], [])
  connection.raw.pragma(`max_page_count = ${(connection.raw.pragma('page_count', { simple: true }) as number) + 20}`)
  const many = Array.from({ length: 2000 }, (_, n) => camera(n + 10))
  await t.rejects(store.saveCameras(many, []), { code: 'disk.full', message: /nothing of this change was written/ })
  t.equal((await store.cameras({ limit: 10 })).total, 1)
  t.equal(connection.raw.pragma('integrity_check', { simple: true }), 'ok')
  await store.saveCameras([camera(2)], [])
  t.equal((await store.cameras({ limit: 10 })).total, 2)
  t.equal(statSync(file).mode & 0o077, 0, 'only its owner may read it: passwords of devices are in it')
  connection.raw.close()
})
