// One player's connection to the RTSP server, from its first request to its end. RFC 2326 10, A.2; RFC 7826 13. Pure.
//
//          DESCRIBE, SETUP: permission, then the stream      SETUP             PLAY
//   ------> idle ------------------------------> described ------> ready <------------> playing
//            ^                                                       |      PAUSE          |
//            +---------------------- TEARDOWN -----------------------+---------------------+
//   from everywhere: nothing heard for too long, the stream ended, the connection closed -> closed
//
// One session a connection, and it ends with it. What waits for something outside (permission, stream, ports) holds the requests behind it in line.
import { cseqOf, header, headerValues, type RtspHeaders, type RtspRequest } from '../message.ts'
import { methods, reply, statusOf } from './reply.ts'
import type { Decision, Effect, LaidTrack, Line, Open, ServingEvent, ServingParts, ServingState, Work } from './session-types.ts'
import { chooseWay, isSameTarget, parseAddress, targetOf, type Address } from './target.ts'

type Of<Name extends ServingState['name']> = Extract<ServingState, { readonly name: Name }>
/** A stream is open. */
type Opened = Of<'described'> | Of<'ready'> | Of<'playing'>

/** Ours: requests that may wait in line; players send one after the other. */
const maxWaiting = 16
/** Ours: refusals of permission on one connection. */
const maxRefusals = 5

export const initialServing: ServingState = { name: 'idle', waiting: [], works: 0, sessions: 0, refusals: 0 }

