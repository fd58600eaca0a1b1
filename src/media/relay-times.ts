// How long a relay waits for what, and the timers that say so.
import type { TimerEffect } from '../base/index.ts'
import type { RelayEvent } from './relay-state.ts'

export interface RelayTimes {
  /** From the start to the camera's answer. 10 s: WVP's play time-out. */
  readonly answerMs: number
  /** From the answer to the first RTP packet. */
  readonly firstPacketMs: number
  /** From the first packet (or the answer, if later) to the first keyframe with parameter sets. */
  readonly firstKeyframeMs: number
  /** From the answer to the next way, where there is one and no packet came: viewers wait no longer for what works. */
  readonly nextWayMs: number
  /** From the first packet to the one request for a keyframe. Q99. */
  readonly askKeyframeMs: number
  /** Without RTP for this long a live stream is ended; noticed within one second more. */
  readonly silenceMs: number
  /** Pauses before a lost stream is asked for again: the first, the second …, the last from then on. None: a loss is the end. */
  readonly restartMs: readonly number[]
  /** A stream that lived so long was no failure: the next loss begins with the first pause. */
  readonly steadyMs: number
  /** How long a stream outlives its last reader. 20 s: ZLMediaKit's default. */
  readonly lingerMs: number
  /** How long a BYE may go unconfirmed before the port is given back without it. */
  readonly stopMs: number
}

export const defaultRelayTimes: RelayTimes = {
  answerMs: 10_000,
  firstPacketMs: 10_000,
  firstKeyframeMs: 10_000,
  nextWayMs: 6_000,
  askKeyframeMs: 2_000,
  silenceMs: 5_000,
  restartMs: [1_000, 2_000, 4_000, 8_000, 16_000, 30_000],
  steadyMs: 30_000,
  lingerMs: 20_000,
  stopMs: 5_000,
}

/** Media is told to the machine at most this often. */
export const heardEveryMs = 1_000

type Timer = TimerEffect<RelayEvent>
interface Come {
  readonly isAnswered: boolean
  readonly hasPacket: boolean
}

export function relayTimers(times: RelayTimes) {
  const set = (name: string, ms: number, event: RelayEvent): Timer => ({ type: 'timer', name, ms, event })
  const cancel = (name: string): Timer => ({ type: 'cancel', name })
  const patienceMs = ({ isAnswered, hasPacket }: Come): number => (!isAnswered ? times.answerMs : hasPacket ? times.firstKeyframeMs : times.firstPacketMs)
  return {
    patienceMs,
    answer: (attempt: number): Timer => set('start', times.answerMs, { type: 'start-timeout', attempt }),
    patience: (attempt: number, progress: Come): Timer => set('start', patienceMs(progress), { type: 'start-timeout', attempt }),
    nextWay: (attempt: number): Timer => set('way', times.nextWayMs, { type: 'next-way', attempt }),
    keyframe: (attempt: number): Timer => set('keyframe', times.askKeyframeMs, { type: 'keyframe-late', attempt }),
    steady: (attempt: number): Timer => set('steady', times.steadyMs, { type: 'steady', attempt }),
    silence: (attempt: number): Timer => set('silence', times.silenceMs + heardEveryMs, { type: 'silent', attempt }),
    linger: (attempt: number): Timer => set('linger', times.lingerMs, { type: 'linger-over', attempt }),
    stop: (attempt: number): Timer => set('stop', times.stopMs, { type: 'stop-timeout', attempt }),
    rest: (attempt: number, losses: number): Timer => set('rest', times.restartMs[Math.min(losses, times.restartMs.length) - 1] ?? 0, { type: 'rested', attempt }),
    /** Those of a start that has succeeded. */
    started: (): readonly Timer[] => ['start', 'way', 'keyframe'].map(cancel),
    none: (): readonly Timer[] => ['start', 'way', 'keyframe', 'steady', 'silence', 'linger'].map(cancel),
  }
}
