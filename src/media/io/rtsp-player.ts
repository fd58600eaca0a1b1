// One connection of an RTSP player: its requests to the session machine, and what that decides, done.
import type { Socket } from 'node:net'
import { ParseError, runMachine } from '../../base/index.ts'
import { createRtspFramer } from '../rtsp/framing.ts'
import { parseRtsp, writeRtsp } from '../rtsp/message.ts'
import { isRtcp } from '../rtp/packet.ts'
import { writeDescription } from '../rtsp/server/description.ts'
import { frameHeaderBytes } from '../rtsp/server/packets.ts'
import type { Outgoing } from '../rtsp/server/playout.ts'
import { basicCredentials } from '../rtsp/server/reply.ts'
import { initialServing, servingStep } from '../rtsp/server/session.ts'
import type { LaidTrack, Offer, ServingEffect, ServingEvent, ServingState, ServingTimes } from '../rtsp/server/session-types.ts'
import type { Target } from '../rtsp/server/target.ts'
import { streamKey } from '../stream-key.ts'
import type { ReaderBounds } from '../reader.ts'
import type { BytePool } from './byte-pool.ts'
import { createPacer } from './rtsp-pacer.ts'
import { openPortPair, type PortPair } from './rtsp-ports.ts'
import type { RtspServerOptions } from './rtsp-server.ts'
import { openRtspView, type RtspView } from './rtsp-view.ts'

export interface PlayerOptions extends Omit<RtspServerOptions, 'times' | 'bounds'> {
  readonly times: ServingTimes
  readonly bounds: ReaderBounds
  /** Whether one more stream may be opened. */
  readonly hasRoom: () => boolean
  readonly pool: BytePool
  readonly onGone: () => void
}

export interface RtspPlayer {
  readonly hasStream: () => boolean
  readonly isOf: (account: string, session?: string) => boolean
  readonly close: (reason: string) => void
}

/** Ours: of a request that is not whole yet; a request of a player has some hundred bytes. */
const maxHeldBytes = 32 * 1024
/** Ours: answers that a player does not read, above what pictures may wait. */
const maxUnreadBytes = 1024 * 1024
/** What was written last has so long to leave. */
const partingMs = 1_000
/** In the description's order. */
const trackIndex = { video: 0, sound: 1 } as const