export function servingStep(parts: ServingParts): (state: ServingState, event: ServingEvent) => Decision {
  const { software, times } = parts

  const answer = <State extends Open>(state: State, request: RtspRequest, status: number, headers: RtspHeaders = [], detail?: string): Decision => [
    state,
    { type: 'reply', message: reply(request, status, software, headers, undefined, detail) },
  ]
  const sessionHeader = ({ session }: Of<'ready'> | Of<'playing'>): RtspHeaders => [['Session', session]]
  const wait = <State extends Open>(state: State, wanted: Omit<Work, 'number'>, effect: (number: number) => Effect): Decision => {
    const number = state.works + 1
    return [{ ...state, works: number, work: { ...wanted, number } }, effect(number)]
  }

  // What a request asks for.
  const take = (state: Open, request: RtspRequest): Decision => {
    if (cseqOf(request) === undefined) return answer(state, request, 400)
    const required = headerValues(request, 'Require').join(', ')
    if (required !== '') return answer(state, request, 551, [['Unsupported', required]])
    switch (request.method) {
      case 'OPTIONS':
        return answer(state, request, 200, [['Public', methods.join(', ')], ...('session' in state && !isOfAnother(state, request) ? sessionHeader(state) : [])])
      case 'DESCRIBE':
        return isAcceptable(request) ? enter(state, request) : answer(state, request, 406)
      case 'SETUP':
        return isOfAnother(state, request) ? answer(state, request, 454) : enter(state, request)
      case 'PLAY':
      case 'PAUSE':
      case 'TEARDOWN':
        return 'session' in state && !isOfAnother(state, request) ? steer(state, request) : answer(state, request, 454)
      case 'GET_PARAMETER':
        // Interop: players ask without a body to be heard, or for names that only cameras know; what they want is an answer.
        if (isOfAnother(state, request)) return answer(state, request, 454)
        return answer(state, request, 200, 'session' in state ? sessionHeader(state) : [])
      case 'SET_PARAMETER':
        if (isOfAnother(state, request)) return answer(state, request, 454)
        return answer(state, request, request.body.length > 0 ? 451 : 200, 'session' in state ? sessionHeader(state) : [])
      case 'ANNOUNCE':
      case 'RECORD':
      case 'REDIRECT':
        return answer(state, request, 405, [['Allow', methods.join(', ')]])
      default:
        return answer(state, request, 501, [['Public', methods.join(', ')]])
    }
  }

  /** DESCRIBE and SETUP: into the stream, unless it is open already. */
  const enter = (state: Open, request: RtspRequest): Decision => {
    const address = parseAddress(request.uri)
    if (!address) return answer(state, request, 404)
    if (state.name !== 'idle') return isSameTarget(state.target, address) ? within(state, request, address) : answer(state, request, 455)
    const authorization = header(request, 'Authorization')
    return wait(state, { wait: 'permission', request, address }, (number) => ({ type: 'permit', number, address, ...(authorization !== undefined && { authorization }) }))
  }
  const within = (state: Opened, request: RtspRequest, address: Address): Decision => (request.method === 'DESCRIBE' ? describe(state, request, address) : setUp(state, request, address))

  const describe = (state: Opened, request: RtspRequest, { base }: Address): Decision => [
    state,
    { type: 'reply', message: reply(request, 200, software, [['Content-Base', `${base}/`], ['Content-Type', 'application/sdp'], ['Cache-Control', 'no-store']], state.offer.sdp) },
  ]
  const setUp = (state: Opened, request: RtspRequest, address: Address): Decision => {
    if (state.name === 'playing') return answer(state, request, 455, sessionHeader(state))
    const index = address.track ?? (state.offer.tracks.length === 1 ? 0 : undefined)
    if (index === undefined) return answer(state, request, 459)
    if (!state.offer.tracks[index]) return answer(state, request, 404)
    const others = state.name === 'ready' ? state.tracks.filter((track) => track.index !== index) : []
    const wanted = chooseWay(header(request, 'Transport') ?? '', others.flatMap((track) => (track.wanted.way === 'tcp' ? track.wanted.channels : [])))
    if (!wanted) return answer(state, request, 461)
    const track = { index, url: request.uri, wanted }
    if (wanted.way === 'tcp') return laid(state, request, track)
    return wait(state, { wait: 'ports', request, address: { ...address, track: index } }, (number) => ({ type: 'ports', number, index, ports: wanted.ports }))
  }
  const laid = (state: Of<'described'> | Of<'ready'>, request: RtspRequest, track: LaidTrack): Decision => {
    const before = state.name === 'ready' ? state : undefined
    const sessions = before ? state.sessions : state.sessions + 1
    const session = before?.session ?? `${parts.id}${sessions}`
    const tracks = [...(before?.tracks ?? []).filter(({ index }) => index !== track.index), track].sort((one, other) => one.index - other.index)
    const next: Of<'ready'> = { ...state, name: 'ready', session, sessions, tracks, isResumed: before?.isResumed ?? false }
    return answer(next, request, 200, [['Session', `${session};timeout=${Math.round(times.sessionMs / 1000)}`], ['Transport', granted(track, state.offer.tracks[track.index]?.ssrc ?? 0)], ['Cache-Control', 'no-store']])
  }

  const steer = (state: Of<'ready'> | Of<'playing'>, request: RtspRequest): Decision => {
    const [, ...done] = answer(state, request, 200, sessionHeader(state))
    switch (request.method) {
      case 'PLAY': {
        // Interop: some recorders say PLAY again and again to be heard.
        if (state.name === 'playing') return [state, ...done]
        const info = state.isResumed ? [] : [['RTP-Info', rtpInfo(state)] as const]
        const [, ...playing] = answer(state, request, 200, [...sessionHeader(state), ['Range', 'npt=now-'], ...info])
        // The answer goes first: players do not look for pictures before it.
        return [{ ...state, name: 'playing' }, ...playing, { type: 'play', tracks: state.tracks }]
      }
      case 'PAUSE':
        return state.name === 'playing' ? [{ ...state, name: 'ready', isResumed: true }, { type: 'pause' }, ...done] : [state, ...done]
      default:
        return [{ name: 'idle', ...lineOf(state) }, { type: 'release' }, ...done]
    }
  }

  // What it waited for.
  const settled = (state: Open, event: Extract<ServingEvent, { readonly number: number }>): Decision => {
    const { work, ...rest } = state
    if (!work || work.number !== event.number) return [state]
    const free = rest as Open
    const { request, address } = work
    switch (event.type) {
      case 'permitted':
        return wait({ name: 'idle', ...lineOf(free) }, { wait: 'stream', request, address }, (number) => ({ type: 'open', number, target: targetOf(address) }))
      case 'refused': {
        const next = { ...free, refusals: free.refusals + 1 }
        const decision = answer(next, request, event.status, event.realm === undefined ? [] : [['WWW-Authenticate', `Basic realm="${event.realm}", charset="UTF-8"`]])
        return next.refusals < maxRefusals ? decision : closed(decision.slice(1) as Effect[], 'refused too often')
      }
      case 'opened':
        return within({ name: 'described', ...lineOf(free), target: targetOf(address), offer: event.offer }, request, address)
      case 'unopened': {
        const next: Open = { name: 'idle', ...lineOf(free) }
        return event.failure === 'busy' ? answer(next, request, 453) : answer(next, request, statusOf(event.failure), [], event.failure.reason)
      }
      case 'ports': {
        const wanted = chooseWay(header(request, 'Transport') ?? '', [])
        if ((free.name !== 'described' && free.name !== 'ready') || wanted?.way !== 'udp') return answer(free, request, 500)
        return laid(free, request, { index: address.track ?? 0, url: request.uri, wanted, serverPorts: event.ports })
      }
      case 'no-ports':
        return answer(free, request, 503)
    }
  }
  /** The requests in line, until one of them has to wait itself. */
  const drained = (decision: Decision): Decision => {
    const [state, ...effects] = decision
    if (state.name === 'closed' || state.work) return decision
    const [request, ...waiting] = state.waiting
    if (!request) return decision
    const [next, ...more] = drained(take({ ...state, waiting }, request))
    return [next, ...effects, ...more]
  }
  const closed = (effects: readonly Effect[], reason: string): Decision => [{ name: 'closed' }, { type: 'cancel', name: 'life' }, ...effects, { type: 'release' }, { type: 'close', reason }]

  /** An interleaved session that plays is alive as long as its connection takes what is written. */
  const alive = (state: ServingState): Effect => {
    const isCarried = state.name === 'playing' && state.tracks.every(({ wanted }) => wanted.way === 'tcp')
    if (state.name === 'closed' || state.work || isCarried) return { type: 'cancel', name: 'life' }
    return { type: 'timer', name: 'life', ms: 'session' in state ? times.sessionMs : times.idleMs, event: { type: 'quiet' } }
  }
  const heard = ([state, ...effects]: Decision): Decision => [state, ...effects, alive(state)]

  return (state, event) => {
    if (state.name === 'closed') return [state]
    switch (event.type) {
      case 'request':
        if (!state.work) return heard(drained(take(state, event.request)))
        if (state.waiting.length >= maxWaiting) return closed([], 'too many requests at once')
        return [{ ...state, waiting: [...state.waiting, event.request] }]
      case 'malformed':
        return closed([{ type: 'reply', message: reply(undefined, event.status, software) }], 'what it sent is no RTSP/1.0')
      case 'heard':
        return heard([state])
      case 'quiet':
        return closed([], 'nothing heard for too long')
      case 'over':
        return closed([], event.reason)
      case 'gone':
        return closed([], 'the player closed the connection')
      case 'permitted':
      case 'refused':
      case 'opened':
      case 'unopened':
      case 'ports':
      case 'no-ports':
        return heard(drained(settled(state, event)))
    }
  }
}

