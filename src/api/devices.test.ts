// Devices over the API: what they say, what is set for them, alarms, pictures, traces.
import t from 'tap'
import type { LightMyRequestResponse } from 'fastify'
import { seededBytes } from '../base/index.ts'
import { formFile } from './device-snapshots.ts'
import { v1, type Name, house } from './test/house.ts'
import { here, there, cameraHere, cameraThere, deviceHere, deviceThere } from './test/things.ts'

t.test('devices: approved, given a password, a transport, asked for the catalog; channels end at the wall', async (t) => {
  const { ask, registry, wire } = await house(t)
  const url = `${v1}/devices/${deviceHere}`
  t.equal((await ask('chief', 'POST', `${url}/approve`)).json<{ approved: boolean }>().approved, true)
  await ask('chief', 'PUT', `${url}/password`, { password: 'sip secret' })
  t.equal(await registry.passwordOf(deviceHere), 'sip secret')
  await ask('chief', 'PUT', `${url}/password`, { password: null })
  t.equal(await registry.passwordOf(deviceHere), undefined)
  t.equal((await ask('chief', 'PUT', `${url}/media-transport`, { mediaTransport: 'udp' })).json<{ mediaTransport: string }>().mediaTransport, 'udp')
  t.equal((await ask('chief', 'PUT', `${url}/media-transport`, { mediaTransport: 'carrier pigeon' })).statusCode, 400)
  t.equal((await ask('chief', 'POST', `${url}/catalog`)).statusCode, 202)
  t.same(wire.catalogsAsked, [deviceHere])
  const given = [cameraHere, cameraThere].map((id) => ({ id, name: 'c', status: 'on' as const, raw: { DeviceID: id, 'Info.PTZType': '1' } }))
  await registry.applyCatalog(deviceHere, given, true)
  const channels = given.map((channel) => ({ ...channel, kind: 'camera', parents: [], hasChildren: false }))
  const seen = async (name: Name): Promise<unknown> => (await ask(name, 'GET', url)).json<{ channels: unknown }>().channels
  t.same(await seen('viewer'), channels.slice(0, 1))
  t.same(await seen('admin'), [...channels].reverse(), 'by code')
  t.same((await ask('admin', 'GET', `${url}/channels?limit=1`)).json(), { items: [channels[1]], next: cameraThere, total: 2 })
  t.same((await ask('admin', 'GET', `${url}/channels?parent=&cursor=${cameraThere}`)).json(), { items: [channels[0]], total: 2 })
  t.same((await ask('viewer', 'GET', `${url}/channels?limit=1`)).json(), { items: [channels[0]] }, 'a page ends at the wall')
  t.match((await ask('viewer', 'GET', `${v1}/cameras/${cameraHere}`)).json(), { reported: { deviceId: deviceHere, raw: { DeviceID: cameraHere } } })
  t.notOk((await ask('viewer', 'GET', `${v1}/cameras`)).json<{ items: { reported?: { raw?: unknown } }[] }>().items[0]?.reported?.raw, 'a list carries no raw elements')
})

