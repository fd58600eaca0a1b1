// The session as stories with a fake clock, one for each trouble, and as a walk over every state and event.
import t from 'tap'
import { manualClock, runMachine, silentLog } from '../../base/index.ts'
import { header, type RtspRequest, type RtspResponse } from './message.ts'
import { initialSession, sessionStep } from './session.ts'
import { defaultSessionTimes, type SessionEffect, type SessionEvent, type SessionParts, type SessionState } from './session-types.ts'

const sdp = 'v=0\r\na=control:*\r\nm=video 0 RTP/AVP 96\r\na=rtpmap:96 H264/90000\r\na=control:trackID=1\r\nm=audio 0 RTP/AVP 8\r\na=control:trackID=2\r\n'
const url = { host: '10.0.0.64', port: 554, text: 'rtsp://10.0.0.64/ch1' }
const parts: SessionParts = { url, credentials: { username: 'admin', password: 'secret' }, way: 'tcp', userAgent: 'yiji', cnonce: 'c0', times: defaultSessionTimes }
const nonce = (n: number, stale = ''): readonly (readonly [string, string])[] => [['WWW-Authenticate', `Digest realm="cam", nonce="n${n}"${stale}`]]

type Answer = readonly [status: number, headers?: readonly (readonly [string, string])[], body?: string]

/** A camera by its answers: what it says to a request, or nothing. */
function createWorld(answerTo: (request: RtspRequest, count: number) => Answer | undefined, changes: Partial<SessionParts> = {}, opens: (connection: number) => SessionEvent | undefined = (connection) => ({ type: 'connected', connection })) {
  const clock = manualClock()
  const diary: string[] = []
  const requests: RtspRequest[] = []
  const responses: RtspResponse[] = []
  const inbox: SessionEvent[] = []
  const now = (): number => {
    const state = machine.state()
    return state.name === 'ended' ? -1 : state.connection
  }
  const perform = (effect: SessionEffect): void => {
    switch (effect.type) {
      case 'connect': {
        diary.push(`connect ${effect.url.text}`)
        const event = opens(effect.connection)
        if (event) inbox.push(event)
        return
      }
      case 'send': {
        if (effect.message.kind === 'response') {
          responses.push(effect.message)
          return
        }
        const request = effect.message
        requests.push(request)
        const auth = header(request, 'Authorization')
        diary.push(`${request.method}${auth === undefined ? '' : ` (${/nonce="(\w+)"/.exec(auth)?.[1] ?? 'basic'})`}`)
        const answer = answerTo(request, requests.filter((each) => each.method === request.method).length)
        const connection = now()
        if (answer) inbox.push({ type: 'response', connection, response: { kind: 'response', status: answer[0], reason: '', headers: [['CSeq', header(request, 'CSeq') ?? ''], ['Server', 'Cam/1.0'], ...(answer[1] ?? [])], body: Buffer.from(answer[2] ?? '') } })
        return
      }
      case 'open-ports':
        diary.push(`open ${effect.count} pairs`)
        inbox.push({ type: 'ports', connection: effect.connection, ports: Array.from({ length: effect.count }, (_, i) => 30_000 + 2 * i) })
        return
      case 'failed':
        diary.push(`failed ${effect.failure.code}${effect.failure.status === undefined ? '' : ` ${effect.failure.status} by ${effect.failure.hop ?? ''}`}`)
        return
      case 'over':
        diary.push(`over: ${effect.reason}`)
        return
      case 'answered':
      case 'disconnect':
      case 'punch':
      case 'report':
        diary.push(effect.type)
    }
  }
  const machine = runMachine<SessionState, SessionEvent, SessionEffect>({ initial: initialSession({ ...parts, ...changes }), step: sessionStep({ ...parts, ...changes }), perform, clock, log: silentLog, label: {} })
  const settle = (): void => {
    for (let next = inbox.shift(); next; next = inbox.shift()) machine.send(next)
  }
  return {
    clock,
    machine,
    requests,
    responses,
    send: (event: SessionEvent) => {
      machine.send(event)
      settle()
    },
    now,
    pass: (ms: number) => {
      for (let left = ms; left > 0; left -= 500) {
        clock.advance(Math.min(left, 500))
        settle()
      }
    },
    told: () => diary.splice(0).filter((line) => line !== 'punch' && line !== 'report'),
    lines: () => diary.splice(0),
  }
}

