// A camera's baselines: kept when a check passes or a person says that it does, looked up before its next check.
import type { Clock, Log } from '../base/index.ts'
import { baselineOf, contextAt, type BaselineStore, type Check, type InspectionStore, type PictureContext } from '../inspect/index.ts'

export interface Baselines {
  /** The store of inspections, which keeps a baseline of what it keeps as good. */
  readonly over: (store: InspectionStore) => InspectionStore
  readonly contextOf: (camera: string) => Promise<PictureContext>
}

/** A baseline that cannot be kept or read costs a second opinion, never the check. */
export function createBaselines({ store, clock, log }: { readonly store: BaselineStore; readonly clock: Clock; readonly log: Log }): Baselines {
  const keep = async (inspection: string, check: Check | undefined): Promise<void> => {
    const baseline = check && baselineOf(check, inspection)
    if (!check || !baseline) return
    try {
      await store.saveBaseline(check.camera.id, baseline)
    } catch (error) {
      log.warn({ inspection, check: check.n, camera: check.camera.id, error: error instanceof Error ? error.message : String(error) }, 'a baseline could not be kept')
    }
  }
  return {
    over: (inspections) => ({
      ...inspections,
      saveCheck: async (id, check) => {
        await inspections.saveCheck(id, check)
        if (check.verdict.result === 'pass') await keep(id, check)
      },
      saveReview: async (review) => {
        await inspections.saveReview(review)
        if (review.result === 'pass') await keep(review.inspection, await inspections.check(review.inspection, review.n))
      },
    }),
    contextOf: async (camera) => {
      const atMs = clock.wallMs()
      try {
        return contextAt(atMs, await store.baselines(camera))
      } catch (error) {
        log.warn({ camera, error: error instanceof Error ? error.message : String(error) }, 'baselines could not be read')
        return contextAt(atMs, [])
      }
    },
  }
}
