// What people do with findings: one by one and many at once, within bounds and never without a reason where one is owed.
import { AppError, type Clock } from '../base/index.ts'
import type { FindingEdit, Findings } from './finding-types.ts'
import type { RegistryStore } from './types.ts'

/** Findings changed in one request: one transaction of some 60 ms. Ours. */
export const maxBulk = 2000

export interface FindingsOptions {
  readonly store: RegistryStore
  readonly clock: Clock
  /** Alone with the records: a check of the area never comes between reading and writing. */
  readonly records: <T>(task: () => Promise<T>) => Promise<T>
}

/** Throws AppError 'request.invalid' with what is missing. */
export function insistOnEdit(edit: FindingEdit): void {
  const { state, reason, owner, dueAtMs, comment } = edit
  if (state === undefined && owner === undefined && dueAtMs === undefined && comment === undefined) throw new AppError('request.invalid', 'nothing is set: give state, owner, dueAtMs or comment')
  if (state === 'waived' && (reason ?? '').trim() === '') throw new AppError('request.invalid', 'a waiver needs its reason')
}

export function createFindings({ store, clock, records }: FindingsOptions): Findings {
  const existing = async (n: number): Promise<NonNullable<Awaited<ReturnType<RegistryStore['finding']>>>> => {
    const finding = await store.finding(n)
    if (!finding) throw new AppError('not-found', `there is no finding ${n}`)
    return finding
  }
  return {
    findings: (query) => store.findings(query),
    finding: (n) => store.finding(n),
    findingsOf: (cameraId) => store.findingsOf(cameraId),
    findingChanges: (n) => store.findingChanges(n),
    editFinding: (n, edit, by) =>
      records(async () => {
        insistOnEdit(edit)
        const before = await existing(n)
        const isComment = edit.state === undefined && edit.owner === undefined && edit.dueAtMs === undefined
        if (before.state === 'fixed' && !isComment) throw new AppError('conflict', `finding ${n} is fixed: its rule no longer finds it, there is nothing to set but a comment`)
        await store.editFindings([n], '', edit, by, clock.wallMs(), 1)
        return existing(n)
      }),
    editFindings: (which, area, edit, by) =>
      records(async () => {
        insistOnEdit(edit)
        const outcome = await store.editFindings(which, area, edit, by, clock.wallMs(), maxBulk)
        if (outcome.matched > maxBulk) throw new AppError('conflict', `${outcome.matched} findings match, at most ${maxBulk} are changed at one go: nothing was changed, narrow the filter`)
        return outcome
      }),
  }
}
