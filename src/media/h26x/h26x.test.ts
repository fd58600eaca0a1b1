// H.264 and H.265: start codes, parameter sets, access units, times. Real streams from fixtures/h26x.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { chew } from '../../base/chew.ts'
import { ParseError } from '../../base/index.ts'
import type { ElementaryPiece } from '../ps/demuxer.ts'
import type { AccessUnit } from '../types.ts'
import { createAccessUnitAssembler } from './access-unit.ts'
import { createRtpFramer } from '../rtp/framing.ts'
import { elementaryCodec } from '../rtp/elementary-watch.ts'
import { joinAnnexB, splitAnnexB, startsNalUnit } from './annexb.ts'
import { unescape } from './bits.ts'
import { createDepacketizer } from './depacketizer.ts'
import { h264Type, isH264Keyframe, parseH264Sps } from './h264.ts'
import { h265Type, isH265Keyframe, parseH265Sps } from './h265.ts'
import { createTimeline } from './timeline.ts'

const fixture = (name: string): Buffer => readFileSync(join(import.meta.dirname, '../../../fixtures/h26x', name))
const piece = (bytes: Buffer): ElementaryPiece => ({ streamId: 0xe0, bytes, isDamaged: false, receivedUs: 0 })
const hex = (text: string): Buffer => Buffer.from(text.replaceAll(' ', ''), 'hex')

const streams = [
  { name: 'plain.h264', codec: 'h264', width: 128, height: 96, frames: 10, keyframes: 2 },
  { name: 'cropped-slices-aud.h264', codec: 'h264', width: 100, height: 50, frames: 10, keyframes: 2 },
  { name: 'interlaced.h264', codec: 'h264', width: 96, height: 64, frames: 6, keyframes: 2 },
  { name: 'plain.h265', codec: 'h265', width: 128, height: 96, frames: 10, keyframes: 2 },
  { name: 'cropped-layers-aud.h265', codec: 'h265', width: 100, height: 52, frames: 10, keyframes: 2 },
] as const

t.test('start codes of three and four bytes, zeros around them', (t) => {
  const cases: readonly (readonly [string, readonly string[]])[] = [
    ['000001 6742 00000001 68ce', ['6742', '68ce']],
    ['ffff 000001 65', ['65']],
    ['00000000 000001 65 0000', ['65']],
    ['000001 6500 000000 000001 41', ['65', '41']],
    ['000001 000001 41', ['41']],
    ['65 0102', []],
    ['000001', []],
    ['', []],
  ]
  for (const [bytes, expected] of cases) t.same(splitAnnexB(hex(bytes)).map((nal) => nal.toString('hex')), expected, bytes)
  t.same(joinAnnexB([hex('6742'), hex('68')]), hex('00000001 6742 00000001 68'))
  t.same([hex('00000141'), hex('0000000141'), hex('000141'), hex('410000'), hex('0000')].map(startsNalUnit), [true, true, false, false, false])
  for (const { name } of streams) {
    const nalUnits = splitAnnexB(fixture(name))
    t.same(splitAnnexB(joinAnnexB(nalUnits)), nalUnits, `split(join(x)) = x: ${name}`)
  }
  t.end()
})

t.test('emulation prevention', (t) => {
  t.equal(unescape(hex('01000003000003 04 000003')).toString('hex'), '0100000000 04 0000'.replaceAll(' ', ''))
  const clean = hex('0102030405')
  t.equal(unescape(clean).buffer, clean.buffer, 'a view where nothing is to remove')
  t.end()
})

