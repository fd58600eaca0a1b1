// A channel that a catalog lists becomes a record in one step: with what the device reports, as far as the clerk confirms it. Pure.
import type { ErrorCode } from '../base/index.ts'
import { declare, normaliseFields, refusals, type Author, type Written } from './camera.ts'
import { fieldTable, type FieldName } from './field-table.ts'
import type { RuleContext } from './rules.ts'
import type { Camera, Fields } from './types.ts'

export interface Adoption {
  /** Reported fields that are taken; absent: all that the device reports. */
  readonly accept?: readonly FieldName[]
  /** What the clerk adds or says otherwise. */
  readonly fields?: Fields
}

export type Adopted = ({ readonly ok: true } & Written) | { readonly ok: false; readonly code: ErrorCode; readonly reason: string }

export function adopt(draft: Camera, { accept, fields = {} }: Adoption, author: Author, context: RuleContext): Adopted {
  if (draft.isRetired) return { ok: false, code: 'conflict', reason: `camera ${draft.id} is retired: declare it again to bring it back` }
  if (!draft.isDraft) return { ok: false, code: 'conflict', reason: `camera ${draft.id} has a record already` }
  const reported = draft.reported?.fields ?? {}
  const taken: Partial<Record<FieldName, string>> = {}
  for (const { name } of fieldTable) {
    const value = reported[name]
    if (value !== undefined && (accept === undefined || accept.includes(name))) taken[name] = value
  }
  const declared = normaliseFields({ ...taken, ...fields, code: draft.id })
  const [reason] = refusals(declared)
  if (reason !== undefined) return { ok: false, code: 'camera.invalid', reason }
  return { ok: true, ...declare(draft, declared, author, context) }
}
