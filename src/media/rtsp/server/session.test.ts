// The connection of a player as stories, as a walk over every state and event, and under damage.
import t from 'tap'
import { chew } from '../../../base/chew.ts'
import { ParseError } from '../../../base/index.ts'
import { header, parseRtsp, writeRtsp, type RtspHeaders, type RtspRequest, type RtspResponse } from '../message.ts'
import { basicCredentials } from './reply.ts'
import { initialServing, servingStep } from './session.ts'
import { defaultServingTimes, type Effect, type Offer, type ServingEvent, type ServingParts, type ServingState } from './session-types.ts'
import { chooseWay, parseAddress } from './target.ts'

const parts: ServingParts = { id: 'ab12', software: 'yiji test', times: defaultServingTimes }
const step = servingStep(parts)
const offer: Offer = { sdp: Buffer.from('v=0\r\n'), tracks: [{ ssrc: 0xab, sequence: 10, timestamp: 1000 }, { ssrc: 0xcd, sequence: 20, timestamp: 2000 }] }
const uri = 'rtsp://h:8554/live/32011600001320000013?token=t.o-k'
const request = (method: string, to: string, headers: RtspHeaders = [], body = ''): RtspRequest => ({ kind: 'request', method, uri: to, headers: [['CSeq', '7'], ...headers], body: Buffer.from(body) })
const tcp = (pair = '0-1'): RtspHeaders => [['Transport', `RTP/AVP/TCP;unicast;interleaved=${pair}`]]
const isTimer = (effect: Effect): boolean => effect.type === 'timer' || effect.type === 'cancel'

/** A server whose permission, stream and ports come at once, unless told otherwise. */
function createWorld(outside: (effect: Effect) => ServingEvent | undefined = () => undefined) {
  let state: ServingState = initialServing
  const all: Effect[] = []
  const send = (event: ServingEvent): readonly Effect[] => {
    const [next, ...effects] = step(state, event)
    state = next
    all.push(...effects)
    const more = effects.flatMap((effect) => {
      const answer = outside(effect) ?? answerOf(effect)
      return answer ? send(answer) : []
    })
    return [...effects.filter((effect) => !isTimer(effect)), ...more]
  }
  const answerOf = (effect: Effect): ServingEvent | undefined => {
    if (effect.type === 'permit') return { type: 'permitted', number: effect.number }
    if (effect.type === 'open') return { type: 'opened', number: effect.number, offer }
    if (effect.type === 'ports') return { type: 'ports', number: effect.number, ports: [40_000, 40_001] }
    return undefined
  }
  const ask = (...asked: Parameters<typeof request>): RtspResponse => {
    const replies = send({ type: 'request', request: request(...asked) }).flatMap((effect) => (effect.type === 'reply' ? [effect.message] : []))
    const [only] = replies
    if (!only || replies.length > 1) throw new Error(`${replies.length} answers`)
    return only
  }
  return { send, ask, state: () => state, all, timer: () => all.findLast(isTimer) }
}

