// How often somebody may fail to log in: a bounded count of failures per key within a window.
import type { Clock } from '../base/index.ts'

export interface LoginLimit {
  /** Takes one try from each key, or none and false when one of them has none left. */
  readonly take: (keys: readonly string[]) => boolean
  /** The try was no failure: each key gets it back. */
  readonly forgive: (keys: readonly string[]) => void
}

/** Keys that are remembered at most; the oldest is forgotten first. */
const maxKeys = 10_000

/** A key has `tries(key)` failures in `windowMs`, counted from its first. */
export function createLoginLimit(options: { readonly clock: Clock; readonly windowMs: number; readonly tries: (key: string) => number }): LoginLimit {
  const { clock, windowMs, tries } = options
  const failures = new Map<string, { count: number; readonly sinceUs: number }>()
  const current = (key: string): { count: number; readonly sinceUs: number } => {
    const kept = failures.get(key)
    if (kept && clock.nowUs() - kept.sinceUs < windowMs * 1000) return kept
    failures.delete(key)
    const oldest = failures.size >= maxKeys ? failures.keys().next().value : undefined
    if (oldest !== undefined) failures.delete(oldest)
    const fresh = { count: 0, sinceUs: clock.nowUs() }
    failures.set(key, fresh)
    return fresh
  }
  return {
    take: (keys) => {
      const entries = keys.map((key) => ({ key, entry: current(key) }))
      if (entries.some(({ key, entry }) => entry.count >= tries(key))) return false
      for (const { entry } of entries) entry.count++
      return true
    },
    forgive: (keys) => {
      for (const key of keys) {
        const entry = failures.get(key)
        if (entry && entry.count > 0) entry.count--
      }
    },
  }
}
