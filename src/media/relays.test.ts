// Relays at work over scripted cameras: order of opening, who hears what, and that everything is given back.
import t from 'tap'
import { AppError, manualClock, silentLog } from '../base/index.ts'
import type { AttemptSummary, ReceiverListener, Source } from './attempt-types.ts'
import { createRelays } from './relays.ts'
import type { AccessUnit, Landing, MediaTransport, Pipeline, ReaderOptions, UpstreamOutcome, WireEvent } from './types.ts'

t.test('one stream, from the first INVITE to the confirmed BYE', async (t) => {
  const world = createWorld()
  const inspector = world.read('inspector')
  const member = world.relays.join('cam', inspector.options)
  await world.settle()
  t.strictSame(world.diary(), ['open udp', 'invite 30000'], 'the port listens before the camera is asked')
  world.answer({ ok: true })
  world.media('K0')
  t.strictSame(await member.joined, { ok: true, isCold: true })

  const viewer = world.read('viewer')
  const second = world.relays.join('cam', viewer.options)
  t.strictSame(await second.joined, { ok: true, isCold: false })
  world.media('P1')
  t.strictSame(inspector.units, ['K0', 'P1'])
  t.strictSame(viewer.units, ['K0', 'P1'], 'the kept keyframe first')
  t.strictSame(viewer.wire, ['in P1'], 'the wire only from its joining on')
  await second.leave()
  world.media('P2')
  t.strictSame(viewer.units, ['K0', 'P1'])

  const left = member.leave({ linger: false })
  world.media('P3')
  await world.settle()
  t.strictSame(world.diary(), ['bye'], 'nobody left: BYE at once, the port still open')
  world.confirmBye()
  await left
  t.strictSame(inspector.wire, ['out INVITE', 'in 200', 'in K0', 'in P1', 'in P2', 'in P3', 'out BYE', 'in 200 BYE'])
  t.strictSame(inspector.units, ['K0', 'P1', 'P2'], 'no picture after leaving')
  t.strictSame(world.diary(), ['close 30000'])
  t.strictSame(world.relays.list(), [])
  t.equal(world.clock.pending(), 0)
})

t.test('figures of a running stream', async (t) => {
  const world = createWorld()
  t.strictSame(world.relays.list(), [])
  const member = world.relays.join('cam', world.read('viewer').options)
  await world.settle()
  t.match(world.relays.list(), [{ camera: 'cam', state: 'starting', transport: 'udp', viewers: 1, uptimeMs: 0 }])
  world.answer({ ok: true })
  await world.settle()
  for (let n = 0; n < 50; n++) {
    world.media(n % 25 === 0 ? `K${n}` : `P${n}`)
    world.clock.advance(40)
  }
  await member.joined
  t.match(world.relays.list(), [
    { camera: 'cam', state: 'live', codec: 'h264', width: 1920, height: 1080, fps: 25, gopFrames: 25, lossRate: 0, jitterMs: 0, transport: 'udp', viewers: 1, uptimeMs: 2_000 },
  ])
  await member.leave()
  t.match(world.relays.list(), [{ state: 'lingering', viewers: 0 }])
})

t.test('why there is no picture', async (t) => {
  await t.test('the way to the camera is not there', async (t) => {
    const world = createWorld({ source: { ok: false, reason: 'offline', detail: 'last heard 09:12' } })
    const member = world.relays.join('cam', world.read('viewer').options)
    t.strictSame(await member.joined, { ok: false, reason: 'offline', detail: 'last heard 09:12' })
    await member.leave()
    t.strictSame(world.diary(), [], 'nothing was opened')
  })
  await t.test('no port', async (t) => {
    const world = createWorld({ opening: () => Promise.reject(new AppError('ports.too-few', 'no media port free')) })
    const member = world.relays.join('cam', world.read('viewer').options)
    t.strictSame(await member.joined, { ok: false, reason: 'no-port', detail: 'no media port free' })
    await member.leave()
    t.strictSame(world.diary(), [])
  })
  await t.test('the camera refuses', async (t) => {
    const world = createWorld()
    const member = world.relays.join('cam', world.read('inspector').options)
    await world.settle()
    world.answer({ ok: false, reason: 'refused', sipStatus: 486, hop: 'Recorder/1.0', detail: '486 Busy Here' })
    t.strictSame(await member.joined, { ok: false, reason: 'refused', sipStatus: 486, hop: 'Recorder/1.0', detail: '486 Busy Here' })
    world.confirmBye()
    await member.leave()
    t.strictSame(world.diary(), ['open udp', 'invite 30000', 'bye', 'close 30000'])
  })
  const silences = [
    ['no-media', [], 10_000],
    ['no-keyframe', ['P1', 'P2'], 10_000],
    ['wrong-container', ['X'], 0],
  ] as const
  for (const [reason, media, ms] of silences) {
    await t.test(reason, async (t) => {
      const world = createWorld()
      const inspector = world.read('inspector')
      const member = world.relays.join('cam', inspector.options)
      await world.settle()
      world.answer({ ok: true })
      await world.settle()
      for (const bytes of media) world.media(bytes)
      world.clock.advance(ms)
      t.match(await member.joined, { ok: false, reason })
      world.confirmBye()
      await member.leave()
      t.strictSame(inspector.wire.slice(-2), ['out BYE', 'in 200 BYE'], 'the failed attempt is heard to its end')
      t.strictSame(world.diary(), ['open udp', 'invite 30000', 'bye', 'close 30000'])
      t.equal(world.clock.pending(), 0)
    })
  }
})

