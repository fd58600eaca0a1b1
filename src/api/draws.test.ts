// Draws over the API: what a side may, what nobody sees too early, who may exempt, and which areas learn what.
import t from 'tap'
import { createHash } from 'node:crypto'
import { commitmentOf } from '../inspect/index.ts'
import { house, v1 } from './test/house.ts'
import { cameraHere, cameraThere, drawHere, here, inspectionHere, inspectionThere } from './test/things.ts'

interface Problem {
  readonly code: string
  readonly detail: string
}

t.test('two accounts draw; a third does not; nobody sees a half too early, not even in the trail', async (t) => {
  const { ask, deps } = await house(t)
  const half = { assessor: '3f9a0c5b7e21d486', editor: '6' } as const
  const salt = { assessor: 'ab'.repeat(16), editor: 'cd'.repeat(16) } as const
  const opened = await ask('assessor', 'POST', `${v1}/draws`, { area: here, other: 'editor', preset: 'patrol' })
  t.equal(opened.statusCode, 201)
  const { id, population } = opened.json<{ id: string; population: { sha256: string } }>()
  const list = await ask('editor', 'GET', `${v1}/draws/${id}/population.tsv`)
  t.equal(createHash('sha256').update(list.rawPayload).digest('hex'), population.sha256, 'both have the list before they commit')
  t.match(list.body, new RegExp(`^${cameraHere}\t1\t`))
  for (const name of ['assessor', 'editor'] as const) {
    t.equal((await ask(name, 'POST', `${v1}/draws/${id}/reveal`, { half: half[name], salt: salt[name] })).json<Problem>().code, 'conflict')
    t.equal((await ask(name, 'POST', `${v1}/draws/${id}/commitment`, { commitment: commitmentOf(half[name], salt[name]) })).statusCode, 200)
  }
  t.equal((await ask('chief', 'POST', `${v1}/draws/${id}/commitment`, { commitment: 'a'.repeat(64) })).json<Problem>().code, 'conflict', 'a third')
  t.equal((await ask('viewer', 'POST', `${v1}/draws/${id}/reveal`, { half: '1', salt: salt.editor })).statusCode, 403)
  t.equal((await ask('editor', 'POST', `${v1}/draws/${id}/reveal`, { half: '5', salt: salt.editor })).json<Problem>().code, 'draw.invalid')
  await ask('editor', 'POST', `${v1}/draws/${id}/reveal`, { half: half.editor, salt: salt.editor })
  for (const name of ['assessor', 'editor', 'viewer', 'admin'] as const) t.notMatch((await ask(name, 'GET', `${v1}/draws/${id}`)).body, /"half"|"salt"/, name)
  t.notMatch(JSON.stringify(await deps.accounts.auditTrail(50)), new RegExp(salt.editor))
  const drawn = (await ask('assessor', 'POST', `${v1}/draws/${id}/reveal`, { half: half.assessor, salt: salt.assessor })).json<object>()
  const seed = createHash('sha256').update(`${half.assessor}:${half.editor}`).digest('hex')
  t.match(drawn, { state: 'drawn', seed, sides: [{ half: half.assessor }, { half: half.editor }] })
  t.match((await deps.accounts.auditTrail(1))[0], { action: 'draw.reveal', subject: id, detail: `seed ${seed}` })
  t.match((await ask('viewer', 'GET', `${v1}/draws?area=${here}`)).json(), { items: [{ id }, { id: drawHere, state: 'committing' }] })
  for (const wrong of [{ other: 'viewer' }, { other: 'stranger' }, { other: 'nobody' }, { other: 'assessor' }, { other: 'editor', preset: 'patrol', plan: {} }, { other: 'editor', plan: { kinds: ['image'], strata: [{ count: 'x' }] } }]) {
    t.equal((await ask('assessor', 'POST', `${v1}/draws`, { area: here, ...wrong })).statusCode, 400, JSON.stringify(wrong))
  }
})

