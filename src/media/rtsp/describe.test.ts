// Descriptions and addresses as cameras write them.
import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { chew } from '../../base/chew.ts'
import { ParseError } from '../../base/index.ts'
import { parseDescription, readDescription } from './describe.ts'
import type { RtspResponse } from './message.ts'
import { askDatagrams, askedPort, askInterleaved, parseGrant, parseSession } from './transport.ts'
import { controlUrl, parseRtspUrl } from './url.ts'

const folder = join(import.meta.dirname, '../../../fixtures/rtsp')
const fixture = (name: string): Buffer => readFileSync(join(folder, name))
const base = 'rtsp://10.0.0.64:554/Streaming/Channels/101/'

t.test('a picture and sound', (t) => {
  const { tracks, skipped, control } = parseDescription(fixture('hikvision-like.sdp'), base)
  t.equal(control, base)
  t.match(tracks, [
    { kind: 'video', codec: 'h264', payloadType: 96, control: `${base}trackID=1`, parameterSets: { length: 2 } },
    { kind: 'audio', payloadType: 8, control: `${base}trackID=2`, format: { codec: 'pcma', clockRate: 8000, channels: 1 } },
  ])
  t.same(skipped, ['application VND.ONVIF.METADATA'], 'metadata is no media of ours')
  t.end()
})

t.test('H.265 and AAC; bare line feeds; a base with a query', (t) => {
  const asked = 'rtsp://10.0.0.108/cam/realmonitor?channel=1&subtype=0'
  const { tracks, control } = parseDescription(fixture('dahua-like.sdp'), asked)
  t.equal(control, asked)
  const [video, audio] = tracks
  t.match(video, { kind: 'video', codec: 'h265', payloadType: 98, control: `${asked}/trackID=0`, parameterSets: { length: 3 } })
  t.same(video?.kind === 'video' ? video.parameterSets.map((nal) => ((nal[0] ?? 0) >> 1) & 63) : [], [32, 33, 34])
  t.match(audio, { kind: 'audio', format: { codec: 'aac', clockRate: 16000, channels: 1, config: Buffer.from([0x14, 0x08]), payload: { kind: 'generic', headers: { sizeLength: 13, indexLength: 3, indexDeltaLength: 3 } } } })
  t.end()
})

t.test('what is forgotten and what is odd', (t) => {
  const { tracks, skipped, control } = parseDescription(fixture('odd.sdp'), 'rtsp://10.0.0.9/')
  t.equal(control, 'rtsp://192.168.1.10/live', 'an absolute control of the session is the base of the rest')
  t.match(tracks, [
    { kind: 'video', codec: 'h264', payloadType: 97, control: 'rtsp://192.168.1.10/live/video', parameterSets: { length: 1 } },
    { kind: 'audio', payloadType: 0, control: 'rtsp://192.168.1.10/live?ctype=audio', format: { codec: 'pcmu', clockRate: 8000 } },
    { kind: 'audio', format: { codec: 'aac', config: Buffer.from([0x14, 0x08]), payload: { kind: 'latm' } } },
    { kind: 'video', payloadType: 96, control: 'rtsp://192.168.1.10/live' },
  ])
  t.notOk(tracks[3] && 'codec' in tracks[3], 'the bytes must tell')
  t.same(skipped, ['video JPEG', 'audio L16'])
  t.throws(() => parseDescription(Buffer.from('v=0\r\ns=-\r\n'), base), { code: 'rtsp.malformed' })
  t.end()
})

t.test('another base than what was asked for is believed, and the other kept', (t) => {
  const answer = (body: string, ...headers: RtspResponse['headers']): RtspResponse => ({ kind: 'response', status: 200, reason: '', headers, body: Buffer.from(body) })
  const sdp = 'v=0\r\nm=video 0 RTP/AVP 96\r\na=rtpmap:96 H264/90000\r\na=control:track1\r\n'
  const asked = 'rtsp://198.51.100.7/ch1'
  t.match(readDescription(answer(sdp, ['Content-Base', 'rtsp://192.168.0.9/inner/']), asked), { control: 'rtsp://192.168.0.9/inner/', tracks: [{ control: 'rtsp://192.168.0.9/inner/track1' }], otherwise: { control: asked, tracks: [{ control: `${asked}/track1` }] } })
  for (const same of [`${asked}/`, asked, 'nonsense', '']) t.notOk(readDescription(answer(sdp, ['Content-Base', same]), asked)?.otherwise, same)
  const absolute = sdp.replace('track1', 'rtsp://192.168.0.9/x')
  t.notOk(readDescription(answer(absolute, ['Content-Base', 'rtsp://192.168.0.9/inner/']), asked)?.otherwise, 'where no base matters')
  t.equal(readDescription(answer('<html>'), asked), undefined)
  t.end()
})

