// Where a record lies, for filters and for the walls between areas.

/** A code begins with the six digits of its division and the two of its unit (GB/T 28181-2022 Annex E.1, centre code). */
const divisionOf = (code: string): string => code.slice(0, 6)

/**
 * The declared division, or the code's. A declared division has six digits; where the code is of the same one it tells the unit in it too (街道, 派出所),
 * so that an office with eight digits finds its own. The store says the same once more (camera-rows.ts), since it knows types of ours alone.
 */
export function recordArea(declared: string | undefined, code: string): string {
  const area = declared === undefined || declared === '' ? divisionOf(code) : declared
  const unit = code.slice(6, 8)
  return area.length === 6 && code.startsWith(area) && /^\d{2}$/.test(unit) && unit !== '00' ? area + unit : area
}
