import t, { type Test } from 'tap'
import { manualClock, silentLog, type ManualClock } from '../base/index.ts'
import { openStore, type Store } from '../store/index.ts'
import { maxBulk } from './findings.ts'
import { createRegistry, type AreaCheckRun, type Channel, type Fields, type FindingQuery, type Registry } from './index.ts'

const platform = '32011600002000000001'
const recorder = '32011600001180000001'
const idOf = (n: number, district = '320116'): string => `${district}00001310${String(n).padStart(6, '0')}`
const day = 86_400_000
const full = (n: number, more: Fields = {}): Fields => ({
  code: idOf(n), name: `路口${n}`, manufacturer: '1', area: '320116', class: '2', functionType: '5', address: `棠城路${n}号`, longitude: `118.8472${String(n).padStart(2, '0')}`, latitude: '32.341872',
  positionType: '8', networking: 'networked', policeUnit: '320116000000', managementUnit: '六合区公安分局', status: '1', ...more,
})
const channel = (id: string, raw: Readonly<Record<string, string>> = {}, status: Channel['status'] = 'on'): Channel => ({ id, name: raw.Name ?? '', status, raw: { DeviceID: id, ...raw } })

interface House {
  readonly registry: Registry
  readonly store: Store
  readonly clock: ManualClock
  readonly rules: (query?: Partial<FindingQuery>) => Promise<readonly string[]>
  readonly check: (area?: string) => Promise<Awaited<ReturnType<Registry['checkEnded']>>>
}
async function house(t: Test, options: { file?: string; turn?: () => Promise<void> } = {}): Promise<House> {
  const clock = manualClock()
  const store = await openStore({ file: options.file ?? ':memory:', clock })
  t.teardown(() => store.close())
  const registry = createRegistry({ store: store.registry, clock, log: silentLog, ...(options.turn ? { turn: options.turn } : {}) })
  for (const device of [platform, recorder]) await registry.applyBinding(device, { transport: 'udp', host: '10.0.0.7', port: 5060, contact: 'sip:x', registeredAtMs: 1, expiresAtMs: 2, callId: 'c' })
  return {
    registry, store, clock,
    rules: async (query = {}) => (await registry.findings({ limit: 1000, ...query })).items.map(({ cameraId, rule, state }) => `${Number(cameraId.slice(-6))} ${rule} ${state}`),
    check: async (area = '') => registry.checkEnded(registry.startCheck(area, 'test').id),
  }
}

t.test('a finding opens with a write, is fixed by one, and opens again with its history', async (t) => {
  const { registry, clock, rules } = await house(t)
  await registry.create(full(1), 'wang', 'new')
  t.same(await rules(), [])
  clock.advance(1000)
  await registry.change(idOf(1), { address: null }, 'wang', 'x')
  const [opened] = (await registry.findings({ limit: 10 })).items
  t.match(opened, { cameraId: idOf(1), cameraName: '路口1', area: '320116', rule: 'address.missing', field: 'address', severity: 'error', source: 'record', state: 'open', firstAtMs: clock.wallMs(), lastAtMs: clock.wallMs() })
  const n = opened?.n ?? 0
  clock.advance(1000)
  t.match(await registry.editFinding(n, { state: 'accepted', owner: 'li', dueAtMs: clock.wallMs() + day, comment: 'asked them' }, 'wang'), { state: 'accepted', stateBy: 'wang', owner: 'li' })
  clock.advance(2 * day)
  t.same(await rules({ dueBeforeMs: clock.wallMs() }), ['1 address.missing accepted'], 'overdue')
  t.same(await rules({ owner: 'li' }), ['1 address.missing accepted'])
  t.same(await rules({ standing: true }), ['1 address.missing accepted'])
  t.same(await rules({ owner: '' }), [])
  const fixedAt = clock.wallMs()
  await registry.change(idOf(1), { address: '棠城路2号' }, 'wang', 'found it')
  t.match(await registry.finding(n), { state: 'fixed', stateAtMs: fixedAt, owner: 'li' })
  t.same(await rules({ dueBeforeMs: clock.wallMs() }), [], 'what is fixed is not overdue')
  t.same(await rules({ standing: true }), [], 'nor does it stand')
  await t.rejects(registry.editFinding(n, { state: 'waived', reason: 'x' }, 'wang'), { code: 'conflict', message: /is fixed/ })
  await registry.editFinding(n, { comment: 'well done' }, 'wang')
  clock.advance(1000)
  await registry.change(idOf(1), { address: null }, 'wang', 'again')
  const again = await registry.finding(n)
  t.match(again, { state: 'open', firstAtMs: opened?.firstAtMs })
  t.notOk(again?.dueAtMs, 'the date was for the time before')
  t.same((await registry.findingChanges(n)).map(({ what, from, to, reason, by }) => [what, from, to, reason, by].filter((each) => each !== undefined)), [
    ['state', 'open', 'accepted', '', 'wang'], ['owner', 'li', '', 'wang'], ['due', new Date(opened === undefined ? 0 : opened.firstAtMs + 1000 + day).toISOString(), '', 'wang'], ['comment', 'asked them', '', 'wang'],
    ['state', 'accepted', 'fixed', 'no-longer-found', ''], ['comment', 'well done', '', 'wang'], ['state', 'fixed', 'open', 'found-again', ''],
  ])
  await registry.retire(idOf(1), 'wang', 'gone')
  t.same(await rules(), ['1 address.missing fixed'], 'nothing is asked of a retired record; nothing is deleted')
  await registry.create(full(1, { address: '' }), 'wang', 'back')
  t.same(await rules(), ['1 address.missing open'])
})

