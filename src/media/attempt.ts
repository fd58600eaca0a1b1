// One attempt to get a camera's media: finds the way to it, opens a port, asks, listens, and gives all of it back.
import { AppError } from '../base/index.ts'
import type { Arrived, Attempt, AttemptListener, AttemptParts, AttemptStart, Receiver, ReceiverListener } from './attempt-types.ts'
import { createIntake, type Intake } from './intake.ts'
import type { AttemptEvent } from './relay-state.ts'
import { createStream } from './stream.ts'
import type { Fallback, Landing, StreamKey, StreamTransport, Upstream } from './types.ts'

/** RFC 3550 6.2: five seconds between two reports, at least. */
const reportEveryMs = 5_000

interface Ready {
  readonly upstream: Upstream
  readonly receiver: Receiver
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
      isKeeping: listener.isHeard,
      onEnd: (reason) => end(`media connection ended: ${reason}`),
      onDropped: (datagrams) => {
        arrived.dropped = (arrived.dropped ?? 0) + datagrams
        log.warn({ camera, datagrams, inAll: arrived.dropped }, 'datagrams lost in this service, which was too slow')
      },
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
