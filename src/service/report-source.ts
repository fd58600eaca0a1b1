// Where reports read: inspections and what came after them, names of areas, the key that signs.
import type { Clock } from '../base/index.ts'
import { showFingerprint, type Inspections, type Signer } from '../inspect/index.ts'
import type { Divisions } from '../registry/index.ts'
import type { Store } from '../store/index.ts'
import { historiesIn } from './histories.ts'
import { comparisonWithLast, type SummarySource } from './summaries.ts'

export interface ReportParts {
  readonly inspections: Inspections
  readonly store: Pick<Store, 'reports' | 'reviews' | 'inspections'>
  readonly evidenceDir: string
  readonly divisions: Divisions
  readonly signer: Pick<Signer, 'fingerprint'>
  readonly clock: Clock
  readonly software: string
}

export function reportSourceOf({ inspections, store, evidenceDir, divisions, signer, clock, software }: ReportParts): SummarySource {
  const source: SummarySource = {
    inspections,
    store: store.reports,
    evidenceDir,
    clock,
    software,
    areaName: (area) => divisions.fullName(area),
    fingerprint: () => showFingerprint(signer.fingerprint),
    judgedAt: store.reviews.judgedAt,
    histories: (report) => historiesIn(store.reviews, report),
    comparison: (id) => comparisonWithLast(source, id),
  }
  return source
}
