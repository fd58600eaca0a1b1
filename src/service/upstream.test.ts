// Which way a camera's media is asked for.
import t from 'tap'
import { manualClock, seededBytes, silentLog } from '../base/index.ts'
import { createPorts, type Source } from '../media/index.ts'
import type { CameraSource } from '../registry/index.ts'
import { sourceOfCamera } from './upstream.ts'

const clock = manualClock()
const pulled = { ports: createPorts({ first: 30_000, last: 30_010, clock }), bindHost: '127.0.0.1', clock, log: silentLog, random: seededBytes(1) }
const invitation: Source = { ok: false, reason: 'not-registered', detail: 'invited' }
const choose = (source: CameraSource | undefined): Promise<Source> => sourceOfCamera('32011601001320000001', { sourceOf: () => Promise.resolve(source) }, pulled, () => Promise.resolve(invitation))

t.test('a camera with an RTSP address is pulled, another one is invited', async (t) => {
  t.equal(await choose(undefined), invitation)
  for (const transport of ['udp', 'tcp'] as const) {
    const source = await choose({ url: 'rtsp://10.0.0.64/ch1', username: 'admin', password: 'secret', transport })
    t.match(source, { ok: true, transport: `rtsp-${transport}` })
    t.ok(source.ok && source.own, 'with a receiver and a pipeline of its own')
    t.notMatch(JSON.stringify(source), /secret/)
  }
  t.match(await choose({ url: 'rtsp://', transport: 'tcp' }), { ok: false, reason: 'refused', detail: /RTSP address/ })
  t.equal(pulled.ports.figures().leased, 0, 'nothing is opened before it is asked')
})
