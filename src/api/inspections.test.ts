// Inspections over the API: results, reports, evidence, progress.
import t from 'tap'
import type { InspectionEvent } from '../inspect/index.ts'
import { startApi } from './index.ts'
import { isPlainPath } from './reports.ts'
import { v1, house } from './test/house.ts'
import { settled } from './test/relays.ts'
import { here, cameraHere, inspectionHere, inspectionOf, rules, member, checkOf } from './test/things.ts'

t.test('an inspection loses nothing on its way out', async (t) => {
  const { ask } = await house(t)
  const check = checkOf(member(cameraHere, here))
  t.match((await ask('viewer', 'GET', `${v1}/inspections/${inspectionHere}/checks/1`)).json(), { ...check, reviews: [{ decision: 'rejected', by: 'assessor' }] })
  const review = (await ask('assessor', 'POST', `${v1}/inspections/${inspectionHere}/checks/1/review`, { result: 'pass', reason: 'seen on site' })).json()
  const detail = (await ask('viewer', 'GET', `${v1}/inspections/${inspectionHere}`)).json<object>()
  t.match(detail, { id: inspectionHere, state: 'done', seed: 'ab12', total: 1, done: 1, results: { pass: 0, fail: 1, review: 0 }, population: { size: 40 }, ruleSet: { name: 'default', version: 1 } })
  t.match(detail, { rules, sample: [member(cameraHere, here)], checks: [check], reviews: [{ appeal: 1, decision: 'rejected' }, review] }, 'the machine’s verdict stays beside the review')
  t.match(review, { inspection: inspectionHere, n: 1, result: 'pass', reason: 'seen on site', by: 'assessor' })
  t.match((await ask('viewer', 'GET', `${v1}/rule-sets`)).json(), { items: [{ name: 'default', isShipped: true }, { name: 'demo' }, { name: 'blur2' }] })
  t.equal((await ask('viewer', 'GET', `${v1}/inspections/${inspectionHere}/checks/2`)).statusCode, 404)
  t.equal((await ask('assessor', 'POST', `${v1}/inspections/${inspectionHere}/checks/1/review`, { result: 'pass', reason: '' })).statusCode, 400)
})

t.test('an inspection: started, refused where it cannot be, its report only when it has ended', async (t) => {
  const { ask } = await house(t)
  const started = await ask('assessor', 'POST', `${v1}/inspections`, { area: here, seed: 'AB12' })
  t.equal(started.statusCode, 202)
  const { id } = started.json<{ id: string }>()
  t.equal(started.headers.location, `${v1}/inspections/${id}`)
  t.match(started.json(), { state: 'running', createdBy: 'assessor', area: here, done: 0 })
  t.equal((await ask('viewer', 'GET', `${v1}/inspections/${id}/report.html`)).json<{ code: string }>().code, 'conflict')
  t.equal((await ask('assessor', 'POST', `${v1}/inspections/${id}/cancel`)).json<{ state: string }>().state, 'cancelled')
  t.equal((await ask('viewer', 'GET', `${v1}/inspections/${id}/report.html`)).statusCode, 200)
  for (const wrong of [{}, { area: 'x' }, { area: here, seed: 'abc' }, { area: here, rules: 'unheard-of' }, { area: here, strata: [{ class: '1', count: -1 }] }, { area: here, rush: true }]) {
    t.equal((await ask('assessor', 'POST', `${v1}/inspections`, wrong)).statusCode, 400, JSON.stringify(wrong))
  }
})

t.test('the list: by page, by area, state, plan, person and rules; nobody sees what is not theirs', async (t) => {
  const { ask, store, clock } = await house(t)
  const drawn = member(cameraHere, here)
  for (let n = 1; n <= 7; n++) {
    const id = `i-more-${n}`
    await store.inspections.saveInspection({ ...inspectionOf(id, n === 7 ? '320115' : here, drawn), startedAtMs: clock.wallMs() + Math.ceil(n / 2) * 1000, createdBy: n % 2 === 0 ? 'li' : 'wang' }, [drawn])
  }
  const list = async (name: 'viewer' | 'admin', query: string): Promise<{ items: { id: string }[]; next?: string }> => (await ask(name, 'GET', `${v1}/inspections?${query}`)).json()
  const seen: string[] = []
  for (let [next, pages]: [string | undefined, number] = ['', 0]; next !== undefined && pages < 10; pages++) {
    const page: { items: { id: string }[]; next?: string } = await list('viewer', `limit=2${next === '' ? '' : `&before=${next}`}`)
    t.ok(page.items.length <= 2)
    seen.push(...page.items.map(({ id }) => id))
    next = page.next
  }
  t.same(seen, ['i-more-6', 'i-more-5', 'i-more-4', 'i-more-3', 'i-more-2', 'i-more-1', inspectionHere], 'each once, newest first, of two at one moment by their names')
  t.ok((await list('admin', 'limit=200')).items.some(({ id }) => id === 'i-more-7'))
  t.same((await list('viewer', 'by=li')).items.length, 3)
  t.same((await list('viewer', 'state=running&by=wang')).items.map(({ id }) => id), (await list('viewer', 'by=wang')).items.map(({ id }) => id))
  t.same((await list('viewer', 'state=done')).items.map(({ id }) => id), [inspectionHere])
  t.equal((await list('viewer', 'rules=default@1')).items.length, 7)
  t.equal((await list('viewer', 'rules=default@2')).items.length, 0)
  t.equal((await list('viewer', 'plan=classes')).items.length, 7, 'draws by class have no plan of a name')
  t.equal((await list('admin', `area=320115&plan=classes`)).items.filter(({ id }) => id === 'i-more-7').length, 1)
  for (const wrong of ['limit=0', 'limit=201', 'state=gone', 'area=3', 'rules=default', 'colour=red']) t.equal((await ask('viewer', 'GET', `${v1}/inspections?${wrong}`)).statusCode, 400, wrong)
})

