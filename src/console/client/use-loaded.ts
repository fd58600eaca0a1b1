// Loading as a page sees it: the value, what went wrong, and whether something is under way. An answer that came too late is thrown away.
import { onScopeDispose, shallowRef, watch, type ShallowRef, type WatchSource } from 'vue'
import type { Problem } from '../../api/schema/index.ts'
import { returns } from './connection.ts'
import { asProblem } from './http.ts'

export interface Loaded<T> {
  readonly value: ShallowRef<T | undefined>
  readonly problem: ShallowRef<Problem | undefined>
  readonly isLoading: ShallowRef<boolean>
  /** Asks again; the old value stays until the new one is there. */
  readonly reload: () => Promise<void>
}

/** `load` is asked at once, and again whenever `source` changes. */
export function useLoaded<T>(load: (signal: AbortSignal) => Promise<T>, source?: WatchSource<unknown>): Loaded<T> {
  const value: ShallowRef<T | undefined> = shallowRef()
  const problem = shallowRef<Problem>()
  const isLoading = shallowRef(false)
  let abort = new AbortController()

  const reload = async (): Promise<void> => {
    abort.abort()
    const own = (abort = new AbortController())
    isLoading.value = true
    try {
      const loaded = await load(own.signal)
      if (own.signal.aborted) return
      value.value = loaded
      problem.value = undefined
    } catch (error) {
      if (!own.signal.aborted) problem.value = asProblem(error)
    } finally {
      if (!own.signal.aborted) isLoading.value = false
    }
  }

  if (source) watch(source, reload)
  // The service is back, or somebody has logged in again: what failed is asked anew.
  watch(returns, () => problem.value && void reload())
  void reload()
  onScopeDispose(() => abort.abort())
  return { value, problem, isLoading, reload }
}

/** Calls `tick` every `everyMs` while the page is looked at, until the component is gone. */
export function useInterval(tick: () => void, everyMs: number): void {
  const timer = setInterval(() => {
    if (!document.hidden) tick()
  }, everyMs)
  onScopeDispose(() => clearInterval(timer))
}