t.test('plans that ship, and what an inspection says of its draw', async (t) => {
  const { ask, store, clock } = await house(t)
  const plans = (await ask('viewer', 'GET', `${v1}/plans`)).json<{ items: { name: string; samples: { strata: { count: unknown }[] }[] }[] }>().items
  t.same(plans.map(({ name }) => name), ['notice', 'notice-record', 'notice-image', 'notice-running', 'patrol'])
  t.same(plans[0]?.samples.map(({ strata }) => strata.map(({ count }) => count)), [[10, 5, 5], [10, 10]])
  t.equal(plans[4]?.samples[0]?.strata[0]?.count, 'all')

  const before = await store.inspections.inspection(inspectionHere)
  if (!before) throw new Error('absent')
  const plan = plans[0] as unknown as NonNullable<typeof before.plan>
  const exemption = { n: 1, area: here, reason: '停电', document: '备 1', fromMs: 1, untilMs: 2, by: 'assessor', atMs: 0 }
  const about = {
    plan,
    exempted: [{ exemption, cameras: 1, some: [{ id: cameraHere, name: '路口', class: '1' }] }],
    halves: [{ by: 'a', commitment: 'x', committedAtMs: 1, revealedAtMs: 2, half: '1', salt: '2' }, { by: 'b' }] as const,
    redrawReason: '首次作废',
  }
  const member = { ...(before.draw.members[0] ?? raise()), fields: { positionType: '8' } }
  const stratum = { class: '', population: 1, asked: 1, drawn: 1, name: 'schools', title: { zh: '学校', en: 'schools' }, sample: 'points', nth: 1, kinds: ['image'] as const, where: plan.samples[1]?.strata[0]?.where ?? [], isAll: true, unconnected: 0 }
  const leftOut = { size: 1, sha256: 'ab', exempted: 1, notNetworked: 0, filtered: 0 }
  const draw = { ...before.draw, seedFrom: 'two-party' as const, strata: [stratum], members: [member], drawnIn: [[0]], leftOut }
  await store.inspections.saveInspection({ ...before, ...about, id: 'i-plan', startedAtMs: clock.wallMs() + 5, draw, checks: [] }, [member])
  const detail = (await ask('viewer', 'GET', `${v1}/inspections/i-plan`)).json<object>()
  t.match(detail, { ...about, seedFrom: 'two-party', strata: [stratum], leftOut, drawnIn: [[0]], sample: [member], showing: [{ nth: 1, strata: [{ population: 1, drawn: 1 }] }] }, 'nothing is lost on the way out')
  t.match(detail, { draws: [{ id: inspectionHere, by: 'assessor' }, { id: 'i-plan', plan: 'notice', reason: '首次作废', seedFrom: 'two-party' }] }, 'with every set of that day')
  t.match((await ask('viewer', 'GET', `${v1}/drawn-sets?toMs=${clock.wallMs() + 9}`)).json(), { items: [{ id: inspectionHere }, { id: 'i-plan' }] })
  t.notMatch((await ask('viewer', 'GET', `${v1}/drawn-sets`)).body, new RegExp(`${inspectionThere}|${cameraThere}`))
  t.equal((await ask('viewer', 'GET', `${v1}/drawn-sets?fromMs=0`)).statusCode, 400)
})

t.test('exemptions: by those who assess, in their area; seen by those whom they concern; ended once', async (t) => {
  const { ask, clock, deps } = await house(t)
  const said = { reason: '道路施工', document: '六公备〔2026〕3号', fromMs: clock.wallMs(), untilMs: clock.wallMs() + 3600_000 }
  t.equal((await ask('editor', 'POST', `${v1}/exemptions`, { ...said, camera: cameraHere })).statusCode, 403, 'who keeps the records exempts nothing')
  t.equal((await ask('assessor', 'POST', `${v1}/exemptions`, { ...said, camera: cameraThere })).statusCode, 404)
  t.equal((await ask('assessor', 'POST', `${v1}/exemptions`, { ...said, area: '3201' })).json<Problem>().code, 'area.outside')
  const made = await ask('assessor', 'POST', `${v1}/exemptions`, { ...said, camera: cameraHere })
  const { n } = made.json<{ n: number }>()
  t.match(made.json(), { ...said, camera: cameraHere, area: here, by: 'assessor' })
  t.equal(made.headers.location, `${v1}/exemptions/${n}`)
  t.match((await deps.accounts.auditTrail(1))[0], { action: 'exemption.add', subject: `${n}`, detail: /六公备/ })
  const wide = (await ask('admin', 'POST', `${v1}/exemptions`, { ...said, area: '3201' })).json<{ n: number }>().n
  t.same((await ask('viewer', 'GET', `${v1}/exemptions`)).json<{ items: { n: number }[] }>().items.map((each) => each.n), [wide, n, 1], 'the city’s concerns the district')
  t.match((await ask('viewer', 'GET', `${v1}/exemptions?limit=1`)).json(), { items: [{ n: wide }], next: wide })
  t.match((await ask('viewer', 'GET', `${v1}/exemptions?camera=${cameraHere}&at=${clock.wallMs()}`)).json(), { items: [{ n }] })
  t.equal((await ask('assessor', 'POST', `${v1}/exemptions/${wide}/end`, { reason: 'x' })).statusCode, 403, 'and is not the district’s to end')
  t.match((await ask('chief', 'POST', `${v1}/exemptions/${n}/end`, { reason: '提前完工' })).json(), { ended: { by: 'chief', reason: '提前完工' } })
  t.equal((await ask('chief', 'POST', `${v1}/exemptions/${n}/end`, { reason: '提前完工' })).json<Problem>().code, 'conflict')
  t.match((await ask('viewer', 'GET', `${v1}/exemptions/${n}`)).json(), { reason: '道路施工', ended: { by: 'chief' } }, 'it stays')
  for (const wrong of [{ ...said }, { ...said, camera: cameraHere, area: here }, { ...said, area: here, untilMs: said.fromMs }, { ...said, area: here, reason: '' }]) t.equal((await ask('assessor', 'POST', `${v1}/exemptions`, wrong)).statusCode, 400)
})

