// Cameras that are turned and told, over the API.
import t from 'tap'
import { v1, house } from './test/house.ts'
import { cameraHere, deviceHere } from './test/things.ts'

t.test('turning a camera: told while it is held, written down once, stopped by whoever may', async (t) => {
  const { ask, wire } = await house(t)
  const url = `${v1}/cameras/${cameraHere}`
  const trail = async (action: string): Promise<readonly string[]> =>
    (await ask('admin', 'GET', `${v1}/audit`)).json<{ items: { action: string; detail: string }[] }>().items.filter((entry) => entry.action === action).map((entry) => entry.detail)
  t.match((await ask('editor', 'POST', `${url}/ptz`, { pan: -0.5, zoom: 1, holdMs: 500 })).json(), { isMoving: true, heldUntilMs: Number })
  await ask('editor', 'POST', `${url}/ptz`, { pan: -0.5, zoom: 1, holdMs: 500 })
  t.same((await ask('editor', 'POST', `${url}/ptz`, { stop: true })).json(), { isMoving: false })
  t.same(await trail('camera.ptz'), ['move'], 'one series, one entry')
  await ask('assessor', 'POST', `${url}/ptz`, { focus: 1 })
  await ask('assessor', 'POST', `${url}/ptz`, { stop: true, everything: true })
  t.same(await trail('camera.ptz'), ['stop everything', 'move', 'move'])
  t.same(wire.told, [
    ['move', cameraHere, { pan: -0.5, zoom: 1, holdMs: 500 }],
    ['move', cameraHere, { pan: -0.5, zoom: 1, holdMs: 500 }],
    ['stop', cameraHere, 'own'],
    ['move', cameraHere, { focus: 1 }],
    ['stop', cameraHere, 'everything'],
  ])
  for (const payload of [{ pan: 2 }, { pan: 1, holdMs: 60_000 }, { stop: false }, { pan: 1, sideways: 1 }]) t.equal((await ask('editor', 'POST', `${url}/ptz`, payload)).statusCode, 400, JSON.stringify(payload))
})

t.test('commands: each with its own right, in the audit trail with what was told', async (t) => {
  const { ask, wire } = await house(t)
  const url = `${v1}/cameras/${cameraHere}`
  t.same((await ask('editor', 'PUT', `${url}/presets/3`, { name: '大门' })).json(), { result: 'OK', hop: 'IPC/2.0' })
  await ask('assessor', 'POST', `${url}/presets/3/call`)
  await ask('editor', 'DELETE', `${url}/presets/3`)
  await ask('editor', 'PUT', `${url}/home-position`, { isEnabled: false })
  const commands = [
    { kind: 'drag-zoom', direction: 'in', area: { length: 704, width: 576, midPointX: 100, midPointY: 100, lengthX: 50, lengthY: 50 } },
    { kind: 'ptz-precise', pan: 90, tilt: -10 },
    { kind: 'cruise', action: 'start', track: 1 },
    { kind: 'scan', action: 'left-edge', group: 0 },
    { kind: 'auxiliary', number: 1, isOn: true },
    { kind: 'target-track', mode: 'Auto' },
  ]
  for (const command of commands) t.equal((await ask('assessor', 'POST', `${url}/commands`, command)).statusCode, 200, command.kind)
  const operating = [{ kind: 'guard', isOn: true }, { kind: 'record', isOn: false, streamNumber: 1 }, { kind: 'alarm-reset', alarmMethod: '2' }, { kind: 'cruise-point', action: 'add', track: 1, preset: 9 }, { kind: 'scan-speed', group: 0, speed: 100 }]
  for (const command of operating) {
    t.equal((await ask('assessor', 'POST', `${url}/commands`, command)).statusCode, 404, `${command.kind}: not for an assessor`)
    t.equal((await ask('editor', 'POST', `${url}/commands`, command)).statusCode, 200, command.kind)
  }
  t.same(wire.told, [
    [cameraHere, { kind: 'preset', action: 'set', n: 3, name: '大门' }],
    [cameraHere, { kind: 'preset', action: 'call', n: 3 }],
    [cameraHere, { kind: 'preset', action: 'delete', n: 3 }],
    [cameraHere, { kind: 'home-position', isEnabled: false }],
    ...[...commands, ...operating].map((command) => [cameraHere, command]),
  ])
  for (const wrong of [{ kind: 'self-destruct' }, { kind: 'guard' }, { kind: 'guard', isOn: true, more: 1 }, { kind: 'auxiliary', number: 300, isOn: true }]) t.equal((await ask('editor', 'POST', `${url}/commands`, wrong)).statusCode, 400, JSON.stringify(wrong))
  t.equal((await ask('editor', 'PUT', `${url}/presets/0`, {})).statusCode, 400, 'preset 0 is reserved')
  const { items } = (await ask('admin', 'GET', `${v1}/audit`)).json<{ items: { action: string; subject: string; detail: string }[] }>()
  t.match(items.find(({ action }) => action === 'camera.command'), { subject: cameraHere, detail: '{"kind":"scan-speed","group":0,"speed":100}' })
  t.same((await ask('viewer', 'GET', `${v1}/session`)).json<{ can: string[] }>().can.filter((action) => /control|operate|alarms/.test(action)), ['alarms.see'])
})

t.test('why a device did not do it: the reason, the SIP status and who gave it', async (t) => {
  const { ask, wire } = await house(t)
  wire.failure = { ok: false, reason: 'refused', sipStatus: 403, hop: 'Platform/1.0', detail: '403 Forbidden' }
  t.same((await ask('editor', 'PUT', `${v1}/cameras/${cameraHere}/presets/3`, {})).json(), { type: 'about:blank', title: 'The camera or device did not do it', status: 502, code: 'camera.unreachable', detail: '403 Forbidden', reason: 'refused', sipStatus: 403, hop: 'Platform/1.0' })
  t.match((await ask('viewer', 'GET', `${v1}/devices/${deviceHere}/status`)).json(), { code: 'camera.unreachable', sipStatus: 403 })
  wire.failure = { ok: false, reason: 'error', hop: 'IPC', detail: 'it answered ERROR' }
  t.match((await ask('editor', 'POST', `${v1}/devices/${deviceHere}/alarms/reset`, {})).json(), { status: 502, code: 'device.error', reason: 'error', hop: 'IPC' })
  wire.failure = { ok: false, reason: 'busy', detail: 'too many wait' }
  t.match((await ask('editor', 'POST', `${v1}/cameras/${cameraHere}/ptz`, { pan: 1 })).json(), { status: 503, code: 'busy' })
  t.same((await ask('admin', 'GET', `${v1}/audit`)).json<{ items: unknown[] }>().items, [], 'what failed was not done')
})
