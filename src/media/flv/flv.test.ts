// FLV: header, configuration records and tags, compared with what FFmpeg writes of the same pictures (fixtures/flv).
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { createAccessUnitAssembler } from '../h26x/access-unit.ts'
import { h264Type } from '../h26x/h264.ts'
import { h265Type } from '../h26x/h265.ts'
import { madeConfig } from '../audio/made-sound.ts'
import type { AccessUnit, AudioFrame } from '../types.ts'
import { flvAudioHeader } from './audio-tag.ts'
import { flvHeader } from './header.ts'
import { createSoundTrack } from './sound-track.ts'
import { flvSequenceHeader, flvVideoTag } from './tag.ts'
import { createFlvTimeline } from './timeline.ts'

const fixture = (name: string): Buffer => readFileSync(join(import.meta.dirname, '../../../fixtures', name))

interface Tag {
  readonly type: number
  readonly timestampMs: number
  readonly body: Buffer
}

/** Reads a whole file; every size must add up. */
function readFlv(bytes: Buffer): { readonly flags: number; readonly tags: readonly Tag[] } {
  t.equal(bytes.toString('latin1', 0, 3), 'FLV')
  const tags: Tag[] = []
  let at = bytes.readUInt32BE(5)
  t.equal(bytes.readUInt32BE(at), 0)
  for (at += 4; at < bytes.length; ) {
    const size = bytes.readUIntBE(at + 1, 3)
    tags.push({ type: bytes.readUInt8(at), timestampMs: bytes.readUIntBE(at + 4, 3) + bytes.readUInt8(at + 7) * 2 ** 24, body: bytes.subarray(at + 11, at + 11 + size) })
    if (bytes.readUIntBE(at + 8, 3) !== 0 || bytes.readUInt32BE(at + 11 + size) !== 11 + size) t.fail(`sizes at ${at}`)
    at += 11 + size + 4
  }
  t.equal(at, bytes.length)
  return { flags: bytes.readUInt8(4), tags }
}

const unitsOf = (name: string): AccessUnit[] => {
  const assembler = createAccessUnitAssembler()
  return [...assembler.push({ streamId: 0xe0, bytes: fixture(name), isDamaged: false, receivedUs: 0 }), ...assembler.flush()].map((unit, i) => ({ ...unit, pts90k: i * 3600 }))
}
const write = (units: readonly AccessUnit[]): Buffer =>
  Buffer.concat([flvHeader({ hasVideo: true, hasAudio: false }), ...units.slice(0, 1).map((unit) => flvSequenceHeader(unit, 0)), ...units.map((unit) => flvVideoTag(unit, unit.pts90k / 90))])

/** The NAL units of a coded picture's body, behind `prefix` bytes; FFmpeg leaves SEI of the encoder in, and so do we. */
function nalUnitsOf(body: Buffer, prefix: number): Buffer[] {
  const nalUnits: Buffer[] = []
  let at = prefix
  while (at < body.length) {
    nalUnits.push(body.subarray(at + 4, at + 4 + body.readUInt32BE(at)))
    at += 4 + body.readUInt32BE(at)
  }
  t.equal(at, body.length)
  return nalUnits
}

t.test('the header tells the tracks', (t) => {
  t.equal(flvHeader({ hasVideo: true, hasAudio: false }).toString('hex'), '464c560101' + '00000009' + '00000000')
  t.equal(flvHeader({ hasVideo: true, hasAudio: true })[4], 5)
  t.equal(flvHeader({ hasVideo: false, hasAudio: true })[4], 4)
  t.end()
})

t.test('H.264: the configuration record and the pictures are FFmpeg\'s', (t) => {
  const ours = readFlv(write(unitsOf('h26x/plain.h264')))
  const theirs = readFlv(fixture('flv/ffmpeg-h264.flv')).tags.filter((tag) => tag.type === 9 && tag.body[1] !== 2)
  t.equal(ours.flags, 1)
  t.equal(ours.tags.length, theirs.length)
  t.equal(ours.tags[0]?.body.toString('hex'), theirs[0]?.body.toString('hex'), 'avcC')
  ours.tags.slice(1).forEach((tag, i) => {
    const their = theirs[i + 1]
    t.equal(tag.timestampMs, their?.timestampMs)
    t.equal(tag.body.toString('hex', 0, 5), their?.body.toString('hex', 0, 5))
    const slices = (body: Buffer): Buffer[] => nalUnitsOf(body, 5).filter((nal) => [1, 5].includes(h264Type(nal)))
    t.same(slices(tag.body), slices(their?.body ?? Buffer.alloc(5)))
  })
  t.end()
})

