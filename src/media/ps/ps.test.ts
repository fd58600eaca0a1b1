// Program stream: demuxer, muxer and map. Streams of FFmpeg from fixtures/ps, and our own muxer's with the field's damage.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { chew } from '../../base/chew.ts'
import { ParseError } from '../../base/index.ts'
import { joinAnnexB, splitAnnexB } from '../h26x/annexb.ts'
import { createPsDemuxer, type ElementaryPiece, type PsDemuxer } from './demuxer.ts'
import { createPsMuxer } from './muxer.ts'
import { maxPesPayload, writePes } from './pes.ts'
import { crc32Mpeg, parsePsm, writePsm } from './psm.ts'

const fixture = (name: string): Buffer => readFileSync(join(import.meta.dirname, '../../../fixtures', name))
const hex = (text: string): Buffer => Buffer.from(text.replaceAll(' ', ''), 'hex')

/** NAL units that look like H.264 to anyone: keyframes with parameter sets, then slices; no two frames alike. */
const frames = Array.from({ length: 6 }, (_, i) => ({
  nalUnits: i % 3 === 0 ? [hex('6742c00a8c8d'), hex('68ce3c80'), Buffer.concat([hex('65888040'), Buffer.alloc(300, 0x10 + i)])] : [Buffer.concat([hex('419a20'), Buffer.alloc(90, 0x20 + i)])],
  pts90k: 2 ** 33 - 7200 + i * 3600,
  isKeyframe: i % 3 === 0,
}))
const muxer = createPsMuxer({ codec: 'h264' })
const packs = frames.map(muxer.push)
const frameBytes = frames.map((frame) => joinAnnexB(frame.nalUnits))
const ptsOf = (i: number): number => (frames[i]?.pts90k ?? 0) % 2 ** 33

const demux = (bytes: Buffer, cut = bytes.length || 1): { pieces: ElementaryPiece[]; stats: ReturnType<ReturnType<typeof createPsDemuxer>['stats']> } => {
  const demuxer = createPsDemuxer()
  const pieces: ElementaryPiece[] = []
  for (let at = 0; at < bytes.length; at += cut) pieces.push(...demuxer.push(bytes.subarray(at, at + cut)))
  return { pieces: [...pieces, ...demuxer.flush()], stats: demuxer.stats() }
}
const whole = (pieces: readonly ElementaryPiece[]): Buffer[] => pieces.filter((piece) => !piece.isDamaged).map((piece) => piece.bytes)
/** The bytes of a pack after its 14-byte header. */
const afterHeader = (pack: Buffer): Buffer => pack.subarray(14)
const startOf = (pack: Buffer, id: number): number => pack.indexOf(Buffer.from([0, 0, 1, id]))
const packHeader = (packs[1] ?? Buffer.alloc(0)).subarray(0, 14)

t.test('our muxer: one pack a frame, map and system header on keyframes', (t) => {
  const { pieces, stats } = demux(Buffer.concat(packs))
  t.same(pieces.map((piece) => piece.bytes), frameBytes)
  t.same(pieces.map((piece) => piece.pts90k), frames.map((_, i) => ptsOf(i)), 'the PTS wraps at 33 bits')
  t.match(stats, { packs: 6, resynchronisations: 0, map: { isCrcRight: true, streams: [{ streamType: 0x1b, streamId: 0xe0 }] } })
  packs.forEach((pack, i) => {
    t.equal(startOf(pack, 0xbb) === 14, i % 3 === 0)
    t.equal(startOf(pack, 0xbc) > 0, i % 3 === 0)
  })
  t.end()
})

t.test('the pack header, bit by bit', (t) => {
  const header = createPsMuxer({ codec: 'h265' }).push({ nalUnits: [], pts90k: 0x1_2345_6789, isKeyframe: false })
  const scr = (0x1_2345_6789).toString(2).padStart(33, '0')
  const rate = (50_000).toString(2).padStart(22, '0')
  const expected = `01${scr.slice(0, 3)}1${scr.slice(3, 18)}1${scr.slice(18)}1${'0'.repeat(9)}1${rate}1111111000`
  t.equal(header.toString('hex', 0, 4), '000001ba')
  t.equal([...header.subarray(4)].map((byte) => byte.toString(2).padStart(8, '0')).join(''), expected)
  t.end()
})

