// Section `absence`: when a picture shows no scene. Luma 0-255.
import type { RuleSet } from '../types.ts'
import { ours, type SectionBasis } from './basis.ts'
import { number, record } from './reading.ts'

/**
 * Common detectors' figures; a lit night keeps p99 above 40. Frozen: an H.265 camera's first keyframe differs from its next ones of the same
 * picture by 0.36 (measured), scenes with anything moving by tens.
 */
export const absenceDefault: RuleSet['absence'] = { blackMean: 10, blackP99: 40, whiteMean: 250, oneColourStd: 3, frozenDifference: 0.3, frozenGrain: 0.5 }

export const absenceBasis: SectionBasis = {
  blackMean: ours('常见检测程序的取值', 'what common detectors take'),
  blackP99: ours('有灯的夜景 99% 分位亮度高于 40（实测），夜间不是黑屏', 'a night with any lamp keeps its 99th percentile above 40 (measured): night is not black'),
  whiteMean: ours('常见检测程序的取值', 'what common detectors take'),
  oneColourStd: ours('传感器噪声的标准差通常在 3 以上', 'the noise of a sensor usually keeps the deviation above 3'),
  frozenDifference: ours('H.265 首个关键帧与同一画面的后续关键帧相差 0.36（实测），有活动的画面相差数十', 'an H.265 camera’s first keyframe differs from its next ones of the same picture by 0.36 (measured), scenes with anything moving by tens'),
  frozenGrain: ours('噪声被编码器抹平的静止场景与冻结画面无法区分（实测，crf 24）；有颗粒而颗粒不变才是冻结', 'a still scene whose noise the encoder removed cannot be told from a frozen one (measured at crf 24); grain that is there and does not change is frozen'),
}

export function absence(value: unknown, field: string): RuleSet['absence'] {
  const fields = record(value, field)
  const luma = (name: string): number => number(fields[name], `${field}.${name}`, 0, 255)
  return { blackMean: luma('blackMean'), blackP99: luma('blackP99'), whiteMean: luma('whiteMean'), oneColourStd: luma('oneColourStd'), frozenDifference: luma('frozenDifference'), ...(fields.frozenGrain === undefined ? {} : { frozenGrain: luma('frozenGrain') }) }
}
