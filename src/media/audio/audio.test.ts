// Sound alone: G.711 and ADTS against FFmpeg's bytes (fixtures/audio), what it is by its bytes, and where it lies in time.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { chew } from '../../base/chew.ts'
import { createAdtsFramer, parseAdts, writeAdts } from './adts.ts'
import { createAudioWatch, type AudioName } from './audio-watch.ts'
import { createAudioClock } from './clock.ts'
import { decodeG711, encodeG711 } from './g711.ts'
import { createAudioMeter } from './meter.ts'

const fixture = (name: string): Buffer => readFileSync(join(import.meta.dirname, '../../../fixtures/audio', name))
const cut = (bytes: Buffer, size: number): readonly Buffer[] => Array.from({ length: Math.ceil(bytes.length / size) }, (_, i) => bytes.subarray(i * size, (i + 1) * size))
const laws = [['pcma', 'alaw'], ['pcmu', 'mulaw']] as const

t.test('G.711: every code is decoded as FFmpeg does, and encoded back', (t) => {
  for (const [law, name] of laws) {
    const codes = Buffer.from(Array.from({ length: 256 }, (_, code) => code))
    const theirs = fixture(`${name}-all-codes.s16`)
    const ours = decodeG711(law, codes)
    t.same([...ours], Array.from({ length: 256 }, (_, i) => theirs.readInt16LE(i * 2)), law)
    t.same([...decodeG711(law, encodeG711(law, ours))], [...ours], `${law} and back`)
    t.same([...decodeG711(law, encodeG711(law, Int16Array.from([-32_768, 32_767])))], [Math.min(...ours), Math.max(...ours)], `${law}: the ends`)
  }
  t.end()
})

t.test('ADTS: frames of FFmpeg, cut anywhere, and written again', (t) => {
  for (const [name, sampleRate, channels, config] of [['voice-16k-mono.aac', 16_000, 1, '1408'], ['voice-48k-stereo.aac', 48_000, 2, '1190']] as const) {
    const bytes = fixture(name)
    const whole = createAdtsFramer().push(bytes)
    t.ok(whole.length >= Math.floor(sampleRate / 1024), `${whole.length} frames`)
    for (const frame of whole) t.match(frame, { sampleRate, channels, config: Buffer.from(config, 'hex') })
    t.same(Buffer.concat(whole.map((frame) => writeAdts(frame.config, frame.data))).length, bytes.length)
    const rewritten = createAdtsFramer().push(Buffer.concat(whole.map((frame) => writeAdts(frame.config, frame.data))))
    t.same(rewritten, whole)
    for (const size of [1, 7, 100, 333]) {
      const framer = createAdtsFramer()
      t.same(cut(bytes, size).flatMap((part) => framer.push(part)).map(({ data }) => data), whole.map(({ data }) => data), `in pieces of ${size}`)
    }
    const framer = createAdtsFramer()
    framer.push(bytes.subarray(0, 50))
    framer.gap()
    t.same(framer.push(bytes.subarray(60)).map(({ data }) => data), whole.slice(1).map(({ data }) => data), 'after a gap from the next header on')
  }
  t.equal(parseAdts(Buffer.from('fff15c', 'hex')), undefined)
  t.equal(parseAdts(Buffer.from('fff17f40021ffc00', 'hex')), undefined, 'a frequency that there is none of')
  t.equal(parseAdts(Buffer.from('fff16000021ffc00', 'hex')), undefined, 'channels that are described inside')
  t.equal(parseAdts(Buffer.from('fff16040021ffd00', 'hex')), undefined, 'several blocks in one frame')
  t.end()
})

/** The last verdict on one second in packets of 40 ms, and the one after 0.2 s. */
function verdicts(bytes: Buffer, declared: AudioName | undefined, size = 320): readonly [AudioName | undefined, AudioName | undefined] {
  const watch = createAudioWatch()
  if (declared) watch.declare(declared)
  const all = cut(bytes, size).map((packet) => watch.push(packet))
  return [all[Math.ceil(1600 / size)], all.at(-1)]
}

t.test('what it is by its bytes, whatever is declared', (t) => {
  for (const [law, name] of laws) {
    for (const kind of ['voice', 'tone', 'quiet-room', 'silence']) {
      for (const declared of [undefined, 'pcma', 'pcmu', 'aac'] as const) {
        if (declared === 'aac') t.equal(verdicts(fixture(`${kind}.${name}`), declared)[1], law, `${kind} in ${law} declared AAC`)
        else t.strictSame(verdicts(fixture(`${kind}.${name}`), declared), [law, law], `${kind} in ${law} declared ${declared}`)
      }
    }
    const noise = fixture(`loud-noise.${name}`)
    t.equal(verdicts(noise, law)[1], law, 'noise tells nothing: what is declared stands')
    t.equal(verdicts(noise, undefined)[1], 'unknown')
  }
  for (const name of ['voice-16k-mono.aac', 'voice-48k-stereo.aac']) {
    const frames = createAdtsFramer().push(fixture(name)).map((frame) => writeAdts(frame.config, frame.data))
    for (const declared of [undefined, 'pcma', 'aac', 'svac'] as const) {
      const watch = createAudioWatch()
      if (declared) watch.declare(declared)
      t.equal(watch.push(frames[0] ?? Buffer.alloc(0)), 'aac', `${name} declared ${declared}`)
    }
    t.equal(verdicts(fixture(name), 'aac', 200)[1], 'aac', 'cut without regard to frames')
  }
  for (const other of ['g722.1', 'g723.1', 'g729', 'svac', 'mpeg', 'latm'] as const) t.equal(verdicts(fixture('loud-noise.alaw'), other)[0], other, 'declared, and nothing contradicts it')
  t.end()
})

