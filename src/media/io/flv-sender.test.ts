// FLV viewers: over the real path from a camera's sockets (UDP and TCP) to two viewers, and alone against slow and odd ones.
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { connect } from 'node:net'
import { Writable } from 'node:stream'
import t from 'tap'
import { manualClock, silentLog, systemClock } from '../../base/index.ts'
import { createAccessUnitAssembler } from '../h26x/access-unit.ts'
import { createPipeline } from '../pipeline.ts'
import type { Ports } from '../ports.ts'
import { createPsMuxer } from '../ps/muxer.ts'
import { createRelays } from '../relays.ts'
import { frameRfc4571 } from '../rtp/framing.ts'
import { packetize } from '../rtp/packet.ts'
import { createStream } from '../stream.ts'
import type { AccessUnit, JoinOutcome, Landing, MediaTransport, Membership, ReaderOptions, Relays, Upstream, VideoCodec } from '../types.ts'
import { serveFlv } from './flv-sender.ts'
import { writableSink, type FlvSink } from './flv-sink.ts'
import { createReceivers } from './receivers.ts'

/** 128 x 96 baseline, with two picture parameter sets; the slices are filler. */
const sps = Buffer.from('6742000af841a2', 'hex')
const pps = Buffer.from('68ce3880', 'hex')
const otherPps = Buffer.from('68ce3c80', 'hex')
const idr = Buffer.concat([Buffer.from('6588', 'hex'), Buffer.alloc(3_000, 0x5a)])
const inter = Buffer.concat([Buffer.from('419a', 'hex'), Buffer.alloc(600, 0x5a)])

const picture = (n: number, options: { readonly gop?: number; readonly sets?: Buffer } = {}): AccessUnit => {
  const isKeyframe = n % (options.gop ?? 5) === 0
  const set = options.sets ?? pps
  return {
    codec: 'h264',
    pts90k: 1_000_000 + n * 3_600,
    isKeyframe,
    nalUnits: isKeyframe ? [sps, set, idr] : [inter],
    ...(isKeyframe && { parameterSets: { sps, pps: set }, width: 128, height: 96 }),
    receivedUs: n * 40_000,
    isDamaged: false,
  }
}

for (const [transport, codec] of [['udp', 'h264'], ['tcp-passive', 'h264'], ['udp', 'h265'], ['tcp-passive', 'h265']] as const) {
  t.test(`${codec} over ${transport}: a camera's packets, one upstream, two viewers with the same bytes, nothing left`, async (t) => {
    const leases = { out: 0 }
    const ports: Ports = {
      lease: () => {
        leases.out++
        return { port: 0, release: () => void leases.out-- }
      },
      figures: () => ({ total: 1, leased: leases.out, resting: 0 }),
    }
    const camera = createCamera(transport, codec)
    const relays = createRelays({
      upstreamFor: () => Promise.resolve({ ok: true, transport, upstream: camera.upstream }),
      openReceiver: createReceivers({ bindHost: '127.0.0.1', announcedHost: '127.0.0.1', ports, clock: systemClock, log: silentLog }),
      createPipeline,
      clock: systemClock,
      log: silentLog,
      timeouts: { lingerMs: 0 },
    })
    let mediaBytes = 0
    const recorder = relays.join('cam', { kind: 'inspector', onWire: (event) => void (mediaBytes += event.bytes.length) })
    const [first, second] = [createScreen(), createScreen()]
    const views = [first, second].map((screen) => serveFlv({ relays, camera: 'cam', open: () => writableSink(screen.writable), clock: systemClock, log: silentLog }))
    t.strictSame(await recorder.joined, { ok: true, isCold: true })
    for (const view of views) t.match(await view.joined, { ok: true })
    await first.until(11)
    await second.until(11)
    t.equal(relays.list().length, 1)
    t.match(relays.list(), [{ state: 'live', codec, width: 128, height: 96, viewers: 2, transport }])
    t.ok(first.bytes().equals(second.bytes()))
    const [header, ...pictures] = first.tags()
    const marks = { h264: [0x17, 0x17, 0x27], h265: [0x90, 0x93, 0xa3] }[codec]
    t.match(header, { type: 9, ms: 0, frame: marks[0] }, 'the decoder configuration first')
    t.match(pictures[0], { type: 9, ms: 0, frame: marks[1] }, 'then a keyframe, at time 0')
    t.match(pictures[1], { type: 9, ms: 40, frame: marks[2] })
    t.ok(mediaBytes > first.bytes().length)

    await recorder.leave({ linger: false })
    for (const view of views) view.close()
    for (const view of views) t.match(await view.done, { why: 'closed', dropped: 0 })
    await relays.close()
    t.strictSame(relays.list(), [])
    t.equal(camera.starts(), 1)
    t.equal(camera.isSending(), false)
    t.equal(leases.out, 0)
  })
}

