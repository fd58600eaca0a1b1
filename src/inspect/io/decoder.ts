// Decoding in child processes: which session goes to which child, one request at a time per child, and what happens when one dies.
import { fork, type ChildProcess } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { Cancel, Clock, Log } from '../../base/index.ts'
import type { DecodeOutcome, Decoder, DecodeSession, PictureMeasure } from '../types.ts'
import type { ChildAnswer, ChildRequest, DecodeRequest, StageCosts } from './decoder-child.ts'

export interface DecoderOptions {
  /** How many processes decode side by side. */
  readonly children: number
  readonly clock: Clock
  readonly log: Log
  /** A child that does not answer a request within this time is taken for hung. */
  readonly timeoutMs?: number
}

/** A keyframe with more bytes is not handed over: a 4K intra picture at the best quality stays below. */
const byteLimit = 16 * 1024 * 1024
/** Requests that may wait for one child. */
const queueLimit = 256
const restartMs = 250
/** Ours: on a machine with much else to do a child takes ten seconds and more to start; one that is killed for it would never start. */
const startMs = 60_000

type Lost = Extract<DecodeOutcome, { ok: false }>
const lost = (detail: string): Lost => ({ ok: false, reason: 'decoder-lost', detail })

/** Pictures so far, and the processor time in microseconds that each step of all of them took. */
export interface DecodingFigures extends StageCosts {
  readonly pictures: number
}

interface Job {
  readonly request: DecodeRequest
  readonly settle: (outcome: Settled) => void
}
type Settled = { readonly ok: true; readonly measure?: PictureMeasure; readonly jpeg?: Buffer; readonly decodeMs: number } | Lost

/** One place for a child: when the child dies the place stays, and the sessions that go there wait for the next child. */
interface Slot {
  readonly decode: (request: DecodeRequest) => Promise<Settled>
  readonly forget: (session: number) => void
  readonly close: () => Promise<void>
}

/** Starts the children at once. Whoever opens a decoder closes it. */
export function openDecoder(options: DecoderOptions): Decoder & { readonly figures: () => DecodingFigures } {
  let figures: DecodingFigures = { pictures: 0, decode: 0, measure: 0, jpeg: 0 }
  const count = ({ decode, measure, jpeg }: StageCosts): void => {
    figures = { pictures: figures.pictures + 1, decode: figures.decode + decode, measure: figures.measure + measure, jpeg: figures.jpeg + jpeg }
  }
  const slots = Array.from({ length: Math.max(1, options.children) }, (_, n) => openSlot(n, options, count))
  let opened = 0
  return {
    open: (rules): DecodeSession => {
      const session = ++opened
      const slot = slots[session % slots.length]!
      let isClosed = false
      let last: Promise<unknown> = Promise.resolve()
      /** One after the other: each is measured beside the one before. */
      const ask = ({ codec, nalUnits }: Parameters<DecodeSession['push']>[0], wish: DecodeRequest['wish']): Promise<Settled> => {
        if (isClosed) return Promise.resolve(lost('the session is closed'))
        if (nalUnits.reduce((sum, unit) => sum + unit.length, 0) > byteLimit) return Promise.resolve({ ok: false, reason: 'undecodable', detail: 'the keyframe is too large' })
        const outcome = last.then(() => slot.decode({ type: 'decode', session, codec, nalUnits, rules, wish }))
        last = outcome
        return outcome
      }
      return {
        push: async (keyframe, { withJpeg = true } = {}) => {
          const outcome = await ask(keyframe, withJpeg ? 'both' : 'measure')
          if (!outcome.ok) return outcome
          const { measure, jpeg, decodeMs } = outcome
          return measure ? { ok: true, picture: { measure, ...(jpeg && { jpeg }) }, decodeMs } : lost('the answer has no measure')
        },
        jpeg: async (keyframe) => {
          const outcome = await ask(keyframe, 'jpeg')
          if (!outcome.ok) return outcome
          return outcome.jpeg ? { ok: true, jpeg: outcome.jpeg } : lost('the answer has no picture')
        },
        close: () => {
          if (isClosed) return
          isClosed = true
          void last.then(() => slot.forget(session))
        },
      }
    },
    figures: () => figures,
    close: async () => {
      await Promise.all(slots.map((slot) => slot.close()))
    },
  }
}

function openSlot(n: number, { clock, log, timeoutMs = 10_000 }: DecoderOptions, count: (costs: StageCosts) => void): Slot {
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
    cancelTimer = clock.after(startMs, () => started.kill('SIGKILL'))
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
      if (answer.type === 'picture') {
        const { measure, jpeg, cpuUs } = answer
        count(cpuUs)
        job.settle({ ok: true, ...(measure && { measure }), ...(jpeg && { jpeg: Buffer.from(jpeg.buffer, jpeg.byteOffset, jpeg.byteLength) }), decodeMs })
      }
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
