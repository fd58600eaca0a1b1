// All movements that are held, by camera: whoever opens one here has it stopped, whatever becomes of him. GB/T 28181-2022 9.3, A.3.
import { runMachine, type Clock, type Log, type Machine } from '../../base/index.ts'
import type { ExchangeOutcome } from '../exchange/asking.ts'
import type { PtzCommand } from '../manscdp/control.ts'
import { leaseStart, leaseStep, type LeaseEffect, type LeaseEvent, type LeaseState, type Motion, type Sent } from './lease.ts'
import { writePtz } from './ptz.ts'

export interface MovesOptions {
  /** The user agent's `command`. */
  readonly send: (deviceId: string, channelId: string, command: PtzCommand) => Promise<ExchangeOutcome<unknown>>
  /** Whether a message could leave for this device at all; then one that fails counts as under way no longer. */
  readonly isReachable?: (deviceId: string) => boolean
  readonly clock: Clock
  readonly log: Log
}

export interface Target {
  readonly deviceId: string
  readonly channelId: string
}
export interface MoveRequest extends Target {
  /** Who holds it: a session, not a person. */
  readonly owner: string
  readonly motion: Motion
  /** It stops by itself after this unless the same call comes again; 200 to 15,000, 1,000 when absent. */
  readonly holdMs?: number
}
export interface Movement extends Target {
  readonly part: 'ptz' | 'lens'
  readonly state: 'moving' | 'stopping'
  readonly owner?: string
}

export interface Moves {
  /**
   * Begins, changes or renews a movement; resolves with what became of its message (at once for a renewal). Whoever comes later takes
   * over. Rejects with ParseError `ptz.range` for speeds that do not exist.
   */
  readonly move: (request: MoveRequest) => Promise<ExchangeOutcome<unknown>>
  /**
   * Stops what this owner moves; the movement of another goes on. Without an owner everything of the camera stops, cruises and scans
   * too. Resolves with what became of the first stop; more follow until the device takes one.
   */
  readonly stop: (target: Target & { readonly owner?: string }) => Promise<ExchangeOutcome<unknown>>
  /** The device is there again: stops that wait for it leave at once. */
  readonly returned: (deviceId: string) => void
  readonly movements: () => readonly Movement[]
  readonly stats: () => { readonly moving: number; readonly stopping: number; readonly lostStops: number }
  /** Stops everything and takes no more; waits for the devices, but no longer than `withinMs`. */
  readonly close: (withinMs?: number) => Promise<void>
}

/** Ours: cameras that move at once. */
const maxMovements = 2_000
const shortestHoldMs = 200
const longestHoldMs = 15_000
/** Ours: past the longest time that an exchange takes to end. */
const sendMs = 60_000
/** RFC 3261 timer F: an exchange may end before its message is sent for the last time. */
const copiesMs = 32_000

interface Live {
  readonly target: Target
  readonly part: 'ptz' | 'lens'
  readonly machine: Machine<LeaseState, LeaseEvent>
  /** Of the last message sent. */
  outcome: Promise<ExchangeOutcome<unknown>>
}

