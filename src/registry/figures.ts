// Figures of areas: read from sums, kept by day.
import type { Clock } from '../base/index.ts'
import type { CompletenessStore, Figures } from './completeness-types.ts'
import { beijingDay } from './reconcile/types.ts'

export function createFigures(store: CompletenessStore, clock: Clock): Figures {
  const today = (): string => beijingDay(clock.wallMs())
  return {
    counts: (area) => store.counts(area),
    completeness: (filter, by, limit) => store.completeness(filter, by, limit),
    completenessHistory: (filter, from) => store.completenessDays(filter, from),
    keepDay: () => store.writeCompletenessDay(today(), clock.wallMs()),
    hasToday: () => store.hasCompletenessDay(today()),
  }
}
