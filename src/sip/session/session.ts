// One invite session on the wire: carries out what its machine decides, reads what the camera sends inside the dialog. RFC 3261 12.2, 13.2, 14.2; GB/T 28181-2022 9.2, 9.8, 9.9.
import { runMachine } from '../../base/index.ts'
import { belongsTo, cseqOf, dialogOf, mansrtspType, newCallId, newInvite, requestIn, tagIn, type Dialog } from './dialog.ts'
import { hopOf, refusalOf } from '../exchange/hop.ts'
import { answerInside } from './in-dialog.ts'
import { answerOutcome, refusalOutcome } from './invite-answer.ts'
import type { InviteRequest, InviteSession } from './invite-request.ts'
import { inviteStart, inviteStep, type InviteEffect, type InviteEvent, type InviteOutcome } from './invite-session.ts'
import type { LiveSession, SessionOptions, Surroundings } from './live-session.ts'
import { header } from '../message/index.ts'
import { createPlaybackControl, type InfoReply } from './playback-control.ts'
import { writeSdp } from './sdp.ts'
import { inviteOffer } from './sdp-offer.ts'
import type { Address, ClientEvent, ClientTransaction, ServerTransaction, SipRequest, SipResponse } from '../types.ts'

/** Ours: what a stopping caller waits; how long the end of an old session may take, after which Q32 asks for 500 ms at least; the tail of a recording is a few packets. */
const releaseMs = 3_000
const retryMs = 500
const clearMs = 2_000
const drainMs = 300
/** RFC 3261 9.1, 17.1.1.2: a camera that never ends its INVITE. */
export const abandonT1 = 64
/** Ends of dialogs we never kept, remembered so that each gets one BYE. */
const maxFarewells = 16

