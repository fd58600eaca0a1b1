// Runs an RTSP session on real sockets: one connection, and pairs of UDP ports where media comes in datagrams. Every byte of both directions is told
// as it crosses the wire, credentials overwritten. RFC 2326; RFC 3550 11.
import { connect, type Socket } from 'node:net'
import { ParseError, runMachine, type Clock, type Log, type RandomBytes } from '../../base/index.ts'
import type { Receiver, ReceiverListener, Source } from '../attempt.ts'
import type { Ports } from '../ports.ts'
import { upstreamOutcome, type RtspFailureCode } from '../rtsp/failure.ts'
import { createRtspFramer, writeFrame } from '../rtsp/framing.ts'
import { parseRtsp, writeRtsp, type RtspMessage } from '../rtsp/message.ts'
import { createRtspPipeline, type RtspPipeline } from '../rtsp/pipeline.ts'
import { writePunch, writeReceiverReport } from '../rtsp/receiver-report.ts'
import { redacted } from '../rtsp/redact.ts'
import { defaultSessionTimes, type GrantedTrack, type SessionEffect, type SessionEvent, type SessionParts, type SessionState, type SessionTimes } from '../rtsp/session-types.ts'
import { initialSession, sessionStep } from '../rtsp/session.ts'
import type { AudioFrame } from '../rtsp/track.ts'
import { parseRtspUrl } from '../rtsp/url.ts'
import type { Upstream, UpstreamOutcome, WireEvent } from '../types.ts'
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
  readonly onAudio?: (frame: AudioFrame) => void
}