t.test('a camera that is set anew: its sound changes under way', (t) => {
  const watch = createAudioWatch()
  watch.declare('pcma')
  for (const packet of cut(fixture('voice.alaw'), 320)) watch.push(packet)
  for (const frame of createAdtsFramer().push(fixture('voice-16k-mono.aac'))) t.equal(watch.push(writeAdts(frame.config, frame.data)), 'aac')
  let packets = 0
  const back = cut(Buffer.concat(Array.from({ length: 8 }, () => fixture('voice.mulaw'))), 320)
  while (watch.push(back[packets] ?? Buffer.alloc(0)) !== 'pcmu' && packets < back.length) packets++
  t.ok(packets < 4 * 25, `known again after ${packets} packets`)
  const noisy = createAudioWatch()
  noisy.declare('pcmu')
  for (const packet of cut(fixture('loud-noise.alaw'), 320)) t.not(noisy.push(packet), 'pcma')
  for (const packet of cut(Buffer.concat(Array.from({ length: 8 }, () => fixture('voice.alaw'))), 320)) noisy.push(packet)
  t.equal(noisy.push(fixture('voice.alaw').subarray(0, 320)), 'pcma', 'a wrong word is overruled as soon as the bytes tell')
  t.end()
})

t.test('where it lies: by its own time while that is near the arrival', (t) => {
  const at = { pts90k: 900_000, receivedUs: 0 }
  const picture = { last: () => at as { pts90k: number; receivedUs: number } | undefined }
  t.equal(createAudioClock({ last: () => undefined })(900_000, 3600, 0), undefined, 'not before the first picture')
  const declared = createAudioClock(picture)
  const step = 3600
  t.same([0, 1, 2, 3].map((n) => declared(900_100 + n * step, step, n * 40_000)), [0, 1, 2, 3].map((n) => 900_100 + n * step))
  t.equal(declared(900_100 + 4 * step + 900, step, 160_000), 900_100 + 4 * step, '10 ms off: rounding, the samples count')
  t.equal(declared(900_100 + 10 * step, step, 400_000), 900_100 + 10 * step, 'a hole stays a hole')
  t.equal(declared(900_100 + 10 * step, step, 440_000), 900_100 + 11 * step, 'the same time again: it comes after')

  const foreign = createAudioClock(picture)
  t.same([0, 1, 2].map((n) => foreign(5 + n * 320, step, n * 40_000)), [900_000, 903_600, 907_200], 'another zero and other units: by arrival, then by samples')
  const silent = createAudioClock(picture)
  t.same([0, 35_000, 90_000].map((us) => silent(undefined, step, us)), [900_000, 903_600, 907_200], 'no time: jitter of the arrivals does not show')
  t.equal(silent(undefined, step, 3_000_000), 900_000 + 270_000, 'after a pause from the arrival on')

  const late = createAudioClock(picture)
  const given = Array.from({ length: 60 }, (_, n) => late(900_000 + n * step - (n > 10 ? 27_000 : 0), step, n * 40_000))
  const out = given.filter((pts) => pts !== undefined)
  t.ok(out.every((pts, i) => i === 0 || pts > (out[i - 1] ?? 0)), 'never backwards')
  t.ok(Math.abs((given.at(-1) ?? 0) - (900_000 + 59 * step - 27_000)) <= 1800, 'a clock that was set back is followed after a second, to 20 ms')
  t.end()
})

t.test('figures', (t) => {
  const meter = createAudioMeter()
  t.equal(meter.figures(), undefined)
  meter.declare('pcma')
  t.same(meter.figures(), { codec: 'none', frames: 0, declared: 'pcma' })
  for (let n = 0; n < 250; n++) meter.note({ codec: 'pcma', pts90k: 0, sampleRate: 8000, channels: 1, data: Buffer.alloc(320), receivedUs: 7_000_000 + n * 40_000 })
  t.same(meter.figures(), { codec: 'pcma', sampleRate: 8000, channels: 1, kbps: 64, frames: 250, declared: 'pcma' })
  meter.noteOther('svac', 100, 17_100_000)
  t.match(meter.figures(), { codec: 'svac', frames: 251, sampleRate: undefined })
  t.end()
})

t.test('chewed: nothing is thrown, nothing grows', (t) => {
  const samples = [fixture('voice-16k-mono.aac'), fixture('voice-48k-stereo.aac'), fixture('voice.alaw'), fixture('silence.mulaw')]
  const framer = createAdtsFramer()
  const watch = createAudioWatch()
  for (const bytes of chew(samples, 20_000, 711)) {
    const copy = Buffer.from(bytes)
    const given = framer.push(bytes).reduce((sum, { data }) => sum + data.length, 0)
    if (given > bytes.length + 8191) t.fail('gives more than it got')
    watch.push(bytes)
    parseAdts(bytes)
    if (!bytes.equals(copy)) t.fail('altered its input')
  }
  t.end()
})
