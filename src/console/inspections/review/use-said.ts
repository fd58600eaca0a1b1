// What persons and later checks said of an inspection: read together, and again after each deed.
import type { Hold } from '../../../api/schema/index.ts'
import * as disputes from '../../client/disputes.ts'
import { useLoaded, type Loaded } from '../../client/use-loaded.ts'
import { nothingSaid, type Said } from './queue.ts'

export interface SaidOfInspection extends Omit<Said, 'reviews'> {
  readonly holds: readonly Hold[]
}
export const noneSaid: SaidOfInspection = { appeals: nothingSaid.appeals, rechecks: nothingSaid.rechecks, opinions: nothingSaid.opinions, holds: [] }

export const useSaid = (id: () => string): Loaded<SaidOfInspection> =>
  useLoaded(async (signal) => {
    const [appeals, rechecks, opinions, holds] = await Promise.all([disputes.appeals(id(), signal), disputes.rechecks(id(), signal), disputes.opinions(id(), signal), disputes.holds(id(), signal)])
    return { appeals: appeals.items, rechecks: rechecks.items, opinions: opinions.items, holds: holds.items }
  }, id)