t.test('a viewer that joins a running stream starts at the kept keyframe, at its own time 0', async (t) => {
  const world = createStage()
  for (let n = 0; n < 8; n++) world.publish(picture(n))
  const screen = createScreen()
  world.serve(writableSink(screen.writable))
  world.publish(picture(8))
  t.strictSame(screen.tags().map((tag) => tag.ms), [0, 0, 40, 80, 120])
  t.strictSame(screen.tags().map((tag) => tag.frame), [0x17, 0x17, 0x27, 0x27, 0x27])
  t.strictSame(screen.bytes().subarray(0, 5), Buffer.from('FLV\x01\x01', 'latin1'), 'video only, and says so')
})

t.test('a picture is packed once for all its viewers', async (t) => {
  const world = createStage()
  const seen: Buffer[][] = [[], []]
  for (const pieces of seen) world.serve({ write: (written) => void pieces.push(...written), backlogBytes: () => 0, onClose: () => {}, end: () => {}, cut: () => {} })
  world.publish(picture(0))
  const [one, two] = seen.map((pieces) => pieces.at(-1))
  t.ok(one && two && one.buffer === two.buffer && one.byteOffset === two.byteOffset)
})

t.test('new parameter sets bring a new sequence header, the same ones do not', async (t) => {
  const world = createStage()
  const screen = createScreen()
  world.serve(writableSink(screen.writable))
  for (let n = 0; n < 10; n++) world.publish(picture(n))
  for (let n = 10; n < 12; n++) world.publish(picture(n, { sets: otherPps }))
  t.strictSame(screen.tags().flatMap((tag) => (tag.packet === 0 ? [tag.ms] : [])), [0, 400])
})

t.test('time never runs backwards: disorder, a clock that jumps, a day of it', async (t) => {
  const world = createStage()
  const screen = createScreen()
  world.serve(writableSink(screen.writable))
  const at = [0, 80, 40, 120, 500_000, 500_040, 160, 200]
  for (const [n, ms] of at.entries()) world.publish({ ...picture(n === 0 ? 0 : 1), pts90k: 9_000_000 + ms * 90 })
  t.strictSame(screen.tags().map((tag) => tag.ms), [0, 0, 80, 80, 120, 160, 200, 240, 280])

  const day = createStage()
  const long = createScreen()
  day.serve(writableSink(long.writable))
  const stepMs = 9_000
  for (let ms = 0; ms <= 86_400_000; ms += stepMs) day.publish({ ...picture(ms === 0 ? 0 : 1), pts90k: ms * 90 })
  t.equal(long.tags().at(-1)?.ms, 86_400_000, 'past 24 bits of milliseconds')
})

t.test('a slow viewer loses pictures to the next keyframe and the stream does not wait', async (t) => {
  const world = createStage()
  const screen = createScreen()
  const view = world.serve(writableSink(screen.writable), { maxBacklogBytes: 2_000, cutAfterMs: 10_000 })
  world.publish(picture(0))
  screen.pause()
  for (let n = 1; n < 9; n++) world.publish(picture(n))
  t.ok(screen.writable.writableLength < 2_000 + 3_100, 'bounded by the limit and one picture')
  screen.resume()
  for (let n = 9; n < 12; n++) world.publish(picture(n))
  await screen.until(1)
  const times = screen.tags().map((tag) => tag.ms)
  t.strictSame(times.slice(-2), [400, 440], 'goes on at the keyframe')
  t.equal(view.counts().dropped + view.counts().delivered, 12)
  t.ok(view.counts().dropped >= 4)
})

