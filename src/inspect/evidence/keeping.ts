// Which evidence stays, as rules: by kind and age, by size in all, and of a patrol only what somebody will look at. What is in dispute stays anyhow: the
// store never offers it. Pure.
import type { Check, Evidence, Plan } from '../types.ts'
import type { RemovableKind } from './needs.ts'

export interface KeepingRules {
  /** Days that each kind is kept; 0: for ever. */
  readonly days: Readonly<Record<RemovableKind, number>>
  /** Of everything together; 0: no bound. */
  readonly maxBytes: number
  /** Below this the disk is too full to record. */
  readonly minFreeBytes: number
  /** What is kept of checks of a patrol that passed. */
  readonly patrol: 'picture' | 'all'
}

export const dayMs = 86_400_000

/** What costs most and says least on its own goes first. */
export const removalOrder: readonly RemovableKind[] = ['recording', 'keyframe', 'picture']

/** Everything older goes, and why; undefined for a kind that is kept for ever. */
export function ageBound(kind: RemovableKind, { days }: Pick<KeepingRules, 'days'>, nowMs: number): { readonly beforeMs: number; readonly why: string } | undefined {
  return days[kind] === 0 ? undefined : { beforeMs: nowMs - days[kind] * dayMs, why: `older than ${days[kind]} days (evidence.days.${kind}s)` }
}

export const sizeReason = (maxBytes: number): string => `evidence took more than ${Math.round(maxBytes / 1e9)} GB (evidence.gb): the oldest goes first`

export const patrolReason = 'of a check of a patrol that passed, one picture is kept (evidence.patrol)'

/** A patrol looks at every camera: nothing was chosen, so nobody can say that one was chosen wrongly. */
export const isPatrol = (plan: Plan | undefined): boolean => plan !== undefined && plan.samples.length > 0 && plan.samples.every(({ strata }) => strata.length > 0 && strata.every(({ count }) => count === 'all'))

/** What goes at once of a check of a patrol: all but one picture, where it passed. The first picture of the attempt that was judged. */
export function thinned({ verdict, evidence, attempts }: Pick<Check, 'verdict' | 'evidence' | 'attempts'>): readonly Evidence[] {
  if (verdict.result !== 'pass') return []
  const judged = attempts.find(({ outcome }) => outcome === 'ok')?.n
  const pictures = evidence.filter(({ kind }) => kind === 'picture')
  const shown = pictures.find(({ file }) => judged !== undefined && new RegExp(`-${judged}-\\d+\\.jpg$`).test(file)) ?? pictures[0]
  return evidence.filter((each) => each.kind !== 'verdict' && each !== shown && each.removedAt === undefined)
}

/** As the check names it from now on. */
export const goneFrom = (evidence: readonly Evidence[], files: ReadonlySet<string>, atMs: number, why: string): readonly Evidence[] =>
  evidence.map((each) => (files.has(each.file) && each.removedAt === undefined ? { ...each, removedAt: new Date(atMs).toISOString(), removedWhy: why } : each))
