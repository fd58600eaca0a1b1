// FLV with sound: recorded cameras (fixtures/rtsp) through a real stream and real encoders to viewers. What is promised in the file header comes,
// and goes on; what is not there is not promised.
import { Writable } from 'node:stream'
import { readFileSync } from 'node:fs'
import { setTimeout as pause } from 'node:timers/promises'
import t, { type Test } from 'tap'
import { manualClock, silentLog, systemClock, type Clock } from '../../base/index.ts'
import { createAacSound } from '../audio/aac-relays.ts'
import { madeConfig, silenceFor } from '../audio/made-sound.ts'
import type { AccessUnit, Relays } from '../types.ts'
import { openAacEncoders } from './aac-encoders.ts'
import { serveFlv } from './flv-sender.ts'
import { writableSink } from './flv-sink.ts'
import { createStage, recorded } from './scripted-stage.ts'

interface Tag {
  readonly type: 'audio' | 'video'
  readonly ms: number
  readonly body: Buffer
}
function readFlv(bytes: Buffer): { readonly flags: number | undefined; readonly tags: readonly Tag[] } {
  const tags: Tag[] = []
  for (let at = 13; at + 11 <= bytes.length; ) {
    const size = bytes.readUIntBE(at + 1, 3)
    if (at + 15 + size > bytes.length) break
    tags.push({ type: bytes[at] === 8 ? 'audio' : 'video', ms: bytes.readUIntBE(at + 4, 3), body: bytes.subarray(at + 11, at + 11 + size) })
    at += 15 + size
  }
  return { flags: bytes[4], tags }
}
function watch(relays: Relays, options: { readonly withSound?: boolean; readonly isFile?: boolean; readonly clock?: Clock } = {}) {
  const chunks: Buffer[] = []
  const writable = new Writable({
    write: (chunk: Buffer, _encoding, done) => {
      chunks.push(Buffer.from(chunk))
      done()
    },
  })
  const view = serveFlv({ relays, camera: 'cam', open: () => writableSink(writable), clock: systemClock, log: silentLog, ...options })
  const all = (): ReturnType<typeof readFlv> => readFlv(Buffer.concat(chunks))
  return { view, all, sound: () => all().tags.filter(({ type, body }) => type === 'audio' && body[1] === 1), pictures: () => all().tags.filter(({ type, body }) => type === 'video' && body[1] === 1) }
}
async function until(isTrue: () => boolean, ms = 8_000): Promise<boolean> {
  for (let waited = 0; waited < ms && !isTrue(); waited += 10) await pause(10)
  return isTrue()
}
/** A camera with G.711 in real time, and relays that make it AAC. */
function sounding(t: Test, options: { readonly limit?: number; readonly name?: string } = {}) {
  const stage = createStage(recorded(options.name ?? 'h264-pcma-digest-tcp'))
  const encoders = openAacEncoders({ limit: options.limit ?? 1, clock: systemClock, log: silentLog })
  const relays = createAacSound({ encoders, log: silentLog }).over(stage.relays)
  const stop = stage.run(systemClock)
  t.teardown(() => {
    stop()
    return encoders.close()
  })
  return { stage, relays }
}
const childPid = (): number => Number(readFileSync(`/proc/${process.pid}/task/${process.pid}/children`, 'utf8').trim().split(' ').find((pid) => readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('aac-child')))
const quiet = silenceFor(madeConfig) ?? Buffer.alloc(0)
const isSilence = ({ body }: Tag): boolean => body.subarray(2).equals(quiet)

