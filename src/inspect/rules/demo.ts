// Judges as the default does, with less patience: twenty cameras, several of them silent, in well under a minute.
import type { RuleSet } from '../types.ts'
import { defaultRules } from './default.ts'

export const demoRules: RuleSet = {
  ...defaultRules,
  name: 'demo',
  title: { zh: '演示规则（等待时间较短）', en: 'Demonstration rules (less patience)' },
  betweenAttemptsMs: 300,
  timeouts: { answerMs: 6_000, firstPacketMs: 8_000, firstKeyframeMs: 10_000 },
  sampling: { ...defaultRules.sampling, windowMs: 8_000 },
  response: { slowMs: 2_000 },
  // A demonstration ends when its inspection does.
  recheck: { after: [], minutes: 10, times: 0 },
}