const raise = (): never => {
  throw new Error('absent')
}

t.test('a draw that a side left is shown with who did not go on, to those who see the area', async (t) => {
  const { ask, clock } = await house(t)
  const request = { area: here, other: 'editor', plan: { kinds: ['running'], strata: [{ name: 'some', count: 1 }] }, openForS: 60 }
  const { id } = (await ask('assessor', 'POST', `${v1}/draws`, request)).json<{ id: string }>()
  const secret = { assessor: { half: '3f', salt: 'ab'.repeat(16) }, editor: { half: '60', salt: 'cd'.repeat(16) } } as const
  for (const name of ['assessor', 'editor'] as const) await ask(name, 'POST', `${v1}/draws/${id}/commitment`, { commitment: commitmentOf(secret[name].half, secret[name].salt) })
  await ask('assessor', 'POST', `${v1}/draws/${id}/reveal`, secret.assessor)
  clock.advance(60_000)
  const left = { id, of: 'seed-draw', state: 'expired', size: 0, cameras: [], by: 'assessor, editor', atMs: clock.wallMs(), abandoned: { expiresAtMs: clock.wallMs(), missing: [{ by: 'editor', step: 'reveal' }], isChoice: true } }
  const shown = (await ask('viewer', 'GET', `${v1}/drawn-sets`)).json<{ items: { id: string }[] }>()
  t.match(shown.items.find((set) => set.id === id), left)
  t.match((await ask('viewer', 'GET', `${v1}/inspections/${inspectionHere}`)).json<{ draws: { id: string }[] }>().draws.find((set) => set.id === id), left, 'and with each inspection of that day')
  t.notMatch(JSON.stringify(shown), /"half"|"salt"/)
})

t.test('what a draw would be made of: each stratum with what the area has, who is left out; nothing is drawn', async (t) => {
  const { ask } = await house(t)
  const url = `${v1}/draws/outlook?area=${here}`
  const patrol = (await ask('assessor', 'GET', `${url}&preset=patrol`)).json<{ population: number; strata: { asked: number; drawn: number; population: number }[]; leftOut: object; plan: { name: string } }>()
  t.match(patrol, { plan: { name: 'patrol' }, population: 1, leftOut: { size: 0, exempted: 0 } })
  t.equal(patrol.strata.reduce((sum, { population }) => sum + population, 0), 1)
  const classes = (await ask('assessor', 'GET', url)).json<{ strata: { class: string; asked: number; drawn: number; population: number }[] }>()
  t.same(classes.strata.map(({ class: code, asked, population, drawn }) => [code, asked, population, drawn]), [['1', 10, 1, 1], ['2', 5, 0, 0], ['3', 5, 0, 0]], 'the rule set’s classes, as many as there are')
  t.match((await ask('assessor', 'GET', `${url}&networkedOnly=true`)).json(), { population: Number, leftOut: { notNetworked: Number } })
  t.equal((await ask('viewer', 'GET', url)).statusCode, 403)
  t.equal((await ask('assessor', 'GET', `${v1}/draws/outlook?area=320115`)).json<Problem>().code, 'area.outside')
  for (const wrong of ['preset=none', 'rules=unheard-of', 'seed=ab', 'area=x']) t.equal((await ask('assessor', 'GET', `${url}&${wrong}`)).statusCode, 400, wrong)
  t.equal((await ask('assessor', 'GET', `${v1}/drawn-sets?area=${here}`)).json<{ items: { id: string }[] }>().items.filter(({ id }) => id !== inspectionHere && id !== drawHere).length, 0, 'no set was drawn by looking')
})