type Endpoint = WireEvent['local']

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
  const pipeline = createRtspPipeline(options.onAudio && { onAudio: options.onAudio })
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
  let socket: Socket | undefined
  let pairs: readonly PortPair[] = []

  const tell = (layer: WireEvent['layer'], direction: WireEvent['direction'], ends: Ends, bytes: Buffer): void => {
    if (layer === 'signal') pipeline.learn(direction, bytes)
    onWire({ layer, direction, atUs: clock.nowUs(), transport: 'tcp', ...ends, bytes })
  }
  const ourHost = (): string => socket?.localAddress ?? bindHost
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

  const dial = (connection: number, host: string, port: number): void => {
    const own = connect({ host, port, noDelay: true })
    socket = own
    const framer = createRtspFramer()
    let ends: Ends | undefined
    let failure: { readonly code: RtspFailureCode; readonly detail: string } | undefined
    own.on('connect', () => {
      ends = { local: { host: own.localAddress ?? '', port: own.localPort ?? 0 }, remote: { host: own.remoteAddress ?? host, port: own.remotePort ?? port } }
      machine.send({ type: 'connected', connection })
    })
    own.on('data', (chunk) => {
      const atUs = clock.nowUs()
      if (socket !== own || !ends) return
      for (const { type, bytes } of framer.push(chunk)) {
        if (type === 'frames') {
          notePacket()
          heard()?.onBytes(bytes, atUs, ends.remote.host, ends.remote.port, { transport: 'tcp', ...ends.local })
          continue
        }
        tell('signal', 'in', ends, bytes)
        const message = type === 'message' ? read(bytes) : undefined
        if (message?.kind === 'response') machine.send({ type: 'response', response: message, connection })
        else if (message) machine.send({ type: 'request', request: message, connection })
      }
    })
    own.on('error', (error) => (failure = { code: codeOf(error), detail: error.message }))
    own.on('close', () => {
      const reason = failure?.detail ?? 'without a word'
      if (ends) machine.send({ type: 'closed', reason, connection })
      else machine.send({ type: 'unreached', code: failure?.code ?? 'unreachable', detail: reason, connection })
    })
  }
  const write = (bytes: Buffer, layer: WireEvent['layer']): void => {
    if (!socket || socket.destroyed) return
    const ends = { local: { host: socket.localAddress ?? '', port: socket.localPort ?? 0 }, remote: { host: socket.remoteAddress ?? '', port: socket.remotePort ?? 0 } }
    socket.write(bytes)
    tell(layer, 'out', ends, layer === 'signal' ? redacted(bytes) : bytes)
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
    try {
      for (let i = 0; i < count; i++) opened.push(await openPortPair({ ports, bindHost, clock, log, onDatagram: take }))
    } catch (error) {
      for (const pair of opened) pair.close()
      machine.send({ type: 'no-ports', detail: error instanceof Error ? error.message : String(error), connection })
      return
    }
    const state = machine.state()
    if (state.name !== 'setting-up' || state.connection !== connection) {
      for (const pair of opened) pair.close()
      return
    }
    pairs = opened
    machine.send({ type: 'ports', ports: opened.map(({ port }) => port), connection })
  }
  /** Only who we asked, or whom its answer named, may send. */
  const take = (bytes: Buffer, atUs: number, from: Endpoint, local: Endpoint): void => {
    const state = machine.state()
    if (state.name !== 'playing') return
    const isKnown = from.host === socket?.remoteAddress || state.granted.some(({ grant }) => grant.way === 'udp' && grant.host === from.host)
    if (!isKnown) return
    notePacket()
    heard()?.onBytes(bytes, atUs, from.host, from.port, { transport: 'udp', host: ourHost(), port: local.port })
  }
  const eachPort = (granted: readonly GrantedTrack[], visit: (pair: PortPair, ports: readonly [number, number], host: string) => void): void => {
    for (const { grant, port } of granted) {
      const pair = pairs.find((each) => each.port === port)
      const host = grant.way === 'udp' ? (grant.host ?? socket?.remoteAddress) : undefined
      if (pair && grant.way === 'udp' && grant.ports && host !== undefined) visit(pair, grant.ports, host)
    }
  }
  const sendDatagram = (pair: PortPair, from: 'rtp' | 'rtcp', bytes: Buffer, host: string, port: number): void => {
    const local = pair.send(from, bytes, host, port)
    onWire({ layer: 'media', direction: 'out', atUs: clock.nowUs(), transport: 'udp', local: { host: ourHost(), port: local.port }, remote: { host, port }, bytes })
  }
  const report = (granted: readonly GrantedTrack[]): void => {
    for (const one of granted) {
      const bytes = (one.track.kind === 'video' ? pipeline.report(parts.userAgent, clock.nowUs()) : undefined) ?? writeReceiverReport(ssrc, parts.userAgent)
      eachPort([one], (pair, [, rtcp], host) => sendDatagram(pair, 'rtcp', bytes, host, rtcp))
      if (one.grant.way === 'tcp') write(writeFrame(one.grant.rtcpChannel, bytes), 'media')
    }
  }

  const disconnect = (): void => {
    const old = socket
    socket = undefined
    old?.on('error', () => {})
    // What was written last still leaves; a camera that does not close its end loses the connection all the same.
    old?.end()
    old?.destroySoon()
    for (const pair of pairs) pair.close()
    pairs = []
  }
  const perform = (effect: SessionEffect): void => {
    switch (effect.type) {
      case 'connect':
        return dial(effect.connection, effect.url.host, effect.url.port)
      case 'disconnect':
        return disconnect()
      case 'send':
        return send(effect.message)
      case 'open-ports':
        void openPorts(effect.connection, effect.count)
        return
      case 'punch':
        return eachPort(effect.granted, (pair, [rtp, rtcp], host) => {
          sendDatagram(pair, 'rtp', writePunch(ssrc), host, rtp)
          sendDatagram(pair, 'rtcp', writeReceiverReport(ssrc, parts.userAgent), host, rtcp)
        })
      case 'report':
        return report(effect.granted)
      case 'answered':
        return outcome.resolve({ ok: true, ...(socket?.remoteAddress !== undefined && { remote: { host: socket.remoteAddress, port: socket.remotePort ?? 0 } }) })
      case 'failed':
        log.info({ ...label, code: effect.failure.code, status: effect.failure.status, detail: effect.failure.detail }, 'RTSP session did not start')
        return outcome.resolve(upstreamOutcome(effect.failure))
      case 'over':
        return onEnded(effect.reason)
    }
  }
  const machine = runMachine<SessionState, SessionEvent, SessionEffect>({ initial: initialSession(parts), step: sessionStep(parts), perform: (effect) => {
    perform(effect)
    if (machine.state().name === 'ended') finish()
  }, clock, log, label })
  const finish = (): void => {
    outcome.resolve({ ok: false, reason: 'stopped', detail: 'called off before it played' })
    gone.resolve()
  }
  let lastWay = parts.way
  return {
    way: () => {
      const state = machine.state()
      lastWay = state.name === 'ended' ? lastWay : state.way
      return lastWay
    },
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

interface Ends {
  readonly local: Endpoint
  readonly remote: Endpoint
}

function codeOf(error: Error): RtspFailureCode {
  switch ('code' in error ? error.code : undefined) {
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
    case 'EAI_FAIL':
      return 'address'
    case 'ECONNREFUSED':
      return 'tcp-refused'
    default:
      return 'unreachable'
  }
}
