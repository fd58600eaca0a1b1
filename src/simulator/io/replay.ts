// Plays a recorded device over real sockets: one UDP socket for each port the device spoke from, one connection for each of its connections.
import { createSocket, type Socket as UdpSocket } from 'node:dgram'
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { AppError, type Clock, type RandomBytes } from '../../base/index.ts'
import { createFramer, parseMessage, type SipMessage } from '../../sip/index.ts'
import { attempt } from '../recording/attempt.ts'
import type { Dialogue, Endpoint, RecordedMessage } from '../recording/dialogue.ts'
import type { Cast } from '../recording/late.ts'
import { nameOf, type Step } from '../recording/script.ts'
import { createReplay, type ExpectStep, type Judgement } from '../replay-session.ts'
import { ownHost } from './own-host.ts'

export interface PlayOptions {
  readonly dialogue: Dialogue
  readonly script: readonly Step[]
  readonly cast: Cast
  readonly clock: Clock
  readonly random: RandomBytes
  /** How long an expected message may take. */
  readonly patienceMs: number
  /** Longest wait that is kept as recorded; longer ones are cut to it. */
  readonly longestWaitMs: number
  /** Called before a step waits for what somebody at the service has to ask for. */
  readonly cause?: (step: ExpectStep) => void
  readonly onStep?: (report: StepReport) => void
}

export interface StepReport {
  readonly n: number
  readonly what: 'sent' | 'same' | 'different' | 'skipped' | 'unexpected'
  readonly text: string
  readonly expected?: string
  readonly got?: string
}

export interface PlayResult {
  readonly sent: number
  readonly same: number
  /** Everything that is not as recorded. */
  readonly differences: readonly StepReport[]
}

/** Between two pieces of one message, so that they travel apart. */
const pieceGapMs = 8
/** After the last step: time for what nobody expects. */
const settleMs = 150
const pollMs = 5
const connectMs = 5_000

/** Plays the whole script; rejects with AppError `recording.invalid` only when the registrar cannot be reached at all. */
export async function playRecording(options: PlayOptions): Promise<PlayResult> {
  const { dialogue, script, cast, clock, patienceMs } = options
  const replay = createReplay(dialogue, cast, options.random)
  const reports: StepReport[] = []
  const ends = createEnds(cast.server, replay.take)
  const pause = (ms: number): Promise<void> => new Promise((resolve) => void clock.after(ms, resolve))
  const tell = (report: StepReport): void => {
    reports.push(report)
    options.onStep?.(report)
  }
  const await_ = async (step: ExpectStep): Promise<Judgement> => {
    const untilUs = clock.nowUs() + patienceMs * 1000
    for (let found = replay.judge(step); ; found = replay.judge(step)) {
      if (found.type !== 'waiting') return found
      if (clock.nowUs() > untilUs) return replay.missed(step)
      await pause(pollMs)
    }
  }
  try {
    for (const [n, step] of script.entries()) {
      if (step.type === 'expect') {
        const early = replay.judge(step)
        if (early.type === 'waiting' && step.isCaused) options.cause?.(step)
        const found = early.type === 'waiting' ? await await_(step) : early
        if (found.type === 'same') tell({ n, what: 'same', text: found.got })
        else if (found.type === 'different') tell({ n, what: 'different', text: step.line, expected: found.expected, got: found.got })
        continue
      }
      if (step.waitMs > 0) await pause(Math.min(step.waitMs, options.longestWaitMs))
      const end = await ends.of(step.recorded)
      const written = replay.bytesOf(step, end.local)
      const text = nameOf(step.recorded, dialogue)
      if (!written) {
        tell({ n, what: 'skipped', text: `${text}: it answers what never came` })
        continue
      }
      await end.send(written.bytes, written.cuts, step.recorded.isGlued, pause)
      tell({ n, what: 'sent', text })
    }
    await pause(settleMs)
    for (const line of replay.leftOver()) tell({ n: script.length, what: 'unexpected', text: line, expected: 'nothing', got: line })
  } finally {
    ends.close()
  }
  const count = (what: StepReport['what']): number => reports.filter((report) => report.what === what).length
  return { sent: count('sent'), same: count('same'), differences: reports.filter(({ what }) => what === 'different' || what === 'unexpected') }
}

interface End {
  readonly local: Endpoint
  readonly send: (bytes: Buffer, cuts: readonly number[], isGlued: boolean, pause: (ms: number) => Promise<void>) => Promise<void>
  readonly close: () => void
}

/** The device's ends of the wire, opened when first spoken from. */
function createEnds(server: Endpoint, take: (message: SipMessage) => void): { readonly of: (recorded: RecordedMessage) => Promise<End>; readonly close: () => void } {
  const open = new Map<string, Promise<End>>()
  const closing: (() => void)[] = []
  return {
    of: (recorded) => {
      const key = `${recorded.transport} ${recorded.connection} ${recorded.device.host} ${recorded.device.port}`
      const known = open.get(key)
      if (known) return known
      const made = (recorded.transport === 'udp' ? openUdp : openTcp)(server, take).then((end) => {
        closing.push(end.close)
        return end
      })
      open.set(key, made)
      return made
    },
    close: () => {
      for (const close of closing) close()
    },
  }
}

async function openUdp(server: Endpoint, take: (message: SipMessage) => void): Promise<End> {
  const host = await ownHost(server, 'recording.invalid')
  const socket: UdpSocket = createSocket(server.host.includes(':') ? 'udp6' : 'udp4')
  socket.on('message', (bytes) => {
    const message = attempt(() => parseMessage(bytes))
    if (message) take(message)
  })
  socket.on('error', () => {})
  socket.bind(0, host)
  await once(socket, 'listening')
  return {
    local: { host, port: socket.address().port },
    send: (bytes) => new Promise((resolve) => socket.send(bytes, server.port, server.host, () => resolve())),
    close: () => socket.close(),
  }
}

async function openTcp(server: Endpoint, take: (message: SipMessage) => void): Promise<End> {
  const socket: Socket = connect({ host: server.host, port: server.port, noDelay: true, timeout: connectMs })
  try {
    await once(socket, 'connect')
  } catch (error) {
    throw new AppError('recording.invalid', `no TCP connection to ${server.host}:${server.port}: ${error instanceof Error ? error.message : String(error)}`)
  }
  socket.setTimeout(0)
  const framer = createFramer()
  socket.on('error', () => socket.destroy())
  socket.on('data', (chunk: Buffer) => {
    for (const item of framer.push(chunk)) {
      const message = item.type === 'message' ? attempt(() => parseMessage(item.bytes)) : undefined
      if (message) take(message)
    }
  })
  let held = Buffer.alloc(0)
  return {
    local: { host: socket.localAddress ?? '', port: socket.localPort ?? 0 },
    send: async (bytes, cuts, isGlued, pause) => {
      let from = 0
      for (const at of cuts) {
        socket.write(Buffer.concat([held, bytes.subarray(from, at)]))
        held = Buffer.alloc(0)
        from = at
        await pause(pieceGapMs)
      }
      held = Buffer.concat([held, bytes.subarray(from)])
      if (isGlued) return
      if (!socket.destroyed) socket.write(held)
      held = Buffer.alloc(0)
    },
    close: () => socket.destroy(),
  }
}