t.test('a frame above 65,535 bytes: several PES packets of one PTS, joined by whoever reads them', (t) => {
  const nal = Buffer.alloc(200_000, 0x55)
  nal[0] = 0x65
  const pack = createPsMuxer({ codec: 'h264' }).push({ nalUnits: [nal], pts90k: 90_000, isKeyframe: true })
  const { pieces } = demux(pack, 1400)
  t.same(pieces.map((piece) => [piece.pts90k, piece.bytes.length]), [[90_000, maxPesPayload], [90_000, maxPesPayload], [90_000, maxPesPayload], [90_000, 200_004 - 3 * maxPesPayload]])
  t.same(Buffer.concat(pieces.map((piece) => piece.bytes)), joinAnnexB([nal]))
  t.end()
})

t.test('FFmpeg as the writer: MPEG-2 and MPEG-1 packs, no map, padding (Q80, Q88, Q89)', (t) => {
  for (const [ps, es] of [['ps/ffmpeg-vob-h264.ps', 'h26x/plain.h264'], ['ps/ffmpeg-vob-h265.ps', 'h26x/plain.h265'], ['ps/ffmpeg-mpeg1-h264.ps', 'h26x/plain.h264']] as const) {
    const { pieces, stats } = demux(fixture(ps))
    t.same(Buffer.concat(pieces.map((piece) => piece.bytes)), fixture(es), ps)
    t.ok(pieces.every((piece) => piece.streamId === pieces[0]?.streamId && !piece.isDamaged))
    t.type(pieces[0]?.pts90k, 'number')
    t.match(stats, { resynchronisations: 0 })
    t.equal(stats.map, undefined)
  }
  t.end()
})

const first = packs[0] ?? Buffer.alloc(0)
const second = packs[1] ?? Buffer.alloc(0)
const third = packs[2] ?? Buffer.alloc(0)
const withByte = (bytes: Buffer, at: number, value: number): Buffer => {
  const copy = Buffer.from(bytes)
  copy[at] = value
  return copy
}
const videoAt = (pack: Buffer): number => startOf(pack, 0xe0)
const insert = (bytes: Buffer, at: number, more: Buffer): Buffer => Buffer.concat([bytes.subarray(0, at), more, bytes.subarray(at)])
const mpeg1Pes = (payload: Buffer): Buffer => {
  const body = Buffer.concat([hex('ffffff 4123 2100070001'), payload])
  return Buffer.concat([hex('000001e0'), Buffer.from([body.length >> 8, body.length & 0xff]), body])
}
const unbounded = (pack: Buffer): Buffer => withByte(withByte(pack, videoAt(pack) + 4, 0), videoAt(pack) + 5, 0)

/** What the field sends and what must not cost a frame; each is one pack that carries a whole frame. */
const odd: Readonly<Record<string, Buffer>> = {
  'no map and no system header on a keyframe (Q80)': Buffer.concat([packHeader, first.subarray(videoAt(first))]),
  'a map with a wrong CRC (Q82)': withByte(first, videoAt(first) - 1, 0x99),
  'a map whose lengths overrun (Q82)': withByte(first, startOf(first, 0xbc) + 11, 0xff),
  'a map that names the wrong codec (Q83)': withByte(first, startOf(first, 0xbc) + 12, 0x24),
  'PES length 0 (Q86)': unbounded(first),
  'truncated pack header (Q87)': Buffer.concat([hex('000001ba'), afterHeader(second)]),
  'pack header cut in the middle (Q87)': Buffer.concat([packHeader.subarray(0, 9), afterHeader(second)]),
  'MPEG-1 pack header (Q88)': Buffer.concat([hex('000001ba 2100010001 80270f'), afterHeader(second)]),
  'pack stuffing': Buffer.concat([packHeader.subarray(0, 13), hex('fb ffffff'), afterHeader(second)]),
  'wrong stuffing length (Q87)': Buffer.concat([packHeader.subarray(0, 13), hex('ff'), afterHeader(second)]),
  'private streams and padding before the video (Q89)': insert(second, 14, hex('000001bd 0005 0102030405 000001be 0004 ffffffff 000001bf 0002 0102')),
  'private stream that holds a start code': insert(second, 14, hex('000001bd 0008 000001ba 000001e0')),
  'zeros between packets': insert(second, 14, hex('0000000000')),
  'end code before the next pack': Buffer.concat([second, hex('000001b9')]),
  'header length one too long (Q90)': withByte(second, videoAt(second) + 8, 6),
  'header length one too short (Q90)': withByte(second, videoAt(second) + 8, 4),
  'header length one too long before a short start code (Q90)': Buffer.concat([packHeader, withByte(writePes(0xe0, 5, (frameBytes[1] ?? Buffer.alloc(0)).subarray(1)), 8, 6)]),
  'MPEG-1 PES header': Buffer.concat([hex('000001ba'), mpeg1Pes(frameBytes[1] ?? Buffer.alloc(0))]),
}

