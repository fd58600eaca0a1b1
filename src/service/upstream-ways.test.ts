// The way to a camera's media: which device, which transport in what order, which of its streams.
import t from 'tap'
import { manualClock, silentLog } from '../base/index.ts'
import type { Device } from '../registry/index.ts'
import type { DeviceCommand, InviteRequest, InviteSession } from '../sip/index.ts'
import { createRememberedWays } from './remembered-ways.ts'
import { transportsOf, upstreamOf, type UpstreamParts } from './upstream.ts'

const deviceId = '32011600001180000001'
const camera = '32011600001310000001'

/** A device, and a user agent that keeps what it is asked for. */
function createWorld(device: Partial<Device> = {}) {
  const invites: InviteRequest[] = []
  const commands: (readonly [string, string, DeviceCommand])[] = []
  const clock = manualClock()
  let losses = 0
  const session: InviteSession = {
    kind: 'play',
    callId: 'c',
    answered: Promise.resolve({ ok: true, ssrc: 7, hop: 'h', notes: [] }),
    control: () => Promise.reject(new Error('a live stream is not steered')),
    bye: () => Promise.resolve(),
    mediaLost: () => Promise.resolve(void losses++),
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
    ways: createRememberedWays(clock),
    log: silentLog,
  }
  return { parts, invites, commands, clock, losses: () => losses }
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
  const ways = await Promise.all([0, 1, 2].map((way) => upstreamOf(camera, way, false, parts)))
  t.match(ways, [{ ok: true, transport: 'udp', hasNext: true }, { transport: 'tcp-passive', hasNext: true }, { transport: 'tcp-active', hasNext: false }])
  t.match(await upstreamOf('unknown', 0, false, parts), { ok: false, reason: 'not-registered' })
  t.match(await upstreamOf(camera, 0, false, createWorld({ presence: 'offline' }).parts), { ok: false, reason: 'offline' })
})

t.test('the main stream is asked for by saying nothing, the sub stream by its number; keyframes of the channel', async (t) => {
  const { parts, invites, commands } = createWorld()
  for (const key of [camera, `${camera}/1`]) {
    const way = await upstreamOf(key, 0, false, parts)
    if (!way.ok) return t.fail(way.detail)
    t.match(await way.upstream.start({ transport: 'udp', port: 30_000 }, () => {}, () => {}), { ok: true, ssrc: 7 })
    way.upstream.requestKeyframe?.()
  }
  t.match(invites, [{ channelId: camera, media: { host: '192.0.2.1', port: 30_000, transport: 'udp' } }, { channelId: camera, stream: { attribute: 'streamnumber', number: 1 } }])
  t.notOk(invites[0] && 'stream' in invites[0])
  t.same(commands, [[deviceId, camera, { kind: 'keyframe' }], [deviceId, camera, { kind: 'keyframe' }]])
})

t.test('the transport that worked instead is begun with, for an hour; an inspection goes by what is set; a failure ends it', async (t) => {
  const { parts, clock } = createWorld()
  const way = async (n: number, isMeasured = false) => {
    const source = await upstreamOf(camera, n, isMeasured, parts)
    if (!source.ok || source.own) throw new Error('no way')
    return source
  }
  t.match(await way(0), { transport: 'udp', hasNext: true, fallback: undefined })
  ;(await way(0)).onResult?.(false)
  const second = await way(1)
  t.match(second, { transport: 'tcp-passive', hasNext: false, fallback: { set: 'udp', isRemembered: false } })
  second.onResult?.(true)
  t.match(await way(0), { transport: 'tcp-passive', hasNext: true, fallback: { set: 'udp', isRemembered: true } })
  t.match(await way(1), { transport: 'udp', hasNext: false, fallback: undefined })
  t.match(await way(0, true), { transport: 'udp', fallback: undefined }, 'measured')
  clock.advance(3_599_000)
  ;(await way(0)).onResult?.(true)
  clock.advance(1_000)
  t.match(await way(0), { transport: 'udp' }, 'after an hour, though it worked again')

  ;(await way(1)).onResult?.(true)
  ;(await way(0)).onResult?.(false)
  t.match(await way(0), { transport: 'udp' }, 'it failed')
  ;(await way(1)).onResult?.(true)
  ;(await way(0, true)).onResult?.(true)
  t.match(await way(0), { transport: 'udp' }, 'the one that is set works again')
})

t.test('what is remembered goes with what was set, and is bounded', (t) => {
  const ways = createRememberedWays(manualClock())
  ways.note({ id: 'a', mediaTransport: 'udp' }, 'tcp-passive', true)
  t.equal(ways.of({ id: 'a', mediaTransport: 'tcp-active' }), undefined, 'somebody has set another')
  for (let n = 0; n < 10_001; n++) ways.note({ id: `d${n}`, mediaTransport: 'udp' }, 'tcp-passive', true)
  t.equal(ways.of({ id: 'd0', mediaTransport: 'udp' }), undefined)
  t.equal(ways.of({ id: 'd1', mediaTransport: 'udp' }), 'tcp-passive')
  t.end()
})

t.test('that no media comes any more is told to the session', async (t) => {
  const { parts, losses } = createWorld()
  const source = await upstreamOf(camera, 0, false, parts)
  if (!source.ok) return t.fail(source.detail)
  source.upstream.mediaLost?.()
  t.equal(losses(), 0, 'nothing was asked for yet')
  await source.upstream.start({ transport: 'udp', port: 30_000 }, () => {}, () => {})
  source.upstream.mediaLost?.()
  t.equal(losses(), 1)
})
