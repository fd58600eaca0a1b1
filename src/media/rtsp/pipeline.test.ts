// Tracks of an RTSP session through their stages: descriptions that help and that lie, sound in its packings, damage.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { chew } from '../../base/chew.ts'
import { splitAnnexB } from '../h26x/annexb.ts'
import { writeRtp } from '../rtp/packet.ts'
import type { AccessUnit, AudioFrame, VideoCodec } from '../types.ts'
import { createAudioDepacketizer } from './audio.ts'
import { genericAac, latmAac, parseFmtp } from './fmtp.ts'
import { writeFrame } from './framing.ts'
import { createRtspPipeline, type RtspPipeline } from './pipeline.ts'
import type { AudioFormat } from './track.ts'

const clip = (codec: VideoCodec): readonly Buffer[] => splitAnnexB(readFileSync(join(import.meta.dirname, `../../../fixtures/h26x/plain.${codec}`)))
const typeOf = (codec: VideoCodec, nal: Buffer): number => (codec === 'h264' ? (nal[0] ?? 0) & 31 : ((nal[0] ?? 0) >> 1) & 63)
const isSet = (codec: VideoCodec, nal: Buffer): boolean => (codec === 'h264' ? [7, 8] : [32, 33, 34]).includes(typeOf(codec, nal))
const isSlice = (codec: VideoCodec, nal: Buffer): boolean => (codec === 'h264' ? [1, 5] : [0, 1, 19, 20, 21]).includes(typeOf(codec, nal))

const message = (...lines: readonly string[]): Buffer => Buffer.from(`${lines.join('\r\n')}\r\n`)
const respond = (cseq: number, headers: readonly string[], body = ''): Buffer => Buffer.concat([message('RTSP/1.0 200 OK', `CSeq: ${cseq}`, ...headers, ...(body === '' ? [] : [`Content-Length: ${body.length}`]), ''), Buffer.from(body)])

/** A session up to PLAY: DESCRIBE with this description, SETUP of its one track. */
function begin(sdp: string, asked = 'RTP/AVP/TCP;unicast;interleaved=0-1', granted = asked, onAudio?: (frame: AudioFrame) => void): RtspPipeline {
  const pipeline = createRtspPipeline(onAudio && { onAudio })
  pipeline.learn('out', message('DESCRIBE rtsp://h/a RTSP/1.0', 'CSeq: 1', ''))
  pipeline.learn('in', respond(1, ['Content-Base: rtsp://h/a/'], sdp))
  pipeline.learn('out', message('SETUP rtsp://h/a/1 RTSP/1.0', 'CSeq: 2', `Transport: ${asked}`, ''))
  pipeline.learn('in', respond(2, ['Session: 9', `Transport: ${granted}`]))
  return pipeline
}
const videoSdp = (codec: VideoCodec, fmtp: string): string => `v=0\r\nm=video 0 RTP/AVP 96\r\na=rtpmap:96 ${codec.toUpperCase()}/90000\r\na=fmtp:96 ${fmtp}\r\na=control:1\r\n`
const base64 = (nal: Buffer | undefined): string => nal?.toString('base64') ?? ''
const sprop = (codec: VideoCodec): string => {
  const [one, two, three] = clip(codec).filter((nal) => isSet(codec, nal))
  return codec === 'h264' ? `packetization-mode=1;sprop-parameter-sets=${base64(one)},${base64(two)}` : `sprop-vps=${base64(one)};sprop-sps=${base64(two)};sprop-pps=${base64(three)}`
}
/** One packet for each NAL unit, one time for each slice. */
function packets(nals: readonly Buffer[], codec: VideoCodec): readonly Buffer[] {
  let timestamp = 0
  return nals.map((payload, sequence) => {
    const hasMarker = isSlice(codec, payload)
    const packet = writeRtp({ payloadType: 96, sequence, timestamp, ssrc: 5, hasMarker, payload })
    if (hasMarker) timestamp += 3600
    return packet
  })
}
const play = (pipeline: RtspPipeline, list: readonly Buffer[]): readonly AccessUnit[] => [...list.flatMap((packet, i) => pipeline.push(writeFrame(0, packet), i * 1000)), ...pipeline.flush()]

