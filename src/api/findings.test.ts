import t, { type Test } from 'tap'
import type { Fields } from '../registry/index.ts'
import { cameraHere, cameraThere, deviceHere, here, there } from './test/things.ts'
import { house, type House, type Name } from './test/house.ts'

interface Found {
  readonly n: number
  readonly cameraId: string
  readonly rule: string
  readonly state: string
}
const v1 = '/api/v1'
const get = async <T>(home: House, name: Name, url: string): Promise<T> => (await home.ask(name, 'GET', v1 + url)).json<T>()
const list = (home: House, name: Name, query = ''): Promise<{ items: Found[]; total: number; counts: { rule: string; state: string; n: number }[]; next?: string }> => get(home, name, `/findings${query}`)
const code = (answer: { json: () => unknown }): string => (answer.json() as { code: string }).code
const draft = '32011601001320000031'
const channel = (id: string, raw: Readonly<Record<string, string>>) => ({ id, name: raw['Name'] ?? '', status: 'on' as const, raw: { DeviceID: id, ...raw } })

async function withDevice(t: Test): Promise<House> {
  const home = await house(t)
  await home.registry.applyCatalog(deviceHere, [channel(cameraHere, { Name: '另名', 'Info.ContactInfo': '13899998888' }), channel(draft, { Name: '新点', CivilCode: here })], true)
  return home
}

t.test('findings are listed with counts, and only those of the area', async (t) => {
  const home = await withDevice(t)
  const all = await list(home, 'admin', '?limit=500')
  const ours = await list(home, 'viewer', '?limit=500')
  t.ok(all.total > ours.total)
  t.ok(ours.items.every(({ cameraId }) => cameraId.startsWith('320116')))
  t.equal(ours.counts.reduce((sum, { n }) => sum + n, 0), ours.total)
  t.match(await list(home, 'editor', '?rule=catalog.renamed'), { total: 1, items: [{ cameraId: cameraHere, cameraName: '路口 01', state: 'open', source: 'catalog', detail: { reported: '另名' } }] })
  const standing = await list(home, 'viewer', '?standing=true&limit=500')
  t.same([standing.total, standing.items.length], [ours.items.filter(({ state }) => state === 'open' || state === 'accepted').length, standing.total], 'open and accepted, counted alike')
  const page = await list(home, 'editor', '?limit=2')
  t.equal((await list(home, 'editor', `?limit=2&cursor=${encodeURIComponent(page.next ?? '')}`)).items.some(({ n }) => page.items.some((each) => each.n === n)), false)
  t.equal(code(await home.ask('viewer', 'GET', `${v1}/findings?area=${there}`)), 'area.outside')
  for (const query of ['?state=gone', '?rule=A%20B', '?limit=0', '?limit=501', '?bogus=1', '?camera=a%20b', '?overdue=maybe']) t.equal((await home.ask('viewer', 'GET', `${v1}/findings${query}`)).statusCode, 400, query)
  t.equal((await list(home, 'viewer', '?cursor=junk')).total, ours.total)
  t.equal((await list(home, 'viewer', `?camera=${cameraThere}`)).total, 0)
})

t.test('an editor accepts, waives and hands out; who only sees does not; a foreign one is not there', async (t) => {
  const home = await withDevice(t)
  const [found] = (await list(home, 'editor', '?rule=catalog.renamed')).items
  const url = `${v1}/findings/${found?.n}`
  t.equal(code(await home.ask('editor', 'PATCH', url, { state: 'waived' })), 'request.invalid', 'a waiver needs its reason')
  t.equal(code(await home.ask('editor', 'PATCH', url, { state: 'fixed' })), 'request.invalid', 'only rules say fixed')
  t.equal(code(await home.ask('editor', 'PATCH', url, { owner: 'nobody' })), 'request.invalid')
  t.equal(code(await home.ask('editor', 'PATCH', url, {})), 'request.invalid')
  for (const name of ['assessor', 'viewer'] as const) t.equal((await home.ask(name, 'PATCH', url, { state: 'accepted' })).statusCode, 403, name)
  const dueAtMs = home.clock.wallMs() + 1000
  const answer = await home.ask('editor', 'PATCH', url, { state: 'accepted', owner: 'viewer', dueAtMs, comment: 'please look' })
  t.equal(answer.statusCode, 200)
  t.match(answer.json(), { state: 'accepted', owner: 'viewer', dueAtMs, stateBy: 'editor', changes: [{ what: 'state', by: 'editor' }, { what: 'owner', to: 'viewer' }, { what: 'due' }, { what: 'comment', to: 'please look' }] })
  home.clock.advance(1001)
  t.equal((await list(home, 'viewer', '?overdue=true')).total, 1)
  t.equal((await list(home, 'viewer', '?owner=viewer')).total, 1)
  t.match((await home.deps.accounts.auditTrail(1))[0], { action: 'finding.change', account: 'editor', detail: /catalog\.renamed: accepted; owner viewer; due .*"please look"/ })
  t.equal((await home.ask('stranger', 'GET', url)).statusCode, 404)
  t.equal((await home.ask('stranger', 'PATCH', url, { state: 'open' })).statusCode, 404)
  t.match(await get(home, 'assessor', `/cameras/${cameraHere}/findings`), { items: [] as object[] })
  t.ok((await get<{ items: Found[] }>(home, 'assessor', `/cameras/${cameraHere}/findings`)).items.some(({ rule, state }) => rule === 'catalog.renamed' && state === 'accepted'))
})

