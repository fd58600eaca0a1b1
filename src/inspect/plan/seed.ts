// Seeds: what may be one, and how two sides make one that neither could choose. docs/draw.md. Pure.
import { hash } from 'node:crypto'
import { AppError } from '../../base/index.ts'

/** The seed as it is used and printed: 16 to 64 hexadecimal digits, lower case. Throws AppError `draw.invalid`. */
export function checkSeed(seed: string): string {
  if (!/^[0-9a-fA-F]{16,64}$/.test(seed)) throw new AppError('draw.invalid', `"${seed.slice(0, 100)}" is not a seed: it takes 16 to 64 hexadecimal digits`)
  return seed.toLowerCase()
}

/** Half or salt as it is hashed. A half may be few digits, of dice; the salt hides it until it is revealed. Throws AppError `draw.invalid`. */
export function checkHalf(half: string): string {
  if (!/^[0-9a-fA-F]{1,64}$/.test(half)) throw new AppError('draw.invalid', `"${half.slice(0, 100)}" is no half of a seed: it takes 1 to 64 hexadecimal digits`)
  return half.toLowerCase()
}
export function checkSalt(salt: string): string {
  if (!/^[0-9a-fA-F]{32,64}$/.test(salt)) throw new AppError('draw.invalid', `"${salt.slice(0, 100)}" is no salt: it takes 32 to 64 hexadecimal digits`)
  return salt.toLowerCase()
}

/** What a side publishes before anybody reveals: SHA-256 of `half:salt`, in hex. */
export const commitmentOf = (half: string, salt: string): string => hash('sha256', `${checkHalf(half)}:${checkSalt(salt)}`)

/** SHA-256 of `first:second`, the halves in the order of the sides: who opened the draw comes first. */
export const seedOfHalves = (first: string, second: string): string => hash('sha256', `${checkHalf(first)}:${checkHalf(second)}`)