/** A well-behaved camera. */
const good = (request: RtspRequest): Answer | undefined => {
  switch (request.method) {
    case 'DESCRIBE':
      return [200, [['Content-Base', 'rtsp://10.0.0.64/ch1/']], sdp]
    case 'SETUP':
      return [200, [['Session', '77;timeout=20'], ['Transport', header(request, 'Transport') ?? '']]]
    case 'OPTIONS':
      return [200, [['Public', 'OPTIONS, DESCRIBE, SETUP, PLAY, GET_PARAMETER, TEARDOWN']]]
    default:
      return [200, [['Session', '77']]]
  }
}
const start: SessionEvent = { type: 'start' }
const stop: SessionEvent = { type: 'stop' }

t.test('from the connection to TEARDOWN, interleaved', (t) => {
  const world = createWorld(good)
  world.send(start)
  t.strictSame(world.told(), ['disconnect', 'connect rtsp://10.0.0.64/ch1', 'DESCRIBE', 'SETUP', 'SETUP', 'PLAY', 'answered'])
  t.strictSame(world.requests.map((request) => [request.method, request.uri, header(request, 'Session'), header(request, 'Transport')]), [
    ['DESCRIBE', 'rtsp://10.0.0.64/ch1', undefined, undefined],
    ['SETUP', 'rtsp://10.0.0.64/ch1/trackID=1', undefined, 'RTP/AVP/TCP;unicast;interleaved=0-1'],
    ['SETUP', 'rtsp://10.0.0.64/ch1/trackID=2', '77', 'RTP/AVP/TCP;unicast;interleaved=2-3'],
    ['PLAY', 'rtsp://10.0.0.64/ch1/', '77', undefined],
  ])
  world.send({ type: 'packet', connection: world.now() })
  world.pass(10_000)
  t.strictSame(world.lines(), ['report', 'OPTIONS', 'report'], 'half of the time-out that the camera gave')
  world.pass(10_000)
  t.strictSame(world.told(), ['GET_PARAMETER'], 'which it has, by its own word')
  world.send(stop)
  t.strictSame(world.told(), ['TEARDOWN', 'disconnect'])
  t.equal(world.machine.state().name, 'ended')
  t.equal(world.clock.pending(), 0)
  t.end()
})

t.test('a challenge is answered, and the nonce used on', (t) => {
  const world = createWorld((request) => (header(request, 'Authorization') === undefined ? [401, [...nonce(1), ['WWW-Authenticate', 'Basic realm="cam"']]] : good(request)))
  world.send(start)
  t.strictSame(world.told(), ['disconnect', 'connect rtsp://10.0.0.64/ch1', 'DESCRIBE', 'DESCRIBE (n1)', 'SETUP (n1)', 'SETUP (n1)', 'PLAY (n1)', 'answered'])
  t.end()
})

t.test('a nonce for each request, and one that ran out', (t) => {
  let count = 0
  const fresh = createWorld((request) => (/nonce="n(\d+)"/.exec(header(request, 'Authorization') ?? '')?.[1] === String(count) && count++ >= 0 ? good(request) : [401, nonce(++count)]))
  fresh.send(start)
  t.equal(fresh.told().at(-1), 'answered')
  const stale = createWorld((request, times) => (request.method === 'PLAY' && times === 1 ? [401, nonce(2, ', stale=true')] : header(request, 'Authorization') === undefined ? [401, nonce(1)] : good(request)))
  stale.send(start)
  t.strictSame(stale.told().slice(-3), ['PLAY (n1)', 'PLAY (n2)', 'answered'])
  t.end()
})

