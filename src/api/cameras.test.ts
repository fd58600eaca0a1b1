// Records over the API: lists, changes, sources, imports, and what is hidden from whom.
import t from 'tap'
import type { Fields } from '../registry/index.ts'
import { v1, type Name, house } from './test/house.ts'
import { here, there, cameraHere, cameraThere, deviceHere, deviceThere, inspectionHere, inspectionThere, record, running, wide } from './test/things.ts'

t.test('a source is kept with its password and shown without', async (t) => {
  const { ask, registry } = await house(t)
  const url = `${v1}/cameras/${cameraHere}/source`
  t.same((await ask('editor', 'GET', url)).json(), { kind: 'gb28181' })
  const put = await ask('editor', 'PUT', url, { url: 'rtsp://admin:p%40ss@10.0.0.64:8554/ch1?sub=1', transport: 'udp' })
  t.same(put.json(), { kind: 'rtsp', url: 'rtsp://10.0.0.64:8554/ch1?sub=1', username: 'admin', hasPassword: true, transport: 'udp' })
  t.same(await registry.sourceOf(cameraHere), { url: 'rtsp://10.0.0.64:8554/ch1?sub=1', username: 'admin', password: 'p@ss', transport: 'udp' })
  await ask('editor', 'PUT', url, { url: 'rtsp://10.0.0.64:8554/ch2', username: 'admin' })
  t.same(await registry.sourceOf(cameraHere), { url: 'rtsp://10.0.0.64:8554/ch2', username: 'admin', password: 'p@ss', transport: 'tcp' }, 'the same account of the same host: its password stays')
  t.match((await ask('editor', 'PUT', url, { url: 'rtsp://10.9.9.9/ch2', username: 'admin' })).json(), { hasPassword: false }, 'another host does not get it')
  await ask('editor', 'PUT', url, { url: 'rtsp://10.9.9.9/ch2', username: 'admin', password: 'new' })
  t.match((await ask('editor', 'PUT', url, { url: 'rtsp://10.9.9.9/ch2', username: 'admin', password: null })).json(), { hasPassword: false })
  for (const bad of ['http://10.0.0.1/', 'rtsp://', 'rtsp://10.0.0.1/a b', 'rtsp://10.0.0.1/\r\nX: y']) t.equal((await ask('editor', 'PUT', url, { url: bad })).statusCode, 400, bad)
  t.same((await ask('editor', 'DELETE', url)).json(), { kind: 'gb28181' })
  t.equal(await registry.sourceOf(cameraHere), undefined)
  const audit = (await ask('admin', 'GET', `${v1}/audit`)).body
  t.match(audit, /camera\.source/)
  t.notMatch(audit, /p%40ss|p@ss|"new"/)
})

t.test('lists end at the wall', async (t) => {
  const { ask, wire } = await house(t)
  wire.figures = [cameraHere, cameraThere].map((camera) => ({ camera, ...running, codec: 'h264', viewers: 1 }))
  const ids = async (name: Name, url: string): Promise<readonly unknown[]> => {
    const { items } = (await ask(name, 'GET', v1 + url)).json<{ items: { id?: string; camera?: string; name?: string }[] }>()
    return items.map((item) => item.id ?? item.camera ?? item.name)
  }
  for (const [url, mine, all] of [
    ['/cameras', [cameraHere], [cameraThere, cameraHere]],
    ['/devices', [deviceHere], [deviceThere, deviceHere]],
    ['/live', [cameraHere], [cameraHere, cameraThere]],
    ['/inspections', [inspectionHere], [inspectionHere, inspectionThere]],
  ] as const) {
    t.same(await ids('chief', url), mine, url)
    t.same(new Set(await ids('admin', url)), new Set<unknown>(all), url)
  }
  t.same(new Set(await ids('chief', '/users')), new Set(['chief', 'assessor', 'editor', 'viewer']))
  t.same(await ids('chief', '/cameras?area=3201'), [cameraHere], 'a wider question is cut to what is mine')
  t.same(await ids('chief', '/cameras?area='), [cameraHere])
  t.equal((await ask('chief', 'GET', `${v1}/cameras?area=${there}`)).json<{ code: string }>().code, 'area.outside')
  t.equal((await ask('chief', 'GET', `${v1}/exports?format=csv&area=${there}`)).json<{ code: string }>().code, 'area.outside')
  t.notMatch((await ask('viewer', 'GET', `${v1}/exports?format=csv`)).body, cameraThere)
})