t.test('many at once', async (t) => {
  const home = await withDevice(t)
  const bulk = (name: Name, body: object) => home.ask(name, 'POST', `${v1}/findings/bulk`, body)
  const before = await list(home, 'admin', '?state=open&limit=500')
  const ours = before.items.filter(({ cameraId }) => cameraId.startsWith('320116'))
  t.match((await bulk('editor', { ids: before.items.map(({ n }) => n), change: { state: 'accepted' } })).json(), { matched: ours.length, changed: ours.length, unchanged: 0, fixed: 0 }, 'of all ids only those of the area')
  t.equal((await list(home, 'admin', '?state=accepted')).total, ours.length)
  t.match((await bulk('editor', { filter: { state: 'accepted', rule: 'catalog.renamed' }, change: { state: 'waived', reason: 'the sign says so' } })).json(), { matched: 1, changed: 1 })
  t.equal(code(await bulk('editor', { change: { state: 'accepted' } })), 'request.invalid')
  t.equal(code(await bulk('editor', { ids: [1], filter: {}, change: { state: 'accepted' } })), 'request.invalid')
  t.equal(code(await bulk('editor', { filter: { area: there }, change: { state: 'accepted' } })), 'area.outside')
  t.equal(code(await bulk('editor', { filter: {}, change: { state: 'waived' } })), 'request.invalid')
  t.equal((await bulk('viewer', { filter: {}, change: { state: 'accepted' } })).statusCode, 403)
  t.match((await home.deps.accounts.auditTrail(1))[0], { action: 'finding.bulk', detail: /catalog\.renamed.*waived; the sign says so/ })
})

t.test('values side by side, verified by an assessor; persons stay hidden from who may not see them', async (t) => {
  const home = await withDevice(t)
  const verified = (name: Name, body: object, id = cameraHere) => home.ask(name, 'POST', `${v1}/cameras/${id}/verified`, body)
  t.equal((await verified('editor', { values: { name: 'x' }, why: 'y' })).statusCode, 403, 'who keeps the record does not verify it')
  t.equal((await verified('assessor', { values: { name: 'x' } })).statusCode, 400, 'a reason is owed')
  t.equal((await verified('assessor', { values: {}, why: 'y' })).statusCode, 400)
  t.equal((await verified('assessor', { values: { bogus: 'x' }, why: 'y' })).statusCode, 400)
  t.equal(code(await verified('assessor', { values: { code: cameraThere }, why: 'y' })), 'camera.invalid')
  t.equal((await verified('assessor', { values: { name: 'x' }, why: 'y' }, cameraThere)).statusCode, 404)
  const answer = await verified('assessor', { values: { name: '实名', contact: '13711112222' }, why: 'on site', evidence: 'paper 7' })
  t.match(answer.json(), { declared: { name: '路口 01', contact: '***' }, verified: { name: { value: '实名', by: 'assessor', evidence: 'paper 7' }, contact: { value: '***' } } })
  const items = async (name: Name) => (await get<{ items: { field: string }[] }>(home, name, `/cameras/${cameraHere}/values`)).items
  const of = (list: readonly { field: string }[], field: string) => list.find((each) => each.field === field)
  t.match(of(await items('viewer'), 'name'), { declared: { value: '路口 01', by: 'office' }, reported: [{ value: '另名', by: deviceHere }], verified: { value: '实名' } })
  t.match(of(await items('viewer'), 'contact'), { declared: { value: '***' }, reported: [{ value: '***' }], verified: { value: '***' } })
  t.match(of(await items('editor'), 'contact'), { declared: { value: '13812345678' }, reported: [{ value: '13899998888' }], verified: { value: '13711112222' } })
  t.notMatch(JSON.stringify([await list(home, 'viewer', '?limit=500'), await items('viewer'), await get(home, 'viewer', `/cameras/${cameraHere}`), await get(home, 'viewer', `/cameras/${cameraHere}/history`)]), /13[78]\d{8}/)
  t.match((await home.deps.accounts.auditTrail(1))[0], { action: 'camera.verify', subject: cameraHere })
})

