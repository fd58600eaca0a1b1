// Passwords at rest: scrypt (RFC 7914) with its own salt and its parameters beside it, so that they can be raised later.
import { scrypt, timingSafeEqual, type ScryptOptions } from 'node:crypto'
import type { RandomBytes } from '../base/index.ts'

/** About 0.2 s and 32 MiB a password: one of the equivalent settings of the OWASP password storage sheet. */
export const passwordCost = { N: 2 ** 15, r: 8, p: 3 } as const
const keyBytes = 32
const saltBytes = 16
/** What a stored hash may ask of us at most; ours asks for half of it. */
const maxMemory = 64 * 1024 * 1024 + 1024 * 1024

const derive = (password: string, salt: Buffer, length: number, options: ScryptOptions): Promise<Buffer> =>
  new Promise((resolve, reject) => {
    scrypt(password.normalize('NFC'), salt, length, { ...options, maxmem: maxMemory }, (error, key) => (error ? reject(error) : resolve(key)))
  })

/** `scrypt$N$r$p$salt$key`, the last two in base64url. */
export async function hashPassword(password: string, random: RandomBytes, cost: Required<Pick<ScryptOptions, 'N' | 'r' | 'p'>> = passwordCost): Promise<string> {
  const salt = random(saltBytes)
  const key = await derive(password, salt, keyBytes, cost)
  return ['scrypt', cost.N, cost.r, cost.p, salt.toString('base64url'), key.toString('base64url')].join('$')
}

/** Compares in constant time. A stored hash that cannot be read matches nothing. */
export async function verifyPassword(password: string, stored: string): Promise<boolean> {
  const match = /^scrypt\$(\d{1,6})\$(\d{1,2})\$(\d{1,2})\$([\w-]{16,64})\$([\w-]{43})$/.exec(stored)
  if (!match) return false
  const [, N, r, p, salt, key] = match as unknown as readonly [string, string, string, string, string, string]
  const expected = Buffer.from(key, 'base64url')
  try {
    const actual = await derive(password, Buffer.from(salt, 'base64url'), expected.length, { N: Number(N), r: Number(r), p: Number(p) })
    return timingSafeEqual(actual, expected)
  } catch {
    return false
  }
}