t.test('from the first question to TEARDOWN, as players ask', (t) => {
  const world = createWorld()
  t.match(world.ask('OPTIONS', uri), { status: 200, headers: [['CSeq', '7'], ['Server', 'yiji test'], ['Public', /DESCRIBE.*PLAY.*GET_PARAMETER/]] })
  const described = world.ask('DESCRIBE', uri, [['Accept', 'application/sdp']])
  t.match(described, { status: 200, body: offer.sdp })
  t.equal(header(described, 'Content-Base'), `${uri}/`)
  const first = world.ask('SETUP', `${uri}/trackID=0`, tcp())
  t.equal(header(first, 'Session'), 'ab121;timeout=60')
  t.equal(header(first, 'Transport'), 'RTP/AVP/TCP;unicast;interleaved=0-1;ssrc=000000AB;mode="PLAY"')
  const own: RtspHeaders = [['Session', 'ab121']]
  t.equal(header(world.ask('SETUP', 'rtsp://h:8554/live/32011600001320000013/trackID=1?token=t.o-k', [...own, ...tcp('2-3')]), 'Transport'), 'RTP/AVP/TCP;unicast;interleaved=2-3;ssrc=000000CD;mode="PLAY"', 'the track before the query, as some write it')
  const played = world.send({ type: 'request', request: request('PLAY', `${uri}/`, [...own, ['Range', 'npt=0.000-']]) })
  t.match(played, [{ type: 'reply', message: { status: 200 } }, { type: 'play', tracks: [{ index: 0 }, { index: 1 }] }], 'the answer leaves before the pictures')
  t.equal(played[0]?.type === 'reply' && header(played[0].message, 'RTP-Info'), `url=${uri}/trackID=0;seq=10;rtptime=1000,url=rtsp://h:8554/live/32011600001320000013/trackID=1?token=t.o-k;seq=20;rtptime=2000`)
  t.match(world.timer(), { type: 'cancel' }, 'interleaved media says itself whether anybody is there')
  t.match(world.ask('GET_PARAMETER', `${uri}/`, own), { status: 200, headers: [['CSeq', '7'], ['Server', 'yiji test'], ['Session', 'ab121']] })
  t.match(world.ask('PLAY', `${uri}/`, own), { status: 200 })
  t.match(world.ask('SETUP', `${uri}/trackID=0`, [...own, ...tcp()]), { status: 455 })
  t.match(world.send({ type: 'request', request: request('PAUSE', uri, own) }), [{ type: 'pause' }, { type: 'reply', message: { status: 200 } }])
  const again = world.ask('PLAY', uri, own)
  t.equal(header(again, 'RTP-Info'), undefined, 'numbers go on: nothing to say of them')
  t.match(world.send({ type: 'request', request: request('TEARDOWN', uri, own) }), [{ type: 'release' }, { type: 'reply', message: { status: 200 } }])
  t.equal(world.state().name, 'idle')
  t.match(world.ask('PLAY', uri, own), { status: 454 })
  world.ask('DESCRIBE', uri)
  t.equal(header(world.ask('SETUP', `${uri}/trackID=0`, tcp()), 'Session'), 'ab122;timeout=60', 'another session, another id')
  t.strictSame(world.all.filter(({ type }) => type === 'permit').length, 2, 'asked who it is for each stream, not for each request')
  t.end()
})

t.test('SETUP without DESCRIBE; the whole stream where there is one track; datagrams', (t) => {
  const world = createWorld((effect) => (effect.type === 'open' ? { type: 'opened', number: effect.number, offer: { ...offer, tracks: offer.tracks.slice(0, 1) } } : undefined))
  const answer = world.ask('SETUP', uri, [['Transport', 'RTP/AVP;multicast, RTP/AVP;unicast;client_port=5000-5001;destination=10.9.9.9']])
  t.equal(header(answer, 'Transport'), 'RTP/AVP;unicast;client_port=5000-5001;server_port=40000-40001;ssrc=000000AB;mode="PLAY"')
  world.ask('PLAY', uri)
  t.match(world.timer(), { type: 'timer', ms: 60_000 }, 'datagrams need a sign of life')
  world.send({ type: 'heard' })
  t.match(world.timer(), { type: 'timer', ms: 60_000 })
  t.match(world.send({ type: 'quiet' }), [{ type: 'release' }, { type: 'close', reason: 'nothing heard for too long' }])
  t.equal(world.state().name, 'closed')
  t.end()
})

