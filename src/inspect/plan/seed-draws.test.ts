// Draws over a real store: seeds of two sides, reasons for drawing again, exemptions frozen with the list.
import t, { type Test } from 'tap'
import { createHash } from 'node:crypto'
import { manualClock, seededBytes, type ManualClock } from '../../base/index.ts'
import { planFields } from '../../service/plan-fields.ts'
import { openStore, type Store } from '../../store/index.ts'
import { populationText } from '../population.ts'
import { chooseRules } from '../rules/index.ts'
import type { Inspection, PopulationMember } from '../types.ts'
import { commitmentOf, createDrawing, createExemptions, createSeedDraws, drawPlan, seedOfHalves, type Drawing, type DrawRequest, type Exemptions, type SeedDraws } from './index.ts'

const rules = chooseRules('default')
const member = (n: number): PopulationMember => ({
  id: `3201160000132${String(n).padStart(7, '0')}`, name: `点位${n}`, class: String(1 + (n % 3)), area: '320116', owner: '', policeUnit: '', networking: 'networked', functionType: '5', longitude: '', latitude: '', builtBy: '1', findings: [],
})

interface Home {
  readonly store: Store
  readonly clock: ManualClock
  readonly drawing: Drawing
  readonly exemptions: Exemptions
  readonly seedDraws: SeedDraws
  /** Draws, and keeps what is drawn as an inspection. */
  readonly draw: (request?: Partial<DrawRequest>) => Promise<Inspection>
  readonly cameras: PopulationMember[]
}

async function home(t: Test): Promise<Home> {
  const clock = manualClock()
  const random = seededBytes(8)
  const store = await openStore({ file: ':memory:', clock })
  t.teardown(() => store.close())
  const cameras = Array.from({ length: 60 }, (_, n) => member(n))
  const drawing = createDrawing({ population: async () => cameras, inspections: store.inspections, draws: store.draws, fields: planFields, clock, random })
  let last = 0
  const draw = (request: Partial<DrawRequest> = {}): Promise<Inspection> =>
    drawing.draw({ area: '320116', by: 'assessor', ...request }, rules, async ({ draw: drawn, population, leftOut, about }) => {
      const inspection: Inspection = { id: `i-${++last}`, area: request.area ?? '320116', startedAtMs: clock.wallMs(), state: 'running', createdBy: request.by ?? 'assessor', draw: drawn, ...about, rules, checks: [], total: drawn.members.length }
      await store.inspections.saveInspection(inspection, population, leftOut)
      return inspection
    })
  return { store, clock, drawing, exemptions: createExemptions({ store: store.draws, clock }), seedDraws: createSeedDraws({ store: store.draws, drawing, clock, random }), draw, cameras }
}

const [half1, half2, salt1, salt2] = ['3', 'ab12cd34ab12cd34', '1'.repeat(32), '2'.repeat(64)]
const opening = { area: '320116', by: 'assessor', other: 'office' } as const