t.test('parameter sets that come in the description alone', (t) => {
  for (const codec of ['h264', 'h265'] as const) {
    const bare = clip(codec).filter((nal) => !isSet(codec, nal))
    t.same(play(begin(videoSdp(codec, 'x=1')), packets(bare, codec)), [], `${codec}: without any, nothing can be shown`)
    const [first, ...rest] = play(begin(videoSdp(codec, sprop(codec))), packets(bare, codec))
    t.match(first, { codec, isKeyframe: true, width: Number, height: Number, parameterSets: { sps: Buffer, pps: Buffer } })
    t.ok(first?.nalUnits.some((nal) => isSet(codec, nal)), 'they stand before the first picture')
    t.ok(rest.length > 0)
  }
  t.end()
})

t.test('a description that names the other codec, or none, is overruled by the bytes', (t) => {
  const told = (sdp: string): readonly (string | boolean)[] => play(begin(sdp), packets(clip('h264'), 'h264')).slice(0, 1).map(({ codec }) => codec)
  t.same(told(videoSdp('h265', sprop('h265'))), ['h264'])
  t.same(told('v=0\r\nm=video 0 RTP/AVP 96\r\na=control:1\r\n'), ['h264'])
  t.end()
})

t.test('which media is whose: the camera’s channel, our own port', (t) => {
  const list = packets(clip('h264'), 'h264')
  const moved = begin(videoSdp('h264', 'x=1'), 'RTP/AVP/TCP;unicast;interleaved=0-1', 'RTP/AVP/TCP;unicast;interleaved=6-7')
  t.same(play(moved, list), [], 'nothing of a channel that was not granted')
  t.ok(list.flatMap((packet, i) => moved.push(writeFrame(6, packet), i * 1000)).length > 0)
  const datagrams = begin(videoSdp('h264', 'x=1'), 'RTP/AVP;unicast;client_port=30000-30001', 'RTP/AVP;unicast;client_port=1-2;server_port=5-6')
  t.same(list.flatMap((packet, i) => datagrams.push(packet, i * 1000, 1)), [])
  t.ok(list.flatMap((packet, i) => datagrams.push(packet, i * 1000, 30_000)).length > 0, 'the port that we asked for, whatever the answer repeats')
  t.equal(datagrams.firstPacketUs(), 0)
  const refused = createRtspPipeline()
  refused.learn('out', message('SETUP rtsp://h/a/1 RTSP/1.0', 'CSeq: 1', 'Transport: RTP/AVP/TCP;unicast;interleaved=0-1', ''))
  refused.learn('in', message('RTSP/1.0 461 No', 'CSeq: 1', ''))
  t.same(play(refused, list), [])
  t.end()
})

const aac = (text: string): AudioFormat => genericAac(parseFmtp(text), 16_000, 1) as AudioFormat
const sizes = (...list: readonly number[]): Buffer => Buffer.concat([Buffer.from([0, list.length * 16]), ...list.map((size) => Buffer.from([(size << 3) >> 8, (size << 3) & 0xff]))])