t.test('sizes from parameter sets of libx264 and libx265', (t) => {
  const h264: readonly (readonly [string, string, object])[] = [
    ['1920x1080 High', '67640028acd940780227e5c044000003000400000300c83c60c658', { profileIdc: 100, levelIdc: 40, width: 1920, height: 1080, isFramesOnly: true }],
    ['1920x1080 Baseline', '6742c028d900780227e5c044000003000400000300c83c60c920', { profileIdc: 66, constraints: 0xc0, width: 1920, height: 1080 }],
    ['1920x1080 interlaced', '67640028acd94078044fde0220000003002000000643e2c5b2c0', { width: 1920, height: 1080, isFramesOnly: false }],
    ['150x90 4:4:4', '67f4000b919b2851bc5cf808800000030080000019078a14cb', { profileIdc: 244, chromaFormatIdc: 3, width: 150, height: 90 }],
    ['352x288 4:2:2, 10 bits', '677a000db6cd9416096c0440000003004000000c83c50a6580', { chromaFormatIdc: 2, bitDepthLuma: 10, bitDepthChroma: 10, width: 352, height: 288 }],
  ]
  for (const [name, sps, expected] of h264) t.match(parseH264Sps(hex(sps)), expected, name)
  const h265: readonly (readonly [string, string, object])[] = [
    ['1920x1080', '420101016000000300900000030000030078a003c08010e596566924caf0168080000003008000000c84', { width: 1920, height: 1080, temporalLayers: 1, chromaFormatIdc: 1, bitDepthLuma: 8 }],
    ['98x50 4:4:4, 10 bits', '4201010408000003009c0800000300001e900690739e76cb2b35c995e02d010000030001000003001908', { width: 98, height: 50, chromaFormatIdc: 3, bitDepthLuma: 10, bitDepthChroma: 10 }],
    ['3840x2160', '4201020160000003009000000300000300960000a001e020021c5965662b349265780b4040000003004000000642', { width: 3840, height: 2160, temporalLayers: 2 }],
  ]
  for (const [name, sps, expected] of h265) t.match(parseH265Sps(hex(sps)), expected, name)
  t.equal(parseH265Sps(hex(h265[0]?.[1] ?? '')).profileTierLevel.toString('hex'), '016000000090000000000078', 'without its escapes')
  t.end()
})

/** Bits as text: the syntax of 7.3.2.1.1 written down value by value. */
const ue = (value: number): string => '0'.repeat((value + 1).toString(2).length - 1) + (value + 1).toString(2)
const se = (value: number): string => ue(value > 0 ? value * 2 - 1 : value * -2)
const pack = (head: string, bits: string): Buffer => Buffer.concat([hex(head), Buffer.from((bits.padEnd(Math.ceil(bits.length / 8) * 8, '0').match(/.{8}/g) ?? []).map((byte) => parseInt(byte, 2)))])

t.test('parameter sets with scaling lists, with order count type 1, and impossible ones', (t) => {
  const geometry = (width: number, height: number, crop = '0'): string => ue(1) + '0' + ue(width) + ue(height) + '1' + '1' + crop + '01'
  const scaling = ue(1) + ue(0) + ue(0) + '0' + '1' + ('1' + se(-8)) + ('1' + Array.from({ length: 16 }, (_, i) => se(i % 2 ? 3 : -3)).join('')) + '0000' + ('1' + se(4) + Array.from({ length: 63 }, () => se(0)).join('')) + '0'
  t.match(parseH264Sps(pack('6764001e', ue(0) + scaling + ue(0) + ue(2) + geometry(19, 14))), { width: 320, height: 240 })
  t.match(parseH264Sps(pack('6742001e', ue(0) + ue(0) + ue(1) + '0' + se(-2) + se(5) + ue(2) + se(1) + se(-1) + geometry(19, 14))), { width: 320, height: 240 })
  const damaged: Readonly<Record<string, Buffer>> = {
    'not a parameter set': hex('6142001e00'),
    'cut short': hex('6742001e'),
    'cropped to nothing': pack('6742001e', ue(0) + ue(0) + ue(2) + geometry(0, 0, '1' + ue(8) + ue(0) + ue(0) + ue(0))),
    'wider than any level': pack('6742001e', ue(0) + ue(0) + ue(2) + geometry(2000, 10)),
    'a code without end': pack('6742001e', '0'.repeat(64)),
    'an endless order count cycle': pack('6742001e', ue(0) + ue(0) + ue(1) + '0' + se(0) + se(0) + ue(100_000)),
    'chroma format 9': pack('6764001e', ue(0) + ue(9)),
    '40 bits a sample': pack('6764001e', ue(0) + ue(1) + ue(32) + ue(0)),
  }
  for (const [name, sps] of Object.entries(damaged)) t.throws(() => parseH264Sps(sps), { code: 'h26x.malformed' }, name)
  t.throws(() => parseH265Sps(hex('42010e')), { code: 'h26x.malformed' })
  t.throws(() => parseH265Sps(Buffer.concat([hex('42010f'), Buffer.alloc(40, 0xff)])), { code: 'h26x.malformed' }, 'eight temporal layers')
  t.end()
})

