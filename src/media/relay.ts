// One relay per camera stream: who waits, who watches, when to ask the camera and when to hang up.
// At most one upstream per source: GB/T 28181-2022 Annex L. A stream that falls silent is ended: Annex K.
//
//            join                 answered + keyframe            last leaves
//   idle ----------> starting -----------------------> live <---------------> lingering
//    ^                  | failed, hung up, timeout,      | hung up, silent,     | time is over,
//    |                  | last leaves                    | last leaves at once  | hung up, silent
//    |     stopped      v                                v                      |
//    +-------------- stopping <-------------------------------------------------+
//                       | stopped, and someone joined meanwhile: starting again
import type { TimerEffect } from '../base/index.ts'
import type { JoinOutcome } from './types.ts'

/** Numbers the readers of one relay. */
export type ReaderId = number

/** Why nobody who waits will see a picture. */
export type JoinFailure = Extract<JoinOutcome, { ok: false }>

/** How far a start has come. Media may be here before the answer: devices send with their 200 OK (Dahua, Kedacom). */
interface Progress {
  readonly isAnswered: boolean
  readonly hasPacket: boolean
  readonly hasKeyframe: boolean
}

export type RelayState =
  | { readonly name: 'idle'; readonly attempt: number }
  /** `cold`: those whose joining caused this start; they hear it from its first byte. */
  | { readonly name: 'starting'; readonly attempt: number; readonly readers: readonly ReaderId[]; readonly cold: readonly ReaderId[]; readonly progress: Progress }
  | { readonly name: 'live'; readonly attempt: number; readonly readers: readonly ReaderId[] }
  | { readonly name: 'lingering'; readonly attempt: number }
  /** `leaving` are released when the camera has confirmed; `waiting` came too late and want the next start. */
  | { readonly name: 'stopping'; readonly attempt: number; readonly leaving: readonly ReaderId[]; readonly waiting: readonly ReaderId[] }

/** What one attempt to get the camera's media reports. `keyframe`: the first one with parameter sets; `heard`: RTP came, told about once a second. */
export type AttemptEvent =
  | { readonly type: 'answered' }
  | { readonly type: 'failed'; readonly failure: JoinFailure }
  | { readonly type: 'packet' }
  | { readonly type: 'wrong-container' }
  | { readonly type: 'keyframe' }
  | { readonly type: 'heard' }
  | { readonly type: 'ended'; readonly reason: string }
  | { readonly type: 'stopped' }

type TimeEvent = { readonly type: 'start-timeout' } | { readonly type: 'silent' } | { readonly type: 'linger-over' } | { readonly type: 'stop-timeout' }

/** What belongs to an attempt carries its number, so that yesterday's answer cannot pass for today's. */
export type RelayEvent =
  | { readonly type: 'join'; readonly reader: ReaderId }
  | { readonly type: 'leave'; readonly reader: ReaderId; readonly linger: boolean }
  | { readonly type: 'close' }
  | ((AttemptEvent | TimeEvent) & { readonly attempt: number })

export type RelayEffect =
  | { readonly type: 'start'; readonly attempt: number }
  /** BYE or CANCEL; answered by `stopped`. */
  | { readonly type: 'stop'; readonly attempt: number }
  /** The camera does not confirm: give sockets and port back without it. */
  | { readonly type: 'abandon'; readonly attempt: number }
  | { readonly type: 'admit'; readonly reader: ReaderId; readonly isCold: boolean }
  | { readonly type: 'reject'; readonly readers: readonly ReaderId[]; readonly failure: JoinFailure }
  | { readonly type: 'end'; readonly readers: readonly ReaderId[]; readonly reason: string }
  /** Nothing more will reach them; who waits for their leaving waits no longer. */
  | { readonly type: 'release'; readonly readers: readonly ReaderId[] }

export interface RelayTimes {
  /** From the start to the camera's answer. 10 s: WVP's play time-out. */
  readonly answerMs: number
  /** From the answer to the first RTP packet. */
  readonly firstPacketMs: number
  /** From the first packet (or the answer, if later) to the first keyframe with parameter sets. */
  readonly firstKeyframeMs: number
  /** Without RTP for this long a live stream is ended; noticed within one second more. */
  readonly silenceMs: number
  /** How long a stream outlives its last reader. 20 s: ZLMediaKit's default. */
  readonly lingerMs: number
  /** How long a BYE may go unconfirmed before the port is given back without it. */
  readonly stopMs: number
}

export const defaultRelayTimes: RelayTimes = { answerMs: 10_000, firstPacketMs: 10_000, firstKeyframeMs: 10_000, silenceMs: 5_000, lingerMs: 20_000, stopMs: 5_000 }