t.test('two sides make a seed: both commit, both reveal, neither sees before, the sample follows', async (t) => {
  const { seedDraws, draw, store, cameras } = await home(t)
  const { id, population, state } = await seedDraws.open(opening, rules)
  t.equal(state, 'committing')
  t.equal(population.sha256, createHash('sha256').update(populationText(cameras)).digest('hex'), 'the list is known before anybody commits')
  await t.rejects(seedDraws.reveal(id, 'assessor', half1, salt1), { code: 'conflict', message: /both sides commit first/ })
  await t.rejects(seedDraws.commit(id, 'stranger', 'a'.repeat(64)), { code: 'conflict', message: /between assessor and office/ })
  await t.rejects(seedDraws.commit(id, 'assessor', 'short'), { code: 'draw.invalid' })
  await seedDraws.commit(id, 'assessor', commitmentOf(half1, salt1).toUpperCase())
  await t.rejects(seedDraws.commit(id, 'assessor', 'a'.repeat(64)), { code: 'conflict', message: /not changed/ })
  await t.rejects(seedDraws.commit(id, 'office', commitmentOf(half1, salt1)), { code: 'draw.invalid', message: /the other side/ })
  await t.rejects(seedDraws.reveal(id, 'assessor', half1, salt1), { code: 'conflict' }, 'nobody reveals before both have committed')
  t.equal((await seedDraws.commit(id, 'office', commitmentOf(half2, salt2))).state, 'revealing')
  await t.rejects(seedDraws.reveal(id, 'assessor', '4', salt1), { code: 'draw.invalid', message: /not what assessor committed to/ })
  const once = await seedDraws.reveal(id, 'assessor', half1, salt1)
  for (const seen of [once, await seedDraws.get(id), (await seedDraws.list('', 9))[0]]) {
    t.match(seen, { state: 'revealing', sides: [{ revealedAtMs: Number }, {}] })
    t.notMatch(JSON.stringify(seen), /"half"|"salt"/, 'the first half is shown to nobody yet')
  }
  await t.rejects(draw({ seedDraw: id }), { code: 'conflict', message: /not drawn/ })
  const both = await seedDraws.reveal(id, 'office', half2.toUpperCase(), salt2)
  const seed = createHash('sha256').update(`${half1}:${half2}`).digest('hex')
  t.equal(seed, seedOfHalves(half1, half2))
  t.match(both, { state: 'drawn', seed, sides: [{ by: 'assessor', half: half1, salt: salt1 }, { by: 'office', half: half2, salt: salt2 }] })

  cameras.pop()
  const inspection = await draw({ seedDraw: id })
  t.match(inspection, { draw: { seed, seedFrom: 'two-party', population }, halves: both.sides })
  t.same(inspection.draw.members.map((each) => each.id), drawPlan(cameras.concat(member(59)), inspection.plan ?? both.plan, seed).members.map((each) => each.id), 'of the list as it was frozen')
  t.match(await seedDraws.get(id), { state: 'used', inspection: inspection.id })
  await t.rejects(draw({ seedDraw: id }), { code: 'conflict', message: /used already/ })
  t.match(await store.inspections.inspection(inspection.id), { halves: both.sides, draw: { seed, members: inspection.draw.members } })
})

