// Sessions over the API.
import t from 'tap'
import type { LightMyRequestResponse } from 'fastify'
import type { App } from './index.ts'
import { v1, house } from './test/house.ts'
import { here, cameraHere } from './test/things.ts'

t.test('a session by cookie: for the console’s own pages, and closed for good', async (t) => {
  const { app, deps, ask } = await house(t)
  await deps.accounts.create({ name: '王芳', password: 'eleven cameras', role: 'editor', area: here })
  const login = (payload: object): Promise<LightMyRequestResponse> => app.inject({ method: 'POST', url: `${v1}/session`, payload })
  const opened = await login({ name: '王芳', password: 'eleven cameras' })
  t.match(opened.json(), { account: { name: '王芳', role: 'editor', area: here }, can: ['cameras.see', 'cameras.change'] })
  t.notOk(opened.json<{ token?: string }>().token, 'a script in the page never sees the token')
  const [cookie] = opened.cookies
  t.match(cookie, { name: 'yiji_session', httpOnly: true, sameSite: 'Strict', path: '/' })
  const withCookie = (method: 'GET' | 'PATCH' | 'DELETE', url: string, headers: Record<string, string> = {}): Promise<LightMyRequestResponse> =>
    app.inject({ method, url: v1 + url, headers: { host: 'yiji.local:8080', ...headers }, cookies: { yiji_session: cookie?.value ?? '' }, ...(method === 'PATCH' ? { payload: { fields: { name: 'n' } } } : {}) })
  t.equal((await withCookie('GET', '/session')).statusCode, 200)
  const change = `/cameras/${cameraHere}`
  t.equal((await withCookie('PATCH', change)).statusCode, 200)
  t.equal((await withCookie('PATCH', change, { origin: 'http://yiji.local:8080' })).statusCode, 200)
  t.equal((await withCookie('PATCH', change, { 'sec-fetch-site': 'same-origin' })).statusCode, 200)
  for (const headers of [{ origin: 'http://evil.example' }, { origin: 'null' }, { 'sec-fetch-site': 'cross-site' }, { 'sec-fetch-site': 'same-site', origin: 'http://yiji.local:8080' }] as Record<string, string>[]) {
    t.equal((await withCookie('PATCH', change, headers)).statusCode, 403, JSON.stringify(headers))
  }
  t.equal((await withCookie('DELETE', '/session')).statusCode, 204)
  t.equal((await withCookie('GET', '/session')).statusCode, 401)

  const bearer = (await login({ name: '王芳', password: 'eleven cameras', want: 'token' })).json<{ token: string }>().token
  t.equal((await app.inject({ url: `${v1}/cameras`, headers: { authorization: `Bearer ${bearer}` } })).statusCode, 200)
  for (const authorization of ['Bearer x', `Bearer ${bearer}x`, `Basic ${bearer}`, '']) t.equal((await app.inject({ url: `${v1}/cameras`, headers: { authorization } })).statusCode, 401)
  const wrong = await login({ name: '王芳', password: 'nine cameras' })
  t.same([wrong.statusCode, wrong.json<{ code: string }>().code, wrong.cookies.length], [401, 'auth.required', 0])
  for (const body of [{}, { name: 'a' }, { name: 'a', password: 1 }, { name: 'a', password: 'b', more: 1 }]) t.equal((await login(body)).statusCode, 400)
  t.match((await ask('admin', 'GET', `${v1}/audit`)).json(), { items: [{ action: 'session.refused', subject: '王芳' }] })
})

t.test('too many wrong passwords are answered 429', async (t) => {
  const { app } = await house(t)
  const codes: number[] = []
  for (let i = 0; i < 6; i++) codes.push((await app.inject({ method: 'POST', url: `${v1}/session`, payload: { name: 'admin', password: 'wrong' } })).statusCode)
  t.same(codes, [401, 401, 401, 401, 401, 429])
})

const opened = async (app: App, name: string, password: string, headers: Record<string, string> = {}): Promise<{ token: string; id: string }> =>
  (await app.inject({ method: 'POST', url: `${v1}/session`, payload: { name, password, want: 'token' }, headers })).json()
const as = (token: string): { headers: { authorization: string } } => ({ headers: { authorization: `Bearer ${token}` } })

