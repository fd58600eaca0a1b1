// One movement of one camera as a lease: idle, moving, stopping. GB/T 28181-2022 A.3: a camera moves until it is told to stop.
import type { Step, TimerEffect } from '../../base/index.ts'
import type { PtzAction } from './ptz.ts'

/** Pan, tilt and zoom share one stop; iris and focus have another. */
export type Motion = Extract<PtzAction, { readonly kind: 'move' | 'lens' }>

/** How a message ended: the device took it, it may or may not have, or it surely never left. */
export type Sent = 'taken' | 'unsure' | 'not-sent'

/** Pauses before the further tries of a stop that was not taken; after the last one we give up, loudly. Ours: four minutes in all. */
export const stopPausesMs: readonly number[] = [500, 1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 60_000, 120_000]
/** Of these, as many while the service closes. */
const closingTries = 3
/** RFC 3261 T1: a message that took longer was sent again, so that a copy of it may arrive after what we sent next. */
const repeatedAfterUs = 500_000
/** Ours: messages under way that are told apart; the exchange lets one wait for another. */
const maxUnderWay = 32

interface UnderWay {
  readonly attempt: number
  readonly isStop: boolean
  readonly sentUs: number
}
interface Common {
  /** Of the last message: an answer to an earlier one cannot pass for its. */
  readonly attempt: number
  readonly underWay: readonly UnderWay[]
}
export type LeaseState =
  | (Common & { readonly name: 'idle' })
  | (Common & { readonly name: 'moving'; readonly owner: string; readonly motion: Motion; /** Whether any motion since the last stop may have reached the camera. */ readonly mayMove: boolean; readonly isTaken: boolean })
  | (Common & {
      readonly name: 'stopping'
      readonly tries: number
      readonly isClosing: boolean
      /** While a motion was under way when a stop left, that motion may arrive after it: then one more stop is due. */
      readonly isAgainDue: boolean
      readonly isWaiting: boolean
    })

export type LeaseEvent =
  /** Begins, changes or renews; whoever comes later takes over. */
  | { readonly type: 'move'; readonly owner: string; readonly motion: Motion; readonly holdMs: number }
  /** Without an owner: whoever moves it, and even when nobody does. */
  | { readonly type: 'release'; readonly owner?: string }
  | { readonly type: 'sent'; readonly attempt: number; readonly sent: Sent }
  | { readonly type: 'expired' }
  | { readonly type: 'again' }
  | { readonly type: 'close' }

export type LeaseEffect =
  | { readonly type: 'send'; readonly attempt: number; readonly motion: Motion | 'stop' }
  /** The camera stands still, or we could not make it: then it may still move. */
  | { readonly type: 'rested'; readonly isStopped: boolean; readonly tries: number }

type Effect = LeaseEffect | TimerEffect<LeaseEvent>
type Outcome = readonly [LeaseState, ...Effect[]]

export const leaseStart: LeaseState = { name: 'idle', attempt: 0, underWay: [] }

export const leaseStep: Step<LeaseState, LeaseEvent, Effect> = (before, event, nowUs) => {
  const state = event.type === 'sent' ? { ...before, underWay: before.underWay.filter(({ attempt }) => attempt !== event.attempt) } : before
  const answered = event.type === 'sent' ? before.underWay.find(({ attempt }) => attempt === event.attempt) : undefined
  switch (state.name) {
    case 'idle':
      if (event.type === 'move') return move(state, event, nowUs, false)
      return event.type === 'release' && event.owner === undefined ? stop(state, 0, false, nowUs) : [state]
    case 'moving':
      return moving(state, event, answered, nowUs)
    case 'stopping':
      return stopping(state, event, answered, nowUs)
  }
}

function moving(state: Extract<LeaseState, { name: 'moving' }>, event: LeaseEvent, answered: UnderWay | undefined, nowUs: number): Outcome {
  switch (event.type) {
    case 'move': {
      const isSame = event.owner === state.owner && sameMotion(event.motion, state.motion)
      const isUnderWay = state.underWay.some(({ attempt }) => attempt === state.attempt)
      // Renewing costs no message, unless the last one failed.
      if (isSame && (state.isTaken || isUnderWay)) return [state, lease(event.holdMs)]
      return move(state, event, nowUs, state.mayMove)
    }
    case 'release':
      return event.owner === undefined || event.owner === state.owner ? rest(state, false, nowUs) : [state]
    case 'expired':
      return rest(state, false, nowUs)
    case 'close':
      return rest(state, true, nowUs)
    case 'sent': {
      if (!answered) return [state]
      const mayMove = state.mayMove || (!answered.isStop && event.sent !== 'not-sent')
      if (answered.attempt === state.attempt) return [{ ...state, mayMove, isTaken: event.sent === 'taken' }]
      // A copy of an earlier motion or stop may have arrived after the present motion: that one is said again.
      const isLate = event.sent !== 'not-sent' && nowUs - answered.sentUs > repeatedAfterUs
      return isLate ? move({ ...state, mayMove }, { owner: state.owner, motion: state.motion }, nowUs, mayMove) : [{ ...state, mayMove }]
    }
    case 'again':
      return [state]
  }
}

