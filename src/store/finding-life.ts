// What becomes of one finding when its source has looked again, and when a person has a say. Pure: rows in, rows and changes out.
import type { Finding, FindingChange, FindingEdit, FindingState } from '../registry/index.ts'

/** What the next step depends on. */
export interface Standing {
  readonly state: FindingState
  readonly severity: string
  readonly messageZh: string
  readonly messageEn: string
  readonly detail: string | null
  readonly lastAtMs: number
}

export type Step =
  | { readonly do: 'nothing' }
  | { readonly do: 'open' }
  /** It stands as before; what it says may have changed. */
  | { readonly do: 'see' }
  | { readonly do: 'reopen'; readonly why: 'found-again' | 'values-changed' }
  | { readonly do: 'fix' }

/** A finding that stands is noted as seen so often at most: a hundred thousand records are checked without writing each time. Ours. */
export const seenEveryMs = 3600_000

export const detailText = ({ detail }: Finding): string | null => (detail === undefined ? null : JSON.stringify(detail))

/** `isAltered`: somebody changed the field that it speaks of, and it is still found. */
export function stepFinding(before: Standing | undefined, found: Finding | undefined, nowMs: number, isAltered = false): Step {
  if (!found) return { do: before && before.state !== 'fixed' ? 'fix' : 'nothing' }
  if (!before) return { do: 'open' }
  if (before.state === 'fixed') return { do: 'reopen', why: 'found-again' }
  const detail = detailText(found)
  const isOther = isAltered || (before.detail !== null && before.detail !== detail)
  if (before.state === 'waived' && isOther) return { do: 'reopen', why: 'values-changed' }
  const saysTheSame = before.detail === detail && before.severity === found.severity && before.messageZh === found.message.zh && before.messageEn === found.message.en
  return { do: saysTheSame && nowMs - before.lastAtMs < seenEveryMs ? 'nothing' : 'see' }
}

/** What a person may set. */
export interface Held {
  readonly state: FindingState
  readonly reason: string | null
  readonly owner: string | null
  readonly dueAtMs: number | null
}

export type Edited = { readonly after: Held; readonly changes: readonly Omit<FindingChange, 'atMs' | 'by'>[] }

/** A fixed finding keeps its state, owner and date; a comment may be added to it. */
export function editFinding(before: Held, edit: FindingEdit): Edited {
  const changes: Omit<FindingChange, 'atMs' | 'by'>[] = []
  const say = edit.reason ?? ''
  const change = (what: FindingChange['what'], from: string | null, to: string | null, reason = say): void => {
    changes.push({ what, ...(from === null ? {} : { from }), ...(to === null ? {} : { to }), reason })
  }
  let after = before
  if (before.state !== 'fixed') {
    const reason = edit.state === 'open' ? null : (edit.reason ?? before.reason)
    if (edit.state !== undefined && (edit.state !== before.state || reason !== before.reason)) {
      change('state', before.state, edit.state)
      after = { ...after, state: edit.state, reason }
    }
    const { owner, dueAtMs } = edit
    if (owner !== undefined && owner !== before.owner) {
      change('owner', before.owner, owner)
      after = { ...after, owner }
    }
    if (dueAtMs !== undefined && dueAtMs !== before.dueAtMs) {
      change('due', text(before.dueAtMs), text(dueAtMs))
      after = { ...after, dueAtMs }
    }
  }
  if (edit.comment !== undefined) change('comment', null, edit.comment, '')
  return { after, changes }
}

const text = (ms: number | null): string | null => (ms === null ? null : new Date(ms).toISOString())