t.test('a channel becomes a record, one or many', async (t) => {
  const home = await withDevice(t)
  const url = `${v1}/cameras/${draft}/adopt`
  t.equal((await home.ask('viewer', 'POST', url, {})).statusCode, 403)
  t.equal((await home.ask('stranger', 'POST', url, {})).statusCode, 404)
  t.equal(code(await home.ask('editor', 'POST', url, { fields: { area: there } })), 'area.outside', 'not into another area')
  t.equal(code(await home.ask('editor', 'POST', url, { version: 9 })), 'conflict')
  t.equal((await home.ask('editor', 'POST', url, { accept: ['bogus'] })).statusCode, 400)
  const answer = await home.ask('editor', 'POST', url, { fields: { class: '3' }, why: 'found on the map', version: 1 })
  t.match(answer.json(), { id: draft, isDraft: false, version: 2, declared: { name: '新点', area: here, class: '3' } })
  t.equal(code(await home.ask('editor', 'POST', url, {})), 'conflict')
  await home.registry.applyCatalog(deviceHere, [channel('32011601001320000032', {}), channel('32011601001320000033', {}), channel('32011501001320000034', {})], false)
  const bulk = (body: object) => home.ask('editor', 'POST', `${v1}/cameras/adopt`, body)
  t.equal(code(await bulk({})), 'request.invalid')
  t.equal(code(await bulk({ ids: [draft], from: {} })), 'request.invalid')
  t.match((await bulk({ ids: ['32011501001320000034', draft, '32011601001320000032'], fields: { managementUnit: '街道' } })).json(), {
    adopted: ['32011601001320000032'], skipped: [{ id: '32011501001320000034', reason: /there is no record/ }, { id: draft, reason: /has a record already/ }],
  })
  t.same((await bulk({ from: { device: deviceHere } })).json(), { adopted: ['32011601001320000033'], skipped: [] }, 'the neighbour’s stays')
  const declared = (await home.registry.camera('32011601001320000032'))?.declared as Fields
  t.equal(declared.managementUnit, '街道')
})

t.test('a check of an area over the API', async (t) => {
  const home = await withDevice(t)
  const begun = await home.ask('assessor', 'POST', `${v1}/cameras/checks`, {})
  t.equal(begun.statusCode, 202)
  const { id } = begun.json<{ id: string }>()
  t.equal(begun.headers.location, `${v1}/cameras/checks/${id}`)
  t.match(begun.json(), { area: here, by: 'assessor', state: 'running' })
  await home.registry.checkEnded(id)
  t.match(await get(home, 'viewer', `/cameras/checks/${id}`), { state: 'done', done: 3 })
  t.match(await get(home, 'viewer', '/cameras/checks'), { items: [{ id }] })
  t.equal((await home.ask('stranger', 'GET', `${v1}/cameras/checks/${id}`)).statusCode, 404)
  t.same(await get(home, 'stranger', '/cameras/checks'), { items: [] })
  t.equal((await home.ask('editor', 'DELETE', `${v1}/cameras/checks/${id}`)).statusCode, 200)
  t.equal((await home.ask('viewer', 'DELETE', `${v1}/cameras/checks/${id}`)).statusCode, 403)
  t.equal((await home.ask('editor', 'DELETE', `${v1}/cameras/checks/none`)).statusCode, 404)
  t.equal(code(await home.ask('editor', 'POST', `${v1}/cameras/checks`, { area: there })), 'area.outside')
})

t.test('figures of the area', async (t) => {
  const home = await withDevice(t)
  await home.registry.keepDay()
  t.match(await get(home, 'admin', '/completeness?by=division'), { total: { records: 2, complete: 0 }, groups: [{ value: there }, { value: here }], more: 0 })
  t.match(await get(home, 'viewer', '/completeness?by=owner'), { total: { records: 1 }, groups: [{ value: '交警大队', records: 1 }] })
  t.match(await get(home, 'viewer', `/completeness/history`), { items: [{ records: 1, complete: 0 }] })
  t.match(await get(home, 'viewer', '/completeness/history?from=2999-01-01'), { items: [] })
  const counts = await get<{ cameras: { n: number; isDraft: boolean }[]; findings: { n: number }[] }>(home, 'viewer', '/counts')
  t.equal(counts.cameras.reduce((sum, { n }) => sum + n, 0), 2)
  t.ok(counts.findings.length > 0)
  for (const url of ['/completeness?by=colour', '/completeness?limit=0', '/completeness/history?from=yesterday', `/counts?area=${there}`]) t.ok((await home.ask('viewer', 'GET', v1 + url)).statusCode >= 400, url)
})

t.test('a record as it was', async (t) => {
  const home = await withDevice(t)
  const start = new Date(home.clock.wallMs()).toISOString()
  home.clock.advance(60_000)
  await home.registry.change(cameraHere, { name: '后来', area: there }, 'office', 'moved')
  const at = (name: Name, when: string) => home.ask(name, 'GET', `${v1}/cameras/${cameraHere}?at=${encodeURIComponent(when)}`)
  t.match((await at('stranger', start)).json(), { declared: { name: '路口 01', area: here, contact: '13812345678' }, version: 0 }, 'who may see it is decided by where it is now')
  t.equal((await at('editor', start)).statusCode, 404)
  await home.registry.change(cameraHere, { area: here }, 'office', 'back')
  t.match((await at('viewer', start)).json(), { declared: { name: '路口 01', contact: '***' } })
  t.equal((await at('viewer', '2020-01-01T00:00:00+08:00')).statusCode, 404, 'there was none')
  for (const when of ['2026-02-31T00:00:00Z', 'yesterday', '2026-01-01', '2026-01-01T00:00:00']) t.equal((await at('viewer', when)).statusCode, 400, when)
})