t.test('a wrong password ends after one answer, a camera that never has enough after three', (t) => {
  const wrong = createWorld((_request, count) => [401, nonce(count)])
  wrong.send(start)
  t.strictSame(wrong.told(), ['disconnect', 'connect rtsp://10.0.0.64/ch1', 'DESCRIBE', 'DESCRIBE (n1)', 'failed unauthorised 401 by Cam/1.0', 'disconnect'])
  const endless = createWorld((_request, count) => [401, nonce(count, ', stale=true')])
  endless.send(start)
  t.strictSame(endless.told().slice(2), ['DESCRIBE', 'DESCRIBE (n1)', 'DESCRIBE (n2)', 'DESCRIBE (n3)', 'failed unauthorised 401 by Cam/1.0', 'disconnect'])
  const sha = [['WWW-Authenticate', 'Digest realm="cam", nonce="sha", algorithm=SHA-256'], ...nonce(1)] as const
  const both = createWorld((request) => (/nonce="n1"/.test(header(request, 'Authorization') ?? '') ? good(request) : [401, sha]))
  both.send(start)
  t.strictSame(both.told().slice(2, 5), ['DESCRIBE', 'DESCRIBE (sha)', 'DESCRIBE (n1)'], 'the weaker one when the stronger is not taken')
  const { credentials: _none, ...open } = parts
  const state = sessionStep(open)({ ...initialSession(open), name: 'describing', connection: 1, pending: { cseq: 1, method: 'DESCRIBE', uri: url.text, headers: [], refused: [], sends: 1 } } as SessionState, { type: 'response', connection: 1, response: { kind: 'response', status: 401, reason: '', headers: nonce(1), body: Buffer.alloc(0) } })
  t.match(state, [{ name: 'ended' }])
  t.match(state.find((effect) => 'type' in effect && effect.type === 'failed'), { failure: { code: 'unauthorised', detail: /record has none/ } })
  t.end()
})

t.test('sent on to another address; in a circle; nowhere', (t) => {
  const world = createWorld((request, count) => (count === 1 ? [302, [['Location', 'rtsp://u:p@10.0.0.65:8554/x']]] : good(request)))
  world.send(start)
  t.strictSame(world.told().slice(0, 5), ['disconnect', 'connect rtsp://10.0.0.64/ch1', 'DESCRIBE', 'disconnect', 'connect rtsp://10.0.0.65:8554/x'])
  const circle = createWorld(() => [301, [['Location', url.text]]])
  circle.send(start)
  const told = circle.told()
  t.equal(told.filter((line) => line === 'DESCRIBE').length, 6)
  t.equal(told.at(-2), 'failed redirected 301 by Cam/1.0')
  const nowhere = createWorld(() => [302])
  nowhere.send(start)
  t.equal(nowhere.told().at(-2), 'failed redirected 302 by Cam/1.0')
  const plain = createWorld((_request, count) => (count === 1 ? [302, [['Location', 'rtsp://10.9.9.9/x']]] : [401, [['WWW-Authenticate', 'Basic realm="x"']]]))
  plain.send(start)
  t.equal(plain.told().at(-2), 'failed unauthorised 401 by Cam/1.0', 'another host does not get the password in plain')
  t.notOk(plain.requests.some((request) => header(request, 'Authorization') !== undefined))
  t.end()
})

t.test('a camera that is silent at a step is left after its time', (t) => {
  for (const method of ['DESCRIBE', 'SETUP', 'PLAY']) {
    const world = createWorld((request) => (request.method === method ? undefined : good(request)))
    world.send(start)
    t.notMatch(world.told().join(), /failed/)
    world.pass(defaultSessionTimes.answerMs)
    const hasSession = method === 'PLAY'
    t.strictSame(world.told(), hasSession ? ['failed silent', 'TEARDOWN', 'disconnect'] : ['failed silent', 'disconnect'], method)
    t.equal(world.machine.state().name, 'ended')
    t.equal(world.clock.pending(), 0)
  }
  const deaf = createWorld(good, {}, () => undefined)
  deaf.send(start)
  deaf.pass(defaultSessionTimes.connectMs)
  t.equal(deaf.told().at(-2), 'failed unreachable')
  t.end()
})

