// Hash chains: each link's hash covers its values and the hash of the link before, so that none can be changed, left out or put in unseen.
import { createHash } from 'node:crypto'

/**
 * Hexadecimal SHA-256 of the JSON text `[before, ["name", value], …]` with the names in their order, so that anyone can compute it again.
 * `before` is the hash of the link before, '' for the first.
 */
export function chainHash(before: string, link: Readonly<Record<string, string | number>>): string {
  const values = Object.entries(link).sort(([a], [b]) => (a < b ? -1 : 1))
  return createHash('sha256')
    .update(JSON.stringify([before, ...values]))
    .digest('hex')
}
