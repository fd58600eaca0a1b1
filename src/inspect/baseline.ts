// A camera's own last good picture, to hold the next one against: which is kept, and which is taken. Pure.
import type { Baseline, Check, PictureContext } from './types.ts'

const beijingMs = 8 * 3_600_000

/** Of the day in Beijing time, which cameras keep. GB/T 28181-2022 9.10. */
export const hourOf = (atMs: number): number => Math.floor((((atMs + beijingMs) / 3_600_000) % 24 + 24) % 24)

/** Round the clock, 0-12. */
export const hoursApart = (a: number, b: number): number => Math.min(Math.abs(a - b), 24 - Math.abs(a - b))

/** What is known before a check that begins at `atMs`: the baseline of the nearest hour, of two the newer. */
export function contextAt(atMs: number, baselines: readonly Baseline[]): PictureContext {
  const hour = hourOf(atMs)
  const [baseline] = baselines.toSorted((a, b) => hoursApart(a.hour, hour) - hoursApart(b.hour, hour) || b.atMs - a.atMs)
  return { atMs, hour, ...(baseline && { baseline }) }
}

/** What is kept of a check that was found good; undefined where it showed no scene, or was judged by rules without a section `picture`. */
export function baselineOf(check: Pick<Check, 'n' | 'attempts' | 'picture'>, inspection: string): Baseline | undefined {
  const { picture, attempts, n } = check
  if (!picture?.present || picture.atMs === undefined) return undefined
  const scene = attempts.find(({ outcome }) => outcome === 'ok')?.pictures.find(({ signature }) => signature !== undefined)
  if (scene?.signature === undefined) return undefined
  const { width, height, mean, cb, cr, signature } = scene
  const { blurPx, figure } = picture.sharpness
  return { atMs: picture.atMs, hour: hourOf(picture.atMs), inspection, n, width, height, mean, ...(blurPx === undefined ? {} : { blurPx }), ...(figure === undefined ? {} : { blurFigure: figure }), ...(cb === undefined || cr === undefined ? {} : { cb, cr }), signature }
}