t.test('a report: language, name of the file, and a page that may run nothing', async (t) => {
  const { ask } = await house(t)
  const url = `${v1}/inspections/${inspectionHere}/report`
  const page = await ask('viewer', 'GET', `${url}.html`)
  t.match(page.headers['content-security-policy'], /^default-src 'none'.*sandbox/)
  t.same(page.json(), { lang: 'zh' })
  const json = await ask('viewer', 'GET', `${url}.json?lang=en`)
  t.same(json.json(), { lang: 'en' })
  t.equal(json.headers['content-disposition'], `attachment; filename="___i-here.json"; filename*=UTF-8''${encodeURIComponent('报告 i-here.json')}`)
  t.equal((await ask('viewer', 'GET', `${url}.exe`)).statusCode, 400)
  t.equal((await ask('viewer', 'GET', `${url}.html?lang=fr`)).statusCode, 400)
})

t.test('evidence: what is there, and nothing beside it', async (t) => {
  const { ask, deps } = await house(t)
  const url = `${v1}/inspections/${inspectionHere}/evidence`
  const picture = await ask('viewer', 'GET', `${url}/pictures/01-2-1.jpg`)
  t.same([picture.statusCode, picture.headers['content-type'], picture.headers['content-length'], picture.body], [200, 'image/jpeg', '4', 'jpeg'])
  t.equal((await ask('viewer', 'GET', `${url}/01.pcapng`)).body, 'wire')
  t.match((await deps.accounts.auditTrail(2)).map(({ action, subject, account }) => [account, action, subject]), [['viewer', 'recording.take', `${inspectionHere}/01.pcapng`], ['viewer', 'evidence.see', `${inspectionHere}/pictures/01-2-1.jpg`]], 'each picture that is seen is in the trail')
  const climbs = ['..%2fsecret.txt', '%2e%2e/secret.txt', '../secret.txt', '..%5csecret.txt', 'pictures/..%2f..%2fsecret.txt', '%2fetc%2fpasswd', '/etc/passwd', 'pictures', 'pictures/', '.', '%00', 'pictures/01-2-1.jpg%00', 'C:%5cx', 'pictures//01-2-1.jpg', '.hidden', '%252e%252e/secret.txt']
  for (const path of climbs) {
    const answer = await ask('viewer', 'GET', `${url}/${path}`)
    t.ok([400, 404].includes(answer.statusCode), `${path}: ${answer.statusCode}`)
    t.notMatch(answer.body, /^secret|root:/)
  }
  for (const path of ['a', 'a/b.jpg', '01-2_x.y.z/k']) t.ok(isPlainPath(path), path)
  for (const path of ['', '/', '/a', 'a/', '..', 'a/..', '.a', 'a/.b', 'a..b', 'a\\b', 'a\0', 'a b', 'é']) t.notOk(isPlainPath(path), JSON.stringify(path))
})

t.test('progress over a real socket: what happened, what happens, a sign of life, and the end', async (t) => {
  const { deps, token, wire, clock, ask } = await house(t)
  const api = await startApi(deps)
  t.teardown(api.close)
  const headers = { authorization: `Bearer ${token('viewer')}` }
  const finished = await (await fetch(`${api.url}${v1}/inspections/${inspectionHere}/events`, { headers })).text()
  t.same(finished.match(/(?<=event: )\S+/g), ['started', 'check-done', 'finished'], 'of one that has ended: the whole, and the end')

  const { id } = (await ask('assessor', 'POST', `${v1}/inspections`, { area: here })).json<{ id: string }>()
  const response = await fetch(`${api.url}${v1}/inspections/${id}/events`, { headers })
  t.match(response.headers.get('content-type'), 'text/event-stream')
  const tell = wire.events.get(id)
  clock.advance(15_000)
  tell?.({ type: 'check-started', inspection: id, n: 1, camera: cameraHere, name: '路口' })
  tell?.({ type: 'check-done', inspection: id, n: 1, check: checkOf(member(cameraHere, here)) })
  clock.advance(15_000)
  tell?.({ type: 'finished', inspection: id, state: 'done' })
  const text = await response.text()
  t.same(text.match(/^(?:event: \S+|:.*)$/gm), ['event: started', ': still here', 'event: check-started', 'event: check-done', ': still here', 'event: finished'])
  const data = [...text.matchAll(/^data: (.*)$/gm)].map((match) => JSON.parse(match[1] ?? '') as InspectionEvent)
  t.same(data[2], { type: 'check-done', inspection: id, n: 1, check: checkOf(member(cameraHere, here)) })
  await settled(() => wire.events.size === 0)
  t.equal(wire.events.size, 0, 'nobody listens any more')
  t.equal(clock.pending(), 0, 'and no timer is left')

  const leaving = new AbortController()
  const other = (await ask('chief', 'POST', `${v1}/inspections`, { area: here })).json<{ id: string }>().id
  await fetch(`${api.url}${v1}/inspections/${other}/events`, { headers, signal: leaving.signal })
  t.equal(wire.events.size, 1)
  leaving.abort()
  await settled(() => wire.events.size === 0)
  t.equal(wire.events.size, 0, 'who closes the page has left')
})