t.test('a waiver needs its reason, stands while the values stand, and ends with them', async (t) => {
  const { registry, clock, rules } = await house(t)
  await registry.create(full(1), 'wang', 'new')
  await registry.applyCatalog(recorder, [channel(idOf(1), { Name: '甲' })], true)
  const [renamed] = (await registry.findings({ limit: 10, rule: 'catalog.renamed' })).items
  const n = renamed?.n ?? 0
  await t.rejects(registry.editFinding(n, { state: 'waived' }, 'wang'), { code: 'request.invalid', message: /reason/ })
  await t.rejects(registry.editFinding(n, { state: 'waived', reason: '  ' }, 'wang'), { code: 'request.invalid' })
  await t.rejects(registry.editFinding(n, {}, 'wang'), { code: 'request.invalid' })
  await t.rejects(registry.editFinding(999, { comment: 'x' }, 'wang'), { code: 'not-found' })
  await registry.editFinding(n, { state: 'waived', reason: 'the sign on the pole says so' }, 'wang')
  clock.advance(day)
  await registry.applyCatalog(recorder, [channel(idOf(1), { Name: '甲', Model: 'X' })], true)
  t.same(await rules({ rule: 'catalog.renamed' }), ['1 catalog.renamed waived'])
  await registry.applyCatalog(recorder, [channel(idOf(1), { Name: '乙', Model: 'X' })], true)
  t.match(await registry.finding(n), { state: 'open', detail: { reported: '乙' } })
  t.match((await registry.findingChanges(n)).at(-1), { reason: 'values-changed', by: '' })
  t.notOk((await registry.finding(n))?.reason)
  await registry.change(idOf(1), { ipv4: '1.2.3' }, 'wang', 'x')
  const [ip] = (await registry.findings({ limit: 10, rule: 'ipv4.malformed' })).items
  await registry.editFinding(ip?.n ?? 0, { state: 'waived', reason: 'unknown' }, 'wang')
  await registry.change(idOf(1), { model: 'Y' }, 'wang', 'x')
  t.equal((await registry.finding(ip?.n ?? 0))?.state, 'waived', 'another field')
  await registry.change(idOf(1), { ipv4: '1.2.3.x' }, 'wang', 'x')
  t.equal((await registry.finding(ip?.n ?? 0))?.state, 'open', 'the field itself, and it is still wrong')
})

t.test('many at once: by filter or ids, in one transaction, within an area and a bound', async (t) => {
  const { registry, store, rules } = await house(t)
  for (let n = 1; n <= 20; n++) await registry.create(full(n, { address: '', ...(n > 15 ? { code: idOf(n, '320115'), area: '320115', policeUnit: '320115000000' } : {}) }), 'wang', 'new')
  const missing = await registry.findings({ limit: 1000, rule: 'address.missing' })
  t.equal(missing.total, 20)
  t.same(await registry.editFindings({ rule: 'address.missing' }, '320116', { state: 'waived', reason: 'rural' }, 'wang'), { matched: 15, changed: 15, unchanged: 0, fixed: 0 }, 'never outside the area')
  t.same(await registry.editFindings(missing.items.map(({ n }) => n), '320116', { state: 'waived', reason: 'rural' }, 'wang'), { matched: 15, changed: 0, unchanged: 15, fixed: 0 })
  t.equal((await registry.findings({ limit: 1, state: 'waived', area: '320116' })).total, 15)
  t.equal((await registry.findings({ limit: 1, state: 'waived', area: '320115' })).total, 0)
  t.same(await registry.editFindings({ area: '320115', rule: 'address.missing' }, '320116', { owner: 'li' }, 'wang'), { matched: 0, changed: 0, unchanged: 0, fixed: 0 })
  await registry.change(idOf(1), { address: 'x' }, 'wang', 'y')
  t.same(await registry.editFindings({ rule: 'address.missing', area: '320116' }, '', { owner: 'li', comment: 'all of you' }, 'wang'), { matched: 15, changed: 15, unchanged: 0, fixed: 1 })
  t.equal((await rules({ owner: 'li' })).length, 14, 'the fixed one has the comment only')
  await t.rejects(registry.editFindings({ rule: 'address.missing' }, '', { state: 'waived' }, 'wang'), { code: 'request.invalid' })
  const refused = await store.registry.editFindings({ rule: 'address.missing' }, '', { owner: null }, 'wang', 1, 5)
  t.match(refused, { matched: 20, changed: 0 })
  t.equal((await rules({ owner: 'li' })).length, 14, 'more than may be: nothing is changed')
  t.ok(maxBulk >= 1000)
})

