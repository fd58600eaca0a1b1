// Section `sampling`: which pictures of an attempt are taken.
import type { RuleSet } from '../types.ts'
import { ours, type SectionBasis } from './basis.ts'
import { count, number, record } from './reading.ts'

export const samplingDefault: RuleSet['sampling'] = { pictures: 3, spacingMs: 2_000, windowMs: 20_000 }

export const samplingBasis: SectionBasis = {
  pictures: ours('至少三张才能多数决', 'a majority needs three'),
  spacingMs: ours('闪光或遮挡在两秒内过去', 'a flash or a passing lorry is gone in two seconds'),
  windowMs: ours('三张、间隔两秒、关键帧间隔十秒以内', 'three pictures two seconds apart, of keyframes up to ten seconds apart'),
}

export function sampling(value: unknown, field: string): RuleSet['sampling'] {
  const fields = record(value, field)
  return {
    pictures: count(fields.pictures, `${field}.pictures`, 1, 20),
    spacingMs: number(fields.spacingMs, `${field}.spacingMs`, 0, 60_000),
    windowMs: number(fields.windowMs, `${field}.windowMs`, 0, 300_000),
  }
}