t.test('G.711 is heard as AAC, beside its pictures; a second viewer shares the encoder and begins with the kept GOP', async (t) => {
  const { relays } = sounding(t)
  const first = watch(relays)
  t.ok(await until(() => first.sound().filter((tag) => !isSilence(tag)).length > 20))
  t.equal(first.all().flags, 5)
  const header = first.all().tags.find(({ type }) => type === 'audio')
  t.equal(header?.body.toString('hex'), `af00${madeConfig.toString('hex')}`, 'its configuration comes first')
  const times = first.sound().map(({ ms }) => ms)
  const isBegun = first.sound().map((tag) => !isSilence(tag))
  t.ok(times.every((ms, i) => i === 0 || (ms > (times[i - 1] ?? 0) && ms - (times[i - 1] ?? 0) <= (isBegun[i - 1] ? 65 : 128))), 'frame by frame, after silence while the encoder starts')
  const behind = (first.pictures().at(-1)?.ms ?? 0) - (times.at(-1) ?? 0)
  t.ok(behind < 600, `${behind} ms behind the pictures`)

  const second = watch(relays)
  t.equal(second.all().flags, 5, 'at once')
  t.ok(await until(() => second.sound().length > 10))
  const mine = second.sound().filter((tag) => !isSilence(tag)).map(({ body }) => body.toString('hex'))
  const theirs = first.sound().map(({ body }) => body.toString('hex'))
  t.ok(mine.length > 5 && mine.every((body) => theirs.includes(body)), 'the same frames')
  for (const { view } of [first, second]) view.close()
})

t.test('AAC passes as it is; nobody is asked for an encoder', async (t) => {
  const { relays } = sounding(t, { limit: 0, name: 'h265-aac-basic-udp' })
  const { frames } = recorded('h265-aac-basic-udp')
  const viewer = watch(relays)
  t.ok(await until(() => viewer.sound().length > 20))
  t.equal(viewer.all().flags, 5)
  const known = new Set(frames.map(({ data }) => data.toString('hex')))
  t.ok(viewer.sound().filter((tag) => !isSilence(tag)).every(({ body }) => known.has(body.toString('hex', 2))))
  viewer.view.close()
})

t.test('pictures alone: by wish, and where as many are encoded as may be', async (t) => {
  const { relays } = sounding(t)
  const mute = watch(relays, { withSound: false })
  t.ok(await until(() => mute.pictures().length > 2))
  t.strictSame([mute.all().flags, mute.sound().length], [1, 0])
  mute.view.close()

  const full = sounding(t, { limit: 0 })
  const began = performance.now()
  const viewer = watch(full.relays)
  t.ok(await until(() => viewer.pictures().length > 0, 1_000))
  t.ok(performance.now() - began < 600, 'soon')
  t.ok(await until(() => viewer.pictures().length > 5))
  t.ok(viewer.sound().every(isSilence), 'who came before that was known was promised some: silence')
  const next = watch(full.relays)
  t.ok(next.pictures().length > 0, 'the next one need not wait')
  t.strictSame([next.all().flags, next.sound().length], [1, 0], 'nor is it promised anything')
  for (const { view } of [viewer, next]) view.close()
})

t.test('an encoder that dies: silence in its place, then sound again', async (t) => {
  const { relays } = sounding(t)
  const viewer = watch(relays)
  t.ok(await until(() => viewer.sound().filter((tag) => !isSilence(tag)).length > 10))
  process.kill(childPid(), 'SIGKILL')
  await pause(20)
  const before = viewer.all().tags.length
  const since = (): readonly Tag[] => viewer.all().tags.slice(before).filter(({ type }) => type === 'audio')
  t.ok(await until(() => since().filter(isSilence).length > 10), 'silence')
  t.ok(await until(() => since().filter((tag) => !isSilence(tag)).length > 10), 'and sound')
  const times = viewer.sound().map(({ ms }) => ms)
  t.ok(times.every((ms, i) => i === 0 || (ms > (times[i - 1] ?? 0) && ms - (times[i - 1] ?? 0) <= 130)), 'never a hole, never backwards')
  viewer.view.close()
})

