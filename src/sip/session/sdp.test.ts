import { readFileSync, readdirSync } from 'node:fs'
import t from 'tap'
import { ParseError, seededBytes } from '../../base/index.ts'
import { chew } from '../../base/chew.ts'
import { parseSdp, writeSdp } from './sdp.ts'
import { encodingOf, inviteOffer, liveAnswer, liveOffer, recordingOf } from './sdp-offer.ts'
import { createSsrcs, formatSsrc, parseSsrc } from './ssrc.ts'

const folder = new URL('../../../fixtures/sdp/', import.meta.url)
const fixture = (name: string): Buffer => readFileSync(new URL(name, folder))
const files = readdirSync(folder).filter((name) => name.endsWith('.sdp'))

t.test('offers are read: transport, role, formats, SSRC', async (t) => {
  t.match(parseSdp(fixture('offer-udp.sdp')), {
    owner: '32011600001310000001', session: 'Play', host: '192.0.2.10', media: 'video', port: 30000, transport: 'udp', direction: 'recvonly', ssrc: 116000001,
    formats: [{ payloadType: 96, encoding: 'PS', clockRate: 90000 }, { payloadType: 98, encoding: 'H264' }, { payloadType: 97 }],
  })
  t.match(parseSdp(fixture('offer-tcp-passive.sdp')), { transport: 'tcp', setup: 'passive', port: 30002, ssrc: 116000002 })
  t.match(parseSdp(fixture('playback-offer.sdp')), { session: 'Playback', ssrc: 999999999 })
})

t.test('answers are read however cameras write them', async (t) => {
  const own = parseSdp(fixture('answer-camera-own-y.sdp'))
  t.match(own, { host: '192.0.2.77', port: 15060, ssrc: 0x0396a9ca, direction: 'sendonly', f: '' })
  const priv = parseSdp(fixture('answer-no-y-private.sdp'))
  t.equal(priv.ssrc, undefined)
  t.match(priv.formats, [{ payloadType: 96, encoding: 'HIKVISION' }])
  t.match(parseSdp(fixture('answer-audio-first-lf.sdp')), {
    media: 'video', port: 7002, host: '192.0.2.79', ssrc: 0, formats: [{ payloadType: 96 }, { payloadType: 100, encoding: 'H265' }],
  })
})

t.test('of several media lines the one that is not declined', async (t) => {
  t.match(parseSdp(fixture('answer-declined-first.sdp')), { port: 15062, formats: [{ payloadType: 96, encoding: 'PS' }], ssrc: 116000003, f: 'v/2/6/25/1/4000a/1/8/1' })
  t.match(parseSdp(Buffer.from('m=video 0 RTP/AVP 96\r\n')), { port: 0 }, 'declined is all there is')
})

t.test('recordings: whose, when, how fast, how large (Q70, Q75, Q78)', async (t) => {
  const playback = parseSdp(fixture('playback-offer.sdp'))
  t.same(playback.time, { startS: 1379577600, endS: 1379581200 }, 'UNIX seconds are taken raw')
  t.same(recordingOf(playback), { channelId: '32011600001310000001', type: 'all' }, 'type 255 is all')
  const ntp = parseSdp(fixture('playback-ntp-time.sdp'))
  t.same(ntp.time, { startS: 1767225600, endS: 1767229200 }, 'NTP seconds are converted')
  t.same(recordingOf(ntp), { channelId: '32011600001310000001', type: 'time' })
  t.same(parseSdp(Buffer.from('t=2208988800 2208988801\nm=video 1 RTP/AVP 96\n')).time, { startS: 2208988800, endS: 1 }, 'the border itself is UNIX time')
  t.match(parseSdp(fixture('offer-download-substream.sdp')), { session: 'Download', setup: 'active', downloadSpeed: 4, stream: { attribute: 'streamprofile', number: 1 } })
  t.equal(parseSdp(fixture('answer-download.sdp')).fileSize, 52428800)
  t.equal(parseSdp(fixture('answer-download-filesize-unknown.sdp')).fileSize, undefined)
  t.equal(parseSdp(fixture('answer-camera-own-y.sdp')).fileSize, undefined, 'a file of 0 bytes is none')
  t.same(parseSdp(fixture('answer-no-y-private.sdp')).stream, { attribute: 'streamMode', number: 0 })
  t.equal(recordingOf(parseSdp(fixture('offer-udp.sdp'))), undefined)
})

t.test('what an answer will send: by rtpmap, else by number; 99 and 100 only by name; private ones are said so (Q73, Q76)', async (t) => {
  const encoding = (name: string) => encodingOf(parseSdp(fixture(name)))
  t.same(encoding('answer-camera-own-y.sdp'), { encoding: 'PS', isPrivate: false })
  t.same(encoding('answer-no-y-private.sdp'), { encoding: 'HIKVISION', isPrivate: true })
  t.equal(encoding('answer-h265-by-number.sdp'), undefined)
  t.same(encoding('answer-audio-first-lf.sdp'), { encoding: 'PS', isPrivate: false }, '96 without rtpmap')
  t.same(encodingOf(parseSdp(Buffer.from('m=video 1 RTP/AVP 99\r\na=rtpmap:99 h265/90000\r\n'))), { encoding: 'h265', isPrivate: false })
})

