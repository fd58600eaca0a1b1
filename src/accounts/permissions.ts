// Who may do what where: the one place where roles and areas are decided.
import type { Account, Role } from './types.ts'

export const actions = [
  'cameras.see',
  'cameras.change',
  'contacts.see',
  'devices.see',
  'devices.change',
  'live.view',
  'inspections.see',
  'inspections.run',
  'inspections.review',
  'users.manage',
  'audit.see',
] as const

export type Action = (typeof actions)[number]

const seeing: readonly Action[] = ['cameras.see', 'devices.see', 'live.view', 'inspections.see']

/** Who assesses does not keep the records that are assessed, and the other way round; only an admin does both. */
const allowed: Readonly<Record<Role, ReadonlySet<Action>>> = {
  admin: new Set(actions),
  assessor: new Set<Action>([...seeing, 'inspections.run', 'inspections.review']),
  editor: new Set<Action>([...seeing, 'cameras.change', 'contacts.see']),
  viewer: new Set(seeing),
}

/** True when `area` (a prefix or a whole code) lies in the administrative division `outer`; '' is everywhere. */
export const isWithin = (area: string, outer: string): boolean => area.startsWith(outer)

/**
 * The one decision. Without `area`: does the role allow it anywhere at all? With `area`: there too?
 * What belongs to no area (the audit trail) is asked with '' and so is left to accounts of everywhere.
 */
export function may(account: Pick<Account, 'role' | 'area' | 'disabled'>, action: Action, area?: string): boolean {
  if (account.disabled || !allowed[account.role].has(action)) return false
  return area === undefined || isWithin(area, account.area)
}