t.test('TEARDOWN unanswered, and closed instead of answered', (t) => {
  for (const end of ['timeout', 'close'] as const) {
    const world = createWorld((request) => (request.method === 'TEARDOWN' ? undefined : good(request)))
    world.send(start)
    world.send(stop)
    t.equal(world.machine.state().name, 'ending')
    world.send(stop)
    if (end === 'close') world.send({ type: 'closed', reason: 'end', connection: world.now() })
    else world.pass(defaultSessionTimes.teardownMs)
    t.equal(world.machine.state().name, 'ended')
    t.strictSame(world.told().slice(-2), ['TEARDOWN', 'disconnect'])
    t.equal(world.clock.pending(), 0)
  }
  t.end()
})

t.test('refusals by status, each told once', (t) => {
  const table = [[403, 'forbidden'], [404, 'not-found'], [453, 'busy'], [500, 'refused'], [551, 'unsupported']] as const
  for (const [status, code] of table) {
    const world = createWorld((request) => (request.method === 'DESCRIBE' ? [status] : good(request)))
    world.send(start)
    t.strictSame(world.told().slice(2), ['DESCRIBE', `failed ${code} ${status} by Cam/1.0`, 'disconnect'])
  }
  const play = createWorld((request) => (request.method === 'PLAY' ? [455] : good(request)))
  play.send(start)
  t.strictSame(play.told().slice(-4), ['PLAY', 'failed refused 455 by Cam/1.0', 'TEARDOWN', 'disconnect'])
  const pictureless = createWorld(() => [200, [], 'v=0\r\nm=video 0 RTP/AVP 26\r\n'])
  pictureless.send(start)
  t.equal(pictureless.told().at(-2), 'failed no-media')
  const garbled = createWorld(() => [200, [], '<html>'])
  garbled.send(start)
  t.equal(garbled.told().at(-2), 'failed malformed 200 by Cam/1.0')
  const mute = createWorld((request) => (request.method === 'SETUP' && request.uri.endsWith('2') ? [404] : good(request)))
  mute.send(start)
  t.strictSame(mute.told().slice(-4), ['SETUP', 'SETUP', 'PLAY', 'answered'], 'a refused sound track costs no picture')
  t.end()
})

t.test('datagrams: ports first; nothing comes: TEARDOWN, and again interleaved', (t) => {
  const world = createWorld(good, { way: 'udp' })
  world.send(start)
  t.strictSame(world.lines(), ['disconnect', 'connect rtsp://10.0.0.64/ch1', 'DESCRIBE', 'open 2 pairs', 'SETUP', 'SETUP', 'punch', 'PLAY', 'answered'])
  t.equal(header(world.requests[1] as RtspRequest, 'Transport'), 'RTP/AVP;unicast;client_port=30000-30001')
  world.pass(defaultSessionTimes.firstDatagramMs)
  t.strictSame(world.told(), ['TEARDOWN', 'disconnect', 'connect rtsp://10.0.0.64/ch1', 'DESCRIBE', 'SETUP', 'SETUP', 'PLAY'], 'answered is said once')
  world.pass(60_000)
  t.notMatch(world.told().join(), /connect/)
  const heard = createWorld(good, { way: 'udp' })
  heard.send(start)
  heard.send({ type: 'packet', connection: heard.now() })
  heard.told()
  heard.pass(9_000)
  t.strictSame(heard.told(), [], 'what comes is kept')
  t.end()
})

t.test('461: the other way; both refused', (t) => {
  const onlyTcp = createWorld((request) => (/client_port/.test(header(request, 'Transport') ?? '') ? [461] : good(request)), { way: 'udp' })
  onlyTcp.send(start)
  t.strictSame(onlyTcp.told().slice(3), ['open 2 pairs', 'SETUP', 'disconnect', 'connect rtsp://10.0.0.64/ch1', 'DESCRIBE', 'SETUP', 'SETUP', 'PLAY', 'answered'])
  const onlyUdp = createWorld((request) => (/interleaved/.test(header(request, 'Transport') ?? '') ? [461] : good(request)))
  onlyUdp.send(start)
  t.equal(onlyUdp.told().at(-1), 'answered')
  const neither = createWorld((request) => (request.method === 'SETUP' ? [461] : good(request)))
  neither.send(start)
  t.strictSame(neither.told().slice(-2), ['failed unsupported 461 by Cam/1.0', 'disconnect'])
  t.end()
})

