// One attempt to get a camera's media: finds the way to it, opens a port, asks, listens, and gives all of it back.
import { AppError, type Log } from '../base/index.ts'
import { heardEveryMs, type AttemptEvent } from './relay.ts'
import { createStream, type Stream } from './stream.ts'
import type { AccessUnit, Landing, MediaTransport, Pipeline, PipelineFigures, StreamKey, Upstream, UpstreamFailure, WireEvent } from './types.ts'

/** A listening socket on a leased port. Closing gives the port back; a second time is nothing. */
export interface Receiver {
  readonly landing: Landing
  /** Our end as the camera was told it: what a recording says where the bytes went. Over `tcp-active` the port is there with the connection. */
  readonly local: { readonly host: string; readonly port: number }
  /** Connects to where the camera's answer says, over `tcp-active`; once, and again by itself where the connection is lost. */
  readonly dial?: (remote: { readonly host: string; readonly port: number }) => void
  readonly close: () => Promise<void>
}

/** What a receiver says, in plain values: this is called for every datagram. `onEnd`: the sender closed the media connection (TCP only). */
export interface ReceiverListener {
  /** A datagram, or a chunk of the TCP stream as it was read, its arrival in monotonic microseconds, and who sent it. */
  readonly onBytes: (bytes: Buffer, atUs: number, host: string, port: number) => void
  readonly onEnd: (reason: string) => void
}

/** Resolves when the socket is ready to receive. Rejects with AppError `ports.too-few`, or with the system's error where the address cannot be bound. */
export type OpenReceiver = (transport: MediaTransport, listener: ReceiverListener) => Promise<Receiver>

/** The way to one camera: a fresh upstream for one start, or why there is none. */
export type Source =
  | { readonly ok: true; readonly transport: MediaTransport; readonly upstream: Upstream }
  | { readonly ok: false; readonly reason: UpstreamFailure; readonly detail: string }

/** What attempts are made with. */
export interface AttemptParts {
  readonly upstreamFor: (camera: StreamKey) => Promise<Source>
  readonly openReceiver: OpenReceiver
  readonly createPipeline: (options: { readonly transport: MediaTransport }) => Pipeline
  readonly log: Log
  /** Hears what an attempt that opened a port brought, once, when it ends. */
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
  readonly transport: () => MediaTransport | undefined
  readonly figures: () => PipelineFigures | undefined
  /** Hangs up if the camera was asked, then gives socket and port back; tells `stopped` at the end. */
  readonly stop: () => void
  /** Gives socket and port back without waiting for the camera. Resolves when they are. */
  readonly abandon: () => Promise<void>
}

interface Ready {
  readonly upstream: Upstream
  readonly receiver: Receiver
}

export function beginAttempt(camera: StreamKey, parts: AttemptParts, listener: AttemptListener): Attempt {
  const { log } = parts
  const stream = createStream()
  const arrived: Arrived = { arrivals: 0, bytes: 0, isAnswered: false }
  let landing: Landing | undefined
  let transport: MediaTransport | undefined
  let intake: Intake | undefined
  let isStopped = false
  let isAsked = false

  const bug = (error: unknown): void => {
    log.error({ camera, error, isAsked, isStopped }, 'media attempt broke')
    if (!isStopped) listener.tell({ type: 'failed', failure: { ok: false, reason: 'stopped', detail: `internal error: ${String(error)}` } })
    if (!isStopped) listener.tell({ type: 'ended', reason: 'internal error' })
  }
  /** The port listens before the camera is asked: Dahua and Kedacom open their TCP connection with the 200 OK, before the ACK. */
  const prepare = async (): Promise<Ready | undefined> => {
    const source = await parts.upstreamFor(camera)
    if (isStopped) return undefined
    if (!source.ok) {
      listener.tell({ type: 'failed', failure: { ok: false, reason: source.reason, detail: source.detail } })
      return undefined
    }
    transport = source.transport
    const opened = createIntake(parts.createPipeline({ transport }), stream, listener.tell)
    intake = opened
    const wire = transport === 'udp' ? 'udp' : 'tcp'
    let open: Receiver | undefined = undefined
    const receiver = await openPort(transport, {
      onBytes: (bytes, atUs, host, port) => {
        if (open && listener.isHeard()) listener.onWire({ layer: 'media', direction: 'in', atUs, transport: wire, local: open.local, remote: { host, port }, bytes })
        if (isStopped) return
        arrived.firstSource ??= { host, port }
        arrived.lastArrivalUs = atUs
        arrived.arrivals++
        arrived.bytes += bytes.length
        try {
          opened.push(bytes, atUs)
        } catch (error) {
          bug(error)
        }
      },
      onEnd: (reason) => end(`media connection ended: ${reason}`),
    })
    open = receiver
    landing = receiver?.landing
    return receiver && { upstream: source.upstream, receiver }
  }
  const openPort = async (wanted: MediaTransport, on: ReceiverListener): Promise<Receiver | undefined> => {
    try {
      return await parts.openReceiver(wanted, on)
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
    const outcome = await upstream.start(receiver.landing, listener.onWire, (reason) => end(`the camera hung up: ${reason}`))
    arrived.isAnswered = outcome.ok
    if (outcome.ok && outcome.ssrc !== undefined) arrived.ssrc = outcome.ssrc
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
    if (!landing || !intake) return
    const firstPacketUs = intake.firstPacketUs()
    parts.onSummary?.({ camera, landing, isLive: stream.isLive(), figures: intake.figures(), ...(firstPacketUs !== undefined && { firstPacketUs }), ...arrived })
    landing = undefined
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
    transport: () => transport,
    figures: () => intake?.figures(),
    stop: () => {
      isStopped = true
      sumUp()
      void hangUp()
    },
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

interface Intake {
  readonly firstPacketUs: () => number | undefined
  readonly push: (bytes: Buffer, atUs: number) => void
  readonly flush: () => void
  readonly figures: () => PipelineFigures
}

/** Bytes through the pipeline to the stream, and the milestones of the start as they are passed. */
function createIntake(pipeline: Pipeline, stream: Stream, tell: (event: AttemptEvent) => void): Intake {
  let hasPacket = false
  let isWrong = false
  let heardPackets = 0
  let heardUs = 0

  const publish = (units: readonly AccessUnit[]): void => {
    for (const unit of units) {
      const wasLive = stream.isLive()
      stream.publish(unit)
      if (!wasLive && stream.isLive()) tell({ type: 'keyframe' })
    }
  }
  const noteStart = (): void => {
    if (!hasPacket && pipeline.firstPacketUs() !== undefined) {
      hasPacket = true
      tell({ type: 'packet' })
    }
    if (hasPacket && !isWrong && pipeline.figures().container === 'other') {
      isWrong = true
      tell({ type: 'wrong-container' })
    }
  }
  /** Only valid RTP counts: RTCP and strangers do not keep a stream alive. */
  const noteLife = (atUs: number): void => {
    const { packets } = pipeline.figures().reception
    if (packets === heardPackets) return
    heardPackets = packets
    heardUs = atUs
    tell({ type: 'heard' })
  }
  return {
    push: (bytes, atUs) => {
      const units = pipeline.push(bytes, atUs)
      if (!stream.isLive()) noteStart()
      if (units.length > 0) publish(units)
      if (atUs - heardUs >= heardEveryMs * 1000) noteLife(atUs)
    },
    flush: () => publish(pipeline.flush()),
    firstPacketUs: pipeline.firstPacketUs,
    figures: pipeline.figures,
  }
}
