// One recording being played or downloaded: who watches, how far it came, when it is over, and why. GB/T 28181-2022 9.8, 9.9; Annex K.
import type { Cancel, Clock, Log } from '../base/index.ts'
import { createRtpFramer, isRtcp, parseRtp, type AccessUnit, type Landing, type Membership, type Relays, type Upstream, type UpstreamOutcome, type WireEvent } from '../media/index.ts'
import type { InviteEnd, InviteRequest, InviteSession, UserAgent } from '../sip/index.ts'
import { signalEvent } from './upstream.ts'

export interface PlaybackTimes {
  /** How long a playback waits for its first viewer, and for another after the last. */
  readonly lingerMs: number
  /** Silence after which the end of the range or of the file is believed; and after which the recording is taken for over. */
  readonly quietMs: number
  readonly idleMs: number
  readonly pauseMs: number
  readonly answerMs: number
}
export const playbackTimes: PlaybackTimes = { lingerMs: 60_000, quietMs: 2_000, idleMs: 10_000, pauseMs: 600_000, answerMs: 32_000 }
/** Ours: how often its progress is looked at. */
const tickMs = 250
/** A device that goes on past the end of its range is stopped this much later: it may have begun before. */
const overrunMs = 60_000

export type EndHow = InviteEnd | 'stopped' | 'unwatched' | 'paused-too-long' | 'too-large' | 'not-written' | 'failed'
export interface PlaybackEnd {
  readonly how: EndHow
  readonly reason: string
  readonly atMs: number
}

export interface Progress {
  readonly state: 'waiting' | 'starting' | 'playing' | 'paused' | 'ended'
  readonly positionMs: number
  readonly receivedBytes: number
  readonly fileSize?: number
  readonly notes: readonly string[]
  readonly hop?: string
  readonly end?: PlaybackEnd
}

export interface RunningPlayback {
  /** Asks the camera, once. */
  readonly start: () => void
  /** A viewer came, or went; nobody for a while ends it. */
  readonly viewers: (change: 1 | -1) => void
  readonly viewerCount: () => number
  readonly upstream: Upstream
  readonly control: InviteSession['control']
  readonly progress: () => Progress
  /** Ends it for a reason of ours; resolves when the camera confirmed or was given up. Later reasons are not kept. */
  readonly end: (how: EndHow, reason: string) => Promise<void>
}

export interface PlaybackOptions {
  readonly id: string
  readonly request: Omit<InviteRequest, 'media' | 'answerTimeoutMs' | 'onTrace' | 'onEnded'> & { readonly kind: 'playback' | 'download'; readonly range: { readonly fromS: number; readonly toS: number } }
  readonly mediaHost: string
  readonly userAgent: Pick<UserAgent, 'invite'>
  readonly relays: () => Relays
  readonly clock: Clock
  readonly log: Log
  readonly times: PlaybackTimes
  readonly onEnd: (end: PlaybackEnd) => void
}

