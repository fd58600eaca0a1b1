// Keepalives of one device: the last exchange whole, the earlier ones counted. GB/T 28181-2022 9.6.1.
// 10,000 devices say one a minute each: kept one by one they would push out everything else.
import type { KeptMessage, KeptRun } from './types.ts'

export interface Keepalives {
  /** A keepalive came; returns what turned out not to be the usual exchange: one that was never answered. */
  readonly request: (message: KeptMessage, call: string) => readonly KeptMessage[]
  /** Whether the keepalive of that call waits for its answer. */
  readonly awaits: (call: string) => boolean
  /** Our answer; returns what is to be kept by itself: both, when it is no 200. */
  readonly response: (message: KeptMessage, call: string, status: number) => readonly KeptMessage[]
  /** The count so far; undefined before the first. */
  readonly run: () => KeptRun | undefined
  /** The last exchange that went as always. */
  readonly whole: () => readonly KeptMessage[]
  /** Something changed: the next keepalive begins a new count. Returns the one that ends. */
  readonly close: () => KeptRun | undefined
}

export function createKeepalives(nextSeq: () => number): Keepalives {
  let waiting: { readonly message: KeptMessage; readonly call: string } | undefined
  let run: KeptRun | undefined
  let last: readonly KeptMessage[] = []

  const count = (request: KeptMessage): KeptRun => {
    const { atUs, remote } = request
    if (!run) return { kind: 'run', what: 'keepalives', seq: nextSeq(), atUs, lastUs: atUs, count: 1, remote }
    const gapMs = Math.round((atUs - run.lastUs) / 1000)
    return { ...run, count: run.count + 1, lastUs: atUs, remote, shortestMs: Math.min(run.shortestMs ?? gapMs, gapMs), longestMs: Math.max(run.longestMs ?? gapMs, gapMs) }
  }
  return {
    request: (message, call) => {
      const before = waiting
      // The same once more: the device did not hear our answer, or we are slow.
      if (before?.call === call) return [message]
      waiting = { message, call }
      return before ? [before.message] : []
    },
    awaits: (call) => waiting?.call === call,
    response: (message, call, status) => {
      if (waiting?.call !== call) return [message]
      const request = waiting.message
      waiting = undefined
      if (status !== 200) return [request, message]
      run = count(request)
      last = [request, message]
      return []
    },
    run: () => run,
    whole: () => last,
    close: () => {
      const ended = run
      run = undefined
      return ended
    },
  }
}