/** Media is told to the machine at most this often. */
export const heardEveryMs = 1_000

type Effect = RelayEffect | TimerEffect<RelayEvent>
type Decision = readonly [RelayState, ...Effect[]]

/** The relay's decisions for the given times. Pure. */
export function relayStep(times: RelayTimes): (state: RelayState, event: RelayEvent) => Decision {
  const start = (attempt: number, readers: readonly ReaderId[]): Decision => [
    { name: 'starting', attempt, readers, cold: readers, progress: { isAnswered: false, hasPacket: false, hasKeyframe: false } },
    { type: 'timer', name: 'start', ms: times.answerMs, event: { type: 'start-timeout', attempt } },
    { type: 'start', attempt },
  ]

  const stop = (attempt: number, leaving: readonly ReaderId[], ...effects: readonly Effect[]): Decision => [
    { name: 'stopping', attempt, leaving, waiting: [] },
    { type: 'cancel', name: 'start' },
    { type: 'cancel', name: 'silence' },
    { type: 'cancel', name: 'linger' },
    { type: 'timer', name: 'stop', ms: times.stopMs, event: { type: 'stop-timeout', attempt } },
    ...effects,
    { type: 'stop', attempt },
  ]

  const listenForSilence = (attempt: number): Effect => ({ type: 'timer', name: 'silence', ms: times.silenceMs + heardEveryMs, event: { type: 'silent', attempt } })

  /** After news of the start: live when all is there, else the next thing to wait for. */
  const proceed = (state: Starting, news: Partial<Progress>): Decision => {
    const { attempt, readers, cold } = state
    const progress = { ...state.progress, ...news }
    if (progress.isAnswered && progress.hasKeyframe) {
      const admissions = readers.map((reader): Effect => ({ type: 'admit', reader, isCold: cold.includes(reader) }))
      return [{ name: 'live', attempt, readers }, { type: 'cancel', name: 'start' }, listenForSilence(attempt), ...admissions]
    }
    const ms = progress.hasPacket ? times.firstKeyframeMs : times.firstPacketMs
    const patience: readonly Effect[] = progress.isAnswered ? [{ type: 'timer', name: 'start', ms, event: { type: 'start-timeout', attempt } }] : []
    return [{ ...state, progress }, ...patience]
  }

  const fail = (state: Starting, failure: JoinFailure): Decision => stop(state.attempt, state.readers, { type: 'reject', readers: state.readers, failure })

  const starting = (state: Starting, event: RelayEvent): Decision => {
    switch (event.type) {
      case 'join':
        return [{ ...state, readers: [...state.readers, event.reader] }]
      case 'leave': {
        if (!state.readers.includes(event.reader)) return [state]
        const readers = without(state.readers, event.reader)
        const reject: Effect = { type: 'reject', readers: [event.reader], failure: leftEarly }
        if (readers.length === 0) return stop(state.attempt, [event.reader], reject)
        return [{ ...state, readers }, reject, { type: 'release', readers: [event.reader] }]
      }
      case 'answered':
        return proceed(state, { isAnswered: true })
      case 'packet':
        return proceed(state, { hasPacket: true })
      case 'keyframe':
        return proceed(state, { hasPacket: true, hasKeyframe: true })
      case 'failed':
        return fail(state, event.failure)
      case 'wrong-container':
        return fail(state, { ok: false, reason: 'wrong-container', detail: 'media came, but it is no program stream' })
      case 'ended':
        return fail(state, missing(state.progress, event.reason))
      case 'start-timeout':
        return fail(state, missing(state.progress, `waited ${patienceMs(state.progress, times)} ms`))
      case 'close':
        return fail(state, closing)
      case 'heard':
      case 'silent':
      case 'linger-over':
      case 'stopped':
      case 'stop-timeout':
        return [state]
    }
  }

  const live = (state: Extract<RelayState, { name: 'live' }>, event: RelayEvent): Decision => {
    const { attempt, readers } = state
    const end = (reason: string): Decision => stop(attempt, readers, { type: 'end', readers, reason })
    switch (event.type) {
      case 'join':
        return [{ ...state, readers: [...readers, event.reader] }, { type: 'admit', reader: event.reader, isCold: false }]
      case 'leave': {
        if (!readers.includes(event.reader)) return [state]
        const rest = without(readers, event.reader)
        const release: Effect = { type: 'release', readers: [event.reader] }
        if (rest.length > 0) return [{ ...state, readers: rest }, release]
        if (!event.linger) return stop(attempt, [event.reader])
        return [{ name: 'lingering', attempt }, { type: 'timer', name: 'linger', ms: times.lingerMs, event: { type: 'linger-over', attempt } }, release]
      }
      case 'heard':
        return [state, listenForSilence(attempt)]
      case 'silent':
        return end(`no media for ${times.silenceMs} ms`)
      case 'ended':
        return end(event.reason)
      case 'close':
        return end(closing.detail)
      case 'answered':
      case 'failed':
      case 'packet':
      case 'wrong-container':
      case 'keyframe':
      case 'start-timeout':
      case 'linger-over':
      case 'stopped':
      case 'stop-timeout':
        return [state]
    }
  }

  const lingering = (state: Extract<RelayState, { name: 'lingering' }>, event: RelayEvent): Decision => {
    const { attempt } = state
    switch (event.type) {
      case 'join':
        return [{ name: 'live', attempt, readers: [event.reader] }, { type: 'cancel', name: 'linger' }, { type: 'admit', reader: event.reader, isCold: false }]
      case 'heard':
        return [state, listenForSilence(attempt)]
      case 'silent':
      case 'linger-over':
      case 'ended':
      case 'close':
        return stop(attempt, [])
      case 'leave':
      case 'answered':
      case 'failed':
      case 'packet':
      case 'wrong-container':
      case 'keyframe':
      case 'start-timeout':
      case 'stopped':
      case 'stop-timeout':
        return [state]
    }
  }

  const stopping = (state: Extract<RelayState, { name: 'stopping' }>, event: RelayEvent): Decision => {
    const { attempt, leaving, waiting } = state
    const done = (...effects: readonly Effect[]): Decision => {
      const release: Effect = { type: 'release', readers: leaving }
      if (waiting.length === 0) return [{ name: 'idle', attempt }, { type: 'cancel', name: 'stop' }, ...effects, release]
      const [next, ...beginning] = start(attempt + 1, waiting)
      return [next, { type: 'cancel', name: 'stop' }, ...effects, release, ...beginning]
    }
    switch (event.type) {
      case 'join':
        return [{ ...state, waiting: [...waiting, event.reader] }]
      case 'leave':
        if (!waiting.includes(event.reader)) return [state]
        return [{ ...state, waiting: without(waiting, event.reader) }, { type: 'reject', readers: [event.reader], failure: leftEarly }, { type: 'release', readers: [event.reader] }]
      case 'stopped':
        return done()
      case 'stop-timeout':
        return done({ type: 'abandon', attempt })
      case 'close':
        if (waiting.length === 0) return [state]
        return [{ ...state, waiting: [] }, { type: 'reject', readers: waiting, failure: closing }, { type: 'release', readers: waiting }]
      case 'answered':
      case 'failed':
      case 'packet':
      case 'wrong-container':
      case 'keyframe':
      case 'heard':
      case 'ended':
      case 'start-timeout':
      case 'silent':
      case 'linger-over':
        return [state]
    }
  }

  return (state, event) => {
    if ('attempt' in event && event.attempt !== state.attempt) return [state]
    switch (state.name) {
      case 'idle':
        return event.type === 'join' ? start(state.attempt + 1, [event.reader]) : [state]
      case 'starting':
        return starting(state, event)
      case 'live':
        return live(state, event)
      case 'lingering':
        return lingering(state, event)
      case 'stopping':
        return stopping(state, event)
    }
  }
}

