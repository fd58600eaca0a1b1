import t from 'tap'
import { manualClock, seededBytes, silentLog } from '../base/index.ts'
import { createRegistry, type Channel, type Completeness, type Fields, type FieldName } from '../registry/index.ts'
import { openStore } from './index.ts'
import { connect } from './database.ts'
import { registryStore } from './registry-store.ts'
import { taskOn } from './trouble.ts'

const day = 86_400_000
const idOf = (n: number): string => `3201160000131${String(n).padStart(7, '0')}`

t.test('sums are what counting would give, whatever happens', async (t) => {
  const connection = connect(':memory:')
  t.teardown(() => connection.raw.close())
  const store = registryStore(connection, taskOn(':memory:'))
  const clock = manualClock()
  const registry = createRegistry({ store, clock, log: silentLog })
  const device = '32011600001180000001'
  await registry.applyBinding(device, { transport: 'udp', host: '10.0.0.7', port: 5060, contact: 'sip:x', registeredAtMs: 1, expiresAtMs: 2, callId: 'c' })
  const random = seededBytes(5)
  const pick = <T>(list: readonly T[]): T => list[(random(1)[0] ?? 0) % list.length] as T
  const values: Readonly<Partial<Record<FieldName, readonly string[]>>> = { area: ['320116', '320115', '320105'], class: ['1', '2', '7'], managementUnit: ['甲', '乙', ''], builtBy: ['1', '2', ''], name: ['x', ''], address: ['y', ''], ipv4: ['1.2.3', ''] }
  const given = (): Fields => Object.fromEntries((Object.entries(values) as [FieldName, readonly string[]][]).map(([name, list]) => [name, pick(list)]).filter(([, value]) => value !== ''))
  const channel = (n: number): Channel => ({ id: idOf(n), name: 'c', status: pick(['on', 'off', 'unknown'] as const), raw: { DeviceID: idOf(n), CivilCode: pick(['320116', '320115']) } })
  const { raw } = connection
  const compare = (what: string): void => {
    t.same(
      raw.prepare(`SELECT area, rule, severity, source, state, n FROM finding_sums WHERE n > 0 ORDER BY 1, 2, 3, 4, 5`).all(),
      raw.prepare('SELECT area, rule, severity, source, state, count(*) AS n FROM findings GROUP BY 1, 2, 3, 4, 5 ORDER BY 1, 2, 3, 4, 5').all(), `findings: ${what}`)
    t.same(
      raw.prepare('SELECT area, class, presence, is_complete, is_draft, n FROM camera_sums WHERE n > 0 ORDER BY 1, 2, 3, 4, 5').all(),
      raw.prepare('SELECT area, class, presence, is_complete, is_draft, count(*) AS n FROM cameras WHERE is_retired = 0 GROUP BY 1, 2, 3, 4, 5 ORDER BY 1, 2, 3, 4, 5').all(), `cameras: ${what}`)
    t.same(
      raw.prepare('SELECT area, class, owner, built_by, records, complete, mandatory, filled FROM completeness_sums WHERE records > 0 ORDER BY 1, 2, 3, 4').all(),
      raw.prepare(`SELECT area, class, owner, built_by, count(*) AS records, sum(is_complete) AS complete, sum(mandatory) AS mandatory, sum(filled) AS filled FROM cameras
        WHERE is_retired = 0 AND is_draft = 0 GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4`).all(), `completeness: ${what}`)
    t.same(raw.prepare('SELECT count(*) AS below FROM completeness_sums WHERE min(records, complete, mandatory, filled) < 0').get(), { below: 0 })
  }
  for (let round = 0; round < 400; round++) {
    clock.advance(1000)
    const n = (random(1)[0] ?? 0) % 12
    const [name, step] = pick<readonly [string, () => Promise<unknown>]>([
      ['create', () => registry.create({ ...given(), code: idOf(n) }, 'w', 'x')],
      ['change', () => registry.change(idOf(n), given(), 'w', 'x')],
      ['retire', () => registry.retire(idOf(n), 'w', 'x')],
      ['adopt', () => registry.adopt(idOf(n), { fields: given() }, 'w', 'x')],
      ['catalog', () => registry.applyCatalog(device, [channel(n), channel(n + 1)], pick([true, false]))],
      ['presence', () => registry.applyPresence({ deviceId: device, from: 'unknown', to: pick(['online', 'late', 'offline'] as const), reason: 'x', atMs: clock.wallMs() })],
      ['waive', () => registry.editFindings({ area: pick(['', '320116']) }, '', { state: pick(['waived', 'accepted', 'open'] as const), reason: 'r' }, 'w')],
    ])
    await step().catch((error: { code?: string }) => {
      if (error.code === undefined) throw error
    })
    if (round % 20 === 0 || round > 380) compare(`${round} ${name}`)
  }
})