t.test('pages and counts, by every filter', async (t) => {
  const { registry } = await house(t)
  for (let n = 1; n <= 30; n++) await registry.create(full(n, { address: '', ...(n % 2 === 0 ? { model: 'x'.repeat(200) } : {}) }), 'wang', 'new')
  const all = await registry.findings({ limit: 1000 })
  t.equal(all.total, 45)
  t.same(all.counts.map(({ rule, severity, state, n }) => [rule, severity, state, n]).sort(), [['address.missing', 'error', 'open', 30], ['model.too-long', 'warning', 'open', 15]])
  const seen: number[] = []
  let cursor: string | undefined
  do {
    const page = await registry.findings({ limit: 7, ...(cursor === undefined ? {} : { cursor }) })
    seen.push(...page.items.map(({ n }) => n))
    cursor = page.next
    t.equal(page.total, 45)
  } while (cursor !== undefined)
  t.same(seen, all.items.map(({ n }) => n), 'every one once')
  const camera = await registry.findings({ limit: 10, camera: idOf(2) })
  t.match(camera, { total: 2, counts: [{ n: 1 }, { n: 1 }] })
  t.equal((await registry.findings({ limit: 10, severity: 'warning', area: '3201' })).total, 15)
  t.equal((await registry.findings({ limit: 10, area: '320115' })).total, 0)
  t.equal((await registry.findings({ limit: 10, source: 'area' })).total, 0)
  await registry.change(idOf(1), { area: '320117' }, 'wang', 'moved')
  t.equal((await registry.findings({ limit: 10, area: '320117', rule: 'address.missing' })).total, 1, 'findings move with their camera')
  t.equal((await registry.findings({ limit: 10, area: '320116', rule: 'address.missing' })).total, 29)
  const unowned = async () => {
    const page = await registry.findings({ limit: 1000, owner: '', area: '320116' })
    t.equal(page.total, page.items.length, 'counts of what nobody has')
    return page.total
  }
  const before = await unowned()
  await registry.editFindings({ camera: idOf(2) }, '', { owner: 'li' }, 'wang')
  t.equal(await unowned(), before - 2)
  for (const junk of ['', 'x', ':', '::1', '320116:99999999999999999999', 'a:1']) t.ok(await registry.findings({ limit: 1, cursor: junk }))
})

t.test('catalogs and records: absent, undeclared, taken over, listed elsewhere', async (t) => {
  const { registry, clock, rules } = await house(t)
  for (const n of [1, 2, 3]) await registry.create(full(n), 'wang', 'new')
  await registry.applyCatalog(platform, [channel(idOf(1)), channel(idOf(9), { Name: '新点', CivilCode: '320116' })], false)
  t.same(await rules(), ['9 record.undeclared open'], 'a part says nothing of what did not arrive')
  await registry.applyCatalog(platform, [channel(idOf(1)), channel(idOf(9), { Name: '新点', CivilCode: '320116' })], true)
  t.same([...(await rules())].sort(), ['2 catalog.absent open', '3 catalog.absent open', '9 record.undeclared open'])
  await registry.applyCatalog(recorder, [channel(idOf(2))], true)
  t.same(await rules({ rule: 'catalog.absent', state: 'open' }), ['3 catalog.absent open'], 'a recorder of its own lists it')
  await registry.applyCatalog(platform, [channel(idOf(1))], false)
  t.match(await registry.checkEnded(registry.startCheck('', 'test').id), { state: 'done', fixed: 0 }, 'a part that came later takes nothing away')
  t.same(await rules({ rule: 'catalog.absent', state: 'open' }), ['3 catalog.absent open'])
  clock.advance(1000)
  const taken = await registry.adopt(idOf(9), { fields: { class: '2' } }, 'wang', 'seen on the map')
  t.match(taken, { isDraft: false, declared: { name: '新点', area: '320116', class: '2', code: idOf(9) } })
  t.same(await rules({ rule: 'record.undeclared' }), ['9 record.undeclared fixed'])
  await t.rejects(registry.adopt(idOf(9), {}, 'wang', 'again'), { code: 'conflict', message: /has a record/ })
  await registry.applyCatalogChanges(platform, [{ event: 'DEL', channel: channel(idOf(9)) }])
  t.same(await rules({ camera: idOf(9), rule: 'catalog.absent' }), ['9 catalog.absent open'])
  await registry.applyCatalogChanges(platform, [{ event: 'ADD', channel: channel(idOf(9)) }])
  t.same(await rules({ camera: idOf(9), rule: 'catalog.absent' }), ['9 catalog.absent fixed'])
})

