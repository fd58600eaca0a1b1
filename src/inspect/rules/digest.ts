// What makes two rule sets the same: the SHA-256 of their content, as JSON of RFC 8785 (keys sorted, no spaces), without name and version.
import { createHash } from 'node:crypto'
import type { RuleSet } from '../types.ts'

/** Anyone can compute it: `jq -cSj 'del(.name, .version)' rules.json | sha256sum`. */
export function rulesSha256(rules: RuleSet): string {
  const { name: _name, version: _version, ...content } = rules
  return createHash('sha256').update(canonicalJson(content)).digest('hex')
}

/** RFC 8785: members sorted by their UTF-16 code units, numbers and strings as ECMAScript writes them. */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  const members = Object.entries(value).filter(([, member]) => member !== undefined)
  return `{${members.sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, member]) => `${JSON.stringify(key)}:${canonicalJson(member)}`).join(',')}}`
}
