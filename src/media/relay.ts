// One relay per camera stream: who waits, who watches, when to ask the camera and when to hang up.
// At most one upstream per source: GB/T 28181-2022 Annex L. A stream that falls silent is ended: Annex K.
//
//            join                 answered + keyframe            last leaves
//   idle ----------> starting -----------------------> live <---------------> lingering
//    ^                ^ | failed, hung up, timeout,      | hung up, silent,     | time is over,
//    |        a while | | last leaves                    | last leaves at once  | hung up, silent
//    |                | v                                v                      |
//    |          resting <---- stopping <------------------------------------------+
//    +------------------------ | stopped; or someone waits: starting again, by the next way where this one brought nothing
//
// Viewers outlive a loss: they rest, and go on at the next keyframe. An inspector measures one attempt, which is one INVITE: what
// befalls it is its result, so it is never restarted, never retried by another way, and no keyframe is asked for while it listens.
import type { TimerEffect } from '../base/index.ts'
import type { JoinFailure, Progress, ReaderId, Readers, RelayEffect, RelayEvent, RelayReader, RelayState } from './relay-state.ts'
import { relayTimers, type RelayTimes } from './relay-times.ts'

type Effect = RelayEffect | TimerEffect<RelayEvent>
type Decision = readonly [RelayState, ...Effect[]]
type Of<Name extends RelayState['name']> = Extract<RelayState, { readonly name: Name }>
type Next = Pick<Of<'stopping'>, 'waiting' | 'resumed' | 'way' | 'losses'>

const nobody: Next = { waiting: [], resumed: [], way: 0, losses: 0 }