t.test('many channels become records at one go; what cannot is said', async (t) => {
  const { registry } = await house(t)
  await registry.create(full(1), 'wang', 'new')
  await registry.applyCatalog(platform, [1, 2, 3, 4, 5].map((n) => channel(idOf(n), { Name: `点${n}`, CivilCode: '320116', 'Info.EncodeType': '5' })), true)
  t.same(await registry.drafts('320116', platform, 10), [2, 3, 4, 5].map((n) => idOf(n)))
  t.same(await registry.drafts('320115', undefined, 10), [])
  await registry.retire(idOf(5), 'wang', 'no')
  const outcome = await registry.adoptMany([2, 3, 1, 5, 99].map((n) => idOf(n)), { accept: ['name', 'area'], fields: { class: '3', managementUnit: '街道' } }, 'li', 'taken')
  t.same(outcome.adopted, [2, 3].map((n) => idOf(n)))
  t.match([...outcome.skipped].sort((a, b) => (a.id < b.id ? -1 : 1)), [{ id: idOf(1), reason: /has a record/ }, { id: idOf(5), reason: /retired/ }, { id: idOf(99), reason: /no record/ }])
  t.match(await registry.camera(idOf(2)), { isDraft: false, declared: { code: idOf(2), name: '点2', area: '320116', class: '3', managementUnit: '街道' } })
  t.notOk((await registry.camera(idOf(2)))?.declared.encoding, 'what was not accepted is not declared')
  t.match((await registry.history(idOf(2))).at(-1), { field: 'record', from: 'draft', to: 'declared', by: 'li', why: 'taken' })
  t.same(await registry.drafts('', undefined, 10), [idOf(4)])
  await t.rejects(registry.adoptMany(Array.from({ length: 501 }, (_, n) => idOf(n)), {}, 'li', 'x'), { code: 'request.invalid' })
})

t.test('gone for days: counted from when it was last there, across restarts', async (t) => {
  const file = `${t.testdir()}/yiji.db`
  const clock = manualClock()
  const open = async () => {
    const store = await openStore({ file, clock })
    return { store, registry: createRegistry({ store: store.registry, clock, log: silentLog }) }
  }
  let { store, registry } = await open()
  t.teardown(() => store.close())
  await registry.applyBinding(recorder, { transport: 'udp', host: '10.0.0.7', port: 5060, contact: 'sip:x', registeredAtMs: 1, expiresAtMs: 2, callId: 'c' })
  await registry.create(full(1), 'wang', 'new')
  await registry.create(full(2, { status: '3' }), 'wang', 'removed')
  await registry.applyCatalog(recorder, [channel(idOf(1)), channel(idOf(2))], true)
  const rules = async () => (await registry.findings({ limit: 10, source: 'presence' })).items.map(({ cameraId, rule, state }) => `${Number(cameraId.slice(-6))} ${rule} ${state}`)
  const look = async () => registry.checkEnded(registry.startCheck('320116', 'test').id)
  const turn = (from: 'unknown' | 'online' | 'offline', to: 'online' | 'offline') => registry.applyPresence({ deviceId: recorder, from, to, reason: 'test', atMs: clock.wallMs() })
  await turn('unknown', 'online')
  clock.advance(30 * day)
  await look()
  t.same(await rules(), ['2 presence.removed-online open'], 'there all the time')
  await turn('online', 'offline')
  clock.advance(5 * day)
  await store.close()
  ;({ store, registry } = await open())
  clock.advance(day)
  await look()
  t.same([...(await rules())].sort(), ['2 presence.removed-online fixed'], 'six days')
  clock.advance(day)
  await look()
  t.same([...(await rules())].sort(), ['1 presence.offline open', '2 presence.removed-online fixed'], 'seven days, restart or not')
  await turn('unknown', 'online')
  await look()
  t.same([...(await rules())].sort(), ['1 presence.offline fixed', '2 presence.removed-online open'])
})

