// Asking a device for its catalog again, followed until it has answered: a recorder of thousands of channels takes its time.
import { onScopeDispose, ref, type Ref } from 'vue'
import type { DeviceDetail } from '../../api/schema/index.ts'
import * as api from '../client/api.ts'

const everyMs = 1_000
/** Afterwards the list is still brought up to date, only nobody is kept waiting. */
const patienceS = 60

export interface CatalogAsking {
  /** Seconds since it was asked; undefined while nothing is under way. */
  readonly seconds: Ref<number | undefined>
  readonly ask: (device: DeviceDetail, reload: () => Promise<void>, now: () => DeviceDetail | undefined) => Promise<'done' | 'partly' | 'empty' | 'slow'>
}

export function useCatalog(): CatalogAsking {
  const seconds = ref<number>()
  let isGone = false
  onScopeDispose(() => void (isGone = true))
  return {
    seconds,
    ask: async (before, reload, now) => {
      seconds.value = 0
      try {
        await api.askCatalog(before.id)
        for (let n = 1; n <= patienceS && !isGone; n++) {
          await new Promise((done) => setTimeout(done, everyMs))
          seconds.value = n
          await reload()
          const device = now()
          if (device?.catalogAtMs !== undefined && device.catalogAtMs !== before.catalogAtMs) return device.catalogEmpty === true ? 'empty' : device.catalogComplete === false ? 'partly' : 'done'
        }
        return 'slow'
      } finally {
        seconds.value = undefined
      }
    },
  }
}
