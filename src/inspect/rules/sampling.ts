// Section `sampling`: which pictures of an attempt are taken.
import type { Attempt, RuleSet } from '../types.ts'
import { ours, type SectionBasis } from './basis.ts'
import { count, number, record } from './reading.ts'

export const samplingDefault: RuleSet['sampling'] = { pictures: 3, spacingMs: 2_000, windowMs: 20_000, again: 1 }

export const samplingBasis: SectionBasis = {
  pictures: ours('至少三张才能多数决', 'a majority needs three'),
  spacingMs: ours('闪光或遮挡在两秒内过去', 'a flash or a passing lorry is gone in two seconds'),
  windowMs: ours('三张、间隔两秒、关键帧间隔十秒以内', 'three pictures two seconds apart, of keyframes up to ten seconds apart'),
  again: ours('首次已调通并取样后，再次调取只看能否再次出图；三张要多花一倍的解码时间（实测）', 'once an attempt was ok the next one shows that the camera answers again; three pictures of it would double the decoding (measured)'),
}

/** The rules of the attempt that follows `before`. */
export function rulesAfter(rules: RuleSet, before: readonly Attempt[]): RuleSet {
  const { pictures, again = pictures } = rules.sampling
  return before.some(({ outcome }) => outcome === 'ok') ? { ...rules, sampling: { ...rules.sampling, pictures: Math.min(again, pictures) } } : rules
}

export function sampling(value: unknown, field: string): RuleSet['sampling'] {
  const fields = record(value, field)
  return {
    pictures: count(fields.pictures, `${field}.pictures`, 1, 20),
    spacingMs: number(fields.spacingMs, `${field}.spacingMs`, 0, 60_000),
    windowMs: number(fields.windowMs, `${field}.windowMs`, 0, 300_000),
    ...(fields.again === undefined ? {} : { again: count(fields.again, `${field}.again`, 1, 20) }),
  }
}
