// The application itself: errors, health, the console, ports.
import t from 'tap'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { connect } from 'node:net'
import { join } from 'node:path'
import { Type } from 'typebox'
import { AppError, type ErrorCode } from '../base/index.ts'
import { httpStatus, problemOf } from './errors.ts'
import { startApi } from './index.ts'
import { v1, house } from './test/house.ts'
import { cameraHere, deviceHere, running } from './test/things.ts'

t.test('a route that says too little stops the start', async (t) => {
  const { app } = await house(t)
  const response = { 200: Type.Object({}) }
  t.throws(() => app.get('/bare', () => ({})), /config.allow/)
  t.throws(() => app.get('/open', { schema: { response } }, () => ({})), /config.allow/)
  t.throws(() => app.get('/shapeless', { config: { allow: 'session' } }, () => ({})), /schema/)
  t.throws(() => app.post('/unseen', { schema: { response }, config: { allow: 'session' } }, () => ({})), /config.audit/)
})

t.test('errors: one status per code, a reason for persons, and nothing of what was not expected', async (t) => {
  for (const [code, status] of Object.entries(httpStatus) as [ErrorCode, number][]) {
    t.match(problemOf(new AppError(code, 'why')), { type: 'about:blank', title: /./, status, code, detail: 'why' })
    t.ok(status >= 400 && status < 600)
  }
  t.equal(problemOf(new Error('a bug')), undefined)
  const { ask, app, wire } = await house(t, { commands: { queryCatalog: async () => Promise.reject(new Error('password=hunter2 at /srv/yiji')) } })
  const broken = await ask('admin', 'POST', `${v1}/devices/${deviceHere}/catalog`)
  t.match(broken.json(), { status: 500, code: 'internal', instance: /^[0-9a-f]{16}$/ })
  t.notMatch(broken.body, /hunter2|srv/)
  t.match(wire.logged, [/unexpected error in a request.*hunter2/])
  t.match(wire.logged[0], broken.json<{ instance: string }>().instance)
  t.match((await app.inject({ method: 'POST', url: `${v1}/session`, headers: { 'content-type': 'application/json' }, payload: '{"name":' })).json(), { status: 400, code: 'request.invalid' })
  t.match((await app.inject({ method: 'POST', url: `${v1}/session`, headers: { 'content-type': 'text/xml' }, payload: '<a/>' })).json(), { status: 415, code: 'request.invalid' })
  t.match((await app.inject({ method: 'POST', url: `${v1}/session`, payload: { name: 'a', password: 'x'.repeat(2_000_000) } })).json(), { status: 413 })
  t.match((await ask('admin', 'GET', `${v1}/nothing`)).json(), { status: 404, code: 'not-found' })
  t.match((await ask('viewer', 'GET', `${v1}/cameras/..%2f..%2fetc`)).json(), { status: 400, code: 'request.invalid' })
  const unreadable = await ask('viewer', 'GET', `${v1}/%zz`)
  t.match(unreadable.headers['content-type'], 'application/problem+json')
  t.match(unreadable.json(), { status: 400, code: 'request.invalid', detail: /%zz/ })
})

t.test('health and counters are open, and name no camera', async (t) => {
  const { app, wire } = await house(t)
  t.match((await app.inject('/healthz')).json(), { ok: true, version: '0.1.0', parts: { store: true, sip: true } })
  wire.isHealthy = false
  const sick = await app.inject('/healthz')
  t.equal(sick.statusCode, 503)
  t.match(sick.json(), { ok: false, parts: { sip: false } })
  wire.figures = [{ camera: cameraHere, ...running, viewers: 3 }]
  const { body } = await app.inject('/metrics')
  t.match(body, /^yiji_streams 1$/m)
  t.match(body, /^yiji_viewers 3$/m)
  t.match(body, /^yiji_http_answers_total\{method="GET",status="5xx"\} 1$/m)
  t.notMatch(body, cameraHere)
})