t.test('H.265: enhanced tags, the configuration record says what FFmpeg\'s says', (t) => {
  const ours = readFlv(write(unitsOf('h26x/plain.h265'))).tags
  const theirs = readFlv(fixture('flv/ffmpeg-h265.flv')).tags.filter((tag) => tag.type === 9 && [0, 1, 3].includes((tag.body[0] ?? 0) % 16))
  const [mine, their] = [ours[0]?.body ?? Buffer.alloc(0), theirs[0]?.body ?? Buffer.alloc(0)]
  t.equal(mine.toString('hex', 0, 5), their.toString('hex', 0, 5), 'sequence start, hvc1')
  t.equal(mine.toString('hex', 5, 18), their.toString('hex', 5, 18), 'version, profile, tier, level')
  t.equal(mine.toString('hex', 21, 26), their.toString('hex', 21, 26), 'chroma, bit depths, frame rate')
  t.equal((mine[26] ?? 0) & 0x07, (their[26] ?? 0) & 0x07, 'nesting and length size')
  const sets = (record: Buffer): string[] => {
    const found: string[] = []
    for (let at = 28, array = 0; array < (record[27] ?? 0); array++) {
      const count = record.readUInt16BE(at + 1)
      at += 3
      for (let i = 0; i < count; i++) {
        const nal = record.subarray(at + 2, at + 2 + record.readUInt16BE(at))
        if (h265Type(nal) <= 34) found.push(nal.toString('hex'))
        at += 2 + nal.length
      }
    }
    return found
  }
  t.equal(sets(mine).length, 3)
  t.same(sets(mine), sets(their))
  ours.slice(1).forEach((tag, i) => {
    t.equal(tag.body.toString('latin1', 1, 5), 'hvc1')
    t.equal((tag.body[0] ?? 0) >> 4, i % 5 === 0 ? 0x9 : 0xa, 'extended, key or inter')
    t.equal((tag.body[0] ?? 0) & 0x0f, 3, 'coded frames without composition time')
    const theirBody = theirs[i + 1]?.body ?? Buffer.alloc(8)
    const slices = (nalUnits: Buffer[]): Buffer[] => nalUnits.filter((nal) => h265Type(nal) < 32)
    t.same(slices(nalUnitsOf(tag.body, 5)), slices(nalUnitsOf(theirBody, (theirBody[0] ?? 0) % 16 === 1 ? 8 : 5)))
  })
  t.end()
})

t.test('delimiters and the parameter sets of the header are left out, others stay', (t) => {
  const [unit] = unitsOf('h26x/cropped-slices-aud.h264')
  if (!unit) throw new Error('no unit')
  const otherPps = Buffer.from('68ee3c80', 'hex')
  const body = flvVideoTag({ ...unit, nalUnits: [Buffer.from('0910', 'hex'), otherPps, ...unit.nalUnits] }, 0).subarray(11, -4)
  t.same(nalUnitsOf(body, 5).map(h264Type), [8, 6, 5, 5, 5])
  t.end()
})

t.test('times above 24 bits, and over the wrap of 32', (t) => {
  const [unit] = unitsOf('h26x/plain.h264')
  if (!unit) throw new Error('no unit')
  for (const [ms, expected] of [[0x01_23_45_67, 0x01_23_45_67], [2 ** 32 + 40, 40], [39.6, 40]] as const) {
    const { tags } = readFlv(Buffer.concat([flvHeader({ hasVideo: true, hasAudio: false }), flvVideoTag(unit, ms)]))
    t.equal(tags[0]?.timestampMs, expected)
  }
  const { parameterSets: _, ...bare } = unit
  t.throws(() => flvSequenceHeader(bare, 0), /parameter sets/)
  t.end()
})

