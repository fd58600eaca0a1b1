// The calls of a simulated device: INVITE answered as its channel's fault and its habits have it, media sent and steered, hung up from either side.
// GB/T 28181-2022 9.2, 9.8, 9.9, Annex B, Annex G, Annex K.
import type { Cancel, Clock } from '../../base/index.ts'
import { actionsOf, formatSsrc, header, liveAnswer, parseMansRtsp, parseSdp, writeMansRtsp, writeMessage, writeSdp, type Header, type PlaybackAction, type Sdp, type ServerTransaction, type SipRequest, type SipResponse } from '../../sip/index.ts'
import { roughSdp } from '../device/rough.ts'
import { attempt } from '../recording/attempt.ts'
import { dialogRequest } from '../requests.ts'
import type { ScenarioChannel } from '../types.ts'
import type { Clip } from './clips.ts'
import type { Line } from './line.ts'
import { openMediaSender, type MediaSender } from './media-sender.ts'
import { spoilt } from './spoilt.ts'

export interface Calls {
  readonly invite: (transaction: ServerTransaction) => Promise<void>
  readonly ack: (ack: SipRequest) => void
  readonly bye: (transaction: ServerTransaction) => void
  readonly info: (transaction: ServerTransaction) => void
  /** The other side gave an INVITE up before it was answered. */
  readonly cancelled: (cancel: SipRequest) => void
  /** The next frame of every live stream of this channel, or of all, is a keyframe. */
  readonly keyframe: (channelId: string) => void
  readonly size: () => number
  readonly closeAll: () => void
}

export interface CallsOptions {
  readonly line: Line
  readonly channelOf: (id: string) => ScenarioChannel | undefined
  /** `isLater`: of a call that is not the channel's first. */
  readonly clip: (channel: ScenarioChannel, isLater: boolean) => Clip | undefined
  /** A recording was sent to its end: MediaStatus, in the call it ends or by itself. */
  readonly onRecordingEnd: (channelId: string, inDialog: (body: Buffer) => SipRequest) => void
  readonly bindHost: string
  readonly clock: Clock
}

interface Session {
  readonly channel: ScenarioChannel
  readonly invite: SipRequest
  readonly localTag: string
  readonly offer: Sdp
  readonly sender: MediaSender
  readonly isLater: boolean
  sequence: number
  timer?: Cancel
  hasBegun: boolean
}

const slowStartMs = 2_500
const endsMidwayMs = 2_500
/** Sending and pausing by turns. */
const pauses = { everyMs: 4_000, forMs: 2_500 }
const restartMs = 4_000
const loseEvery = 60