t.test('our offers of playback and download', async (t) => {
  const range = { fromS: 1767225600, toS: 1767229200 }
  const text = writeSdp(inviteOffer({ kind: 'playback', channelId: '32011600001310000001', host: '192.0.2.10', port: 30000, transport: 'udp', ssrc: 1116000001, range, recordType: 'alarm' })).toString()
  t.match(text, /s=Playback\r\nu=32011600001310000001:2\r\nc=IN IP4 192.0.2.10\r\nt=1767225600 1767229200\r\nm=video 30000 RTP\/AVP 96/)
  t.match(text, /y=1116000001\r\n$/)
  const download = writeSdp(inviteOffer({ kind: 'download', channelId: '1', host: '192.0.2.10', port: 0, transport: 'tcp-active', ssrc: 1, range, downloadSpeed: 4, stream: { attribute: 'streamMode', number: 1 }, f: 'v/2////a///' })).toString()
  t.match(download, /s=Download\r\nu=1:0\r\n/)
  t.match(download, /m=video 9 TCP\/RTP\/AVP 96 98 97 99 100\r\n/, 'who only connects names the discard port')
  t.match(download, /a=setup:active\r\na=connection:new\r\na=streamMode:sub\r\na=downloadspeed:4\r\ny=0000000001\r\nf=v\/2\/\/\/\/a\/\/\/\r\n$/)
  t.match(liveAnswer({ offer: parseSdp(Buffer.from(download)), owner: '1', host: '192.0.2.77', port: 15064, fileSize: 77 }), { setup: 'passive', session: 'Download', fileSize: 77, time: { startS: 1767225600 } })
})

t.test('damaged descriptions are refused', async (t) => {
  for (const name of files.filter((file) => file.startsWith('damaged-'))) t.throws(() => parseSdp(fixture(name)), { code: 'sdp.malformed' }, name)
  t.throws(() => parseSdp(Buffer.alloc(17 * 1024, 'a')), { code: 'sdp.malformed' }, 'too long')
})

t.test('every sound fixture survives parse, write, parse', async (t) => {
  for (const name of files.filter((file) => !file.startsWith('damaged-'))) {
    const sdp = parseSdp(fixture(name))
    t.same(parseSdp(writeSdp(sdp)), sdp, name)
  }
})

t.test('our offer of live play, and the answer to it', async (t) => {
  const offer = liveOffer({ channelId: '32011600001310000001', host: '192.0.2.10', port: 30002, transport: 'tcp-passive', ssrc: 116000002 })
  const text = writeSdp(offer).toString()
  t.match(text, /^v=0\r\no=32011600001310000001 0 0 IN IP4 192.0.2.10\r\ns=Play\r\nc=IN IP4 192.0.2.10\r\nt=0 0\r\nm=video 30002 TCP\/RTP\/AVP 96 98 97 99 100\r\n/)
  t.match(text, /a=setup:passive\r\na=connection:new\r\ny=0116000002\r\n$/)
  t.notMatch(text, /u=/)
  const answer = liveAnswer({ offer: parseSdp(Buffer.from(text)), owner: '32011600001310000001', host: '192.0.2.77', port: 15060 })
  t.match(parseSdp(writeSdp(answer)), { transport: 'tcp', setup: 'active', direction: 'sendonly', ssrc: 116000002, formats: [{ payloadType: 96, encoding: 'PS' }] })
  const udp = writeSdp(liveOffer({ channelId: '1', host: '2001:db8::1', port: 30000, transport: 'udp', ssrc: 1 })).toString()
  t.match(udp, /c=IN IP6 2001:db8::1\r\n/)
  t.notMatch(udp, /setup|connection/)
})

t.test('chewed descriptions raise ParseError and nothing else', async (t) => {
  let refused = 0
  for (const bytes of chew(files.map(fixture), 4000, 4566)) {
    try {
      const sdp = parseSdp(bytes)
      t.ok(sdp.port <= 65535 && sdp.formats.length <= 64)
      parseSdp(writeSdp(sdp))
    } catch (error) {
      if (!(error instanceof ParseError)) throw error
      refused++
    }
  }
  t.ok(refused > 100 && refused < 4000, `${refused} of 4000 refused`)
})

t.test('SSRC: the digits of Annex G, unique while in use, bounded, given back last', async (t) => {
  const ssrcs = createSsrcs({ id: '13010000002000000001', random: seededBytes(1) })
  const first = ssrcs.take('live') ?? -1
  t.match(formatSsrc(first), /^010000\d{4}$/)
  const taken = new Set([first])
  for (let i = 1; i < 10_000; i++) {
    if (i === 5000) ssrcs.giveBack(first)
    taken.add(ssrcs.take('live') ?? -1)
  }
  t.equal(taken.size, 10_000, 'the one given back is the last to come again')
  t.equal(ssrcs.take('live'), first)
  t.equal(ssrcs.take('live'), undefined)
  t.match(formatSsrc(ssrcs.take('history') ?? -1), /^110000\d{4}$/, 'each kind has its own')
  ssrcs.giveBack(42)
  t.equal(ssrcs.inUse(), 10_001)
})

t.test('SSRC: compared as numbers, leading zeros only when written', async (t) => {
  t.equal(parseSsrc('0060205514'), 0x0396a9ca)
  t.equal(parseSsrc('0100003190'), 0x05f5ed76)
  t.equal(formatSsrc(0x0396a9ca), '0060205514')
  t.equal(parseSsrc('4294967296'), undefined)
  t.equal(parseSsrc('x'), undefined)
})
