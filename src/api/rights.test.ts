// Who may do what where: every route that is registered × every role × own area, the other area, nobody, a disabled account, a token that is over.
import type { LightMyRequestResponse, RouteOptions } from 'fastify'
import t from 'tap'
import { may, type Action } from '../accounts/index.ts'
import { house, people, seat, v1, type House, type Name } from './test/house.ts'
import { isOutsideApi, samples, type Sample } from './test/samples.ts'

interface Tried extends Sample {
  readonly route: string
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  readonly config: NonNullable<RouteOptions['config']>
}

/** Routes as they are registered, joined with the table. Those of the console and of the documents are hidden, and open to all. */
async function tried(home: House): Promise<readonly Tried[]> {
  await home.app.ready()
  return home.app.routesWithRights
    .filter((route) => route.schema?.hide !== true)
    .map((route) => {
      const name = `${String(route.method)} ${route.url.replace(v1, '')}`
      const sample = samples[name]
      if (!sample) throw new Error(`${name} is not in src/api/test/samples.ts: say there how it is asked`)
      return { ...sample, route: name, method: String(route.method) as Tried['method'], config: route.config ?? {}, url: isOutsideApi(name) ? sample.url : v1 + sample.url }
    })
}

const ask = (home: House, { method, payload, headers = {} }: Tried, url: string, more: Readonly<Record<string, string>>): Promise<LightMyRequestResponse> =>
  home.app.inject({ method, url, headers: { ...headers, ...more }, ...(payload === undefined ? {} : { payload }) })
const bearer = (token: string): Record<string, string> => ({ authorization: `Bearer ${token}` })
const codeOf = (answer: LightMyRequestResponse): string => answer.json<{ code: string }>().code

/** What follows from `config.allow`, the role and the area; undefined: a success. */
function refusal({ config: { allow }, everywhere }: Tried, role: (typeof people)[number]): number | undefined {
  if (allow === 'anyone' || allow === 'session') return undefined
  const isAllowed = may({ ...role, disabled: false }, allow as Action) && (everywhere !== true || role.area === '')
  return isAllowed ? undefined : 403
}

const residents = people.filter(({ name }) => name !== 'stranger')
const stranger: Name = 'stranger'

// Some four thousand requests: more than tap's own half minute on a busy machine.
t.setTimeout(240_000)

t.test('every route that is registered is in the table, and the table has no other', async (t) => {
  const home = await house(t)
  const routes = await tried(home)
  t.same(routes.map(({ route }) => route).sort(), Object.keys(samples).sort())
  const { paths } = (await home.app.inject('/openapi.json')).json<{ paths: Record<string, Record<string, { summary?: string; responses: Record<string, unknown> }>> }>()
  const described = Object.entries(paths).flatMap(([path, methods]) => Object.keys(methods).map((method) => `${method.toUpperCase()} ${path.replace(v1, '').replace(/\{(\w+)\}/g, ':$1').replace('{*}', '*')}`))
  t.same(described.sort(), Object.keys(samples).sort(), 'and each is described')
  for (const operation of Object.values(paths).flatMap((methods) => Object.values(methods))) {
    t.type(operation.summary, 'string')
    t.ok(operation.responses['default'], 'says what an error looks like')
  }
  for (const route of home.app.routesWithRights.filter((each) => each.schema?.hide === true)) t.match(route.url, /^\/($|docs|openapi\.json|\*|assets)/, `${route.url} is hidden`)
  t.equal((await home.app.inject('/docs/')).statusCode, 200)
})

