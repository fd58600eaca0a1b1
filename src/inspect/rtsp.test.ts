// Attempts at cameras that are pulled by RTSP: what their messages say, what is told of them, and who is listened to on a port of two senders.
import { readFileSync } from 'node:fs'
import t from 'tap'
import { readPcapng } from '../base/index.ts'
import type { WireEvent } from '../media/index.ts'
import { pictureSource } from '../media/io/scripted-camera.ts'
import { observing } from '../service/observing.ts'
import { defaultRules as rules, type Attempt, type Note, type RecordedEvent } from './index.ts'
import { createObserver } from './observe.ts'
import { emptyTimeline, readTimeline, type Timeline } from './timeline.ts'

const local = { host: '192.0.2.10', port: 41_000 }
const remote = { host: '198.51.100.7', port: 554 }
const said = (direction: 'in' | 'out', atMs: number, first: string, ...lines: readonly string[]): WireEvent => ({
  layer: 'signal', direction, atUs: atMs * 1000, transport: 'tcp', local, remote, bytes: Buffer.from([first, ...lines, '', ''].join('\r\n')),
})
const ask = (cseq: number, method: string, atMs = cseq): WireEvent => said('out', atMs, `${method} rtsp://198.51.100.7/a RTSP/1.0`, `CSeq: ${cseq}`)
const answer = (cseq: number, status: string, atMs = cseq): WireEvent => said('in', atMs, `RTSP/1.0 ${status}`, `CSeq: ${cseq}`, 'Server: Cam/1')
const read = (...events: readonly WireEvent[]): Timeline => events.reduce((timeline, event) => readTimeline(timeline, event, observing.readSignal), emptyTimeline)

t.test('what an RTSP session says of its beginning and its end', (t) => {
  const bare = ({ protocol: _p, open: _o, ...rest }: Timeline): Omit<Timeline, 'protocol' | 'open'> => rest
  const asked = { isCancelled: false, isHungUp: false, askedUs: 1000 }
  const refused = (status: number, reason: string): Timeline => ({ ...asked, final: { status, reason, hop: 'Cam/1' } })
  const playing = [ask(1, 'DESCRIBE'), answer(1, '200 OK'), ask(2, 'SETUP'), answer(2, '200 OK'), ask(3, 'PLAY')]
  const table: readonly (readonly [string, Timeline, Timeline])[] = [
    ['the first DESCRIBE is the zero', read(ask(1, 'DESCRIBE')), asked],
    ['a challenge that is answered refuses nothing', read(ask(1, 'DESCRIBE'), answer(1, '401 Unauthorized'), ask(2, 'DESCRIBE')), asked],
    ['one that is not does', read(ask(1, 'DESCRIBE'), answer(1, '401 Unauthorized')), refused(401, 'Unauthorized')],
    ['so does a second one', read(ask(1, 'DESCRIBE'), answer(1, '401 Unauthorized'), ask(2, 'DESCRIBE'), answer(2, '401 No')), refused(401, 'No')],
    ['another transport is asked for', read(ask(1, 'DESCRIBE'), answer(1, '200 OK'), ask(2, 'SETUP'), answer(2, '461 Unsupported Transport'), ask(1, 'DESCRIBE', 9)), asked],
    ['TEARDOWN takes no refusal back', read(...playing, answer(3, '455 Wrong'), ask(4, 'TEARDOWN'), answer(4, '200 OK')), refused(455, 'Wrong')],
    ['200 to DESCRIBE and SETUP answers nothing yet', read(...playing), asked],
    ['200 to PLAY does', read(...playing, answer(3, '200 OK', 7)), { ...refused(200, 'OK'), okUs: 7000 }],
    ['and stays the answer', read(...playing, answer(3, '200 OK', 7), ask(1, 'DESCRIBE', 9), answer(1, '404 Not Found', 10)), { ...refused(200, 'OK'), okUs: 7000 }],
    ['an answer without a number is to what was asked last', read(...playing, said('in', 8, 'RTSP/1.0 200 OK')), { ...asked, okUs: 8000, final: { status: 200, reason: 'OK', hop: '198.51.100.7:554' } }],
    ['a keepalive is no refusal', read(...playing, answer(3, '200 OK', 7), ask(4, 'GET_PARAMETER'), answer(4, '454 Gone')), { ...refused(200, 'OK'), okUs: 7000 }],
    ['the camera ends the session', read(ask(1, 'DESCRIBE'), said('in', 2, 'TEARDOWN rtsp://a RTSP/1.0', 'CSeq: 1')), { ...asked, isHungUp: true }],
    ['an answer to nothing', read(answer(9, '404 Not Found')), { isCancelled: false, isHungUp: false }],
  ]
  for (const [name, found, expected] of table) t.strictSame(bare(found), expected, name)
  const many = read(...Array.from({ length: 50 }, (_, n) => ask(n, 'DESCRIBE')))
  t.equal(many.open?.length, 8, 'what is never answered does not pile up')
  t.end()
})