t.test('what each attempt brought is summed up once, when it ends', async (t) => {
  const world = createWorld()
  const member = world.relays.join('cam', world.read('viewer').options)
  await world.settle()
  world.answer({ ok: true, ssrc: 7 })
  await world.settle()
  world.media('K0')
  world.media('P1')
  await member.joined
  t.strictSame(world.summaries, [])
  const left = member.leave({ linger: false })
  world.confirmBye()
  await left
  t.match(world.summaries, [{ camera: 'cam', landing: { port: 30_000 }, isAnswered: true, isLive: true, arrivals: 2, ssrc: 7, lastArrivalUs: Number }])
  t.equal(world.summaries.length, 1)

  const silent = world.relays.join('cam', world.read('viewer').options)
  await world.settle()
  world.answer({ ok: true })
  await world.settle()
  world.clock.advance(10_000)
  t.match(await silent.joined, { reason: 'no-media' })
  t.match(world.summaries[1], { isAnswered: true, isLive: false, arrivals: 0, bytes: 0 })
  t.notOk('firstSource' in (world.summaries[1] ?? {}))
})

t.test('called off before the camera was asked: it is not asked, and the port comes back', async (t) => {
  const opened = Promise.withResolvers<void>()
  const world = createWorld({ opening: () => opened.promise })
  const member = world.relays.join('cam', world.read('viewer').options)
  const left = member.leave()
  t.match(await member.joined, { ok: false, reason: 'stopped' })
  opened.resolve()
  await left
  t.notOk(world.diary().includes('invite 30000'))
  t.equal(world.openPorts(), 0)
})

t.test('join while stopping starts anew on a new port', async (t) => {
  const world = createWorld()
  const first = world.relays.join('cam', world.read('inspector').options)
  await world.settle()
  world.answer({ ok: true })
  world.media('K0')
  await first.joined
  const left = first.leave({ linger: false })
  const again = world.relays.join('cam', world.read('inspector').options)
  world.confirmBye()
  await left
  await world.settle()
  world.answer({ ok: true })
  world.media('K9')
  t.strictSame(await again.joined, { ok: true, isCold: true })
  t.strictSame(world.diary(), ['open udp', 'invite 30000', 'bye', 'close 30000', 'open udp', 'invite 30002'])
})

t.test('the camera hangs up, or its media connection ends: readers hear why, and the last picture', async (t) => {
  for (const [how, why] of [['hangUp', 'the camera hung up: BYE'], ['drop', 'media connection ended: reset']] as const) {
    const world = createWorld()
    const viewer = world.read('inspector')
    const member = world.relays.join('cam', viewer.options)
    await world.settle()
    world.answer({ ok: true })
    world.media('K0')
    await member.joined
    world[how]()
    t.strictSame(viewer.ends, [why])
    t.strictSame(viewer.units, ['K0', 'flushed'])
    world.confirmBye()
    await member.leave()
    t.equal(world.openPorts(), 0)
  }
})

t.test('silence ends a stream; RTCP and strangers do not keep it alive', async (t) => {
  const world = createWorld()
  const viewer = world.read('inspector')
  const member = world.relays.join('cam', viewer.options)
  await world.settle()
  world.answer({ ok: true })
  world.media('K0')
  await member.joined
  for (let second = 1; second <= 8; second++) {
    world.clock.advance(1_000)
    world.media('P1')
  }
  t.strictSame(viewer.ends, [])
  for (let second = 1; second <= 6; second++) {
    world.clock.advance(1_000)
    world.media('rtcp')
  }
  t.strictSame(viewer.ends, ['no media for 5000 ms'])
})

