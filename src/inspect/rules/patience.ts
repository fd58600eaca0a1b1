// Sections `attempts`, `betweenAttemptsMs`, `timeouts`, `response`, `concurrency`: how long to wait, how often to ask, how many at once.
import type { RuleSet } from '../types.ts'
import { ours, type SectionBasis } from './basis.ts'
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

export const patienceBasis: SectionBasis = {
  attempts: ours('首次调取常因冷启动超时，再取一次可区分（现场报告：8 秒超时后第二次成功）', 'first plays time out from a cold start and the second works (reported from the field after 8 s): a second attempt tells the two apart'),
  betweenAttemptsMs: ours('BYE 之后给设备收拾会话的时间', 'time for a device to put the ended session away after the BYE'),
  'timeouts.answerMs': ours('级联平台后的设备有 30 秒才应答 INVITE 的实例；RFC 3261 定时器 B 为 32 秒', 'devices behind cascades have answered an INVITE after 30 s; timer B of RFC 3261 is 32 s'),
  'timeouts.firstPacketMs': ours('应答上限之后再给五秒', 'five seconds beyond the answer'),
  'timeouts.firstKeyframeMs': ours('关键帧间隔可达十秒，自首包上限起算', 'keyframes may be ten seconds apart, counted from the first packet'),
  'response.slowMs': ours('核心通知要求考核推送反应时间而未给阈值；4 秒为建议值（GB/T 28181-2022 5.3-5.6 的 4 秒是端到端时延，不是反应时间）', 'the core notice asks for the response time and gives no bound; 4 s is proposed (the 4 s of GB/T 28181-2022 5.3-5.6 is latency from camera to terminal, not response)'),
  'concurrency.total': ours('二十台健康设备半分钟内查完（实测）', 'twenty healthy cameras are done in half a minute (measured)'),
  'concurrency.perDevice': ours('摄像机自身的并发路数有限', 'a camera sends few streams at once'),
  'concurrency.perRecorder': ours('录像机在录像之外还能转发几路', 'a recorder sends a few streams beside its recording'),
  'concurrency.perPlatform': ours('平台可转发更多路', 'a platform passes on more of them'),
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
