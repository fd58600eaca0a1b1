// Decoding in child processes: which session goes to which child, one request at a time per child, and what happens when one dies.
import { fork, type ChildProcess } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { Cancel, Clock, Log } from '../../base/index.ts'
import type { DecodeOutcome, Decoder, DecodeSession } from '../types.ts'
import type { ChildAnswer, ChildRequest, DecodeRequest } from './decoder-child.ts'

export interface DecoderOptions {
  /** How many processes decode side by side. */
  readonly children: number
  readonly clock: Clock
  readonly log: Log
  /** A child that does not answer a request, or does not start, within this time is taken for hung. */
  readonly timeoutMs?: number
}

/** A keyframe with more bytes is not handed over: a 4K intra picture at the best quality stays below. */
const byteLimit = 16 * 1024 * 1024
/** Requests that may wait for one child. */
const queueLimit = 256
const restartMs = 250

type Lost = Extract<DecodeOutcome, { ok: false }>
const lost = (detail: string): Lost => ({ ok: false, reason: 'decoder-lost', detail })

interface Job {
  readonly request: DecodeRequest
  readonly settle: (outcome: DecodeOutcome) => void
}

/** One place for a child: when the child dies the place stays, and the sessions that go there wait for the next child. */
interface Slot {
  readonly decode: (request: DecodeRequest) => Promise<DecodeOutcome>
  readonly forget: (session: number) => void
  readonly close: () => Promise<void>
}

/** Starts the children at once. Whoever opens a decoder closes it. */
export function openDecoder(options: DecoderOptions): Decoder {
  const slots = Array.from({ length: Math.max(1, options.children) }, (_, n) => openSlot(n, options))
  let opened = 0
  return {
    open: (rules): DecodeSession => {
      const session = ++opened
      const slot = slots[session % slots.length]!
      let isClosed = false
      let last: Promise<unknown> = Promise.resolve()
      return {
        push: ({ codec, nalUnits }) => {
          if (isClosed) return Promise.resolve(lost('the session is closed'))
          if (nalUnits.reduce((sum, unit) => sum + unit.length, 0) > byteLimit) return Promise.resolve({ ok: false, reason: 'undecodable', detail: 'the keyframe is too large' })
          const outcome = last.then(() => slot.decode({ type: 'decode', session, codec, nalUnits, rules }))
          last = outcome
          return outcome
        },
        close: () => {
          if (isClosed) return
          isClosed = true
          void last.then(() => slot.forget(session))
        },
      }
    },
    close: async () => {
      await Promise.all(slots.map((slot) => slot.close()))
    },
  }
}

function openSlot(n: number, { clock, log, timeoutMs = 10_000 }: DecoderOptions): Slot {
  const waiting: Job[] = []
  let child: ChildProcess | undefined
  let isReady = false
  let isClosed = false
  let current: (Job & { readonly startedUs: number }) | undefined
  let cancelTimer: Cancel = () => {}

  const start = (): void => {
    const started = fork(fileURLToPath(new URL('./decoder-child.ts', import.meta.url)), [], { serialization: 'advanced', execArgv: [], stdio: ['ignore', 'ignore', 'ignore', 'ipc'] })
    child = started
    isReady = false
    cancelTimer = clock.after(timeoutMs, () => started.kill('SIGKILL'))
    started.on('message', (answer: ChildAnswer) => {
      if (child === started) onAnswer(answer)
    })
    started.on('error', (error) => log.warn({ decoder: n, error: error.message }, 'decoder child'))
    started.once('exit', (code, signal) => {
      if (child === started) onExit(`the decoding process ended (${signal ?? code})`)
    })
  }

  const onAnswer = (answer: ChildAnswer): void => {
    cancelTimer()
    if (answer.type === 'ready') {
      isReady = true
      return next()
    }
    const job = current
    current = undefined
    if (job) {
      const decodeMs = Math.round((clock.nowUs() - job.startedUs) / 100) / 10
      if (answer.type === 'picture') job.settle({ ok: true, picture: { measure: answer.measure, jpeg: Buffer.from(answer.jpeg.buffer, answer.jpeg.byteOffset, answer.jpeg.byteLength) }, decodeMs })
      else job.settle({ ok: false, reason: 'undecodable', detail: answer.detail })
    }
    next()
  }

  /** Only the request in hand is lost; those that wait go to the next child, unless this one could not even start. */
  const onExit = (detail: string): void => {
    cancelTimer()
    child = undefined
    const failed = current ? [current] : isReady ? [] : waiting.splice(0)
    current = undefined
    if (!isClosed) {
      log.warn({ decoder: n, detail, lost: failed.length }, 'decoder child lost')
      if (isReady) start()
      else cancelTimer = clock.after(restartMs, start)
    }
    for (const job of failed) job.settle(lost(detail))
  }

  const next = (): void => {
    if (!isReady || current || !child) return
    const job = waiting.shift()
    if (!job) return
    const busy = child
    current = { ...job, startedUs: clock.nowUs() }
    cancelTimer = clock.after(timeoutMs, () => busy.kill('SIGKILL'))
    busy.send(job.request, (error) => error && busy.kill('SIGKILL'))
  }

  start()
  return {
    decode: (request) =>
      new Promise((settle) => {
        if (isClosed) return settle(lost('the decoder is closed'))
        if (waiting.length >= queueLimit) return settle(lost('too many pictures wait for the decoder'))
        waiting.push({ request, settle })
        next()
      }),
    forget: (session) => {
      if (child?.connected) child.send({ type: 'forget', session } satisfies ChildRequest, () => {})
    },
    close: async () => {
      if (isClosed) return
      isClosed = true
      cancelTimer()
      const ending = child
      if (ending && ending.exitCode === null && ending.signalCode === null) {
        await new Promise<void>((resolve) => {
          ending.once('exit', () => resolve())
          ending.kill('SIGKILL')
        })
      }
      for (const job of waiting.splice(0)) job.settle(lost('the decoder is closed'))
    },
  }
}
