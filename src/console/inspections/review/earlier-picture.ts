// The last good picture of a camera, from an earlier inspection: the one that its figures were held against, or where that is gone the newest that is kept.
import type { Check, InspectionDetail } from '../../../api/schema/index.ts'
import * as api from '../../client/api.ts'
import * as disputes from '../../client/disputes.ts'
import { RequestProblem } from '../../client/http.ts'
import { gridOf, type Grid } from './grid.ts'
import { standingOf } from './queue.ts'

export interface EarlierPicture {
  readonly inspection: string
  readonly n: number
  readonly atMs: number
  /** Absent where no picture of it is kept any more: then its grid is all there is. */
  readonly file?: string
  readonly grid?: Grid
  /** The figures of this check were held against it. */
  readonly isBaseline: boolean
  /** Why a picture is no longer kept. */
  readonly removedWhy?: string
}

/** Looked through for a picture; larger ones would be megabytes for one. Ours. */
const [mostInspections, largest] = [10, 200]

export const keptPictureOf = (check: Pick<Check, 'evidence'>): string | undefined => check.evidence.findLast(({ kind, removedAt }) => kind === 'picture' && removedAt === undefined)?.file
export const gridOfCheck = (check: Pick<Check, 'attempts'>): Grid | undefined => gridOf(check.attempts.find(({ outcome }) => outcome === 'ok')?.pictures.find(({ signature }) => signature !== undefined)?.signature)

/** What may not be seen, or is gone, is not there; all else is a problem. */
const orNone = (error: unknown): undefined => {
  if (error instanceof RequestProblem && (error.problem.status === 404 || error.problem.status === 403)) return undefined
  throw error
}

/** One for a page: inspections that were read are not read again. */
export function earlierPictures(): (current: Pick<InspectionDetail, 'id' | 'startedAtMs'>, check: Check, signal: AbortSignal) => Promise<EarlierPicture | undefined> {
  const read = new Map<string, Promise<InspectionDetail | undefined>>()
  const detailOf = (id: string): Promise<InspectionDetail | undefined> => {
    const known = read.get(id) ?? api.inspection(id).catch(orNone)
    read.set(id, known)
    known.catch(() => read.delete(id))
    return known
  }
  return async ({ id, startedAtMs }, check, signal) => {
    const baseline = check.picture?.baseline
    const held = baseline && (await disputes.check(baseline.inspection, baseline.n, signal).catch(orNone))
    const grid = held && gridOfCheck(held)
    const file = held && keptPictureOf(held)
    if (baseline && file !== undefined) return { ...baseline, file, isBaseline: true, ...(grid && { grid }) }
    const earlier = (await api.inspections(signal)).items.filter((each) => each.id !== id && each.startedAtMs < startedAtMs && each.total <= largest && each.done > 0).toSorted((a, b) => b.startedAtMs - a.startedAtMs)
    for (const each of earlier.slice(0, mostInspections)) {
      if (signal.aborted) break
      const detail = await detailOf(each.id)
      const good = detail?.checks.find((one) => one.camera.id === check.camera.id && standingOf(one, detail.reviews) === 'pass')
      const kept = good && keptPictureOf(good)
      const seen = good && gridOfCheck(good)
      if (good && kept !== undefined) return { inspection: each.id, n: good.n, atMs: good.picture?.atMs ?? each.startedAtMs, file: kept, isBaseline: false, ...(seen && { grid: seen }) }
    }
    const removedWhy = held?.evidence.find(({ kind }) => kind === 'picture')?.removedWhy
    return baseline && { ...baseline, isBaseline: true, ...(grid && { grid }), ...(removedWhy !== undefined && { removedWhy }) }
  }
}
