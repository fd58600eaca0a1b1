// Rule sets as they shipped before, word for word, so that `default@1` is what it was; and what a rule set goes by where it was written before
// there was a section.
import type { RecheckRules, RuleSet } from '../types.ts'

const defaultRules1: RuleSet = {
  name: 'default',
  version: 1,
  title: { zh: '默认规则', en: 'Default rules' },
  strata: [
    { class: '1', count: 10 },
    { class: '2', count: 5 },
    { class: '3', count: 5 },
  ],
  attempts: 2,
  betweenAttemptsMs: 2_000,
  timeouts: { answerMs: 30_000, firstPacketMs: 35_000, firstKeyframeMs: 45_000 },
  sampling: { pictures: 3, spacingMs: 2_000, windowMs: 20_000 },
  response: { slowMs: 4_000 },
  absence: { blackMean: 10, blackP99: 40, whiteMean: 250, oneColourStd: 3, frozenDifference: 0.3 },
  sharpness: { clearBelowPx: 1.0, unclearFromPx: 1.8, minBlocks: 3, minHeight: 540 },
  concurrency: { total: 8, perDevice: 2 },
}

const demoRules1: RuleSet = {
  ...defaultRules1,
  name: 'demo',
  title: { zh: '演示规则（等待时间较短）', en: 'Demonstration rules (less patience)' },
  betweenAttemptsMs: 300,
  timeouts: { answerMs: 6_000, firstPacketMs: 8_000, firstKeyframeMs: 10_000 },
  sampling: { pictures: 3, spacingMs: 2_000, windowMs: 8_000 },
  response: { slowMs: 2_000 },
}

export const earlierRuleSets: readonly RuleSet[] = [defaultRules1, demoRules1]

/**
 * Sections that version 1 of the shipped rule sets did not have. A rule set without one goes by what was done before there was it:
 * - `judgement`: the table of judgement.ts, whose rows say what version 1 did (docs/decisions/0006);
 * - `scores`: no score;
 * - `recheck`: no further check;
 * - `running`, `clock`, `osd`: a check that is asked for them all the same goes by the shipped figures, since it must go by some.
 */
export const recheckBefore: RecheckRules = { after: [], minutes: 10, times: 0 }

export const recheckOf = (rules: RuleSet): RecheckRules => rules.recheck ?? recheckBefore
