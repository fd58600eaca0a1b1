// The pieces between a stream and an RTMP player: the pipe, the tags in it, the chunks that leave.
import t from 'tap'
import { seededRandom } from '../../base/index.ts'
import { flvHeader } from '../flv/header.ts'
import { chunkBytes, messageBody, messageHead } from './chunks.ts'
import { createFeedReader, feedHead } from './feed-frames.ts'
import { metadataOf } from './metadata.ts'
import { createTagReader } from './tags.ts'

const tag = (type: number, ms: number, body: Buffer): Buffer => {
  const head = Buffer.alloc(11)
  head[0] = type
  head.writeUIntBE(body.length, 1, 3)
  head.writeUIntBE(ms & 0xff_ffff, 4, 3)
  head[7] = ms >>> 24
  const size = Buffer.alloc(4)
  size.writeUInt32BE(body.length + 11)
  return Buffer.concat([head, body, size])
}

t.test('what a tag is for a player', async (t) => {
  for (const [what, type, hex, role] of [
    ['H.264 configuration', 9, '1700000000', 'configuration'],
    ['H.264 keyframe', 9, '1701000000', 'keyframe'],
    ['H.264 picture', 9, '2701000000', 'picture'],
    ['H.265 configuration', 9, '9068766331', 'configuration'],
    ['H.265 keyframe', 9, '9368766331', 'keyframe'],
    ['H.265 keyframe with composition time', 9, '9168766331', 'keyframe'],
    ['H.265 picture', 9, 'a368766331', 'picture'],
    ['AAC configuration', 8, 'af001210', 'configuration'],
    ['AAC', 8, 'af0121', 'sound'],
    ['G.711 A', 8, '72d5d5', 'sound'],
    ['metadata', 18, '02000a', 'configuration'],
  ] as const) {
    const body = Buffer.from(hex, 'hex')
    t.same(createTagReader().push(Buffer.concat([flvHeader({ hasVideo: true, hasAudio: true }), tag(type, 0x0123_4567, body)])), [{ type, ms: 0x0123_4567, body, role }], what)
  }
})

t.test('cut at every offset the same tags and frames come out', async (t) => {
  const flv = Buffer.concat([flvHeader({ hasVideo: true, hasAudio: false }), tag(9, 0, Buffer.from('1701000000aabb', 'hex')), tag(8, 3, Buffer.from('af01', 'hex')), tag(9, 40, Buffer.alloc(300, 0x27))])
  const whole = createTagReader().push(flv)
  t.equal(whole.length, 3)
  const pipe = Buffer.concat([[7, flv.subarray(0, 20)], [8, Buffer.alloc(0)], [7, flv.subarray(20)]].flatMap(([feed, payload]) => [feedHead(feed as number, (payload as Buffer).length), payload as Buffer]))
  const frames = createFeedReader().push(pipe)
  t.same(frames.map(({ feed, payload }) => [feed, payload.length]), [[7, 20], [8, 0], [7, flv.length - 20]])
  for (let at = 1; at < pipe.length; at++) {
    const reader = createFeedReader()
    const cut = [...reader.push(pipe.subarray(0, at)), ...reader.push(pipe.subarray(at))]
    const tags = createTagReader()
    if (JSON.stringify(cut) !== JSON.stringify(frames)) t.fail(`frames cut at ${at}`)
    const again = cut.filter(({ feed }) => feed === 7).flatMap(({ payload }) => tags.push(payload))
    if (JSON.stringify(again) !== JSON.stringify(whole)) t.fail(`tags cut at ${at}`)
  }
  const random = seededRandom(5)
  const [reader, tags] = [createFeedReader(), createTagReader()]
  const found: unknown[] = []
  for (let at = 0; at < pipe.length; ) {
    const to = at + Math.ceil(random() * 9)
    for (const { feed, payload } of reader.push(pipe.subarray(at, to))) if (feed === 7) found.push(...tags.push(payload))
    at = to
  }
  t.same(found, whole)
  t.throws(() => createFeedReader().push(Buffer.concat([feedHead(1, 2 ** 31), Buffer.alloc(9)])), /a frame of/)
})

t.test('messages as chunks: short, long, and past 24 bits of milliseconds', async (t) => {
  const short = { type: 9, chunkStream: 5, payload: Buffer.from('abcd') }
  t.equal(Buffer.concat([messageHead(short, 0x010203, 1), ...messageBody(short)]).toString('hex'), '05' + '010203' + '000004' + '09' + '01000000' + '61626364')
  const long = { type: 9, chunkStream: 5, payload: Buffer.alloc(2 * chunkBytes + 1, 0x5a) }
  const body = Buffer.concat(messageBody(long))
  t.equal(body.length, long.payload.length + 2)
  t.same([body[chunkBytes], body[2 * chunkBytes + 1]], [0xc5, 0xc5])
  t.equal(Buffer.concat(messageBody({ ...long, payload: Buffer.alloc(chunkBytes) })).length, chunkBytes, 'no mark after the last byte')
  const late = 0x0100_0000
  t.equal(messageHead(long, late, 1).toString('hex'), '05' + 'ffffff' + '01ffff' + '09' + '01000000' + '01000000')
  const lateBody = Buffer.concat(messageBody(long, late))
  t.equal(lateBody.length, long.payload.length + 10)
  t.equal(lateBody.toString('hex', chunkBytes, chunkBytes + 5), 'c501000000')
})

t.test('what a player is told of a stream', async (t) => {
  const number = (value: number): string => {
    const bytes = Buffer.alloc(8)
    bytes.writeDoubleBE(value)
    return `00${bytes.toString('hex')}`
  }
  const name = (value: string): string => Buffer.from([0, value.length]).toString('hex') + Buffer.from(value).toString('hex')
  const head = `02${name('onMetaData')}08`
  t.equal(metadataOf({ body: Buffer.from('1700000000', 'hex') }, { hasAudio: false }).toString('hex'), `${head}00000001${name('videocodecid')}${number(7)}000009`)
  t.equal(metadataOf({ body: Buffer.from('9068766331', 'hex') }, { hasAudio: true }).toString('hex'), `${head}00000002${name('videocodecid')}${number(0x68766331)}${name('audiocodecid')}${number(10)}000009`)
  const reader = createTagReader()
  reader.push(flvHeader({ hasVideo: true, hasAudio: true }))
  t.equal(reader.hasAudio(), true)
})
