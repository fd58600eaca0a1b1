// What a registrar remembers between requests: answers already used, and wrong tries. Both bounded; both ours.
import type { DigestCredentials } from './digest.ts'

/** Answers that were right and may not be right again. Only who knows a password can fill it. */
const maxNonces = 100_000

export interface NonceUse {
  /** Whether a right answer is new, and notes it: with qop the count must rise (RFC 2617 3.2.2), without it a nonce serves once. */
  readonly isFirst: (credentials: DigestCredentials) => boolean
}

/** The oldest is forgotten when full: a nonce outlives its lifetime long before 100,000 registrations. */
export function createNonceUse(): NonceUse {
  const used = new Map<string, number>()
  return {
    isFirst: ({ nonce, qop, nc }) => {
      const count = qop === undefined ? Number.MAX_SAFE_INTEGER : Number.parseInt(nc ?? '', 16) || Number.MAX_SAFE_INTEGER
      if (count <= (used.get(nonce) ?? 0)) return false
      used.delete(nonce)
      used.set(nonce, count)
      const [oldest] = used.keys()
      if (used.size > maxNonces && oldest !== undefined) used.delete(oldest)
      return true
    },
  }
}

/** A device that was given a wrong password tries once a minute: it never comes near this. */
const maxTries = 10
const windowUs = 300_000_000
const maxSources = 10_000

export interface Tries {
  readonly isLimited: (who: string, nowUs: number) => boolean
  readonly failed: (who: string, nowUs: number) => void
  readonly succeeded: (who: string) => void
}

/** Counts wrong answers per device id and source within five minutes: guessing from elsewhere does not lock the true device out. */
export function createTries(): Tries {
  const failures = new Map<string, { readonly count: number; readonly sinceUs: number }>()
  const current = (who: string, nowUs: number): { readonly count: number; readonly sinceUs: number } => {
    const found = failures.get(who)
    return found && nowUs - found.sinceUs < windowUs ? found : { count: 0, sinceUs: nowUs }
  }
  return {
    isLimited: (who, nowUs) => current(who, nowUs).count >= maxTries,
    failed: (who, nowUs) => {
      const { count, sinceUs } = current(who, nowUs)
      failures.delete(who)
      failures.set(who, { count: count + 1, sinceUs })
      const [oldest] = failures.keys()
      if (failures.size > maxSources && oldest !== undefined) failures.delete(oldest)
    },
    succeeded: (who) => void failures.delete(who),
  }
}