t.test('a device: what it says, its configuration, its channels only, what was set for it', async (t) => {
  const { ask, registry, wire } = await house(t)
  const url = `${v1}/devices/${deviceHere}`
  t.match((await ask('viewer', 'GET', `${url}/information`)).json(), { name: 'IPC', firmware: 'V5' })
  t.equal(wire.told.length, 1)
  await ask('viewer', 'GET', `${url}/information`)
  t.equal(wire.told.length, 1, 'once said is known')
  await ask('viewer', 'GET', `${url}/information?fresh=true`)
  t.equal(wire.told.length, 2)
  const status = await ask('viewer', 'GET', `${url}/status`)
  t.match(status.json(), { online: 'online', clockOffsetMs: -1200, raw: { Encode: 'ON' } })
  t.notMatch(status.body, 'secret')
  wire.told = []
  t.same((await ask('editor', 'GET', `${url}/configuration?types=osdconfig/BasicParam`)).json(), { basicParam: { name: 'IPC', heartBeatIntervalS: 60 }, frameMirror: 1 })
  t.same(wire.told, [['configuration', { deviceId: deviceHere, channelId: deviceHere }, ['OSDConfig', 'BasicParam']]])
  t.match((await ask('editor', 'GET', `${url}/configuration?types=Everything`)).json(), { code: 'request.invalid', detail: /OSDConfig/ })
  t.equal((await ask('editor', 'GET', `${url}/configuration?channel=${cameraThere}`)).statusCode, 404, 'a channel that it does not list')
  await registry.applyCatalog(deviceHere, [{ id: cameraHere, name: 'c', status: 'on', raw: {} }], true)
  wire.told = []
  const change = { osdConfig: { isTextShown: true, texts: [{ text: '东门', x: 1, y: 2 }] }, frameMirror: 2 }
  t.equal((await ask('editor', 'PUT', `${url}/configuration?channel=${cameraHere}`, change)).statusCode, 200)
  t.same(wire.told, [['configure', { deviceId: deviceHere, channelId: cameraHere }, change]])
  for (const wrong of [{}, { frameMirror: 9 }, { password: 'x' }, { basicParam: { password: 'x' } }]) t.equal((await ask('editor', 'PUT', `${url}/configuration`, wrong)).statusCode, 400, JSON.stringify(wrong))
  wire.told = []
  t.same((await ask('editor', 'PUT', `${url}/subscriptions`, { alarm: true, positionIntervalS: 5 })).json(), { wanted: { alarm: true, positionIntervalS: 5 }, states: [{ kind: 'alarm', state: 'active', expiresAtMs: 9, notifies: 3 }] })
  t.match((await ask('chief', 'PUT', `${url}/settings`, { charset: 'gb18030', ignoresNotifiedStatus: true })).json(), { settings: { charset: 'gb18030', subscriptions: { alarm: true } } }, 'the one leaves the other')
  t.same((await registry.device(deviceHere))?.settings, { charset: 'gb18030', ignoresNotifiedStatus: true, subscriptions: { alarm: true, positionIntervalS: 5 } })
  t.same(wire.told, [['settings', deviceHere], ['settings', deviceHere]])
  t.match((await ask('chief', 'PUT', `${url}/media-transport`, { mediaTransport: 'tcp-active' })).json(), { code: 'request.invalid', detail: /cannot dial a device/ })
  await ask('chief', 'PUT', `${url}/password`, { password: 'new secret' })
  t.same(wire.told.at(-1), ['password', deviceHere], 'failed attempts with the old one are forgotten')
  await registry.applyPositions([1, 2, 3].map((n) => ({ deviceId: deviceHere, channelId: cameraHere, atMs: n, longitude: 118 + n, latitude: 32 })))
  const page = (await ask('viewer', 'GET', `${url}/positions?limit=2`)).json<{ items: { atMs: number }[]; next: string }>()
  t.same(page.items.map(({ atMs }) => atMs), [3, 2])
  t.same((await ask('viewer', 'GET', `${url}/positions?cursor=${page.next}`)).json<{ items: { atMs: number }[] }>().items.map(({ atMs }) => atMs), [1])
  t.match((await ask('chief', 'POST', `${url}/upgrade`, { firmware: 'V6', fileUrl: 'http://10.0.0.9/v6.bin', manufacturer: 'H' })).json(), { sessionId: /^[0-9a-f]{32}$/, result: 'OK' })
})

t.test('alarms end at the wall', async (t) => {
  const { ask, registry } = await house(t)
  for (const [n, id] of [cameraHere, cameraThere, cameraHere].entries()) await registry.applyAlarm({ deviceId: deviceHere, channelId: id, atMs: n, method: '5', alarmType: String(n), priority: n + 1, raw: { AlarmMethod: '5' } })
  const seen = async (name: Name, query = ''): Promise<readonly number[]> => (await ask(name, 'GET', `${v1}/alarms${query}`)).json<{ items: { n: number }[] }>().items.map(({ n }) => n)
  t.same(await seen('admin'), [3, 2, 1])
  t.same(await seen('viewer'), [3, 1])
  t.same(await seen('viewer', '?type=2'), [3])
  t.same(await seen('viewer', '?priority=1'), [1])
  t.same(await seen('viewer', `?channel=${cameraThere}`), [])
  t.equal((await ask('viewer', 'GET', `${v1}/alarms?area=${there}`)).json<{ code: string }>().code, 'area.outside')
  t.match((await ask('viewer', 'GET', `${v1}/alarms?limit=1`)).json(), { items: [{ n: 3, channelId: cameraHere, area: here, method: '5', alarmType: '2' }], next: '3' })
  t.same(await seen('viewer', '?limit=1&cursor=3'), [1])
})