/** An attempt of these events, ended as the note says. */
function attemptOf(events: readonly WireEvent[], ...notes: readonly Note[]): Attempt {
  const observer = createObserver(rules, observing)
  const all: RecordedEvent[] = [
    { kind: 'note', atUs: 0, note: { type: 'attempt', attempt: 1, isCold: true } },
    ...events.map((wire): RecordedEvent => ({ kind: 'wire', wire })),
    ...notes.map((note): RecordedEvent => ({ kind: 'note', atUs: 9_000_000, note })),
  ]
  for (const event of all) observer.push(event)
  return observer.attempt()
}
const failed = (reason: string, detail: string): Note => ({ type: 'failed', attempt: 1, reason, detail })
const ended = (why: 'timeout' | 'failed' | 'ended'): Note => ({ type: 'attempt-end', attempt: 1, why })

t.test('outcomes of cameras that give nothing, each by its cause', (t) => {
  const playing = [ask(1, 'DESCRIBE'), answer(1, '200 OK'), ask(2, 'SETUP'), answer(2, '200 OK'), ask(3, 'PLAY'), answer(3, '200 OK', 7)]
  const table: readonly (readonly [Attempt, Partial<Attempt>])[] = [
    [attemptOf([], failed('offline', 'tcp-refused: ECONNREFUSED'), ended('failed')), { outcome: 'offline', detail: 'tcp-refused: ECONNREFUSED', times: {} }],
    [attemptOf([ask(1, 'DESCRIBE'), answer(1, '401 Unauthorized')], failed('refused', 'unauthorised: the record has none'), ended('failed')), { outcome: 'refused', sipStatus: 401, hop: 'Cam/1', detail: 'unauthorised: the record has none' }],
    [attemptOf([ask(1, 'DESCRIBE'), answer(1, '404 Not Found')], ended('timeout')), { outcome: 'refused', sipStatus: 404, detail: 'Not Found' }],
    [attemptOf([ask(1, 'DESCRIBE'), answer(1, '200 OK')], failed('no-media', 'no-media: the camera offers no H.264 or H.265 picture'), ended('failed')), { outcome: 'no-media', detail: /no H.264/ as unknown as string }],
    [attemptOf([ask(1, 'DESCRIBE'), answer(1, '200 OK')], failed('refused', 'malformed: the description cannot be read'), ended('failed')), { outcome: 'refused', detail: 'malformed: the description cannot be read' }],
    [attemptOf([ask(1, 'DESCRIBE')], failed('no-answer', 'closed: the camera closed the connection'), ended('failed')), { outcome: 'no-answer' }],
    [attemptOf([ask(1, 'DESCRIBE')], ended('timeout')), { outcome: 'no-answer', detail: 'given up 9 s after DESCRIBE left' }],
    [attemptOf(playing, ended('timeout')), { outcome: 'no-media', sipStatus: 200, times: { ok: 6 } }],
    [attemptOf([ask(1, 'DESCRIBE')], failed('no-port', 'all media ports are in use'), ended('failed')), { outcome: 'no-answer', isOurFault: true }],
  ]
  for (const [found, expected] of table) t.match(found, expected)
  t.end()
})

