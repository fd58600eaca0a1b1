// What a person may do with findings, as one form makes it: one, or many at once.
import type { FindingEdit } from '../../api/schema/index.ts'

export const deeds = ['accept', 'waive', 'reopen', 'assign', 'setDue', 'comment'] as const
export type Deed = (typeof deeds)[number]

const dayMs = 86_400_000
const beijingOffsetMs = 8 * 3_600_000
/** The end of a day in Beijing, its first moment that is no longer in it. */
export const endOfDay = (day: string): number => Date.parse(`${day}T00:00:00Z`) - beijingOffsetMs + dayMs
/** The day whose end that is. */
export const dayOf = (dueAtMs: number): string => new Date(dueAtMs - dayMs + beijingOffsetMs).toISOString().slice(0, 10)

/** `undefined`: something that the deed needs is missing. `text` is the reason, the account, the day or the comment. */
export function editOf(deed: Deed, text: string): FindingEdit | undefined {
  const said = text.trim()
  switch (deed) {
    case 'accept':
      return { state: 'accepted', ...(said === '' ? {} : { reason: said }) }
    case 'waive':
      return said === '' ? undefined : { state: 'waived', reason: said }
    case 'reopen':
      return { state: 'open', ...(said === '' ? {} : { reason: said }) }
    case 'assign':
      return { owner: said === '' ? null : said }
    case 'setDue':
      return { dueAtMs: said === '' ? null : endOfDay(said) }
    case 'comment':
      return said === '' ? undefined : { comment: said }
  }
}
