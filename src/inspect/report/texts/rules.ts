// What each figure of a rule set is, for the appendix. A figure without words here is printed with its name alone.
import type { Text } from './lang.ts'

export interface RuleWords extends Text {
  readonly unit?: string
}

export const ruleWords: Readonly<Record<string, RuleWords>> = {
  attempts: { zh: '每路最多调取次数', en: 'attempts at most' },
  betweenAttemptsMs: { zh: '两次调取之间的间隔', en: 'pause between attempts', unit: 'ms' },
  'timeouts.answerMs': { zh: '等待应答（200 OK）', en: 'wait for an answer (200 OK)', unit: 'ms' },
  'timeouts.firstPacketMs': { zh: '等待首个媒体包', en: 'wait for the first media packet', unit: 'ms' },
  'timeouts.firstKeyframeMs': { zh: '等待首个关键帧', en: 'wait for the first keyframe', unit: 'ms' },
  'sampling.pictures': { zh: '每次调取取样画面数', en: 'pictures per attempt' },
  'sampling.spacingMs': { zh: '取样画面间隔，至少', en: 'between two pictures, at least', unit: 'ms' },
  'sampling.windowMs': { zh: '取样最长等待', en: 'wait for pictures at most', unit: 'ms' },
  'response.slowMs': { zh: '出图慢于此值者交人工复核', en: 'a first picture later than this goes to a person', unit: 'ms' },
  'absence.blackMean': { zh: '黑屏：平均亮度低于（0–255）', en: 'black: mean luma below (0–255)' },
  'absence.blackP99': { zh: '黑屏：第99百分位亮度低于（0–255）', en: 'black: 99th percentile of luma below (0–255)' },
  'absence.whiteMean': { zh: '白屏：平均亮度高于（0–255）', en: 'white: mean luma above (0–255)' },
  'absence.oneColourStd': { zh: '单色：亮度标准差低于', en: 'one colour: standard deviation of luma below' },
  'absence.frozenDifference': { zh: '冻结：字符区外相邻画面平均亮度差低于', en: 'frozen: mean luma difference outside the OSD below' },
  'sharpness.clearBelowPx': { zh: '清晰：模糊小于（1080p 高度下）', en: 'clear: blur below (at 1080p height)', unit: 'px' },
  'sharpness.unclearFromPx': { zh: '不清晰：模糊不小于（1080p 高度下）', en: 'unclear: blur from (at 1080p height)', unit: 'px' },
  'sharpness.minBlocks': { zh: '可判定所需带边缘的块数', en: 'blocks with an edge needed' },
  'sharpness.minHeight': { zh: '可判定的最小画面高度', en: 'least height of a picture', unit: 'px' },
  'concurrency.total': { zh: '同时核查路数', en: 'checks at once' },
  'concurrency.perDevice': { zh: '同一设备同时核查路数', en: 'checks at once per device' },
}
