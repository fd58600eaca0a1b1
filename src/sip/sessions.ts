// All invite sessions of a user agent, by Call-ID: opens them, routes BYE to them, lends each its trace, closes them.
import { ParseError, runMachine, type Clock, type Log, type Machine } from '../base/index.ts'
import { ackOf, byeOf, newCallId, newInvite, type Party } from './dialog.ts'
import { inviteStep, type InviteEffect, type InviteEvent, type InviteOutcome, type InviteState } from './invite-session.ts'
import { header } from './message/index.ts'
import { parseSdp, writeSdp } from './sdp.ts'
import { liveOffer } from './sdp-offer.ts'
import type { Ssrcs } from './ssrc.ts'
import type { Address, ClientEvent, ClientTransaction, ServerTransaction, SipResponse, TraceEntry, TransactionLayer } from './types.ts'

export interface InviteRequest {
  readonly deviceId: string
  readonly channelId: string
  /** Where media is awaited; the receiver must be open before this is asked. */
  readonly media: { readonly host: string; readonly port: number; readonly transport: 'udp' | 'tcp-passive' }
  readonly answerTimeoutMs: number
  /** Every message of the Call-ID, both ways, from the INVITE on. */
  readonly onTrace?: (entry: TraceEntry) => void
  /** The camera hung up. Not called after `bye`. */
  readonly onEnded?: (reason: string) => void
}

export interface InviteSession {
  readonly callId: string
  /** Settles once, within the answer timeout; never rejects. */
  readonly answered: Promise<InviteOutcome>
  /** BYE, or CANCEL before the answer. Resolves when the camera confirmed or was given up; twice is nothing. */
  readonly bye: () => Promise<void>
}

export interface Sessions {
  readonly open: (request: InviteRequest, target: Address) => InviteSession
  /** A session that never began: its answer is known. */
  readonly refuse: (outcome: InviteOutcome) => InviteSession
  /** Answers a BYE or an INFO of a session; false when the Call-ID is none of ours. */
  readonly take: (transaction: ServerTransaction) => boolean
  readonly trace: (entry: TraceEntry) => void
  readonly close: () => Promise<void>
}

/** Ours: what a stopping caller waits, and RFC 3261's 64 T1 for a camera that never ends its INVITE. */
const releaseMs = 3_000
const abandonMs = 32_000

interface Live {
  readonly machine: Machine<InviteState, InviteEvent>
  readonly session: InviteSession
}

export function createSessions(options: { readonly us: Party; readonly layer: TransactionLayer; readonly ssrcs: Ssrcs; readonly clock: Clock; readonly log: Log }): Sessions {
  const { us, layer, ssrcs, clock, log } = options
  const live = new Map<string, Live>()
  const traces = new Map<string, (entry: TraceEntry) => void>()

  const refuse = (outcome: InviteOutcome): InviteSession => ({ callId: newCallId(us), answered: Promise.resolve(outcome), bye: () => Promise.resolve() })

  const open = (request: InviteRequest, target: Address): InviteSession => {
    const ssrc = ssrcs.take('live')
    if (ssrc === undefined) return refuse({ ok: false, reason: 'stopped', detail: 'every SSRC of the domain is in use' })
    const { deviceId, channelId, media, answerTimeoutMs } = request
    const callId = newCallId(us)
    const invite = newInvite(us, { channelId, target, callId, ssrc, sdp: writeSdp(liveOffer({ channelId, ...media, ssrc })) })
    const answered = Promise.withResolvers<InviteOutcome>()
    const released = Promise.withResolvers<void>()
    let transaction: ClientTransaction | undefined
    let dialog: SipResponse | undefined

    const perform = (effect: InviteEffect, send: (event: InviteEvent) => void): void => {
      switch (effect.type) {
        case 'invite':
          transaction = layer.request(invite, target, (event) => send(inviteEvent(event, ssrc)))
          return
        case 'cancel-invite':
          return transaction?.cancel()
        case 'ack':
          dialog = effect.response
          return layer.send(ackOf(invite, effect.response), target)
        case 'bye':
          if (dialog) layer.request(byeOf(invite, dialog), target, (event) => {
            if (event.type !== 'response' || event.response.status >= 200) send({ type: 'bye-done' })
          })
          return
        case 'answered':
          log.info({ deviceId, channelId, callId, ...effect.outcome }, effect.outcome.ok ? 'invite answered' : 'invite failed')
          return answered.resolve(effect.outcome)
        case 'hung-up':
          log.info({ deviceId, channelId, callId }, effect.reason)
          return request.onEnded?.(effect.reason)
        case 'released':
          return released.resolve()
        case 'over':
          ssrcs.giveBack(ssrc)
          live.delete(callId)
          // After what is still sent in this turn, such as the ACK of a refusal.
          void Promise.resolve().then(() => traces.delete(callId))
      }
    }
    const initial: InviteState = { name: 'inviting' }
    const machine = runMachine({ initial, step: inviteStep({ answerMs: answerTimeoutMs, releaseMs, abandonMs }), perform, clock, log, label: { deviceId, channelId, callId } })
    const session: InviteSession = {
      callId,
      answered: answered.promise,
      bye: () => {
        machine.send({ type: 'stop' })
        return released.promise
      },
    }
    live.set(callId, { machine, session })
    if (request.onTrace) traces.set(callId, request.onTrace)
    machine.send({ type: 'begin' })
    return session
  }

  const take = (transaction: ServerTransaction): boolean => {
    const found = live.get(header(transaction.request, 'Call-ID') ?? '')
    if (!found) return false
    transaction.respond({ status: 200 })
    if (transaction.request.method === 'BYE') found.machine.send({ type: 'bye-received' })
    return true
  }
  return {
    open,
    refuse,
    take,
    trace: (entry) => {
      if (entry.message && traces.size > 0) traces.get(header(entry.message, 'Call-ID') ?? '')?.(entry)
    },
    close: async () => {
      await Promise.all([...live.values()].map(({ session }) => session.bye()))
      for (const { machine } of live.values()) machine.close()
      live.clear()
    },
  }
}

/** What a client transaction says, in the session's words. */
function inviteEvent(event: ClientEvent, offered: number): InviteEvent {
  if (event.type === 'timeout') return { type: 'failed', detail: 'the camera sent no answer at all' }
  if (event.type === 'transport-error') return { type: 'failed', detail: event.detail }
  const { response, source } = event
  if (response.status < 200) return { type: 'provisional' }
  if (response.status < 300) return { type: 'accepted', response, outcome: answerOf(response, offered) }
  const hop = hopOf(response) ?? `${source.host}:${source.port}`
  return { type: 'rejected', outcome: { ok: false, reason: 'refused', sipStatus: response.status, hop, detail: `${response.status} ${response.reason}` } }
}

export const hopOf = (response: SipResponse): string | undefined => header(response, 'User-Agent') || header(response, 'Server') || undefined

/**
 * The answer's own SSRC where it names one that is not 0, else ours: cameras number by their own rule (Q66, Q67).
 * An answer without a readable description is taken all the same; the media will tell.
 */
function answerOf(response: SipResponse, offered: number): InviteOutcome {
  try {
    const { ssrc, host, port } = parseSdp(response.body)
    return { ok: true, ssrc: ssrc || offered, ...(host && port > 0 && { remote: { host, port } }) }
  } catch (error) {
    if (error instanceof ParseError) return { ok: true, ssrc: offered }
    throw error
  }
}
