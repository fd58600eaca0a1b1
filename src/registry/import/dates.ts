// Days as spreadsheets count them, and what is left of a text that a spreadsheet took for a day.

/** Days since 1899-12-30 (or 1904-01-01) as 2021-03-05 or 2021-03-05T08:00:00; undefined for what is no day, such as a time alone. */
export function dateText(serial: number, counts1904 = false): string | undefined {
  // The 1900 system has a 29 February 1900: days before it are one off.
  const days = counts1904 ? serial + 1462 : serial < 60 ? serial + 1 : serial
  if (!(serial >= 1) || days >= 2_958_466) return undefined
  const seconds = Math.round((days - 25_569) * 86_400)
  return new Date(seconds * 1000).toISOString().replace(/T00:00:00\.000Z$|\.000Z$/, '')
}

/** 1968 to 2064: a number in a column of dates that can be a day. */
export const isDayNumber = (text: string): boolean => /^\d{5}(\.\d+)?$/.test(text) && Number(text) >= 25_000 && Number(text) < 60_000

/** 8/10 typed as two codes becomes one of these when a spreadsheet saves it: 2024/8/10, 8月10日, 10-Aug, Aug-10. */
export const isSpoiltToDate = (text: string): boolean => /^(\d{4}[-/年]\d{1,2}[-/月]\d{1,2}日?|\d{1,2}月\d{1,2}日|\d{1,2}-[A-Z][a-z]{2}|[A-Z][a-z]{2}-\d{2})$/.test(text)
