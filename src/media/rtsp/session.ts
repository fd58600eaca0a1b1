// One RTSP session with a camera, from the first connection to TEARDOWN. RFC 2326 10, A.1. Pure.
//
//   start           connected          described           granted              200
//   ------> connecting ------> describing ------> setting-up ------> playing --------> (media)
//              ^  |  refused,     | 3xx: connecting   | 461: the other way   | stop, over, nothing came
//              |  v  silent       v                   v                      v
//              |  ended <-------------------------- ending (TEARDOWN) <------+
//              +------------------------------------- | nothing came in datagrams: again, interleaved
import { answerChallenge, ask, isAnswerTo, learn, type Asked } from './asking.ts'
import { readDescription } from './describe.ts'
import { codeOfStatus, type RtspFailure, type RtspFailureCode } from './failure.ts'
import { header, type RtspResponse } from './message.ts'
import { answerRequest } from './requests-in.ts'
import type { Decision, Dialogue, Effect, Open, SessionEvent, SessionParts, SessionState } from './session-types.ts'
import type { Track } from './track.ts'
import { askDatagrams, askInterleaved, defaultTimeoutS, parseGrant, parseSession, type RtspWay } from './transport.ts'
import { parseRtspUrl } from './url.ts'

type SettingUp = Extract<SessionState, { name: 'setting-up' }>
type Playing = Extract<SessionState, { name: 'playing' }>

/** Ours: addresses that a camera may send us on to, one after the other. */
const maxRedirects = 5

export const initialSession = (parts: SessionParts): SessionState => ({ name: 'connecting', url: parts.url, redirects: 0, connection: 0, way: parts.way, triedWays: [], cseq: 0, nonceCount: 0, isAnswered: false })

