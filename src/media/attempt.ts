// One attempt to get a camera's media: finds the way to it, opens a port, asks, listens, and gives all of it back.
import { AppError, type Log } from '../base/index.ts'
import type { EndedSessions } from './ended.ts'
import { createIntake, type Intake } from './intake.ts'
import type { AttemptEvent } from './relay-state.ts'
import { createStream, type Stream } from './stream.ts'
import type { AccessUnit, AudioFrame, Fallback, Landing, MediaSource, MediaTransport, Pipeline, PipelineFigures, StreamKey, StreamTransport, Upstream, UpstreamFailure, WireEvent } from './types.ts'

/** A listening socket on a leased port. Closing gives the port back; a second time is nothing. */
export interface Receiver {
  readonly landing: Landing
  /** Our end as the camera was told it: what a recording says where the bytes went. Over `tcp-active` the port is there with the connection. */
  readonly local: { readonly host: string; readonly port: number }
  /** Connects to where the camera's answer says, over `tcp-active`; once, and again by itself where the connection is lost. */
  readonly dial?: (remote: { readonly host: string; readonly port: number }) => void
  /** Sends RTCP of ours to the sender that is followed: to where its own comes from, else to the port above its media. Says between whom it went. */
  readonly report?: (bytes: Buffer, source: { readonly host: string; readonly port: number }) => Reported | undefined
  /** What media comes over by now, where that may change while it runs (RTSP). */
  readonly transport?: () => StreamTransport
  readonly close: () => Promise<void>
}

export interface Reported {
  readonly local: { readonly host: string; readonly port: number }
  readonly remote: { readonly host: string; readonly port: number }
}

/** What a receiver says, in plain values: this is called for every datagram. `onEnd`: the sender closed the media connection (TCP only). */
export interface ReceiverListener {
  /**
   * A datagram, or a chunk of the TCP stream as it was read, its arrival in monotonic microseconds, and who sent it; `at`: our end, where
   * the receiver has several. True: the bytes are kept (a recording has them); else the receiver may do with them what it likes.
   */
  readonly onBytes: (bytes: Buffer, atUs: number, host: string, port: number, at?: ReceivedAt) => boolean
  readonly onEnd: (reason: string) => void
  /** RTP that still came when all was over; once, some time after `close`. */
  readonly onLate?: (late: { readonly host: string; readonly port: number; readonly ssrc: number; readonly packets: number }) => void
}

export interface ReceivedAt {
  readonly transport: 'udp' | 'tcp'
  readonly host: string
  readonly port: number
}

/** Resolves when the socket is ready to receive. Rejects with AppError `ports.too-few`, or with the system's error where the address cannot be bound. */
export type OpenReceiver = (transport: MediaTransport, listener: ReceiverListener) => Promise<Receiver>

/** The way to one camera: a fresh upstream for one start, or why there is none. */
export type Source =
  /** `hasNext`: the device's list has another transport after this one. `onResult`: whether a picture came this way, once. */
  | { readonly ok: true; readonly transport: MediaTransport; readonly upstream: Upstream; readonly hasNext?: boolean; readonly fallback?: Fallback; readonly onResult?: (isLive: boolean) => void; readonly own?: undefined }
  /** Asking and receiving are one connection (RTSP): the source brings what else an attempt would open. Its upstream is asked after its receiver is open. */
  | { readonly ok: true; readonly transport: StreamTransport; readonly upstream: Upstream; readonly hasNext?: undefined; readonly fallback?: undefined; readonly onResult?: undefined; readonly own: { readonly pipeline: Pipeline; readonly hear: (onAudio: (frame: AudioFrame) => void) => void; readonly openReceiver: (listener: ReceiverListener) => Promise<Receiver> } }
  | { readonly ok: false; readonly reason: UpstreamFailure; readonly detail: string }

/** What attempts are made with. */
export interface AttemptParts {
  /** `way`: the transport of the device's list that is to be tried, from 0. `isMeasured`: by the list as it is set, whatever has worked of late. */
  readonly upstreamFor: (camera: StreamKey, way: number, isMeasured: boolean) => Promise<Source>
  readonly openReceiver: OpenReceiver
  readonly createPipeline: (options: { readonly transport: MediaTransport; readonly isBrief?: boolean; readonly isLate?: (from: { readonly host: string; readonly port: number }, ssrc: number) => boolean; readonly onAudio?: (frame: AudioFrame) => void }) => Pipeline
  /** Senders of sessions that are over, of all cameras. */
  readonly ended?: EndedSessions
  readonly log: Log
  /** Hears what an attempt that opened a port (RTSP has none of its own) brought: when it ends, and where it was not the first way also when its stream is live. */
  readonly onSummary?: (summary: AttemptSummary) => void
}