export function serveRtspPlayer(socket: Socket, options: PlayerOptions): RtspPlayer {
  const { clock, log, random, ports, bounds, permit, pool } = options
  const peer = { host: socket.remoteAddress ?? '', port: socket.remotePort ?? 0 }
  const ourHost = socket.localAddress ?? options.host
  const label = { player: `${peer.host}:${peer.port}` }
  const framer = createRtspFramer()
  const pacer = createPacer(clock)
  const pairs = new Map<number, PortPair>()
  let view: RtspView | undefined
  let laid: readonly LaidTrack[] = []
  let offered: Offer | undefined
  let camera: string | undefined
  let owner: { readonly account: string; readonly session?: string } | undefined
  let isGone = false

  const write = (bytes: Buffer): void => {
    if (socket.destroyed || socket.writableEnded) return pool.give(bytes)
    socket.write(bytes, () => pool.give(bytes))
    if (socket.writableLength > bounds.maxBacklogBytes * 2 + maxUnreadBytes) socket.destroy()
  }
  const wantedOf = (index: number): LaidTrack['wanted'] | undefined => laid.find((track) => track.index === index)?.wanted
  /** Datagrams leave one by one, some of them later: their memory is the heap's. */
  const allocate = (kind: Outgoing['kind'], bytes: number): Buffer => (wantedOf(trackIndex[kind])?.way === 'tcp' ? pool.take(bytes) : Buffer.allocUnsafe(bytes))
  /** Pictures and sound, the way that was laid for their track. */
  const deliver = ({ kind, isControl, bytes, starts }: Outgoing): void => {
    const index = trackIndex[kind]
    const wanted = wantedOf(index)
    if (wanted?.way === 'tcp') return write(bytes)
    const pair = pairs.get(index)
    if (!wanted || !pair) return
    const port = wanted.ports[isControl ? 1 : 0]
    for (const [n, start] of starts.entries()) {
      const packet = bytes.subarray(start + frameHeaderBytes, starts[n + 1] ?? bytes.length)
      pacer.push(packet.length, () => pair.send(isControl ? 'rtcp' : 'rtp', packet, peer.host, port))
    }
  }
  const open = async (number: number, target: Target): Promise<void> => {
    const relays = target.codec === 'h264' ? options.h264 : options.relays
    if (!relays || !options.hasRoom()) return machine.send({ type: 'unopened', number, failure: 'busy' })
    camera = target.camera
    const opened = openRtspView({
      relays,
      key: streamKey(target.camera, target.stream),
      clock,
      log,
      bounds,
      name: `yiji@${ourHost}`,
      write: deliver,
      allocate,
      backlogBytes: () => socket.writableLength + pacer.backlogBytes(),
      onOver: (reason) => machine.send({ type: 'over', reason }),
    })
    view = opened
    const opening = await opened.opening
    if (view !== opened) return opened.close()
    if (!opening.ok) {
      release()
      log.info({ ...label, camera, ...opening.failure }, 'stream not started for an RTSP player')
      return machine.send({ type: 'unopened', number, failure: opening.failure })
    }
    const { facts } = opening
    offered = {
      sdp: writeDescription(facts, { name: target.camera, id: random(4).readUInt32BE(0), host: ourHost }),
      tracks: (facts.sound ? [0, 1] : [0]).map(() => ({ ssrc: random(4).readUInt32BE(0), sequence: random(2).readUInt16BE(0), timestamp: random(4).readUInt32BE(0) })),
    }
    machine.send({ type: 'opened', number, offer: offered })
  }
  const openPorts = async (number: number, index: number): Promise<void> => {
    pairs.get(index)?.close()
    pairs.delete(index)
    try {
      const pair = await openPortPair({
        ports,
        bindHost: ourHost,
        clock,
        log,
        onDatagram: (bytes, _atUs, from) => {
          if (from.host === peer.host && isRtcp(bytes)) machine.send({ type: 'heard' })
        },
      })
      if (isGone || !view) return pair.close()
      pairs.set(index, pair)
      machine.send({ type: 'ports', number, ports: [pair.port, pair.port + 1] })
    } catch (error) {
      log.warn({ ...label, error }, 'no ports for an RTSP player')
      machine.send({ type: 'no-ports', number })
    }
  }
  const ask = async (number: number, { address, authorization }: Extract<ServingEffect, { type: 'permit' }>): Promise<void> => {
    const { camera: asked, stream, codec, token } = address
    const credentials = authorization === undefined ? undefined : basicCredentials(authorization)
    try {
      const permission = await permit({ camera: asked, stream, ...(codec && { codec }), ...(token !== undefined && { token }), ...(credentials && { credentials }), from: peer.host })
      if (permission.ok) {
        owner = permission
        return machine.send({ type: 'permitted', number })
      }
      const { status, realm } = permission
      machine.send({ type: 'refused', number, status, ...(realm !== undefined && { realm }) })
    } catch (error) {
      log.error({ ...label, error }, 'who an RTSP player is could not be found out')
      machine.send({ type: 'refused', number, status: 503 })
    }
  }
  const release = (): void => {
    const left = view
    view = undefined
    if (left) {
      const counts = left.counts()
      if (counts.dropped > 0) log.info({ ...label, camera, ...counts }, 'RTSP player was too slow')
      left.close()
    }
    pacer.clear()
    for (const pair of pairs.values()) pair.close()
    pairs.clear()
    laid = []
    offered = undefined
  }
  const part = (reason: string): void => {
    if (isGone) return
    isGone = true
    log.info({ ...label, ...(camera !== undefined && { camera }), reason }, 'RTSP player gone')
    options.onGone()
    pacer.close()
    if (socket.destroyed) return
    // A player that does not read is not waited for.
    if (socket.writableLength > bounds.maxBacklogBytes) return void socket.destroy()
    socket.destroySoon()
    socket.once('close', clock.after(partingMs, () => socket.destroy()))
  }
  const perform = (effect: ServingEffect): void => {
    switch (effect.type) {
      case 'reply':
        return write(writeRtsp(effect.message))
      case 'permit':
        return void ask(effect.number, effect)
      case 'open':
        return void open(effect.number, effect.target)
      case 'ports':
        return void openPorts(effect.number, effect.index)
      case 'play':
        laid = effect.tracks
        return view?.play(
          effect.tracks.map(({ index, wanted }) => {
            const { ssrc = 0, sequence = 0, timestamp = 0 } = offered?.tracks[index] ?? {}
            return { kind: index === 0 ? 'video' : 'sound', ssrc, sequence, timestamp, channels: wanted.way === 'tcp' ? wanted.channels : [0, 0] }
          }),
        )
      case 'pause':
        return view?.pause()
      case 'release':
        return release()
      case 'close':
        return part(effect.reason)
    }
  }
  const machine = runMachine<ServingState, ServingEvent, ServingEffect>({
    initial: initialServing,
    step: servingStep({ id: random(12).toString('hex'), software: options.software, times: options.times }),
    perform,
    clock,
    log,
    label,
  })

  socket.on('data', (chunk: Buffer) => {
    for (const { type, bytes } of framer.push(chunk)) {
      if (isGone) return
      if (type === 'message') machine.send(requestIn(bytes))
      else if (type === 'frames') machine.send({ type: 'heard' })
      else if (!/^[\r\n]*$/.test(bytes.toString('latin1'))) machine.send({ type: 'malformed', status: 400 })
    }
    if (framer.stats().heldBytes > maxHeldBytes) machine.send({ type: 'malformed', status: 400 })
  })
  socket.on('error', (error) => log.debug({ ...label, error: error.message }, 'RTSP connection'))
  socket.on('close', () => machine.send({ type: 'gone' }))
  // A connection that never says a word.
  machine.send({ type: 'heard' })

  return {
    hasStream: () => view !== undefined,
    isOf: (account, session) => owner?.account === account && (session === undefined || session === owner.session),
    close: (reason) => machine.send({ type: 'over', reason }),
  }
}

/** Unknown versions of the protocol are said to be so; what answers nothing of ours, and all else, is malformed. */
function requestIn(bytes: Buffer): ServingEvent {
  try {
    const message = parseRtsp(bytes)
    if (message.kind !== 'request') return { type: 'malformed', status: 400 }
    const line = bytes.toString('latin1', 0, bytes.indexOf(0x0a))
    return / RTSP\/1\.\d\s*$/i.test(line) ? { type: 'request', request: message } : { type: 'malformed', status: 505 }
  } catch (error) {
    if (!(error instanceof ParseError)) throw error
    return { type: 'malformed', status: 400 }
  }
}
