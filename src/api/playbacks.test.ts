// Recordings of cameras over the API.
import t from 'tap'
import type { Playback } from './schema/index.ts'
import { v1, house } from './test/house.ts'
import { cameraHere } from './test/things.ts'
import { playbackHere, playbackOver, hour } from './test/wire.ts'

t.test('recordings: what is asked, what is answered, and what is refused', async (t) => {
  const { ask, wire, app, clock } = await house(t)
  const list = await ask('editor', 'GET', `${v1}/cameras/${cameraHere}/recordings?from=${hour.from}&to=${hour.to}&type=alarm`)
  t.match(list.json(), { items: [{ startMs: hour.from, fileSize: 1_000 }], isComplete: false, missing: [{ told: 9, got: 1 }], hop: 'NVR/1' })
  t.same(wire.recordings.pop(), { camera: cameraHere, fromMs: hour.from, toMs: hour.to, type: 'alarm' })
  t.equal((await ask('editor', 'GET', `${v1}/cameras/${cameraHere}/recordings?from=${hour.to}&to=${hour.from}`)).statusCode, 400, 'backwards')
  t.equal((await ask('editor', 'GET', `${v1}/cameras/${cameraHere}/recordings?from=0&to=${hour.to}`)).statusCode, 400, 'too much at once')

  const made = await ask('editor', 'POST', `${v1}/cameras/${cameraHere}/playbacks`, { ...hour, kind: 'playback' })
  t.equal(made.headers['location'], `${v1}/playbacks/p-00000000000000dd`)
  t.match(made.json(), { state: 'waiting', flv: `${v1}/playbacks/p-00000000000000dd.flv`, control: `${v1}/playbacks/p-00000000000000dd/control`, external: { flv: /\.flv\?token=/ } })
  t.match(wire.recordings.pop(), { by: 'editor', kind: 'playback', type: 'all' })
  t.match((await ask('editor', 'POST', `${v1}/cameras/${cameraHere}/playbacks`, { ...hour, kind: 'download', speed: 4 })).json(), { fileUrl: `${v1}/playbacks/p-00000000000000dd/file` })
  t.match(wire.recordings.pop(), { speed: 4 })
  t.equal((await ask('editor', 'POST', `${v1}/cameras/${cameraHere}/playbacks`, { ...hour, kind: 'talk' })).statusCode, 400)

  t.same((await ask('editor', 'GET', `${v1}/playbacks`)).json<{ items: Playback[] }>().items.map(({ id }) => id), [playbackHere, playbackOver], 'those of the own area')
  for (const action of [{ action: 'resume' }, { action: 'scale', scale: 0.25 }, { action: 'seek', atMs: hour.from }, { action: 'reverse', scale: -2, fromMs: hour.to }]) {
    t.equal((await ask('editor', 'POST', `${v1}/playbacks/${playbackHere}/control`, action)).statusCode, 200, action.action)
    t.same(wire.recordings.pop(), { id: playbackHere, ...action })
  }
  for (const action of [{ action: 'scale' }, { action: 'scale', scale: 99 }, { action: 'seek' }, { action: 'teardown' }, { action: 'pause', scale: 1 }]) {
    t.equal((await ask('editor', 'POST', `${v1}/playbacks/${playbackHere}/control`, action)).statusCode, 400, JSON.stringify(action))
  }
  t.equal((await ask('editor', 'POST', `${v1}/playbacks/${playbackOver}/control`, { action: 'pause' })).statusCode, 409)

  const { external } = (await ask('editor', 'GET', `${v1}/playbacks/${playbackHere}`)).json<{ external: { flv: string } }>()
  const address = new URL(external.flv)
  const served = await app.listen({ host: '127.0.0.1', port: 0 })
  t.equal(await (await fetch(`${served}${address.pathname}${address.search}`)).text(), 'FLV', 'a player needs no log-in')
  t.equal((await app.inject(`${address.pathname.replace(playbackHere, playbackOver)}${address.search}`)).statusCode, 401, 'for this stream alone')
  clock.advance(6 * 60_000)
  t.equal((await app.inject(`${address.pathname}${address.search}`)).statusCode, 401, 'and not for ever')

  const file = await ask('editor', 'GET', `${v1}/playbacks/${playbackOver}/file`)
  t.equal(file.body, 'secret')
  t.match(file.headers, { 'x-partial': 'ended%20by%20its%20user', 'content-disposition': /-partial\.flv"$/, 'content-length': '6' })
  t.equal((await ask('editor', 'GET', `${v1}/playbacks/${playbackHere}/file`)).statusCode, 404, 'a playback has none')
  const audit = (await ask('admin', 'GET', `${v1}/audit`)).json<{ items: { action: string; subject: string }[] }>().items
  for (const action of ['recordings.query', 'playback.start', 'playback.view', 'playback.control', 'playback.file']) t.ok(audit.some((entry) => entry.action === action && entry.subject === cameraHere), action)
})
