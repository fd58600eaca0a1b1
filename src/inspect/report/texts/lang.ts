// The two languages of a report, and how it writes times, shares and durations.

export type Lang = 'zh' | 'en'
export type Text = Readonly<Record<Lang, string>>

/** `2026-11-20 18:03:05`, Beijing time, from an ISO instant or milliseconds since 1970; empty where there is none. */
export function beijing(instant: string | number): string {
  const ms = typeof instant === 'number' ? instant : Date.parse(instant)
  return Number.isFinite(ms) ? new Date(ms + 8 * 3_600_000).toISOString().slice(0, 19).replace('T', ' ') : ''
}
/** `2026-11-20`, the day in Beijing. */
export const beijingDay = (instant: string | number): string => beijing(instant).slice(0, 10)
/** `2026年11月20日` or `20 November 2026`. */
export function longDay(instant: string | number, lang: Lang): string {
  const [year = '', month = '', day = ''] = beijingDay(instant).split('-')
  if (year === '') return ''
  return lang === 'zh' ? `${year}年${Number(month)}月${Number(day)}日` : `${Number(day)} ${months[Number(month) - 1] ?? month} ${year}`
}
const months = ['January', 'February', 'March', 'April', 'May', 'June', 'July', 'August', 'September', 'October', 'November', 'December']
/** One decimal, in percent; what is not there is a dash. */
export const percent = (value: number | null): string => (value === null ? '–' : `${(value * 100).toFixed(1)} %`)
export const milliseconds = (value: number | undefined): string => (value === undefined ? '–' : value.toFixed(1))
/** Between items of a list within a cell. */
export const comma: Text = { zh: '；', en: '; ' }