export function createCalls(options: CallsOptions): Calls {
  const { line, clock } = options
  const { habits, who } = line
  const sessions = new Map<string, Session>()
  /** INVITEs that are left without an answer, for the 200 that comes after their CANCEL. */
  const unanswered = new Map<string, ServerTransaction>()
  /** INVITEs that each channel has had. */
  const asked = new Map<string, number>()
  let isClosed = false

  const end = (id: string): void => {
    const session = sessions.get(id)
    session?.timer?.()
    session?.sender.close()
    sessions.delete(id)
  }
  const hangUp = (id: string): void => {
    const session = sessions.get(id)
    end(id)
    if (session) line.request(dialogRequest('BYE', session.invite, who, session.localTag, ++session.sequence))
  }

  const invite = async (transaction: ServerTransaction): Promise<void> => {
    const { request } = transaction
    const id = header(request, 'Call-ID') ?? ''
    const channel = options.channelOf(line.named(request))
    if (!channel) return transaction.respond({ status: 404 })
    if (channel.fault === 'no-answer' || habits.has('ok-after-cancel')) {
      unanswered.set(id, transaction)
      return
    }
    const times = (asked.get(channel.id) ?? 0) + 1
    asked.set(channel.id, times)
    const isLater = times > 1
    const isBusy = channel.fault === 'busy' || channel.fault === (isLater ? 'busy-later' : 'busy-first')
    const isHeld = habits.has('busy-while-held') && [...sessions.values()].some((session) => session.channel.id === channel.id)
    if (isBusy || isHeld) return transaction.respond({ status: 486 })
    const offer = attempt(() => parseSdp(request.body))
    if (!offer) return transaction.respond({ status: 400 })
    if (habits.has('rejects-offer') || !offer.formats.some(({ payloadType }) => payloadType === 96)) return transaction.respond({ status: 488 })
    // A new request for the same stream clears the old one (GB/T 28181-2022 Annex K c); one of another number is another stream, and so is a recording.
    const isCleared = (session: Session): boolean => session.channel.id === channel.id && session.offer.session === offer.session && (habits.has('one-stream') || streamNumber(session.invite) === streamNumber(request))
    for (const [other, session] of sessions) if (isCleared(session)) end(other)
    const ssrc = offer.ssrc ?? 0
    const transport = offer.transport === 'udp' ? 'udp' : offer.setup === 'active' ? 'tcp-listen' : 'tcp'
    const own = ownSsrc(who.deviceId)
    const inMedia = habits.has('other-ssrc-in-media') ? strangeSsrc : habits.has('own-ssrc') ? own : ssrc
    const sender = await openMediaSender({ transport, bindHost: options.bindHost, host: offer.host ?? options.bindHost, port: offer.port, ssrc: inMedia, ...(channel.fault === 'loses-packets' && { loseEvery }) }, clock)
    if (isClosed) return sender.close()
    const localTag = transaction.toTag ?? ''
    sessions.set(id, { channel, invite: request, localTag, offer, sender, isLater, sequence: 0, hasBegun: false })
    const answer = writeSdp(liveAnswer({ offer, owner: channel.id, host: options.bindHost, port: sender.port, ssrc, ...(isHistory(offer) && offer.session === 'Download' && { fileSize: 1_000_000 }) }))
    const body = roughSdp(answer, habits, formatSsrc(own))
    transaction.respond({ status: 200, headers: [...contact(), { name: 'Content-Type', value: 'APPLICATION/SDP' }], body })
    if (habits.has('media-before-ack')) begin(id)
  }
  const contact = (): readonly Header[] => (habits.has('no-contact') ? [] : [{ name: 'Contact', value: habits.has('unusable-contact') ? '<sip:>' : `<${who.contact()}>` }])

  /** Media flows as the channel's fault has it. */
  const begin = (id: string): void => {
    const session = sessions.get(id)
    const healthy = session && options.clip(session.channel, session.isLater)
    const clip = healthy && spoilt(healthy, session.channel.fault)
    if (!session || !clip || session.hasBegun || session.channel.fault === 'no-media') return
    session.hasBegun = true
    const { sender, channel, offer } = session
    if (isHistory(offer)) return sender.start(clip, { lengthS: lengthOf(offer), scale: offer.session === 'Download' ? (offer.downloadSpeed ?? 1) : 1, onEnd: () => recordingEnd(session) })
    if (channel.fault === 'slow-start') {
      session.timer = clock.after(slowStartMs, () => sender.start(clip))
      return
    }
    sender.start(clip)
    if (channel.fault === 'ends-midway') session.timer = clock.after(endsMidwayMs, () => hangUp(id))
    if (channel.fault === 'restarts') session.timer = clock.after(restartMs, () => sender.restart())
    if (channel.fault === 'pauses') breathe(session)
  }
  const breathe = (session: Session): void => {
    session.timer = clock.after(pauses.everyMs, () => {
      session.sender.pause()
      session.timer = clock.after(pauses.forMs, () => {
        session.sender.resume()
        breathe(session)
      })
    })
  }
  const recordingEnd = (session: Session): void => {
    options.onRecordingEnd(session.channel.id, (body) => dialogRequest('MESSAGE', session.invite, who, session.localTag, ++session.sequence, [line.contentType], body))
  }

  const steer = (session: Session, action: PlaybackAction): void => {
    const { sender } = session
    if (action.action === 'pause') sender.pause()
    else if (action.action === 'resume') sender.resume()
    else if (action.action === 'scale') sender.scale(action.scale)
    else if (action.action === 'seek') sender.seek(action.seconds)
    else if (action.action === 'reverse') {
      if (action.from !== undefined) sender.seek(action.from)
      sender.scale(action.scale ?? -1)
    } else hangUp(header(session.invite, 'Call-ID') ?? '')
  }

  return {
    invite,
    ack: (ack) => begin(header(ack, 'Call-ID') ?? ''),
    bye: (transaction) => {
      const id = header(transaction.request, 'Call-ID') ?? ''
      const isKnown = sessions.has(id) || habits.has('ok-after-cancel')
      end(id)
      transaction.respond({ status: isKnown ? 200 : 481 })
    },
    info: (transaction) => {
      const session = sessions.get(header(transaction.request, 'Call-ID') ?? '')
      const asked = attempt(() => parseMansRtsp(transaction.request.body))
      if (!session) return transaction.respond({ status: 481 })
      if (asked?.type !== 'request') return transaction.respond({ status: 400 })
      const answer = writeMansRtsp({ type: 'response', protocol: asked.protocol, status: 200, reason: 'OK', cseq: asked.cseq, ...(asked.range && { range: asked.range }) })
      transaction.respond({ status: 200, headers: [{ name: 'Content-Type', value: 'Application/MANSRTSP' }], body: answer })
      for (const action of actionsOf(asked)) steer(session, action)
    },
    cancelled: (cancel) => {
      const id = header(cancel, 'Call-ID') ?? ''
      const transaction = unanswered.get(id)
      unanswered.delete(id)
      if (transaction && habits.has('ok-after-cancel')) line.raw(writeMessage(lateOk(transaction, contact())))
    },
    keyframe: (channelId) => {
      for (const session of sessions.values()) if (channelId === session.channel.id || channelId === who.deviceId) session.sender.keyframe()
    },
    size: () => sessions.size,
    closeAll: () => {
      isClosed = true
      for (const id of [...sessions.keys()]) end(id)
    },
  }
}