t.test('pictures a second, where an H.264 VUI has them', (t) => {
  const bits32 = (value: number): string => value.toString(2).padStart(32, '0')
  const sps = (vui: string): Buffer => pack('6742001e', ue(0) + ue(0) + ue(2) + ue(1) + '0' + ue(19) + ue(14) + '11' + '0' + vui)
  const plain = '1' + '0' + '0' + '0' + '0'
  t.equal(parseH264Sps(sps(plain + '1' + bits32(1) + bits32(50) + '1')).declaredFps, 25)
  t.equal(parseH264Sps(sps(plain + '1' + bits32(1001) + bits32(60_000) + '1')).declaredFps, 29.97)
  const whole = '1' + '1' + '11111111' + '01'.repeat(16) + '1' + '0' + '1' + '0100' + '1' + '01'.repeat(12) + '1' + ue(0) + ue(3)
  t.equal(parseH264Sps(sps(whole + '1' + bits32(0x0aaaaaaa) + bits32(0x0aaaaaaa * 10) + '1')).declaredFps, 5, 'behind everything that may stand before it')
  const silent: readonly (readonly [string, string])[] = [
    ['no VUI', '01'],
    ['no timing', plain + '01'],
    ['no tick', plain + '1' + bits32(0) + bits32(50) + '1'],
    ['no scale', plain + '1' + bits32(1) + bits32(0) + '1'],
    ['more than can be', plain + '1' + bits32(1) + bits32(1000) + '1'],
    ['broken off', plain + '1' + bits32(1).slice(0, 9)],
  ]
  for (const [name, vui] of silent) t.match(parseH264Sps(sps(vui)), { width: 320, declaredFps: undefined }, name)
  t.end()
})

t.test('keyframes', (t) => {
  t.equal(isH264Keyframe([hex('67'), hex('65')]), true)
  t.equal(isH264Keyframe([hex('67'), hex('41')]), false)
  for (let type = 0; type < 64; type++) t.equal(isH265Keyframe([Buffer.from([type << 1, 1])]), type >= 16 && type <= 21)
  t.end()
})

const video = (bytes: Buffer, more: Partial<ElementaryPiece> = {}): ElementaryPiece => ({ streamId: 0xe0, bytes, isDamaged: false, receivedUs: 0, ...more })
const assemble = (pieces: readonly ElementaryPiece[]): AccessUnit[] => {
  const assembler = createAccessUnitAssembler()
  return [...pieces.flatMap((piece) => assembler.push(piece)), ...assembler.flush()]
}