t.test('who may not, what is not, what cannot be', (t) => {
  const refusing = createWorld((effect) => (effect.type === 'permit' ? { type: 'refused', number: effect.number, status: 401, realm: 'yiji' } : undefined))
  const refused = refusing.ask('DESCRIBE', uri)
  t.match(refused, { status: 401 })
  t.equal(header(refused, 'WWW-Authenticate'), 'Basic realm="yiji", charset="UTF-8"')
  for (let n = 0; n < 3; n++) refusing.ask('SETUP', `${uri}/trackID=0`, tcp())
  t.match(refusing.send({ type: 'request', request: request('DESCRIBE', uri) }).map(({ type }) => type), ['permit', 'reply', 'release', 'close'], 'the fifth time is the last')

  const table: readonly (readonly [number, Parameters<typeof request>])[] = [
    [404, ['DESCRIBE', 'rtsp://h/other']],
    [404, ['DESCRIBE', '*']],
    [404, ['DESCRIBE', 'rtsp://h/live/c?stream=third']],
    [404, ['DESCRIBE', 'rtsp://h/live/c?codec=vp9']],
    [406, ['DESCRIBE', uri, [['Accept', 'text/html']]]],
    [551, ['DESCRIBE', uri, [['Require', 'www.onvif.org/ver20/backchannel']]]],
    [404, ['SETUP', `${uri}/trackID=2`, tcp()]],
    [459, ['SETUP', uri, tcp()]],
    [461, ['SETUP', `${uri}/trackID=0`, [['Transport', 'RTP/SAVP;unicast;client_port=1-2']]]],
    [461, ['SETUP', `${uri}/trackID=0`, [['Transport', 'RTP/AVP;unicast;client_port=0-1']]]],
    [461, ['SETUP', `${uri}/trackID=0`]],
    [454, ['SETUP', `${uri}/trackID=0`, [['Session', 'other'], ...tcp()]]],
    [454, ['PLAY', uri]],
    [454, ['PLAY', uri, [['Session', 'other']]]],
    [454, ['GET_PARAMETER', uri, [['Session', 'gone']]]],
    [200, ['GET_PARAMETER', '*']],
    [451, ['SET_PARAMETER', uri, [], 'a: b']],
    [405, ['ANNOUNCE', uri]],
    [501, ['DANCE', uri]],
  ]
  for (const [status, asked] of table) t.equal(createWorld().ask(...asked).status, status, `${asked[0]} ${asked[1]} ${JSON.stringify(asked[2] ?? '')}`)
  t.equal(createWorld().send({ type: 'request', request: { ...request('OPTIONS', '*'), headers: [] } }).map((effect) => (effect.type === 'reply' ? effect.message.status : 0))[0], 400, 'without a number')
  const other = createWorld()
  other.ask('DESCRIBE', uri)
  t.equal(other.ask('DESCRIBE', 'rtsp://h/live/another').status, 455)
  for (const [failure, status] of [[{ ok: false, reason: 'offline', detail: 'device 1 is offline' }, 503], [{ ok: false, reason: 'refused', detail: '' }, 502], [{ ok: false, reason: 'no-media', detail: '' }, 504], ['busy', 453]] as const) {
    const world = createWorld((effect) => (effect.type === 'open' ? { type: 'unopened', number: effect.number, failure } : undefined))
    const answer = world.ask('DESCRIBE', uri)
    t.match(answer, { status })
    t.notMatch(answer.reason, /device/)
    t.equal(world.state().name, 'idle')
  }
  const portless = createWorld((effect) => (effect.type === 'ports' ? { type: 'no-ports', number: effect.number } : undefined))
  t.equal(portless.ask('SETUP', `${uri}/trackID=0`, [['Transport', 'RTP/AVP;unicast;client_port=5000-5001']]).status, 503)
  t.end()
})

t.test('requests wait in line while one is worked at, sixteen of them', (t) => {
  const held: ServingEvent[] = []
  const world = createWorld((effect) => {
    if (effect.type === 'open') held.push({ type: 'opened', number: effect.number, offer })
    return effect.type === 'open' ? { type: 'heard' } : undefined
  })
  world.send({ type: 'request', request: request('DESCRIBE', uri) })
  for (const asked of [request('OPTIONS', '*'), request('SETUP', `${uri}/trackID=0`, tcp()), request('PLAY', uri)]) t.strictSame(world.send({ type: 'request', request: asked }), [])
  t.strictSame(world.send({ type: 'opened', number: 99, offer }), [], 'news of something else')
  t.match(world.send(held[0] as ServingEvent).map((effect) => (effect.type === 'reply' ? effect.message.status : effect.type)), [200, 200, 200, 200, 'play'])
  const crowded = createWorld((effect) => (effect.type === 'permit' ? { type: 'heard' } : undefined))
  crowded.send({ type: 'request', request: request('DESCRIBE', uri) })
  for (let n = 0; n < 16; n++) t.strictSame(crowded.send({ type: 'request', request: request('OPTIONS', '*') }), [])
  t.match(crowded.send({ type: 'request', request: request('OPTIONS', '*') }), [{ type: 'release' }, { type: 'close' }])
  t.end()
})