export function createMoves({ send, isReachable = () => true, clock, log }: MovesOptions): Moves {
  const live = new Map<string, Live>()
  let lostStops = 0
  let isClosed = false
  let onEmpty: (() => void) | undefined
  const guards = new Set<() => void>()

  const nothingSent: Promise<ExchangeOutcome<unknown>> = Promise.resolve({ ok: true, value: undefined })

  const guard = (ms: number, then: () => void): (() => void) => {
    const cancel = clock.after(ms, () => {
      guards.delete(cancel)
      then()
    })
    guards.add(cancel)
    return () => {
      guards.delete(cancel)
      cancel()
    }
  }
  /** Always ends: an exchange that does not counts as one that may have arrived. A motion without an answer is under way as long as copies of it are. */
  const deliver = (target: Target, isStop: boolean, command: PtzCommand, told: (sent: Sent) => void): Promise<ExchangeOutcome<unknown>> => {
    if (!isReachable(target.deviceId)) {
      told('not-sent')
      return Promise.resolve({ ok: false, reason: 'offline', detail: `${target.deviceId} is offline` })
    }
    const late = Promise.withResolvers<ExchangeOutcome<unknown>>()
    const beganUs = clock.nowUs()
    const cancel = guard(sendMs, () => late.resolve({ ok: false, reason: 'no-answer', detail: `no end within ${sendMs} ms` }))
    const outcome = Promise.race([send(target.deviceId, target.channelId, command), late.promise]).catch((error: unknown): ExchangeOutcome<unknown> => {
      log.error({ ...target, error }, 'a PTZ command failed')
      return { ok: false, reason: 'refused', detail: 'the command failed here' }
    })
    void outcome.then((ended) => {
      cancel()
      if (ended.ok) return told('taken')
      if (ended.reason === 'busy') return told('not-sent')
      const leftMs = copiesMs - (clock.nowUs() - beganUs) / 1000
      if (isStop || leftMs <= 0) told('unsure')
      else guard(leftMs, () => told('unsure'))
    })
    return outcome
  }

  const open = (key: string, target: Target, part: Live['part']): Live => {
    const machine = runMachine<LeaseState, LeaseEvent, LeaseEffect>({
      initial: leaseStart,
      step: leaseStep,
      perform: (effect, tell) => {
        if (effect.type === 'rested') {
          live.delete(key)
          machine.close()
          if (!effect.isStopped) {
            lostStops++
            log.warn({ ...target, part, tries: effect.tries }, 'no stop was taken: the camera may still move')
          }
          if (live.size === 0) onEmpty?.()
          return
        }
        const code = writePtz(effect.motion === 'stop' ? { kind: part === 'ptz' ? 'stop' : 'lens-stop' } : effect.motion)
        opened.outcome = deliver(target, effect.motion === 'stop', { kind: 'ptz', code }, (sent) => tell({ type: 'sent', attempt: effect.attempt, sent }))
      },
      clock, log, label: { ...target, part, machine: 'lease' },
    })
    const opened: Live = { target, part, machine, outcome: nothingSent }
    live.set(key, opened)
    return opened
  }
  const keyOf = ({ deviceId, channelId }: Target, part: Live['part']): string => `${deviceId} ${channelId} ${part}`

  /** Tells a machine, and gives the outcome of the message that it sent for it, if it sent one. */
  const tell = (at: Live, event: LeaseEvent): Promise<ExchangeOutcome<unknown>> => {
    at.outcome = nothingSent
    at.machine.send(event)
    return at.outcome
  }

  return {
    move: async ({ deviceId, channelId, owner, motion, holdMs = 1_000 }) => {
      writePtz(motion)
      if (isClosed) return { ok: false, reason: 'stopped', detail: 'the service is stopping' }
      const part = motion.kind === 'move' ? 'ptz' : 'lens'
      const target = { deviceId, channelId }
      const key = keyOf(target, part)
      if (!live.has(key) && live.size >= maxMovements) return { ok: false, reason: 'busy', detail: `${maxMovements} cameras move already` }
      const hold = Math.min(longestHoldMs, Math.max(shortestHoldMs, Math.round(holdMs) || shortestHoldMs))
      return tell(live.get(key) ?? open(key, target, part), { type: 'move', owner, motion, holdMs: hold })
    },
    stop: async ({ deviceId, channelId, owner }) => {
      const target = { deviceId, channelId }
      const moving = (['ptz', 'lens'] as const).map((part) => live.get(keyOf(target, part))).filter((found) => found !== undefined)
      if (owner !== undefined) return worst(await Promise.all(moving.map((found) => tell(found, { type: 'release', owner }))))
      if (isClosed) return { ok: false, reason: 'stopped', detail: 'the service is stopping' }
      // A cruise or a scan runs without a lease: it is stopped as a pan is.
      const isPtzLive = moving.some(({ part }) => part === 'ptz')
      const all = isPtzLive ? moving : [...moving, open(keyOf(target, 'ptz'), target, 'ptz')]
      return worst(await Promise.all(all.map((found) => tell(found, { type: 'release' }))))
    },
    returned: (deviceId) => {
      for (const found of [...live.values()]) if (found.target.deviceId === deviceId) found.machine.send({ type: 'again' })
    },
    movements: () =>
      [...live.values()].map(({ target, part, machine }) => {
        const state = machine.state()
        return { ...target, part, state: state.name === 'moving' ? 'moving' : 'stopping', ...(state.name === 'moving' && { owner: state.owner }) }
      }),
    stats: () => {
      const moving = [...live.values()].filter(({ machine }) => machine.state().name === 'moving').length
      return { moving, stopping: live.size - moving, lostStops }
    },
    close: async (withinMs = 5_000) => {
      isClosed = true
      const ended = Promise.withResolvers<void>()
      onEmpty = ended.resolve
      for (const { machine } of [...live.values()]) machine.send({ type: 'close' })
      if (live.size > 0) {
        const cancel = clock.after(withinMs, ended.resolve)
        await ended.promise
        cancel()
      }
      for (const { target, part, machine } of live.values()) {
        lostStops++
        log.warn({ ...target, part }, 'closed before the device took the stop: the camera may still move')
        machine.close()
      }
      live.clear()
      for (const cancel of guards) cancel()
    },
  }
}

/** One that failed, else one that did not. */
const worst = (outcomes: readonly ExchangeOutcome<unknown>[]): ExchangeOutcome<unknown> => outcomes.find(({ ok }) => !ok) ?? outcomes[0] ?? { ok: true, value: undefined }
