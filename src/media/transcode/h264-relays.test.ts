// H.264 versions by the real encoder in its process: who shares one, who is turned away, and what its death costs.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { AV_CODEC_ID_H264, AV_LOG_QUIET, AV_OPT_SEARCH_CHILDREN, AV_OPT_TYPE_STRING, AV_PIX_FMT_YUV420P10LE, AVERROR_EOF, Codec, CodecContext, FF_ENCODER_LIBX265, Frame, Log, Packet, Rational } from 'node-av'
import t, { type Test } from 'tap'
import { seededRandom, silentLog, systemClock, type Clock } from '../../base/index.ts'
import { createAccessUnitAssembler } from '../h26x/access-unit.ts'
import { joinAnnexB } from '../h26x/annexb.ts'
import { transcoders } from '../io/transcoder.ts'
import { createStream, type Stream } from '../stream.ts'
import type { AccessUnit, AudioFrame, JoinOutcome, Relays, StreamKey } from '../types.ts'
import { createTranscodes } from './h264-relays.ts'
import { createMadeUnits } from './made-units.ts'
import type { OpenTranscoder } from './version.ts'

Log.setLevel(AV_LOG_QUIET)
const bounds = { maxHeight: 1080, maxKbps: 4000, gopMs: 800 }

const unitsOf = (name: string): AccessUnit[] => {
  const assembler = createAccessUnitAssembler()
  const bytes = readFileSync(join(import.meta.dirname, '../../../fixtures/h26x', name))
  return [...assembler.push({ streamId: 0xe0, bytes, isDamaged: false, receivedUs: 0 }), ...assembler.flush()]
}
const clips = { h265: unitsOf('plain.h265'), h264: unitsOf('plain.h264') }

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))
async function until(isSo: () => boolean, what: string): Promise<void> {
  for (let i = 0; i < 2_000; i++) {
    if (isSo()) return
    await pause(10)
  }
  throw new Error(`waited in vain: ${what}`)
}

interface Source {
  readonly stream: Stream
  codec: 'h264' | 'h265'
  isOn: boolean
  readonly ends: Set<(reason: string) => void>
  readers: number
}

/** Cameras that send 25 pictures a second of their clip, round and round, behind relays. */
function stage(test: Test, more: { readonly max?: number; readonly lingerMs?: number; readonly clock?: Clock; readonly open?: (real: OpenTranscoder) => OpenTranscoder } = {}) {
  const { clock = systemClock, max = 2, lingerMs = 0 } = more
  const sources = new Map<StreamKey, Source>()
  const source = (key: StreamKey, codec: Source['codec'] = 'h265'): Source => {
    const known = sources.get(key)
    if (known) return known
    const made: Source = { stream: createStream(), codec, isOn: true, ends: new Set(), readers: 0 }
    sources.set(key, made)
    return made
  }
  let n = 0
  const timer = setInterval(() => {
    for (const { stream, codec, isOn } of sources.values()) {
      const clip = clips[codec]
      const unit = clip[n % clip.length]
      if (isOn && unit) stream.publish({ ...unit, pts90k: 900_000 + n * 3600, receivedUs: clock.nowUs() })
    }
    n++
  }, 40)
  const relays: Relays = {
    join: (key, reader) => {
      const camera = sources.get(key)
      if (!camera) return { joined: Promise.resolve({ ok: false, reason: 'offline', detail: 'no such camera' }), leave: () => Promise.resolve() }
      camera.readers++
      const detach = camera.stream.attach((unit) => reader.onUnit?.(unit), (frame) => reader.onAudio?.(frame))
      const end = (reason: string): void => {
        detach()
        reader.onEnd?.(reason)
      }
      camera.ends.add(end)
      let isGone = false
      return {
        joined: Promise.resolve({ ok: true, isCold: false }),
        leave: async () => {
          if (!isGone) camera.readers--
          isGone = true
          camera.ends.delete(end)
          detach()
        },
      }
    },
    list: () => [],
    close: async () => {},
  }
  const pids: number[] = []
  const real = transcoders({ clock, log: silentLog })
  const open: OpenTranscoder = (...given) => {
    const transcoder = real(...given)
    pids.push(transcoder.pid)
    return transcoder
  }
  const transcodes = createTranscodes({ open: more.open?.(open) ?? open, bounds, max, clock, log: silentLog })
  const h264 = transcodes.over(relays, lingerMs)
  test.teardown(async () => {
    clearInterval(timer)
    await transcodes.close()
  })
  const watch = (key: StreamKey) => {
    const seen = { units: [] as AccessUnit[], sounds: [] as AudioFrame[], end: '', outcome: undefined as JoinOutcome | undefined }
    const membership = h264.join(key, { kind: 'viewer', onUnit: (unit) => void seen.units.push(unit), onAudio: (frame) => void seen.sounds.push(frame), onEnd: (reason) => void (seen.end = reason) })
    void membership.joined.then((outcome) => (seen.outcome = outcome))
    return { seen, leave: membership.leave }
  }
  return { source, watch, transcodes, pids }
}

