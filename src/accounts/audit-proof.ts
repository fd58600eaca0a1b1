// Is the audit trail what it was? Each entry's hash covers the hash of the one before (base/hash-chain.ts). Whoever changes, removes or inserts one
// afterwards has to compute every later hash anew, and then the last one is not the one that somebody wrote down. That the newest entries are
// missing can be told by such a note alone.
import { chainHash } from '../base/index.ts'
import type { AuditCut, AuditRecord } from './types.ts'

export interface AuditProof {
  readonly ok: boolean
  readonly entries: number
  /** The first and last entry that was looked at; 0 where there is none. */
  readonly from: number
  readonly through: number
  /** Hash of the last entry that is right. */
  readonly head: string
  /** What the configuration let go, and where the chain goes on. */
  readonly cuts: readonly AuditCut[]
  readonly broken?: { readonly n: number; readonly reason: 'changed' | 'missing' }
}

const part = 2000

/** Walks the whole trail in parts, from the last cut on. `turn` lets others have theirs. */
export async function proveAudit(stretch: (after: number, limit: number) => Promise<readonly AuditRecord[]>, cuts: readonly AuditCut[], turn: () => Promise<void>): Promise<AuditProof> {
  const cut = cuts.at(-1)
  let last = cut?.through ?? 0
  let head = cut?.hash ?? ''
  let first = 0
  let count = 0
  const proof = (broken?: AuditProof['broken']): AuditProof => ({ ok: broken === undefined, entries: count, from: first, through: count === 0 ? 0 : last, head, cuts, ...(broken && { broken }) })
  for (;;) {
    const entries = await stretch(last, part)
    for (const { hash, ...entry } of entries) {
      if (entry.n !== last + 1) return proof({ n: last + 1, reason: 'missing' })
      if (chainHash(head, entry) !== hash) return proof({ n: entry.n, reason: 'changed' })
      first ||= entry.n
      last = entry.n
      head = hash
      count++
    }
    if (entries.length < part) return proof()
    await turn()
  }
}
