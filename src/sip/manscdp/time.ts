// Times of MANSCDP: Beijing time without a zone, to and from milliseconds since 1970. GB/T 28181-2022 A.2.1, 9.10.
const beijingMs = 8 * 3600_000

/**
 * Interop (Q54): milliseconds, a zone, a blank for the T, slashes, no separators at all, 24:00:00 and seconds beyond 59 (the minute
 * runs on) are read; undefined for anything else. `Z` is UTC.
 */
export function parseTime(text: string): number | undefined {
  const found = /^(\d{4})[-/.]?(\d{1,2})[-/.]?(\d{1,2})(?:[T ]*(\d{1,2}):?(\d{1,2})(?::?(\d{1,3}))?(?:[.,](\d{1,9}))?)?\s*(Z|[+-]\d{2}:?\d{2})?$/i.exec(text.trim())
  if (!found) return undefined
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = found.slice(1, 7).map((part) => Number(part ?? 0))
  if (year < 1970 || month < 1 || month > 12 || day < 1 || day > 31 || hour > 24 || minute > 60) return undefined
  const fraction = Math.floor(Number(`0.${found[7] ?? '0'}`) * 1000)
  return Date.UTC(year, month - 1, day, hour, minute, second, fraction) - zoneMs(found[8])
}

function zoneMs(zone?: string): number {
  if (zone === undefined) return beijingMs
  if (/z/i.test(zone)) return 0
  const sign = zone.startsWith('-') ? -1 : 1
  return sign * (Number(zone.slice(1, 3)) * 60 + Number(zone.slice(-2))) * 60_000
}

/** `2026-01-02T03:04:05`, Beijing time; with `.SSS` only when there are milliseconds. */
export function formatTime(ms: number): string {
  const text = new Date(ms + beijingMs).toISOString().slice(0, -1)
  return text.endsWith('.000') ? text.slice(0, -4) : text
}