t.test('a reader that throws costs itself, a pipeline that throws its stream', async (t) => {
  const world = createWorld()
  const good = world.read('inspector')
  const throwing: ReaderOptions = {
    kind: 'viewer',
    onUnit: () => {
      throw new Error('viewer bug')
    },
  }
  const bad = world.relays.join('cam', throwing)
  const member = world.relays.join('cam', good.options)
  await world.settle()
  world.answer({ ok: true })
  world.media('K0')
  t.match(await bad.joined, { ok: true })
  await member.joined
  world.media('P1')
  t.strictSame(good.units, ['K0', 'P1'])
  t.match(world.relays.list(), [{ state: 'live', viewers: 0 }])
  world.media('throw')
  t.strictSame(good.ends, ['internal error'])
  world.confirmBye()
  await Promise.all([member.leave(), bad.leave()])
  t.equal(world.openPorts(), 0)
})

t.test('a viewer outlives a loss: the same pictures, then those of the next start, their times running on', async (t) => {
  const world = createWorld()
  const viewer = world.read('viewer')
  const member = world.relays.join('cam', viewer.options)
  await world.settle()
  world.answer({ ok: true })
  world.media('K0')
  await member.joined
  world.clock.advance(40)
  world.media('P1')
  const before = viewer.pts.at(-1) ?? 0
  world.drop()
  world.confirmBye()
  await world.settle()
  await world.settle()
  t.match(world.relays.list(), [{ state: 'resting', viewers: 1, restarts: 1 }])
  t.equal(world.openPorts(), 0, 'nothing is held while it rests')
  world.clock.advance(1_000)
  await world.settle()
  world.answer({ ok: true })
  world.media('P7')
  world.media('K8')
  await world.settle()
  t.strictSame(viewer.ends, [])
  t.strictSame(viewer.units, ['K0', 'P1', 'flushed', 'K8'], 'from the next keyframe on')
  t.ok((viewer.pts.at(-1) ?? 0) > before, 'times run on')
  t.match(world.relays.list(), [{ state: 'live', viewers: 1, restarts: 1 }])
  t.strictSame(world.diary(), ['open udp', 'invite 30000', 'bye', 'close 30000', 'open udp', 'invite 30002'])
  const left = member.leave({ linger: false })
  world.confirmBye()
  await left
  t.equal(world.clock.pending(), 0)
})

t.test('one transport brings nothing: the next is asked by, on a port of its own', async (t) => {
  const world = createWorld({ transports: ['udp', 'tcp-passive'] })
  const member = world.relays.join('cam', world.read('viewer').options)
  await world.settle()
  world.answer({ ok: true })
  await world.settle()
  world.clock.advance(6_000)
  world.confirmBye()
  await world.settle()
  await world.settle()
  world.answer({ ok: true })
  world.media('K0')
  t.strictSame(await member.joined, { ok: true, isCold: true })
  t.strictSame(world.diary(), ['open udp', 'invite 30000', 'bye', 'close 30000', 'open tcp-passive', 'invite 30002'])
  t.strictSame(world.results, ['udp false', 'tcp-passive true'])
  t.match(world.relays.list(), [{ transport: 'tcp-passive', fallback: { set: 'udp', isRemembered: false } }])
  t.match(world.summaries, [{ landing: { transport: 'udp' }, isLive: false }, { landing: { transport: 'tcp-passive' }, isLive: true }], 'the second way is told of when it has brought a picture')
})

t.test('a viewer that leaves before its time is no verdict on the transport; silence is told to the session before its BYE', async (t) => {
  const world = createWorld({ transports: ['udp', 'tcp-passive'] })
  const member = world.relays.join('cam', world.read('viewer').options)
  await world.settle()
  world.answer({ ok: true })
  await world.settle()
  void member.leave()
  world.confirmBye()
  await world.settle()
  await world.settle()
  t.strictSame(world.results, [])

  const live = createWorld()
  const watching = live.relays.join('cam', live.read('viewer').options)
  await live.settle()
  live.answer({ ok: true })
  await live.settle()
  live.media('K0')
  t.match(await watching.joined, { ok: true })
  live.clock.advance(6_000)
  await live.settle()
  t.strictSame(live.diary(), ['open udp', 'invite 30000', 'no media any more', 'bye'])
  t.strictSame(live.results, ['udp true'])
})

t.test('whoever measures asks by the way that is set, and says so', async (t) => {
  const world = createWorld()
  world.relays.join('cam', world.read('inspector').options)
  world.relays.join('other', world.read('viewer').options)
  await world.settle()
  t.strictSame(world.measured, [true, false])
})

