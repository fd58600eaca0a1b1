// FLV: header, configuration records and tags, compared with what FFmpeg writes of the same pictures (fixtures/flv).
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { createAccessUnitAssembler } from '../h26x/access-unit.ts'
import { h264Type } from '../h26x/h264.ts'
import { h265Type } from '../h26x/h265.ts'
import type { AccessUnit } from '../types.ts'
import { flvHeader } from './header.ts'
import { flvSequenceHeader, flvVideoTag } from './tag.ts'

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