export function sessionStep(parts: SessionParts): (state: SessionState, event: SessionEvent) => Decision {
  const { times } = parts

  /** A new connection, with nothing of the old one but what was learned. */
  const connect = (from: Dialogue, changes: Partial<Pick<Dialogue, 'url' | 'redirects' | 'way' | 'triedWays' | 'isAnswered'>> = {}): Decision => {
    const { url, redirects, connection, way, triedWays, challenge, nonceCount, server, isAnswered } = { ...from, ...changes }
    // Another host gets no answer to a question that it has not asked.
    const known = challenge && url.host === from.url.host ? { challenge, nonceCount } : { nonceCount: 0 }
    const next = connection + 1
    return [
      { name: 'connecting', url, redirects, connection: next, way, triedWays, cseq: 0, ...known, isAnswered, ...(server !== undefined && { server }) },
      ...stopTimers,
      { type: 'disconnect' },
      { type: 'timer', name: 'answer', ms: times.connectMs, event: { type: 'connect-timeout', connection: next } },
      { type: 'connect', connection: next, url },
    ]
  }
  /** Said at most once: why it does not play, or why it no longer does. */
  const verdict = (state: Dialogue, failure: RtspFailure): Effect => (state.isAnswered ? { type: 'over', reason: failure.detail } : { type: 'failed', failure })

  /** Lets go of the camera: with TEARDOWN where it holds a session of ours. */
  const leave = (state: Open, ...effects: readonly Effect[]): Decision => {
    if (!state.session || state.name === 'connecting' || state.name === 'ending') return [{ name: 'ended' }, ...stopTimers, ...effects, { type: 'disconnect' }]
    return tearDown(state, undefined, ...effects)
  }
  const tearDown = (state: Open, next: RtspWay | undefined, ...effects: readonly Effect[]): Decision => {
    const control = state.name === 'playing' ? state.control : state.name === 'setting-up' ? state.description.control : state.url.text
    const [after, ...asking] = ask(parts, state, 'TEARDOWN', control)
    const timer: Effect = { type: 'timer', name: 'teardown', ms: times.teardownMs, event: { type: 'teardown-timeout', connection: state.connection } }
    return [{ name: 'ending', ...dialogueOf(after), ...(next && { next }) }, ...stopTimers, ...effects, ...asking, timer]
  }
  const fail = (state: Open, code: RtspFailureCode, detail: string, status?: number): Decision =>
    leave(state, verdict(state, { code, detail, ...(status !== undefined && { status, hop: state.server ?? `${state.url.host}:${state.url.port}` }) }))

  /** The way that was not tried yet; undefined when both were. */
  const otherWay = (state: Dialogue): RtspWay | undefined => {
    const other = state.way === 'udp' ? 'tcp' : 'udp'
    return state.triedWays.includes(other) ? undefined : other
  }
  const changeWay = (state: Open, way: RtspWay): Decision => {
    const turned = { ...state, triedWays: [...state.triedWays, state.way] }
    return state.session ? tearDown(turned, way) : connect(turned, { way })
  }

  const redirect = (state: Open, response: RtspResponse): Decision => {
    const url = parseRtspUrl(header(response, 'Location') ?? '')
    if (!url) return fail(state, 'redirected', 'the camera sends us to another address and names none that can be asked', response.status)
    if (state.redirects >= maxRedirects) return fail(state, 'redirected', `the camera sent us on ${maxRedirects} times`, response.status)
    return connect(state, { url: { host: url.host, port: url.port, text: url.text }, redirects: state.redirects + 1 })
  }

  const describe = (state: Dialogue): Decision => ask<Open>(parts, { ...dialogueOf(state), name: 'describing' }, 'DESCRIBE', state.url.text, [['Accept', 'application/sdp']])
  const described = (state: Open, response: RtspResponse): Decision => {
    const description = readDescription(response, state.url.text)
    if (!description) return fail(state, 'malformed', 'the description cannot be read', response.status)
    const video = description.tracks.find((track) => track.kind === 'video')
    const audio = description.tracks.find((track) => track.kind === 'audio')
    if (!video) return fail(state, 'no-media', `the camera offers no H.264 or H.265 picture${description.skipped.length > 0 ? `, but ${description.skipped.join(', ')}` : ''}`)
    const tracks: readonly Track[] = audio ? [video, audio] : [video]
    const next: SettingUp = { ...dialogueOf(state), name: 'setting-up', description, tracks, ports: [], granted: [] }
    if (state.way === 'tcp') return setUp(next)
    return [next, { type: 'timer', name: 'answer', ms: times.answerMs, event: { type: 'no-ports', detail: 'the ports did not open in time', connection: state.connection } }, { type: 'open-ports', connection: state.connection, count: tracks.length }]
  }
  /** Asks for the next track, or to play when all are granted. */
  const setUp = (state: SettingUp): Decision => {
    const index = state.granted.length
    const track = state.tracks[index]
    if (track) return ask(parts, state, 'SETUP', track.control, [['Transport', state.way === 'tcp' ? askInterleaved(2 * index) : askDatagrams(state.ports[index] ?? 0)]])
    const playing: Playing = { ...dialogueOf(state), name: 'playing', control: state.description.control, granted: state.granted, isConfirmed: false, hasPacket: false }
    const [asked, ...asking] = ask(parts, playing, 'PLAY', playing.control, [['Range', 'npt=0.000-']])
    return [asked, { type: 'punch', granted: state.granted }, ...asking]
  }
  const granted = (state: SettingUp, response: RtspResponse): Decision => {
    const index = state.granted.length
    const track = state.tracks[index]
    const grant = parseGrant(header(response, 'Transport') ?? '', { way: state.way, channel: 2 * index })
    const session = sessionOf(state, response)
    if (!track || !grant || grant.way !== state.way) return fail({ ...state, ...(session && { session }) }, 'unsupported', 'the camera grants another transport than the one it was asked for', response.status)
    const port = state.ports[index]
    return setUp({ ...state, ...(session && { session }), granted: [...state.granted, { track, grant, ...(port !== undefined && { port }) }] })
  }
  const refusedTrack = (state: SettingUp, response: RtspResponse): Decision => {
    const other = otherWay(state)
    if (response.status === 461 && other) return changeWay(state, other)
    const track = state.tracks[state.granted.length]
    // Sound is not worth a picture: go on without it.
    if (track?.kind === 'audio' && response.status !== 401) return setUp({ ...state, tracks: state.tracks.slice(0, state.granted.length) })
    return fail(state, codeOfStatus(response.status), refusal(response, 'SETUP'), response.status)
  }
  const confirmed = (state: Playing, response: RtspResponse): Decision => {
    const session = sessionOf(state, response)
    const next: Playing = { ...state, isConfirmed: true, isAnswered: true, ...(session && { session }) }
    const answered: readonly Effect[] = state.isAnswered ? [] : [{ type: 'answered', granted: state.granted }]
    const wait: readonly Effect[] = state.hasPacket || state.way === 'tcp' ? [] : [{ type: 'timer', name: 'datagram', ms: times.firstDatagramMs, event: { type: 'no-datagram', connection: state.connection } }]
    return [next, keepaliveTimer(next), reportTimer(next), ...wait, ...answered]
  }
  const keepaliveTimer = (state: Dialogue): Effect => ({ type: 'timer', name: 'keepalive', ms: keepaliveMs(state.session?.timeoutS ?? defaultTimeoutS), event: { type: 'keepalive', connection: state.connection } })
  const reportTimer = (state: Dialogue): Effect => ({ type: 'timer', name: 'report', ms: times.reportMs, event: { type: 'report', connection: state.connection } })
  /** The first one is OPTIONS: its answer says whether GET_PARAMETER is there. */
  const keepAlive = (state: Playing): Decision => {
    const method = state.methods?.includes('GET_PARAMETER') === true ? 'GET_PARAMETER' : 'OPTIONS'
    const [asked, ...asking]: Asked<Playing> = state.pending ? [state] : ask(parts, state, method, state.control)
    return [asked, keepaliveTimer(state), ...asking]
  }

  const succeeded = (state: Open, method: string, response: RtspResponse): Decision => {
    if (state.name === 'describing') return described(state, response)
    if (state.name === 'setting-up') return granted(state, response)
    if (state.name === 'playing' && method === 'PLAY') return confirmed(state, response)
    return [state]
  }
  const rejected = (state: Open, method: string, response: RtspResponse): Decision => {
    const { status } = response
    if (state.name === 'setting-up') return refusedTrack(state, response)
    if (state.name !== 'playing' || method === 'PLAY') return fail(state, codeOfStatus(status), refusal(response, method), status)
    // A keepalive: 454 says that the session is no more; anything else that the method is not liked.
    if (status === 454) return leave({ ...state, isAnswered: true }, { type: 'over', reason: 'the camera has ended the session' })
    return [{ ...state, methods: (state.methods ?? []).filter((each) => each !== method) }]
  }
  const answer = (before: Open, response: RtspResponse): Decision => {
    const { pending } = before
    if (!isAnswerTo(pending, response)) return [before]
    const { pending: _answered, ...rest } = learn(before, response)
    const state: Open = rest
    const done: Effect = { type: 'cancel', name: 'answer' }
    const again = response.status === 401 ? answerChallenge(parts, state, pending, response) : undefined
    if (again !== undefined && typeof again !== 'string') return again
    if (state.name === 'ending') return letGo(state)
    if (again !== undefined) return fail(state, 'unauthorised', again, 401)
    const isMoved = [300, 301, 302, 303, 307, 308].includes(response.status) && (state.name === 'describing' || state.name === 'setting-up')
    const [next, ...effects] = response.status < 300 ? succeeded(state, pending.method, response) : isMoved ? redirect(state, response) : rejected(state, pending.method, response)
    return [next, done, ...effects]
  }
  /** The camera has let go of the session, or has had its time to. */
  const letGo = (state: Extract<SessionState, { name: 'ending' }>): Decision => (state.next ? connect(state, { way: state.next }) : [{ name: 'ended' }, ...stopTimers, { type: 'disconnect' }])

  const silent = (state: Open): Decision => {
    const { pending, ...rest } = state
    if (state.name === 'ending') return [state]
    // Interop: cameras that stream on and answer no keepalive; whether media comes is the relay's watch.
    if (state.name === 'playing' && state.isConfirmed) return [{ ...(rest as Playing), methods: (state.methods ?? []).filter((each) => each !== pending?.method) }]
    return fail(state, 'silent', `no answer to ${pending?.method ?? 'the request'} within ${times.answerMs} ms`)
  }
  const closed = (state: Open, reason: string): Decision => {
    if (state.name === 'ending') return letGo(state)
    const { session: _gone, ...rest } = state
    return fail(rest, 'closed', `the camera closed the connection: ${reason}`)
  }

  return (state, event) => {
    if (state.name === 'ended') return [state]
    if ('connection' in event && event.connection !== state.connection) return [state]
    switch (event.type) {
      case 'start':
        return state.connection === 0 ? connect(state) : [state]
      case 'stop':
        if (state.name !== 'ending') return leave(state)
        return [{ ...dialogueOf(state), name: 'ending' }]
      case 'connected':
        return state.name === 'connecting' ? describe(state) : [state]
      case 'unreached':
        return state.name === 'connecting' ? fail(state, event.code, event.detail) : [state]
      case 'connect-timeout':
        return state.name === 'connecting' ? fail(state, 'unreachable', `no connection to ${state.url.host}:${state.url.port} within ${times.connectMs} ms`) : [state]
      case 'closed':
        return closed(state, event.reason)
      case 'response':
        return answer(state, event.response)
      case 'request': {
        const [response, isEnd] = answerRequest(event.request, parts.userAgent)
        const reply: Effect = { type: 'send', message: response }
        if (!isEnd || state.name === 'ending') return [state, reply]
        const { session: _gone, ...rest } = state
        return leave(rest, reply, verdict(state, { code: 'closed', detail: `the camera ended the session by ${event.request.method}` }))
      }
      case 'ports':
        return state.name === 'setting-up' && state.ports.length === 0 && state.way === 'udp' ? withoutTimer(setUp({ ...state, ports: event.ports })) : [state]
      case 'no-ports':
        return state.name === 'setting-up' && state.ports.length === 0 && state.way === 'udp' ? fail(state, 'no-port', event.detail) : [state]
      case 'packet':
        return state.name === 'playing' ? [{ ...state, hasPacket: true }, { type: 'cancel', name: 'datagram' }] : [state]
      case 'silent':
        return state.pending?.cseq === event.cseq ? silent(state) : [state]
      case 'no-datagram': {
        const other = otherWay(state)
        return state.name === 'playing' && !state.hasPacket && other ? changeWay(state, other) : [state]
      }
      case 'keepalive':
        return state.name === 'playing' ? keepAlive(state) : [state]
      case 'report':
        return state.name === 'playing' ? [state, reportTimer(state), { type: 'report', granted: state.granted }] : [state]
      case 'teardown-timeout':
        return state.name === 'ending' ? letGo(state) : [state]
    }
  }
}

