// Sections `attempts`, `betweenAttemptsMs`, `timeouts`, `response`, `concurrency`: how long to wait, how often to ask, how many at once.
import type { RuleSet } from '../types.ts'
import { count, number, optional, record } from './reading.ts'

type Patience = Pick<RuleSet, 'attempts' | 'betweenAttemptsMs' | 'timeouts' | 'response' | 'concurrency'>

/**
 * Timeouts: devices behind cascades answer after tens of seconds. Slow: 4 s, proposed. At once: ours; ten in all has twenty healthy cameras done in
 * half a minute, a recorder sends a few streams beside its recording, a platform passes on more of them.
 */
export const patienceDefault: Patience = {
  attempts: 2,
  betweenAttemptsMs: 2_000,
  timeouts: { answerMs: 30_000, firstPacketMs: 35_000, firstKeyframeMs: 45_000 },
  response: { slowMs: 4_000 },
  concurrency: { total: 10, perDevice: 2, perRecorder: 4, perPlatform: 10 },
}

export function patience(rules: Readonly<Record<string, unknown>>): Patience {
  const timeouts = record(rules.timeouts, 'timeouts')
  const response = record(rules.response, 'response')
  const concurrency = record(rules.concurrency, 'concurrency')
  const answerMs = number(timeouts.answerMs, 'timeouts.answerMs', 100, 300_000)
  const firstPacketMs = number(timeouts.firstPacketMs, 'timeouts.firstPacketMs', answerMs, 300_000)
  return {
    attempts: count(rules.attempts, 'attempts', 1, 10),
    betweenAttemptsMs: number(rules.betweenAttemptsMs, 'betweenAttemptsMs', 0, 3_600_000),
    timeouts: { answerMs, firstPacketMs, firstKeyframeMs: number(timeouts.firstKeyframeMs, 'timeouts.firstKeyframeMs', firstPacketMs, 300_000) },
    response: { slowMs: number(response.slowMs, 'response.slowMs', 0, 300_000) },
    concurrency: {
      total: count(concurrency.total, 'concurrency.total', 1, 256),
      perDevice: count(concurrency.perDevice, 'concurrency.perDevice', 1, 256),
      ...optional(concurrency, 'perRecorder', atOnce),
      ...optional(concurrency, 'perPlatform', atOnce),
    },
  }
}

const atOnce = (value: unknown, field: string): number => count(value, `concurrency.${field}`, 1, 256)