t.test('the camera goes: it closes, it ends the session, it forgets it', (t) => {
  const closed = createWorld(good)
  closed.send(start)
  closed.told()
  closed.send({ type: 'closed', reason: 'reset', connection: closed.now() })
  t.strictSame(closed.told(), ['over: the camera closed the connection: reset', 'disconnect'])
  const ended = createWorld(good)
  ended.send(start)
  ended.told()
  const request = (method: string): SessionEvent => ({ type: 'request', connection: ended.now(), request: { kind: 'request', method, uri: '*', headers: [['CSeq', '9']], body: Buffer.alloc(0) } })
  for (const method of ['OPTIONS', 'SET_PARAMETER', 'ANNOUNCE', 'RECORD']) ended.send(request(method))
  t.strictSame(ended.responses.map((each) => [each.status, header(each, 'CSeq')]), [[200, '9'], [200, '9'], [200, '9'], [501, '9']])
  ended.send(request('TEARDOWN'))
  t.strictSame(ended.told(), ['over: the camera ended the session by TEARDOWN', 'disconnect'])
  const forgot = createWorld((each) => (each.method === 'OPTIONS' ? [454] : good(each)))
  forgot.send(start)
  forgot.send({ type: 'packet', connection: forgot.now() })
  forgot.told()
  forgot.pass(10_000)
  t.strictSame(forgot.told().slice(0, 2), ['OPTIONS', 'over: the camera has ended the session'])
  t.equal(forgot.machine.state().name, 'ended')
  t.end()
})

t.test('keepalives that nobody answers, or that are not liked, cost nothing', (t) => {
  const world = createWorld((request, count) => (request.method === 'OPTIONS' && count > 1 ? undefined : request.method === 'GET_PARAMETER' ? [501] : good(request)))
  world.send(start)
  world.send({ type: 'packet', connection: world.now() })
  world.told()
  world.pass(50_000)
  t.strictSame(world.told(), ['OPTIONS', 'GET_PARAMETER', 'OPTIONS', 'OPTIONS', 'OPTIONS'])
  t.equal(world.machine.state().name, 'playing')
  const strict = createWorld((request) => (request.method === 'OPTIONS' ? [401, nonce(9)] : header(request, 'Authorization') === undefined ? [401, nonce(1)] : good(request)))
  strict.send(start)
  strict.send({ type: 'packet', connection: strict.now() })
  strict.told()
  strict.pass(20_000)
  t.equal(strict.machine.state().name, 'playing', 'nor those that are not believed')
  t.end()
})

t.test('interleaved, and nothing comes: in datagrams; granted another way than asked', (t) => {
  const world = createWorld(good)
  world.send(start)
  world.told()
  world.pass(defaultSessionTimes.firstFrameMs)
  t.strictSame(world.told(), ['TEARDOWN', 'disconnect', 'connect rtsp://10.0.0.64/ch1', 'DESCRIBE', 'open 2 pairs', 'SETUP', 'SETUP', 'PLAY'])
  world.pass(60_000)
  t.notMatch(world.told().join(), /connect/, 'each way once')
  const stubborn = createWorld((request) => (request.method === 'SETUP' ? [200, [['Session', '7'], ['Transport', 'RTP/AVP;unicast;client_port=30000-30001;server_port=5000-5001']]] : good(request)))
  stubborn.send(start)
  t.strictSame(stubborn.told().slice(3), ['SETUP', 'TEARDOWN', 'disconnect', 'connect rtsp://10.0.0.64/ch1', 'DESCRIBE', 'open 2 pairs', 'SETUP', 'SETUP', 'PLAY', 'answered'], 'what it grants is taken')
  for (const status of [400, 406, 461, 500, 501]) {
    const only = createWorld((request) => (/interleaved/.test(header(request, 'Transport') ?? '') ? [status] : good(request)))
    only.send(start)
    t.equal(only.told().at(-1), 'answered', `${status} to the first SETUP`)
  }
  const full = createWorld((request) => (request.method === 'SETUP' ? [453] : good(request)))
  full.send(start)
  t.strictSame(full.told().slice(3), ['SETUP', 'failed busy 453 by Cam/1.0', 'disconnect'], 'which is not about the transport')
  t.end()
})