t.test('nothing is moved, declared, drawn or given across the wall', async (t) => {
  const { ask, registry } = await house(t)
  const refused = async (method: 'POST' | 'PATCH', url: string, payload: object): Promise<void> => {
    const answer = await ask('chief', method, v1 + url, payload)
    t.equal(answer.statusCode, 403, JSON.stringify(payload))
    t.equal(answer.json<{ code: string }>().code, 'area.outside')
  }
  await refused('PATCH', `/cameras/${cameraHere}`, { fields: { area: there } })
  await refused('POST', '/cameras', { declared: record('32011501001320000005', there) })
  await refused('POST', '/cameras', { declared: record(cameraThere, here) })
  await refused('POST', '/cameras', { declared: record(` ${wide(cameraThere)}`, here) })
  await refused('POST', '/inspections', { area: there })
  await refused('POST', '/inspections', { area: '3201' })
  await refused('POST', '/inspections', { area: '' })
  await refused('POST', '/users', { name: 'mole', password: 'long enough', role: 'admin', area: '' })
  await registry.retire(cameraThere, 'office', 'gone')
  await refused('POST', '/cameras', { declared: record(cameraThere, here) })
  t.equal((await ask('chief', 'POST', `${v1}/users`, { name: 'mine', password: 'long enough', role: 'viewer' })).json<{ area: string }>().area, here, 'without an area: the maker’s')
})

t.test('contacts are seen by those who keep the records, and by nobody else', async (t) => {
  const { ask } = await house(t)
  await ask('editor', 'PATCH', `${v1}/cameras/${cameraHere}`, { fields: { contact: '13900001111' } })
  for (const url of [`/cameras`, `/cameras/${cameraHere}`, `/cameras/${cameraHere}/history`, '/exports?format=csv']) {
    for (const name of ['editor', 'chief', 'admin'] as const) t.match((await ask(name, 'GET', v1 + url)).body, '13900001111', `${name} ${url}`)
    for (const name of ['viewer', 'assessor'] as const) {
      const { body } = await ask(name, 'GET', v1 + url)
      t.notMatch(body, /139000|138123/, `${name} ${url}`)
      t.match(body, '***')
    }
  }
})

t.test('a record: declared, read by filters and pages, changed, retired, with its history', async (t) => {
  const { ask } = await house(t)
  for (let i = 10; i < 15; i++) await ask('editor', 'POST', `${v1}/cameras`, { declared: { ...record(`320116010013200000${i}`, here), class: '2', longitude: `118.${i}`, latitude: '32.3' } })
  const codes: string[] = []
  let next: string | undefined = ''
  while (next !== undefined) {
    const page: { items: { id: string }[]; next?: string; total: number } = (await ask('viewer', 'GET', `${v1}/cameras?class=2&limit=2${next === '' ? '' : `&cursor=${encodeURIComponent(next)}`}`))
      .json()
    t.equal(page.total, 5)
    codes.push(...page.items.map((item) => item.id.slice(-2)))
    next = page.next
  }
  t.same(codes, ['10', '11', '12', '13', '14'])
  const count = async (query: string): Promise<number> => (await ask('viewer', 'GET', `${v1}/cameras?${query}`)).json<{ total: number }>().total
  t.equal(await count('box=118.105,32.2,118.125,32.4'), 2)
  t.equal(await count(`text=${encodeURIComponent('路口 12')}`), 1)
  t.equal(await count('online=true'), 0)
  t.equal(await count(`owner=${encodeURIComponent('交警大队')}`), 6)
  for (const wrong of ['box=1,2,3', 'box=5,5,1,1', 'class=7', 'limit=0', 'limit=501', 'online=perhaps', 'colour=red', 'area=12x']) {
    const answer = await ask('viewer', 'GET', `${v1}/cameras?${wrong}`)
    t.equal(answer.statusCode, 400, wrong)
    t.equal(answer.json<{ code: string }>().code, 'request.invalid')
  }
  const url = `${v1}/cameras/${cameraHere}`
  const changed = (await ask('editor', 'PATCH', url, { fields: { name: '东门', contact: null }, why: 'moved', version: 1 })).json<{ version: number; declared: Fields }>()
  t.equal(changed.version, 2)
  t.same([changed.declared.name, changed.declared.contact], ['东门', undefined])
  t.equal((await ask('editor', 'PATCH', url, { fields: { name: '西门' }, version: 1 })).json<{ code: string }>().code, 'conflict')
  t.equal((await ask('editor', 'PATCH', url, { fields: { colour: 'red' } })).statusCode, 400)
  t.equal((await ask('editor', 'DELETE', url)).statusCode, 400, 'a reason is asked for')
  t.equal((await ask('editor', 'DELETE', `${url}?why=demolished`)).json<{ isRetired: boolean }>().isRetired, true)
  t.equal(await count('class=1'), 0)
  t.equal(await count('class=1&includeRetired=true'), 1)
  const { items } = (await ask('editor', 'GET', `${url}/history`)).json<{ items: { field: string; by: string; why: string }[] }>()
  t.same(new Set(items.map((item) => `${item.field} ${item.by} ${item.why}`)), new Set(['record office first', 'name editor moved', 'contact editor moved', 'record editor demolished']))
  t.equal((await ask('editor', 'POST', `${v1}/cameras`, { declared: { name: 'no code' } })).json<{ code: string }>().code, 'camera.invalid')
  t.equal((await ask('editor', 'POST', `${v1}/cameras`, { declared: record('32011601001320000010', here) })).json<{ code: string }>().code, 'conflict')
})
