// Sections `clock` and `osd`: how far a device's clock may be off, and what its pictures must carry. Both propose only.
import type { ClockRules, OsdRules } from '../types.ts'
import { ours, type SectionBasis } from './basis.ts'
import { flag, number, record } from './reading.ts'

/** Ours: documents name tolerances of 5 to 60 s, none that is in force everywhere. */
export const clockDefault: ClockRules = { maxOffsetS: 30 }
/** Ours: time and place are what a picture is filed by. Asked of devices of the 2022 edition alone, which can answer. */
export const osdDefault: OsdRules = { wantsTime: true, wantsText: true }

export const clockBasis: SectionBasis = { maxOffsetS: ours('各地规定 5 至 60 秒不等，无统一现行规定', 'documents name 5 to 60 s, none that is in force everywhere') }
export const osdBasis: SectionBasis = {
  wantsTime: ours('时间与地点是画面归档的依据', 'time and place are what a picture is filed by'),
  wantsText: ours('时间与地点是画面归档的依据', 'time and place are what a picture is filed by'),
}

export function clock(value: unknown, field: string): ClockRules {
  return { maxOffsetS: number(record(value, field).maxOffsetS, `${field}.maxOffsetS`, 0, 86_400) }
}

export function osd(value: unknown, field: string): OsdRules {
  const fields = record(value, field)
  return { wantsTime: flag(fields.wantsTime, `${field}.wantsTime`), wantsText: flag(fields.wantsText, `${field}.wantsText`) }
}