t.test('a connection closed behind a challenge, or behind each answer, is made again; not for ever', (t) => {
  const closing = (when: (request: RtspRequest, connection: number) => boolean) => {
    const world = createWorld((request) => (header(request, 'Authorization') === undefined ? [401, nonce(1)] : when(request, world.now()) ? undefined : good(request)))
    return world
  }
  const challenge = closing((_request, connection) => connection === 1)
  challenge.send(start)
  t.strictSame(challenge.told().slice(2), ['DESCRIBE', 'DESCRIBE (n1)'])
  challenge.send({ type: 'closed', reason: 'end', connection: 1 })
  t.strictSame(challenge.told(), ['disconnect', 'connect rtsp://10.0.0.64/ch1', 'DESCRIBE (n1)', 'SETUP (n1)', 'SETUP (n1)', 'PLAY (n1)', 'answered'], 'with what it asked for before')
  const each = closing((request) => request.method === 'SETUP')
  each.send(start)
  for (const connection of [1, 2]) {
    each.told()
    each.send({ type: 'closed', reason: 'end', connection })
    t.strictSame(each.told().slice(0, 2), ['disconnect', 'connect rtsp://10.0.0.64/ch1'])
  }
  each.send({ type: 'closed', reason: 'end', connection: 3 })
  t.strictSame(each.told(), ['failed closed', 'disconnect'])
  const rude = createWorld(() => undefined)
  rude.send(start)
  rude.told()
  rude.send({ type: 'closed', reason: 'end', connection: 1 })
  t.strictSame(rude.told(), ['failed closed', 'disconnect'], 'one that says nothing is not asked again')
  t.end()
})

t.test('a base that the camera does not know itself: behind what was asked for', (t) => {
  const world = createWorld((request) => {
    if (request.method === 'DESCRIBE') return [200, [['Content-Base', 'rtsp://192.168.0.9:554/inner/']], sdp]
    return request.uri.includes('/inner/') ? [404] : good(request)
  })
  world.send(start)
  t.equal(world.told().at(-1), 'answered')
  t.strictSame(world.requests.map(({ method, uri }) => `${method} ${uri}`).slice(1), ['SETUP rtsp://192.168.0.9:554/inner/trackID=1', 'SETUP rtsp://10.0.0.64/ch1/trackID=1', 'SETUP rtsp://10.0.0.64/ch1/trackID=2', 'PLAY rtsp://10.0.0.64/ch1'])
  const lost = createWorld((request) => (request.method === 'SETUP' ? [404] : request.method === 'DESCRIBE' ? [200, [['Content-Base', 'rtsp://192.168.0.9/inner/']], sdp] : good(request)))
  lost.send(start)
  t.equal(lost.told().at(-2), 'failed not-found 404 by Cam/1.0', 'each once')
  t.end()
})

t.test('answers without a number, to something else, or provisional', (t) => {
  const world = createWorld((request) => (request.method === 'DESCRIBE' ? undefined : good(request)))
  world.send(start)
  const reply = (status: number, headers: RtspResponse['headers']): SessionEvent => ({ type: 'response', connection: world.now(), response: { kind: 'response', status, reason: '', headers, body: Buffer.from(sdp) } })
  world.send(reply(200, [['CSeq', '99']]))
  world.send(reply(100, []))
  t.equal(world.machine.state().name, 'describing')
  world.send(reply(200, []))
  t.equal(world.told().at(-1), 'answered')
  t.end()
})

