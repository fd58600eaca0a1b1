// Presence as it went: changes become spans that fill a stretch of time.
import type { Presence } from '../../api/schema/index.ts'

export interface PresenceSpan {
  readonly state: Presence
  readonly fromMs: number
  readonly toMs: number
}

interface Change {
  readonly from: Presence
  readonly to: Presence
  readonly atMs: number
}

/** Spans of `fromMs`…`toMs`, oldest first. Before the first change it was what that change says it came from; without any, what it is now. */
export function spansOf(changes: readonly Change[], now: Presence, fromMs: number, toMs: number): readonly PresenceSpan[] {
  const inOrder = changes.toSorted((a, b) => a.atMs - b.atMs)
  const spans: PresenceSpan[] = []
  let [state, startMs] = [inOrder[0]?.from ?? now, fromMs]
  for (const change of inOrder) {
    if (change.atMs > toMs) break
    if (change.atMs > startMs) {
      spans.push({ state, fromMs: startMs, toMs: change.atMs })
      startMs = change.atMs
    }
    state = change.to
  }
  if (toMs > startMs) spans.push({ state, fromMs: startMs, toMs })
  return spans
}

/** Online or a little late, of all time that is known; undefined where nothing is. */
export function onlineShare(spans: readonly PresenceSpan[]): number | undefined {
  const known = spans.filter(({ state }) => state !== 'unknown')
  const length = (some: readonly PresenceSpan[]): number => some.reduce((sum, { fromMs, toMs }) => sum + toMs - fromMs, 0)
  return known.length === 0 ? undefined : length(known.filter(({ state }) => state === 'online' || state === 'late')) / length(known)
}
