// Figures that rules go by. No text prescribes them, so they are the office's to set (`registry.rules.…` of the configuration).

export interface RuleLimits {
  /** Days of recording that a camera must keep, and those of the positions named below. */
  readonly recordDays: number
  readonly keyRecordDays: number
  /** Codes of 摄像机位置类型 that ask for the longer time. */
  readonly keyPositions: readonly string[]
  /** How far outside its division's outline a point may lie, metres: outlines are simplified. Below the 350 m or so of a wrong datum. */
  readonly toleranceM: number
  /** From so many cameras on one point on it is said, where their addresses or poles differ. */
  readonly samePlace: number
  /** So many points must speak for another datum before a batch is suspected. */
  readonly datumPoints: number
}

export const ruleLimits: RuleLimits = {
  recordDays: 30,
  keyRecordDays: 90,
  keyPositions: ['1', '2', '3', '13', '96', '97', '98'],
  toleranceM: 100,
  samePlace: 3,
  datumPoints: 10,
}
