// Samples, exemptions and two-party draws in the database itself: what is apart, what is refused, what older rows mean.
import t from 'tap'
import Database from 'better-sqlite3'
import { join } from 'node:path'
import { manualClock } from '../base/index.ts'
import { presets, type Inspection, type KeptSeedDraw, type PopulationMember } from '../inspect/index.ts'
import { openStore } from './index.ts'

const clock = manualClock()
const member = (n: number): PopulationMember => ({ id: `3201160000132${String(n).padStart(7, '0')}`, name: `点位${n}`, class: '1', area: '320116', owner: '', policeUnit: '', networking: '', functionType: '', longitude: '', latitude: '', builtBy: '', findings: [] })
const population = [0, 1, 2, 3].map(member)
const drawn = [member(2), member(0)]
const inspection = (id: string, more: Partial<Inspection> = {}): Inspection => ({
  id, area: '320116', startedAtMs: clock.wallMs(), state: 'done', createdBy: 'a', rules: { name: 'default', version: 1 } as Inspection['rules'], checks: [], total: 2,
  draw: { algorithm: 'sha256-order-1', seed: '00ff', population: { size: 4, sha256: 'cd' }, strata: [{ class: '1', population: 4, asked: 2, drawn: 2 }], members: drawn, drawnIn: [[0], [0]] }, ...more,
})

t.test('a sample lies in the rows of its population: whole where it is asked for, not read for lists', async (t) => {
  const store = await openStore({ file: ':memory:', clock })
  t.teardown(() => store.close())
  const leftOut = [{ member: member(9), why: 'exempted', exemption: 3 }] as const
  const [plan] = presets
  await store.inspections.saveInspection(inspection('new', { ...(plan && { plan }), redrawReason: '再抽' }), population, leftOut)
  const { drawnIn: _drawnIn, ...before } = inspection('old').draw
  await store.inspections.saveInspection(inspection('old', { draw: before }), population)
  const [whole, old] = [await store.inspections.inspection('new'), await store.inspections.inspection('old')]
  t.same(whole?.draw, inspection('new').draw, 'members in the order in which they were drawn')
  t.match(whole, { plan, redrawReason: '再抽' })
  t.same(old?.draw, before, 'a draw of before is kept as it was')
  for (const id of ['new', 'old']) t.same(await store.inspections.population(id), population)
  t.same(await store.inspections.leftOut?.('new'), leftOut)
  t.same(await store.inspections.leftOut?.('old'), [])
  const listed = await store.inspections.inspections(9)
  t.same(listed.map(({ id, draw }) => [id, draw.members.length]).sort(), [['new', 0], ['old', 2]])
  const sets = await store.draws.drawnSets('3201', 0, clock.wallMs())
  t.match(sets, [{ id: 'new', plan: 'notice', reason: '再抽', cameras: drawn.map(({ id }) => id) }, { id: 'old', plan: 'classes', kinds: ['record', 'image'], cameras: drawn.map(({ id }) => id), size: 2 }])
  t.same(await store.draws.drawnSets('3202', 0, clock.wallMs()), [])
})

t.test('the database itself refuses to change or take out an exemption, or to take out a draw', async (t) => {
  const file = join(t.testdir(), 'yiji.sqlite')
  const store = await openStore({ file, clock })
  const said = { area: '320116', camera: member(1).id, reason: '停电', document: '备 1', fromMs: 1, untilMs: 9, by: 'a', atMs: 1 }
  t.same(await store.draws.addExemption(said), { ...said, n: 1 })
  const draw: KeptSeedDraw = {
    id: 'd-1', area: '320116', state: 'committing', atMs: 5, expiresAtMs: 9, plan: presets[0] ?? raise(), rules: { name: 'default', version: 1 }, population: { size: 4, sha256: 'ab' },
    leftOut: { size: 1, sha256: 'cd', exempted: 1, notNetworked: 0, filtered: 0 }, sides: [{ by: 'a' }, { by: 'b' }], exempted: [],
  }
  await store.draws.addSeedDraw(draw, population, [{ member: member(9), why: 'exempted', exemption: 1 }])
  await store.close()
  const raw = new Database(file)
  raw.function('wall_ms', () => 0)
  for (const sql of [`UPDATE exemptions SET reason = 'other'`, 'UPDATE exemptions SET until_ms = 99', 'UPDATE exemptions SET camera = NULL', 'DELETE FROM exemptions', 'DELETE FROM seed_draws']) t.throws(() => raw.exec(sql), { code: 'SQLITE_CONSTRAINT_TRIGGER' }, sql)
  raw.close()
  const again = await openStore({ file, clock })
  t.teardown(() => again.close())
  t.same(await again.draws.seedDraw('d-1'), draw)
  t.same(await again.draws.seedDrawLists('d-1'), { population, leftOut: [{ member: member(9), why: 'exempted', exemption: 1 }] })
  t.equal(await again.draws.endExemption(1, { atMs: 3, by: 'b', reason: 'done' }), true)
  t.equal(await again.draws.endExemption(1, { atMs: 4, by: 'b', reason: 'twice' }), false)
  t.same(await again.draws.exemption(1), { ...said, n: 1, ended: { atMs: 3, by: 'b', reason: 'done' } })
})

const raise = (): never => {
  throw new Error('absent')
}