t.test('an empty PES packet before a stray byte and a start code is no misalignment: found by chewing', (t) => {
  const bytes = Buffer.concat([packHeader, writePes(0xe0, 5, Buffer.alloc(0)), hex('55 00000141 9a20'), Buffer.alloc(40, 7), ...packs])
  for (const cut of [bytes.length, 1, 7]) t.ok(whole(demux(bytes, cut).pieces).length >= frames.length, `chunks of ${cut}`)
  t.end()
})

t.test('cut at every offset, and byte by byte, the pieces are the same', (t) => {
  const streams = [Buffer.concat(packs), fixture('ps/ffmpeg-vob-h264.ps'), fixture('ps/ffmpeg-mpeg1-h264.ps'), Buffer.concat(Object.values(odd))]
  for (const bytes of streams) {
    const expected = demux(bytes)
    for (let at = 1; at < bytes.length; at++) {
      const demuxer = createPsDemuxer()
      const pieces = [...demuxer.push(bytes.subarray(0, at)), ...demuxer.push(bytes.subarray(at)), ...demuxer.flush()]
      if (pieces.length !== expected.pieces.length || !pieces.every((piece, i) => piece.bytes.equals(expected.pieces[i]?.bytes ?? Buffer.alloc(0)))) t.fail(`cut at ${at}`)
    }
    for (const cut of [1, 2, 3, 5, 188]) t.same(demux(bytes, cut), expected, `in chunks of ${cut}`)
  }
  t.end()
})

t.test('what the field sends costs no frame', (t) => {
  for (const [name, pack] of Object.entries(odd)) {
    const { pieces, stats } = demux(Buffer.concat([third, pack, third]))
    const mine = frames[pack.includes(hex('65888040')) ? 0 : 1]
    t.same(whole(pieces.filter(({ streamId }) => streamId >= 0xe0)).map(splitAnnexB), [frames[2]?.nalUnits, mine?.nalUnits, frames[2]?.nalUnits], name)
    t.equal(stats.resynchronisations, 0, name)
  }
  t.end()
})

t.test('audio comes out as well, and does not break the video', (t) => {
  const { pieces } = demux(Buffer.concat([second, writePes(0xc0, 1, Buffer.alloc(160, 0xd5)), third]))
  t.same(pieces.map((piece) => [piece.streamId, piece.bytes.length]), [[0xe0, frameBytes[1]?.length], [0xc0, 160], [0xe0, frameBytes[2]?.length]])
  t.end()
})

t.test('a stream joined midway gives nothing before a pack header', (t) => {
  const { pieces, stats } = demux(Buffer.concat([first.subarray(60), second, third]))
  t.same(pieces.map((piece) => piece.bytes), [frameBytes[1], frameBytes[2]])
  t.match(stats, { packs: 2, resynchronisations: 0 }, 'which is no loss')
  t.end()
})

