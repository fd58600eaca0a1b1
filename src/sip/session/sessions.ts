// All invite sessions of a user agent, by Call-ID: opens them, routes what cameras send inside them, lends each its trace, closes them. RFC 3261 12.2, 13.2.2.4.
import type { Clock, Log } from '../../base/index.ts'
import { cseqOf, dialogOfStray, newCallId, requestIn, type Party } from './dialog.ts'
import type { InviteOutcome } from './invite-session.ts'
import type { InviteRequest, InviteSession } from './invite-request.ts'
import { header } from '../message/index.ts'
import type { LiveSession } from './live-session.ts'
import { abandonT1, createSession } from './session.ts'
import type { Ssrcs } from './ssrc.ts'
import type { Address, ServerTransaction, SipRequest, SipResponse, TraceEntry, TransactionLayer } from '../types.ts'

export type { InviteRequest, InviteSession } from './invite-request.ts'

export interface Sessions {
  /** `current` says where the device is reached later on, when its binding moves. */
  readonly open: (request: InviteRequest, target: Address, current?: () => Address | undefined) => InviteSession
  /** A session that never began: its answer is known. */
  readonly refuse: (outcome: Extract<InviteOutcome, { ok: false }>, kind?: InviteSession['kind']) => InviteSession
  /** Answers BYE, INFO, INVITE and UPDATE inside a session; false when the request is of none of ours. */
  readonly take: (transaction: ServerTransaction) => boolean
  /** An ACK of a 2xx: of our answer to a camera's re-INVITE, if it is of ours. */
  readonly acknowledged: (ack: SipRequest, source: Address) => void
  /** A 2xx to an INVITE whose transaction is long over: acknowledged and ended, always, so that no camera sends on for nobody. */
  readonly stray: (response: SipResponse, source: Address) => void
  /** A MediaStatus of a device: 121 ends the recording it is of, found by Call-ID, else by channel (Q63). False when none is meant. */
  readonly mediaStatus: (callId: string | undefined, channelId: string, notifyType: string | number) => boolean
  readonly trace: (entry: TraceEntry) => void
  readonly size: () => number
  readonly close: () => Promise<void>
}

/** Ended sessions that are remembered for late answers, at least 64 T1 each; ours: beyond the number the oldest go first. */
const rememberMs = 32_000
const maxPast = 4_096

export interface SessionsOptions {
  readonly us: Party
  readonly layer: TransactionLayer
  readonly ssrcs: Ssrcs
  readonly clock: Clock
  readonly log: Log
  readonly t1Ms?: number
  /** Whether a device lives there: an answer to a forgotten INVITE is believed from such an address only, so that nobody can make us send to others. */
  readonly isKnown?: (source: Address) => boolean
}