export function createSession(around: Surroundings, options: SessionOptions): LiveSession {
  const { us, layer, clock, log, t1Ms = 500 } = around
  const { request, target, ssrc } = options
  const { deviceId, channelId, media, kind = 'play' } = request
  const label = { deviceId, channelId, callId: newCallId(us) }
  const { callId } = label
  const offer = inviteOffer({ kind, channelId, ...media, ssrc, ...pick(request) })
  const ourTag = us.random(8).toString('hex')
  const answered = Promise.withResolvers<InviteOutcome>()
  const released = Promise.withResolvers<void>()
  const hosts = new Set([target.host])
  const farewells = new Set<string>()
  let lastAttempt: 1 | 2 = 1
  let cseq = 0
  let peerCseq = 0
  let invite: SipRequest | undefined
  let transaction: ClientTransaction | undefined
  let kept: { readonly dialog: Dialog; readonly body: Buffer } | undefined
  let hasBye = false
  let isByeAnswered = false
  let fileSize: number | undefined
  let reanswer: (() => void) | undefined

  const where = (): Address => options.current() ?? target
  const sendBye = (dialog: Dialog, number: number, done: (isAnswered: boolean) => void): void => {
    layer.request(requestIn(dialog, 'BYE', number), where(), (event) => {
      if (event.type !== 'response' || event.response.status >= 200) done(event.type === 'response')
    })
  }
  const ask = (attempt: 1 | 2, send: (event: InviteEvent) => void): void => {
    invite = newInvite(us, { channelId, target, callId, tag: ourTag, cseq: ++cseq, ssrc, sdp: writeSdp(offer) })
    lastAttempt = attempt
    transaction = layer.request(invite, target, (event) => {
      // What still comes of the first try is not of the second, but for a 2xx.
      if (attempt === lastAttempt || isAcceptance(event)) send(meaning(event))
    })
  }

  const meaning = (event: ClientEvent): InviteEvent => {
    if (event.type === 'timeout') return { type: 'failed', detail: 'the camera sent no answer at all' }
    if (event.type === 'transport-error') return { type: 'failed', detail: event.detail }
    const { response, source } = event
    if (response.status < 200) return { type: 'provisional' }
    if (response.status < 300) return acceptance(response, source)
    return { type: 'rejected', outcome: refusalOutcome(response, source), isBusy: response.status === 486 && options.older().length > 0 }
  }
  const acceptance = (response: SipResponse, source: Address): InviteEvent => {
    hosts.add(source.host)
    const outcome = answerOutcome(response, source, { ssrc, transport: media.transport })
    return { type: 'accepted', response, outcome, isFork: isFork(response) }
  }
  /** Interop: a camera that repeats its 200 with a new tag is no second camera: the same description from the same Contact is the same dialog. */
  const isFork = (response: SipResponse): boolean => {
    if (!kept || !invite) return false
    const other = dialogOf(invite, response)
    return other.peerTag !== kept.dialog.peerTag && (other.uri !== kept.dialog.uri || !response.body.equals(kept.body))
  }
  const acknowledge = (response: SipResponse): Dialog | undefined => {
    if (!invite) return undefined
    const dialog = dialogOf(invite, response)
    layer.send(requestIn(dialog, 'ACK', cseqOf(response)?.number ?? cseq), where())
    return dialog
  }

  const perform = (effect: InviteEffect, send: (event: InviteEvent) => void): void => {
    switch (effect.type) {
      case 'invite':
        return ask(effect.attempt, send)
      case 'cancel-invite':
        return transaction?.cancel()
      case 'ack': {
        const dialog = acknowledge(effect.response)
        if (dialog) kept = { dialog, body: effect.response.body }
        return
      }
      case 'farewell': {
        const dialog = acknowledge(effect.response)
        if (!dialog || farewells.has(dialog.peerTag) || farewells.size >= maxFarewells) return
        farewells.add(dialog.peerTag)
        log.info({ ...label, to: dialog.to }, 'a second answer to one INVITE: ended')
        return sendBye(dialog, cseq + 1, () => {})
      }
      case 'bye':
        if (!kept) return send({ type: 'bye-done' })
        hasBye = true
        return sendBye(kept.dialog, ++cseq, (isAnswered) => {
          isByeAnswered ||= isAnswered
          send({ type: 'bye-done' })
        })
      case 'clear': {
        const older = options.older()
        log.info({ ...label, older: older.map(({ session }) => session.callId) }, 'busy with an older session of ours: ended before a second try')
        const give = clock.after(clearMs, () => send({ type: 'cleared' }))
        void Promise.all(older.map((each) => each.replace())).then(() => {
          give()
          send({ type: 'cleared' })
        })
        return
      }
      case 'answer-again':
        return reanswer?.()
      case 'answered':
        if (effect.outcome.ok) fileSize = effect.outcome.fileSize
        log.info({ ...label, kind, ...effect.outcome }, effect.outcome.ok ? 'invite answered' : 'invite failed')
        return answered.resolve(effect.outcome)
      case 'end':
        log.info({ ...label, how: effect.end.how }, effect.end.reason)
        return request.onEnded?.(effect.end.reason, effect.end.how)
      case 'released':
        return released.resolve()
      case 'over':
        return options.onOver()
    }
  }
  const times = { answerMs: request.answerTimeoutMs, releaseMs, abandonMs: abandonT1 * t1Ms, retryMs, drainMs, t1Ms }
  const machine = runMachine({ initial: inviteStart, step: inviteStep(times), perform, clock, log, label })

  const info = (body: Buffer): Promise<InfoReply> | undefined => {
    const { dialog } = kept ?? {}
    if (kind === 'play' || !dialog || machine.state().name !== 'confirmed') return undefined
    return new Promise((resolve) => {
      layer.request(requestIn(dialog, 'INFO', ++cseq, { type: mansrtspType, body }), where(), (event) => {
        if (event.type === 'timeout') return resolve({ failure: 'the INFO was not answered' })
        if (event.type === 'transport-error') return resolve({ failure: event.detail })
        const { response, source } = event
        if (response.status < 200) return
        resolve({ response, hop: hopOf(response, source), detail: refusalOf(response) })
        // RFC 3261 12.2.1.2: who answers 481 has no such dialog.
        if (response.status === 481) machine.send({ type: 'cut', end: { how: 'forgotten', reason: 'the camera no longer knows the session (481 to INFO)' } })
      })
    })
  }
  const control = createPlaybackControl(info)
  const finished = (reason: string): void => machine.send({ type: 'finished', reason })
  const bye = (): Promise<void> => {
    machine.send({ type: 'stop' })
    return released.promise
  }

  const session: InviteSession = {
    kind,
    callId,
    answered: answered.promise,
    control: async (action) => {
      const outcome = await control.act(action)
      // Interop: most devices wait for a BYE after TEARDOWN, some send their own, which then crosses ours.
      if (action.action === 'teardown') void bye()
      return outcome
    },
    bye,
    mediaLost: () => {
      if (machine.state().name === 'confirmed') log.info(label, 'media lost: the session is ended')
      return bye()
    },
    mediaIdle: () => {
      if (kind === 'play') return machine.send({ type: 'cut', end: { how: 'media-lost', reason: 'no media comes any more' } })
      if (!control.isPaused()) finished('no media comes any more: the recording is over')
    },
    mediaAt: ({ ms, bytes }) => {
      const { range } = request
      if (kind === 'play' || !range || machine.state().name !== 'confirmed') return
      if (kind === 'download' && fileSize !== undefined && bytes >= fileSize) finished(`the whole file came (${fileSize} bytes)`)
      else if (control.isStraight() && ms >= (range.toS - range.fromS) * 1000) finished('the end of the range was reached')
    },
  }

  /** Inside the dialog: what its answer means for the session. */
  const respond = (transaction: ServerTransaction): boolean => {
    const answer = answerInside(transaction.request, machine.state().name, { us, offer })
    if (!answer) return false
    if (answer.draft) transaction.respond(answer.draft)
    if (answer.means === 'hang-up') machine.send({ type: 'bye-received' })
    if (answer.means !== 'reinvite') return true
    log.info(label, 'the camera asked again inside the session')
    reanswer = () => answer.draft && transaction.respond(answer.draft)
    machine.send({ type: 'reinvited' })
    return true
  }

  return {
    session,
    request,
    state: () => machine.state().name,
    begin: () => machine.send({ type: 'begin' }),
    take: (transaction) => {
      const { request: message, source } = transaction
      hosts.add(where().host)
      if (!belongsTo(message, source, { ourTag, peerTag: kept?.dialog.peerTag }, hosts)) return false
      const number = cseqOf(message)?.number ?? 0
      // Numbers may jump, but not fall back (Q14); who hangs up is believed all the same.
      if (number <= peerCseq && message.method !== 'BYE' && message.method !== 'CANCEL') {
        transaction.respond({ status: 500, reason: 'CSeq is not above the last' })
        return true
      }
      peerCseq = Math.max(peerCseq, number)
      return respond(transaction)
    },
    acknowledged: (ack, source) => {
      if (belongsTo(ack, source, { ourTag, peerTag: kept?.dialog.peerTag }, hosts)) machine.send({ type: 'acknowledged' })
    },
    stray: (response, source) => {
      if (tagIn(header(response, 'From') ?? '') === ourTag) machine.send(acceptance(response, source))
    },
    finished,
    replace: async () => {
      if (machine.state().name === 'ended') {
        // Its BYE was never answered: once more.
        const { dialog } = kept ?? {}
        if (dialog) await new Promise<void>((resolve) => sendBye(dialog, ++cseq, (isAnswered) => resolve(void (isByeAnswered ||= isAnswered))))
        return
      }
      machine.send({ type: 'cut', end: { how: 'replaced', reason: 'a newer session of ours took its place' } })
      await released.promise
    },
    isUnconfirmed: () => hasBye && !isByeAnswered,
    close: machine.close,
  }
}

const isAcceptance = (event: ClientEvent): boolean => event.type === 'response' && event.response.status >= 200 && event.response.status < 300

/** What a request says of its recording and stream. */
const pick = ({ range, recordType, downloadSpeed, stream }: InviteRequest) => ({
  ...(range && { range }),
  ...(recordType && { recordType }),
  ...(downloadSpeed && { downloadSpeed }),
  ...(stream && { stream }),
})