t.test('completeness by group, and by day', async (t) => {
  const clock = manualClock(Date.UTC(2026, 2, 1, 15, 59))
  const store = await openStore({ file: ':memory:', clock })
  t.teardown(() => store.close())
  const registry = createRegistry({ store: store.registry, clock, log: silentLog })
  const whole: Fields = {
    name: '路口', manufacturer: '1', area: '320116', class: '2', functionType: '5', address: '棠城路', longitude: '118.847231', latitude: '32.341872', positionType: '8', networking: 'networked', policeUnit: '320116000000',
    managementUnit: '分局', status: '1', builtBy: '1',
  }
  await registry.create({ ...whole, code: idOf(1) }, 'w', 'x')
  await registry.create({ ...whole, code: idOf(2), address: '', managementUnit: '街道' }, 'w', 'x')
  await registry.create({ ...whole, code: idOf(3), class: '1' }, 'w', 'x')
  t.same((await registry.camera(idOf(1)))?.completeness, { filled: 14, mandatory: 14 })
  t.same((await registry.camera(idOf(2)))?.completeness, { filled: 13, mandatory: 14 })
  const classOne = (await registry.camera(idOf(3)))?.completeness
  t.ok(classOne && classOne.mandatory > 14 && classOne.filled === 14, 'class 1 must have more')
  await registry.change(idOf(1), { longitude: '11.8' }, 'w', 'spoilt')
  t.same((await registry.camera(idOf(1)))?.completeness, { filled: 12, mandatory: 14 }, 'there but wrong is not filled; a place is both of its fields')
  await registry.change(idOf(1), { longitude: '118.847231' }, 'w', 'right')
  const by = async (group: 'class' | 'owner' | 'builtBy' | 'division') => (await registry.completeness({ area: '' }, group, 10)).groups.map(({ value, records, complete }) => [value, complete, records])
  t.same(await by('class'), [['2', 1, 2], ['1', 0, 1]])
  t.same(await by('owner'), [['分局', 1, 2], ['街道', 0, 1]])
  t.same(await by('builtBy'), [['1', 1, 3]])
  t.same(await by('division'), [['320116', 1, 3]])
  t.match(await registry.completeness({ area: '320116', class: '2' }, 'owner', 1), { total: { records: 2, complete: 1, mandatory: 28, filled: 27 }, groups: [{ value: '分局' }], more: 1 })
  t.same((await registry.completeness({ area: '320115' }, 'class', 10)).total, { records: 0, complete: 0, mandatory: 0, filled: 0 })

  t.equal(await registry.hasToday(), false)
  t.equal(await registry.keepDay(), true)
  t.equal(await registry.keepDay(), false, 'once a day')
  clock.advance(60_000)
  t.equal(await registry.hasToday(), false, 'midnight in Beijing')
  await registry.change(idOf(2), { address: 'x' }, 'w', 'found')
  await registry.keepDay()
  clock.advance(3 * day)
  await registry.retire(idOf(1), 'w', 'gone')
  await registry.keepDay()
  clock.advance(day)
  await registry.keepDay()
  const days = async (filter: object = {}, from = ''): Promise<readonly (readonly [string, number, number])[]> => (await registry.completenessHistory({ area: '', ...filter }, from)).map(({ day: of, complete, records }) => [of, complete, records] as const)
  t.same(await days(), [['2026-03-01', 1, 3], ['2026-03-02', 2, 3], ['2026-03-05', 1, 2], ['2026-03-06', 1, 2]], 'a day without a run is not there, a day without a change is as the one before')
  t.same(await days({ owner: '街道' }), [['2026-03-01', 0, 1], ['2026-03-02', 1, 1], ['2026-03-05', 1, 1], ['2026-03-06', 1, 1]])
  t.same(await days({ class: '1' }, '2026-03-05'), [['2026-03-05', 0, 1], ['2026-03-06', 0, 1]])
  t.same(await days({ area: '320115' }), [['2026-03-01', 0, 0], ['2026-03-02', 0, 0], ['2026-03-05', 0, 0], ['2026-03-06', 0, 0]])
  const [last] = (await registry.completenessHistory({ area: '' }, '2026-03-06')) as readonly Completeness[]
  t.match(last, (await registry.completeness({ area: '' }, 'class', 1)).total, 'the last day is what stands now')
  t.same((await registry.counts('3201')).cameras, [{ class: '1', presence: 'unknown', isComplete: false, isDraft: false, n: 1 }, { class: '2', presence: 'unknown', isComplete: true, isDraft: false, n: 1 }])
  t.match((await registry.counts('')).findings, [{ severity: 'error' }])
})