/** Who hears the wire now: those in the stream, and those whose leaving (or failing) is not yet confirmed, so that they hear the BYE too. */
export function listeners(state: RelayState): readonly ReaderId[] {
  if (state.name === 'starting' || state.name === 'live') return state.readers
  return state.name === 'stopping' ? state.leaving : []
}

type Starting = Extract<RelayState, { name: 'starting' }>

const leftEarly: JoinFailure = { ok: false, reason: 'stopped', detail: 'the reader left before the stream was live' }
const closing: JoinFailure = { ok: false, reason: 'stopped', detail: 'the service is stopping' }

const without = (readers: readonly ReaderId[], reader: ReaderId): readonly ReaderId[] => readers.filter((each) => each !== reader)

/** The first thing that a start still lacked when it ended. */
function missing(progress: Progress, why: string): JoinFailure {
  if (!progress.isAnswered) return { ok: false, reason: 'no-answer', detail: `no answer to the request for media: ${why}` }
  if (!progress.hasPacket) return { ok: false, reason: 'no-media', detail: `answered, but no RTP packet came: ${why}` }
  return { ok: false, reason: 'no-keyframe', detail: `media came, but no keyframe with parameter sets: ${why}` }
}

function patienceMs(progress: Progress, times: RelayTimes): number {
  if (!progress.isAnswered) return times.answerMs
  return progress.hasPacket ? times.firstKeyframeMs : times.firstPacketMs
}
