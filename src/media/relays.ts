// All relays of the service: runs one relay machine per camera stream and carries out what it decides.
import { runMachine, type Clock, type Log } from '../base/index.ts'
import { beginAttempt } from './attempt.ts'
import type { Attempt, AttemptParts } from './attempt-types.ts'
import { createEndedSessions } from './ended.ts'
import { describeStream } from './describe-stream.ts'
import { listeners, relayStep } from './relay.ts'
import type { JoinFailure, ReaderId, RelayEffect, RelayEvent, RelayState } from './relay-state.ts'
import { defaultRelayTimes, type RelayTimes } from './relay-times.ts'
import type { AccessUnit, JoinOutcome, Membership, ReaderOptions, Relays, StreamFigures, StreamKey, WireEvent } from './types.ts'

export interface RelaysOptions extends AttemptParts {
  readonly clock: Clock
  readonly log: Log
  readonly timeouts?: Partial<RelayTimes>
}

export function createRelays(given: RelaysOptions): Relays {
  const options: RelaysOptions = { ended: createEndedSessions(given.clock), ...given }
  const relays = new Map<StreamKey, Relay>()
  let closing: Promise<void> | undefined

  return {
    join: (camera, reader) => {
      if (closing) return refusal({ ok: false, reason: 'stopped', detail: 'the service is stopping' })
      let relay = relays.get(camera)
      if (!relay) {
        relay = createRelay(camera, options, () => relays.delete(camera))
        relays.set(camera, relay)
      }
      return relay.join(reader)
    },
    list: () => [...relays.values()].flatMap((relay) => relay.figures() ?? []),
    close: () => {
      closing ??= Promise.all([...relays.values()].map((relay) => relay.close())).then(() => undefined)
      return closing
    },
  }
}

const refusal = (failure: JoinFailure): Membership => ({ joined: Promise.resolve(failure), leave: () => Promise.resolve() })

/** Many newcomers at once need one keyframe. */
const askAgainUs = 2_000_000

interface Relay {
  readonly join: (reader: ReaderOptions) => Membership
  readonly figures: () => StreamFigures | undefined
  /** Resolves when the camera has confirmed or was given up. */
  readonly close: () => Promise<void>
}

/** A reader from join to release. */
interface Member {
  readonly options: ReaderOptions
  readonly settle: (outcome: JoinOutcome) => void
  readonly release: () => void
  isGone: boolean
  /** Stops its units; there once it was admitted. */
  detach?: () => void
}

