// Short-lived signed permission to open one stream, of a camera or of a playback, for players that know neither cookie nor log-in.
import { createHmac, timingSafeEqual } from 'node:crypto'
import type { Clock, RandomBytes } from '../base/index.ts'

/** Time to copy the address into a player; a stream that was opened runs on. */
const lifetimeMs = 5 * 60_000

export interface LiveTokens {
  readonly make: (camera: string, account: string) => { readonly token: string; readonly expiresAtMs: number }
  /** Whose it is, when it is ours, for this camera, and not yet over. */
  readonly check: (token: string, camera: string) => { readonly account: string; readonly expiresAtMs: number } | undefined
}

/** `expiry.account.signature`, signed with a key that lives as long as the process. */
export function createLiveTokens(deps: { readonly clock: Clock; readonly random: RandomBytes }): LiveTokens {
  const key = deps.random(32)
  const sign = (camera: string, expiry: string, account: string): Buffer => createHmac('sha256', key).update(JSON.stringify([camera, expiry, account])).digest()
  return {
    make: (camera, account) => {
      const expiresAtMs = deps.clock.wallMs() + lifetimeMs
      const name = Buffer.from(account).toString('base64url')
      return { token: `${expiresAtMs}.${name}.${sign(camera, String(expiresAtMs), name).toString('base64url')}`, expiresAtMs }
    },
    check: (token, camera) => {
      const match = /^(\d{1,16})\.([\w-]{1,256})\.([\w-]{43})$/.exec(token)
      const [, expiry, name, signature] = match ?? []
      if (expiry === undefined || name === undefined || signature === undefined) return undefined
      if (!timingSafeEqual(Buffer.from(signature, 'base64url'), sign(camera, expiry, name))) return undefined
      return Number(expiry) > deps.clock.wallMs() ? { account: Buffer.from(name, 'base64url').toString(), expiresAtMs: Number(expiry) } : undefined
    },
  }
}
