// Keepalives of one device: the last exchange whole, the earlier ones counted. GB/T 28181-2022 9.6.1.
// 10,000 devices say one a minute each: kept one by one they would push out everything else.
import { costOf, type KeptMessage, type KeptRun } from './types.ts'

export interface Keepalives {
  /** A keepalive that we have not answered yet, and its Call-ID and CSeq. */
  waiting?: { readonly message: KeptMessage; readonly call: string }
  /** The count so far. */
  run?: KeptRun
  /** The last exchange that went as always. */
  whole: readonly KeptMessage[]
}

/** A keepalive came; returns what turned out not to be the usual exchange: one that was never answered. */
export function keepaliveCame(state: Keepalives, message: KeptMessage, call: string): readonly KeptMessage[] {
  const before = state.waiting
  // The same once more: the device did not hear our answer, or we are slow.
  if (before?.call === call) return [message]
  state.waiting = { message, call }
  return before ? [before.message] : []
}

/** Our answer to the one that waits; returns what is to be kept by itself: both, when it is no 200. `seq` numbers a count that begins. */
export function keepaliveAnswered(state: Keepalives, message: KeptMessage, status: number, seq: () => number): readonly KeptMessage[] {
  const request = state.waiting?.message
  delete state.waiting
  if (!request) return [message]
  if (status !== 200) return [request, message]
  state.run = count(state.run, request, seq)
  state.whole = [request, message]
  return []
}

function count(run: KeptRun | undefined, { atUs, remote }: KeptMessage, seq: () => number): KeptRun {
  if (!run) return { kind: 'run', what: 'keepalives', seq: seq(), atUs, lastUs: atUs, count: 1, remote }
  const gapMs = Math.round((atUs - run.lastUs) / 1000)
  return { ...run, count: run.count + 1, lastUs: atUs, remote, shortestMs: Math.min(run.shortestMs ?? gapMs, gapMs), longestMs: Math.max(run.longestMs ?? gapMs, gapMs) }
}

export const keepaliveBytes = ({ whole, run }: Keepalives): number => whole.reduce((sum, message) => sum + costOf(message), run ? costOf(run) : 0)