export function createPlayback(options: PlaybackOptions): RunningPlayback {
  const { id, request, clock, times } = options
  const { kind, range } = request
  const rangeMs = (range.toS - range.fromS) * 1000
  const counter = payloadCounter()
  let state: 'waiting' | 'starting' | 'live' | 'ended' = 'waiting'
  let session: InviteSession | undefined
  let membership: Membership | undefined
  let endUpstream: ((reason: string) => void) | undefined
  let answer: Extract<UpstreamOutcome & { readonly notes?: readonly string[]; readonly hop?: string; readonly fileSize?: number }, { ok: true }> | undefined
  let end: PlaybackEnd | undefined
  let viewers = 0
  let firstPts: number | undefined
  let lastPts = 0
  let heardUs = 0
  let pausedUs: number | undefined
  let linger: Cancel | undefined
  let ticking: Cancel | undefined

  const positionMs = (): number => (firstPts === undefined ? 0 : Math.max(0, (lastPts - firstPts) / 90))
  const finish = async (how: EndHow, reason: string): Promise<void> => {
    if (end) return membership?.leave({ linger: false })
    end = { how, reason, atMs: clock.wallMs() }
    state = 'ended'
    linger?.()
    ticking?.()
    options.log.info({ playback: id, camera: request.channelId, how, positionMs: Math.round(positionMs()), bytes: counter.bytes() }, reason)
    options.onEnd(end)
    // The relay lets go of everyone who watches, and hangs up.
    endUpstream?.(reason)
    await membership?.leave({ linger: false })
  }
  const waitForViewers = (): void => {
    if (kind === 'download' || end) return
    linger?.()
    linger = clock.after(times.lingerMs, () => void finish('unwatched', state === 'waiting' ? 'nobody came to watch' : 'nobody watches any more'))
  }
  const silence = (): number => (clock.nowUs() - heardUs) / 1000
  const tick = (): void => {
    ticking = clock.after(tickMs, tick)
    if (state !== 'live' || !session) return
    if (pausedUs !== undefined) {
      if (clock.nowUs() - pausedUs >= times.pauseMs * 1000) void finish('paused-too-long', `paused for ${times.pauseMs / 60_000} minutes`)
      return
    }
    const quietMs = silence()
    if (quietMs >= times.quietMs || positionMs() > rangeMs + overrunMs) session.mediaAt({ ms: positionMs(), bytes: counter.bytes() })
    if (quietMs >= times.idleMs) session.mediaIdle()
  }
  const onUnit = (unit: AccessUnit): void => {
    firstPts ??= unit.pts90k
    // After going back the place is behind the first picture: counted from there.
    if (unit.pts90k < firstPts) firstPts = unit.pts90k
    lastPts = unit.pts90k
  }

  const upstream: Upstream = {
    start: async (landing: Landing, onWire, onEnded) => {
      if (end) return { ok: false, reason: 'stopped', detail: end.reason }
      endUpstream = onEnded
      session = options.userAgent.invite({
        ...request,
        media: { host: options.mediaHost, port: landing.port, transport: landing.transport },
        answerTimeoutMs: times.answerMs,
        onTrace: (entry) => onWire(signalEvent(entry)),
        onEnded: (reason, how) => void finish(how, reason),
      })
      const outcome = await session.answered
      if (outcome.ok) answer = outcome
      heardUs = clock.nowUs()
      return outcome
    },
    stop: async () => session?.bye(),
  }
  waitForViewers()

  return {
    upstream,
    start: () => {
      if (state !== 'waiting') return
      state = 'starting'
      ticking = clock.after(tickMs, tick)
      const joined = options.relays().join(id, {
        kind: 'inspector',
        onUnit,
        onWire: (event) => {
          if (event.layer !== 'media' || event.direction !== 'in') return
          heardUs = event.atUs
          counter.push(event)
        },
        onEnd: (reason) => void finish('hung-up', reason),
      })
      membership = joined
      void joined.joined.then((outcome) => {
        if (!outcome.ok) return finish('failed', outcome.sipStatus === undefined ? `${outcome.reason}: ${outcome.detail}` : outcome.detail)
        if (state === 'starting') state = 'live'
        return undefined
      })
    },
    viewers: (change) => {
      viewers += change
      if (viewers > 0) linger?.()
      else waitForViewers()
    },
    viewerCount: () => viewers,
    control: async (action) => {
      if (!session || end) return { ok: false, reason: 'not-playing', detail: end ? `it is over: ${end.reason}` : 'nobody has opened its stream yet' }
      const outcome = await session.control(action)
      if (outcome.ok) {
        pausedUs = action.action === 'pause' ? clock.nowUs() : undefined
        heardUs = clock.nowUs()
        // Media time begins anew where it was sent elsewhere.
        if (action.action === 'seek') firstPts = undefined
      }
      return outcome
    },
    progress: () => ({
      state: state === 'live' ? (pausedUs === undefined ? 'playing' : 'paused') : state,
      positionMs: Math.round(positionMs()),
      receivedBytes: counter.bytes(),
      ...(answer?.fileSize !== undefined && { fileSize: answer.fileSize }),
      ...(answer?.hop !== undefined && { hop: answer.hop }),
      notes: answer?.notes ?? [],
      ...(end && { end }),
    }),
    end: finish,
  }
}

/** Bytes of RTP payload, which is what a file's size can be compared with. Over TCP packets are found by their framing. */
function payloadCounter(): { readonly push: (event: WireEvent) => void; readonly bytes: () => number } {
  const framer = createRtpFramer()
  let bytes = 0
  const count = (packet: Buffer): void => {
    if (packet.length < 12 || isRtcp(packet) || packet[0] === undefined || packet[0] >> 6 !== 2) return
    try {
      bytes += parseRtp(packet).payload.length
    } catch {
      // Not RTP: a stranger's datagram counts for nothing.
    }
  }
  return {
    push: (event) => {
      if (event.transport === 'udp') count(event.bytes)
      else for (const packet of framer.push(event.bytes)) count(packet)
    },
    bytes: () => bytes,
  }
}