const isAlive = (pid: number): boolean => {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}

/** What FFmpeg's own decoder makes of them. */
async function decode(units: readonly AccessUnit[]): Promise<{ width: number; height: number }[]> {
  const decoder = Codec.findDecoder(AV_CODEC_ID_H264)
  if (!decoder) throw new Error('no decoder')
  const context = new CodecContext()
  context.allocContext3(decoder)
  context.threadCount = 1
  await context.open2(decoder, null)
  const [packet, frame] = [new Packet(), new Frame()]
  packet.alloc()
  frame.alloc()
  const pictures: { width: number; height: number }[] = []
  for (const unit of [...units, undefined]) {
    if (unit) packet.data = joinAnnexB(unit.nalUnits)
    if ((await context.sendPacket(unit ? packet : null)) < 0) throw new Error('not decodable')
    while ((await context.receiveFrame(frame)) >= 0) {
      if (frame.decodeErrorFlags !== 0) throw new Error('damaged')
      pictures.push({ width: frame.width, height: frame.height })
      frame.unref()
    }
  }
  frame.free()
  packet.free()
  context.freeContext()
  return pictures
}

t.test('an H.265 stream as H.264: one version for all, from a keyframe on, with the camera’s own times', async (t) => {
  const { source, watch, transcodes, pids } = stage(t, { lingerMs: 300 })
  const camera = source('cam')
  await until(() => camera.stream.isLive(), 'the camera')
  const first = watch('cam')
  await until(() => first.seen.units.length > 45, 'pictures of two GOPs')
  t.match(first.seen.outcome, { ok: true })
  const units = [...first.seen.units]
  t.ok(units.every((unit) => unit.codec === 'h264' && !unit.isDamaged))
  t.match(units[0], { isKeyframe: true, width: 128, height: 96, parameterSets: { sps: Buffer, pps: Buffer } })
  t.ok(units.every(({ pts90k }, i) => (pts90k - 900_000) % 3600 === 0 && (i === 0 || pts90k > (units[i - 1]?.pts90k ?? 0))), 'times of the camera, forwards')
  const keys = units.filter((unit) => unit.isKeyframe)
  t.ok(keys.length >= 2 && keys.every((unit, i) => i === 0 || unit.pts90k - (keys[i - 1]?.pts90k ?? 0) === 72_000), 'a keyframe every 0.8 s')
  t.same(await decode(units), units.map(() => ({ width: 128, height: 96 })), 'FFmpeg decodes each')

  const second = watch('cam')
  await until(() => second.seen.units.length > 5, 'a newcomer’s pictures')
  t.match(second.seen.units[0], { isKeyframe: true })
  camera.stream.publishAudio({ codec: 'pcma', pts90k: 1, sampleRate: 8000, channels: 1, data: Buffer.alloc(160), receivedUs: 0 })
  t.equal(first.seen.sounds.length + second.seen.sounds.length, 2, 'sound goes along')
  t.equal(pids.length, 1)
  await until(() => (transcodes.list()[0]?.cpu ?? 0) > 0, 'its load')
  t.match(transcodes.list(), [{ key: 'cam', state: 'live', from: 'h265', to: 'h264', width: 128, height: 96, viewers: 2, dropped: 0, undecodable: 0, restarts: 0 }])
  const { fps = 0 } = transcodes.list()[0] ?? {}
  t.ok(fps > 12 && fps < 26, `${fps} pictures a second; a busy machine leaves some out`)
  t.equal(camera.readers, 1, 'one reader of the camera')

  await first.leave()
  await second.leave()
  t.match(transcodes.list(), [{ state: 'lingering', viewers: 0 }])
  const again = watch('cam')
  await until(() => again.seen.units.length > 0, 'it is still there')
  t.equal(pids.length, 1)
  await again.leave()
  await until(() => transcodes.list().length === 0 && !isAlive(pids[0] ?? 0), 'it ends with its last viewer')
  t.equal(camera.readers, 0, 'and has left the camera')
})