function stopping(state: Extract<LeaseState, { name: 'stopping' }>, event: LeaseEvent, answered: UnderWay | undefined, nowUs: number): Outcome {
  const motionsUnderWay = state.underWay.some(({ isStop }) => !isStop)
  switch (event.type) {
    case 'move':
      return state.isClosing ? [state] : move(state, event, nowUs, true, cancel('again'))
    case 'close':
      return state.isWaiting ? stop({ ...state, isClosing: true }, state.tries, true, nowUs, cancel('again')) : [{ ...state, isClosing: true }]
    case 'again':
      return state.isWaiting ? stop(state, state.tries, state.isClosing, nowUs) : [state]
    case 'sent': {
      if (!answered) return [state]
      if (answered.attempt !== state.attempt) {
        // The last motion under way has ended, and the stop before it is answered: now nothing can arrive after the next stop.
        const isDue = !answered.isStop && !motionsUnderWay && state.isAgainDue && !state.isWaiting && !state.underWay.some(({ attempt }) => attempt === state.attempt)
        return isDue ? stop(state, state.tries, state.isClosing, nowUs) : [state]
      }
      if (event.sent === 'taken') {
        if (!state.isAgainDue) return [{ name: 'idle', attempt: state.attempt, underWay: state.underWay }, { type: 'rested', isStopped: true, tries: state.tries }]
        return motionsUnderWay ? [state] : stop(state, state.tries, state.isClosing, nowUs)
      }
      const pauseMs = stopPausesMs[state.tries - 1]
      if (pauseMs === undefined || (state.isClosing && state.tries >= closingTries)) {
        return [{ name: 'idle', attempt: state.attempt, underWay: state.underWay }, { type: 'rested', isStopped: false, tries: state.tries }]
      }
      return [{ ...state, isWaiting: true }, { type: 'timer', name: 'again', ms: pauseMs, event: { type: 'again' } }]
    }
    // Whoever moved it is served already.
    case 'release':
    case 'expired':
      return [state]
  }
}

/** Sends a motion; `owner` holds it from now on. Without a time to hold the running lease goes on. */
function move(state: LeaseState, { owner, motion, holdMs }: { readonly owner: string; readonly motion: Motion; readonly holdMs?: number }, nowUs: number, mayMove: boolean, ...first: Effect[]): Outcome {
  const attempt = state.attempt + 1
  const next: LeaseState = { name: 'moving', attempt, underWay: underWay(state, attempt, false, nowUs), owner, motion, mayMove, isTaken: false }
  return [next, ...first, ...(holdMs === undefined ? [] : [lease(holdMs)]), { type: 'send', attempt, motion }]
}

/** Ends a lease: with a stop, unless no motion can have reached the camera. */
function rest(state: Extract<LeaseState, { name: 'moving' }>, isClosing: boolean, nowUs: number): Outcome {
  if (state.mayMove || state.underWay.length > 0) return stop(state, 0, isClosing, nowUs, cancel('lease'))
  return [{ name: 'idle', attempt: state.attempt, underWay: [] }, cancel('lease'), { type: 'rested', isStopped: true, tries: 0 }]
}

function stop(state: LeaseState, tries: number, isClosing: boolean, nowUs: number, ...first: Effect[]): Outcome {
  const attempt = state.attempt + 1
  const isAgainDue = state.underWay.some(({ isStop }) => !isStop)
  const next: LeaseState = { name: 'stopping', attempt, underWay: underWay(state, attempt, true, nowUs), tries: tries + 1, isClosing, isAgainDue, isWaiting: false }
  return [next, ...first, { type: 'send', attempt, motion: 'stop' }]
}

const underWay = (state: LeaseState, attempt: number, isStop: boolean, sentUs: number): readonly UnderWay[] => [...state.underWay.slice(1 - maxUnderWay), { attempt, isStop, sentUs }]

const lease = (holdMs: number): Effect => ({ type: 'timer', name: 'lease', ms: holdMs, event: { type: 'expired' } })
const cancel = (name: 'lease' | 'again'): Effect => ({ type: 'cancel', name })

const sameMotion = (one: Motion, other: Motion): boolean => JSON.stringify(Object.entries(one).sort()) === JSON.stringify(Object.entries(other).sort())