export function createSessions(options: SessionsOptions): Sessions {
  const { us, layer, ssrcs, clock, log } = options
  const live = new Map<string, LiveSession>()
  const past = new Map<string, { readonly entry: LiveSession; readonly untilUs: number }>()
  const traces = new Map<string, (entry: TraceEntry) => void>()
  /** Dialogs of answers that nobody remembers, by Call-ID and tag: one BYE each. */
  const strays = new Map<string, number>()
  const keepMs = Math.max(rememberMs, abandonT1 * (options.t1Ms ?? 500))

  const forget = (): void => {
    for (const [callId, { entry, untilUs }] of past) {
      if (untilUs > clock.nowUs() && past.size <= maxPast) break
      past.delete(callId)
      entry.close()
    }
    for (const [key, untilUs] of strays) {
      if (untilUs > clock.nowUs() && strays.size <= maxPast) break
      strays.delete(key)
    }
  }
  const find = (callId: string | undefined): LiveSession | undefined => (callId === undefined ? undefined : (live.get(callId) ?? past.get(callId)?.entry))

  const refuse: Sessions['refuse'] = (outcome, kind = 'play') => ({
    kind,
    callId: newCallId(us),
    answered: Promise.resolve(outcome),
    control: () => Promise.resolve({ ok: false, reason: 'not-playing', detail: outcome.detail }),
    bye: () => Promise.resolve(),
    mediaLost: () => Promise.resolve(),
    mediaIdle: () => {},
    mediaAt: () => {},
  })

  /**
   * Which sessions may keep the camera busy: those whose end it never confirmed, those that are ending, and an older live view of the
   * same stream, which a newer one replaces (Annex K c). Recordings may be watched side by side.
   */
  const olderThan = (request: InviteRequest, callId: string): readonly LiveSession[] => {
    const isSame = ({ request: other, session }: LiveSession): boolean => session.callId !== callId && other.deviceId === request.deviceId && other.channelId === request.channelId
    const isReplaced = ({ request: other, session, state }: LiveSession): boolean =>
      state() === 'ending' || (state() === 'confirmed' && request.isBeside !== true && session.kind === 'play' && (request.kind ?? 'play') === 'play' && other.stream?.number === request.stream?.number)
    return [...[...live.values()].filter((each) => isSame(each) && isReplaced(each)), ...[...past.values()].map(({ entry }) => entry).filter((each) => isSame(each) && each.isUnconfirmed())]
  }

  const open: Sessions['open'] = (request, target, current = () => undefined) => {
    const { kind = 'play' } = request
    forget()
    if (kind !== 'play' && !request.range) return refuse({ ok: false, reason: 'stopped', detail: `a ${kind} needs a range of time` }, kind)
    const ssrc = ssrcs.take(kind === 'play' ? 'live' : 'history')
    if (ssrc === undefined) return refuse({ ok: false, reason: 'stopped', detail: `every SSRC of the domain for ${kind === 'play' ? 'live streams' : 'recordings'} is in use: 10,000 at once` }, kind)
    const entry: LiveSession = createSession(options, {
      request,
      target,
      current,
      ssrc,
      older: () => olderThan(request, entry.session.callId),
      onOver: () => {
        const { callId } = entry.session
        ssrcs.giveBack(ssrc)
        live.delete(callId)
        past.set(callId, { entry, untilUs: clock.nowUs() + keepMs * 1000 })
        forget()
        // After what is still sent in this turn, such as the ACK of a refusal.
        void Promise.resolve().then(() => traces.delete(callId))
      },
    })
    live.set(entry.session.callId, entry)
    if (request.onTrace) traces.set(entry.session.callId, request.onTrace)
    entry.begin()
    return entry.session
  }

  const stray: Sessions['stray'] = (response, source) => {
    const cseq = cseqOf(response)
    if (response.status < 200 || response.status >= 300 || cseq?.method !== 'INVITE') return
    const known = find(header(response, 'Call-ID'))
    if (known) return known.stray(response, source)
    if (options.isKnown?.(source) === false) return
    forget()
    const dialog = dialogOfStray(response, source)
    const key = `${dialog.callId} ${dialog.peerTag}`
    layer.send(requestIn(dialog, 'ACK', cseq.number), source)
    if (strays.has(key)) return
    strays.set(key, clock.nowUs() + keepMs * 1000)
    log.info({ source, callId: dialog.callId }, 'an answer to an INVITE that is forgotten: ended')
    layer.request(requestIn(dialog, 'BYE', cseq.number + 1), source, () => {})
  }

  const mediaStatus: Sessions['mediaStatus'] = (callId, channelId, notifyType) => {
    const byCall = find(callId)
    const candidates = byCall ? [byCall] : [...live.values()].filter(({ request, session, state }) => request.channelId === channelId && session.kind !== 'play' && state() === 'confirmed')
    const [found] = candidates
    if (Number(notifyType) !== 121 || !found || candidates.length > 1) {
      // 122 and 123 are told by simulators (Q64); of several recordings of one channel none can be meant without its Call-ID.
      log.info({ callId, channelId, notifyType, sessions: candidates.length }, 'media status without a consequence')
      return false
    }
    found.finished('the camera said that the recording is over (MediaStatus 121)')
    return true
  }

  return {
    open,
    refuse,
    take: (transaction) => find(header(transaction.request, 'Call-ID'))?.take(transaction) ?? false,
    acknowledged: (ack, source) => find(header(ack, 'Call-ID'))?.acknowledged(ack, source),
    stray,
    mediaStatus,
    trace: (entry) => {
      if (entry.message && traces.size > 0) traces.get(header(entry.message, 'Call-ID') ?? '')?.(entry)
    },
    size: () => live.size,
    close: async () => {
      await Promise.all([...live.values()].map(({ session }) => session.bye()))
      for (const entry of live.values()) entry.close()
      for (const { entry } of past.values()) entry.close()
      live.clear()
      past.clear()
    },
  }
}