t.test('what is H.264 already comes straight from its relay', async (t) => {
  const { source, watch, transcodes, pids } = stage(t)
  const camera = source('plain', 'h264')
  await until(() => camera.stream.isLive(), 'the camera')
  const original: AccessUnit[] = []
  camera.stream.attach((unit) => void original.push(unit))
  const viewer = watch('plain')
  await until(() => viewer.seen.units.length > 12, 'pictures')
  t.match(viewer.seen.outcome, { ok: true })
  t.ok(viewer.seen.units.every((unit) => original.includes(unit)), 'the very same')
  t.same([transcodes.list().length, pids.length], [0, 0])
  await viewer.leave()
  t.equal(camera.readers, 0)
  const none = watch('nowhere')
  await until(() => none.seen.outcome !== undefined, 'an answer')
  t.match(none.seen.outcome, { ok: false, reason: 'offline' })
})

t.test('their number is limited: one more is told so, one that nobody watches makes room', async (t) => {
  const { source, watch, transcodes } = stage(t, { max: 1, lingerMs: 60_000 })
  for (const key of ['one', 'two']) source(key)
  await until(() => source('two').stream.isLive(), 'the cameras')
  const first = watch('one')
  await until(() => first.seen.units.length > 0, 'the first')
  const second = watch('two')
  await until(() => second.seen.outcome !== undefined, 'an answer')
  t.match(second.seen.outcome, { ok: false, reason: 'busy', detail: /media\.transcodes/ })
  t.equal(source('two').readers, 0)
  await first.leave()
  t.match(transcodes.list(), [{ key: 'one', state: 'lingering' }])
  const third = watch('two')
  await until(() => third.seen.units.length > 0, 'the place of the first')
  t.match(transcodes.list(), [{ key: 'two', state: 'live' }])
  t.equal(source('one').readers, 0)
})

t.test('an encoder that dies is replaced, one that keeps dying ends its version with a reason', async (t) => {
  const { source, watch, transcodes, pids } = stage(t)
  const camera = source('cam')
  await until(() => camera.stream.isLive(), 'the camera')
  const viewer = watch('cam')
  await until(() => viewer.seen.units.length > 3, 'pictures')
  const before = viewer.seen.units.length
  process.kill(pids[0] ?? 0, 'SIGKILL')
  await until(() => viewer.seen.units.length > before + 5, 'pictures of the next encoder')
  t.match(transcodes.list(), [{ restarts: 1, viewers: 1 }])
  t.equal(viewer.seen.end, '')
  const late = viewer.seen.units.findIndex((unit, i) => i >= before && unit.isKeyframe)
  t.ok(late >= before && late <= before + 2, 'it begins with a keyframe')
  while (viewer.seen.end === '' && pids.length < 10) {
    const last = pids.at(-1) ?? 0
    if (isAlive(last)) process.kill(last, 'SIGKILL')
    await pause(50)
  }
  t.match(viewer.seen.end, /keeps failing/)
  t.equal(pids.length, 4, 'three were started anew')
  t.same([transcodes.list().length, camera.readers], [0, 0])
})