t.test('a keyframe is asked of the camera, once, and counted', async (t) => {
  const world = createWorld()
  const member = world.relays.join('cam', world.read('viewer').options)
  await world.settle()
  world.answer({ ok: true })
  await world.settle()
  world.media('P1')
  world.diary()
  world.clock.advance(2_000)
  world.clock.advance(2_000)
  t.strictSame(world.diary(), ['keyframe please'])
  world.media('K2')
  t.match(await member.joined, { ok: true })
  t.match(world.relays.list(), [{ keyframeRequests: 1 }])
})

t.test('a GOP too long to be kept: a keyframe is asked for newcomers, one for many, and none while an inspector listens', async (t) => {
  const world = createWorld()
  const first = world.relays.join('cam', world.read('viewer').options)
  await world.settle()
  world.answer({ ok: true })
  world.media('K0')
  await first.joined
  for (let n = 1; n <= 500; n++) world.media(`P${n}`)
  world.diary()
  const late = [world.read('viewer'), world.read('viewer'), world.read('viewer')]
  for (const each of late) world.relays.join('cam', each.options)
  await world.settle()
  t.strictSame(world.diary(), ['keyframe please'])
  world.media('K501')
  t.strictSame(late.map((each) => each.units.filter((unit) => unit.startsWith('K'))), [['K501'], ['K501'], ['K501']])
  for (let n = 1; n <= 500; n++) world.media(`P${n}`)
  world.clock.advance(3_000)
  world.media('P')
  world.relays.join('cam', world.read('inspector').options)
  world.relays.join('cam', world.read('viewer').options)
  await world.settle()
  t.strictSame(world.diary(), [])
})

t.test('an upstream that throws fails the start and nothing stays open', async (t) => {
  const world = createWorld()
  const member = world.relays.join('cam', world.read('viewer').options)
  await world.settle()
  world.breakUpstream()
  t.match(await member.joined, { ok: false, reason: 'stopped', detail: /upstream bug/ })
  world.confirmBye()
  await member.leave()
  t.equal(world.openPorts(), 0)
})

t.test('closing ends every stream, gives all back within its time and takes nobody in', async (t) => {
  const world = createWorld()
  const viewer = world.read('viewer')
  const live = world.relays.join('cam', viewer.options)
  await world.settle()
  world.answer({ ok: true })
  world.media('K0')
  await live.joined
  const starting = world.relays.join('other', world.read('viewer').options)
  await world.settle()
  const closed = world.relays.close()
  t.strictSame(viewer.ends, ['the service is stopping'])
  t.match(await starting.joined, { ok: false, reason: 'stopped' })
  t.match(await world.relays.join('cam', viewer.options).joined, { ok: false, reason: 'stopped' })
  await world.settle()
  world.clock.advance(5_000)
  await closed
  await world.settle()
  t.equal(world.openPorts(), 0, 'without a confirmation too')
  t.equal(world.clock.pending(), 0)
  await world.relays.close()
})