t.test('one’s own password, sessions and tokens', async (t) => {
  const { app, deps } = await house(t)
  await deps.accounts.create({ name: '王芳', password: 'eleven cameras', role: 'editor', area: here, mustChange: true })
  const [first, second] = [await opened(app, '王芳', 'eleven cameras', { 'user-agent': 'Firefox' }), await opened(app, '王芳', 'eleven cameras')]
  t.equal((await app.inject({ url: `${v1}/cameras`, ...as(first.token) })).json<{ code: string }>().code, 'auth.change-password')
  const change = (payload: object): Promise<LightMyRequestResponse> => app.inject({ method: 'PUT', url: `${v1}/session/password`, ...as(first.token), payload })
  t.equal((await change({ current: 'nine cameras', next: 'twelve cameras' })).json<{ code: string }>().code, 'auth.refused')
  t.match((await change({ current: 'eleven cameras', next: 'admin12345' })).json(), { code: 'request.invalid', detail: /common word/ })
  t.same((await change({ current: 'eleven cameras', next: 'twelve cameras' })).json(), { ended: 1 })
  t.equal((await app.inject({ url: `${v1}/session`, ...as(second.token) })).statusCode, 401, 'the other session has ended')
  t.equal((await app.inject({ url: `${v1}/cameras`, ...as(first.token) })).statusCode, 200)

  const made = await app.inject({ method: 'POST', url: `${v1}/tokens`, ...as(first.token), payload: { name: 'nightly', days: 30 } })
  t.equal(made.headers['cache-control'], 'no-store')
  const { token, id } = made.json<{ token: string; id: string }>()
  const list = (await app.inject({ url: `${v1}/sessions`, ...as(first.token) })).json<{ items: readonly { id: string; kind: string; name: string; agent: string; address: string; isThis: boolean }[] }>()
  t.match(list.items.find((each) => each.kind === 'session'), { id: first.id, agent: 'Firefox', address: '127.0.0.1', isThis: true })
  t.match(list.items.find((each) => each.kind === 'token'), { id, name: 'nightly', isThis: false })
  t.notMatch(JSON.stringify(list), token.slice(5))
  t.equal((await app.inject({ url: `${v1}/cameras`, ...as(token) })).statusCode, 200)
  t.equal((await app.inject({ method: 'DELETE', url: `${v1}/sessions/${id}`, ...as(first.token) })).statusCode, 204)
  t.equal((await app.inject({ url: `${v1}/cameras`, ...as(token) })).statusCode, 401)
  for (const payload of [{ name: 'x', days: 0 }, { name: 'x', days: 400 }, { name: '', days: 1 }, { name: 'a/b', days: 1 }]) t.equal((await app.inject({ method: 'POST', url: `${v1}/tokens`, ...as(first.token), payload })).statusCode, 400)
  const trail = await deps.accounts.auditTrail(50)
  t.notMatch(JSON.stringify(trail), /eleven|twelve|yiji_/, 'neither passwords nor tokens')
  for (const action of ['session.open', 'user.password', 'token.create', 'session.end']) t.ok(trail.some((entry) => entry.action === action && entry.address === '127.0.0.1'), action)
})

t.test('accounts are given another role, area or password by those who manage them, and never by themselves', async (t) => {
  const { ask, deps, app } = await house(t)
  const patch = async (name: 'admin' | 'chief', who: string, payload: object): Promise<LightMyRequestResponse> => ask(name, 'PATCH', `${v1}/users/${who}`, payload)
  t.match((await patch('chief', 'viewer', { role: 'editor', mustChangePassword: true })).json(), { role: 'editor', mustChangePassword: true })
  t.equal((await patch('chief', 'viewer', { area: '320115' })).json<{ code: string }>().code, 'area.outside')
  t.equal((await patch('chief', 'viewer', { area: '' })).json<{ code: string }>().code, 'area.outside')
  t.equal((await patch('chief', 'editor', { area: '32011603' })).json<{ area: string }>().area, '32011603')
  for (const payload of [{ disabled: true }, { role: 'viewer' }, { area: '32' }, { password: 'another password' }]) t.equal((await patch('admin', 'admin', payload)).statusCode, 409, JSON.stringify(payload))
  t.equal((await patch('admin', 'viewer', {})).statusCode, 400)
  t.match((await patch('admin', 'viewer', { password: 'given by admin', mustChangePassword: true })).json(), { mustChangePassword: true, passwordAtMs: Number })
  t.match((await opened(app, 'viewer', 'given by admin')), { token: String })
  t.match((await deps.accounts.auditTrail(20)).find((entry) => entry.action === 'user.change'), { subject: 'viewer', detail: 'another password, must choose a password' })
})