t.test('a viewer that reads nothing is cut, and the others see on', async (t) => {
  const world = createStage()
  const [dead, good] = [createScreen(), createScreen()]
  const view = world.serve(writableSink(dead.writable), { maxBacklogBytes: 2_000, cutAfterMs: 10_000 })
  world.serve(writableSink(good.writable))
  dead.pause()
  for (let n = 0; n < 300; n++) {
    world.publish(picture(n))
    world.clock.advance(40)
  }
  t.match(await view.done, { why: 'cut' })
  t.equal(dead.writable.destroyed, true)
  t.equal(good.tags().length, 301)
  t.strictSame(world.left(), ['viewer'])
})

t.test('a viewer goes, a stream ends, a join fails: each is said once', async (t) => {
  const world = createStage()
  const [leaver, stayer] = [createScreen(), createScreen()]
  const going = world.serve(writableSink(leaver.writable))
  const staying = world.serve(writableSink(stayer.writable))
  world.publish(picture(0))
  leaver.writable.destroy(new Error('connection reset'))
  t.match(await going.done, { why: 'closed', delivered: 1, dropped: 0 })
  world.publish(picture(1))
  world.endAll('BYE')
  t.match(await staying.done, { why: 'ended', delivered: 2 })
  await once(stayer.writable, 'finish')
  t.equal(stayer.tags().length, 3)
  t.strictSame(world.left(), ['viewer'], 'who was told of the end need not leave')

  t.equal(world.clock.pending(), 0)

  let opened = 0
  const failing = createStage({ ok: false, reason: 'offline', detail: 'offline' })
  const open = (): FlvSink => {
    opened++
    return writableSink(createScreen().writable)
  }
  const refused = serveFlv({ relays: failing.relays, camera: 'cam', open, clock: failing.clock, log: silentLog })
  t.match(await refused.joined, { ok: false, reason: 'offline' })
  t.match(await refused.done, { why: 'refused', bytes: 0 })
  t.equal(opened, 0)
})

t.test('a stream ends under a viewer that does not read: it is not waited for', async (t) => {
  const world = createStage()
  const screen = createScreen()
  const view = world.serve(writableSink(screen.writable))
  screen.pause()
  world.publish(picture(0))
  world.endAll('BYE')
  t.match(await view.done, { why: 'ended' })
  world.clock.advance(9_999)
  t.equal(screen.writable.destroyed, false)
  world.clock.advance(1)
  t.equal(screen.writable.destroyed, true)
})

t.test('a viewer that was gone before the stream was live costs nothing', async (t) => {
  const world = createStage()
  const screen = createScreen()
  screen.writable.destroy()
  await once(screen.writable, 'close')
  const view = world.serve(writableSink(screen.writable))
  world.publish(picture(0))
  t.match(await view.done, { why: 'closed' })
  t.strictSame(world.left(), ['viewer'])
  t.equal(world.clock.pending(), 0)
})

t.test('a sink that cannot be opened ends that viewer alone', async (t) => {
  const world = createStage()
  world.publish(picture(0))
  const open = (): FlvSink => {
    throw new Error('headers already sent')
  }
  const view = serveFlv({ relays: world.relays, camera: 'cam', open, clock: world.clock, log: silentLog })
  t.match(await view.done, { why: 'cut', bytes: 0 })
  t.strictSame(world.left(), ['viewer'])
})

/** A viewer's end: a Writable that keeps what came and can stop taking. */
function createScreen() {
  const chunks: Buffer[] = []
  let taken: (() => void) | undefined
  let isPaused = false
  let changed = Promise.withResolvers<void>()
  const writable = new Writable({
    write: (chunk: Buffer, _encoding, callback) => {
      chunks.push(chunk)
      changed.resolve()
      changed = Promise.withResolvers<void>()
      if (isPaused) taken = callback
      else callback()
    },
  })
  const tags = () => readTags(Buffer.concat(chunks))
  return {
    writable,
    tags,
    bytes: () => Buffer.concat(chunks),
    until: async (count: number) => {
      while (tags().length < count) await changed.promise
    },
    pause: () => {
      isPaused = true
    },
    resume: () => {
      isPaused = false
      taken?.()
      taken = undefined
    },
  }
}

interface Tag {
  readonly type: number
  readonly ms: number
  readonly frame: number
  readonly packet: number
}

