// Short-lived signed permission to upload the pictures of one order, for devices that can do no more than POST to an address.
import { createHmac, timingSafeEqual } from 'node:crypto'
import type { Clock, RandomBytes } from '../base/index.ts'

export interface UploadTokens {
  readonly make: (session: string, lifetimeMs: number) => string
  /** The session, when the token is ours and not yet over. */
  readonly check: (token: string) => string | undefined
}

/** `expiry.session.signature`, of characters that any device leaves alone, signed with a key that lives as long as the process. */
export function createUploadTokens(deps: { readonly clock: Clock; readonly random: RandomBytes }): UploadTokens {
  const key = deps.random(32)
  const sign = (expiry: string, session: string): Buffer => createHmac('sha256', key).update(`upload ${expiry} ${session}`).digest()
  return {
    make: (session, lifetimeMs) => {
      const expiry = String(deps.clock.wallMs() + lifetimeMs)
      return `${expiry}.${session}.${sign(expiry, session).toString('hex')}`
    },
    check: (token) => {
      const [, expiry, session, signature] = /^(\d{1,16})\.([\w-]{32,64})\.([0-9a-f]{64})$/.exec(token) ?? []
      if (expiry === undefined || session === undefined || signature === undefined) return undefined
      if (!timingSafeEqual(Buffer.from(signature, 'hex'), sign(expiry, session))) return undefined
      return Number(expiry) > deps.clock.wallMs() ? session : undefined
    },
  }
}
