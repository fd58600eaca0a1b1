// Section `sampling`: which pictures of an attempt are taken.
import type { RuleSet } from '../types.ts'
import { count, number, record } from './reading.ts'

export const samplingDefault: RuleSet['sampling'] = { pictures: 3, spacingMs: 2_000, windowMs: 20_000 }

export function sampling(value: unknown, field: string): RuleSet['sampling'] {
  const fields = record(value, field)
  return {
    pictures: count(fields.pictures, `${field}.pictures`, 1, 20),
    spacingMs: number(fields.spacingMs, `${field}.spacingMs`, 0, 60_000),
    windowMs: number(fields.windowMs, `${field}.windowMs`, 0, 300_000),
  }
}
