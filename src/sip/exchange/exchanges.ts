// All exchanges of one device: sends its queries and commands in turn, gives each answer to whoever asked for it. GB/T 28181-2022 9.3, 9.5.
import { runMachine, type Clock, type Log } from '../../base/index.ts'
import type { ExchangeOutcome } from './asking.ts'
import { collect, type Collected } from './collection.ts'
import type { Attempt, CollectorTimes } from './collector.ts'
import { exchangeStep, type ExchangeEffect, type ExchangeEvent, type ExchangeRule, type ExchangeState, type Failure } from './exchange.ts'
import type { Joined } from './exchange-rules.ts'
import type { Manscdp } from '../manscdp/index.ts'
import type { Response } from '../manscdp/response.ts'
import { createOutstanding } from './outstanding.ts'
import type { Turns } from './turns.ts'

/** What became of a message on the way: the device's 2xx, or none. */
export type Sent = { readonly type: 'accepted'; readonly hop: string } | { readonly type: 'failed'; readonly failure: Failure }

export interface ExchangesOptions {
  readonly deviceId: string
  readonly clock: Clock
  readonly log: Log
  readonly turns: Turns
  readonly nextSn: () => number
  /** Why the device cannot be asked now. */
  readonly obstacle: () => Failure | undefined
  /** Tells once what became of it, later than it is called. */
  readonly send: (value: Manscdp, told: (sent: Sent) => void) => void
}

export interface Exchange<T> {
  /** One at a time of a kind and device: many devices mix up two queries of one kind. */
  readonly lane: string
  readonly rule: ExchangeRule
  readonly message: (sn: number) => Manscdp
  readonly answerType: Response['type']
  readonly join: (before: T | undefined, part: Response) => Joined<T>
}
export interface Collection<T> {
  readonly lane: string
  readonly times: CollectorTimes
  readonly limit: number
  readonly message: (sn: number) => Manscdp
  readonly answerType: Response['type']
  readonly keyOf: (item: T) => string
  /** Undefined for an answer that is a refusal. */
  readonly read: (part: Response) => { readonly sumNum: number; readonly items: readonly T[] } | undefined
}

export interface Exchanges {
  readonly exchange: <T>(exchange: Exchange<T>) => Promise<ExchangeOutcome<T | undefined>>
  readonly collect: <T>(collection: Collection<T>) => Promise<Collected<T, Failure>>
  /** Gives an answer to who waits for it; false when nobody does. */
  readonly take: (value: Response) => boolean
  readonly asked: (sn: number) => boolean
  /** Ends what is running: the device went, or we stop. */
  readonly stop: (failure: Failure) => void
}

/** Ours: commands keep their order, but one without a SIP answer holds up the next no longer than this. */
const commandTurnMs = 1_000
export const commandLane = 'command'

export function createExchanges(options: ExchangesOptions): Exchanges {
  const { deviceId, clock, log, turns, nextSn, obstacle, send } = options
  const outstanding = createOutstanding<Response>()
  const running = new Set<(failure: Failure) => void>()

  /** A turn in the lane, or why there is none. */
  const enter = async (lane: string): Promise<{ readonly leave: () => void } | Failure> => {
    const before = obstacle()
    if (before) return before
    const leave = await turns.take(`${deviceId} ${lane}`)
    if (!leave) return obstacle() ?? { ok: false, reason: 'busy', detail: 'too many requests wait for this device, or for all of them' }
    const after = obstacle()
    if (!after) return { leave }
    leave()
    return after
  }

  const exchange = async <T>({ lane, rule, message, answerType, join }: Exchange<T>): Promise<ExchangeOutcome<T | undefined>> => {
    const turn = await enter(lane)
    if (!('leave' in turn)) return turn
    const result = Promise.withResolvers<ExchangeOutcome<T | undefined>>()
    const sn = nextSn()
    let value: T | undefined
    const machine = runMachine<ExchangeState<T>, ExchangeEvent<T>, ExchangeEffect<T>>({
      initial: { name: 'sending' },
      step: exchangeStep<T>(rule),
      perform: (effect, tell) => {
        if (effect.type === 'done') return result.resolve(effect.outcome)
        send(message(sn), (sent) => {
          if (lane === commandLane) turn.leave()
          tell(sent)
        })
      },
      clock, log, label: { deviceId, sn, machine: 'exchange' },
    })
    const expectation = outstanding.open(answerType, (part) => {
      const joined = join(value, part)
      value = joined.value
      machine.send({ type: 'answer', ...joined })
    })
    expectation.expect(sn)
    const stop = (failure: Failure): void => machine.send({ type: 'stop', failure })
    running.add(stop)
    const cancelTurn = lane === commandLane ? clock.after(commandTurnMs, turn.leave) : () => {}
    machine.send({ type: 'begin' })
    try {
      return await result.promise
    } finally {
      cancelTurn()
      turn.leave()
      running.delete(stop)
      expectation.close()
      machine.close()
    }
  }

  const collectAll = async <T>({ lane, times, limit, message, answerType, keyOf, read }: Collection<T>): Promise<Collected<T, Failure>> => {
    const turn = await enter(lane)
    if (!('leave' in turn)) return nothing(turn)
    const attempts = new Map<number, Attempt>()
    let failed: (failure: Failure) => void = () => {}
    const expectation = outstanding.open(answerType, (part, isNamed) => {
      const page = read(part)
      if (page) collecting.page({ ...page, attempt: isNamed ? attempts.get(part.sn) : undefined })
      else failed({ ok: false, reason: 'refused', detail: 'the device answered ERROR' })
    })
    const collecting = collect<T, Failure>({
      times, limit, keyOf, clock, log, label: { deviceId, machine: lane },
      ask: (attempt, fail) => {
        failed = fail
        const now = obstacle()
        if (now) return fail(now)
        const sn = nextSn()
        attempts.set(sn, attempt)
        expectation.expect(sn)
        send(message(sn), (sent) => {
          if (sent.type === 'failed') fail(sent.failure)
        })
      },
    })
    const stop = (failure: Failure): void => {
      if (failure.reason === 'stopped') collecting.stop()
    }
    running.add(stop)
    try {
      return await collecting.result
    } finally {
      turn.leave()
      running.delete(stop)
      expectation.close()
    }
  }

  return {
    exchange,
    collect: collectAll,
    take: outstanding.take,
    asked: outstanding.asked,
    stop: (failure) => {
      for (const end of [...running]) end(failure)
    },
  }
}

const nothing = <T>(failure: Failure): Collected<T, Failure> => ({ items: [], isComplete: false, isAnswered: false, isReportedEmpty: false, isCut: false, sumNum: 0, attempts: 1, reason: failure.detail, failure })
