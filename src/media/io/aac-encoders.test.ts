// AAC made of G.711 in a real child process: what comes out is decoded again and lies where it lay; limits, deaths, a child that hangs.
import { spawn } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { AV_CODEC_ID_AAC, Codec, CodecContext, Frame, Packet } from 'node-av'
import t from 'tap'
import { silentLog, systemClock } from '../../base/index.ts'
import { aacSamples } from '../audio/adts.ts'
import type { AacEncoder } from '../audio/aac-relays.ts'
import { encodeG711 } from '../audio/g711.ts'
import { madeConfig, madeRate, silenceFor } from '../audio/made-sound.ts'
import { createUpsampler } from '../audio/upsample.ts'
import { openAacEncoders } from './aac-encoders.ts'

const options = { limit: 4, clock: systemClock, log: silentLog }
const packet = 320
const step = 3600

interface Made {
  readonly pts90k: number
  readonly data: Buffer
}
/** An encoder and what it made. */
function open(encoders: ReturnType<typeof openAacEncoders>) {
  const made: Made[] = []
  const lost: string[] = []
  const encoder = encoders.open({ onFrame: (pts90k, data) => made.push({ pts90k, data }), onLost: (detail) => lost.push(detail) })
  return { encoder, made, lost }
}
function must(encoder: AacEncoder | string): AacEncoder {
  if (typeof encoder === 'string') throw new Error(encoder)
  return encoder
}
async function until(isTrue: () => boolean, ms = 10_000): Promise<boolean> {
  for (let waited = 0; waited < ms && !isTrue(); waited += 10) await pause(10)
  return isTrue()
}
const childPids = (parent = process.pid): readonly number[] => {
  const children = readFileSync(`/proc/${parent}/task/${parent}/children`, 'utf8').trim()
  return children === '' ? [] : children.split(' ').map(Number).filter((pid) => existsSync(`/proc/${pid}/cmdline`) && readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('aac-child'))
}
const isGone = (pid: number): boolean => !existsSync(`/proc/${pid}`) || /^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'))

/** Samples of the frames, one behind the other. */
async function decode(frames: readonly Buffer[], config: Buffer = madeConfig): Promise<Float32Array> {
  const codec = Codec.findDecoder(AV_CODEC_ID_AAC)
  if (!codec) throw new Error('no decoder')
  const context = new CodecContext()
  context.allocContext3(codec)
  context.extraData = config
  await context.open2(codec)
  const [from, to] = [new Packet(), new Frame()]
  from.alloc()
  to.alloc()
  const out: number[] = []
  for (const data of frames) {
    from.data = data
    if ((await context.sendPacket(from)) < 0) throw new Error('not AAC')
    while ((await context.receiveFrame(to)) >= 0) {
      const plane = to.data?.[0]
      if (plane) out.push(...new Float32Array(plane.buffer.slice(plane.byteOffset, plane.byteOffset + to.nbSamples * 4)))
      to.unref()
    }
  }
  to.free()
  from.free()
  context.freeContext()
  return Float32Array.from(out)
}
/** Silence with a burst of 1 kHz at a second, for 20 ms. */
const burst = (seconds: number): Int16Array => Int16Array.from({ length: 8000 * seconds }, (_, n) => (n % 8000 >= 4000 && n % 8000 < 4160 ? Math.round(12_000 * Math.sin((2 * Math.PI * n) / 8)) : 0))

t.test('what is made lies where it lay: bursts come back within 3 ms, holes included', async (t) => {
  for (const law of ['pcma', 'pcmu'] as const) {
    const encoders = openAacEncoders(options)
    t.teardown(() => encoders.close())
    const { encoder, made } = open(encoders)
    const bytes = encodeG711(law, burst(3))
    const began = 5_000_000
    for (let n = 0; n * packet < bytes.length; n++) {
      // A packet is missing now and then: its place stays empty.
      if (n % 20 !== 7) must(encoder).push(law, began + n * step, bytes.subarray(n * packet, (n + 1) * packet))
    }
    t.ok(await until(() => made.length >= 44), `${made.length} frames`)
    t.ok(made.every(({ pts90k }, i) => i === 0 || pts90k - (made[i - 1]?.pts90k ?? 0) === (aacSamples * 90_000) / madeRate), 'without a hole')
    const samples = await decode(made.map(({ data }) => data))
    for (const second of [0, 1, 2]) {
      const wanted = began + (second + 0.5) * 90_000
      const from = Math.round(((wanted - 27_000 - (made[0]?.pts90k ?? 0)) * madeRate) / 90_000)
      const near = samples.subarray(from, from + 0.6 * madeRate)
      const loudest = near.reduce((most, sample) => Math.max(most, Math.abs(sample)), 0)
      const at = near.findIndex((sample) => Math.abs(sample) > loudest / 2)
      const ms = (((from + at) / madeRate) * 90_000 + (made[0]?.pts90k ?? 0) - wanted) / 90
      t.ok(loudest > 0.2 && Math.abs(ms) < 3, `${law}: the burst at ${second}.5 s is ${ms.toFixed(1)} ms off, ${loudest.toFixed(2)} loud`)
    }
  }
})