t.test('a side that does not go on lets the draw expire, and everybody sees it', async (t) => {
  const { seedDraws, clock, draw, drawing } = await home(t)
  const { id } = await seedDraws.open({ ...opening, openForMs: 60_000 }, rules)
  await seedDraws.commit(id, 'assessor', commitmentOf(half1, salt1))
  await seedDraws.commit(id, 'office', commitmentOf(half2, salt2))
  await seedDraws.reveal(id, 'assessor', half1, salt1)
  clock.advance(60_000)
  await t.rejects(seedDraws.reveal(id, 'office', half2, salt2), { code: 'conflict', message: /its time is over/ })
  t.match(await seedDraws.list('320116', 5), [{ id, state: 'expired', sides: [{ by: 'assessor', revealedAtMs: Number }, { by: 'office' }] }])
  await t.rejects(draw({ seedDraw: id }), { code: 'conflict' })
  const left = { id, of: 'seed-draw', state: 'expired', size: 0, cameras: [], seed: '', by: 'assessor, office', abandoned: { missing: [{ by: 'office', step: 'reveal' }], isChoice: true } }
  t.match(await drawing.around('320116', clock.wallMs()), [{ ...left, atMs: clock.wallMs(), abandoned: { ...left.abandoned, expiresAtMs: clock.wallMs() } }], 'among the drawn sets, with nothing drawn')
  await t.rejects(draw(), { code: 'draw.reason-needed', message: /a draw of two sides of the last day \(d-\w+ of assessor, office, left by office without a revelation/ })
  await t.rejects(seedDraws.open(opening, rules), { code: 'draw.reason-needed' }, 'nor do the two sides begin anew without')
  t.equal((await drawing.outlook({ area: '320116' }, rules)).drawnBefore, 1)
  t.equal((await draw({ preset: 'notice-running' })).redrawReason, undefined, 'another kind of check is another draw')
  for (const wrong of [{ other: 'assessor' }, { openForMs: 5 }, { preset: 'none' }, { area: '320116', strata: [{ class: '9', count: 1 }] }]) await t.rejects(seedDraws.open({ ...opening, ...wrong }, rules), { code: /^(request|draw)\.invalid$/ }, JSON.stringify(wrong))

  const late = await seedDraws.open({ ...opening, redrawReason: '一方未公开' }, rules)
  await Promise.all([seedDraws.commit(late.id, 'assessor', commitmentOf(half1, salt1)), seedDraws.commit(late.id, 'office', commitmentOf(half2, salt2))])
  await Promise.all([seedDraws.reveal(late.id, 'assessor', half1, salt1), seedDraws.reveal(late.id, 'office', half2, salt2)])
  t.match((await drawing.around('320116', clock.wallMs())).filter(({ of, state }) => of === 'seed-draw' && state !== 'expired'), [{ id: late.id, reason: '一方未公开', of: 'seed-draw', seedFrom: 'two-party', by: 'assessor, office', size: 20, cameras: { length: 20 }, kinds: ['record', 'image'] }])
  await t.rejects(draw(), { code: 'draw.reason-needed' }, 'it counts, though nobody used it')
  clock.advance(86_400_001)
  await t.rejects(draw({ seedDraw: late.id }), { code: 'conflict', message: /within a day/ }, 'a set that suits is not kept in a drawer')
})

t.test('a draw that waits for the second half is in sight before it expires; of a patrol there is nothing to choose', async (t) => {
  const { seedDraws, clock, draw, drawing } = await home(t)
  const patrol = await seedDraws.open({ ...opening, preset: 'patrol', openForMs: 60_000 }, rules)
  const { id } = await seedDraws.open(opening, rules)
  t.same(await drawing.around('320116', clock.wallMs()), [], 'nothing is known of a seed yet')
  for (const [by, half, salt] of [['assessor', half1, salt1], ['office', half2, salt2]] as const) await seedDraws.commit(id, by, commitmentOf(half, salt))
  t.match(await drawing.around('320116', clock.wallMs()), [{ id, state: 'revealing', size: 0, abandoned: { missing: [{ by: 'assessor' }, { by: 'office' }] } }])
  await t.rejects(draw(), { code: 'draw.reason-needed' }, 'who does not like the first half does not just draw another way')
  await seedDraws.reveal(id, 'assessor', half1, salt1)
  await seedDraws.reveal(id, 'office', half2, salt2)
  t.equal((await draw({ seedDraw: id })).draw.seedFrom, 'two-party')
  clock.advance(60_000)
  const sets = await drawing.around('320116', clock.wallMs())
  t.match(sets.find((set) => set.id === patrol.id), { state: 'expired', abandoned: { isChoice: false, missing: [{ by: 'assessor', step: 'commit' }, { by: 'office', step: 'commit' }] } })
  t.notOk(sets.find((set) => set.id === id), 'used: it is its inspection')
})

t.test('drawing again needs a reason; every set stays, cancelled ones too', async (t) => {
  const { draw, store, drawing, clock, seedDraws } = await home(t)
  const first = await draw()
  await store.inspections.finish(first.id, 'cancelled', clock.wallMs())
  await t.rejects(draw(), { code: 'draw.reason-needed', message: /i-1 by assessor.*redrawReason/ })
  await t.rejects(draw({ area: '3201' }), { code: 'draw.reason-needed' }, 'nor of the city around it')
  await t.rejects(draw({ area: '32011602' }), { code: 'draw.reason-needed' }, 'nor of a part of it')
  await t.rejects(draw({ redrawReason: '   ' }), { code: 'draw.reason-needed' })
  await t.rejects(seedDraws.open(opening, rules), { code: 'draw.reason-needed' })
  t.equal((await draw({ seed: first.draw.seed })).draw.members[0]?.id, first.draw.members[0]?.id, 'the same cameras again are no choice')
  t.equal((await draw({ preset: 'notice-running' })).id, 'i-3', 'another kind of check is another draw')
  t.equal((await draw({ preset: 'patrol' })).total, 60, 'who takes everyone chooses nobody')
  const second = await draw({ redrawReason: ' 平台断电，首次作废 ' })
  t.equal(second.redrawReason, '平台断电，首次作废')
  clock.advance(60_000)
  const sets = await drawing.around('320116', clock.wallMs())
  t.match(sets, [
    { id: 'i-1', state: 'cancelled', by: 'assessor', seed: first.draw.seed, seedFrom: 'made', cameras: first.draw.members.map(({ id }) => id), size: 20 },
    { id: 'i-2', seedFrom: 'typed' },
    { id: 'i-3', kinds: ['running'] },
    { id: 'i-4', plan: 'patrol', size: 60, cameras: [] },
    { id: 'i-5', reason: '平台断电，首次作废' },
  ])
  t.equal((await drawing.around('320117', clock.wallMs())).length, 0)
  clock.advance(86_400_000)
  t.equal((await draw()).redrawReason, undefined, 'a day later it is another day')
  const together = await Promise.allSettled([draw({ area: '330100' }), draw({ area: '330100' })])
  t.same(together.map(({ status }) => status).sort(), ['fulfilled', 'rejected'], 'two that come together do not both come first')
})

t.test('the same cameras for another check, as they were frozen', async (t) => {
  const { draw, store, cameras } = await home(t)
  const first = await draw({ preset: 'notice' })
  cameras.length = 30
  const again = await draw({ sampleOf: first.id, kinds: ['image'] })
  t.same(again.draw.members, first.draw.members.slice(0, 20))
  t.same(again.draw.strata.map(({ kinds }) => kinds), [['image'], ['image'], ['image']])
  t.match(again, { sampleOf: first.id, plan: { samples: [{ kinds: ['image'] }] }, draw: { population: first.draw.population, seed: first.draw.seed } })
  t.equal((await store.inspections.population(again.id)).length, 60)
  await t.rejects(draw({ sampleOf: 'i-99' }), { code: 'not-found' })
  for (const wrong of [{ sampleOf: first.id, preset: 'notice' }, { sampleOf: first.id, seed: '0'.repeat(16) }, { kinds: ['image'] as const }, { preset: 'patrol', strata: [] }, { plan: { kinds: ['image'] } }]) await t.rejects(draw(wrong), { code: 'request.invalid' }, JSON.stringify(wrong))
})

t.test('exemptions: in force from, until, ended; frozen with the list; never changed, never taken out', async (t) => {
  const { exemptions, clock, draw, store, cameras } = await home(t)
  const now = clock.wallMs()
  const said = { area: '320116', reason: '道路施工', document: '六公备〔2026〕3号', fromMs: now, untilMs: now + 7_200_000, by: 'assessor' }
  const one = await exemptions.add({ ...said, camera: cameras[0]?.id ?? '' })
  const later = await exemptions.add({ ...said, camera: cameras[1]?.id ?? '', fromMs: now + 3_600_000 })
  const patrol = await draw({ preset: 'patrol' })
  t.match(patrol, { total: 59, draw: { leftOut: { exempted: 1 } }, exempted: [{ exemption: one, cameras: 1, some: [{ id: cameras[0]?.id }] }] })
  t.match(await store.inspections.leftOut?.(patrol.id), [{ member: cameras[0], why: 'exempted', exemption: one.n }])
  clock.advance(3_600_000)
  t.match(await exemptions.end(one.n, 'chief', '提前完工'), { ended: { by: 'chief', reason: '提前完工' } })
  t.match(await draw({ preset: 'patrol' }), { total: 59, exempted: [{ exemption: { n: later.n } }] })
  t.match((await store.inspections.inspection(patrol.id))?.exempted, [{ exemption: { n: one.n, ended: undefined } }], 'what was frozen says what it said')
  await t.rejects(exemptions.end(one.n, 'chief', 'again'), { code: 'conflict' })
  await t.rejects(exemptions.end(later.n, 'chief', ' '), { code: 'request.invalid' })
  await t.rejects(exemptions.end(99, 'chief', 'x'), { code: 'not-found' })
  for (const wrong of [{ untilMs: now - 1 }, { fromMs: now + 9, untilMs: now + 9 }, { untilMs: now + 400 * 86_400_000 }, { reason: ' ' }, { document: '' }, { area: '' }, { camera: '' }, { untilMs: now + 1 }]) await t.rejects(exemptions.add({ ...said, ...wrong }), { code: 'request.invalid' }, JSON.stringify(wrong))
  t.same((await exemptions.list({ area: '3201', limit: 9 })).map(({ n }) => n), [later.n, one.n])
  t.same((await exemptions.list({ area: '', limit: 9, atMs: clock.wallMs() })).map(({ n }) => n), [later.n])
  await exemptions.add({ ...said, untilMs: clock.wallMs() + 9 })
  await t.rejects(draw({ preset: 'patrol' }), { code: 'draw.invalid', message: /0 cameras, after 60 exempted/ }, 'a whole area')
})