const lineOf = ({ waiting, works, sessions, refusals }: Line): Line => ({ waiting, works, sessions, refusals })

/** It names a session that is not the one of this connection. */
function isOfAnother(state: Open, request: RtspRequest): boolean {
  const named = header(request, 'Session')?.split(';')[0]?.trim() ?? ''
  return named !== '' && !('session' in state && state.session === named)
}

function isAcceptable(request: RtspRequest): boolean {
  const accept = header(request, 'Accept')
  return accept === undefined || accept.trim() === '' || /application\/(?:sdp|\*)|\*\/\*/i.test(accept)
}

function granted({ wanted, serverPorts }: LaidTrack, ssrc: number): string {
  const own = `ssrc=${ssrc.toString(16).toUpperCase().padStart(8, '0')}`
  if (wanted.way === 'tcp') return `RTP/AVP/TCP;unicast;interleaved=${wanted.channels.join('-')};${own};mode="PLAY"`
  return `RTP/AVP;unicast;client_port=${wanted.ports.join('-')};server_port=${(serverPorts ?? []).join('-')};${own};mode="PLAY"`
}

const rtpInfo = ({ offer, tracks }: Of<'ready'>): string =>
  tracks.map(({ index, url }) => `url=${url};seq=${offer.tracks[index]?.sequence ?? 0};rtptime=${offer.tracks[index]?.timestamp ?? 0}`).join(',')
