// What lies between the pipeline and the viewers: kept GOP, figures, bounded reader, leased ports.
import t from 'tap'
import { AppError, manualClock } from '../base/index.ts'
import { createRateMeter } from './figures.ts'
import { createPorts } from './ports.ts'
import { createReader } from './reader.ts'
import { createStream } from './stream.ts'
import type { AccessUnit } from './types.ts'

const parameterSets = { sps: Buffer.from([0x67]), pps: Buffer.from([0x68]) }

/** Picture `n` of a 25 fps camera with a keyframe every `gop` pictures. */
const picture = (n: number, gop = 25, bytes = 500): AccessUnit => ({
  codec: 'h264',
  pts90k: n * 3_600,
  isKeyframe: n % gop === 0,
  nalUnits: [Buffer.alloc(bytes)],
  ...(n % gop === 0 && { parameterSets, width: 1920, height: 1080 }),
  receivedUs: n * 40_000,
  isDamaged: false,
})

t.test('a stream begins at its first keyframe with parameter sets', (t) => {
  const stream = createStream()
  const seen: number[] = []
  stream.attach((unit) => seen.push(unit.pts90k / 3_600))
  t.equal(stream.publish(picture(23)), false)
  t.equal(stream.publish({ ...picture(24), isKeyframe: true }), false)
  t.equal(stream.isLive(), false)
  t.equal(stream.publish(picture(25)), true)
  stream.publish(picture(26))
  t.equal(stream.isLive(), true)
  t.strictSame(seen, [25, 26])
  t.end()
})

t.test('a newcomer starts at the kept keyframe and leaves when it likes', (t) => {
  const stream = createStream()
  for (let n = 0; n < 28; n++) stream.publish(picture(n))
  const seen: number[] = []
  const detach = stream.attach((unit) => seen.push(unit.pts90k / 3_600))
  t.strictSame(seen, [25, 26, 27])
  stream.publish(picture(28))
  detach()
  detach()
  stream.publish(picture(29))
  t.strictSame(seen, [25, 26, 27, 28])
  t.end()
})

t.test('one reader attached twice is two readers', (t) => {
  const stream = createStream()
  let seen = 0
  const onUnit = (): void => void seen++
  const detach = stream.attach(onUnit)
  stream.attach(onUnit)
  stream.publish(picture(0))
  detach()
  stream.publish(picture(1))
  t.equal(seen, 3)
  t.end()
})

t.test('the kept GOP is bounded by pictures and by bytes; past the bound a newcomer waits for the next keyframe', (t) => {
  for (const bounds of [{ maxUnits: 10 }, { maxBytes: 5_000 }]) {
    const stream = createStream(bounds)
    for (let n = 0; n < 15; n++) stream.publish(picture(n))
    const seen: number[] = []
    stream.attach((unit) => seen.push(unit.pts90k / 3_600))
    t.strictSame(seen, [])
    stream.publish(picture(15))
    t.strictSame(seen, [15], 'what comes live is offered all the same')
    for (let n = 25; n < 27; n++) stream.publish(picture(n))
    const later: number[] = []
    stream.attach((unit) => later.push(unit.pts90k / 3_600))
    t.strictSame(later, [25, 26])
  }
  t.end()
})

t.test('rates over five seconds', (t) => {
  const meter = createRateMeter()
  t.strictSame(meter.rates(0), {})
  for (let n = 0; n < 500; n++) meter.note(picture(n, 50, 5_000))
  t.strictSame(meter.rates(499 * 40_000), { fps: 25, kbps: 1_000, gopFrames: 50 })
  t.strictSame(meter.rates(499 * 40_000 + 6_000_000), {}, 'a stream at rest has none')
  t.end()
})

t.test('frame rate goes by the camera clock, pictures out of display order included', (t) => {
  const meter = createRateMeter()
  const jitter = [0, 90, 10, 70, 30]
  for (let n = 0; n < 100; n++) {
    const shown = n % 3 === 1 ? n + 1 : n % 3 === 2 ? n - 1 : n
    meter.note({ ...picture(shown, 1_000), receivedUs: n * 40_000 + (jitter[n % 5] ?? 0) * 1_000 })
  }
  t.equal(meter.rates(100 * 40_000).fps, 25)
  t.end()
})

t.test('rates of a flood stay bounded', (t) => {
  const meter = createRateMeter()
  for (let n = 0; n < 10_000; n++) meter.note({ ...picture(n, 50), receivedUs: n })
  t.equal(meter.rates(10_000).fps, 25)
  t.end()
})

t.test('a slow viewer loses the rest of the GOP, counted, and goes on at the next keyframe', (t) => {
  const reader = createReader({ maxBacklogBytes: 1_000, cutAfterMs: 10_000 })
  t.equal(reader.decide(picture(3), 0, 0), 'drop', 'nothing before the first keyframe')
  t.equal(reader.decide(picture(25), 0, 0), 'deliver')
  t.equal(reader.decide(picture(26), 1_000, 0), 'deliver')
  t.equal(reader.decide(picture(27), 1_001, 0), 'drop')
  t.equal(reader.decide(picture(28), 0, 40_000), 'drop', 'its reference is gone')
  t.equal(reader.decide(picture(50), 1_001, 80_000), 'drop', 'a keyframe that does not fit either')
  t.equal(reader.decide(picture(75), 900, 120_000), 'deliver')
  t.strictSame(reader.counts(), { delivered: 3, dropped: 4 })
  t.end()
})

t.test('a viewer that stays full is cut; one that breathes is not', (t) => {
  const stuck = createReader({ maxBacklogBytes: 1_000, cutAfterMs: 10_000 })
  const breathing = createReader({ maxBacklogBytes: 1_000, cutAfterMs: 10_000 })
  for (let n = 0; n < 250; n++) {
    t.not(stuck.decide(picture(n), n > 0 ? 2_000 : 0, n * 40_000), 'cut')
    t.not(breathing.decide(picture(n), n % 200 === 0 ? 0 : 2_000, n * 40_000), 'cut')
  }
  t.equal(stuck.decide(picture(251), 2_000, 251 * 40_000), 'cut')
  t.not(breathing.decide(picture(251), 2_000, 251 * 40_000), 'cut')
  t.end()
})

t.test('ports: even, each to one stream, rested before the next, refused when none is left', (t) => {
  const clock = manualClock()
  const ports = createPorts({ first: 30_001, last: 30_007, clock })
  const [a, b, c] = [ports.lease(), ports.lease(), ports.lease()]
  t.strictSame([a.port, b.port, c.port], [30_002, 30_004, 30_006])
  t.throws(() => ports.lease(), new AppError('ports.too-few', 'no media port free in 30001-30007: 3 in use, 0 at rest; widen media.ports'))
  b.release()
  b.release()
  t.strictSame(ports.figures(), { total: 3, leased: 2, resting: 1 })
  clock.advance(29_999)
  t.throws(() => ports.lease(), { code: 'ports.too-few' }, 'a device may still be sending to it')
  clock.advance(1)
  const again = ports.lease()
  t.equal(again.port, 30_004)
  b.release()
  t.strictSame(ports.figures(), { total: 3, leased: 3, resting: 0 }, 'an old lease cannot give away a new one')
  t.end()
})

t.test('ports: the longest unused comes first, and a range without an even port has none', (t) => {
  const clock = manualClock()
  const ports = createPorts({ first: 30_000, last: 30_004, restMs: 0, clock })
  ports.lease().release()
  t.equal(ports.lease().port, 30_002)
  t.throws(() => createPorts({ first: 30_001, last: 30_001, clock }).lease(), { code: 'ports.too-few' })
  t.end()
})