/** What came of one attempt, for whoever explains it. Times are monotonic microseconds. */
export interface AttemptSummary {
  readonly camera: StreamKey
  readonly landing: Landing
  readonly isAnswered: boolean
  /** A keyframe was published. */
  readonly isLive: boolean
  readonly firstPacketUs?: number
  /** Datagrams or chunks, whatever they held. */
  readonly arrivals: number
  readonly bytes: number
  readonly firstSource?: { readonly host: string; readonly port: number }
  readonly lastArrivalUs?: number
  /** What the camera's RTP should carry, by its answer. */
  readonly ssrc?: number
  /** Ended by the camera, and why. */
  readonly ended?: string
  readonly figures: PipelineFigures
}

export interface AttemptListener {
  readonly tell: (event: AttemptEvent) => void
  /** Signalling and media, each byte in both directions. */
  readonly onWire: (event: WireEvent) => void
  /** Whether anyone hears the wire just now: no event is made of a datagram that nobody wants. */
  readonly isHeard: () => boolean
}

export interface Attempt {
  readonly stream: Stream
  /** Known once the way to the camera is. */
  readonly transport: () => StreamTransport | undefined
  readonly figures: () => PipelineFigures | undefined
  /** Who sends. */
  readonly source: () => MediaSource | undefined
  /** What the camera's answer says its RTP carries. */
  readonly ssrc: () => number | undefined
  /** The camera had its time and sent nothing this way. */
  readonly vain: () => void
  /** No media comes any more: told to who asked for it, before `stop`. */
  readonly mediaLost: () => void
  readonly fallback: () => Fallback | undefined
  /** Hangs up if the camera was asked, then gives socket and port back; tells `stopped` at the end. */
  readonly stop: () => void
  /** Asks the camera for a keyframe, where there is a way to. */
  readonly requestKeyframe: () => void
  /** Gives socket and port back without waiting for the camera. Resolves when they are. */
  readonly abandon: () => Promise<void>
}

/** RFC 3550 6.2: five seconds between two reports, at least. */
const reportEveryMs = 5_000

interface Ready {
  readonly upstream: Upstream
  readonly receiver: Receiver
}

/** Which start this is: by which way, and after which picture of a stream that was lost. */
export interface AttemptStart {
  readonly way: number
  readonly isMeasured: boolean
  readonly after?: Pick<AccessUnit, 'pts90k' | 'receivedUs'>
}