t.test('whole streams without any time: pictures told by their slices', (t) => {
  for (const { name, codec, width, height, frames, keyframes } of streams) {
    const bytes = fixture(name)
    const units = assemble([video(bytes)])
    t.equal(units.length, frames, name)
    t.equal(units.filter((unit) => unit.isKeyframe).length, keyframes, name)
    t.match(units[0], { codec, width, height, isKeyframe: true, isDamaged: false })
    const isSet = (nal: Buffer): boolean => [0x67, 0x40].includes(nal[0] ?? 0)
    const nalUnits = splitAnnexB(bytes)
    t.same(units.flatMap((unit) => unit.nalUnits), nalUnits.slice(nalUnits.findIndex(isSet)), 'nothing after the first parameter set is lost or doubled')
    const sets = units[0]?.parameterSets
    t.equal(sets?.vps !== undefined, codec === 'h265')
    t.equal(sets && (codec === 'h264' ? h264Type(sets.pps) === 8 : h265Type(sets.pps) === 34), true)
  }
  t.end()
})

t.test('one piece a NAL unit, or cut anywhere inside it, gives the same units (Q86)', (t) => {
  for (const { name } of streams) {
    const expected = assemble([video(fixture(name))]).map((unit) => unit.nalUnits)
    const timed = expected.flatMap((nalUnits, i) => nalUnits.map((nal) => ({ pts90k: i * 3600, bytes: joinAnnexB([nal]) })))
    t.same(assemble(timed.map(({ bytes, pts90k }) => video(bytes, { pts90k }))).map((unit) => unit.nalUnits), expected, name)
    for (const offset of [1, 2, 3, 5, 20]) {
      const cut = timed.flatMap(({ bytes, pts90k }) => [video(bytes.subarray(0, offset), { pts90k }), video(bytes.subarray(offset), { pts90k })])
      t.same(assemble(cut).map((unit) => unit.nalUnits), expected, `${name} cut at ${offset}`)
      const untimed = cut.map(({ pts90k: _, ...piece }) => piece)
      t.same(assemble(untimed).map((unit) => unit.nalUnits), expected, `${name} cut at ${offset}, no times`)
    }
  }
  t.end()
})

t.test('two fields of one time stay one unit', (t) => {
  const nalUnits = assemble([video(fixture('interlaced.h264'))])[0]?.nalUnits ?? []
  const field = nalUnits.find((nal) => h264Type(nal) === 5) ?? Buffer.alloc(0)
  const units = assemble([video(joinAnnexB([...nalUnits, field]), { pts90k: 0 }), video(joinAnnexB([field]), { pts90k: 3600 })])
  t.same(units.map((unit) => unit.nalUnits.length), [nalUnits.length + 1, 1])
  t.end()
})

const h264Units = assemble([video(fixture('plain.h264'))])
const h265Units = assemble([video(fixture('plain.h265'))])
const bytesOf = (unit: AccessUnit | undefined): Buffer => joinAnnexB(unit?.nalUnits ?? [])

t.test('the codec is what the parameter sets say (Q83)', (t) => {
  const slice = hex('0000000141 01 9a 20')
  const vpsLike = hex('0000000140 01 0c')
  t.same(assemble([video(slice, { pts90k: 0 }), video(slice, { pts90k: 1 })]), [], 'nothing is known from slices')
  t.same(assemble([video(vpsLike, { pts90k: 0 }), video(bytesOf(h264Units[0]), { pts90k: 1 })]).map((unit) => unit.codec), ['h264'])
  t.same(assemble([video(bytesOf(h265Units[3]), { pts90k: 0 }), video(bytesOf(h265Units[5]), { pts90k: 1 })]).map((unit) => [unit.codec, unit.isKeyframe]), [['h265', true]])
  const changed = assemble([...h264Units, ...h265Units, ...h264Units].map((unit, i) => video(bytesOf(unit), { pts90k: i * 3600 })))
  t.same(changed.map((unit) => unit.codec), [...Array<string>(10).fill('h264'), ...Array<string>(10).fill('h265'), ...Array<string>(10).fill('h264')], 'a camera set to another codec')
  t.same(changed.filter((unit) => unit.isKeyframe).map((unit) => unit.parameterSets?.vps !== undefined), [false, false, true, true, false, false])
  t.end()
})