t.test('lost and inserted bytes: the frame is marked, the next one is whole (Q91)', (t) => {
  const at = videoAt(first) + 40
  const cases = {
    'lost inside a frame': [Buffer.concat([first.subarray(0, at), first.subarray(at + 17), second, third]), [frameBytes[1], frameBytes[2]]],
    'inserted inside a frame': [Buffer.concat([insert(first, at, Buffer.alloc(17, 0x77)), second, third]), [frameBytes[1], frameBytes[2]]],
    'inserted between frames': [Buffer.concat([first, Buffer.alloc(17, 0x77), second, third]), [frameBytes[0], frameBytes[1], frameBytes[2]]],
    'a broken PES header': [Buffer.concat([withByte(first, videoAt(first) + 6, 0x00), second, third]), [frameBytes[1], frameBytes[2]]],
    'nothing like a packet after the pack header': [Buffer.concat([packHeader, Buffer.alloc(100, 0x77), second, third]), [frameBytes[1], frameBytes[2]]],
  } as const
  for (const [name, [bytes, expected]] of Object.entries(cases)) {
    const { pieces, stats } = demux(bytes)
    t.same(whole(pieces).filter((piece) => piece.length > 0).slice(-2), expected.slice(-2), name)
    t.equal(stats.resynchronisations, 1, name)
    t.equal(pieces.some((piece) => piece.isDamaged), true, name)
    for (const cut of [1, 7]) t.same(demux(bytes, cut).pieces.map((piece) => piece.bytes), pieces.map((piece) => piece.bytes), `${name}, in chunks of ${cut}`)
  }
  t.end()
})

t.test('a gap: what was begun comes out damaged, then nothing until the next pack', (t) => {
  const demuxer = createPsDemuxer()
  const at = videoAt(first) + 60
  t.same(demuxer.push(first.subarray(0, at)), [])
  const [cut, ...none] = demuxer.gap()
  t.match(cut, { isDamaged: true, pts90k: ptsOf(0) })
  t.equal(cut?.bytes.length, 60 - 14)
  t.same(none, [])
  t.same(demuxer.push(Buffer.concat([first.subarray(at), second])).map((piece) => piece.bytes), [frameBytes[1]])
  t.match(demuxer.gap(), [{ streamId: 0xe0, bytes: Buffer.alloc(0), isDamaged: true }], 'between packets: a mark on the frame before')
  t.same(demuxer.gap(), [], 'once')
  t.equal(demuxer.stats().resynchronisations, 2)
  t.end()
})

t.test('the end: a packet of length 0 is whole, one that misses bytes is not', (t) => {
  t.match(demux(unbounded(first)).pieces, [{ isDamaged: false, bytes: frameBytes[0] }])
  t.match(demux(first.subarray(0, first.length - 9)).pieces, [{ isDamaged: true, bytes: frameBytes[0]?.subarray(0, -9) }])
  t.end()
})

t.test('arrival is that of the last byte', (t) => {
  const demuxer = createPsDemuxer()
  const bytes = unbounded(first)
  t.same(demuxer.push(bytes.subarray(0, 100), 10), [])
  t.same(demuxer.push(bytes.subarray(100), 20), [])
  t.match(demuxer.push(second, 30), [{ receivedUs: 20 }, { receivedUs: 30 }])
  t.end()
})

t.test('a packet without end is cut at 4 MiB', (t) => {
  const demuxer = createPsDemuxer()
  const pieces = [...demuxer.push(unbounded(first))]
  for (let i = 0; i < 70; i++) pieces.push(...demuxer.push(Buffer.alloc(65_536, 0x55)))
  t.equal(pieces.length, 1)
  t.match(pieces[0], { isDamaged: true })
  t.ok((pieces[0]?.bytes.length ?? 0) < 4.2 * 1024 * 1024)
  t.end()
})

t.test('the map: read, written, its CRC known from the standard', (t) => {
  t.equal(crc32Mpeg(Buffer.from('123456789')), 0x0376e6e7, 'check value of CRC-32/MPEG-2')
  const map = writePsm([{ streamType: 0x24, streamId: 0xe0 }, { streamType: 0x90, streamId: 0xc0 }], 3)
  t.same(parsePsm(map), { version: 3, streams: [{ streamType: 0x24, streamId: 0xe0 }, { streamType: 0x90, streamId: 0xc0 }], isCrcRight: true })
  t.same(parsePsm(withByte(map, 13, 0xe1)), { version: 3, streams: [{ streamType: 0x24, streamId: 0xe1 }, { streamType: 0x90, streamId: 0xc0 }], isCrcRight: false })
  t.throws(() => parsePsm(map.subarray(0, 12)), { code: 'ps.malformed' })
  t.end()
})

