// One RTSP session with a camera, from the first connection to TEARDOWN. RFC 2326 10, A.1. Pure.
//
//   start           connected          described           granted              200
//   ------> connecting ------> describing ------> setting-up ------> playing --------> (media)
//              ^  |  refused,     | 3xx: connecting   | 461: the other way   | stop, over, nothing came
//              |  v  silent       v                   v                      v
//              |  ended <-------------------------- ending (TEARDOWN) <------+
//              +------------------------------------- | nothing came: again, the other way
import { answerChallenge, ask, isAnswerTo, learn, type Asked } from './asking.ts'
import { readDescription, type Description } from './describe.ts'
import { dialogueOf, keepaliveMs, otherWay, sessionOf, stopTimers } from './dialogue.ts'
import { codeOfStatus, type RtspFailure, type RtspFailureCode } from './failure.ts'
import { header, type RtspResponse } from './message.ts'
import { answerRequest } from './requests-in.ts'
import type { Decision, Dialogue, Effect, Open, SessionEvent, SessionParts, SessionState } from './session-types.ts'
import type { Track } from './track.ts'
import { askDatagrams, askInterleaved, defaultTimeoutS, parseGrant, type RtspWay } from './transport.ts'
import { parseRtspUrl } from './url.ts'

type SettingUp = Extract<SessionState, { name: 'setting-up' }>
type Playing = Extract<SessionState, { name: 'playing' }>

/** Ours: addresses that a camera may send us on to, one after the other. */
const maxRedirects = 5
/** Ours: connections that a camera may close between its answers. */
const maxReconnects = 2
/** Said of a transport that cannot be had; only 461 says nothing else. */
const otherWayStatuses: ReadonlySet<number> = new Set([400, 406, 461, 500, 501])
/** Said of an address that is not known. */
const otherBaseStatuses: ReadonlySet<number> = new Set([400, 404, 454, 459])

export const initialSession = (parts: SessionParts): SessionState => ({ name: 'connecting', url: parts.url, redirects: 0, reconnects: 0, connection: 0, way: parts.way, triedWays: [], cseq: 0, nonceCount: 0, isAnswered: false })

export function sessionStep(parts: SessionParts): (state: SessionState, event: SessionEvent) => Decision {
  const { times } = parts

  /** A new connection, with nothing of the old one but what was learned. */
  const connect = (from: Dialogue, changes: Partial<Pick<Dialogue, 'url' | 'redirects' | 'reconnects' | 'way'>> = {}): Decision => {
    const { url, redirects, reconnects, connection, way, triedWays, challenge, nonceCount, server, isAnswered } = { ...from, ...changes }
    // Another host gets no answer to a question that it has not asked.
    const known = challenge && url.host === from.url.host ? { challenge, nonceCount } : { nonceCount: 0 }
    const next = connection + 1
    return [
      { name: 'connecting', url, redirects, reconnects, connection: next, way, triedWays, cseq: 0, ...known, isAnswered, ...(server !== undefined && { server }) },
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
    const tracks = taken(description)
    if (tracks.length === 0) return fail(state, 'no-media', `the camera offers no H.264 or H.265 picture${description.skipped.length > 0 ? `, but ${description.skipped.join(', ')}` : ''}`)
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
    if (!track || !grant || grant.way !== state.way) {
      const known = { ...state, ...(session && { session }) }
      const other = otherWay(state)
      return other ? changeWay(known, other) : fail(known, 'unsupported', 'the camera grants another transport than the one it was asked for', response.status)
    }
    const port = state.ports[index]
    return setUp({ ...state, ...(session && { session }), granted: [...state.granted, { track, grant, ...(port !== undefined && { port }) }] })
  }
  const refusedTrack = (state: SettingUp, response: RtspResponse): Decision => {
    const other = otherWay(state)
    const { otherwise } = state.description
    const isFirst = state.granted.length === 0
    if (isFirst && otherwise && otherBaseStatuses.has(response.status)) return setUp({ ...state, description: otherwise, tracks: taken(otherwise) })
    if ((response.status === 461 || (isFirst && otherWayStatuses.has(response.status))) && other) return changeWay(state, other)
    const track = state.tracks[state.granted.length]
    // Sound is not worth a picture: go on without it.
    if (track?.kind === 'audio' && response.status !== 401) return setUp({ ...state, tracks: state.tracks.slice(0, state.granted.length) })
    return fail(state, codeOfStatus(response.status), refusal(response, 'SETUP'), response.status)
  }
  const confirmed = (state: Playing, response: RtspResponse): Decision => {
    const session = sessionOf(state, response)
    const next: Playing = { ...state, isConfirmed: true, isAnswered: true, ...(session && { session }) }
    const answered: readonly Effect[] = state.isAnswered ? [] : [{ type: 'answered', granted: state.granted }]
    const waitMs = state.way === 'tcp' ? times.firstFrameMs : times.firstDatagramMs
    const wait: readonly Effect[] = state.hasPacket || !otherWay(state) ? [] : [{ type: 'timer', name: 'packet', ms: waitMs, event: { type: 'no-packet', connection: state.connection } }]
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
    const isKeepalive = state.name === 'playing' && pending.method !== 'PLAY'
    if (again !== undefined && !isKeepalive) return fail(state, 'unauthorised', again, 401)
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
    // Interop: closed behind a challenge, or behind each answer; what was learned of it is kept.
    const isBetween = !state.session && (state.name === 'setting-up' || (state.name === 'describing' && state.challenge !== undefined))
    if (isBetween && state.reconnects < maxReconnects) return connect(state, { reconnects: state.reconnects + 1 })
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
        return state.name === 'playing' ? [{ ...state, hasPacket: true }, { type: 'cancel', name: 'packet' }] : [state]
      case 'silent':
        return state.pending?.cseq === event.cseq ? silent(state) : [state]
      case 'no-packet': {
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

const withoutTimer = ([state, ...effects]: Decision): Decision => (effects.some((effect) => effect.type === 'timer' && effect.name === 'answer') ? [state, ...effects] : [state, { type: 'cancel', name: 'answer' }, ...effects])

/** One picture and one sound: undecided between several, the first of each. Nothing without a picture. */
function taken({ tracks }: Description): readonly Track[] {
  const video = tracks.find(({ kind }) => kind === 'video')
  const audio = tracks.find(({ kind }) => kind === 'audio')
  return video ? (audio ? [video, audio] : [video]) : []
}

const refusal = (response: RtspResponse, method: string): string => `${method}: ${response.status} ${response.reason.slice(0, 100)}`.trim()
