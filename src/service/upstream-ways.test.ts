// The way to a camera's media: which device, which transport in what order, which of its streams.
import t from 'tap'
import { silentLog } from '../base/index.ts'
import type { Device } from '../registry/index.ts'
import type { DeviceCommand, InviteRequest, InviteSession } from '../sip/index.ts'
import { transportsOf, upstreamOf, type UpstreamParts } from './upstream.ts'

const deviceId = '32011600001180000001'
const camera = '32011600001310000001'

/** A device, and a user agent that keeps what it is asked for. */
function createWorld(device: Partial<Device> = {}) {
  const invites: InviteRequest[] = []
  const commands: (readonly [string, string, DeviceCommand])[] = []
  const session: InviteSession = {
    kind: 'play',
    callId: 'c',
    answered: Promise.resolve({ ok: true, ssrc: 7, hop: 'h', notes: [] }),
    control: () => Promise.reject(new Error('a live stream is not steered')),
    bye: () => Promise.resolve(),
    mediaLost: () => Promise.resolve(),
    mediaIdle: () => {},
    mediaAt: () => {},
  }
  const known: Device = { id: deviceId, approved: true, presence: 'online', mediaTransport: 'udp', channelCount: 1, firstSeenMs: 0, ...device }
  const parts: UpstreamParts = {
    registry: { deviceOfChannel: (id) => Promise.resolve(id === camera ? deviceId : undefined), device: () => Promise.resolve(known) },
    userAgent: {
      bindingOf: () => ({ transport: 'udp', host: 'h', port: 1, contact: 'c', registeredAtMs: 0, expiresAtMs: 1, callId: 'c' }),
      presenceOf: () => known.presence,
      invite: (request) => {
        invites.push(request)
        return session
      },
      command: (device, channel, command) => {
        commands.push([device, channel, command])
        return Promise.resolve({ ok: true, value: { result: 'OK' } })
      },
    },
    mediaHost: '192.0.2.1',
    retry: true,
    log: silentLog,
  }
  return { parts, invites, commands }
}

t.test('transports: the one that is set first; the other of UDP and TCP passive; TCP active only where somebody named it', (t) => {
  t.same(transportsOf({ mediaTransport: 'udp' }, true), ['udp', 'tcp-passive'])
  t.same(transportsOf({ mediaTransport: 'tcp-passive' }, true), ['tcp-passive', 'udp'])
  t.same(transportsOf({ mediaTransport: 'tcp-active' }, true), ['tcp-active'])
  t.same(transportsOf({ mediaTransport: 'udp' }, false), ['udp'])
  t.same(transportsOf({ mediaTransport: 'udp', settings: { nextTransports: ['tcp-active', 'udp'] } }, false), ['udp', 'tcp-active'])
  t.same(transportsOf({ mediaTransport: 'udp', settings: { nextTransports: [] } }, true), ['udp'], 'none is a list too')
  t.end()
})

t.test('each way in turn, and whether there is another', async (t) => {
  const { parts } = createWorld({ settings: { nextTransports: ['tcp-passive', 'tcp-active'] } })
  const ways = await Promise.all([0, 1, 2].map((way) => upstreamOf(camera, way, parts)))
  t.match(ways, [{ ok: true, transport: 'udp', hasNext: true }, { transport: 'tcp-passive', hasNext: true }, { transport: 'tcp-active', hasNext: false }])
  t.match(await upstreamOf('unknown', 0, parts), { ok: false, reason: 'not-registered' })
  t.match(await upstreamOf(camera, 0, createWorld({ presence: 'offline' }).parts), { ok: false, reason: 'offline' })
})

t.test('the main stream is asked for by saying nothing, the sub stream by its number; keyframes of the channel', async (t) => {
  const { parts, invites, commands } = createWorld()
  for (const key of [camera, `${camera}/1`]) {
    const way = await upstreamOf(key, 0, parts)
    if (!way.ok) return t.fail(way.detail)
    t.match(await way.upstream.start({ transport: 'udp', port: 30_000 }, () => {}, () => {}), { ok: true, ssrc: 7 })
    way.upstream.requestKeyframe?.()
  }
  t.match(invites, [{ channelId: camera, media: { host: '192.0.2.1', port: 30_000, transport: 'udp' } }, { channelId: camera, stream: { attribute: 'streamnumber', number: 1 } }])
  t.notOk(invites[0] && 'stream' in invites[0])
  t.same(commands, [[deviceId, camera, { kind: 'keyframe' }], [deviceId, camera, { kind: 'keyframe' }]])
})