/** Relays whose camera, port and pipeline follow a script. One media "packet" is a word: K keyframe, P picture, X no PS. */
function createWorld(script: { readonly transports?: readonly MediaTransport[]; readonly source?: Extract<Source, { ok: false }>; readonly opening?: () => Promise<void> } = {}) {
  const clock = manualClock()
  const lines: string[] = []
  const open = new Set<number>()
  let nextPort = 30_000
  let receiver: ReceiverListener | undefined
  let wire: ((event: WireEvent) => void) | undefined
  let hangUp: ((reason: string) => void) | undefined
  let started = Promise.withResolvers<UpstreamOutcome>()
  let confirmed = Promise.withResolvers<void>()

  const eventOf = (layer: WireEvent['layer'], direction: WireEvent['direction'], word: string): WireEvent => ({
    layer,
    direction,
    atUs: clock.nowUs(),
    transport: 'udp',
    local: { host: '127.0.0.1', port: 30_000 },
    remote: { host: '127.0.0.1', port: 40_000 },
    bytes: Buffer.from(word),
  })
  const start = (landing: Landing, onWire: (event: WireEvent) => void, onEnded: (reason: string) => void): Promise<UpstreamOutcome> => {
    lines.push(`invite ${landing.port}`)
    started = Promise.withResolvers<UpstreamOutcome>()
    confirmed = Promise.withResolvers<void>()
    wire = onWire
    hangUp = onEnded
    onWire(eventOf('signal', 'out', 'INVITE'))
    return started.promise
  }
  const stop = (): Promise<void> => {
    lines.push('bye')
    wire?.(eventOf('signal', 'out', 'BYE'))
    return confirmed.promise
  }
  const summaries: AttemptSummary[] = []
  const results: string[] = []
  const measured: boolean[] = []
  const relays = createRelays({
    onSummary: (summary) => void summaries.push(summary),
    upstreamFor: (_camera, way, isMeasured) => {
      measured.push(isMeasured)
      const transports = script.transports ?? ['udp']
      const transport = transports[way] ?? 'udp'
      const onResult = (isLive: boolean): void => void results.push(`${transport} ${String(isLive)}`)
      const mediaLost = (): void => void lines.push('no media any more')
      const requestKeyframe = (): void => void lines.push('keyframe please')
      return Promise.resolve(script.source ?? { ok: true, transport, hasNext: way + 1 < transports.length, onResult, ...(way > 0 && { fallback: { set: 'udp', isRemembered: false } }), upstream: { start, stop, requestKeyframe, mediaLost } })
    },
    openReceiver: async (transport: MediaTransport, listener) => {
      await script.opening?.()
      const port = nextPort
      nextPort += 2
      lines.push(`open ${transport}`)
      open.add(port)
      receiver = listener
      const close = (): Promise<void> => {
        if (open.delete(port)) lines.push(`close ${port}`)
        return Promise.resolve()
      }
      return { landing: { transport, port }, local: { host: '127.0.0.1', port }, close }
    },
    createPipeline: scriptedPipeline,
    clock,
    log: silentLog,
  })
  return {
    relays,
    summaries,
    results,
    measured,
    clock,
    settle: () => new Promise<void>((resolve) => setImmediate(resolve)),
    diary: () => lines.splice(0),
    openPorts: () => open.size,
    answer: (outcome: UpstreamOutcome) => {
      wire?.(eventOf('signal', 'in', outcome.ok ? '200' : '4xx'))
      started.resolve(outcome)
    },
    breakUpstream: () => started.reject(new Error('upstream bug')),
    confirmBye: () => {
      // The BYE leaves in a later turn than the decision: its confirmation cannot come before.
      setImmediate(() => {
        wire?.(eventOf('signal', 'in', '200 BYE'))
        confirmed.resolve()
      })
    },
    hangUp: () => hangUp?.('BYE'),
    drop: () => receiver?.onEnd('reset'),
    media: (word: string) => receiver?.onBytes(Buffer.from(word), clock.nowUs(), '127.0.0.1', 5000),
    read: (kind: ReaderOptions['kind']) => {
      const reader = { units: [] as string[], pts: [] as number[], wire: [] as string[], ends: [] as string[] }
      const options: ReaderOptions = {
        kind,
        onUnit: (unit) => {
          reader.units.push(String(unit.nalUnits[0]))
          reader.pts.push(unit.pts90k)
        },
        onWire: (event) => void reader.wire.push(`${event.direction} ${event.bytes.toString()}`),
        onEnd: (reason) => void reader.ends.push(reason),
      }
      return { ...reader, options }
    },
  }
}

function scriptedPipeline(): Pipeline {
  let packets = 0
  let keyframes = 0
  let firstUs: number | undefined
  let container: 'ps' | 'unknown' | 'other' = 'unknown'
  const unit = (word: string, atUs: number): AccessUnit => ({
    codec: 'h264',
    pts90k: Math.round((atUs * 90) / 1_000),
    isKeyframe: word.startsWith('K'),
    nalUnits: [Buffer.from(word)],
    ...(word.startsWith('K') && { parameterSets: { sps: Buffer.from('s'), pps: Buffer.from('p') }, width: 1920, height: 1080 }),
    receivedUs: atUs,
    isDamaged: false,
  })
  return {
    push: (bytes, atUs) => {
      const word = bytes.toString()
      if (word === 'rtcp') return []
      if (word === 'throw') throw new Error('pipeline bug')
      packets++
      firstUs ??= atUs
      container = word === 'X' ? 'other' : 'ps'
      if (word === 'X') return []
      if (word.startsWith('K')) keyframes++
      return [unit(word, atUs)]
    },
    flush: () => [unit('flushed', 0)],
    figures: () => ({
      reception: { packets, bytes: 0, expected: packets, lost: 0, lossRate: 0, jitterMs: 0, duplicates: 0 },
      accessUnits: packets,
      keyframes,
      packs: packets,
      resynchronisations: 0,
      container,
      payloadBytes: packets,
    }),
    firstPacketUs: () => firstUs,
  }
}
