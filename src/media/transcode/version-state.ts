// The life of an H.264 version, as decisions: who waits, who watches, when its encoder is started anew, when it is over.
//
//          begin              first picture            last leaves
//   idle --------> starting ---------------> live <----------------> lingering
//                     | no picture in time     | the stream ends, the encoder    | time is over,
//                     | last leaves            | keeps failing                   | the place is needed
//                     v                        v                                 v
//                    over <--------------------+---------------------------------+
import type { TimerEffect } from '../../base/index.ts'
import type { JoinOutcome } from '../types.ts'

export type ReaderId = number
export type VersionFailure = Extract<JoinOutcome, { ok: false }>

/** `failures`: encoders lost in a row. */
interface Running {
  readonly failures: number
}
export type VersionState =
  | { readonly name: 'idle' }
  | ({ readonly name: 'starting'; readonly readers: readonly ReaderId[] } & Running)
  | ({ readonly name: 'live'; readonly readers: readonly ReaderId[] } & Running)
  | ({ readonly name: 'lingering' } & Running)
  | { readonly name: 'over' }

export type VersionEvent =
  | { readonly type: 'begin' }
  | { readonly type: 'join' | 'leave'; readonly reader: ReaderId }
  /** The first picture is here. */
  | { readonly type: 'picture' }
  | { readonly type: 'late' }
  | { readonly type: 'linger-over' }
  /** The encoder's process: it was started, it is gone, it may be started again, it has been well for long; none is needed any more. */
  | { readonly type: 'started' }
  | { readonly type: 'lost'; readonly detail: string }
  | { readonly type: 'rested' }
  | { readonly type: 'steady' }
  | { readonly type: 'unneeded' }
  /** The stream below ended, was refused, or somebody ends the version. */
  | { readonly type: 'ended'; readonly reason: string }
  | { readonly type: 'refused'; readonly failure: VersionFailure }

export type VersionEffect =
  | { readonly type: 'admit'; readonly reader: ReaderId }
  | { readonly type: 'reject'; readonly readers: readonly ReaderId[]; readonly failure: VersionFailure }
  | { readonly type: 'end'; readonly readers: readonly ReaderId[]; readonly reason: string }
  /** No encoder until `resume`. */
  | { readonly type: 'rest' }
  | { readonly type: 'resume' }
  /** Leaves the stream below and stops the encoder. */
  | { readonly type: 'finish' }

export interface VersionTimes {
  /** From the start to the first picture. */
  readonly startMs: number
  readonly lingerMs: number
  /** After an encoder that died; twice as long after the second, and so on. */
  readonly restartMs: number
  /** Encoders that may die in a row; one that lived so long after was well. */
  readonly maxFailures: number
  readonly steadyMs: number
}

type Effect = VersionEffect | TimerEffect<VersionEvent>
type Decision = readonly [VersionState, ...Effect[]]
const timerNames = ['start', 'linger', 'rest', 'steady'] as const
const cancel = (name: (typeof timerNames)[number]): Effect => ({ type: 'cancel', name })

/** Pure. */
export function versionStep(times: VersionTimes): (state: VersionState, event: VersionEvent) => Decision {
  const over = (state: VersionState, failure: VersionFailure): Decision => {
    const readers = 'readers' in state ? state.readers : []
    const told: Effect[] = readers.length === 0 ? [] : [state.name === 'live' ? { type: 'end', readers, reason: failure.detail } : { type: 'reject', readers, failure }]
    return [{ name: 'over' }, ...timerNames.map(cancel), { type: 'finish' }, ...told]
  }
  /** What befalls the encoder, whoever watches. */
  const encoder = (state: Exclude<VersionState, { name: 'idle' | 'over' }>, event: VersionEvent): Decision => {
    switch (event.type) {
      case 'started':
        return [state, { type: 'timer', name: 'steady', ms: times.steadyMs, event: { type: 'steady' } }]
      case 'steady':
        return [{ ...state, failures: 0 }]
      case 'lost': {
        const failures = state.failures + 1
        if (failures > times.maxFailures) return over(state, { ok: false, reason: 'no-keyframe', detail: `the H.264 encoder keeps failing: ${event.detail}` })
        return [{ ...state, failures }, cancel('steady'), { type: 'rest' }, { type: 'timer', name: 'rest', ms: times.restartMs * failures, event: { type: 'rested' } }]
      }
      case 'rested':
        return [state, { type: 'resume' }]
      case 'unneeded':
        return [state, cancel('steady'), cancel('rest'), { type: 'resume' }]
      case 'ended':
        return over(state, { ok: false, reason: 'stopped', detail: event.reason })
      case 'refused':
        return over(state, event.failure)
      case 'begin':
      case 'join':
      case 'leave':
      case 'picture':
      case 'late':
      case 'linger-over':
        return [state]
    }
  }
  const linger = (failures: number): Decision => [{ name: 'lingering', failures }, { type: 'timer', name: 'linger', ms: times.lingerMs, event: { type: 'linger-over' } }]

  return (state, event) => {
    switch (state.name) {
      case 'idle':
        if (event.type !== 'begin') return [state]
        return [{ name: 'starting', readers: [], failures: 0 }, { type: 'timer', name: 'start', ms: times.startMs, event: { type: 'late' } }]
      case 'starting':
        switch (event.type) {
          case 'join':
            return [{ ...state, readers: [...state.readers, event.reader] }]
          case 'leave': {
            const readers = state.readers.filter((id) => id !== event.reader)
            if (readers.length > 0 || state.readers.length === 0) return [{ ...state, readers }]
            return over({ ...state, readers }, { ok: false, reason: 'stopped', detail: 'nobody waits for it' })
          }
          case 'picture': {
            const admitted = state.readers.map((reader): Effect => ({ type: 'admit', reader }))
            if (admitted.length === 0) return [...linger(state.failures), cancel('start')]
            return [{ ...state, name: 'live' }, cancel('start'), ...admitted]
          }
          case 'late':
            return over(state, { ok: false, reason: 'no-keyframe', detail: `no picture of the H.264 version within ${times.startMs / 1000} s` })
          default:
            return encoder(state, event)
        }
      case 'live':
        switch (event.type) {
          case 'join':
            return [{ ...state, readers: [...state.readers, event.reader] }, { type: 'admit', reader: event.reader }]
          case 'leave': {
            const readers = state.readers.filter((id) => id !== event.reader)
            return readers.length > 0 ? [{ ...state, readers }] : linger(state.failures)
          }
          default:
            return encoder(state, event)
        }
      case 'lingering':
        if (event.type === 'join') return [{ name: 'live', readers: [event.reader], failures: state.failures }, cancel('linger'), { type: 'admit', reader: event.reader }]
        if (event.type === 'linger-over') return over(state, { ok: false, reason: 'stopped', detail: 'nobody watches it' })
        return encoder(state, event)
      case 'over':
        return event.type === 'join' ? [state, { type: 'reject', readers: [event.reader], failure: { ok: false, reason: 'stopped', detail: 'the H.264 version has just ended' } }] : [state]
    }
  }
}
