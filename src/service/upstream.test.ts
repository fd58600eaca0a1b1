// Which way a camera's media is asked for.
import t from 'tap'
import { manualClock, seededBytes, silentLog } from '../base/index.ts'
import { createPorts, type Source } from '../media/index.ts'
import type { CameraSource } from '../registry/index.ts'
import { signalEvent, sourceOfCamera } from './upstream.ts'

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

t.test('what is recorded of signalling holds no credentials, and every other byte in its place', async (t) => {
  const text = [
    'INVITE sip:32011601001320000001@10.0.0.64 SIP/2.0', 'CSeq: 2 INVITE', 'Authorization: Digest username="34020000", realm="3402000000", nonce="abcdef99", uri="sip:x", response="0123456789abcdef0123456789abcdef"', '',
    'v=0', 'a=username:admin', 'a=password:hunter2', 'y=0100000001', '',
  ].join('\r\n')
  const said = { direction: 'in', atUs: 5, local: { transport: 'udp', host: '10.0.0.1', port: 5060 }, remote: { transport: 'udp', host: '10.0.0.64', port: 5060 }, bytes: Buffer.from(text) } as const
  const { bytes } = signalEvent(said)
  t.equal(bytes.length, text.length)
  t.notMatch(bytes.toString(), /0123456789abcdef|abcdef99|hunter2/)
  t.match(bytes.toString(), /realm="3402000000".*\r\n[\s\S]*y=0100000001/)
  const plain = Buffer.from('SIP/2.0 200 OK\r\nCSeq: 1 INVITE\r\n\r\n')
  t.equal(signalEvent({ ...said, bytes: plain }).bytes, plain, 'nothing to hide: not even copied')
})
