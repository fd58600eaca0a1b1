// A day of recordings as a line: moments of Beijing time to places on it and back, and what is there. Pure.
import type { Recording } from '../../api/schema/index.ts'

export const dayMs = 86_400_000
const zoneMs = 8 * 3_600_000

/** `2026-11-21` in Beijing time. */
export const dayOf = (atMs: number): string => new Date(atMs + zoneMs).toISOString().slice(0, 10)
/** Its midnight; NaN for what is no day. */
export const startOf = (day: string): number => (/^\d{4}-\d{2}-\d{2}$/.test(day) ? Date.parse(`${day}T00:00:00Z`) - zoneMs : NaN)

export interface Segment {
  readonly fromMs: number
  readonly toMs: number
  readonly type: 'time' | 'alarm' | 'manual' | undefined
}

/** Recordings of the day in order; those without both ends, or turned around, are left out. */
export function segmentsOf(items: readonly Recording[], fromMs: number, toMs: number): readonly Segment[] {
  return items
    .flatMap(({ startMs, endMs, type }) => (startMs === undefined || endMs === undefined || endMs <= startMs || endMs <= fromMs || startMs >= toMs ? [] : [{ fromMs: Math.max(fromMs, startMs), toMs: Math.min(toMs, endMs), type }]))
    .toSorted((a, b) => a.fromMs - b.fromMs)
}

/** Where playing begins when a moment is clicked: there, or at the next recording after it; undefined where none is left. */
export function playableFrom(segments: readonly Segment[], atMs: number): { readonly fromMs: number; readonly toMs: number } | undefined {
  const found = segments.find(({ toMs }) => toMs > atMs + 1000)
  if (!found) return undefined
  const fromMs = Math.max(found.fromMs, atMs)
  // Recorders cut into files: what follows without a gap is played on.
  let { toMs } = found
  for (const next of segments) if (next.fromMs <= toMs + 2000 && next.toMs > toMs) toMs = next.toMs
  return { fromMs, toMs }
}
