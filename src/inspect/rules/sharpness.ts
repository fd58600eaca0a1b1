// Section `sharpness`: the bands of the blur figure, in pixels at 1080p height.
import type { RuleSet } from '../types.ts'
import { ours, type SectionBasis } from './basis.ts'
import { count, number, record } from './reading.ts'

/**
 * Ours: three bands chosen on photographs with synthetic blur before rows and columns were told apart, and kept since; not validated on real
 * surveillance video (docs/sharpness.md).
 * Version 1 had 1.0 and 1.8, for the estimator before this one.
 */
export const sharpnessDefault: RuleSet['sharpness'] = { clearBelowPx: 1.4, unclearFromPx: 1.9, minBlocks: 6, minHeight: 540 }

export const sharpnessBasis: SectionBasis = {
  clearBelowPx: ours('在合成模糊的照片上选定，其后改为分行列测量而未重选（docs/sharpness.md）；未在实际监控视频上验证', 'chosen on photographs with synthetic blur before rows and columns were told apart, and kept (docs/sharpness.md); not validated on real surveillance video'),
  unclearFromPx: ours('同上；3 px 以上的模糊人人可见', 'as above; blur of 3 px is seen by everyone'),
  minBlocks: ours('有边缘的块太少，中位数不可靠（实测）', 'too few blocks with an edge make the median unreliable (measured)'),
  minHeight: ours('更小的画面再清晰也不足以辨认，归“存疑”', 'a smaller picture shows too little however sharp it is: it is doubtful'),
}

export function sharpness(value: unknown, field: string): RuleSet['sharpness'] {
  const fields = record(value, field)
  const clearBelowPx = number(fields.clearBelowPx, `${field}.clearBelowPx`, 0, 20)
  return {
    clearBelowPx,
    unclearFromPx: number(fields.unclearFromPx, `${field}.unclearFromPx`, clearBelowPx, 20),
    minBlocks: count(fields.minBlocks, `${field}.minBlocks`, 1, 10_000),
    minHeight: count(fields.minHeight, `${field}.minHeight`, 0, 10_000),
    ...(fields.figure === undefined ? {} : { figure: count(fields.figure, `${field}.figure`, 1, 2) === 1 ? 1 : 2 }),
  }
}
