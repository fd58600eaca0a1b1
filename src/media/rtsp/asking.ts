// One request at a time: written with number, session and credentials; asked again after a challenge; its answer told from others. RFC 2326 12.17; RFC 7235 3.1.
import { authorization, parseChallenges, preferred, type Challenge } from './digest.ts'
import { cseqOf, header, headerValues, type RtspHeaders, type RtspRequest, type RtspResponse } from './message.ts'
import type { Dialogue, Effect, Pending, SessionParts } from './session-types.ts'

/** Ours: how often one request may be sent; a challenge, a stale nonce and another algorithm need three. */
const maxSends = 4

/** A dialogue of any state, with the rest of the state kept. */
export type Asked<State extends Dialogue> = readonly [State, ...Effect[]]

const noBody = Buffer.alloc(0)

export function ask<State extends Dialogue>(parts: SessionParts, state: State, method: string, uri: string, headers: RtspHeaders = []): Asked<State> {
  return send(parts, state, { method, uri, headers, refused: [], sends: 0 })
}

/** Sends a request of ours under the next number. Its answer is awaited for `answerMs`. */
function send<State extends Dialogue>(parts: SessionParts, before: State, wanted: Omit<Pending, 'cseq'>): Asked<State> {
  const cseq = before.cseq + 1
  const nonceCount = before.challenge ? before.nonceCount + 1 : 0
  const state = { ...before, cseq, nonceCount, pending: { ...wanted, cseq, sends: wanted.sends + 1 } }
  const { credentials, cnonce, userAgent, times } = parts
  const { challenge, session } = state
  const { method, uri } = wanted
  const proof = challenge && credentials && authorization(challenge, { ...credentials, method, uri, cnonce, count: nonceCount })
  const headers: RtspHeaders = [
    ['CSeq', String(cseq)],
    ['User-Agent', userAgent],
    ...(proof === undefined ? [] : [['Authorization', proof] as const]),
    ...(session ? [['Session', session.id] as const] : []),
    ...wanted.headers,
  ]
  const message: RtspRequest = { kind: 'request', method, uri, headers, body: noBody }
  return [state, { type: 'timer', name: 'answer', ms: times.answerMs, event: { type: 'silent', cseq, connection: state.connection } }, { type: 'send', message }]
}

/** Interop: an answer without CSeq, or with one that is no number, answers the only request that is open. */
export function isAnswerTo(pending: Pending | undefined, response: RtspResponse): pending is Pending {
  return pending !== undefined && response.status >= 200 && (cseqOf(response) ?? pending.cseq) === pending.cseq
}

/**
 * After 401: the same request with an answer to the challenge; or why not, in words. A refused answer is given again only to a stale
 * nonce, or by another algorithm that the camera offers too.
 */
export function answerChallenge<State extends Dialogue>(parts: SessionParts, state: State, pending: Pending, response: RtspResponse): Asked<State> | string {
  const offered = preferred(parseChallenges(headerValues(response, 'WWW-Authenticate')))
  if (!parts.credentials) return 'the camera asks for a user name and password, and the record has none'
  if (offered.length === 0) return 'the camera asks for credentials in a way that is not known'
  const isFirstAnswer = state.challenge === undefined || isFreshRound(state.challenge, pending, offered)
  const refused = isFirstAnswer ? pending.refused : [...pending.refused, nameOf(state.challenge)]
  const challenge = offered.find((each) => !refused.includes(nameOf(each)))
  if (!challenge || pending.sends >= maxSends) return 'the camera does not take the user name and password of the record'
  if (challenge.scheme === 'basic' && state.url.host !== parts.url.host) return 'another host than the one of the record asks for the password in plain'
  return send(parts, { ...state, challenge, nonceCount: 0 }, { ...pending, refused })
}

/** The nonce that was answered is not the one asked for now, and nothing says that the answer was wrong: it ran out in between. */
function isFreshRound(answered: Challenge | undefined, pending: Pending, offered: readonly Challenge[]): boolean {
  if (answered?.scheme !== 'digest') return false
  const now = offered.find((each) => each.scheme === 'digest' && each.algorithm === answered.algorithm)
  return now?.scheme === 'digest' && now.nonce !== answered.nonce && (now.isStale || pending.sends === 1)
}

const nameOf = (challenge: Challenge | undefined): Pending['refused'][number] => (challenge?.scheme === 'digest' ? challenge.algorithm : 'basic')

/** What any answer of a camera tells beside its status. */
export function learn<State extends Dialogue>(state: State, response: RtspResponse): State {
  const server = header(response, 'Server')?.slice(0, 200)
  const methods = header(response, 'Public')?.split(',').map((method) => method.trim().toUpperCase())
  return { ...state, ...(server !== undefined && server !== '' && { server }), ...(methods && { methods }) }
}
