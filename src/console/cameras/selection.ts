// The rows that were chosen for work on many: kept while one pages through the same list.
import { computed, shallowReactive, type ComputedRef } from 'vue'
import type { Camera } from '../../api/schema/index.ts'

export interface Selection {
  readonly size: ComputedRef<number>
  readonly has: (id: string) => boolean
  readonly set: (cameras: readonly Camera[], isChosen: boolean) => void
  readonly toggle: (camera: Camera) => void
  readonly clear: () => void
  readonly list: () => readonly Camera[]
}

/** What one goes at in one piece: a queue over these still ends within minutes. */
export const mostSelected = 5_000

export function createSelection(): Selection {
  const chosen = shallowReactive(new Map<string, Camera>())
  const add = (camera: Camera): unknown => chosen.size < mostSelected && chosen.set(camera.id, camera)
  return {
    size: computed(() => chosen.size),
    has: (id) => chosen.has(id),
    set: (cameras, isChosen) => cameras.forEach((camera) => (isChosen ? add(camera) : chosen.delete(camera.id))),
    toggle: (camera) => void (chosen.has(camera.id) ? chosen.delete(camera.id) : add(camera)),
    clear: () => chosen.clear(),
    list: () => [...chosen.values()],
  }
}