export function beginAttempt(camera: StreamKey, parts: AttemptParts, listener: AttemptListener, { way, isMeasured, after }: AttemptStart): Attempt {
  const { log } = parts
  const stream = createStream()
  const arrived: Arrived = { arrivals: 0, bytes: 0, isAnswered: false }
  let landing: Landing | undefined
  let transport: (() => StreamTransport) | undefined
  let intake: Intake | undefined
  let isStopped = false
  let isAsked = false
  let asked: Upstream | undefined
  let reportedUs: number | undefined
  let fallback: Fallback | undefined
  let onResult: ((isLive: boolean) => void) | undefined

  const bug = (error: unknown): void => {
    log.error({ camera, error, isAsked, isStopped }, 'media attempt broke')
    if (!isStopped) listener.tell({ type: 'failed', failure: { ok: false, reason: 'stopped', detail: `internal error: ${String(error)}` } })
    if (!isStopped) listener.tell({ type: 'ended', reason: 'internal error' })
  }
  const result = (isLive: boolean): void => {
    onResult?.(isLive)
    onResult = undefined
  }
  const tell = (event: AttemptEvent): void => {
    if (event.type === 'keyframe') result(true)
    if (event.type === 'keyframe' && way > 0) summarize()
    listener.tell(event)
  }
  /** The port listens before the camera is asked: Dahua and Kedacom open their TCP connection with the 200 OK, before the ACK. */
  const prepare = async (): Promise<Ready | undefined> => {
    const source = await parts.upstreamFor(camera, way, isMeasured)
    if (isStopped) return undefined
    if (!source.ok) {
      listener.tell({ type: 'failed', failure: { ok: false, reason: source.reason, detail: source.detail } })
      return undefined
    }
    if (source.hasNext === true) listener.tell({ type: 'way', hasNext: true })
    fallback = source.fallback
    onResult = source.onResult
    const named = source.transport
    transport = () => named
    const opened = createIntake(source.own ? source.own.pipeline : parts.createPipeline({ transport: source.transport, isBrief: true, isLate: (from, ssrc) => parts.ended?.isLate(camera, from, ssrc) ?? false, onAudio: (frame) => intake?.hear(frame) }), stream, tell, after)
    intake = opened
    source.own?.hear(opened.hear)
    const wire = named === 'udp' ? 'udp' : 'tcp'
    let open: Receiver | undefined = undefined
    const receiver = await openPort((on) => (source.own ? source.own.openReceiver(on) : parts.openReceiver(source.transport, on)), {
      onBytes: (bytes, atUs, host, port, at) => {
        const local = at ?? open?.local
        const isKept = local !== undefined && listener.isHeard()
        if (isKept) listener.onWire({ layer: 'media', direction: 'in', atUs, transport: at?.transport ?? wire, local: { host: local.host, port: local.port }, remote: { host, port }, bytes })
        if (isStopped) return isKept
        arrived.firstSource ??= { host, port }
        arrived.lastArrivalUs = atUs
        arrived.arrivals++
        arrived.bytes += bytes.length
        try {
          opened.push(bytes, atUs, host, port, at?.port)
          reportedUs ??= atUs
          if (atUs - reportedUs >= reportEveryMs * 1000) answer(opened, open, wire, atUs)
        } catch (error) {
          bug(error)
        }
        return isKept
      },
      onEnd: (reason) => end(`media connection ended: ${reason}`),
      onLate: ({ packets, ...late }) => {
        log.warn({ camera, packets, ...late }, 'keeps sending after BYE')
        parts.ended?.note(camera, late)
      },
    })
    open = receiver
    transport = receiver?.transport ?? transport
    landing = source.own ? undefined : receiver?.landing
    return receiver && { upstream: source.upstream, receiver }
  }
  /** Interop: some cameras stop when nobody answers their reports (Q102). Arrivals are the clock: who does not send gets none. */
  const answer = (from: Intake, receiver: Receiver | undefined, transport: 'udp' | 'tcp', atUs: number): void => {
    reportedUs = atUs
    if (!receiver?.report) return
    const bytes = from.report(`yiji@${receiver.local.host}`, atUs)
    const sent = bytes && receiver.report(bytes, from.sender())
    if (bytes && sent && listener.isHeard()) listener.onWire({ layer: 'media', direction: 'out', atUs, transport, ...sent, bytes })
  }
  const openPort = async (openOne: (on: ReceiverListener) => Promise<Receiver>, on: ReceiverListener): Promise<Receiver | undefined> => {
    try {
      return await openOne(on)
    } catch (error) {
      if (!(error instanceof AppError)) log.error({ camera, error }, 'media port did not open')
      listener.tell({ type: 'failed', failure: { ok: false, reason: 'no-port', detail: error instanceof Error ? error.message : String(error) } })
      return undefined
    }
  }
  const end = (reason: string): void => {
    if (isStopped) return
    intake?.flush()
    arrived.ended = reason
    listener.tell({ type: 'ended', reason })
  }
  const ask = async ({ upstream, receiver }: Ready): Promise<void> => {
    if (isStopped) return
    isAsked = true
    asked = upstream
    const outcome = await upstream.start(receiver.landing, listener.onWire, (reason) => end(`the camera hung up: ${reason}`))
    arrived.isAnswered = outcome.ok
    if (outcome.ok && outcome.ssrc !== undefined) {
      arrived.ssrc = outcome.ssrc
      intake?.expect(outcome.ssrc)
    }
    if (outcome.ok && outcome.remote && !isStopped) receiver.dial?.(outcome.remote)
    listener.tell(outcome.ok ? { type: 'answered' } : { type: 'failed', failure: outcome })
  }
  const ready = prepare().catch((error: unknown) => {
    bug(error)
    return undefined
  })
  void ready.then((prepared) => prepared && ask(prepared)).catch(bug)

  const giveBack = async (prepared: Ready | undefined): Promise<void> => {
    try {
      await prepared?.receiver.close()
    } catch (error) {
      log.error({ camera, error }, 'media port did not close')
    }
  }
  const sumUp = (): void => {
    const source = intake?.source()
    if (landing && source) parts.ended?.note(camera, source)
    summarize()
    landing = undefined
  }
  const summarize = (): void => {
    if (!landing || !intake) return
    const firstPacketUs = intake.firstPacketUs()
    parts.onSummary?.({ camera, landing, isLive: stream.isLive(), figures: intake.figures(), ...(firstPacketUs !== undefined && { firstPacketUs }), ...arrived })
  }
  const hangUp = async (): Promise<void> => {
    const prepared = await ready
    try {
      if (isAsked) await prepared?.upstream.stop()
    } catch (error) {
      log.error({ camera, error }, 'hanging up failed')
    }
    await giveBack(prepared)
    listener.tell({ type: 'stopped' })
  }
  return {
    stream,
    transport: () => transport?.(),
    figures: () => intake?.figures(),
    source: () => {
      const source = intake?.source()
      return source && { ...arrived.firstSource, ...source }
    },
    ssrc: () => arrived.ssrc,
    stop: () => {
      isStopped = true
      sumUp()
      void hangUp()
    },
    requestKeyframe: () => asked?.requestKeyframe?.(),
    vain: () => result(false),
    mediaLost: () => asked?.mediaLost?.(),
    fallback: () => fallback,
    abandon: async () => {
      isStopped = true
      await giveBack(await ready)
    },
  }
}

/** What grows while an attempt runs. */
interface Arrived {
  arrivals: number
  bytes: number
  isAnswered: boolean
  firstSource?: { readonly host: string; readonly port: number }
  lastArrivalUs?: number
  ssrc?: number
  ended?: string
}