t.test('addresses', (t) => {
  t.strictSame(parseRtspUrl('rtsp://10.0.0.1/ch1'), { host: '10.0.0.1', port: 554, text: 'rtsp://10.0.0.1/ch1' })
  t.strictSame(parseRtspUrl('RTSP://admin:p%40ss@w:rd@cam.local:8554/a?b=c@d#x'), { host: 'cam.local', port: 8554, text: 'rtsp://cam.local:8554/a?b=c@d', username: 'admin', password: 'p@ss@w:rd' })
  t.strictSame(parseRtspUrl('rtsp://[fe80::1]:554/'), { host: 'fe80::1', port: 554, text: 'rtsp://[fe80::1]:554/' })
  t.equal(parseRtspUrl('rtsp://10.0.0.1/通道1')?.text, 'rtsp://10.0.0.1/%E9%80%9A%E9%81%931')
  t.equal(parseRtspUrl('rtsp://10.0.0.1?x=1')?.text, 'rtsp://10.0.0.1?x=1')
  for (const bad of ['', 'http://a/', 'rtsp://', 'rtsp:///x', 'rtsp://a:0/', 'rtsp://a:70000/', 'rtsp://a/b c', 'rtsp://a/b\r\nX: y', `rtsp://a/${'b'.repeat(3000)}`]) t.equal(parseRtspUrl(bad), undefined, JSON.stringify(bad.slice(0, 20)))
  t.end()
})

t.test('controls behind their base', (t) => {
  const table: readonly (readonly [string | undefined, string, string])[] = [
    ['*', 'rtsp://h/a/', 'rtsp://h/a/'],
    [undefined, 'rtsp://h/a', 'rtsp://h/a'],
    ['trackID=1', 'rtsp://h/a/', 'rtsp://h/a/trackID=1'],
    ['trackID=1', 'rtsp://h/a', 'rtsp://h/a/trackID=1'],
    ['/trackID=1', 'rtsp://h/a/', 'rtsp://h/a/trackID=1'],
    ['track1/', 'rtsp://h/a', 'rtsp://h/a/track1/'],
    ['?ctype=video', 'rtsp://h/a', 'rtsp://h/a?ctype=video'],
    ['rtsp://u:p@10.1.1.1/x/track1', 'rtsp://h/a', 'rtsp://10.1.1.1/x/track1'],
    ['evil\r\nX: y', 'rtsp://h/a', 'rtsp://h/a'],
  ]
  for (const [control, from, expected] of table) t.equal(controlUrl(control, from), expected, `${control} behind ${from}`)
  t.end()
})

t.test('what a camera grants', (t) => {
  const asked = { way: 'tcp', channel: 2 } as const
  t.equal(askInterleaved(2), 'RTP/AVP/TCP;unicast;interleaved=2-3')
  t.equal(askedPort(askDatagrams(30_000)), 30_000)
  t.strictSame(parseGrant('RTP/AVP/TCP;unicast;interleaved=4-5;ssrc=1;mode="PLAY"', asked), { way: 'tcp', channel: 4, rtcpChannel: 5 })
  t.strictSame(parseGrant('RTP/AVP/TCP;interleaved=6', asked), { way: 'tcp', channel: 6, rtcpChannel: 7 })
  t.strictSame(parseGrant('', asked), { way: 'tcp', channel: 2, rtcpChannel: 3 }, 'nothing said: as asked')
  t.strictSame(parseGrant('RTP/AVP;unicast;client_port=1-2;server_port=5000-5001;source=10.0.0.7', asked), { way: 'udp', host: '10.0.0.7', ports: [5000, 5001] })
  t.strictSame(parseGrant('RTP/AVP/UDP;unicast;server_port=5000', asked), { way: 'udp', ports: [5000, 5001] })
  t.strictSame(parseGrant('RTP/AVP;unicast;source=a b;server_port=99999-3', asked), { way: 'udp' })
  t.equal(parseGrant('MP2T/H2221/UDP;unicast', asked), undefined)
  t.strictSame(parseSession(' 123 ; timeout = 30 '), { id: '123', timeoutS: 30 })
  t.strictSame(parseSession('abc;timeout=0'), { id: 'abc' })
  t.strictSame(parseSession('abc'), { id: 'abc' })
  t.strictSame(parseSession('abc;timeout=999999999'), { id: 'abc', timeoutS: 3600 })
  t.equal(parseSession(';timeout=3'), undefined)
  t.end()
})

t.test('chewed descriptions: only ParseError', (t) => {
  const samples = readdirSync(folder).filter((name) => name.endsWith('.sdp')).map(fixture)
  t.equal(samples.length, 3)
  for (const bytes of chew(samples, 10_000, 4566)) {
    try {
      for (const track of parseDescription(bytes, base).tracks) if (/[\r\n ]/.test(track.control)) t.fail('a control that breaks out of its line')
      parseSession(bytes.toString('latin1', 0, 40))
      parseGrant(bytes.toString('latin1', 0, 80), { way: 'udp', channel: 0 })
    } catch (error) {
      if (!(error instanceof ParseError)) throw error
    }
  }
  t.end()
})