t.test('AAC: several in a packet, one in several packets, parts lost', (t) => {
  const hbr = aac('mode=AAC-hbr;sizelength=13;indexlength=3;indexdeltalength=3;config=1408')
  const read = createAudioDepacketizer(hbr)
  const two = read.push(Buffer.concat([sizes(3, 2), Buffer.from('abcde')]), 1000, true, 7)
  t.strictSame(two.map(({ pts, bytes }) => [pts, bytes.toString()]), [[1000, 'abc'], [2024, 'de']])
  t.match(two[0], { codec: 'aac', clockRate: 16_000, channels: 1, config: Buffer.from([0x14, 0x08]), receivedUs: 7 })
  t.same(read.push(Buffer.concat([sizes(6), Buffer.from('abc')]), 5000, false, 8), [])
  t.strictSame(read.push(Buffer.concat([sizes(6), Buffer.from('def')]), 5000, true, 9).map(({ pts, bytes }) => [pts, bytes.toString()]), [[5000, 'abcdef']])
  read.push(Buffer.concat([sizes(6), Buffer.from('abc')]), 6000, false, 8)
  read.gap()
  t.strictSame(read.push(Buffer.concat([sizes(2), Buffer.from('xy')]), 7000, true, 9).map(({ bytes }) => bytes.toString()), ['xy'], 'what was begun is dropped')
  t.same(read.push(Buffer.from([0xff, 0xff, 1, 2]), 0, true, 0), [], 'headers that reach past the packet')
  const lbr = createAudioDepacketizer(aac('mode=AAC-lbr;sizelength=6;indexlength=2;indexdeltalength=2;config=1408'))
  t.strictSame(lbr.push(Buffer.from([0, 16, 2 << 2, 1 << 2, 97, 98, 99]), 0, true, 0).map(({ bytes }) => bytes.toString()), ['ab', 'c'])
  const constant = createAudioDepacketizer(aac('mode=AAC-lbr;constantsize=2;config=1408'))
  t.strictSame(constant.push(Buffer.from('abcd'), 0, true, 0).map(({ pts, bytes }) => [pts, bytes.toString()]), [[0, 'ab'], [1024, 'cd']])
  const auxiliary = createAudioDepacketizer(aac('mode=AAC-hbr;sizelength=13;indexlength=3;indexdeltalength=3;auxiliarydatasizelength=8;config=1408'))
  t.strictSame(auxiliary.push(Buffer.concat([sizes(2), Buffer.from([8, 0xaa]), Buffer.from('xy')]), 0, true, 0).map(({ bytes }) => bytes.toString()), ['xy'])
  t.match(aac('mode=AAC-hbr'), { config: Buffer.from([0x14, 0x08]) }, 'without config: AAC-LC of the rate')
  t.equal(genericAac(parseFmtp('mode=CELP-cbr'), 8000, 1), undefined)
  t.end()
})

t.test('AAC as LATM, G.711 as it is', (t) => {
  const latm = createAudioDepacketizer(latmAac(parseFmtp('cpresent=0;config=400028103FC0'), 16_000, 1) as AudioFormat)
  const long = Buffer.alloc(300, 1)
  t.strictSame(latm.push(Buffer.concat([Buffer.from([255, 45]), long.subarray(0, 200)]), 0, false, 0), [])
  t.strictSame(latm.push(Buffer.concat([long.subarray(200), Buffer.from([2, 5, 6])]), 0, true, 0).map(({ pts, bytes }) => [pts, bytes.length]), [[0, 300], [1024, 2]])
  t.equal(latmAac(parseFmtp('cpresent=1'), 16_000, 1), undefined, 'a StreamMuxConfig in band')
  t.equal(latmAac(parseFmtp('cpresent=0;config=80002810'), 16_000, 1), undefined, 'version 1')
  t.strictSame(createAudioDepacketizer({ codec: 'pcma', clockRate: 8000, channels: 1 }).push(Buffer.from('abc'), 160, false, 3), [{ codec: 'pcma', pts: 160, clockRate: 8000, channels: 1, bytes: Buffer.from('abc'), receivedUs: 3 }])
  t.end()
})

t.test('chewed sessions and sound: nothing is thrown, nothing grows', (t) => {
  const sdp = videoSdp('h264', sprop('h264'))
  const list = packets(clip('h264'), 'h264').slice(0, 12).map((packet) => writeFrame(0, packet))
  for (const bytes of chew([Buffer.concat(list)], 1500, 1)) {
    const pipeline = begin(sdp)
    pipeline.push(bytes, 0)
    pipeline.push(bytes, 1, 30_000)
    pipeline.learn('in', bytes)
  }
  for (const bytes of chew([respond(2, ['Transport: RTP/AVP/TCP;interleaved=0-1']), message('SETUP rtsp://h/a/1 RTSP/1.0', 'CSeq: 2', 'Transport: x', '')], 3000, 2)) {
    const pipeline = begin(sdp)
    pipeline.learn('out', bytes)
    pipeline.learn('in', bytes)
  }
  let most = 0
  for (const format of [aac('mode=AAC-hbr'), aac('mode=AAC-lbr;constantsize=3'), latmAac(parseFmtp('cpresent=0;config=400028103FC0'), 16_000, 1) as AudioFormat]) {
    const read = createAudioDepacketizer(format)
    for (const bytes of chew([Buffer.concat([sizes(30, 40), Buffer.alloc(70, 3)]), Buffer.alloc(600, 255)], 4000, 3640)) for (const frame of read.push(bytes, 0, bytes.length % 3 === 0, 0)) most = Math.max(most, frame.bytes.length)
  }
  t.ok(most <= 8192 * 4)
  t.end()
})