/** Sender and number of what is asked for: the first half of Subject. */
const streamNumber = (invite: SipRequest): string => (header(invite, 'Subject') ?? '').split(',')[0]?.trim() ?? ''
const isHistory = (offer: Sdp): boolean => /^(playback|download)$/i.test(offer.session)
const lengthOf = (offer: Sdp): number => Math.max(1, (offer.time?.endS ?? 0) - (offer.time?.startS ?? 0))

/** An SSRC that nobody named (Q68). */
const strangeSsrc = 0x12345678
/** The media port that one platform's SSRCs end with. */
const portInSsrc = 5514
/** Interop: made of digits 5 to 9 of the id and the port, as one platform does (Q67). */
const ownSsrc = (deviceId: string): number => Number(`0${deviceId.slice(4, 9)}${portInSsrc}`)

/** The 200 that crossed a CANCEL: written by hand, since no transaction would send it. */
function lateOk({ request, toTag = '' }: ServerTransaction, contact: readonly Header[]): SipResponse {
  const offer = attempt(() => parseSdp(request.body))
  const copied = ['Via', 'From', 'To', 'Call-ID', 'CSeq'].map((name): Header => ({ name, value: `${header(request, name) ?? ''}${name === 'To' ? `;tag=${toTag}` : ''}` }))
  const body = offer ? writeSdp(liveAnswer({ offer, owner: offer.owner, host: offer.host ?? '127.0.0.1', port: portInSsrc })) : Buffer.alloc(0)
  return { kind: 'response', status: 200, reason: 'OK', headers: [...copied, ...contact, { name: 'Content-Type', value: 'APPLICATION/SDP' }], body }
}
