// Does the registration succeed, and if not, at which of its steps? GB/T 28181-2022 9.1.2.1; RFC 3261 22.
import { finding, notesOf, writeAddress, writeTime, type Finding, type ReadMessage, type StageVerdict, type View } from './diagnosis.ts'
import type { FindingCode } from './words.ts'
import type { RefusalReason } from '../access/registrar.ts'
import type { Address } from '../types.ts'
import type { RegistrationNote } from './types.ts'

const stage = 'authentication'
/** A challenge that was never answered: once may be an answer under way. */
const patience = 2

export function authenticationVerdict(view: View): StageVerdict {
  const { binding, nowUs, keepaliveMs } = view.case
  const decisions = notesOf(view, 'registration')
  const accepted = decisions.findLast(({ note }) => note.decision === 'accepted')
  const since = accepted?.seq ?? -1
  const isHeld = binding !== undefined && binding.expiresAtMs * 1000 > nowUs
  // While a device is registered, who tries in its name from another host is somebody else: a hint says so.
  const isItself = (source: Address): boolean => !isHeld || source.host === binding.address.host
  const attempts = view.messages.filter(({ kept, sip }) => kept.direction === 'in' && sip.method === 'REGISTER' && sip.status === undefined && kept.seq > since && isItself(kept.remote))
  const failure = failureOf(view, since, attempts, isItself)
  // A device that is in, and whose refresh was refused just now, is in all the same: but the refusal is what will end it.
  if (failure) return { stage, state: 'failed', finding: failure }
  // Some register once and only keep alive: they are there all the same (docs/interop.md Q30).
  const isKept = view.runs.some((run) => run.what === 'keepalives' && nowUs - run.lastUs < 3 * keepaliveMs * 1000)
  if (binding && !isHeld && !isKept) return { stage, state: 'failed', finding: finding('authentication.expired', { until: writeTime(binding.expiresAtMs * 1000) }, accepted ? [accepted] : []) }
  if (accepted) {
    const { source, expiresS = 0 } = accepted.note
    return { stage, state: 'ok', finding: finding('authentication.ok', { time: writeTime(accepted.atUs), source: writeAddress(source), expires: expiresS }, [accepted]) }
  }
  if (binding) return { stage, state: 'ok', finding: finding('authentication.restored', { source: writeAddress(binding.address), until: writeTime(binding.expiresAtMs * 1000) }, notesOf(view, 'restored').slice(-1)) }
  if (attempts.length > 0) return { stage, state: 'unknown', finding: finding('authentication.pending', {}, attempts.map(({ kept }) => kept)) }
  return { stage, state: 'not-tried', finding: finding('authentication.not-tried') }
}

/** Why the attempts after the last success came to nothing; undefined when they did not, or are under way. */
function failureOf(view: View, since: number, attempts: readonly ReadMessage[], isItself: (source: Address) => boolean): Finding | undefined {
  const refusals = notesOf(view, 'registration').filter(({ seq, note }) => seq > since && note.decision === 'refused' && isItself(note.source))
  const answers = view.messages.filter(({ kept, sip }) => kept.direction === 'out' && sip.method === 'REGISTER' && sip.status !== undefined && kept.seq > since && isItself(kept.remote))
  const overload = answers.filter(({ sip }) => sip.status === 503)
  if (overload.length > 0) return finding('authentication.overload', { count: overload.length }, overload.map(({ kept }) => kept))
  const refused = refusals.at(-1)
  if (refused) return refusal(view, refused.note, refusals.filter(({ note }) => note.reason === refused.note.reason).length, [...refusals, ...answers.filter(({ sip }) => (sip.status ?? 0) >= 300 && sip.status !== 401).map(({ kept }) => kept)].sort((one, other) => one.seq - other.seq), attempts)
  const redirected = answers.filter(({ sip }) => sip.status === 302)
  if (redirected.length > 0) return finding('authentication.redirected', {}, redirected.map(({ kept }) => kept))
  const failed = answers.findLast(({ sip }) => (sip.status ?? 0) >= 500)
  if (failed) return finding('authentication.not-kept', { status: failed.sip.status ?? 500 }, [failed.kept])
  const denied = answers.filter(({ sip }) => sip.status === 403)
  const lastDenied = denied.at(-1)
  if (lastDenied) return refusal(view, { type: 'registration', decision: 'refused', reason: 'wrong-password', source: lastDenied.kept.remote }, denied.length, denied.map(({ kept }) => kept), attempts)
  return unanswered(view, attempts)
}

const codes: Readonly<Record<RefusalReason, FindingCode>> = {
  'wrong-password': 'authentication.wrong-password',
  limited: 'authentication.limited',
  refused: 'authentication.turned-away',
  stranger: 'authentication.no-password',
  'no-device': 'authentication.no-id',
  'weak-digest': 'authentication.weak-digest',
}

function refusal(view: View, note: RegistrationNote, count: number, evidence: Parameters<typeof finding>[2], attempts: readonly ReadMessage[]): Finding {
  const answer = attempts.findLast(({ sip }) => sip.answer)?.sip.answer
  const ours = view.case.us.realm
  const reason = note.reason ?? 'wrong-password'
  const isOtherRealm = reason === 'wrong-password' && answer !== undefined && answer.realm !== ours
  const values = { source: writeAddress(note.source), count, username: answer?.username ?? '?', realm: answer?.realm ?? '?', ours, status: 500 }
  return finding(isOtherRealm ? 'authentication.wrong-realm' : codes[reason], values, evidence)
}

/** Challenged again and again: the challenge does not arrive, is not understood, or its answer does not fit. */
function unanswered(view: View, attempts: readonly ReadMessage[]): Finding | undefined {
  const evidence = attempts.map(({ kept }) => kept)
  const last = attempts.at(-1)
  if (!last || attempts.length <= patience) return undefined
  const source = writeAddress(last.kept.remote)
  const answered = attempts.filter(({ sip }) => sip.answer)
  if (answered.length > patience) return finding('authentication.nonce-loop', { count: answered.length }, evidence)
  if (answered.length > 0) return undefined
  const branches = new Set(attempts.map(({ sip }) => sip.branch ?? `${sip.callId} ${sip.cseq}`))
  const ports = new Set(attempts.map(({ kept }) => kept.remote.port))
  if (ports.size > patience) return finding('authentication.port-rotates', { count: attempts.length, ports: ports.size, source }, evidence)
  if (branches.size <= attempts.length / 2) return finding('authentication.answer-lost', { count: attempts.length - branches.size, source }, evidence)
  return finding('authentication.challenge-ignored', { count: branches.size, source, realm: view.case.us.realm }, evidence)
}