/** Whole tags of an FLV file; the size behind each must fit. */
function readTags(flv: Buffer): readonly Tag[] {
  const tags: Tag[] = []
  let at = 13
  while (at + 11 <= flv.length) {
    const size = flv.readUIntBE(at + 1, 3)
    if (at + 11 + size + 4 > flv.length) break
    if (flv.readUInt32BE(at + 11 + size) !== 11 + size) throw new Error(`tag at ${at} does not close`)
    tags.push({ type: flv.readUInt8(at), ms: flv.readUIntBE(at + 4, 3) + flv.readUInt8(at + 7) * 0x100_0000, frame: flv.readUInt8(at + 11), packet: flv.readUInt8(at + 12) })
    at += 11 + size + 4
  }
  return tags
}

/** Relays of one stream that the test publishes itself; live from its first keyframe. */
function createStage(outcome: JoinOutcome = { ok: true, isCold: false }) {
  const stream = createStream()
  const clock = manualClock()
  const readers = new Set<ReaderOptions>()
  const left: string[] = []
  const relays: Relays = {
    join: (_camera, reader): Membership => {
      readers.add(reader)
      const detach = outcome.ok && reader.onUnit ? stream.attach(reader.onUnit) : undefined
      return {
        joined: Promise.resolve(outcome),
        leave: () => {
          if (readers.delete(reader) && outcome.ok) left.push(reader.kind)
          detach?.()
          return Promise.resolve()
        },
      }
    },
    list: () => [],
    close: () => Promise.resolve(),
  }
  return {
    relays,
    clock,
    publish: stream.publish,
    left: () => left,
    endAll: (reason: string) => {
      for (const reader of readers) reader.onEnd?.(reason)
    },
    serve: (sink: FlvSink, bounds?: { readonly maxBacklogBytes: number; readonly cutAfterMs: number }) =>
      serveFlv({ relays, camera: 'cam', open: () => sink, clock, log: silentLog, ...(bounds && { bounds }) }),
  }
}

/** A camera that sends PS in RTP to wherever it is asked to, 25 pictures a second, until it is told to stop. */
function createCamera(transport: MediaTransport, codec: VideoCodec) {
  let starts = 0
  let hangUp: (() => void) | undefined
  const muxer = createPsMuxer({ codec })
  const clip = readClip(codec)
  const send = async ({ port }: Landing): Promise<void> => {
    const write = transport === 'udp' ? await overUdp(port) : await overTcp(port)
    let [n, sequence] = [0, 65_530]
    const timer = setInterval(() => {
      const timestamp = 1_000_000 + n * 3_600
      const { nalUnits = [], isKeyframe = false } = clip[n++ % clip.length] ?? {}
      const packets = packetize(muxer.push({ nalUnits, isKeyframe, pts90k: timestamp }), { ssrc: 1234, payloadType: 96, timestamp, firstSequence: sequence, maxPayload: 1_200 })
      sequence = (sequence + packets.length) % 65_536
      for (const packet of packets) write.packet(packet)
    }, 5)
    hangUp = () => {
      clearInterval(timer)
      write.close()
      hangUp = undefined
    }
  }
  const upstream: Upstream = {
    start: async (landing) => {
      starts++
      await send(landing)
      return { ok: true }
    },
    stop: () => {
      hangUp?.()
      return Promise.resolve()
    },
  }
  return { upstream, starts: () => starts, isSending: () => hangUp !== undefined }
}

/** Two GOPs of five pictures, 128 x 96. */
function readClip(codec: VideoCodec): readonly AccessUnit[] {
  const bytes = readFileSync(new URL(`../../../fixtures/h26x/plain.${codec}`, import.meta.url))
  const assembler = createAccessUnitAssembler()
  return [...assembler.push({ streamId: 0xe0, pts90k: 0, bytes, isDamaged: false, receivedUs: 0 }), ...assembler.flush()]
}

async function overUdp(port: number) {
  const socket = createSocket('udp4')
  return Promise.resolve({ packet: (bytes: Buffer) => socket.send(bytes, port, '127.0.0.1'), close: () => void socket.close() })
}

async function overTcp(port: number) {
  const socket = connect(port, '127.0.0.1')
  await once(socket, 'connect')
  return { packet: (bytes: Buffer) => void socket.write(frameRfc4571(bytes)), close: () => void socket.destroy() }
}