t.test('nobody, a token that is over, one of nobody, and an account out of use are let in nowhere', async (t) => {
  const home = await house(t)
  const nowMs = home.clock.wallMs()
  await seat(home.store, 'admin', 'over'.repeat(8), { id: 'over', expiresAtMs: nowMs + 1 }, nowMs)
  await seat(home.store, 'admin', 'idle'.repeat(8), { id: 'idle', expiresAtMs: nowMs + 9 * 3600_000, seenAtMs: nowMs - 2 * 3600_000 }, nowMs)
  await home.store.accounts.saveAccount({ name: 'gone', role: 'admin', area: '', passwordHash: 'none', createdAtMs: 0, disabled: true })
  await seat(home.store, 'gone', 'gone'.repeat(8), { id: 'gone' }, nowMs)
  home.clock.advance(1)
  const keys = { nobody: {}, over: bearer('over'.repeat(8)), idle: bearer('idle'.repeat(8)), disabled: bearer('gone'.repeat(8)), unknown: bearer('none'.repeat(8)), malformed: { authorization: 'Bearer x' } }
  for (const sample of await tried(home)) {
    const isOpen = sample.config.allow === 'anyone'
    if (isOpen && sample.triedIn !== undefined) continue
    for (const [key, headers] of Object.entries(keys)) {
      const answer = await ask(home, sample, sample.url, headers)
      t.equal(answer.statusCode, isOpen ? sample.status : 401, `${sample.route}: ${key}`)
      if (isOpen) continue
      t.match(answer.headers['content-type'], 'application/problem+json')
      t.equal(codeOf(answer), 'auth.required')
    }
  }
})

t.test('each role in its own area: what it allows, and nothing else', async (t) => {
  for (const person of residents) {
    const home = await house(t)
    const key = bearer(home.token(person.name))
    // What ends sessions or takes people out comes last.
    const last = ({ route }: Tried): number => ['DELETE /users/:name/sessions', 'PATCH /users/:name', 'DELETE /session'].indexOf(route)
    for (const sample of [...(await tried(home))].sort((a, b) => last(a) - last(b))) {
      const refused = refusal(sample, person)
      if (refused === undefined && sample.triedIn !== undefined) continue
      const answer = await ask(home, sample, sample.url, key)
      t.equal(answer.statusCode, refused ?? sample.status, `${sample.route}: ${person.name}: ${answer.body.slice(0, 200)}`)
      if (refused !== undefined) t.match(codeOf(answer), /^(auth\.refused|area\.outside)$/)
    }
  }
})

t.test('what lies in the other area is answered as if it were not there, and stays as it was', async (t) => {
  const home = await house(t)
  const [camera, device] = ['32011501001320000001', '32011501001110000001']
  const before = JSON.stringify([await home.registry.camera(camera), await home.registry.device(device)])
  for (const sample of await tried(home)) {
    if (sample.outside === undefined) continue
    for (const name of ['chief', 'viewer', 'assessor', 'editor'] as const) {
      const person = residents.find((each) => each.name === name)
      const answer = await ask(home, sample, v1 + sample.outside, bearer(home.token(name)))
      t.equal(answer.statusCode, (person && refusal(sample, person)) ?? 404, `${sample.route}: ${name}`)
      if (name !== 'chief') continue
      t.equal(codeOf(answer), 'not-found')
      const nothing = sample.outside.replace('32011501', '32011502').replace('i-there', 'i-nowhere').replace('stranger', 'nobody').replace('p-00000000000000bb', 'p-00000000000000ee')
      const missing = await ask(home, sample, v1 + nothing, bearer(home.token(name)))
      const words = missing.json<{ detail: string }>().detail.replace('32011502', '32011501').replace('i-nowhere', 'i-there').replace('nobody', 'stranger').replace('p-00000000000000ee', 'p-00000000000000bb')
      t.equal(words, answer.json<{ detail: string }>().detail, `${sample.route}: the same words as for nothing`)
    }
  }
  t.equal(JSON.stringify([await home.registry.camera(camera), await home.registry.device(device)]), before)
})