t.test('parameter sets: kept for keyframes without them, absent until both are known', (t) => {
  const key = h264Units[0]?.nalUnits ?? []
  const idr = joinAnnexB(key.filter((nal) => h264Type(nal) === 5))
  const only = (type: number): Buffer => joinAnnexB(key.filter((nal) => h264Type(nal) === type))
  const units = assemble([video(only(7), { pts90k: 0 }), video(idr, { pts90k: 0 }), video(Buffer.concat([only(8), idr]), { pts90k: 1 }), video(idr, { pts90k: 2 })])
  t.same(units.map((unit) => [unit.isKeyframe, unit.width]), [[true, undefined], [true, 128], [true, 128]])
  t.same(units[2]?.parameterSets?.sps, key.find((nal) => h264Type(nal) === 7))
  const apart = assemble([video(Buffer.concat([only(7), only(8)]), { pts90k: 5 }), video(idr, { pts90k: 6 })])
  t.match(apart, [{ width: 128 }], 'sent with a time of their own they belong to the picture that follows')
  t.equal(apart.length, 1)
  t.end()
})

t.test('damage is marked on the unit it hit, and on no other', (t) => {
  const parts = h264Units.slice(0, 4).map((unit, i) => video(bytesOf(unit), { pts90k: i * 3600 }))
  const [a, b, c, d] = parts as [ElementaryPiece, ElementaryPiece, ElementaryPiece, ElementaryPiece]
  const marker = video(Buffer.alloc(0), { isDamaged: true })
  const marks = (pieces: readonly ElementaryPiece[]): boolean[] => assemble(pieces).map((unit) => unit.isDamaged)
  t.same(marks([a, b, c, d]), [false, false, false, false])
  t.same(marks([a, { ...b, bytes: b.bytes.subarray(0, 20), isDamaged: true }, c, d]), [false, true, false, false])
  t.same(marks([{ ...a, bytes: a.bytes.subarray(0, a.bytes.length - 50), isDamaged: true }, b]), [true, false], 'a keyframe too')
  t.same(marks([a, b, marker, c, d]), [false, true, false, false])
  t.same(marks([marker, a, b]), [false, false])
  const cutSets = { ...a, bytes: a.bytes.subarray(0, 20), isDamaged: true }
  t.same(assemble([cutSets, b, c]), [], 'a parameter set that was cut short is not believed')
  t.end()
})

t.test('audio and a second video stream are ignored', (t) => {
  const pieces = h264Units.slice(0, 3).flatMap((unit, i) => [
    video(bytesOf(unit), { pts90k: i * 3600 }),
    video(Buffer.alloc(160, 0xd5), { streamId: 0xc0, pts90k: i * 3600 + 7 }),
    video(bytesOf(h265Units[i]), { streamId: 0xe1, pts90k: i * 3600 + 9 }),
  ])
  t.same(assemble(pieces).map((unit) => [unit.codec, unit.pts90k]), [['h264', 0], ['h264', 3600], ['h264', 7200]])
  t.end()
})

t.test('times run on (Q97)', (t) => {
  const run = (points: readonly (readonly [number | undefined, number])[]): number[] => {
    const timeline = createTimeline()
    return points.map(([pts, ms]) => timeline.place(pts, ms * 1000))
  }
  const wrap = 2 ** 33
  t.same(run([[wrap - 3600, 0], [0, 40], [3600, 80]]), [wrap - 3600, wrap, wrap + 3600], 'over the wrap')
  t.same(run([[undefined, 0], [undefined, 40], [undefined, 100]]), [0, 3600, 9000], 'none: by arrival')
  t.same(run([[500, 0], [500, 40], [500, 80]]), [500, 4100, 7700], 'standing still: by arrival')
  t.same(run([[0, 0], [10_800, 40], [3600, 80], [7200, 120], [14_400, 160]]), [0, 10_800, 10_801, 10_802, 14_400], 'B-frames: decoding order')
  t.same(run([[90_000_000, 0], [90_003_600, 40], [500, 80], [4100, 120]]), [90_000_000, 90_003_600, 90_007_200, 90_010_800], 'back to the beginning: the line goes on')
  t.same(run([[0, 0], [3600, 40], [900_003_600, 80], [900_007_200, 120]]), [0, 3600, 7200, 10_800], 'a jump ahead that arrival does not share')
  t.same(run([[0, 0], [2_700_000, 30_000]]), [0, 2_700_000], 'thirty seconds of silence are no jump')
  t.end()
})