t.test('a recorded RTSP session as an attempt: its times, its stream, over either transport', (t) => {
  for (const [name, transport, codec] of [['h264-pcma-digest-tcp', 'rtsp-tcp', 'h264'], ['h265-aac-basic-udp', 'rtsp-udp', 'h265']] as const) {
    const events = readPcapng(readFileSync(new URL(`../../fixtures/rtsp/${name}.pcapng`, import.meta.url))).flatMap((each) => (each.kind === 'wire' ? [each.wire] : []))
    const zeroUs = events[0]?.atUs ?? 0
    const attempt = attemptOf(events.map((event) => ({ ...event, atUs: event.atUs - zeroUs })), ended('timeout'))
    t.match(attempt, { stream: { codec, width: 320, height: 180, transport, container: 'elementary', lossRate: 0 }, sipStatus: 200 }, name)
    const { ok = 0, firstPacket = 0, firstKeyframe = 0 } = attempt.times
    t.ok(ok > 0 && firstPacket > 0 && firstKeyframe >= firstPacket, JSON.stringify(attempt.times))
  }
  t.end()
})

t.test('two senders on one port: the one that the answer names is measured, as when it is live', (t) => {
  const ssrc = 100_003_190
  const sip = (direction: 'in' | 'out', first: string, ...body: readonly string[]): WireEvent => {
    const sdp = [...body, ''].join('\r\n')
    const head = [first, 'Via: SIP/2.0/UDP 192.0.2.10;branch=z9hG4bK1', 'From: <sip:a@b>;tag=1', 'To: <sip:c@d>', 'Call-ID: 1', 'CSeq: 1 INVITE', 'Content-Type: application/sdp', `Content-Length: ${sdp.length}`, '', sdp]
    return { layer: 'signal', direction, atUs: 0, transport: 'udp', local: { ...local, port: 5060 }, remote: { ...remote, port: 5060 }, bytes: Buffer.from(head.join('\r\n')) }
  }
  const sdp = (y: string): readonly string[] => ['v=0', 'o=1 0 0 IN IP4 192.0.2.10', 's=Play', 'c=IN IP4 192.0.2.10', 't=0 0', `m=video ${local.port} RTP/AVP 96`, 'a=rtpmap:96 PS/90000', y]
  const [intruder, camera] = [pictureSource(5, 40_000), pictureSource(ssrc)]
  const media: WireEvent[] = []
  for (let n = 0; n < 12; n++) {
    for (const [source, port] of [[intruder, 7000], [camera, 7002]] as const) {
      for (const bytes of source()) media.push({ layer: 'media', direction: 'in', atUs: 10_000 + n * 40_000, transport: 'udp', local, remote: { host: '198.51.100.7', port }, bytes })
    }
  }
  const own = media.filter(({ remote: from }) => from.port === 7002).length
  for (const [offered, named, isTold] of [['y=0100003190', 'y=0100003190', true], ['y=0000000007', 'y=0100003190', true], ['y=0100003190', 'y=0000000000', true], ['f=', 'f=', false]] as const) {
    const attempt = attemptOf([sip('out', 'INVITE sip:c@d SIP/2.0', ...sdp(offered)), sip('in', 'SIP/2.0 200 OK', ...sdp(named)), ...media], ended('timeout'))
    const packets = attempt.stream?.packets ?? 0
    if (isTold) t.ok(packets >= own && packets < media.length - 10, `${offered} ${named}: ${packets} packets, its own ${own}`)
    else t.equal(packets, media.length - own, 'without a word of it, who came first')
    t.equal(attempt.stream?.lossRate, 0)
  }
  t.end()
})
