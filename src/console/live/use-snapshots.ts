// Pictures one after the other, for browsers that cannot play the stream. The next is asked for when the last has come, never two at once.
import { onScopeDispose, ref, shallowRef, watch, type Ref } from 'vue'
import type { Problem } from '../../api/schema/index.ts'
import * as api from '../client/api.ts'
import { asProblem } from '../client/http.ts'

const everyMs = 3_000
const afterFailureMs = 10_000

export interface Snapshots {
  readonly url: Ref<string>
  readonly atMs: Ref<number>
  readonly problem: Ref<Problem | undefined>
}

/** Runs while `isOn`; the object URLs are given back. */
export function useSnapshots(camera: () => string, isOn: () => boolean): Snapshots {
  const url = ref('')
  const atMs = ref(0)
  const problem = shallowRef<Problem>()
  let abort = new AbortController()
  let timer: ReturnType<typeof setTimeout> | undefined

  const show = (next: string): void => {
    URL.revokeObjectURL(url.value)
    url.value = next
  }
  const stop = (): void => {
    abort.abort()
    clearTimeout(timer)
    show('')
  }
  const step = async (own: AbortSignal): Promise<void> => {
    let pauseMs = everyMs
    try {
      const blob = await api.snapshot(camera(), own)
      if (own.aborted) return
      show(URL.createObjectURL(blob))
      atMs.value = Date.now()
      problem.value = undefined
    } catch (error) {
      if (own.aborted) return
      problem.value = asProblem(error)
      pauseMs = afterFailureMs
    }
    timer = setTimeout(() => void step(own), pauseMs)
  }

  watch([camera, isOn], () => {
    stop()
    if (!isOn()) return
    abort = new AbortController()
    void step(abort.signal)
  }, { immediate: true })
  onScopeDispose(stop)
  return { url, atMs, problem }
}