t.test('pictures of a device: ordered, uploaded with the token of the order, listed, and seen by whoever may watch', async (t) => {
  const { ask, app, wire, clock, registry } = await house(t)
  const url = `${v1}/cameras/${cameraHere}/device-snapshots`
  const order = (await ask('editor', 'POST', url, { count: 2, intervalS: 5 })).json<{ session: string }>()
  t.match(order, { cameraId: cameraHere, deviceId: deviceHere, by: 'editor', count: 2, pictures: [] })
  const [, , told] = wire.told.at(-1) as [string, object, { uploadUrl: string; sessionId: string; count: number; intervalS: number }]
  t.match(told, { count: 2, intervalS: 5, sessionId: order.session })
  const path = new URL(told.uploadUrl).pathname
  const jpeg = Buffer.from([0xff, 0xd8, 1, 2, 0xff, 0xd9])
  const form = Buffer.concat([Buffer.from('--x\r\ncontent-disposition: form-data; name="sn"\r\n\r\n1\r\n--x\r\nContent-Disposition: form-data; name="f"; filename="a 1.jpg"\r\nContent-Type: image/jpeg\r\n\r\n'), jpeg, Buffer.from('\r\n--x--\r\n')])
  t.same((await app.inject({ method: 'POST', url: path, headers: { 'content-type': 'multipart/form-data; boundary=x' }, payload: form })).json(), { stored: true })
  t.same((await app.inject({ method: 'PUT', url: `${path}/320116-02.jpg`, headers: { 'content-type': 'image/jpeg' }, payload: jpeg })).json(), { stored: true }, 'with a name of its own behind')
  t.same([...wire.pictures], [['a 1.jpg.jpg', jpeg], ['320116-02.jpg.jpg', jpeg]])
  await registry.finishSnapshots(order.session, ['one', 'two'])
  const [listed] = (await ask('viewer', 'GET', url)).json<{ items: { pictures: { n: number; name: string }[] }[] }>().items
  t.match(listed, { fileIds: ['one', 'two'], finishedAtMs: Number, pictures: [{ n: 1, name: 'a 1.jpg' }, { n: 2, name: '320116-02.jpg' }] })
  const seen = await ask('viewer', 'GET', `${url}/2.jpg`)
  t.same([seen.statusCode, seen.headers['content-type'], seen.rawPayload], [200, 'image/jpeg', jpeg])
  t.equal((await ask('viewer', 'GET', `${url}/3.jpg`)).statusCode, 404)
  t.equal((await ask('viewer', 'GET', `${v1}/cameras/${cameraThere}/device-snapshots/1.jpg`)).statusCode, 404)
  t.equal((await ask(undefined, 'GET', `${url}/1.jpg`)).statusCode, 401)
  const post = (to: string, payload: Buffer | string = jpeg, type = 'image/jpeg'): Promise<LightMyRequestResponse> => app.inject({ method: 'POST', url: to, headers: { 'content-type': type }, payload })
  for (const wrong of [path.replace(/.$/, (last) => (last === '0' ? '1' : '0')), path.replace(order.session, 'f'.repeat(32)), `${v1}/snapshot-uploads/${'x'.repeat(60)}`]) t.equal((await post(wrong)).statusCode, 404, 'a token that is not ours')
  t.equal((await post(path, '')).statusCode, 400, 'nothing in it')
  t.equal((await post(path, '--x--', 'multipart/form-data; boundary=x')).statusCode, 400, 'a form without a file')
  t.equal((await post(path, Buffer.alloc(9 * 1024 * 1024))).statusCode, 413)
  clock.advance(11 * 60_000)
  t.equal((await post(path)).statusCode, 404, 'the time is over')
  wire.failure = { ok: false, reason: 'offline', detail: 'it is offline' }
  t.equal((await ask('editor', 'POST', url, {})).statusCode, 502)
})

