// Presence as spans of a line: changes, newest first or not, become who was where from when to when. Pure.
import type { Presence, PresenceChange } from '../../api/schema/index.ts'

export interface Span {
  readonly presence: Presence
  readonly fromMs: number
  readonly toMs: number
  /** Of the change that began it. */
  readonly reason?: string
}

/** Spans from `fromMs` to `toMs` without a gap; before the first change known it was what that change left, or as it is now. */
export function spansOf(changes: readonly PresenceChange[], now: Presence, fromMs: number, toMs: number): readonly Span[] {
  const sorted = changes.filter(({ from, to }) => from !== to).toSorted((a, b) => a.atMs - b.atMs)
  const [first] = sorted
  const spans: Span[] = []
  let [presence, beganMs, reason]: [Presence, number, string | undefined] = [first?.from ?? now, fromMs, undefined]
  for (const change of sorted) {
    const atMs = Math.min(Math.max(change.atMs, fromMs), toMs)
    if (atMs > beganMs) spans.push({ presence, fromMs: beganMs, toMs: atMs, ...(reason !== undefined && { reason }) })
    presence = change.to
    reason = change.reason
    beganMs = Math.max(beganMs, atMs)
  }
  if (toMs > beganMs) spans.push({ presence, fromMs: beganMs, toMs, ...(reason !== undefined && { reason }) })
  return spans
}

/** Share of the time that it was there, of the time that is known; late counts as there. */
export function onlineShare(spans: readonly Span[]): number {
  const all = spans.filter(({ presence }) => presence !== 'unknown').reduce((sum, span) => sum + span.toMs - span.fromMs, 0)
  const there = spans.filter(({ presence }) => presence === 'online' || presence === 'late').reduce((sum, span) => sum + span.toMs - span.fromMs, 0)
  return all === 0 ? 0 : there / all
}
