// Section `sharpness`: the bands of the blur figure, in pixels at 1080p height.
import type { RuleSet } from '../types.ts'
import { count, number, record } from './reading.ts'

/**
 * Ours: three bands chosen on the tuning half of photographs with synthetic blur, not validated on real surveillance video (docs/sharpness.md).
 * Version 1 had 1.0 and 1.8, for the estimator before this one.
 */
export const sharpnessDefault: RuleSet['sharpness'] = { clearBelowPx: 1.4, unclearFromPx: 1.9, minBlocks: 6, minHeight: 540 }

export function sharpness(value: unknown, field: string): RuleSet['sharpness'] {
  const fields = record(value, field)
  const clearBelowPx = number(fields.clearBelowPx, `${field}.clearBelowPx`, 0, 20)
  return {
    clearBelowPx,
    unclearFromPx: number(fields.unclearFromPx, `${field}.unclearFromPx`, clearBelowPx, 20),
    minBlocks: count(fields.minBlocks, `${field}.minBlocks`, 1, 10_000),
    minHeight: count(fields.minHeight, `${field}.minHeight`, 0, 10_000),
  }
}