t.test('forms of devices are read by their boundary alone', (t) => {
  const random = seededBytes(9)
  const jpeg = Buffer.concat([Buffer.from([0xff, 0xd8]), random(200)])
  const form = Buffer.concat([Buffer.from('--b1\r\nContent-Type: image/jpeg\r\n\r\n'), jpeg, Buffer.from('\r\n--b1--')])
  t.same(formFile('multipart/form-data; boundary="b1"', form), { name: '', bytes: jpeg })
  t.same(formFile('multipart/form-data; boundary=b1', form.subarray(0, -8)), { name: '', bytes: jpeg }, 'without its end')
  t.equal(formFile('multipart/form-data', form), undefined)
  for (let n = 0; n < 2000; n++) {
    const chewed = Buffer.from(form)
    chewed[(random(1)[0] ?? 0) % 48] = random(1)[0] ?? 0
    const found = formFile('multipart/form-data; boundary=b1', chewed.subarray(0, (random(2).readUInt16BE() % chewed.length) + 1))
    if (found && found.bytes.length > form.length) return t.fail('more than there was')
  }
  t.end()
})

t.test('traces: in words for who sees devices, the capture is audited, strangers are for admins of everywhere', async (t) => {
  const { ask, wire, deps } = await house(t)
  const words = await ask('viewer', 'GET', `${v1}/devices/${deviceHere}/trace`)
  t.equal(words.statusCode, 200)
  t.match(words.json(), { failed: 'address', stages: [{ code: 'address.silent', seen: { zh: '从未' }, evidence: [{ n: 1 }] }], records: [{ text: 'REGISTER sip:1@2 SIP/2.0' }] })
  t.equal((await ask('viewer', 'GET', `${v1}/devices/32011699991110000009/trace`)).statusCode, 200, 'a device that never came has a trace that says so')
  t.equal((await ask('viewer', 'GET', `${v1}/devices/${deviceThere}/trace`)).statusCode, 404, 'another area is not there')
  t.equal((await ask(undefined, 'GET', `${v1}/devices/${deviceHere}/trace`)).statusCode, 401)

  const capture = await ask('viewer', 'GET', `${v1}/devices/${deviceHere}/trace.pcapng`)
  t.equal(capture.body, 'pcapng')
  t.match(capture.headers, { 'content-type': 'application/x-pcapng', 'content-disposition': `attachment; filename="trace-${deviceHere}.pcapng"` })
  t.equal((await ask('editor', 'GET', `${v1}/devices/${deviceHere}/trace.pcapng`)).statusCode, 200)
  t.same(wire.told, [['capture', deviceHere, { hidesContacts: true }], ['capture', deviceHere, { hidesContacts: false }]], 'phone numbers for those who may see them')
  t.equal((await ask('viewer', 'GET', `${v1}/devices/${deviceThere}/trace.pcapng`)).statusCode, 404)
  const trail = await deps.accounts.auditTrail(20)
  t.same(trail.filter(({ action }) => action === 'trace.take').map(({ account, subject }) => [account, subject]).sort(), [['editor', deviceHere], ['viewer', deviceHere]])

  t.match((await ask('admin', 'GET', `${v1}/trace/strangers`)).json(), { sources: [{ host: '192.0.2.9', unreadable: 3 }] })
  t.equal((await ask('admin', 'GET', `${v1}/trace/strangers.pcapng`)).body, 'pcapng')
  t.equal((await ask('chief', 'GET', `${v1}/trace/strangers`)).statusCode, 403, 'strangers lie in no area')
  t.equal((await ask('viewer', 'GET', `${v1}/trace/strangers`)).statusCode, 403)
})
