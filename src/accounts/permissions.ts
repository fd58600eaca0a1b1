// Who may do what where: the one place where roles and areas are decided.
import type { Account, Role } from './types.ts'

export const actions = [
  'cameras.see',
  'cameras.change',
  // What was seen on site, beside what is declared; it changes nothing of that.
  'cameras.verify',
  // Has the rules look at all records of an area again.
  'cameras.check',
  // Accepts, waives and hands out what rules find.
  'findings.change',
  // Turning a camera, calling presets, asking for a keyframe.
  'cameras.control',
  'contacts.see',
  'devices.see',
  // What changes how a device works and can be undone: presets, guard, recording, configuration, subscriptions, a restart.
  'devices.operate',
  // Who gets in, firmware, memory cards.
  'devices.change',
  'alarms.see',
  'live.view',
  'recordings.see',
  'inspections.see',
  'inspections.run',
  // A side of a two-party draw: those who assess, and those who keep what is assessed.
  'draws.join',
  // Who is left out of draws for a time: granted by those who assess.
  'exemptions.change',
  'inspections.review',
  // Says why a verdict is wrong: those who keep what was judged.
  'checks.appeal',
  // A rule set of a new name, or the next version of one.
  'rules.write',
  'users.manage',
  'audit.see',
] as const

export type Action = (typeof actions)[number]

const seeing: readonly Action[] = ['cameras.see', 'devices.see', 'alarms.see', 'live.view', 'inspections.see']

/** Who may watch may not look back: recordings are seen by those who work with the records. Who assesses does not keep the records that are assessed, and the other way round; only an admin does both. */
const allowed: Readonly<Record<Role, ReadonlySet<Action>>> = {
  admin: new Set(actions),
  assessor: new Set<Action>([...seeing, 'cameras.control', 'recordings.see', 'inspections.run', 'inspections.review', 'rules.write', 'draws.join', 'exemptions.change', 'cameras.verify', 'cameras.check']),
  editor: new Set<Action>([...seeing, 'recordings.see', 'cameras.change', 'cameras.check', 'findings.change', 'cameras.control', 'contacts.see', 'devices.operate', 'checks.appeal', 'draws.join']),
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
