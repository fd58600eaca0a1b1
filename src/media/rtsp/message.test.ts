// RTSP messages and the framing of one connection: tables, splits at every offset, damage.
import t from 'tap'
import { chew } from '../../base/chew.ts'
import { ParseError } from '../../base/index.ts'
import { createRtspFramer, splitFrames, writeFrame, type RtspPiece } from './framing.ts'
import { cseqOf, header, headerValues, maxBodyBytes, parseRtsp, writeRtsp, type RtspMessage } from './message.ts'
import { redacted } from './redact.ts'
import { writePunch, writeReceiverReport } from './receiver-report.ts'
import { isRtcp, parseRtp, writeRtp } from '../rtp/packet.ts'

const text = (...lines: readonly string[]): Buffer => Buffer.from(lines.join('\r\n'), 'latin1')
const describe200 = text('RTSP/1.0 200 OK', 'CSeq: 2', 'Content-Type: application/sdp', 'Content-Length: 5', '', 'v=0\r\n')
const options = text('OPTIONS rtsp://10.0.0.1/ch1 RTSP/1.0', 'CSeq: 7', 'Session: 12345678', '', '')

t.test('requests and responses, and back again', (t) => {
  t.match(parseRtsp(describe200), { kind: 'response', status: 200, reason: 'OK', body: Buffer.from('v=0\r\n') })
  t.match(parseRtsp(options), { kind: 'request', method: 'OPTIONS', uri: 'rtsp://10.0.0.1/ch1' })
  for (const bytes of [describe200, options]) t.equal(writeRtsp(parseRtsp(bytes)).toString(), bytes.toString())
  t.end()
})

t.test('what cameras write otherwise is read all the same', (t) => {
  const odd = Buffer.from('rtsp/1.0 401 Unauthorized\nCSEQ : 3\nwww-authenticate: Digest realm="a",\n  nonce="b"\nWWW-Authenticate:Basic realm="c"\nno colon here\nServer:\n\n')
  const message = parseRtsp(odd)
  t.match(message, { kind: 'response', status: 401, reason: 'Unauthorized' })
  t.equal(cseqOf(message), 3)
  t.same(headerValues(message, 'WWW-Authenticate'), ['Digest realm="a", nonce="b"', 'Basic realm="c"'])
  t.equal(header(message, 'server'), '')
  t.match(parseRtsp(text('RTSP/1.0 200', '', '')), { status: 200, reason: '' })
  t.equal(cseqOf(parseRtsp(text('RTSP/1.0 200 OK', '', ''))), undefined)
  t.equal(cseqOf(parseRtsp(text('RTSP/1.0 200 OK', 'CSeq: x', '', ''))), undefined)
  t.equal(cseqOf(parseRtsp(text('RTSP/1.0 200 OK', 'CSeq: 12, 13', '', ''))), 12)
  t.match(parseRtsp(text('get_parameter * RTSP/1.0', '', '')), { method: 'GET_PARAMETER', uri: '*' })
  t.end()
})

t.test('what is no message is refused with rtsp.malformed', (t) => {
  const damaged = [
    text('RTSP/1.0 200 OK', 'CSeq: 1'),
    text('RTSP/1.0 20 OK', '', ''),
    text('HTTP/1.1 200 OK', '', ''),
    text('OPTIONS RTSP/1.0', '', ''),
    text('RTSP/1.0 200 OK', 'Content-Length: -1', '', ''),
    text('RTSP/1.0 200 OK', `Content-Length: ${maxBodyBytes + 1}`, '', ''),
    text('RTSP/1.0 200 OK', 'Content-Length: 10', '', 'short'),
    Buffer.from(`RTSP/1.0 200 OK\r\n${'A: b\r\n'.repeat(300)}\r\n`),
    Buffer.from(`RTSP/1.0 200 OK\r\nA: ${'b'.repeat(70_000)}\r\n\r\n`),
    Buffer.alloc(0),
  ]
  for (const bytes of damaged) t.throws(() => parseRtsp(bytes), { name: 'ParseError', code: 'rtsp.malformed' }, bytes.toString('latin1', 0, 40))
  const smuggled: RtspMessage = { kind: 'request', method: 'OPTIONS', uri: '*', headers: [['Session', 'a\r\nX: y']], body: Buffer.alloc(0) }
  t.throws(() => writeRtsp(smuggled), { code: 'rtsp.malformed' }, 'a header cannot bring another along')
  t.end()
})

t.test('credentials are not recorded, and nothing moves', (t) => {
  const asked = text('DESCRIBE rtsp://h/ RTSP/1.0', 'CSeq: 1', 'authorization: Digest username="admin", response="00"', 'Proxy-Authorization:Basic YTpi', 'Accept: application/sdp', '', '')
  const kept = redacted(asked)
  t.equal(kept.length, asked.length)
  t.notMatch(kept.toString(), /admin|YTpi|Digest|Basic/)
  t.match(kept.toString(), /\r\nAccept: application\/sdp\r\n\r\n$/)
  t.same(parseRtsp(kept), { ...parseRtsp(asked), headers: parseRtsp(kept).headers })
  t.equal(redacted(options), options, 'what holds none is not copied')
  t.end()
})