t.test('sound that is only named: waited for a quarter of a second, and no longer', (t) => {
  const { units } = recorded('h264-pcma-digest-tcp')
  const named = (unit: AccessUnit | undefined): AccessUnit => {
    if (!unit) throw new Error('no unit')
    return unit.isKeyframe ? { ...unit, sound: 'declared' } : unit
  }
  const clock = manualClock()
  const stage = createStage({ units, frames: [] })
  const viewer = watch(stage.relays, { clock })
  stage.publish(named(units[0]))
  stage.publish(named(units[1]))
  clock.advance(249)
  t.equal(viewer.all().flags, undefined, 'held')
  clock.advance(1)
  t.strictSame([viewer.all().flags, viewer.pictures().length], [5, 2], 'promised')
  t.ok(viewer.sound().length > 5 && viewer.sound().every(isSilence), 'and silence in its place')
  stage.publish(named(units[2]))
  t.equal(viewer.pictures().length, 3)
  t.equal(clock.pending(), 0)

  const ending = watch(stage.relays, { clock })
  stage.publish(named(units[0]))
  stage.end('BYE')
  t.strictSame([ending.all().flags, ending.pictures().length], [5, 4], 'a stream that ends meanwhile is given')

  const [frame] = recorded('h265-aac-basic-udp').frames
  const heard = createStage({ units, frames: [] })
  const listener = watch(heard.relays, { clock })
  heard.publish(named(units[0]))
  if (frame) heard.publishAudio({ ...frame, pts90k: (units[0]?.pts90k ?? 0) + 900 })
  t.strictSame([listener.all().flags, listener.pictures().length, listener.sound().map(({ ms }) => ms)], [5, 1, [10]], 'sound that comes in time opens at once')
  t.end()
})

t.test('sound that begins long after the pictures reaches those who watch already: AAC as the camera has it, and G.711 made AAC', async (t) => {
  for (const [name, limit] of [['h265-aac-basic-udp', 0], ['h264-pcma-digest-tcp', 1]] as const) {
    const { units, frames } = recorded(name)
    const stage = createStage({ units, frames: [] })
    const encoders = openAacEncoders({ limit, clock: systemClock, log: silentLog })
    t.teardown(() => encoders.close())
    const relays = createAacSound({ encoders, log: silentLog }).over(stage.relays)
    const round90k = (units.at(-1)?.pts90k ?? 0) - (units[0]?.pts90k ?? 0) + 3600
    const show = async (round: number, withSound: boolean): Promise<void> => {
      let heard = 0
      for (const unit of units) {
        stage.publish({ ...unit, pts90k: unit.pts90k + round * round90k, ...(unit.isKeyframe && { sound: 'unheard' as const }) })
        for (let frame = frames[heard]; withSound && frame && frame.pts90k <= unit.pts90k; frame = frames[++heard]) stage.publishAudio({ ...frame, pts90k: frame.pts90k + round * round90k })
        if (withSound) await pause(10)
      }
    }
    const viewer = watch(relays)
    for (let round = 0; round < 4; round++) await show(round, false)
    const { flags, tags } = viewer.all()
    t.strictSame([flags, tags.find(({ type }) => type === 'audio')?.body.toString('hex')], [5, `af00${madeConfig.toString('hex')}`], `${name}: promised at once`)
    const silences = viewer.sound()
    const last = tags.filter(({ type }) => type === 'video').at(-1)?.ms ?? 0
    t.ok(silences.every(isSilence) && Math.abs(last - (silences.at(-1)?.ms ?? 0)) < 600, 'silence runs with the pictures')
    t.ok(silences.every(({ ms }, i) => i === 0 || ms - (silences[i - 1]?.ms ?? 0) === 64), 'without a hole')
    for (let round = 4; round < 40 && viewer.sound().filter((tag) => !isSilence(tag)).length < 20; round++) await show(round, true)
    t.ok(await until(() => viewer.sound().filter((tag) => !isSilence(tag)).length > 5), 'then it is there')
    const times = viewer.sound().map(({ ms }) => ms)
    t.ok(times.every((ms, i) => i === 0 || ms >= (times[i - 1] ?? 0)), 'and never runs back')
    viewer.view.close()
  }
})

t.test('a file is promised nothing that has not come', (t) => {
  const { units } = recorded('h264-pcma-digest-tcp')
  const stage = createStage({ units, frames: [] })
  const viewer = watch(stage.relays, { isFile: true })
  for (const unit of units) stage.publish({ ...unit, ...(unit.isKeyframe && { sound: 'unheard' as const }) })
  t.strictSame([viewer.all().flags, viewer.sound().length], [1, 0])
  t.end()
})
