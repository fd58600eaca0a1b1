// Answers already used: what a registrar remembers so that none serves twice. RFC 2617 3.2.2; RFC 7616 3.4.
import { createBounded, ownText } from '../bounded.ts'
import type { DigestCredentials, Nonces } from './digest.ts'

/** Answers that were right and may not be right again. Only who knows a password can fill it. */
const maxNonces = 100_000

export interface NonceUse {
  /** Whether a right answer is new, and notes it: with qop the count must rise, without it a nonce serves once. */
  readonly isFirst: (credentials: DigestCredentials, nowUs: number) => boolean
  readonly size: () => number
}

/** Forgets what is past its lifetime. Should it be full before, then nonces as old as those forgotten count as used. */
export function createNonceUse(nonces: Nonces, limit = maxNonces): NonceUse {
  let forgottenUs = -1
  let agedUs = 0
  const used = createBounded<{ readonly issuedUs: number; readonly count: number }>(limit, ({ issuedUs }) => {
    forgottenUs = Math.max(forgottenUs, issuedUs)
  })
  return {
    isFirst: ({ nonce, qop, nc }, nowUs) => {
      if (nowUs - agedUs > nonces.lifetimeUs) {
        used.age()
        agedUs = nowUs
      }
      const issuedUs = nonces.issuedUs(nonce)
      const count = qop === undefined ? Number.MAX_SAFE_INTEGER : Number.parseInt(nc ?? '', 16) || Number.MAX_SAFE_INTEGER
      const before = used.get(nonce)
      if (before ? count <= before.count : issuedUs <= forgottenUs) return false
      used.set(ownText(nonce), { issuedUs, count })
      return true
    },
    size: used.size,
  }
}
