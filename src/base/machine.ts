// Runs a pure step function as a live thing: one inbox, no re-entry, state set before effects are done, timers as events.
import type { Cancel, Clock } from './clock.ts'
import type { Log } from './log.ts'

/** Effects every machine shares; a machine adds its own kinds beside them. */
export type TimerEffect<Event> =
  | { readonly type: 'timer'; readonly name: string; readonly ms: number; readonly event: Event }
  | { readonly type: 'cancel'; readonly name: string }

/** A decision: the state that follows and what to do about it. Nothing here may open, wait or throw. */
export type Step<State, Event, Effect> = (state: State, event: Event, nowUs: number) => readonly [State, ...Effect[]]

export interface MachineOptions<State, Event, Effect> {
  readonly initial: State
  readonly step: Step<State, Event, Effect | TimerEffect<Event>>
  /** Does what the step asked for. May call `send` at once: the event waits in the inbox. */
  readonly perform: (effect: Exclude<Effect, TimerEffect<Event>>, send: (event: Event) => void) => void
  readonly clock: Clock
  readonly log: Log
  /** Said with each transition, so that one live thing can be followed through the log. */
  readonly label: Readonly<Record<string, unknown>>
}

export interface Machine<State, Event> {
  readonly send: (event: Event) => void
  readonly state: () => State
  /** Names of the timers that are running; empty when a machine has come to its end. */
  readonly timers: () => readonly string[]
  /** Drops all timers and ignores what still arrives. */
  readonly close: () => void
}

export function runMachine<State extends { readonly name: string }, Event extends { readonly type: string }, Effect extends { readonly type: string }>(
  options: MachineOptions<State, Event, Effect>,
): Machine<State, Event> {
  const { step, perform, clock, log, label } = options
  const timers = new Map<string, Cancel>()
  const inbox: Event[] = []
  let state = options.initial
  let busy = false
  let closed = false

  const cancel = (name: string): void => {
    timers.get(name)?.()
    timers.delete(name)
  }
  const act = (effect: Effect | TimerEffect<Event>): void => {
    if (effect.type === 'timer') {
      const timer = effect as Extract<TimerEffect<Event>, { type: 'timer' }>
      cancel(timer.name)
      timers.set(
        timer.name,
        clock.after(timer.ms, () => {
          timers.delete(timer.name)
          send(timer.event)
        }),
      )
    } else if (effect.type === 'cancel') {
      cancel((effect as Extract<TimerEffect<Event>, { type: 'cancel' }>).name)
    } else {
      perform(effect as Exclude<Effect, TimerEffect<Event>>, send)
    }
  }
  const send = (event: Event): void => {
    if (closed) return
    inbox.push(event)
    if (busy) return
    busy = true
    try {
      for (let next = inbox.shift(); next; next = inbox.shift()) {
        const before = state
        const [after, ...effects] = step(before, next, clock.nowUs())
        state = after
        if (after.name !== before.name) log.debug({ ...label, from: before.name, to: after.name, event: next.type }, 'transition')
        for (const effect of effects) act(effect)
      }
    } finally {
      busy = false
    }
  }
  return {
    send,
    state: () => state,
    timers: () => [...timers.keys()],
    close: () => {
      closed = true
      for (const name of [...timers.keys()]) cancel(name)
      inbox.length = 0
    },
  }
}