t.test('an admin of the other area: nothing of here', async (t) => {
  const home = await house(t)
  const before = JSON.stringify(await home.registry.cameras({ area: '320116', limit: 100 }))
  for (const sample of await tried(home)) {
    const { allow } = sample.config
    if (allow === 'anyone' || allow === 'session' || (sample.triedIn !== undefined && sample.outside === undefined)) continue
    const expected = sample.everywhere === true ? 403 : (sample.foreign ?? (sample.outside === undefined ? sample.status : 404))
    const answer = await ask(home, sample, sample.url, bearer(home.token(stranger)))
    t.equal(answer.statusCode, expected, `${sample.route}: ${answer.body.slice(0, 200)}`)
    t.notMatch(answer.body, /"(id|code)":"32011601/, `${sample.route} tells nothing of it`)
  }
  t.equal(JSON.stringify(await home.registry.cameras({ area: '320116', limit: 100 })), before)
})

t.test('a page of another site changes nothing with the cookie of its visitor', async (t) => {
  const home = await house(t)
  const cookie = { cookie: `yiji_session=${home.token('admin')}`, host: 'yiji.local' }
  for (const sample of await tried(home)) {
    if (sample.method === 'GET' || sample.config.allow === 'anyone') continue
    for (const from of [{ 'sec-fetch-site': 'cross-site' }, { 'sec-fetch-site': 'same-site' }, { origin: 'https://elsewhere.example' }, { origin: 'null' }]) {
      const answer = await ask(home, sample, sample.url, { ...cookie, ...from } as Record<string, string>)
      t.same([answer.statusCode, codeOf(answer)], [403, 'auth.refused'], `${sample.route} ${JSON.stringify(from)}`)
    }
  }
  const upgrade = await home.app.inject({ url: `${v1}/cameras`, headers: { ...cookie, upgrade: 'websocket', 'sec-fetch-site': 'cross-site' } })
  t.equal(upgrade.statusCode, 403, 'nor does it open a WebSocket')
})

t.test('a token of a script does what its account may, but makes no accounts, passwords and tokens; who must choose a password does nothing before', async (t) => {
  const home = await house(t)
  const nowMs = home.clock.wallMs()
  await seat(home.store, 'admin', `yiji_${'s'.repeat(43)}`, { id: 'script', kind: 'token', name: 'nightly' }, nowMs)
  await home.store.accounts.saveAccount({ name: 'fresh', role: 'admin', area: '', passwordHash: 'none', createdAtMs: 0, disabled: false, mustChange: true })
  await seat(home.store, 'fresh', 'f'.repeat(32), { id: 'fresh' }, nowMs)
  const notForScripts = ['PATCH /users/:name', 'POST /tokens', 'POST /users', 'PUT /session/password']
  const beforeChange = ['DELETE /session', 'GET /session', 'PUT /session/password']
  for (const sample of await tried(home)) {
    if (sample.config.allow === 'anyone') continue
    t.equal(sample.config.isForPersons === true, notForScripts.includes(sample.route), `${sample.route}: only for persons`)
    t.equal(sample.config.isBeforeChange === true, beforeChange.includes(sample.route), `${sample.route}: before a change`)
    if (sample.config.isForPersons) t.same(codeOf(await ask(home, sample, sample.url, bearer(`yiji_${'s'.repeat(43)}`))), 'auth.refused', sample.route)
    if (!sample.config.isBeforeChange) {
      const answer = await ask(home, sample, sample.url, bearer('f'.repeat(32)))
      t.same([answer.statusCode, codeOf(answer)], [403, 'auth.change-password'], sample.route)
    }
  }
  t.equal((await home.app.inject({ url: `${v1}/cameras`, headers: bearer(`yiji_${'s'.repeat(43)}`) })).statusCode, 200)
  t.match((await home.app.inject({ url: `${v1}/session`, headers: bearer('f'.repeat(32)) })).json(), { account: { mustChangePassword: true } })
})

t.test('everything that changes something leaves one line in the audit trail, with who and from where; what fails leaves none', async (t) => {
  const home = await house(t)
  const admin = bearer(home.token('admin'))
  const trail = () => home.deps.accounts.auditTrail(1000)
  for (const sample of [...(await tried(home))].sort((a, b) => Number(a.route === 'DELETE /session') - Number(b.route === 'DELETE /session'))) {
    const { audit, allow } = sample.config
    if (audit === undefined || allow === 'anyone' || sample.triedIn !== undefined || sample.status >= 400) continue
    const broken = typeof sample.payload === 'object' ? { ...sample, payload: { ...sample.payload, bogus: 1 } } : { ...sample, url: `${sample.url}${sample.url.includes('?') ? '&' : '?'}bogus=1` }
    const before = (await trail()).length
    const failed = await ask(home, broken, broken.url, sample.route === 'DELETE /session' ? {} : admin)
    const between = (await trail()).length
    if (failed.statusCode >= 400) t.equal(between, before, `${sample.route}: ${failed.statusCode}`)
    const answer = await ask(home, sample, sample.url, admin)
    const after = await trail()
    t.equal(after.length, between + 1, `${sample.route}: one line (${answer.statusCode})`)
    t.match(after[0], { account: 'admin', address: '127.0.0.1', action: audit, subject: /./, hash: /^[0-9a-f]{64}$/ }, sample.route)
    t.match(audit, /^[a-z]+\.[a-z-]+$/)
  }
  t.notMatch(JSON.stringify(await trail()), /sip secret|rtsp secret|long enough/)
  t.match(await home.deps.accounts.proveAudit(), { ok: true })
})

t.test('contacts of persons come out nowhere for those who may not see them; passwords come out nowhere at all', async (t) => {
  const home = await house(t)
  const [camera, device] = ['32011601001320000001', '32011601001110000001']
  const phones = { declared: '13911112222', before: '13933334444', reported: '13955556666', verified: '13977778888' }
  const editor = bearer(home.token('editor'))
  const tell = async (method: 'PATCH' | 'PUT' | 'POST', url: string, payload: object, key = editor): Promise<void> => {
    const answer = await home.app.inject({ method, url: v1 + url, headers: key, payload })
    t.equal(answer.statusCode, 200, `${url}: ${answer.body.slice(0, 200)}`)
  }
  await tell('PATCH', `/cameras/${camera}`, { fields: { contact: phones.before }, why: 'first' })
  await tell('PATCH', `/cameras/${camera}`, { fields: { contact: phones.declared }, why: 'second' })
  await tell('POST', `/cameras/${camera}/verified`, { values: { contact: phones.verified }, why: 'on site' }, bearer(home.token('admin')))
  await tell('PUT', `/cameras/${camera}/source`, { url: 'rtsp://admin:urlsecret9@10.0.0.64/ch1', username: 'admin', password: 'rtspsecret9' })
  await tell('PUT', `/devices/${device}/password`, { password: 'sipsecret9' }, bearer(home.token('admin')))
  await home.registry.applyCatalog(device, [{ id: camera, name: '路口', status: 'on', raw: { DeviceID: camera, 'Info.ContactInfo': phones.reported, ContactInfo: phones.reported, Password: 'catalogsecret9' } }], true)
  const seen = { phones: 0 }
  for (const name of ['viewer', 'assessor', 'editor', 'chief', 'admin'] as const) {
    const mayContacts = may({ role: people.find((each) => each.name === name)?.role ?? 'viewer', area: '320116', disabled: false }, 'contacts.see')
    for (const sample of await tried(home)) {
      if (sample.method !== 'GET' || (sample.triedIn !== undefined && /\.flv$/.test(sample.route))) continue
      const { body } = await ask(home, sample, sample.url, bearer(home.token(name)))
      t.notMatch(body, /(url|rtsp|sip|catalog)secret9/, `${sample.route}: ${name}`)
      if (mayContacts) seen.phones += Number(body.includes(phones.declared))
      else t.notMatch(body, /139(1111|3333|5555|7777)|1381234/, `${sample.route}: ${name}`)
    }
  }
  t.ok(seen.phones >= 3, 'who keeps the records sees them')
})