t.test('silence of both shapes is silence', async (t) => {
  for (const config of [madeConfig, Buffer.from('1190', 'hex'), Buffer.from('1588', 'hex')]) {
    const quiet = silenceFor(config)
    if (!quiet) throw new Error('no silence')
    const samples = await decode(Array.from({ length: 5 }, () => quiet), config)
    t.equal(samples.length, 5 * aacSamples)
    t.ok(samples.every((sample) => sample === 0))
  }
})

t.test('twice the rate: what was there stays, a tone stays a tone, nothing is added above', (t) => {
  const upsample = createUpsampler()
  const tone = Int16Array.from({ length: 1600 }, (_, n) => Math.round(10_000 * Math.sin((2 * Math.PI * 1000 * n) / 8000)))
  const out = [0, 400, 1000].flatMap((from, i, all) => [...upsample(tone.subarray(from, all[i + 1] ?? tone.length))])
  t.equal(out.length, 3200)
  const late = 2 * 8
  const error = out.slice(200, 3000).map((value, i) => Math.abs(value - (10_000 / 32_768) * Math.sin((2 * Math.PI * 1000 * (i + 200 - late)) / 16_000)))
  t.ok(Math.max(...error) < 0.002, `off by ${Math.max(...error)} at most`)
  t.end()
})

t.test('streams side by side, as many as are allowed; a place that is given back is given again', async (t) => {
  const encoders = openAacEncoders(options)
  t.teardown(() => encoders.close())
  const bytes = encodeG711('pcma', burst(1))
  const streams = Array.from({ length: 4 }, () => open(encoders))
  t.equal(open(encoders).encoder, 'full')
  for (let n = 0; n < 25; n++) for (const { encoder } of streams) must(encoder).push('pcma', n * step, bytes.subarray(n * packet, (n + 1) * packet))
  for (const { made } of streams) t.ok(await until(() => made.length >= 13))
  t.equal(childPids().length, 1, 'one process for all')
  must(streams[0]?.encoder ?? '').close()
  must(streams[0]?.encoder ?? '').close()
  t.type(open(encoders).encoder, 'object')
  t.equal(openAacEncoders({ ...options, limit: 0 }).open({ onFrame: () => {}, onLost: () => {} }), 'full', 'none are allowed')
})

t.test('a child that dies, and one that hangs: each stream is told, the next asks again a little later', async (t) => {
  const encoders = openAacEncoders({ ...options, hungMs: 2_500 })
  t.teardown(() => encoders.close())
  const [one, two] = [open(encoders), open(encoders)]
  const feed = ({ encoder }: ReturnType<typeof open>, from: number): void => {
    for (let n = 0; n < 10; n++) must(encoder).push('pcma', (from + n) * step, Buffer.alloc(packet, 0xd5))
  }
  feed(one, 0)
  feed(two, 0)
  t.ok(await until(() => one.made.length > 2 && two.made.length > 2))
  process.kill(childPids()[0] ?? 0, 'SIGKILL')
  t.ok(await until(() => one.lost.length === 1 && two.lost.length === 1))
  feed(one, 10)
  t.equal(open(encoders).encoder, 'resting')
  t.strictSame(encoders.figures(), { streams: 0, losses: 1 })
  let again = open(encoders)
  t.ok(await until(() => typeof (again = open(encoders)).encoder === 'object', 4_000))
  feed(again, 0)
  t.ok(await until(() => again.made.length > 2))
  t.equal(childPids().length, 1)
  process.kill(childPids()[0] ?? 0, 'SIGSTOP')
  feed(again, 10)
  t.ok(await until(() => again.lost.length === 1, 5_000), 'who hangs is ended')
})

t.test('the last stream ends: its process goes after a while; closing leaves none, and may be done twice', async (t) => {
  const encoders = openAacEncoders(options)
  const { encoder, made } = open(encoders)
  must(encoder).push('pcma', 0, Buffer.alloc(2000, 0xd5))
  t.ok(await until(() => childPids().length === 1))
  must(encoder).close()
  t.ok(await until(() => childPids().length === 0, 8_000))
  const next = open(encoders)
  must(next.encoder).push('pcma', 0, Buffer.alloc(4000, 0xd5))
  t.ok(await until(() => next.made.length > 0), 'another one is started for the next')
  await Promise.all([encoders.close(), encoders.close()])
  t.strictSame(childPids(), [])
  t.equal(open(encoders).encoder, 'full')
  const before = made.length
  must(encoder).push('pcma', 0, Buffer.alloc(10))
  t.equal(made.length, before)
})

t.test('the process ends when its parent is gone', async (t) => {
  const program = `
    const { openAacEncoders } = await import(${JSON.stringify(join(import.meta.dirname, 'aac-encoders.ts'))})
    const { silentLog, systemClock } = await import(${JSON.stringify(join(import.meta.dirname, '..', '..', 'base', 'index.ts'))})
    openAacEncoders({ limit: 1, clock: systemClock, log: silentLog }).open({ onFrame: () => {}, onLost: () => {} })
    process.stdout.write('open')`
  const parent = spawn(process.execPath, ['--input-type=module', '-e', program], { stdio: ['ignore', 'pipe', 'inherit'] })
  await new Promise((resolve) => parent.stdout.once('data', resolve))
  const orphans = childPids(parent.pid)
  t.equal(orphans.length, 1)
  parent.kill('SIGKILL')
  t.ok(await until(() => orphans.every(isGone), 5_000))
})