t.test('channels: as asked, unless they are another track\'s or none', (t) => {
  const table: readonly (readonly [string, readonly number[], unknown])[] = [
    ['RTP/AVP/TCP;unicast;interleaved=4-5', [], { way: 'tcp', channels: [4, 5] }],
    ['RTP/AVP/TCP;unicast;interleaved=0-1', [0, 1], { way: 'tcp', channels: [2, 3] }],
    ['rtp/avp/tcp;interleaved=6', [], { way: 'tcp', channels: [6, 7] }],
    ['RTP/AVP/TCP;unicast', [0, 1], { way: 'tcp', channels: [2, 3] }],
    ['RTP/AVP/TCP;interleaved=300-301', [], { way: 'tcp', channels: [0, 1] }],
    ['RTP/AVP/UDP;unicast;client_port=6000;mode=play', [], { way: 'udp', ports: [6000, 6001] }],
    ['RTP/AVP;unicast;client_port=6000-6001;mode="RECORD"', [], undefined],
    ['RTP/AVP/UDP;unicast', [], undefined],
    ['', [], undefined],
  ]
  for (const [transport, taken, expected] of table) t.strictSame(chooseWay(transport, taken), expected, transport)
  t.end()
})

t.test('addresses', (t) => {
  const base = 'rtsp://h/live/32011600001320000013'
  t.strictSame(parseAddress(`${base}?stream=sub&codec=h264&token=1.b_-.c/trackID=1/`), { camera: '32011600001320000013', stream: 'sub', codec: 'h264', token: '1.b_-.c', track: 1, base: `${base}?stream=sub&codec=h264&token=1.b_-.c` })
  t.strictSame(parseAddress(`${base}/trackID=0`), { camera: '32011600001320000013', stream: 'main', track: 0, base })
  t.strictSame(parseAddress(`${base}/`), { camera: '32011600001320000013', stream: 'main', base })
  t.strictSame(parseAddress('/live/c1'), { camera: 'c1', stream: 'main', base: '/live/c1' }, 'without a host, as a proxy may ask')
  for (const bad of ['*', '', 'rtsp://h', 'rtsp://h/live/', 'rtsp://h/live/a/b', 'rtsp://h/live/%0d%0aX', `rtsp://h/live/${'a'.repeat(3000)}`, 'http://h/live/c']) t.equal(parseAddress(bad), undefined, bad.slice(0, 40))
  t.strictSame(basicCredentials(`Basic ${Buffer.from('张三:a:b').toString('base64')}`), { name: '张三', password: 'a:b' })
  for (const bad of ['', 'Basic', 'Basic !!', 'Digest username="a"', `Basic ${Buffer.from('nocolon').toString('base64')}`]) t.equal(basicCredentials(bad), undefined, bad)
  t.end()
})

