// How often somebody may fail to log in: after some free failures each further one has to wait longer. Kept in memory: a restart forgets it, and
// who can restart the service needs no password.
import type { Clock } from '../base/index.ts'

export interface LoginLimit {
  /** Takes one try from each key and returns 0, or takes none and returns how many milliseconds to wait. */
  readonly take: (keys: readonly string[]) => number
  /** The try was no failure: each key gets it back, and `own` is as if it had never failed. */
  readonly forgive: (keys: readonly string[], own: string) => void
}

export interface LoginLimitOptions {
  readonly clock: Clock
  /** Failures that cost no time, by key. */
  readonly free: (key: string) => number
  /** Wait after the last free failure; doubles with each further one up to the longest. A key that was left alone for twice the longest is forgotten. */
  readonly firstWaitMs: number
  readonly longestWaitMs: number
}

/** Keys that are remembered at most; the one that failed longest ago is forgotten first. */
const maxKeys = 10_000

interface Failures {
  count: number
  lastUs: number
}

export function createLoginLimit({ clock, free, firstWaitMs, longestWaitMs }: LoginLimitOptions): LoginLimit {
  const failures = new Map<string, Failures>()
  const current = (key: string): Failures | undefined => {
    const kept = failures.get(key)
    if (kept && clock.nowUs() - kept.lastUs >= 2 * longestWaitMs * 1000) {
      failures.delete(key)
      return undefined
    }
    return kept
  }
  const waitMs = (key: string): number => {
    const kept = current(key)
    const over = (kept?.count ?? 0) - free(key)
    if (!kept || over < 0) return 0
    const wait = Math.min(longestWaitMs, firstWaitMs * 2 ** Math.min(over, 30))
    return Math.max(0, Math.ceil(wait - (clock.nowUs() - kept.lastUs) / 1000))
  }
  const fail = (key: string): void => {
    const kept = current(key)
    failures.delete(key)
    const oldest = failures.size >= maxKeys ? failures.keys().next().value : undefined
    if (oldest !== undefined) failures.delete(oldest)
    failures.set(key, { count: (kept?.count ?? 0) + 1, lastUs: clock.nowUs() })
  }
  return {
    take: (keys) => {
      const longest = Math.max(0, ...keys.map(waitMs))
      if (longest === 0) for (const key of keys) fail(key)
      return longest
    },
    forgive: (keys, own) => {
      for (const key of keys) {
        const kept = failures.get(key)
        if (!kept) continue
        kept.count--
        if (kept.count <= 0 || key === own) failures.delete(key)
      }
    },
  }
}

/** Who has one IPv6 address has the 2^64 beside it: they count as one. RFC 4291 2.5.4. */
export function addressGroup(address: string): string {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1]
  if (mapped !== undefined || !address.includes(':')) return mapped ?? address
  const [head = '', tail] = address.split('%', 1).join('').toLowerCase().split('::')
  const [left, right] = [head, tail ?? ''].map((half) => half.split(':').filter((group) => group !== ''))
  const zeros = tail === undefined ? 0 : Math.max(0, 8 - (left?.length ?? 0) - (right?.length ?? 0))
  const groups = [...(left ?? []), ...Array.from({ length: zeros }, () => '0'), ...(right ?? [])]
  return `${groups.slice(0, 4).map((group) => group.replace(/^0+(?=.)/, '')).join(':')}::/64`
}