t.test('a waived error counts as incomplete, or is excused, as the house has set; a start with the other setting counts again', async (t) => {
  const file = `${t.testdir()}/yiji.db`
  const clock = manualClock()
  const open = async (excusesWaived?: boolean) => {
    const store = await openStore({ file, clock, ...(excusesWaived === undefined ? {} : { excusesWaived }) })
    return { store, registry: createRegistry({ store: store.registry, clock, log: silentLog }) }
  }
  const whole: Fields = {
    code: idOf(1), name: '路口', manufacturer: '1', area: '320116', class: '2', functionType: '5', longitude: '118.847231', latitude: '32.341872', positionType: '8', networking: 'networked', policeUnit: '320116000000', managementUnit: '分局', status: '1',
  }
  let { store, registry } = await open()
  t.teardown(() => store.close())
  const complete = async () => (await registry.completeness({ area: '' }, 'class', 1)).total.complete
  await registry.create(whole, 'w', 'x')
  await registry.editFindings({ rule: 'address.missing' }, '', { state: 'waived', reason: 'no road there has a name' }, 'w')
  t.equal(await complete(), 0, 'counted')
  await store.close()
  ;({ store, registry } = await open(true))
  t.equal(await complete(), 1, 'excused from the start on')
  t.match(await registry.completeness({ area: '' }, 'class', 1), { total: { mandatory: 14, filled: 13 } }, 'a field that is missing is missing all the same')
  await registry.change(idOf(1), { model: 'X' }, 'w', 'x')
  t.equal(await complete(), 1, 'and after a write')
  await registry.change(idOf(1), { name: null }, 'w', 'x')
  t.equal(await complete(), 0, 'another error is none that was waived')
  await registry.editFindings({ rule: 'name.missing' }, '', { state: 'waived', reason: 'x' }, 'w')
  t.equal(await complete(), 1)
  await registry.editFindings({ rule: 'name.missing' }, '', { state: 'open' }, 'w')
  t.equal(await complete(), 0, 'taken back')
  await registry.change(idOf(1), { name: '路口' }, 'w', 'x')
  t.equal(await complete(), 1)
  await store.close()
  ;({ store, registry } = await open())
  t.equal(await complete(), 1, 'who does not say leaves it')
  await store.close()
  ;({ store, registry } = await open(false))
  t.equal(await complete(), 0)
})