t.test('signs of life are RTCP and RTP', (t) => {
  const report = writeReceiverReport(7, 'yiji')
  t.ok(isRtcp(report))
  t.equal(report.toString('hex'), '80c90001000000078' + '1ca0003000000070104' + Buffer.from('yiji').toString('hex') + '0000')
  t.match(parseRtp(writePunch(7)), { ssrc: 7, sequence: 0 })
  t.end()
})

const rtp = (sequence: number, bytes: number): Buffer => writeRtp({ payloadType: 96, sequence, timestamp: sequence * 3600, ssrc: 9, payload: Buffer.alloc(bytes, sequence) })
const frames = (from: number, count: number, channel = 0): readonly Buffer[] => Array.from({ length: count }, (_, i) => writeFrame(channel, rtp(from + i, 20 + i)))

/** Pieces of one type that follow each other, joined. */
function joined(pieces: readonly RtspPiece[]): readonly { readonly type: RtspPiece['type']; readonly text: string }[] {
  const found: { type: RtspPiece['type']; text: string }[] = []
  for (const { type, bytes } of pieces) {
    const last = found.at(-1)
    if (last && last.type === type && type !== 'message') last.text += bytes.toString('latin1')
    else found.push({ type, text: bytes.toString('latin1') })
  }
  return found
}
const cutEvery = (bytes: Buffer, size: number): readonly RtspPiece[] => {
  const framer = createRtspFramer()
  const pieces: RtspPiece[] = []
  for (let at = 0; at < bytes.length; at += size) pieces.push(...framer.push(bytes.subarray(at, at + size)))
  return pieces
}

t.test('messages and frames on one connection, cut anywhere', (t) => {
  const wire = Buffer.concat([describe200, options, ...frames(1, 3), ...frames(1, 2, 2), describe200, Buffer.from('\r\n'), ...frames(4, 2), options])
  const whole = joined(createRtspFramer().push(wire))
  t.same(whole.map(({ type }) => type), ['message', 'message', 'frames', 'message', 'noise', 'frames', 'message'])
  t.equal(whole.map((piece) => piece.text).join(''), wire.toString('latin1'), 'every byte is in one piece')
  for (let at = 1; at < wire.length; at++) {
    const framer = createRtspFramer()
    const pieces = joined([...framer.push(wire.subarray(0, at)), ...framer.push(wire.subarray(at))])
    if (JSON.stringify(pieces) !== JSON.stringify(whole)) t.fail(`cut at ${at}`)
  }
  t.same(joined(cutEvery(wire, 1)), whole, 'byte by byte')
  const [, , media] = createRtspFramer().push(wire)
  t.same(splitFrames(media?.bytes ?? wire).map(({ channel, packet }) => [channel, parseRtp(packet).sequence]), [[0, 1], [0, 2], [0, 3], [2, 1], [2, 2]])
  t.end()
})

t.test('a frame that lost bytes costs its neighbours, not the connection', (t) => {
  const sound = frames(1, 12)
  const short = sound.map((frame, i) => (i === 4 ? frame.subarray(0, frame.length - 9) : frame))
  const wire = Buffer.concat([...short, options, ...frames(20, 2)])
  const framer = createRtspFramer()
  const pieces = framer.push(wire)
  const sequences = pieces.filter(({ type }) => type === 'frames').flatMap(({ bytes }) => splitFrames(bytes)).map(({ packet }) => parseRtp(packet).sequence)
  t.same(sequences.slice(0, 4), [1, 2, 3, 4])
  t.same(sequences.slice(-2), [20, 21])
  t.ok(sequences.length >= 11, `${sequences.length} of 14`)
  t.equal(pieces.filter(({ type }) => type === 'message').length, 1)
  t.ok(framer.stats().resynchronisations >= 1)
  for (const size of [1, 7, 64]) t.same(joined(cutEvery(wire, size)), joined(pieces), `in chunks of ${size}`)
  t.end()
})

t.test('garbage before, between and after is said to be noise', (t) => {
  const garbage = Buffer.from('<html>$$ not this, RTS nor that</html> 24 24')
  const wire = Buffer.concat([garbage, describe200, garbage, ...frames(1, 4), garbage, options])
  const pieces = joined(createRtspFramer().push(wire))
  t.same(pieces.map(({ type }) => type), ['noise', 'message', 'noise', 'frames', 'noise', 'message'])
  t.same(joined(cutEvery(wire, 3)), pieces)
  t.end()
})

t.test('chewed messages and connections: only ParseError, nothing held beyond the bounds', (t) => {
  const messages = [describe200, options, text('RTSP/1.0 401 Unauthorized', 'WWW-Authenticate: Digest realm="a", nonce="b"', '', '')]
  for (const bytes of chew(messages, 20_000, 2326)) {
    try {
      const message = parseRtsp(bytes)
      writeRtsp(message)
      redacted(bytes)
    } catch (error) {
      if (!(error instanceof ParseError)) throw error
    }
  }
  const framer = createRtspFramer()
  let given = 0
  let pushed = 0
  for (const bytes of chew([Buffer.concat([describe200, ...frames(1, 5), options, ...frames(6, 5)])], 3000, 10_12)) {
    pushed += bytes.length
    for (const piece of framer.push(bytes)) given += piece.bytes.length
    if (framer.stats().heldBytes > maxBodyBytes + 65_536) t.fail('holds too much')
  }
  t.equal(given + framer.stats().heldBytes, pushed, 'no byte is lost')
  t.end()
})