const stopTimers: readonly Effect[] = ['answer', 'datagram', 'keepalive', 'report', 'teardown'].map((name) => ({ type: 'cancel', name }))
const withoutTimer = ([state, ...effects]: Decision): Decision => (effects.some((effect) => effect.type === 'timer' && effect.name === 'answer') ? [state, ...effects] : [state, { type: 'cancel', name: 'answer' }, ...effects])

/** Half the time-out that the camera gave, between one second and a minute. */
const keepaliveMs = (timeoutS: number): number => Math.min(60_000, Math.max(1_000, timeoutS * 500))

function dialogueOf(state: Dialogue): Dialogue {
  const { url, redirects, connection, way, triedWays, cseq, challenge, nonceCount, pending, session, server, methods, isAnswered } = state
  return {
    url, redirects, connection, way, triedWays, cseq, nonceCount, isAnswered,
    ...(challenge && { challenge }), ...(pending && { pending }), ...(session && { session }), ...(server !== undefined && { server }), ...(methods && { methods }),
  }
}

/** The session by an answer. Cameras name its time-out in the answer to SETUP alone: it stays. */
function sessionOf(state: Dialogue, response: RtspResponse): Dialogue['session'] {
  const named = parseSession(header(response, 'Session') ?? '')
  return named ? { id: named.id, timeoutS: named.timeoutS ?? state.session?.timeoutS ?? defaultTimeoutS } : state.session
}

const refusal = (response: RtspResponse, method: string): string => `${method}: ${response.status} ${response.reason.slice(0, 100)}`.trim()
