// The four times of an attempt, and those between, laid out on one line: where each mark stands, and on which row its label has room.
import type { AttemptTimes } from '../../../api/schema/index.ts'

export const steps = ['invite', 'trying', 'ok', 'ack', 'firstPacket', 'firstKeyframe', 'firstPicture'] as const
export type Step = (typeof steps)[number]

export interface Mark {
  readonly step: Step
  readonly ms: number
  /** 0 the INVITE, 1 the end of the scale. */
  readonly at: number
  readonly row: number
}
export interface AttemptLine {
  readonly marks: readonly Mark[]
  readonly ticks: readonly number[]
  readonly endMs: number
  readonly rows: number
}

/** 1, 2 or 5 with noughts: about five ticks. */
function tickOf(endMs: number): number {
  const rough = Math.max(endMs, 1) / 5
  const power = 10 ** Math.floor(Math.log10(rough))
  return ([1, 2, 5].find((factor) => factor * power >= rough) ?? 10) * power
}

/** `leastMs`: the scale reaches at least so far, so that attempts beside each other have one scale. `room`: part of the line that a label takes. */
export function attemptLine(times: AttemptTimes, leastMs: number, room = 0.16): AttemptLine {
  const known = steps.flatMap((step): readonly { readonly step: Step; readonly ms: number }[] => {
    const ms = step === 'invite' ? 0 : times[step]
    return ms === undefined ? [] : [{ step, ms }]
  }).toSorted((a, b) => a.ms - b.ms)
  const tick = tickOf(Math.max(leastMs, known.at(-1)?.ms ?? 0))
  const endMs = Math.max(tick, Math.ceil(Math.max(leastMs, known.at(-1)?.ms ?? 0) / tick) * tick)
  const taken: number[] = []
  const marks = known.map(({ step, ms }): Mark => {
    const at = ms / endMs
    const free = taken.findIndex((until) => until <= at)
    const row = free === -1 ? taken.length : free
    taken[row] = at + room
    return { step, ms, at, row }
  })
  return { marks, ticks: Array.from({ length: Math.round(endMs / tick) + 1 }, (_none, index) => index * tick), endMs, rows: Math.max(1, taken.length) }
}