t.test('every state meets every event: it answers or is silent, and a closed one is closed', (t) => {
  const states: ServingState[] = []
  const collect = (asks: readonly Parameters<typeof request>[], hold?: Effect['type']): void => {
    const world = createWorld((effect) => (effect.type === hold ? { type: 'heard' } : undefined))
    for (const asked of asks) world.send({ type: 'request', request: request(...asked) })
    states.push(world.state())
  }
  const way: readonly Parameters<typeof request>[] = [['DESCRIBE', uri], ['SETUP', `${uri}/trackID=0`, tcp()], ['PLAY', uri], ['PAUSE', uri]]
  for (let n = 0; n <= way.length; n++) collect(way.slice(0, n))
  for (const hold of ['permit', 'open'] as const) collect(way.slice(0, 1), hold)
  collect([['SETUP', `${uri}/trackID=0`, [['Transport', 'RTP/AVP;unicast;client_port=5000-5001']]]], 'ports')
  states.push({ name: 'closed' })
  const events: readonly ServingEvent[] = [
    ...['OPTIONS', 'DESCRIBE', 'SETUP', 'PLAY', 'PAUSE', 'TEARDOWN', 'GET_PARAMETER', 'SET_PARAMETER', 'RECORD', 'X'].map((method): ServingEvent => ({ type: 'request', request: request(method, uri) })),
    ...[1, 2, 3].flatMap((each): ServingEvent[] => [
      { type: 'permitted', number: each },
      { type: 'refused', number: each, status: 404 },
      { type: 'opened', number: each, offer },
      { type: 'unopened', number: each, failure: 'busy' },
      { type: 'ports', number: each, ports: [1, 2] },
      { type: 'no-ports', number: each },
    ]),
    { type: 'malformed', status: 400 }, { type: 'heard' }, { type: 'quiet' }, { type: 'over', reason: 'x' }, { type: 'gone' },
  ]
  for (const state of states) {
    for (const event of events) {
      const [next, ...effects] = step(state, event)
      const what = `${state.name}${'work' in state && state.work ? ` (${state.work.wait})` : ''} x ${event.type}`
      if (state.name === 'closed') t.strictSame([next, effects], [state, []], what)
      if (next.name === 'closed' && state.name !== 'closed') t.match(effects.slice(-2), [{ type: 'release' }, { type: 'close' }], `${what}: lets go`)
      if (next.name === 'idle' && !['idle', 'closed'].includes(state.name)) t.ok(effects.some(({ type }) => type === 'release') || ('work' in state && state.work), what)
      const isBusy = 'work' in state && state.work !== undefined
      if (event.type === 'request' && !isBusy && state.name !== 'closed' && !('work' in next && next.work)) t.equal(effects.filter(({ type }) => type === 'reply').length, 1, `${what}: one answer`)
    }
  }
  t.end()
})

t.test('chewed requests: an answer to each that can be read, nothing thrown, every answer writable', (t) => {
  const read = (bytes: Buffer): RtspRequest | undefined => {
    try {
      const message = parseRtsp(bytes)
      return message.kind === 'request' ? message : undefined
    } catch (error) {
      if (!(error instanceof ParseError)) throw error
      return undefined
    }
  }
  const samples = [
    request('OPTIONS', '*'),
    request('DESCRIBE', uri, [['Accept', 'application/sdp'], ['Authorization', 'Basic YTpi']]),
    request('DESCRIBE', uri, [['Require', 'a, b']]),
    request('SETUP', `${uri}/trackID=0`, [['Transport', 'RTP/AVP/TCP;unicast;interleaved=0-1']]),
    request('SETUP', `${uri}/trackID=1`, [['Session', 'ab121'], ['Transport', 'RTP/AVP;unicast;client_port=5000-5001']]),
    request('PLAY', uri, [['Session', 'ab121'], ['Range', 'npt=0-']]),
    request('PAUSE', uri, [['Session', 'ab121']]),
    request('GET_PARAMETER', uri, [['Session', 'ab121']], 'position'),
    request('TEARDOWN', uri, [['Session', 'ab121']]),
  ].map(writeRtsp)
  let answered = 0
  let world = createWorld()
  for (const bytes of chew(samples, 60_000, 2326)) {
    const message = read(bytes)
    if (!message) continue
    basicCredentials(header(message, 'Authorization') ?? '')
    for (const effect of world.send({ type: 'request', request: message })) {
      if (effect.type !== 'reply') continue
      answered++
      writeRtsp(effect.message)
    }
    const state = world.state()
    if (state.name === 'closed') world = createWorld()
    else if ('tracks' in state && state.tracks.length > 2) t.fail('tracks grow')
  }
  t.ok(answered > 10_000, `${answered} answers`)
  t.end()
})