t.test('a stream that ends, and one that turns to H.264 and back', async (t) => {
  const { source, watch, transcodes, pids } = stage(t)
  const camera = source('cam')
  await until(() => camera.stream.isLive(), 'the camera')
  const viewer = watch('cam')
  await until(() => viewer.seen.units.length > 3, 'pictures')
  camera.codec = 'h264'
  const count = viewer.seen.units.length
  await until(() => !isAlive(pids[0] ?? 0), 'no encoder is needed')
  await until(() => viewer.seen.units.length > count + 5, 'its own pictures')
  t.match(transcodes.list(), [{ from: 'h264' }])
  camera.codec = 'h265'
  await until(() => pids.length === 2, 'one is needed again')
  const turned = viewer.seen.units.length
  await until(() => viewer.seen.units.length > turned + 5, 'pictures of it')
  t.ok(viewer.seen.units.every((unit) => unit.codec === 'h264'))
  const straight = source('other', 'h264')
  await until(() => straight.stream.isLive(), 'another camera')
  const other = watch('other')
  await until(() => other.seen.units.length > 2, 'straight')
  straight.codec = 'h265'
  await until(() => transcodes.list().length === 2, 'a reader that was straight changes over')
  const many = other.seen.units.length
  await until(() => other.seen.units.length > many + 3, 'pictures for it')
  t.ok(other.seen.units.every((unit) => unit.codec === 'h264'))
  for (const end of [...camera.ends]) end('the camera hung up')
  t.equal(viewer.seen.end, 'the camera hung up')
  t.match(transcodes.list(), [{ key: 'other' }])
})

t.test('an encoder that falls behind loses pictures to the next keyframe, and no time', async (t) => {
  let skewUs = 0
  const clock: Clock = { ...systemClock, nowUs: () => systemClock.nowUs() + skewUs }
  const { source, watch, transcodes, pids } = stage(t, { clock })
  await until(() => source('cam').stream.isLive(), 'the camera')
  const viewer = watch('cam')
  await until(() => viewer.seen.units.length > 3, 'pictures')
  skewUs = 10_000_000
  process.kill(pids[0] ?? 0, 'SIGSTOP')
  await until(() => (transcodes.list()[0]?.dropped ?? 0) > 5, 'pictures left out')
  process.kill(pids[0] ?? 0, 'SIGCONT')
  const before = viewer.seen.units.length
  await until(() => viewer.seen.units.length > before + 30, 'pictures again')
  const last = viewer.seen.units.at(-1)
  t.ok(clock.nowUs() - (last?.receivedUs ?? 0) < 500_000)
  t.ok((source('cam').stream.last()?.pts90k ?? 0) - (last?.pts90k ?? 0) < 45_000, 'of now')
  t.equal(pids.length, 1)
})

/** A picture of the future is never too old to be encoded, however long the process takes to start. */
const never = Number.MAX_SAFE_INTEGER

/** Ten bits, three pictures out of order before each other one: what x265 makes when it is let. In order of decoding. */
async function rich(width: number, height: number, count: number): Promise<AccessUnit[]> {
  const encoder = Codec.findEncoderByName(FF_ENCODER_LIBX265)
  if (!encoder) throw new Error('no encoder')
  const context = new CodecContext()
  context.allocContext3(encoder)
  context.width = width
  context.height = height
  context.pixelFormat = AV_PIX_FMT_YUV420P10LE
  context.timeBase = new Rational(1, 25)
  context.framerate = new Rational(25, 1)
  for (const [name, value] of Object.entries({ preset: 'ultrafast', 'x265-params': 'keyint=20:min-keyint=20:scenecut=0:bframes=3:b-adapt=0:repeat-headers=1:log-level=none:pools=none:frame-threads=1:info=0' })) context.setOption(name, value, AV_OPT_TYPE_STRING, AV_OPT_SEARCH_CHILDREN)
  if ((await context.open2(encoder)) < 0) throw new Error('the encoder does not open')
  const packet = new Packet()
  packet.alloc()
  const units: AccessUnit[] = []
  const assembler = createAccessUnitAssembler()
  const drain = async (): Promise<void> => {
    for (let code = await context.receivePacket(packet); code >= 0; code = await context.receivePacket(packet)) {
      const pts = Number(packet.pts)
      const bytes = Buffer.from(packet.data ?? [])
      packet.unref()
      const made = [...assembler.push({ streamId: 0xe0, bytes, isDamaged: false, receivedUs: 0 }), ...assembler.flush()]
      for (const unit of made) units.push({ ...unit, pts90k: 900_000 + pts * 3600 })
    }
  }
  for (let n = 0; n < count; n++) {
    const samples = new Uint16Array((width * height * 3) / 2)
    for (let i = 0; i < samples.length; i++) samples[i] = (i * 7 + n * 40) & 1023
    const frame = Frame.fromVideoBuffer(Buffer.from(samples.buffer), { width, height, format: AV_PIX_FMT_YUV420P10LE, timeBase: { num: 1, den: 25 }, pts: BigInt(n) })
    await context.sendFrame(frame)
    frame.free()
    await drain()
  }
  await context.sendFrame(null)
  await drain()
  if ((await context.receivePacket(packet)) !== AVERROR_EOF) throw new Error('more was to come')
  packet.free()
  context.freeContext()
  return units
}

