// Wrong answers, counted so that guessing is slow and the true device is never locked out. GB/T 28181-2022 9.1.2.1 leaves this to us.
import { createBounded } from '../bounded.ts'

/** A device that was given a wrong password tries once a minute: it never comes near this. */
const maxTries = 10
const windowUs = 300_000_000
/** Beyond `maxTries` one answer is looked at in this time, so that the right one is let through however many were wrong before. */
const slowUs = 30_000_000
/** Wrong answers of one source whatever the ids, and for one id whatever the sources, from which on each pair has a single try and then is slow. */
const maxWide = 100
/** A source that has come to `maxWide` has one answer looked at in this time, whatever the ids. */
const sourceEveryUs = 1_000_000
const maxPairs = 50_000
const maxWides = 10_000

export interface Attempt {
  readonly deviceId: string
  /** An IP literal. */
  readonly host: string
  /** The device is registered at this host (behind this NAT) already: others there do not slow it down. */
  readonly isAtHome: boolean
}

export type TryDecision =
  | { readonly isLimited: false }
  /** `isNew` once in a window, for the log. */
  | { readonly isLimited: true; readonly retryAfterS: number; readonly isNew: boolean }

export interface Tries {
  /** Whether this answer is looked at. */
  readonly admit: (attempt: Attempt, nowUs: number) => TryDecision
  readonly failed: (attempt: Attempt, nowUs: number) => void
  readonly succeeded: (attempt: Attempt) => void
  /** A new password: what was counted against the old one says nothing. */
  readonly forget: (deviceId: string) => void
  readonly size: () => number
}

interface Count {
  readonly count: number
  readonly sinceUs: number
  readonly lastUs: number
  readonly isTold: boolean
}

/** Half an IPv6 address is one subscriber's to choose. RFC 4291 2.5.4. */
export function sourceKey(host: string): string {
  if (!host.includes(':')) return host
  const [head = '', tail = ''] = host.split('::')
  const left = head.split(':').filter((group) => group !== '')
  const right = tail.split(':').filter((group) => group !== '')
  const missing = host.includes('::') ? Math.max(0, 8 - left.length - right.length) : 0
  return [...left, ...Array.from({ length: missing }, () => '0'), ...right].slice(0, 4).map((group) => Number.parseInt(group, 16).toString(16)).join(':')
}

/** Counts per pair of device and source, per source and per device; all within five minutes of the first. */
export function createTries(): Tries {
  const pairs = createBounded<Count>(maxPairs)
  const sources = createBounded<Count>(maxWides)
  const devices = createBounded<Count>(maxWides)
  /** By device, so that a new password clears it everywhere at once. */
  const generations = createBounded<number>(maxWides)
  let generation = 0

  const pairKey = ({ deviceId, host }: Attempt): string => `${deviceId}|${sourceKey(host)}|${generations.get(deviceId) ?? 0}`
  const current = (found: Count | undefined, nowUs: number): Count | undefined => (found && nowUs - found.sinceUs < windowUs ? found : undefined)
  const raise = (counts: ReturnType<typeof createBounded<Count>>, key: string, nowUs: number): void => {
    const before = current(counts.get(key), nowUs)
    counts.set(key, { count: (before?.count ?? 0) + 1, sinceUs: before?.sinceUs ?? nowUs, lastUs: nowUs, isTold: before?.isTold ?? false })
  }
  const isWide = (counts: ReturnType<typeof createBounded<Count>>, key: string, nowUs: number): boolean => (current(counts.get(key), nowUs)?.count ?? 0) >= maxWide
  const limited = (counts: ReturnType<typeof createBounded<Count>>, key: string, found: Count, untilUs: number, nowUs: number): TryDecision => {
    if (!found.isTold) counts.set(key, { ...found, isTold: true })
    return { isLimited: true, retryAfterS: Math.max(1, Math.ceil((untilUs - nowUs) / 1_000_000)), isNew: !found.isTold }
  }

  return {
    admit: (attempt, nowUs) => {
      const source = sourceKey(attempt.host)
      const isSourceWide = isWide(sources, source, nowUs)
      const allowed = isSourceWide || isWide(devices, attempt.deviceId, nowUs) ? 1 : maxTries
      const pair = current(pairs.get(pairKey(attempt)), nowUs)
      if (pair && pair.count >= allowed) {
        const untilUs = Math.min(pair.lastUs + slowUs, pair.sinceUs + windowUs)
        if (nowUs < untilUs) return limited(pairs, pairKey(attempt), pair, untilUs, nowUs)
      }
      const wide = current(sources.get(source), nowUs)
      if (wide && isSourceWide && !attempt.isAtHome && nowUs < wide.lastUs + sourceEveryUs) return limited(sources, source, wide, wide.lastUs + sourceEveryUs, nowUs)
      return { isLimited: false }
    },
    failed: (attempt, nowUs) => {
      raise(pairs, pairKey(attempt), nowUs)
      raise(sources, sourceKey(attempt.host), nowUs)
      raise(devices, attempt.deviceId, nowUs)
    },
    succeeded: (attempt) => pairs.delete(pairKey(attempt)),
    forget: (deviceId) => {
      devices.delete(deviceId)
      generations.set(deviceId, ++generation)
    },
    size: () => pairs.size() + sources.size() + devices.size() + generations.size(),
  }
}
