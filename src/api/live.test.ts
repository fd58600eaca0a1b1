// Live views over the API, with real sockets.
import t from 'tap'
import type { LightMyRequestResponse } from 'fastify'
import { manualClock, seededBytes, silentLog, systemClock } from '../base/index.ts'
import { serveFlv } from '../media/index.ts'
import { startApi } from './index.ts'
import { createLiveTokens } from './live-token.ts'
import { v1, house } from './test/house.ts'
import { scriptedRelays, settled } from './test/relays.ts'
import { cameraHere, cameraThere } from './test/things.ts'

t.test('live: a picture, an address for players outside that ends soon, and why a camera gives nothing', async (t) => {
  const { ask, app, wire, clock, deps } = await house(t)
  t.same([(await ask('viewer', 'GET', `${v1}/live/${cameraHere}.jpg`)).headers['content-type'], (await ask('viewer', 'GET', `${v1}/live/${cameraHere}.jpg`)).body], ['image/jpeg', 'jpeg'])
  const sub = (await ask('viewer', 'GET', `${v1}/live/${cameraHere}?stream=sub`)).json<{ external: { jpg: string }; flv: string }>()
  t.equal(sub.flv, `${v1}/live/${cameraHere}.flv?stream=sub`)
  t.equal((await app.inject(new URL(sub.external.jpg).pathname + new URL(sub.external.jpg).search)).statusCode, 200, 'the sub stream with a token of its camera')
  t.equal((await ask('viewer', 'GET', `${v1}/live/${cameraHere}?stream=third`)).statusCode, 400)
  const { external, expiresAtMs, flv } = (await ask('viewer', 'GET', `${v1}/live/${cameraHere}`)).json<{ external: { flv: string; jpg: string }; expiresAtMs: number; flv: string }>()
  t.equal(flv, `${v1}/live/${cameraHere}.flv`)
  const outside = new URL(external.jpg)
  const open = (path: string): Promise<LightMyRequestResponse> => app.inject(path + outside.search)
  t.equal((await open(outside.pathname)).statusCode, 200)
  t.equal((await open(`${v1}/live/${cameraThere}.jpg`)).statusCode, 401, 'for this camera only')
  t.equal((await open(`${v1}/cameras`)).statusCode, 401, 'for nothing else')
  t.equal((await app.inject(`${outside.pathname}${outside.search.slice(0, -2)}AA`)).statusCode, 401)
  await deps.accounts.setDisabled('viewer', true)
  t.equal((await open(outside.pathname)).statusCode, 401, 'nor when its maker is out of use')
  await deps.accounts.setDisabled('viewer', false)
  clock.advance(expiresAtMs - clock.wallMs())
  t.equal((await open(outside.pathname)).statusCode, 401, 'nor later')
  wire.joined = { ok: false, reason: 'refused', sipStatus: 486, hop: 'NVR/1.0', detail: 'Busy Here' }
  t.same((await ask('editor', 'GET', `${v1}/live/${cameraHere}.flv`)).json(), { type: 'about:blank', title: 'The camera or device did not do it', status: 502, code: 'camera.unreachable', detail: 'Busy Here', reason: 'refused', sipStatus: 486, hop: 'NVR/1.0' })
  t.match((await ask('editor', 'GET', `${v1}/live/${cameraHere}.jpg`)).json(), { status: 502, code: 'camera.unreachable', reason: 'refused', sipStatus: 486, hop: 'NVR/1.0' })
})