t.test('behind a proxy of one’s own: the caller’s address, and a cookie for HTTPS alone', async (t) => {
  const forwarded = { 'x-forwarded-for': '203.0.113.9', 'x-forwarded-proto': 'https', 'x-forwarded-host': 'yiji.example' }
  for (const [trustProxy, address, secure] of [[['loopback'], '203.0.113.9', true], [['10.0.0.1'], '127.0.0.1', undefined], [undefined, '127.0.0.1', undefined]] as const) {
    const { app, deps } = await house(t, trustProxy ? { trustProxy } : {})
    await deps.accounts.create({ name: '王芳', password: 'eleven cameras', role: 'editor', area: here })
    const answer = await app.inject({ method: 'POST', url: `${v1}/session`, payload: { name: '王芳', password: 'eleven cameras' }, headers: { ...forwarded, origin: 'https://yiji.example', ...(secure ? {} : { host: 'yiji.example' }) } })
    t.equal(answer.statusCode, 200, answer.body)
    t.same([answer.cookies[0]?.secure, answer.cookies[0]?.httpOnly, answer.cookies[0]?.sameSite], [secure, true, 'Strict'], String(trustProxy))
    t.match(await deps.accounts.auditTrail(1), [{ action: 'session.open', address }])
  }
})

t.test('another page does not log its visitor in', async (t) => {
  const { app } = await house(t)
  const answer = await app.inject({ method: 'POST', url: `${v1}/session`, payload: { name: 'admin', password: 'whatever it is' }, headers: { 'sec-fetch-site': 'cross-site' } })
  t.match([answer.statusCode, answer.json()], [403, { code: 'auth.refused' }])
})

t.test('what somebody set up for themselves: their own, by version, bounded', async (t) => {
  const { ask } = await house(t)
  const put = (name: 'editor' | 'viewer', key: string, payload: object): Promise<LightMyRequestResponse> => ask(name, 'PUT', `${v1}/session/settings/${key}`, payload)
  const filters = [{ name: '二类点', query: { class: '2', text: '路口' } }]
  t.match((await put('editor', 'filters', { value: filters, version: 0 })).json(), { key: 'filters', value: filters, version: 1 })
  t.match((await put('editor', 'filters', { value: [], version: 0 })).json(), { code: 'conflict', status: 409 }, 'somebody else was quicker')
  t.match((await put('editor', 'filters', { value: [], version: 2 })).json(), { code: 'conflict' }, 'a version that never was')
  t.match((await put('editor', 'filters', { value: [...filters, { name: '缺地址', query: {} }], version: 1 })).json(), { version: 2 })
  t.match((await put('editor', 'columns', { value: ['name', '@presence'], version: 0 })).json(), { version: 1 })
  t.match((await ask('editor', 'GET', `${v1}/session/settings`)).json(), { items: [{ key: 'columns', value: ['name', '@presence'] }, { key: 'filters', value: [{ name: '二类点' }, { name: '缺地址' }] }] })
  t.same((await ask('viewer', 'GET', `${v1}/session/settings`)).json(), { items: [] }, 'of the account alone')
  for (const [key, value] of [
    ['filters', [{ name: 'x'.repeat(41), query: {} }]], ['filters', [{ name: 'a', query: { text: 1 } }]], ['filters', [{ name: 'a', query: {}, more: 1 }]], ['filters', [{ name: '', query: {} }]], ['filters', 'a'], ['columns', Array.from({ length: 101 }, () => 'name')], ['other', []],
    ['layouts', Array.from({ length: 100 }, (_none, n) => ({ name: `l${n}`, query: { v: 'x'.repeat(4000) } }))],
  ] as const) {
    const answer = await put('editor', key, { value, version: key === 'layouts' ? 0 : 2 })
    t.match(answer.json(), { code: 'request.invalid', status: 400 }, `${key} ${JSON.stringify(value).slice(0, 60)}`)
  }
  t.equal((await ask('editor', 'GET', `${v1}/session/settings`)).json<{ items: object[] }>().items.length, 2)
  t.match((await ask('admin', 'GET', `${v1}/audit`)).json(), { items: [{ action: 'session.setting', account: 'editor', subject: 'editor', detail: 'columns' }] })
})
