// Figures for readers: Beijing time, milliseconds, shares. Columns of them line up (tabular figures, fixed decimals).

const beijingOffsetMs = 8 * 3_600_000
const stamp = (atMs: number): string => new Date(atMs + beijingOffsetMs).toISOString()

/** `2026-11-20 18:03:05` in Beijing time; who shows it names the zone once. */
export const beijing = (atMs: number): string => stamp(atMs).slice(0, 19).replace('T', ' ')
/** `18:03:05`. */
export const beijingClock = (atMs: number): string => stamp(atMs).slice(11, 19)

export const milliseconds = (ms: number | undefined): string => (ms === undefined ? '–' : ms.toFixed(0))
export const percent = (share: number | undefined, digits = 1): string => (share === undefined || Number.isNaN(share) ? '–' : `${(share * 100).toFixed(digits)} %`)
export const decimal = (value: number | undefined, digits = 1): string => (value === undefined ? '–' : value.toFixed(digits))
export const whole = (value: number): string => value.toLocaleString('en-US')

/** `1:02:03` or `2:03`. */
export function duration(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1000))
  const [h, m, s] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60]
  const two = (value: number): string => String(value).padStart(2, '0')
  return h > 0 ? `${h}:${two(m)}:${two(s)}` : `${m}:${two(s)}`
}

export const codecName = (codec: string | undefined): string => ({ h264: 'H.264', h265: 'H.265' })[codec ?? ''] ?? codec ?? '–'