/** The relay's decisions for the given times. Pure. */
export function relayStep(times: RelayTimes): (state: RelayState, event: RelayEvent) => Decision {
  const timer = relayTimers(times)

  const start = (attempt: number, { waiting, resumed, way, losses }: Next): Decision => {
    // An inspector's attempt is the device's first way, as it is set.
    const isMeasured = waiting.some(isInspector)
    const first = isMeasured ? 0 : way
    return [
      { name: 'starting', attempt, readers: waiting, cold: ids(waiting), resumed, way: first, losses, progress: { isAnswered: false, hasPacket: false, hasKeyframe: false } },
      timer.answer(attempt),
      { type: 'start', attempt, way: first, isMeasured },
    ]
  }

  const stop = (attempt: number, leaving: readonly ReaderId[], next: Next, ...effects: readonly Effect[]): Decision => [
    { name: 'stopping', attempt, leaving, ...next },
    ...timer.none(),
    timer.stop(attempt),
    ...effects,
    { type: 'stop', attempt },
  ]

  const proceed = (state: Of<'starting'>, news: Partial<Progress>): Decision => {
    const { attempt, readers, cold, resumed, losses } = state
    const progress = { ...state.progress, ...news }
    if (progress.isAnswered && progress.hasKeyframe) {
      const admitted = readers.map(({ id }): Effect => ({ type: 'admit', reader: id, isCold: cold.includes(id) }))
      const going: readonly Effect[] = resumed.length > 0 ? [{ type: 'resume', readers: ids(resumed) }] : []
      const calm: readonly Effect[] = losses > 0 ? [timer.steady(attempt)] : []
      return [{ name: 'live', attempt, readers: [...resumed, ...readers], losses }, ...timer.started(), ...calm, timer.silence(attempt), ...going, ...admitted]
    }
    const isNew = (key: 'isAnswered' | 'hasPacket'): boolean => progress[key] && !state.progress[key]
    const hasMoved = isNew('isAnswered') || (isNew('hasPacket') && progress.isAnswered)
    return [
      { ...state, progress },
      ...(hasMoved ? [timer.patience(attempt, progress)] : []),
      ...(isNew('isAnswered') && !progress.hasPacket && progress.hasNext === true ? [timer.nextWay(attempt)] : []),
      ...(isNew('hasPacket') ? [timer.keyframe(attempt)] : []),
    ]
  }

  const fail = (state: Of<'starting'>, failure: JoinFailure): Decision => {
    const { attempt, readers, resumed, way, losses } = state
    const stayers = readers.filter((reader) => !isInspector(reader))
    if (state.progress.hasNext === true && mayHelp(failure) && stayers.length + resumed.length > 0) {
      const rejected = ids(readers.filter(isInspector))
      const told: readonly Effect[] = rejected.length > 0 ? [{ type: 'reject', readers: rejected, failure }] : []
      return stop(attempt, rejected, { waiting: stayers, resumed, way: way + 1, losses }, ...told, { type: 'retry', failure })
    }
    const told: Effect = readers.length > 0 || resumed.length === 0 ? { type: 'reject', readers: ids(readers), failure } : { type: 'missed', failure }
    return stop(attempt, ids(readers), { ...nobody, resumed, losses: resumed.length > 0 ? losses + 1 : 0 }, told)
  }

  const starting = (state: Of<'starting'>, event: RelayEvent): Decision => {
    const { attempt, readers, resumed } = state
    const late = (why: string): JoinFailure => missing(state.progress, why)
    switch (event.type) {
      case 'join':
        return [{ ...state, readers: [...readers, { id: event.reader, kind: event.kind }] }]
      case 'leave': {
        const isResumed = has(resumed, event.reader)
        if (!isResumed && !has(readers, event.reader)) return [state]
        const rest = { readers: without(readers, event.reader), resumed: without(resumed, event.reader) }
        const reject: readonly Effect[] = isResumed ? [] : [{ type: 'reject', readers: [event.reader], failure: leftEarly }]
        if (rest.readers.length + rest.resumed.length === 0) return stop(attempt, [event.reader], nobody, ...reject)
        return [{ ...state, ...rest }, ...reject, { type: 'release', readers: [event.reader] }]
      }
      case 'way':
        return [{ ...state, progress: { ...state.progress, hasNext: event.hasNext } }]
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
        return fail(state, late(event.reason))
      case 'start-timeout':
        return fail(state, late(`waited ${timer.patienceMs(state.progress)} ms`))
      case 'next-way':
        // While an inspector measures, this way has all the time it is given.
        return state.progress.hasPacket || readers.some(isInspector) ? [state] : fail(state, late(`waited ${times.nextWayMs} ms`))
      case 'keyframe-late':
        return state.progress.hasKeyframe || readers.some(isInspector) ? [state] : [state, { type: 'ask-keyframe', attempt }]
      case 'close':
        return stop(attempt, [...ids(readers), ...ids(resumed)], nobody, { type: 'reject', readers: ids(readers), failure: closing }, ...ending(resumed, closing.detail))
      case 'heard':
      case 'stale':
      case 'steady':
      case 'silent':
      case 'linger-over':
      case 'stopped':
      case 'stop-timeout':
      case 'rested':
        return [state]
    }
  }

  const live = (state: Of<'live'>, event: RelayEvent): Decision => {
    const { attempt, readers } = state
    const end = (reason: string): Decision => stop(attempt, ids(readers), nobody, { type: 'end', readers: ids(readers), reason })
    const lose = (reason: string, ...told: readonly Effect[]): Decision => {
      const stayers = times.restartMs.length === 0 ? [] : readers.filter((reader) => !isInspector(reader))
      if (stayers.length === 0) return stop(attempt, ids(readers), nobody, ...told, { type: 'end', readers: ids(readers), reason })
      const gone = readers.filter(isInspector)
      return stop(attempt, ids(gone), { ...nobody, resumed: stayers, losses: state.losses + 1 }, ...told, ...ending(gone, reason), { type: 'pause', readers: ids(stayers), reason })
    }
    switch (event.type) {
      case 'join':
        return [{ ...state, readers: [...readers, { id: event.reader, kind: event.kind }] }, { type: 'admit', reader: event.reader, isCold: false }]
      case 'leave': {
        if (!has(readers, event.reader)) return [state]
        const rest = without(readers, event.reader)
        const release: Effect = { type: 'release', readers: [event.reader] }
        if (rest.length > 0) return [{ ...state, readers: rest }, release]
        if (!event.linger) return stop(attempt, [event.reader], nobody)
        return [{ name: 'lingering', attempt }, { type: 'cancel', name: 'steady' }, timer.linger(attempt), release]
      }
      case 'heard':
        return [state, timer.silence(attempt)]
      case 'steady':
        return [{ ...state, losses: 0 }]
      case 'stale':
        return readers.some(isInspector) ? [state] : [state, { type: 'ask-keyframe', attempt }]
      case 'silent':
        return lose(`no media for ${times.silenceMs} ms`, { type: 'lost', attempt })
      case 'ended':
        return lose(event.reason)
      case 'close':
        return end(closing.detail)
      case 'way':
      case 'answered':
      case 'failed':
      case 'packet':
      case 'wrong-container':
      case 'keyframe':
      case 'start-timeout':
      case 'next-way':
      case 'keyframe-late':
      case 'linger-over':
      case 'stopped':
      case 'stop-timeout':
      case 'rested':
        return [state]
    }
  }

  const lingering = (state: Of<'lingering'>, event: RelayEvent): Decision => {
    const { attempt } = state
    switch (event.type) {
      case 'join':
        // Nobody watches: an inspector's start is cold.
        if (event.kind === 'inspector') return stop(attempt, [], { ...nobody, waiting: [{ id: event.reader, kind: event.kind }] })
        return [{ name: 'live', attempt, readers: [{ id: event.reader, kind: event.kind }], losses: 0 }, { type: 'cancel', name: 'linger' }, { type: 'admit', reader: event.reader, isCold: false }]
      case 'heard':
        return [state, timer.silence(attempt)]
      case 'silent':
        return stop(attempt, [], nobody, { type: 'lost', attempt })
      case 'linger-over':
      case 'ended':
      case 'close':
        return stop(attempt, [], nobody)
      default:
        return [state]
    }
  }

  const stopping = (state: Of<'stopping'>, event: RelayEvent): Decision => {
    const { attempt, leaving, waiting, resumed, losses } = state
    const done = (...effects: readonly Effect[]): Decision => {
      const over: readonly Effect[] = [{ type: 'cancel', name: 'stop' }, ...effects, { type: 'release', readers: leaving }]
      if (waiting.length === 0 && resumed.length === 0) return [{ name: 'idle', attempt }, ...over]
      // After a retry of a restarted stream there may be nobody but those who stayed: the next way is tried at once, a loss waits.
      if (waiting.length === 0 && state.way === 0) return [{ name: 'resting', attempt, resumed, losses }, ...over, timer.rest(attempt, losses)]
      const [next, ...beginning] = start(attempt + 1, state)
      return [next, ...over, ...beginning]
    }
    switch (event.type) {
      case 'join':
        return [{ ...state, waiting: [...waiting, { id: event.reader, kind: event.kind }] }]
      case 'leave': {
        const release: Effect = { type: 'release', readers: [event.reader] }
        if (has(resumed, event.reader)) return [{ ...state, resumed: without(resumed, event.reader) }, release]
        if (!has(waiting, event.reader)) return [state]
        return [{ ...state, waiting: without(waiting, event.reader) }, { type: 'reject', readers: [event.reader], failure: leftEarly }, release]
      }
      case 'stopped':
        return done()
      case 'stop-timeout':
        return done({ type: 'abandon', attempt })
      case 'close': {
        if (waiting.length + resumed.length === 0) return [state]
        const reject: readonly Effect[] = waiting.length > 0 ? [{ type: 'reject', readers: ids(waiting), failure: closing }] : []
        return [{ ...state, ...nobody }, ...reject, ...ending(resumed, closing.detail), { type: 'release', readers: [...ids(waiting), ...ids(resumed)] }]
      }
      default:
        return [state]
    }
  }

  const resting = (state: Of<'resting'>, event: RelayEvent): Decision => {
    const { attempt, resumed, losses } = state
    const awake: Effect = { type: 'cancel', name: 'rest' }
    const again = (waiting: Readers): Decision => {
      const [next, ...beginning] = start(attempt + 1, { waiting, resumed, way: 0, losses })
      return [next, awake, ...beginning]
    }
    switch (event.type) {
      case 'join':
        return again([{ id: event.reader, kind: event.kind }])
      case 'leave': {
        if (!has(resumed, event.reader)) return [state]
        const rest = without(resumed, event.reader)
        const release: Effect = { type: 'release', readers: [event.reader] }
        return rest.length > 0 ? [{ ...state, resumed: rest }, release] : [{ name: 'idle', attempt }, awake, release]
      }
      case 'rested':
        return again([])
      case 'close':
        return [{ name: 'idle', attempt }, awake, ...ending(resumed, closing.detail), { type: 'release', readers: ids(resumed) }]
      default:
        return [state]
    }
  }

  return (state, event) => {
    if ('attempt' in event && event.attempt !== state.attempt) return [state]
    switch (state.name) {
      case 'idle':
        return event.type === 'join' ? start(state.attempt + 1, { ...nobody, waiting: [{ id: event.reader, kind: event.kind }] }) : [state]
      case 'starting':
        return starting(state, event)
      case 'live':
        return live(state, event)
      case 'lingering':
        return lingering(state, event)
      case 'stopping':
        return stopping(state, event)
      case 'resting':
        return resting(state, event)
    }
  }
}