t.test('walk: every state, every event: no throw, each story told once, and all is given back', (t) => {
  const step = sessionStep(parts)
  const response = (status: number, headers: RtspResponse['headers'] = []): RtspResponse => ({ kind: 'response', status, reason: '', headers: [['CSeq', '1'], ...headers], body: Buffer.from(sdp) })
  const reach = (way: 'tcp' | 'udp', method: string): SessionState => {
    const world = createWorld((request) => (request.method === method ? undefined : good(request)), { way })
    world.send(start)
    return world.machine.state()
  }
  const playing = createWorld(good)
  playing.send(start)
  const states: readonly SessionState[] = [
    initialSession(parts), reach('tcp', 'DESCRIBE'), reach('tcp', 'SETUP'), reach('udp', 'SETUP'), reach('udp', 'PLAY'), playing.machine.state(), { name: 'ended' },
    ...(['tcp', 'udp'] as const).map((way): SessionState => {
      const ending = createWorld((request) => (request.method === 'TEARDOWN' ? undefined : good(request)), { way })
      ending.send(start)
      if (way === 'udp') ending.pass(defaultSessionTimes.firstDatagramMs)
      else ending.send(stop)
      return ending.machine.state()
    }),
  ]
  t.strictSame([...new Set(states.map(({ name }) => name))].sort(), ['connecting', 'describing', 'ended', 'ending', 'playing', 'setting-up'])
  let tried = 0
  for (const state of states) {
    const connection = state.name === 'ended' ? 1 : state.connection
    const cseq = state.name === 'ended' ? 1 : (state.pending?.cseq ?? 0)
    const numbered = (status: number, headers: RtspResponse['headers'] = []): SessionEvent => ({ type: 'response', connection, response: { ...response(status), headers: [['CSeq', String(cseq)], ...headers] } })
    const events: readonly SessionEvent[] = [
      start, stop, { type: 'connected', connection }, { type: 'unreached', code: 'tcp-refused', detail: 'x', connection }, { type: 'closed', reason: 'x', connection }, { type: 'ports', ports: [4, 6], connection },
      { type: 'no-ports', detail: 'x', connection }, { type: 'packet', connection }, { type: 'connect-timeout', connection }, { type: 'silent', cseq, connection }, { type: 'no-packet', connection },
      { type: 'keepalive', connection }, { type: 'report', connection }, { type: 'teardown-timeout', connection }, { type: 'closed', reason: 'an older one', connection: connection - 1 },
      ...[100, 200, 302, 401, 454, 461, 503].map((status) => numbered(status)), numbered(200, [['Session', 'a\r\nb'], ['Transport', 'nonsense']]), numbered(302, [['Location', 'rtsp://10.0.0.70/']]), numbered(401, nonce(5)),
      ...['OPTIONS', 'TEARDOWN', 'NONSENSE'].map((method): SessionEvent => ({ type: 'request', connection, request: { kind: 'request', method, uri: '*', headers: [], body: Buffer.alloc(0) } })),
    ]
    for (const event of events) {
      const [after, ...effects] = step(state, event)
      tried++
      const ends = effects.filter((effect) => effect.type === 'failed' || effect.type === 'over').length
      if (ends > 1) t.fail(`${state.name} ${event.type} ends twice`)
      const isAnswered = state.name !== 'ended' && state.isAnswered
      if (effects.some((effect) => effect.type === 'failed') && isAnswered) t.fail(`${state.name} ${event.type} fails after it was answered`)
      if (after.name === 'ended' && state.name !== 'ended' && !effects.some((effect) => effect.type === 'disconnect')) t.fail(`${state.name} ${event.type} keeps the connection`)
      if (after.name === 'ended' && effects.some((effect) => effect.type === 'timer')) t.fail(`${state.name} ${event.type} leaves a timer`)
      if (state.name === 'ended' && (after.name !== 'ended' || effects.length > 0)) t.fail(`ended ${event.type} wakes up`)
    }
  }
  t.ok(tried > 200, `${tried} steps`)
  t.end()
})
