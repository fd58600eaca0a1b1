// The engine of a replay: the device's side of a recorded conversation is played, our side compared. Pure: sockets and waiting are io/replay.ts.
import type { RandomBytes } from '../base/index.ts'
import { header, type SipMessage } from '../sip/index.ts'
import type { Dialogue, Endpoint } from './recording/dialogue.ts'
import { createLate, keyOfResponse, type Cast, type Written } from './recording/late.ts'
import { kindInLine, kindOf, reduce } from './recording/reduce.ts'
import type { Step } from './recording/script.ts'

export type SendStep = Extract<Step, { type: 'send' }>
export type ExpectStep = Extract<Step, { type: 'expect' }>

export type Judgement =
  /** Nothing of that kind has come yet. */
  | { readonly type: 'waiting' }
  | { readonly type: 'same'; readonly got: string }
  | { readonly type: 'different'; readonly expected: string; readonly got: string }

export interface Replay {
  /** Bytes of a step; undefined when it answers a request that never came. */
  readonly bytesOf: (step: SendStep, local: Endpoint) => Written | undefined
  /** Something our side said; a request said again is passed over. */
  readonly take: (message: SipMessage) => void
  /** Looks for what a step expects among what came; what was found is learned from and used up. */
  readonly judge: (step: ExpectStep) => Judgement
  /** What a step that waited in vain should say. */
  readonly missed: (step: ExpectStep) => Judgement
  /** What our side said and no step expected. */
  readonly leftOver: () => readonly string[]
}

/** Ours: what may lie unread. */
const maxUnread = 5_000

export function createReplay(dialogue: Dialogue, cast: Cast, random: RandomBytes): Replay {
  const late = createLate(dialogue, cast, random)
  const names = { deviceId: cast.deviceId, serverId: cast.serverId }
  const unread: SipMessage[] = []
  const seen = new Set<string>()
  let dropped = 0

  const find = (step: ExpectStep): number => {
    const { recorded } = step
    if (recorded?.message?.kind === 'response') {
      const key = late.answerKey(recorded.message)
      return unread.findIndex((message) => message.kind === 'response' && keyOfResponse(message) === key)
    }
    return unread.findIndex((message) => kindOf(message) === step.kind)
  }
  return {
    bytesOf: (step, local) => late.write(step.recorded, local),
    take: (message) => {
      if (message.kind === 'request') {
        const key = JSON.stringify([header(message, 'Via'), header(message, 'CSeq'), header(message, 'Call-ID')])
        if (message.method !== 'ACK' && seen.has(key)) return
        seen.add(key)
      }
      if (unread.length < maxUnread) unread.push(message)
      else dropped++
    },
    judge: (step) => {
      const at = find(step)
      const [message] = at < 0 ? [] : unread.splice(at, 1)
      if (!message) return { type: 'waiting' }
      if (step.recorded) late.learn(step.recorded, message)
      const got = reduce(message, names)
      return got === step.line ? { type: 'same', got } : { type: 'different', expected: step.line, got }
    },
    missed: (step) => {
      const instead = unread.map((message) => reduce(message, names)).filter((line) => kindInLine(line) !== step.kind)
      return { type: 'different', expected: step.line, got: instead.length === 0 ? 'nothing' : `nothing of the kind, but ${instead.slice(0, 3).join(' and ')}` }
    },
    leftOver: () => [...unread.map((message) => reduce(message, names)), ...(dropped > 0 ? [`${dropped} more`] : [])],
  }
}
