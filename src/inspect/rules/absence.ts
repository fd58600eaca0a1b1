// Section `absence`: when a picture shows no scene. Luma 0-255.
import type { RuleSet } from '../types.ts'
import { number, record } from './reading.ts'

/**
 * Common detectors' figures; a lit night keeps p99 above 40. Frozen: an H.265 camera's first keyframe differs from its next ones of the same
 * picture by 0.36 (measured), scenes with anything moving by tens.
 */
export const absenceDefault: RuleSet['absence'] = { blackMean: 10, blackP99: 40, whiteMean: 250, oneColourStd: 3, frozenDifference: 0.3 }

export function absence(value: unknown, field: string): RuleSet['absence'] {
  const fields = record(value, field)
  const luma = (name: string): number => number(fields[name], `${field}.${name}`, 0, 255)
  return { blackMean: luma('blackMean'), blackP99: luma('blackP99'), whiteMean: luma('whiteMean'), oneColourStd: luma('oneColourStd'), frozenDifference: luma('frozenDifference') }
}