t.test('the console: built or not, its own addresses lead into it, and it may load nothing from outside', async (t) => {
  const bare = await house(t)
  t.match((await bare.app.inject('/')).body, 'npm run build')
  const consoleDir = await mkdtemp(join(tmpdir(), 'yiji-console-'))
  t.teardown(() => rm(consoleDir, { recursive: true }))
  await mkdir(join(consoleDir, 'assets'))
  await writeFile(join(consoleDir, 'index.html'), '<title>Yiji</title>')
  await writeFile(join(consoleDir, 'assets', 'app-1a2b.js'), 'run()')
  const { app } = await house(t, { consoleDir })
  for (const path of ['/', '/cameras', `/cameras/${cameraHere}`, '/inspections/i-1?tab=checks']) {
    const page = await app.inject(path)
    t.same([page.statusCode, page.body, page.headers['cache-control']], [200, '<title>Yiji</title>', 'no-cache'], path)
    t.match(page.headers['content-security-policy'], /default-src 'self';.*media-src 'self' blob:;.*worker-src 'self' blob:/)
    t.notMatch(page.headers['content-security-policy'], /https?:|unsafe-eval|upgrade-insecure/)
  }
  t.match((await app.inject('/assets/app-1a2b.js')).headers, { 'cache-control': /immutable/, 'content-type': /javascript/ })
  for (const path of ['/assets/gone.js', '/api/v2/cameras', '/api', '/..%2fpackage.json']) t.equal((await app.inject(path)).statusCode, 404, path)
  for (const path of ['/%2e%2e/%2e%2e/etc/passwd', '//etc/passwd', '/..%2f..%2fetc/passwd']) t.notMatch((await app.inject(path)).body, 'root:', path)
})

t.test('a port that cannot be had is one line that says what to do', async (t) => {
  const { deps } = await house(t)
  const first = await startApi(deps)
  t.teardown(first.close)
  t.match(first.url, /^http:\/\/127\.0\.0\.1:\d+$/)
  await t.rejects(startApi({ ...deps, port: first.port }), { code: 'port.taken', message: /YIJI_HTTP_PORT/ })
  await t.rejects(startApi({ ...deps, host: '192.0.2.1' }), { code: 'config.invalid', message: /YIJI_HTTP_HOST/ })
})

t.test('what is no request is answered as problem details too, on the wire', async (t) => {
  const { deps } = await house(t)
  const api = await startApi(deps)
  t.teardown(api.close)
  const say = (text: string): Promise<string> =>
    new Promise((resolve, reject) => {
      const socket = connect(api.port, '127.0.0.1', () => socket.write(text))
      let heard = ''
      socket.on('data', (chunk: Buffer) => (heard += chunk.toString()))
      socket.once('close', () => resolve(heard))
      socket.once('error', reject)
    })
  for (const [text, status, code] of [
    [`GET / HTTP/1.1\r\nhost: x\r\ncookie: ${'a'.repeat(20_000)}\r\n\r\n`, 431, 'request.invalid'],
    ['FETCH / HTTP/1.1\r\nhost: x\r\n\r\n', 400, 'request.invalid'],
    ['\x16\x03\x01\x02\x00\x01\x00', 400, 'request.invalid'],
    ['REGISTER sip:1@2 SIP/2.0\r\n\r\n', 400, 'request.invalid'],
    ['GET / HTTP/1.1\r\nhost: x\r\nno colon\r\n\r\n', 400, 'request.invalid'],
    [`PROPFIND ${v1}/cameras HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n`, 404, 'not-found'],
    [`HEAD ${v1}/cameras HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n`, 404, ''],
  ] as const) {
    const heard = await say(text)
    t.match(heard, new RegExp(`^HTTP/1\\.1 ${status} `), text.slice(0, 30))
    t.match(heard, /content-type: application\/problem\+json/i)
    if (code !== '') t.match(JSON.parse(heard.slice(heard.indexOf('{'))), { status, code })
  }
  t.equal((await fetch(`${api.url}/healthz`)).status, 200)
})
