// What persons hold back from the rules of keeping, and release again, each with a reason.
import type { HoldsDep } from '../api/index.ts'
import { AppError, type Clock } from '../base/index.ts'
import type { EvidenceStore } from '../inspect/index.ts'

export function evidenceHolds(store: Pick<EvidenceStore, 'hold' | 'release' | 'holds' | 'allHolds'>, clock: Clock): HoldsDep {
  return {
    list: store.holds,
    all: store.allHolds,
    add: (hold) => store.hold({ ...hold, atMs: clock.wallMs() }),
    release: async ({ inspection, id, by, reason }) => {
      const released = await store.release(inspection, id, { atMs: clock.wallMs(), by, reason })
      if (released) return released
      const isThere = (await store.holds(inspection)).some((hold) => hold.id === id)
      throw isThere ? new AppError('conflict', `hold ${id} is released already`) : new AppError('not-found', `inspection ${inspection} has no hold ${id}`)
    },
  }
}