t.test('chewing: no error leaves the demuxer, memory is bounded, input is not altered', (t) => {
  const samples = [Buffer.concat(packs), fixture('ps/ffmpeg-vob-h264.ps'), fixture('ps/ffmpeg-mpeg1-h264.ps'), ...Object.values(odd)]
  const before = samples.map((bytes) => Buffer.from(bytes))
  const demuxer = createPsDemuxer()
  for (const bytes of chew(samples, 6000, 13818)) {
    const copy = Buffer.from(bytes)
    const given = demuxer.push(bytes).reduce((sum, piece) => sum + piece.bytes.length, 0)
    if (given > maxPesPayload * 2 + bytes.length) t.fail('gives more than it got')
    if (!bytes.equals(copy)) t.fail('altered its input')
  }
  for (const bytes of chew([writePsm([{ streamType: 0x1b, streamId: 0xe0 }])], 5000, 1)) {
    try {
      parsePsm(bytes)
    } catch (error) {
      if (!(error instanceof ParseError)) throw error
    }
  }
  t.same(samples, before)
  t.end()
})

t.test('packs that begin each push are looked for there alone; one that stands elsewhere has all bytes looked through again', (t) => {
  const muxer = createPsMuxer({ codec: 'h264' })
  const frame = (n: number): Buffer => muxer.push({ nalUnits: [Buffer.concat([Buffer.from([0x65]), Buffer.alloc(4000, n + 1)])], pts90k: n * 3600, isKeyframe: false })
  /** Each frame cut into payloads; `late`: the pack of a frame stands in the last payload of the one before. */
  const push = (demuxer: PsDemuxer, frames: readonly Buffer[], late = false): readonly ElementaryPiece[] => {
    const cuts = late ? [Buffer.concat(frames)] : frames
    return cuts.flatMap((bytes) => Array.from({ length: Math.ceil(bytes.length / 1000) }, (_, i) => demuxer.push(bytes.subarray(i * 1000, (i + 1) * 1000))).flat())
  }
  const damagedOf = (pieces: readonly ElementaryPiece[]): readonly number[] => pieces.filter(({ isDamaged }) => isDamaged).map(({ bytes }) => bytes.length)
  for (const late of [false, true]) {
    const demuxer = createPsDemuxer()
    t.same(damagedOf(push(demuxer, Array.from({ length: 20 }, (_, n) => frame(n)), late)), [])
    // Bytes are missing that no number tells of: the next pack ends the packet that is too short.
    const short = frame(20)
    const pieces = push(demuxer, [Buffer.concat([short.subarray(0, 1500), short.subarray(1700)]), ...[21, 22, 23].map(frame)], late)
    t.same(damagedOf(pieces).length, 1, late ? 'anywhere' : 'at the beginning')
    t.same(pieces.filter(({ isDamaged }) => !isDamaged).map(({ pts90k }) => pts90k), [21, 22, 23].map((n) => n * 3600))
  }
  const demuxer = createPsDemuxer()
  push(demuxer, Array.from({ length: 20 }, (_, n) => frame(n)))
  const changed = push(demuxer, Array.from({ length: 6 }, (_, n) => frame(20 + n)), true)
  t.equal(changed.filter(({ isDamaged }) => !isDamaged).length, 6, 'a camera that changes its habit loses nothing')
  t.end()
})

t.test('a packet whose end only its sender tells has the arrival of its last byte', (t) => {
  const demuxer = createPsDemuxer()
  const muxer = createPsMuxer({ codec: 'h264' })
  const pack = muxer.push({ nalUnits: [Buffer.alloc(3000, 0x65)], pts90k: 0, isKeyframe: false })
  const unbounded = Buffer.from(pack)
  unbounded.writeUInt16BE(0, pack.indexOf(Buffer.from([0, 0, 1, 0xe0])) + 4)
  for (let i = 0; i * 1000 < unbounded.length; i++) demuxer.push(unbounded.subarray(i * 1000, (i + 1) * 1000), 100 + i)
  t.match(demuxer.frameEnd(), [{ receivedUs: 103 }])
  for (let n = 0; n < 10; n++) for (let i = 0; i * 1000 < pack.length; i++) demuxer.push(pack.subarray(i * 1000, (i + 1) * 1000), 1000 * n + i)
  demuxer.push(pack.subarray(0, 1000), 20_000)
  demuxer.push(pack.subarray(1000, 2000), 20_001)
  t.match(demuxer.gap(), [{ isDamaged: true, receivedUs: 20_001 }])
  t.end()
})