t.test('ten bits, pictures out of order, another size midway: eight bits in order, scaled to the bounds', async (t) => {
  const units = [...(await rich(512, 288, 20)), ...(await rich(128, 96, 20)).map((unit) => ({ ...unit, pts90k: unit.pts90k + 20 * 3600 }))]
  t.ok(units.some((unit, i) => i > 0 && unit.pts90k < (units[i - 1]?.pts90k ?? 0)), 'they come out of order')
  const made: AccessUnit[] = []
  const keeper = createMadeUnits()
  const lost: string[] = []
  const transcoder = transcoders({ clock: systemClock, log: silentLog })({}, { maxHeight: 144, maxKbps: 1000, gopMs: 10_000 }, {
    onPicture: (picture) => {
      const unit = keeper.push(picture, systemClock.nowUs())
      if (unit) made.push(unit)
    },
    onLost: (detail) => void lost.push(detail),
  })
  t.teardown(() => transcoder.close())
  let pushed = 0
  for (const unit of units) {
    transcoder.push({ ...unit, receivedUs: never })
    pushed++
    // The decoder holds some back to put them in order; a busy machine is waited for.
    await until(() => pushed - made.length < 9, 'the pictures so far')
  }
  await until(() => made.length >= 36, 'most pictures')
  t.same(lost, [])
  t.ok(made.every(({ pts90k }, i) => i === 0 || pts90k > (made[i - 1]?.pts90k ?? 0)), 'in order of time')
  t.match(made[0], { isKeyframe: true, width: 256, height: 144 })
  const second = made.findIndex((unit) => unit.width === 128)
  t.match(made[second], { isKeyframe: true, width: 128, height: 96 })
  const pictures = await decode(made)
  t.same(pictures.map(({ height }) => height), made.map((_, i) => (i < second ? 144 : 96)))
})

t.test('damaged and foreign bytes cost pictures, never the encoder', async (t) => {
  const made: number[] = []
  const lost: string[] = []
  const transcoder = transcoders({ clock: systemClock, log: silentLog })({}, bounds, { onPicture: ({ pts90k }) => void made.push(pts90k), onLost: (detail) => void lost.push(detail) })
  t.teardown(() => transcoder.close())
  const random = seededRandom(11)
  const clip = clips.h265
  for (let n = 0; n < 400; n++) {
    const unit = clip[n % clip.length]
    if (!unit) continue
    const nalUnits = unit.nalUnits.map((nal) => {
      const copy = Buffer.from(nal)
      if (n < 350) for (let k = 0; k < 3; k++) copy[Math.floor(random() * copy.length)] = Math.floor(random() * 256)
      return copy.subarray(0, n < 350 && random() < 0.2 ? Math.ceil(random() * copy.length) : copy.length)
    })
    transcoder.push({ ...unit, nalUnits, pts90k: n * 3600, receivedUs: never })
    if (n % 5 === 0) await pause(15)
  }
  await until(() => (made.at(-1) ?? 0) >= 390 * 3600, 'whole pictures at the end')
  t.same(lost, [])
})