/** Who hears the wire now: those in the stream, and those whose leaving (or failing) is not yet confirmed, so that they hear the BYE too. */
export function listeners(state: RelayState): readonly ReaderId[] {
  switch (state.name) {
    case 'starting':
      return [...ids(state.readers), ...ids(state.resumed)]
    case 'live':
      return ids(state.readers)
    case 'stopping':
      return [...state.leaving, ...ids(state.resumed)]
    case 'idle':
    case 'lingering':
    case 'resting':
      return []
  }
}

const leftEarly: JoinFailure = { ok: false, reason: 'stopped', detail: 'the reader left before the stream was live' }
const closing: JoinFailure = { ok: false, reason: 'stopped', detail: 'the service is stopping' }

const isInspector = ({ kind }: RelayReader): boolean => kind === 'inspector'
const ids = (readers: Readers): readonly ReaderId[] => readers.map(({ id }) => id)
const has = (readers: Readers, reader: ReaderId): boolean => readers.some(({ id }) => id === reader)
const without = (readers: Readers, reader: ReaderId): Readers => readers.filter(({ id }) => id !== reader)
const ending = (readers: Readers, reason: string): readonly Effect[] => (readers.length > 0 ? [{ type: 'end', readers: ids(readers), reason }] : [])

/** Another transport may help where none came over this one, or where it was refused as such: 488 and its kin (Q77). */
const mayHelp = ({ reason, sipStatus }: JoinFailure): boolean => reason === 'no-media' || reason === 'no-answer' || (reason === 'refused' && (sipStatus === 488 || sipStatus === 415 || sipStatus === 606))

/** The first thing that a start still lacked when it ended. */
function missing(progress: Progress, why: string): JoinFailure {
  if (!progress.isAnswered) return { ok: false, reason: 'no-answer', detail: `no answer to the request for media: ${why}` }
  if (!progress.hasPacket) return { ok: false, reason: 'no-media', detail: `answered, but no RTP packet came: ${why}` }
  return { ok: false, reason: 'no-keyframe', detail: `media came, but no keyframe with parameter sets: ${why}` }
}
