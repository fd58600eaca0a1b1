// AAC encoders for many streams in one child process: started with the first, ended with the last, replaced when it dies or hangs.
import { fork, type ChildProcess } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { Cancel, Clock, Log } from '../../base/index.ts'
import type { AacAnswer, AacRequest } from '../audio/aac-messages.ts'
import type { AacEncoder, AacEncoderEvents, AacEncoders } from '../audio/aac-relays.ts'

export interface AacEncodersOptions {
  /** Streams that are encoded at once. 0: none, G.711 is then not heard where AAC is needed. */
  readonly limit: number
  readonly clock: Clock
  readonly log: Log
  /** Without an answer for so long it hangs; it has to start in this time as well. */
  readonly hungMs?: number
}

/** An unused child waits this long for the next stream: pages are reloaded. */
const idleMs = 5_000
/** After a death the next start waits; longer each time that a child dies young. */
const firstRestMs = 1_000
const lastRestMs = 60_000
const youngMs = 30_000
/** Packets that may wait for one child: 4 s of a hundred streams. */
const maxUnanswered = 10_000

export interface OpenAacEncoders extends AacEncoders {
  /** Streams that are encoded now, and child processes that were lost. */
  readonly figures: () => { readonly streams: number; readonly losses: number }
  readonly close: () => Promise<void>
}

/** Whoever opens them closes them. */
export function openAacEncoders({ limit, clock, log, hungMs = 10_000 }: AacEncodersOptions): OpenAacEncoders {
  const sessions = new Map<number, AacEncoderEvents>()
  let child: ChildProcess | undefined
  let exited: Promise<void> = Promise.resolve()
  let isReady = false
  let isClosed = false
  let early: AacRequest[] = []
  let unanswered = 0
  let losses = 0
  let startedUs = 0
  let restMs = firstRestMs
  let restUntilUs = -Infinity
  let lastSession = 0
  let cancelWatch: Cancel = () => {}
  let cancelIdle: Cancel = () => {}

  const watch = (): void => {
    cancelWatch()
    const watched = child
    cancelWatch = clock.after(hungMs, () => {
      log.warn({ streams: sessions.size }, 'the AAC encoder hangs')
      watched?.kill('SIGKILL')
    })
  }
  const start = (): void => {
    // It needs nothing of our environment, and passwords may stand there.
    const started = fork(fileURLToPath(new URL('./aac-child.ts', import.meta.url)), [], { serialization: 'advanced', execArgv: [], env: {}, stdio: ['ignore', 'ignore', 'ignore', 'ipc'] })
    child = started
    startedUs = clock.nowUs()
    isReady = false
    exited = new Promise((resolve) => void started.once('exit', () => resolve()))
    watch()
    started.on('message', (answer: AacAnswer) => {
      if (child === started) onAnswer(answer)
    })
    started.on('error', (error) => log.warn({ error: error.message }, 'AAC encoder'))
    started.once('exit', (code, signal) => {
      if (child === started) onExit(`it ended (${signal ?? code})`)
    })
  }
  const send = (request: AacRequest): void => {
    if (request.type === 'sound') unanswered++
    const to = child
    to?.send(request, (error) => error && to.kill('SIGKILL'))
  }
  const onAnswer = (answer: AacAnswer): void => {
    if (answer.type === 'ready') {
      isReady = true
      for (const request of early.splice(0)) send(request)
    } else {
      unanswered--
      const events = sessions.get(answer.session)
      if (answer.type === 'made') for (const { pts90k, data } of answer.frames) events?.onFrame(pts90k, Buffer.from(data.buffer, data.byteOffset, data.byteLength))
      else lose([answer.session], answer.detail)
    }
    if (unanswered > 0) watch()
    else cancelWatch()
  }
  const lose = (lost: readonly number[], detail: string): void => {
    for (const session of lost) {
      const events = sessions.get(session)
      sessions.delete(session)
      events?.onLost(detail)
    }
  }
  const onExit = (detail: string): void => {
    cancelWatch()
    cancelIdle()
    child = undefined
    early = []
    unanswered = 0
    if (isClosed || sessions.size === 0) return
    const nowUs = clock.nowUs()
    losses++
    restMs = nowUs - startedUs < youngMs * 1000 ? Math.min(lastRestMs, 2 * restMs) : firstRestMs
    restUntilUs = nowUs + restMs * 1000
    log.warn({ detail, streams: sessions.size, againInMs: restMs }, 'the AAC encoder is lost: pictures go on, in silence')
    lose([...sessions.keys()], detail)
  }
  const rest = (): void => {
    cancelIdle()
    cancelIdle = clock.after(idleMs, () => {
      const idle = child
      child = undefined
      cancelWatch()
      idle?.kill('SIGKILL')
    })
  }

  return {
    open: (events): AacEncoder | 'full' | 'resting' => {
      if (isClosed || sessions.size >= limit) return 'full'
      if (clock.nowUs() < restUntilUs) return 'resting'
      cancelIdle()
      const session = ++lastSession
      sessions.set(session, events)
      if (!child) start()
      return {
        push: (law, pts90k, data) => {
          if (!sessions.has(session) || unanswered >= maxUnanswered || early.length >= maxUnanswered) return
          const request: AacRequest = { type: 'sound', session, law, pts90k, data }
          if (!isReady) early.push(request)
          else {
            send(request)
            if (unanswered === 1) watch()
          }
        },
        close: () => {
          if (!sessions.delete(session)) return
          early = early.filter((request) => request.session !== session)
          if (isReady) send({ type: 'close', session })
          if (sessions.size === 0) rest()
        },
      }
    },
    figures: () => ({ streams: sessions.size, losses }),
    close: async () => {
      isClosed = true
      cancelIdle()
      cancelWatch()
      sessions.clear()
      child?.kill('SIGKILL')
      await exited
    },
  }
}