t.test('a live token is signed: no part of it can be changed', async (t) => {
  const clock = manualClock()
  const tokens = createLiveTokens({ clock, random: seededBytes(1) })
  const { token, expiresAtMs } = tokens.make('camera', '王芳')
  t.same(tokens.check(token, 'camera'), { account: '王芳', expiresAtMs })
  const [expiry = '', name = '', signature = ''] = token.split('.')
  for (const forged of [`${Number(expiry) + 1}.${name}.${signature}`, `${expiry}.${Buffer.from('admin').toString('base64url')}.${signature}`, `${expiry}.${name}.${signature.slice(1)}A`, '', '..', 'x']) {
    t.equal(tokens.check(forged, 'camera'), undefined, forged)
  }
  t.equal(tokens.check(token, 'other'), undefined)
  t.equal(createLiveTokens({ clock, random: seededBytes(2) }).check(token, 'camera'), undefined, 'nor by another process')
})

t.test('the stream over a real socket: from the header on, until the client or the camera goes', async (t) => {
  const camera = scriptedRelays()
  const { deps, token } = await house(t, { relays: camera.relays, serveFlv: (key, open) => serveFlv({ relays: camera.relays, camera: key, open, clock: systemClock, log: silentLog }) })
  const api = await startApi(deps)
  t.teardown(api.close)
  const url = `${api.url}${v1}/live/${cameraHere}.flv`
  const bearer = { authorization: `Bearer ${token('viewer')}` }
  const watch = async (from: string, headers: Record<string, string>): Promise<{ response: Response; reader: ReadableStreamDefaultReader<Uint8Array>; leave: () => void }> => {
    const leaving = new AbortController()
    const wanted = camera.readers.size + 1
    const answer = fetch(from, { headers, signal: leaving.signal })
    await settled(() => camera.readers.size === wanted)
    camera.goLive({ ok: true, isCold: true })
    camera.publish(0)
    const response = await answer
    if (!response.body) throw new Error('an answer without a body')
    return { response, reader: response.body.getReader(), leave: () => leaving.abort() }
  }
  t.equal((await fetch(url)).status, 401)
  t.equal(camera.readers.size, 0, 'nobody unknown makes a camera send')

  const first = await watch(url, bearer)
  t.equal(first.response.headers.get('content-type'), 'video/x-flv')
  t.match(first.response.headers.get('content-security-policy'), "default-src 'self'")
  const head = Buffer.from((await first.reader.read()).value ?? [])
  t.equal(head.subarray(0, 4).toString('latin1'), 'FLV\x01')
  t.equal(head[4], 1, 'video, no audio')

  const { external } = (await (await fetch(`${api.url}${v1}/live/${cameraHere}`, { headers: bearer })).json()) as { external: { flv: string } }
  const second = await watch(external.flv, {})
  t.equal(second.response.status, 200, 'a player outside, by the address it was given')
  t.equal(camera.readers.size, 2)
  first.leave()
  await settled(() => camera.readers.size === 1)
  t.equal(camera.readers.size, 1, 'who closes the socket has left')
  camera.end()
  let last = await second.reader.read()
  while (!last.done) last = await second.reader.read()
  t.ok(last.done, 'the answer ends with the stream')
  t.match((await deps.accounts.auditTrail(10)).filter((entry) => entry.action === 'live.view'), [{ account: 'viewer', subject: cameraHere }, { account: 'viewer', subject: cameraHere }])
})

t.test('a client that goes while the camera is still being asked has left', async (t) => {
  const camera = scriptedRelays()
  const { deps, token } = await house(t, { serveFlv: (key, open) => serveFlv({ relays: camera.relays, camera: key, open, clock: systemClock, log: silentLog }) })
  const api = await startApi(deps)
  t.teardown(api.close)
  const leaving = new AbortController()
  const answer = fetch(`${api.url}${v1}/live/${cameraHere}.flv`, { headers: { authorization: `Bearer ${token('viewer')}` }, signal: leaving.signal })
  await settled(() => camera.readers.size === 1)
  leaving.abort()
  await t.rejects(answer)
  await settled(() => camera.readers.size === 0)
  t.equal(camera.readers.size, 0)
  camera.goLive({ ok: false, reason: 'no-answer', detail: 'nobody answered' })
  await api.close()
  await api.close()
})