function createRelay(camera: StreamKey, options: RelaysOptions, onIdle: () => void): Relay {
  const { clock, log } = options
  const idle = Promise.withResolvers<void>()
  const members = new Map<ReaderId, Member>()
  let nextReader: ReaderId = 1
  /** Members that want the wire. */
  let ears = 0
  let attempt: Attempt | undefined
  let liveSinceUs: number | undefined
  /** The last picture of the stream that was lost, for the one that goes on. */
  let lost: ReturnType<Attempt['stream']['last']>
  let restarts = 0
  let keyframeRequests = 0
  let askedUs = -askAgainUs

  /** A reader's callback that throws is a bug of that reader: it costs the reader, never the stream. */
  const guard = (id: ReaderId, member: Member, call: () => void): void => {
    try {
      call()
    } catch (error) {
      log.error({ camera, reader: member.options.kind, error }, 'a reader of the stream broke')
      leave(id, member, true)
    }
  }
  const leave = (id: ReaderId, member: Member, linger: boolean): void => {
    member.isGone = true
    member.detach?.()
    machine.send({ type: 'leave', reader: id, linger })
  }
  const each = (ids: readonly ReaderId[], action: (member: Member, id: ReaderId) => void): void => {
    for (const id of ids) {
      const member = members.get(id)
      if (member) action(member, id)
    }
  }
  const onWire = (number: number, event: WireEvent): void => {
    const state = machine.state()
    if (state.attempt === number) each(listeners(state), (member, id) => guard(id, member, () => member.options.onWire?.(event)))
  }
  const admit = (id: ReaderId, member: Member, isCold: boolean): void => {
    liveSinceUs ??= clock.nowUs()
    member.settle({ ok: true, isCold })
    attach(id, member)
  }
  const attach = (id: ReaderId, member: Member): void => {
    const { onUnit, onAudio, isBrief } = member.options
    if (!onUnit || member.isGone) return
    const detach = attempt?.stream.attach(
      (unit: AccessUnit) => {
        if (!member.isGone) guard(id, member, () => onUnit(unit))
      },
      onAudio && ((frame) => {
        if (!member.isGone) guard(id, member, () => onAudio(frame))
      }),
      isBrief,
    )
    if (!detach) return
    // The GOP was too long to be kept: the newcomer would wait for its end.
    if (attempt?.stream.isJoinable() === false) machine.send({ type: 'stale', attempt: machine.state().attempt })
    member.detach = detach
    if (member.isGone) detach()
  }
  const perform = (effect: RelayEffect): void => {
    if ('failure' in effect && effect.failure.reason === 'no-media') attempt?.vain()
    switch (effect.type) {
      case 'start': {
        const number = effect.attempt
        liveSinceUs = undefined
        attempt = beginAttempt(
          camera,
          options,
          { tell: (event) => machine.send({ ...event, attempt: number }), onWire: (event) => onWire(number, event), isHeard: () => ears > 0 },
          { way: effect.way, isMeasured: effect.isMeasured, ...(lost && { after: lost }) },
        )
        return
      }
      case 'lost':
        return attempt?.mediaLost()
      case 'stop':
        return attempt?.stop()
      case 'abandon':
        log.warn({ camera }, 'the camera did not confirm the end of its stream in time')
        void attempt?.abandon()
        return
      case 'admit':
        return each([effect.reader], (member, id) => admit(id, member, effect.isCold))
      case 'reject':
        log.info({ camera, readers: effect.readers.length, ...effect.failure }, 'stream not started')
        return each(effect.readers, (member) => member.settle(effect.failure))
      case 'end':
        log.info({ camera, readers: effect.readers.length, reason: effect.reason }, 'stream ended')
        return each(effect.readers, (member, id) => {
          member.detach?.()
          if (!member.isGone) guard(id, member, () => member.options.onEnd?.(effect.reason))
        })
      case 'pause':
        restarts++
        lost = attempt?.stream.last()
        log.warn({ camera, viewers: effect.readers.length, reason: effect.reason }, 'stream lost; it will be asked for again')
        return each(effect.readers, (member) => member.detach?.())
      case 'resume':
        liveSinceUs ??= clock.nowUs()
        lost = undefined
        log.info({ camera, viewers: effect.readers.length }, 'stream is here again')
        return each(effect.readers, (member, id) => attach(id, member))
      case 'retry':
        log.info({ camera, transport: attempt?.transport(), ...effect.failure }, 'this transport brought no media; the next is tried')
        return
      case 'missed':
        log.info({ camera, ...effect.failure }, 'stream is not here again yet')
        return
      case 'ask-keyframe': {
        const nowUs = clock.nowUs()
        if (nowUs - askedUs < askAgainUs) return
        askedUs = nowUs
        keyframeRequests++
        return attempt?.requestKeyframe()
      }
      case 'release':
        each(effect.readers, (member, id) => {
          members.delete(id)
          if (member.options.onWire) ears--
          member.release()
        })
        if (machine.state().name !== 'idle') return
        idle.resolve()
        onIdle()
    }
  }
  const machine = runMachine<RelayState, RelayEvent, RelayEffect>({
    initial: { name: 'idle', attempt: 0 },
    step: relayStep({ ...defaultRelayTimes, ...options.timeouts }),
    perform,
    clock,
    log,
    label: { camera },
  })

  return {
    join: (reader) => {
      const id = nextReader++
      const joined = Promise.withResolvers<JoinOutcome>()
      const released = Promise.withResolvers<void>()
      const member: Member = { options: reader, settle: joined.resolve, release: released.resolve, isGone: false }
      members.set(id, member)
      if (reader.onWire) ears++
      machine.send({ type: 'join', reader: id, kind: reader.kind })
      return {
        joined: joined.promise,
        leave: (how) => {
          leave(id, member, how?.linger ?? true)
          return released.promise
        },
      }
    },
    figures: () => describeStream(camera, machine.state().name, attempt, {
      viewers: [...members.values()].filter((member) => member.options.kind === 'viewer' && !member.isGone).length,
      nowUs: clock.nowUs(),
      liveSinceUs,
      restarts,
      keyframeRequests,
    }),
    close: () => {
      machine.send({ type: 'close' })
      return idle.promise
    },
  }
}
