// Runs an RTSP session on real sockets: one connection, and pairs of UDP ports where media comes in datagrams. Every byte of both directions is told
// as it crosses the wire, credentials overwritten. RFC 2326; RFC 3550 11.
import { ParseError, runMachine, type Clock, type Log, type RandomBytes } from '../../base/index.ts'
import type { Receiver, ReceiverListener, Source } from '../attempt-types.ts'
import type { Ports } from '../ports.ts'
import { upstreamOutcome } from '../rtsp/failure.ts'
import { writeFrame, type RtspPiece } from '../rtsp/framing.ts'
import { parseRtsp, writeRtsp, type RtspMessage } from '../rtsp/message.ts'
import { createRtspPipeline, type RtspPipeline } from '../rtsp/pipeline.ts'
import { writePunch, writeReceiverReport } from '../rtsp/receiver-report.ts'
import { redacted } from '../rtsp/redact.ts'
import { defaultSessionTimes, type GrantedTrack, type SessionEffect, type SessionEvent, type SessionParts, type SessionState, type SessionTimes } from '../rtsp/session-types.ts'
import { initialSession, sessionStep } from '../rtsp/session.ts'
import { parseRtspUrl, type RtspUrl } from '../rtsp/url.ts'
import type { AudioFrame, Upstream, UpstreamOutcome, WireEvent } from '../types.ts'
import { openRtspLink, type Ends, type RtspLink } from './rtsp-link.ts'
import { openPortPair, type PortPair } from './rtsp-ports.ts'

export interface RtspSourceOptions {
  /** `rtsp://`; a user name and password in it count where none are given beside it. */
  readonly url: string
  readonly username?: string
  readonly password?: string
  readonly transport: 'udp' | 'tcp'
  readonly ports: Ports
  readonly bindHost: string
  readonly clock: Clock
  readonly log: Log
  readonly random: RandomBytes
  readonly userAgent?: string
  readonly times?: Partial<SessionTimes>
}

/** A camera that is pulled: asking and receiving are one connection, so the source brings its receiver and pipeline along. */
export function createRtspSource(options: RtspSourceOptions): Source {
  const address = parseRtspUrl(options.url)
  if (!address) return { ok: false, reason: 'refused', detail: 'the RTSP address of the record is none: rtsp://host[:port]/path' }
  const { host, port, text } = address
  const username = options.username ?? address.username
  const parts: SessionParts = {
    url: { host, port, text },
    ...(username !== undefined && { credentials: { username, password: options.password ?? address.password ?? '' } }),
    way: options.transport,
    userAgent: options.userAgent ?? 'yiji',
    cnonce: options.random(8).toString('hex'),
    times: { ...defaultSessionTimes, ...options.times },
  }
  let onAudio: ((frame: AudioFrame) => void) | undefined
  const pipeline = createRtspPipeline({ onAudio: (frame) => onAudio?.(frame) })
  let heard: ReceiverListener | undefined
  const session = createSession(parts, options, pipeline, () => heard)
  const transport = `rtsp-${options.transport}` as const
  const receiver: Receiver = {
    landing: { transport: options.transport === 'udp' ? 'udp' : 'tcp-active', port: 0 },
    local: { host: options.bindHost, port: 0 },
    transport: () => `rtsp-${session.way()}`,
    close: session.stop,
  }
  return {
    ok: true,
    transport,
    upstream: { start: session.start, stop: session.stop },
    own: {
      pipeline,
      hear: (listener) => {
        onAudio = listener
      },
      openReceiver: (listener) => {
        heard = listener
        return Promise.resolve(receiver)
      },
    },
  }
}

interface Session extends Upstream {
  readonly way: () => 'udp' | 'tcp'
}