t.test('a check of an area: all rules, counted; one at a time; cancelled; what others found is not undone', async (t) => {
  const { registry, store, rules, check } = await house(t, { turn: () => new Promise(setImmediate) })
  const mac = '00-1A-2B-3C-4D-5E'
  for (let n = 1; n <= 130; n++) await store.registry.saveCameras([{ id: idOf(n), declared: full(n, { longitude: `118.84${String(1000 + n)}`, latitude: `32.34${String(1000 + n)}` }), isRetired: false, isDraft: false, presence: 'unknown', findings: [], version: 1, updatedAtMs: 1 }], [])
  await registry.create(full(1, { code: idOf(1, '320115'), area: '320115', policeUnit: '320115000000', mac }), 'wang', 'neighbour')
  await registry.change(idOf(7), { mac, address: null }, 'wang', 'x')
  const first = await check()
  t.match(first, { state: 'done', stage: 'together', total: 131, done: 131, standing: 1 })
  t.same(first?.notes.map(({ area, finding }) => [area, finding.rule]).sort(), [['320115', 'coordinates.outline-not-applied'], ['320116', 'coordinates.outline-not-applied']], 'what could not be checked is said')
  t.ok((first?.rewritten ?? 0) >= 129, 'records without their figures get them')
  t.same([...(await rules({ source: 'area' }))].sort(), ['1 mac.duplicate open', '7 mac.duplicate open'])
  t.match(await check('320116'), { state: 'done', fixed: 0, opened: 0, reopened: 0, rewritten: 0 }, 'the neighbour is looked at too')
  t.same([...(await rules({ source: 'area' }))].sort(), ['1 mac.duplicate open', '7 mac.duplicate open'])
  await registry.change(idOf(7), { mac: null }, 'wang', 'x')
  t.match(await check('320116'), { fixed: 1 })
  t.same([...(await rules({ source: 'area' }))].sort(), ['1 mac.duplicate open', '7 mac.duplicate fixed'], "only the area's are kept")
  t.match(await check('320115'), { fixed: 1 })
  const running = registry.startCheck('320116', 'test')
  t.match(running, { state: 'running', by: 'test', area: '320116' })
  for (const area of ['320116', '3201', '', '32011601']) t.throws(() => registry.startCheck(area, 'other'), { code: 'conflict' }, `"${area}" overlaps`)
  const beside = registry.startCheck('320115', 'other')
  registry.cancelCheck(running.id)
  t.match(await registry.checkEnded(running.id), { state: 'cancelled' })
  t.match(await registry.checkEnded(beside.id), { state: 'done' })
  t.equal(registry.checks()[0]?.id, beside.id)
  t.equal(registry.check('none'), undefined)
  // Another process finds them as they ended, and what had not ended said to be broken off.
  const begun = { ...registry.checks()[0], id: 'zzz', state: 'running', startedAtMs: 9e12 } as AreaCheckRun
  const kept = store.registry
  await kept.saveAreaCheck(begun, 50)
  const after = createRegistry({ store: kept, clock: manualClock(), log: silentLog })
  t.match(await after.checkEnded('zzz'), { state: 'failed', isInterrupted: true })
  t.match(after.checks().slice(0, 3).map(({ id, state }) => [id, state]), [['zzz', 'failed'], [beside.id, 'done'], [running.id, 'cancelled']])
  t.match((await kept.areaChecks())[0], { id: 'zzz', state: 'failed', isInterrupted: true }, 'and kept so')
  for (let n = 0; n < 5; n++) await kept.saveAreaCheck({ ...begun, id: `old-${n}`, state: 'done', startedAtMs: n }, 3)
  t.equal((await kept.areaChecks()).length, 3, 'the newest of them')
  t.equal(registry.cancelCheck('none'), undefined)
})

t.test('a check that breaks says so, and the next one runs', async (t) => {
  const { store } = await house(t)
  let isBroken = true
  const registry = createRegistry({ store: { ...store.registry, camerasAfter: (...given) => (isBroken ? Promise.reject(new Error('disk')) : store.registry.camerasAfter(...given)) }, clock: manualClock(), log: silentLog })
  t.match(await registry.checkEnded(registry.startCheck('', 'test').id), { state: 'failed' })
  isBroken = false
  t.match(await registry.checkEnded(registry.startCheck('', 'test').id), { state: 'done' })
})
