// Sessions over the API.
import t from 'tap'
import type { LightMyRequestResponse } from 'fastify'
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