function createSession(parts: SessionParts, options: RtspSourceOptions, pipeline: RtspPipeline, heard: () => ReceiverListener | undefined): Session {
  const { clock, log, ports, bindHost } = options
  const outcome = Promise.withResolvers<UpstreamOutcome>()
  const gone = Promise.withResolvers<void>()
  const label = { rtsp: `${parts.url.host}:${parts.url.port}` }
  const ssrc = options.random(4).readUInt32BE(0)
  let onWire: (event: WireEvent) => void = () => {}
  let onEnded: (reason: string) => void = () => {}
  let isStarted = false
  let link: RtspLink | undefined
  let pairs: readonly PortPair[] = []
  let way = parts.way

  const tell = (layer: WireEvent['layer'], direction: WireEvent['direction'], ends: Ends, bytes: Buffer, atUs = clock.nowUs()): void => {
    if (layer === 'signal') pipeline.learn(direction, bytes)
    onWire({ layer, direction, atUs, transport: 'tcp', ...ends, bytes })
  }
  const ourHost = (): string => link?.ends()?.local.host ?? bindHost
  const cameraHost = (): string | undefined => link?.ends()?.remote.host
  const notePacket = (): void => {
    const state = machine.state()
    if (state.name === 'playing' && !state.hasPacket) machine.send({ type: 'packet', connection: state.connection })
  }
  const read = (bytes: Buffer): RtspMessage | undefined => {
    try {
      return parseRtsp(bytes)
    } catch (error) {
      if (!(error instanceof ParseError)) throw error
      log.warn({ ...label, detail: error.message }, 'an RTSP message could not be read')
      return undefined
    }
  }
  const takePiece = (connection: number, { type, bytes }: RtspPiece, atUs: number, ends: Ends): void => {
    if (type === 'frames') {
      notePacket()
      heard()?.onBytes(bytes, atUs, ends.remote.host, ends.remote.port, { transport: 'tcp', ...ends.local })
      return
    }
    // As it was read: media of the same chunk did not come before it.
    tell('signal', 'in', ends, bytes, atUs)
    const message = type === 'message' ? read(bytes) : undefined
    if (message?.kind === 'response') machine.send({ type: 'response', response: message, connection })
    else if (message) machine.send({ type: 'request', request: message, connection })
  }
  const dial = (connection: number, { host, port }: RtspUrl): RtspLink =>
    openRtspLink({
      host,
      port,
      clock,
      onOpen: () => machine.send({ type: 'connected', connection }),
      onPiece: (piece, atUs, ends) => takePiece(connection, piece, atUs, ends),
      onClose: (reason, code) => machine.send(code ? { type: 'unreached', code, detail: reason, connection } : { type: 'closed', reason, connection }),
    })
  const write = (bytes: Buffer, layer: WireEvent['layer']): void => {
    const ends = link?.ends()
    if (ends && link?.write(bytes)) tell(layer, 'out', ends, layer === 'signal' ? redacted(bytes) : bytes)
  }
  const send = (message: RtspMessage): void => {
    try {
      write(writeRtsp(message), 'signal')
    } catch (error) {
      if (!(error instanceof ParseError)) throw error
      // Unsendable words of the camera's own, as in a Session: its answer will never come, and the time bound says so.
      log.warn({ ...label, detail: error.message }, 'an RTSP message could not be written')
    }
  }
  const openPorts = async (connection: number, count: number): Promise<void> => {
    const opened: PortPair[] = []
    const giveUp = (): void => opened.forEach((pair) => pair.close())
    try {
      for (let i = 0; i < count; i++) opened.push(await openPortPair({ ports, bindHost, clock, log, onDatagram: takeDatagram }))
    } catch (error) {
      giveUp()
      machine.send({ type: 'no-ports', detail: error instanceof Error ? error.message : String(error), connection })
      return
    }
    const state = machine.state()
    if (state.name !== 'setting-up' || state.connection !== connection) return giveUp()
    pairs = opened
    machine.send({ type: 'ports', ports: opened.map(({ port }) => port), connection })
  }
  /** Only who we asked, or whom its answer named, may send. */
  const takeDatagram = (bytes: Buffer, atUs: number, from: Ends['remote'], local: Ends['local']): void => {
    const state = machine.state()
    if (state.name !== 'playing') return
    const isKnown = from.host === cameraHost() || state.granted.some(({ grant }) => grant.way === 'udp' && grant.host === from.host)
    if (!isKnown) return
    notePacket()
    heard()?.onBytes(bytes, atUs, from.host, from.port, { transport: 'udp', host: ourHost(), port: local.port })
  }
  /** Sends to a track's port of the camera, where media comes in datagrams. */
  const sendDatagram = ({ grant, port: own }: GrantedTrack, kind: 'rtp' | 'rtcp', bytes: Buffer): void => {
    const pair = pairs.find((each) => each.port === own)
    const host = grant.way === 'udp' ? (grant.host ?? cameraHost()) : undefined
    if (!pair || grant.way !== 'udp' || !grant.ports || host === undefined) return
    const port = grant.ports[kind === 'rtp' ? 0 : 1]
    const from = pair.send(kind, bytes, host, port)
    onWire({ layer: 'media', direction: 'out', atUs: clock.nowUs(), transport: 'udp', local: { host: ourHost(), port: from.port }, remote: { host, port }, bytes })
  }
  const report = (one: GrantedTrack): void => {
    const bytes = (one.track.kind === 'video' ? pipeline.report(parts.userAgent, clock.nowUs()) : undefined) ?? writeReceiverReport(ssrc, parts.userAgent)
    if (one.grant.way === 'tcp') write(writeFrame(one.grant.rtcpChannel, bytes), 'media')
    else sendDatagram(one, 'rtcp', bytes)
  }
  const punch = (one: GrantedTrack): void => {
    sendDatagram(one, 'rtp', writePunch(ssrc))
    sendDatagram(one, 'rtcp', writeReceiverReport(ssrc, parts.userAgent))
  }
  const disconnect = (): void => {
    link?.close()
    link = undefined
    for (const pair of pairs) pair.close()
    pairs = []
  }
  const act = (effect: SessionEffect): void => {
    switch (effect.type) {
      case 'connect':
        link = dial(effect.connection, effect.url)
        return
      case 'disconnect':
        return disconnect()
      case 'send':
        return send(effect.message)
      case 'open-ports':
        void openPorts(effect.connection, effect.count)
        return
      case 'punch':
        return effect.granted.forEach(punch)
      case 'report':
        return effect.granted.forEach(report)
      case 'answered':
        return outcome.resolve({ ok: true })
      case 'failed':
        log.info({ ...label, code: effect.failure.code, status: effect.failure.status, detail: effect.failure.detail }, 'RTSP session did not start')
        return outcome.resolve(upstreamOutcome(effect.failure))
      case 'over':
        return onEnded(effect.reason)
    }
  }
  const finish = (): void => {
    outcome.resolve({ ok: false, reason: 'stopped', detail: 'called off before it played' })
    gone.resolve()
  }
  const perform = (effect: SessionEffect): void => {
    act(effect)
    const state = machine.state()
    if (state.name !== 'ended') way = state.way
    // The last thing that an ended session does.
    else if (effect.type === 'disconnect') finish()
  }
  const machine = runMachine<SessionState, SessionEvent, SessionEffect>({ initial: initialSession(parts), step: sessionStep(parts), perform, clock, log, label })
  return {
    way: () => way,
    start: (_landing, hearWire, hearEnd) => {
      onWire = hearWire
      onEnded = hearEnd
      isStarted = true
      machine.send({ type: 'start' })
      return outcome.promise
    },
    stop: () => {
      if (!isStarted) finish()
      machine.send({ type: 'stop' })
      return gone.promise
    },
  }
}