t.test('chewing: parsers throw only ParseError, the assembler nothing; input is not altered, units are bounded', (t) => {
  const samples = streams.map(({ name }) => fixture(name))
  const sets = samples.flatMap((bytes) => splitAnnexB(bytes).filter((nal) => h264Type(nal) === 7 || h265Type(nal) === 33))
  const before = [...samples, ...sets].map((bytes) => Buffer.from(bytes))
  let read = 0
  for (const bytes of chew(sets, 20_000, 264)) {
    for (const parse of [parseH264Sps, parseH265Sps]) {
      try {
        parse(bytes)
        read++
      } catch (error) {
        if (!(error instanceof ParseError)) throw error
      }
    }
  }
  t.ok(read > 500, 'some damage does not reach the size')
  const assembler = createAccessUnitAssembler()
  let last = -1
  let i = 0
  for (const bytes of chew(samples, 3000, 265)) {
    for (const unit of assembler.push(video(bytes, { pts90k: i * 3600, receivedUs: i * 40_000 }))) {
      if (unit.pts90k <= last) t.fail('time stands still')
      last = unit.pts90k
    }
    i++
  }
  t.ok(assembler.stats().accessUnits > 3000)
  t.same([...samples, ...sets], before)
  t.end()
})

t.test('parameter sets between the slices of one picture do not cut it in two', (t) => {
  const assembler = createAccessUnitAssembler()
  const nalUnits = splitAnnexB(fixture('cropped-slices-aud.h264'))
  const [sps, pps] = [7, 8].map((type) => nalUnits.find((nal) => h264Type(nal) === type))
  if (!sps || !pps) throw new Error('the fixture has its parameter sets')
  // Before each slice that is not the first of its picture, as x264 with sliced threads and repeated headers sends them.
  const between = nalUnits.flatMap((nal) => ([1, 5].includes(h264Type(nal)) && ((nal[1] ?? 0) & 0x80) === 0 ? [sps, pps, nal] : [nal]))
  const whole = createAccessUnitAssembler()
  const expected = [...whole.push(piece(joinAnnexB(nalUnits))), ...whole.flush()]
  const units = [...assembler.push(piece(joinAnnexB(between))), ...assembler.flush()]
  t.ok(between.length > nalUnits.length, 'there are such slices')
  t.equal(units.length, expected.length)
  t.same(units.map((unit) => unit.isKeyframe), expected.map((unit) => unit.isKeyframe))
  t.same(units.map((unit) => unit.nalUnits.filter((nal) => [1, 5].includes(h264Type(nal)))), expected.map((unit) => unit.nalUnits.filter((nal) => [1, 5].includes(h264Type(nal)))))

  const nals = createAccessUnitAssembler()
  let time = 0
  const sent = between.flatMap((nal) => nals.pushNal({ nal, isDamaged: false }, h264Type(nal) === 9 ? (time += 3600) : time, 0))
  t.equal([...sent, ...nals.flush()].length, expected.length, 'directly in RTP too')
  t.end()
})