const flvOf = (tags: readonly { readonly tag: Buffer; readonly ms: number }[]): readonly { readonly ms: number; readonly body: string; readonly size: number }[] =>
  tags.map(({ tag, ms }) => {
    const [only] = readFlv(Buffer.concat([flvHeader({ hasVideo: true, hasAudio: true }), tag])).tags
    t.equal(only?.type, 8)
    return { ms: Math.round(ms), body: only?.body.toString('hex', 0, 4) ?? '', size: only?.body.length ?? 0 }
  })
const sound = (n: number, options: { readonly config?: Buffer; readonly sampleRate?: number; readonly bytes?: number } = {}): AudioFrame => ({
  codec: 'aac', pts90k: n * 5760, sampleRate: options.sampleRate ?? 16_000, channels: 1, data: Buffer.alloc(options.bytes ?? 100, n), config: options.config ?? madeConfig, receivedUs: 0,
})

t.test('AAC: its configuration once, then as it is', (t) => {
  const track = createSoundTrack()
  t.equal(track.isDescribed(), false)
  t.same(track.fill(5_000), [], 'nothing is promised, nothing is filled')
  t.same(flvOf(track.push(sound(0), 0)), [{ ms: 0, body: 'af001408', size: 4 }, { ms: 0, body: 'af010000', size: 102 }])
  t.equal(track.isDescribed(), true)
  t.same(flvOf(track.push(sound(1), 64)), [{ ms: 64, body: 'af010101', size: 102 }])
  t.same(flvOf(track.push(sound(2, { config: Buffer.from('1190', 'hex'), sampleRate: 48_000 }), 128)).map(({ body }) => body), ['af001190', 'af010202'], 'another configuration is said')
  t.same(track.push(sound(3), undefined), [{ tag: flvAudioHeader(madeConfig, 0), ms: 128 + 1024 / 48 }], 'no time: only its kind')
  t.end()
})

t.test('silence where sound is missing: behind the pictures, in holes, and never over sound that is only late', (t) => {
  const track = createSoundTrack()
  track.push(sound(0, { bytes: 0 }), undefined)
  t.same(track.fill(500), [])
  const filled = flvOf(track.fill(700))
  t.same(filled.map(({ ms }) => ms), [0, 64, 128, 192, 256, 320], 'up to 300 ms before the picture')
  t.ok(filled.every(({ size }) => size < 20))
  t.same(track.push(sound(3), 192), [], 'what comes later than its silence is left out')
  t.same(track.fill(1_000), [], 'and the next is waited for longer')
  t.same(flvOf(track.push(sound(9), 576)).map(({ ms, size }) => [ms, size]), [[384, 9], [448, 9], [512, 9], [576, 102]].map(([ms, size]) => [ms, size === 9 ? filled[0]?.size : size]), 'a hole is filled before what follows')
  t.same(flvOf(track.push(sound(10), 625)).map(({ ms }) => ms), [640], 'overlaps of rounding are pushed together')
  const long = flvOf(track.fill(60_000))
  t.ok(long.length < 170 && (long[0]?.ms ?? 0) > 48_000, `${long.length} frames for a minute: the player jumps`)
  const odd = createSoundTrack()
  odd.push(sound(0, { config: Buffer.from('f8e8', 'hex') }), 0)
  t.same(odd.fill(9_000), [], 'no silence is known for a decoder that is not plain AAC')
  t.end()
})

t.test('one line of time for pictures and sound', (t) => {
  const line = createFlvTimeline()
  t.equal(line.sound(0), undefined)
  t.equal(line.picture(900_000), 0)
  t.equal(line.sound(900_900), 10)
  t.equal(line.sound(899_000), undefined, 'before the beginning')
  t.equal(line.picture(903_600), 40)
  t.equal(line.picture(45_000_000), 80, 'a jump')
  t.equal(line.sound(45_001_800), 100, 'takes both along')
  t.equal(line.sound(904_500), undefined, 'sound from before it has no place')
  t.end()
})