t.test('payloads of RFC 6184 and RFC 7798: what a depacketizer makes of each form', (t) => {
  const nal = (text: string): Buffer => Buffer.from(text, 'hex')
  const cases: readonly (readonly [string, 'h264' | 'h265', readonly string[], readonly (string | 'lost')[]])[] = [
    ['single', 'h264', ['6742001e'], ['6742001e']],
    ['aggregated, STAP-A', 'h264', ['18' + '0002' + '6742' + '0003' + '68ce38'], ['6742', '68ce38']],
    ['aggregated with an order number, STAP-B', 'h264', ['19' + '0007' + '0002' + '6588'], ['6588']],
    ['aggregated, cut short', 'h264', ['18' + '0002' + '6742' + '0009' + '68'], ['6742', 'lost']],
    ['fragmented, FU-A', 'h264', ['7c85aabb', '7c05cc', '7c45dd'], ['65aabbccdd']],
    ['fragmented, FU-B', 'h264', ['7d850001aa', '7c45dd'], ['65aadd']],
    ['a fragment without a beginning', 'h264', ['7c05cc', '7c45dd', '419a'], ['lost', 'lost', '419a']],
    ['a fragment without an end', 'h264', ['7c85aa', '419a'], ['lost', '419a']],
    ['two beginnings', 'h264', ['7c85aa', '7c85bb', '7c45cc'], ['lost', '65bbcc']],
    ['with start codes and trailing zeros', 'h264', ['00000001674200' + '00000168ce'], ['6742', '68ce']],
    ['MTAP and reserved types are passed over', 'h264', ['1a00000000', '1e00', '0000'], []],
    ['single', 'h265', ['42010101'], ['42010101']],
    ['aggregated, AP', 'h265', ['6001' + '0003' + '40010c' + '0002' + '4201'], ['40010c', '4201']],
    ['fragmented, FU', 'h265', ['620193aa', '620113bb', '620153cc'], ['2601aabbcc']],
    ['PACI is passed over', 'h265', ['6401000000'], []],
  ]
  for (const [name, codec, payloads, expected] of cases) {
    const depacketizer = createDepacketizer(codec)
    const pieces = payloads.flatMap((payload) => depacketizer.push(nal(payload)))
    t.same(pieces.map((piece) => (piece.isDamaged ? 'lost' : piece.nal.toString('hex'))), expected, `${codec}: ${name}`)
  }
  const broken = createDepacketizer('h264')
  broken.push(nal('7c85aa'))
  t.same(broken.gap().map((piece) => piece.isDamaged), [true])
  t.same(broken.push(nal('7c45dd')).map((piece) => piece.isDamaged), [true], 'the rest of what was begun')
  t.end()
})

t.test('a fragment that never ends is bounded; chewed payloads throw nothing and stay as they are', (t) => {
  const endless = createDepacketizer('h265')
  const middle = Buffer.concat([Buffer.from('620113', 'hex'), Buffer.alloc(60_000)])
  endless.push(Buffer.concat([Buffer.from('620193', 'hex'), Buffer.alloc(60_000)]))
  const dropped = Array.from({ length: 200 }, () => endless.push(middle)).findIndex((pieces) => pieces.some((piece) => piece.isDamaged))
  t.ok(dropped > 130 && dropped < 142, `dropped after ${dropped} fragments of 60,000 bytes: 8 MiB`)

  const samples = ['ffmpeg-h264', 'ffmpeg-h265'].map((name) => readFileSync(join(import.meta.dirname, `../../../fixtures/rtp/${name}.rfc4571`))).flatMap((bytes) => createRtpFramer().push(bytes)).map((packet) => packet.subarray(12))
  for (const codec of ['h264', 'h265'] as const) {
    const depacketizer = createDepacketizer(codec)
    for (const payload of chew(samples, 10_000, 6184)) {
      const before = Buffer.from(payload)
      for (const { nal } of depacketizer.push(payload)) if (nal.length > payload.length + 8 * 1024 * 1024) t.fail('a NAL unit larger than what came')
      elementaryCodec(payload)
      if (!before.equals(payload)) t.fail('the payload was altered')
    }
  }
  t.end()
})
